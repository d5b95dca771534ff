package readiness

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
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
		if o.Verdict == OutOfScope {
			continue // it is about no meter of the list
		}
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

// writeMeters writes a line for each check of a meter that is not met, and then what
// cannot be judged, by reason.
func (r *Report) writeMeters(w io.Writer, l *words.Language) {
	if r.has(NotMet) {
		fmt.Fprintf(w, "\n%s\n", l.Term("readiness.verdict", string(NotMet)))
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\t%s\t%s\n", l.Say("readiness.head.line", nil), l.Say("readiness.head.meter", nil), l.Say("readiness.head.place", nil),
			l.Say("readiness.head.check", nil), l.Say("readiness.head.why", nil), l.Say("readiness.head.telegram", nil))
		for m, f := range r.findings(NotMet) {
			fmt.Fprintf(table, "  %d\t%s\t%s\t%s\t%s\t%s\n", m.Line, m.Ref, printable.Text(m.Place.String()), l.Term("readiness.check", string(f.Check)),
				f.Sentence(l), TelegramText(l, f.Telegram))
		}
		_ = table.Flush()
	}
	if !r.has(Unjudged) {
		return
	}
	fmt.Fprintf(w, "\n%s\n", l.Term("readiness.verdict", string(Unjudged)))
	type reason struct {
		check Check
		text  string
	}
	var order []reason
	lines := map[reason][]string{}
	for m, f := range r.findings(Unjudged) {
		key := reason{f.Check, f.Sentence(l)}
		if f.Why == WhyNotHeard {
			key.check = "" // nothing else can be said of it
		}
		line := strconv.Itoa(m.Line)
		if n := len(lines[key]); n > 0 && lines[key][n-1] == line {
			continue
		}
		if lines[key] == nil {
			order = append(order, key)
		}
		lines[key] = append(lines[key], line)
	}
	for _, key := range order {
		what := key.text
		if key.check != "" {
			what = l.Term("readiness.check", string(key.check)) + ": " + what
		}
		fmt.Fprintf(w, "  %s\n    %s\n", what, l.Plural("readiness.lines", len(lines[key]), words.Args{"Lines": few(lines[key])}))
	}
}

// findings yields the findings of a verdict, by meter.
func (r *Report) findings(v Verdict) iter.Seq2[*Meter, *Finding] {
	return func(yield func(*Meter, *Finding) bool) {
		for i := range r.Meters {
			m := &r.Meters[i]
			for j := range m.Findings {
				if m.Findings[j].Verdict == v && !yield(m, &m.Findings[j]) {
					return
				}
			}
		}
	}
}

func (r *Report) has(v Verdict) bool {
	for range r.findings(v) {
		return true
	}
	return false
}

// few are some of many, with commas between them.
func few(all []string) string {
	const most = 60
	if len(all) > most {
		return strings.Join(all[:most], ", ") + " …"
	}
	return strings.Join(all, ", ")
}
