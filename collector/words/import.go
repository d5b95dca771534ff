package words

import "earshot/collector/imports/finding"

// Finding is what is said about a list: a repair, a notice or a refusal,
// without its place.
func (l *Language) Finding(f finding.Finding) string {
	if f.Code == finding.MoreFindings {
		return l.Plural("import.more", f.Count, nil)
	}
	return l.Say("import."+string(f.Code), Args{
		"Was": f.Was, "Now": f.Now, "Count": f.Count, "Column": l.Term("column", f.Column), "Other": f.Other.String(),
	})
}
