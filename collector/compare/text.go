package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device/printable"
)

// WriteJSON writes the comparison as one object (assets/schema/compare.schema.json).
func (c *Comparison) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(c)
}

// Nothing reports whether nothing changed but readings that advanced.
func (c *Comparison) Nothing() bool { return len(c.Rows) == 0 && len(c.Receivers) == 0 }

// Lines are the comparison in short.
func (c *Comparison) Lines(l *words.Language) []string {
	s := &c.Summary
	campaign := func(i *Info) words.Args {
		return words.Args{"Campaign": int(i.Campaign), "Time": l.DateTime(i.Started), "Passed": i.Passed, "Meters": i.Meters}
	}
	lines := []string{l.Say("compare.before", campaign(&c.Before)), l.Say("compare.after", campaign(&c.After))}
	if c.Before.Site != c.After.Site {
		lines = append(lines, l.Say("compare.other_site", words.Args{"Before": printable.Text(c.Before.Site), "After": printable.Text(c.After.Site)}))
	}
	return append(lines,
		l.Say("compare.rows", words.Args{"Added": s.Added, "Removed": s.Removed, "Replaced": s.Replaced, "Same": s.Same}),
		l.Say("compare.verdicts", words.Args{"Repaired": s.Repaired, "Broken": s.Broken, "Changed": s.Verdicts}),
		l.Say("compare.readings", words.Args{"Advanced": s.Advanced, "Still": s.Still, "Backwards": s.Backwards}),
		l.Say("compare.signals", words.Args{"Better": s.Better, "Worse": s.Worse, "Keys": s.Keys}))
}

// WriteText writes the comparison for people.
func (c *Comparison) WriteText(w io.Writer, l *words.Language) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s: %s\n\n", l.Say("compare.title", nil), printable.Text(c.After.Site))
	for _, line := range c.Lines(l) {
		fmt.Fprintln(&out, line)
	}
	if c.Nothing() {
		fmt.Fprintf(&out, "\n%s\n", l.Say("compare.nothing", nil))
	}
	if len(c.Rows) > 0 {
		table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
		fmt.Fprintf(table, "\n%s\t%s\t%s\t%s\n", l.Say("compare.head.line", nil), l.Say("compare.head.place", nil), l.Say("compare.head.meter", nil), l.Say("compare.head.what", nil))
		for i := range c.Rows {
			r := &c.Rows[i]
			line := ""
			if r.Line > 0 {
				line = strconv.Itoa(r.Line)
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", line, printable.Text(r.Place.String()), r.Ref, strings.Join(r.Changes(l), "; "))
		}
		_ = table.Flush() // to memory: it cannot fail
	}
	if len(c.Receivers) > 0 {
		fmt.Fprintf(&out, "\n%s\n", l.Say("compare.receivers", nil))
		for i := range c.Receivers {
			fmt.Fprintf(&out, "  %s\n", c.Receivers[i].Sentence(l))
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}

// code is a verdict in words.
func code(l *words.Language, c state.Code) string {
	return l.Term("report.code", strings.ReplaceAll(c.String(), " ", "_"))
}

// Changes are what changed of a row, in words.
func (r *Row) Changes(l *words.Language) (out []string) {
	switch r.Kind {
	case Added:
		out = append(out, l.Say("compare.row.added", nil))
	case Removed:
		out = append(out, l.Say("compare.row.removed", nil))
	case Replaced:
		out = append(out, l.Say("compare.row.replaced", words.Args{"Was": r.Was}))
	}
	if v := r.Verdict; v != nil {
		out = append(out, l.Say("compare.verdict", words.Args{"Before": code(l, v.Before), "After": code(l, v.After)}))
	}
	if v := r.Reading; v != nil && v.Direction != Advanced {
		unit := ""
		if v.Unit != "" && v.Unit != "HCA" {
			unit = " " + v.Unit
		}
		out = append(out, l.Say("compare.reading."+string(v.Direction), words.Args{"Before": l.Number(v.Before.String()) + unit, "After": l.Number(v.After.String()) + unit}))
	}
	if s := r.Signal; s != nil {
		out = append(out, l.Say("compare.signal."+string(s.Direction), words.Args{"Before": int(s.Before), "After": int(s.After)}))
	}
	if k := r.Key; k != nil {
		what := "changed"
		switch {
		case k.Before == "":
			what = "added"
		case k.After == "":
			what = "removed"
		}
		out = append(out, l.Say("compare.key."+what, words.Args{"Before": k.Before, "After": k.After}))
	}
	return out
}

// Sentence says what changed of a receiver.
func (r *ReceiverChange) Sentence(l *words.Language) string {
	name := printable.Text(strings.TrimSpace(r.Name + " " + r.Driver + " " + r.Serial))
	args := words.Args{"Receiver": name, "Before": printable.Text(r.Was), "After": printable.Text(r.Firmware)}
	switch r.Kind {
	case Added:
		return l.Say("compare.receiver.added", args)
	case Removed:
		return l.Say("compare.receiver.removed", args)
	}
	return l.Say("compare.receiver.firmware", args)
}
