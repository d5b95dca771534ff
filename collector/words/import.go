package words

import "earshot/collector/imports/finding"

// Finding is what is said about a list: a repair, a notice or a refusal,
// without its place.
func (p Printer) Finding(f finding.Finding) string {
	if f.Code == finding.MoreFindings {
		return p.plural("import.more", f.Count, nil)
	}
	return p.say("import."+string(f.Code), args{
		"Was": f.Was, "Now": f.Now, "Count": f.Count, "Column": p.term("column", f.Column), "Other": f.Other.String(),
	})
}
