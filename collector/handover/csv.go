package handover

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"earshot/device/printable"
)

// csvColumns are the columns of the CSV, a meter a row: for programs, so names and
// numbers are the same in each language.
var csvColumns = []struct {
	name string
	cell func(m *Meter) string
}{
	{"line", func(m *Meter) string { return strconv.Itoa(m.Line) }},
	{"entrance", func(m *Meter) string { return m.Place.Entrance }},
	{"floor", func(m *Meter) string { return m.Place.Floor }},
	{"flat", func(m *Meter) string { return m.Place.Flat }},
	{"room", func(m *Meter) string { return m.Place.Room }},
	{"meter", func(m *Meter) string { return m.Ref }},
	{"serial", func(m *Meter) string { return m.Serial }},
	{"radio_id", func(m *Meter) string { return m.Device.RadioID }},
	{"maker", func(m *Meter) string { return m.Device.Maker }},
	{"medium", func(m *Meter) string { return m.Device.Medium }},
	{"version", func(m *Meter) string { return whole(m.Device.Version) }},
	{"type", func(m *Meter) string { return whole(m.Device.Type) }},
	{"key", func(m *Meter) string { return string(m.Key.State) }},
	{"key_fingerprint", func(m *Meter) string { return m.Key.Fingerprint }},
	{"mode", func(m *Meter) string { return m.Radio.Mode }},
	{"signal", func(m *Meter) string { return whole(m.Radio.Median) }},
	{"signal_unit", func(m *Meter) string { return m.Radio.Unit }},
	{"loss_pct", func(m *Meter) string { return whole(m.Radio.LossPct) }},
	{"telegrams", func(m *Meter) string { return strconv.Itoa(m.Radio.Telegrams) }},
	{"last_heard", func(m *Meter) string { return stamp(m.Radio.Last) }},
	{"reading", func(m *Meter) string { return m.reading().Value.Value.String() }},
	{"unit", func(m *Meter) string { return m.reading().Unit }},
	{"reading_time", func(m *Meter) string { return m.readingTime() }},
	{"due_value", func(m *Meter) string { return m.dueDate().Value.Value.String() }},
	{"due_date", func(m *Meter) string { return m.dueDate().Date }},
	{"displayed", func(m *Meter) string { return m.displayed() }},
	{"status", func(m *Meter) string { return codesOf(m.Status) }},
	{"done", func(m *Meter) string { return strconv.FormatBool(m.Done) }},
	{"verdict", func(m *Meter) string { return m.Verdict.Code }},
	{"text", func(m *Meter) string { return m.Verdict.Text }},
	{"next", func(m *Meter) string { return m.Verdict.Next }},
	{"not_accessible", func(m *Meter) string { return m.inaccessible() }},
	{"notes", func(m *Meter) string { return m.notes() }},
}

// WriteCSV writes a row for each meter, below a head with the names of the columns.
func (d *Document) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	cells := make([]string, len(csvColumns))
	for i, c := range csvColumns {
		cells[i] = c.name
	}
	_ = out.Write(cells) // Error returns it
	for i := range d.Meters {
		for n, c := range csvColumns {
			cells[n] = printable.Cell(c.cell(&d.Meters[i]))
		}
		_ = out.Write(cells)
	}
	out.Flush()
	return out.Error()
}

func whole(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func stamp(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.RFC3339)
}

func codesOf(said []Said) string {
	codes := make([]string, len(said))
	for i, s := range said {
		codes[i] = s.Code
	}
	return strings.Join(codes, ", ")
}

// reading is the reading, empty if there is none.
func (m *Meter) reading() Reading {
	if m.Reading == nil {
		return Reading{}
	}
	return *m.Reading
}

func (m *Meter) readingTime() string {
	if m.Reading == nil {
		return ""
	}
	return stamp(&m.Reading.Time)
}

// dueDate is the value at the due date, empty if there is none.
func (m *Meter) dueDate() Stored {
	if m.DueDate == nil {
		return Stored{}
	}
	return *m.DueDate
}

func (m *Meter) displayed() string {
	if m.Displayed == nil {
		return ""
	}
	return m.Displayed.Text
}

func (m *Meter) inaccessible() string {
	if m.Inaccessible == nil {
		return ""
	}
	return m.Inaccessible.Text
}

func (m *Meter) notes() string {
	texts := make([]string, len(m.Notes))
	for i, n := range m.Notes {
		texts[i] = n.Text
	}
	return strings.Join(texts, " | ")
}
