package report

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/charmbracelet/x/ansi"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device/printable"
)

// The columns of the table of verdicts.
const (
	columnMark = iota
	columnLine
	columnWhere
	columnMeter
	columnMedium
	columnSignal
	columnChain
	columnReading
	columnVerdict
	columns
)

var columnHeads = [columns]string{"", "line", "where", "meter", "medium", "signal", "chain", "reading", "verdict"}

// verdictCells is the table of verdicts, its head first. Brief readings of an
// earlier day are in brackets, without the day.
func verdictCells(lang *words.Language, s state.Snapshot, brief bool) [][columns]string {
	cells := make([][columns]string, 1, 1+len(s.Rows))
	for c, name := range columnHeads {
		if name != "" {
			cells[0][c] = lang.Say("print.column."+name, nil)
		}
	}
	for _, r := range s.Rows {
		cells = append(cells, [columns]string{marks[r.Verdict.Mark], strconv.Itoa(r.Line), printable.Text(r.Place.String()), r.Ref,
			printable.Text(lang.Term("medium", r.Medium)), signalOf(lang, r.Heard.RSSI), chain(r.Chain), readingText(lang, r, brief), printable.Text(lang.Verdict(&r.Verdict))})
	}
	return cells
}

// writeVerdicts writes the table of verdicts: in full if width is 0,
// otherwise in the width of a terminal.
func writeVerdicts(w page, s state.Snapshot, width int) error {
	cells := verdictCells(w.lang, s, false)
	if width > 0 && sum(widths(cells), allColumns) > width {
		return writeNarrow(w, verdictCells(w.lang, s, true), width)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range cells {
		fmt.Fprintln(table, strings.Join(row[:], "\t"))
	}
	return table.Flush()
}

const (
	columnGap     = 2
	narrowWhere   = 12 // a place is cut to this when there is no room
	narrowVerdict = 24 // a verdict is broken into lines of at least this
	leastVerdict  = 10 // … or this, if even that does not fit
)

var (
	allColumns = []int{columnMark, columnLine, columnWhere, columnMeter, columnMedium, columnSignal, columnChain, columnReading, columnVerdict}
	// byNeed are the columns that may be left out, the most needed first.
	byNeed = []int{columnWhere, columnReading, columnLine, columnChain, columnMedium, columnSignal}
)

// writeNarrow writes the columns that fit; verdicts are never cut, but
// wrapped.
func writeNarrow(w page, cells [][columns]string, width int) error {
	is := widths(cells)
	where, verdict := is[columnWhere], is[columnVerdict]
	is[columnWhere], is[columnVerdict] = min(where, narrowWhere), min(verdict, narrowVerdict)
	used := []int{columnMark, columnMeter, columnVerdict}
	var left []string
	for _, c := range byNeed {
		if sum(is, append(used[:len(used):len(used)], c)) <= width {
			used = append(used, c)
		} else {
			left = append(left, cells[0][c])
		}
	}
	shown := map[int]bool{}
	for _, c := range used {
		shown[c] = true
	}
	room := width - sum(is, used)
	more := min(max(0, room), verdict-is[columnVerdict])
	is[columnVerdict] = max(leastVerdict, is[columnVerdict]+min(0, room)+more)
	if shown[columnWhere] {
		is[columnWhere] += max(0, min(room-more, where-is[columnWhere]))
	}
	for _, row := range cells {
		var before strings.Builder
		for c := range columnVerdict {
			if shown[c] {
				text := ansi.Truncate(row[c], is[c], "…")
				before.WriteString(text + strings.Repeat(" ", is[c]-ansi.StringWidth(text)+columnGap))
			}
		}
		lead := before.String()
		for line := range strings.SplitSeq(ansi.Wrap(row[columnVerdict], is[columnVerdict], ""), "\n") {
			fmt.Fprintln(w, strings.TrimRight(lead+line, " "))
			lead = strings.Repeat(" ", ansi.StringWidth(before.String()))
		}
	}
	if len(left) == 0 {
		left = []string{w.lang.Say("print.no_room.long", nil)}
	}
	return w.line("print.no_room", words.Args{"Columns": width, "What": strings.Join(left, ", ")})
}

// widths are the columns' widths in cells.
func widths(cells [][columns]string) (out [columns]int) {
	for _, row := range cells {
		for c, text := range row {
			out[c] = max(out[c], ansi.StringWidth(text))
		}
	}
	return out
}

// sum is the width of all columns together.
func sum(widths [columns]int, of []int) int {
	n := -columnGap
	for _, c := range of {
		n += widths[c] + columnGap
	}
	return n
}

// wrapLines breaks lines that are wider than a terminal between words, and
// indents the rest.
func wrapLines(text []byte, width int) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(text) {
		words := strings.TrimRight(string(line), "\n")
		if ansi.StringWidth(words) <= width {
			out.Write(line)
			continue
		}
		own := len(words) - len(strings.TrimLeft(words, " "))
		out.WriteString(wrapIndented(words, max(narrowText+own+columnGap, width), own, own+columnGap) + "\n")
	}
	return out.Bytes()
}
