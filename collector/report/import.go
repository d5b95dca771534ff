package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"earshot/device/printable"

	"earshot/collector/imports"
	"earshot/collector/imports/finding"
	"earshot/collector/words"
)

// importRows is how many rows of a list the preview shows.
const importRows = 4

// importNotes is how many different repairs, notices and refusals are written
// out.
const importNotes = 30

// narrowestImport is the width that the preview of a list assumes at least; a
// file or pipe has none.
const narrowestImport = 60

// Import writes what was read of lists: how the columns were taken, the first
// rows, repairs and refusals. It shows no key.
func Import(to io.Writer, lang *words.Language, r *imports.Result, width int) {
	w := page{to, lang}
	if width == 0 {
		width = 100
	}
	width = max(width, narrowestImport)
	for i := range r.Sheets {
		importSheet(w, &r.Sheets[i], width)
	}
	importPreview(w, r, width)
	ImportNotes(w, lang, r, width)
	fmt.Fprintln(w, wrapIndented(ImportSummary(lang, r), width, 0, 0))
}

// importSheet writes how a table was taken.
func importSheet(w page, s *imports.Sheet, width int) {
	form := string(s.Format)
	if s.Encoding != "" && s.Encoding != "UTF-8" {
		form += ", " + s.Encoding
	}
	head := w.lang.Say("list.no_header", nil)
	if n := len(s.Header); n > 0 {
		head = w.lang.Say("list.header", words.Args{"Line": s.Header[0]})
		if n > 1 {
			head = w.lang.Say("list.headers", words.Args{"First": s.Header[0], "Last": s.Header[n-1]})
		}
	}
	kind := ""
	if s.KeysOnly {
		kind = w.lang.Say("list.keys_only", nil)
	}
	fmt.Fprintf(w, "%s (%s): %s, %s%s\n", printable.Text(s.Source.String()), form, head, w.lang.Count(s.Rows, "row"), kind)
	var taken []string
	for _, c := range s.Columns {
		if c.Field != imports.None {
			name := printable.Text(c.Name)
			if name == "" || name == c.Field.String() {
				name = c.Letter()
			}
			taken = append(taken, fmt.Sprintf("%s = %s", c.Field, name))
		}
	}
	for _, line := range packed(taken, width-2) {
		fmt.Fprintln(w, "  "+line)
	}
}

// packed puts texts side by side into lines.
func packed(texts []string, width int) (lines []string) {
	line := ""
	for _, t := range texts {
		switch {
		case line == "":
			line = t
		case ansi.StringWidth(line)+3+ansi.StringWidth(t) > width:
			lines = append(lines, line)
			line = t
		default:
			line += " · " + t
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// importPreview writes the first rows.
func importPreview(w page, r *imports.Result, width int) {
	if len(r.Rows) == 0 {
		return
	}
	rows := [][]string{nil}
	for _, name := range []string{"meter", "key", "place", "medium", "note"} {
		rows[0] = append(rows[0], w.lang.Say("list.column."+name, nil))
	}
	for i := range r.Rows[:min(len(r.Rows), importRows)] {
		row := &r.Rows[i]
		ref := row.Meter.Ref()
		if row.Lone {
			ref = w.lang.Say("list.any", nil)
		}
		key := row.Meter.Key.Fingerprint()
		if key == "" {
			key = "–"
		}
		rows = append(rows, []string{ref, key, printable.Text(row.Meter.Place.String()), printable.Text(w.lang.Term("medium", row.Meter.Medium)), printable.Text(row.Meter.Note)})
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for c, text := range row {
			widths[c] = max(widths[c], ansi.StringWidth(text))
		}
	}
	fmt.Fprintln(w)
	for _, row := range rows {
		var b strings.Builder
		for c, text := range row {
			b.WriteString(text + strings.Repeat(" ", widths[c]-ansi.StringWidth(text)+2))
		}
		fmt.Fprintln(w, "  "+strings.TrimRight(ansi.Truncate(strings.TrimRight(b.String(), " "), width-2, "…"), " "))
	}
	if more := len(r.Rows) - importRows; more > 0 {
		fmt.Fprintf(w, "  %s\n", w.lang.Say("list.more", words.Args{"Count": more}))
	}
	fmt.Fprintln(w)
}

// note is a sentence, and the lines that it is about.
type note struct {
	source finding.Source // without a line
	text   string
	lines  []int
}

// ImportNotes writes repairs, notices and refusals: each kind once, with all its
// lines.
func ImportNotes(w io.Writer, lang *words.Language, r *imports.Result, width int) {
	if width == 0 {
		width = 100
	}
	groups := []struct {
		title string // name of its message
		list  []finding.Finding
		exact bool // each sentence on its own
	}{{title: "list.repaired"}, {title: "list.notices"}, {title: "list.refused", exact: true}}
	for _, f := range r.Findings {
		if f.Code.Kind() == finding.Repair {
			groups[0].list = append(groups[0].list, f)
		} else {
			groups[1].list = append(groups[1].list, f)
		}
	}
	groups[2].list = append(groups[2].list, r.LeftOut...)
	for _, bad := range r.Rejected {
		groups[2].list = append(groups[2].list, bad.Reasons...)
	}
	for _, g := range groups {
		if len(g.list) == 0 {
			continue
		}
		fmt.Fprintln(w, lang.Say(g.title, nil))
		notes := grouped(lang, g.list, g.exact)
		for _, n := range notes[:min(len(notes), importNotes)] {
			text := n.text
			if at := lineRanges(lang, n.lines); at != "" {
				text = at + ": " + text
			}
			if len(r.Sheets)+len(r.LeftOut) > 1 || len(n.lines) == 0 {
				text = n.source.String() + ": " + text
			}
			fmt.Fprintln(w, wrapIndented(printable.Text(text), width, 2, 4))
		}
		if more := len(notes) - importNotes; more > 0 {
			fmt.Fprintf(w, "  %s\n", lang.Say("list.more_kinds", words.Args{"Count": more}))
		}
	}
	if r.More > 0 {
		fmt.Fprintf(w, "  %s\n", lang.Say("list.more_findings", words.Args{"Findings": lang.Finding(finding.Finding{Code: finding.MoreFindings, Count: r.More})}))
	}
}

// grouped puts findings that say the same together. Repairs are the same if
// they have one code and column: the first one is their example.
func grouped(lang *words.Language, list []finding.Finding, exact bool) (notes []note) {
	index := map[string]int{}
	for _, f := range list {
		at := f.Source
		at.Line = 0
		text := lang.Finding(f)
		key := at.String() + "\x00" + f.Column + "\x00" + string(f.Code)
		if exact || f.Code.Kind() == finding.Notice {
			key += "\x00" + text
		}
		i, is := index[key]
		if !is {
			i = len(notes)
			index[key] = i
			notes = append(notes, note{source: at, text: text})
		}
		if f.Line > 0 {
			notes[i].lines = append(notes[i].lines, f.Line)
		}
	}
	return notes
}

// maxRanges is how many ranges of lines are written.
const maxRanges = 12

// lineRanges writes lines: "lines 3, 5-9".
func lineRanges(lang *words.Language, lines []int) string {
	var ranges []string
	for i := 0; i < len(lines); {
		k := i
		for k+1 < len(lines) && lines[k+1] <= lines[k]+1 && lines[k+1] >= lines[k] {
			k++
		}
		if len(ranges) == maxRanges {
			ranges = append(ranges, "…")
			break
		}
		if lines[k] == lines[i] {
			ranges = append(ranges, strconv.Itoa(lines[i]))
		} else {
			ranges = append(ranges, fmt.Sprintf("%d-%d", lines[i], lines[k]))
		}
		i = k + 1
	}
	switch {
	case len(ranges) == 0:
		return ""
	case lines[0] == lines[len(lines)-1] && len(ranges) == 1:
		return lang.Say("list.line", words.Args{"Lines": ranges[0]})
	}
	return lang.Say("list.lines", words.Args{"Lines": strings.Join(ranges, ", ")})
}

// ImportSummary is the result in a sentence.
func ImportSummary(lang *words.Language, r *imports.Result) string {
	meters, keys, lone := 0, 0, 0
	for i := range r.Rows {
		switch {
		case r.Rows[i].Lone:
			lone++
			continue
		case !r.Rows[i].Meter.Key.IsZero():
			keys++
		}
		meters++
	}
	text := lang.Say("list.sum", words.Args{"Meters": lang.Count(meters, "meter"), "Keys": keys})
	if lone > 0 {
		text += lang.Say("list.lone", words.Args{"Keys": lang.Count(lone, "key")})
	}
	if n := len(r.Rejected); n > 0 {
		text += lang.Say("list.rejected", words.Args{"Rows": lang.Count(n, "row")})
	}
	return text
}
