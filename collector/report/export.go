package report

import (
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"earshot/collector/reading"
	"earshot/collector/store"
	"earshot/device"
	"earshot/device/printable"
)

// exported is one line of an export.
type exported struct {
	Kind     string          `json:"kind"` // telegram, action, reading
	Entry    int64           `json:"entry,omitempty"`
	Time     time.Time       `json:"time"`
	AirTime  *time.Time      `json:"air_time,omitempty"`
	Meter    string          `json:"meter,omitempty"`
	Receiver string          `json:"receiver,omitempty"`
	Mode     string          `json:"mode,omitempty"`
	RSSI     *int16          `json:"rssi_dbm,omitempty"`
	Relative *int16          `json:"rssi_relative,omitempty"`
	Fate     string          `json:"fate,omitempty"` // why a telegram was not examined
	Telegram string          `json:"telegram,omitempty"`
	Action   string          `json:"action,omitempty"`
	Text     string          `json:"text,omitempty"`
	Quantity string          `json:"quantity,omitempty"` // of the main register
	Value    string          `json:"value,omitempty"`
	Unit     string          `json:"unit,omitempty"`
	Reading  json.RawMessage `json:"reading,omitempty"`
}

// lineWriter writes lines; nil ends it.
type lineWriter func(*exported) error

// ExportFormats are the formats that Export knows.
func ExportFormats() []string { return slices.Sorted(maps.Keys(exporters)) }

var exporters = map[string]func(io.Writer) lineWriter{"csv": csvLines, "jsonl": jsonLines}

func jsonLines(w io.Writer) lineWriter {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return func(e *exported) error {
		if e == nil {
			return nil
		}
		return enc.Encode(e)
	}
}

var csvHead = []string{"kind", "entry", "time", "air_time", "meter", "receiver", "mode", "rssi_dbm", "rssi_relative",
	"fate", "telegram", "action", "text", "quantity", "value", "unit"}

func csvLines(w io.Writer) lineWriter {
	out := csv.NewWriter(w)
	_ = out.Write(csvHead) // Flush returns the error
	return func(e *exported) error {
		if e == nil {
			out.Flush()
			return out.Error()
		}
		air := ""
		if e.AirTime != nil {
			air = e.AirTime.Format(time.RFC3339Nano)
		}
		return out.Write([]string{e.Kind, number(e.Entry), e.Time.Format(time.RFC3339Nano), air, printable.Cell(e.Meter), printable.Cell(e.Receiver), printable.Cell(e.Mode),
			level(e.RSSI), level(e.Relative), e.Fate, e.Telegram, printable.Cell(e.Action), printable.Cell(e.Text), e.Quantity, printable.Cell(e.Value), printable.Cell(e.Unit)})
	}
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func level(v *int16) string {
	if v == nil {
		return ""
	}
	return strconv.Itoa(int(*v))
}

// Export writes a store in one of the ExportFormats: the log's telegrams and actions, then the last readings.
func Export(ctx context.Context, w io.Writer, db *store.Store, format string) error {
	write := exporters[format](w)
	for entry, err := range db.Log(ctx, 0) {
		if err != nil {
			return err
		}
		line := lineOf(entry)
		if line == nil {
			continue
		}
		if err := write(line); err != nil {
			return fmt.Errorf("standard output: %w", err)
		}
	}
	readings, err := db.LastReadings(ctx)
	if err != nil {
		return err
	}
	for _, r := range readings {
		line := &exported{Kind: "reading", Entry: r.Entry, Time: r.Time, Meter: r.Meter, Telegram: hex.EncodeToString(r.Telegram)}
		if stored, err := reading.Decode(r.Payload); err == nil {
			line.Reading = r.Payload
			if v, ok := stored.Main(); ok {
				line.Quantity, line.Value, line.Unit = v.Quantity.String(), v.String(), v.Unit.String()
			}
		}
		if err := write(line); err != nil {
			return fmt.Errorf("standard output: %w", err)
		}
	}
	if err := write(nil); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}

var fates = map[store.Fate]string{store.FateEvicted: "evicted", store.FateHeadless: "no header", store.FateAgain: "again", store.FateTaken: "taken"}

// lineOf is the line of an entry, nil if it has none.
func lineOf(entry store.Entry) *exported {
	switch e := entry.(type) {
	case *store.Telegram:
		line := &exported{Kind: "telegram", Entry: e.Seq, Time: e.Time, Meter: e.Meter, Receiver: e.Receiver, Mode: string(e.Mode),
			Fate: fates[e.Fate], Telegram: hex.EncodeToString(e.Bytes)}
		if !e.AirTime.IsZero() {
			line.AirTime = &e.AirTime
		}
		switch e.RSSI.Scale {
		case device.ScaleDBm:
			line.RSSI = &e.RSSI.Value
		case device.ScaleRelative:
			line.Relative = &e.RSSI.Value
		}
		return line
	case *store.Action:
		return &exported{Kind: "action", Entry: e.Seq, Time: e.Time, Meter: e.Meter, Action: e.Kind, Text: e.Text}
	}
	return nil
}
