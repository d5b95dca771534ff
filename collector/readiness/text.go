package readiness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"earshot/collector/words"
	"earshot/device/printable"
)

// WriteJSON writes the report as one object (assets/schema/readiness.schema.json).
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// WriteText writes the report for people: the owner's page, the rules, and what is not
// met or cannot be judged of which meter, with the telegram that shows it.
func (r *Report) WriteText(w io.Writer, l *words.Language) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s: %s\n\n", l.Say("readiness.title", nil), printable.Text(r.Site))
	for _, paragraph := range r.OwnersPage(l) {
		fmt.Fprintln(&out, paragraph)
	}
	out.WriteByte('\n')
	r.writeRules(&out, l)
	r.writeMeters(&out, l)
	_, err := w.Write(out.Bytes())
	return err
}

// writeRules writes a line for each rule.
func (r *Report) writeRules(w io.Writer, l *words.Language) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", l.Say("readiness.head.rule", nil), l.Say("readiness.head.asks", nil), l.Say("readiness.head.met", nil),
		l.Say("readiness.head.not_met", nil), l.Say("readiness.head.unjudged", nil), l.Say("readiness.head.source", nil))
	unsure := false
	for i := range r.Rules {
		o := &r.Rules[i]
		star := ""
		if o.Unsure {
			star, unsure = "*", true
		}
		fmt.Fprintf(table, "%s%s\t%s\t%d\t%d\t%d\t%s\n", o.ID, star, o.Short.In(l.String()), o.Counts.Met, o.Counts.NotMet, o.Counts.Unjudged, o.Where())
	}
	_ = table.Flush() // to memory: it cannot fail
	if unsure {
		fmt.Fprintln(w, l.Say("readiness.unsure", nil))
	}
}

// writeMeters writes a line for each check of a meter that is not met or cannot be
// judged.
func (r *Report) writeMeters(w io.Writer, l *words.Language) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\n%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Say("readiness.head.line", nil), l.Say("readiness.head.meter", nil), l.Say("readiness.head.place", nil),
		l.Say("readiness.head.check", nil), l.Say("readiness.head.result", nil), l.Say("readiness.head.why", nil), l.Say("readiness.head.telegram", nil))
	for i := range r.Meters {
		m := &r.Meters[i]
		for j := range m.Findings {
			f := &m.Findings[j]
			if f.Verdict == Met || f.Verdict == OutOfScope {
				continue
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", strconv.Itoa(m.Line), m.Ref, printable.Text(m.Place.String()), l.Term("readiness.check", string(f.Check)),
				l.Term("readiness.verdict", string(f.Verdict)), f.Sentence(l), TelegramText(l, f.Telegram))
			if f.Why == WhyNotHeard {
				break // nothing else can be said of it
			}
		}
	}
	_ = table.Flush()
}
