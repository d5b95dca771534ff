package imports

import (
	"bufio"
	"io"
	"strings"
	"time"

	"earshot/collector/duration"
	"earshot/collector/imports/finding"
	"earshot/device/wmbus"
)

// Schema is the first line of a list that earshot wrote.
const Schema = "# earshot list 1"

// Columns that earshot writes for people, and does not read.
const (
	reasonColumn = "reason"
	sourceColumn = "source"
)

// listFields are the columns of a list, in their order.
var listFields = []Field{Number, Manufacturer, Key, Entrance, Floor, Apartment, Room, Medium, Timeout, Note}

// WriteList writes the list: UTF-8 with a byte order mark, since spreadsheets
// take it for another encoding otherwise. It holds the keys.
func (r *Result) WriteList(w io.Writer) error {
	out := newListWriter(w)
	radiator := r.radiatorColumns()
	out.head(radiator...)
	for i := range r.Rows {
		out.row(append(meterCells(&r.Rows[i]), radiatorCells(&r.Rows[i].Meter, radiator)...))
	}
	return out.Flush()
}

// WriteRejected writes the rejected rows as they stand in their files, with the
// reasons: explain makes them. It holds keys too.
func (r *Result) WriteRejected(w io.Writer, explain func(finding.Finding) string) error {
	out := newListWriter(w)
	out.head(reasonColumn, sourceColumn)
	for _, rejected := range r.Rejected {
		var reasons []string
		for _, f := range rejected.Reasons {
			reasons = append(reasons, explain(f))
		}
		s := &r.Sheets[rejected.row.sheet]
		var cells []string
		for _, f := range listFields {
			cells = append(cells, protected(rawCell(s, rejected.row, f)))
		}
		out.row(append(cells, protected(strings.Join(reasons, "; ")), protected(rejected.Source.String())))
	}
	return out.Flush()
}

// rawCell is the cell of a field as it stands in the file. A row that could not
// be split is its first cell.
func rawCell(s *Sheet, row *Row, f Field) string {
	b := builder{plan: &s.layout}
	if f == Note && row.refusals[0].Code == finding.RowShifted {
		return Clean(strings.Join(texts(row.raw.Cells), " | "))
	}
	text := b.joined(row.raw.Cells, f)
	if f == Room {
		text = strings.TrimSpace(text + " " + b.joined(row.raw.Cells, Place))
	}
	return Clean(text)
}

// meterCells are the cells of a row of the list.
func meterCells(row *Row) []string {
	m := &row.Meter
	cells := make([]string, 0, len(listFields)+2)
	number, maker, timeout := "", "", ""
	if !row.Lone {
		number = m.ID.String()
	}
	if m.Manufacturer != 0 {
		maker = m.Manufacturer.String()
	}
	if m.Timeout != 0 {
		if timeout = duration.Text(m.Timeout); m.Timeout%time.Second != 0 {
			timeout = m.Timeout.String()
		}
	}
	cells = append(cells, digits(number), maker, digits(wmbus.KeyHex(m.Key.Prepared())))
	for _, text := range []string{m.Place.Entrance, m.Place.Floor, m.Place.Apartment, m.Place.Room, m.Medium, timeout, m.Note} {
		cells = append(cells, protected(text))
	}
	return cells
}

// digits protects a number or key that a spreadsheet would change: it removes
// zeros at the left, rounds more than 15 digits, and takes 1234E567 for a power
// of ten.
func digits(text string) string {
	switch {
	case text == "":
	case isDigits(text) && (text[0] == '0' || len(text) > keptDigits), sciencePattern.MatchString(text):
		return "'" + text
	}
	return text
}

// protected makes a text that a spreadsheet takes for nothing else: neither for
// a formula, nor for a number without its zeros, nor for a date.
func protected(text string) string {
	if text == "" {
		return ""
	}
	switch c := text[0]; {
	case strings.IndexByte("=+@\t\r", c) >= 0, c == '-' && !isDigits(text[1:]), c == '\'' && protected(text[1:]) != text[1:]:
		return "'" + text
	case isDigits(text) && (c == '0' && len(text) > 1 || len(text) > keptDigits), sciencePattern.MatchString(text):
		return "'" + text
	}
	return text
}

// listWriter writes cells between semicolons, the separator of most of Europe's
// spreadsheets.
type listWriter struct {
	*bufio.Writer
}

func newListWriter(w io.Writer) listWriter { return listWriter{bufio.NewWriterSize(w, 64<<10)} }

func (w listWriter) head(more ...string) {
	names := make([]string, 0, len(listFields)+len(more))
	for _, f := range listFields {
		names = append(names, f.String())
	}
	_, _ = w.WriteString("\ufeff" + Schema + "\n")
	w.row(append(names, more...))
}

func (w listWriter) row(cells []string) {
	for i, c := range cells {
		if i > 0 {
			_ = w.WriteByte(';')
		}
		if strings.ContainsAny(c, ";\"\n\r") || strings.HasPrefix(c, "#") || c != strings.TrimSpace(c) {
			c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
		}
		_, _ = w.WriteString(c)
	}
	_ = w.WriteByte('\n')
}

// Flush returns the first error of all that was written.
func (w listWriter) Flush() error { return w.Writer.Flush() }

// WriteKeys writes only the numbers and keys of the list, to be kept apart from
// it.
func (r *Result) WriteKeys(w io.Writer) error {
	out := newListWriter(w)
	_, _ = out.WriteString("\ufeff" + Schema + "\n")
	out.row([]string{Number.String(), Manufacturer.String(), Key.String()})
	for i := range r.Rows {
		if !r.Rows[i].Meter.Key.IsZero() {
			out.row(meterCells(&r.Rows[i])[:3])
		}
	}
	return out.Flush()
}
