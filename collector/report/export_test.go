package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"testing"
	"time"

	"earshot/collector/store"
	"earshot/device"
	"earshot/device/printable"
)

// FuzzExport stores a text wherever a text can be stored and exports it: each form
// can be read back, has a line for each entry, and holds nothing that a terminal
// obeys.
func FuzzExport(f *testing.F) {
	f.Add("bath", []byte(`{"medium":"water","records":[]}`))
	f.Add("\x1b]0;owned\a\u202e\u00ad\u009b", []byte("{\"medium\":\"\u202e\"}"))
	f.Add("=1+1", []byte("\xff"))
	f.Add("a\r\nb,\"c\"", []byte("null"))
	f.Fuzz(func(t *testing.T, text string, payload []byte) {
		db, err := store.OpenInMemory(t.Context(), "site.db")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.Begin(t.Context(), &store.Campaign{Site: text, Start: time.Unix(0, 0)}); err != nil {
			t.Fatal(err)
		}
		now := time.Unix(1, 0)
		telegram := &store.Telegram{Time: now, Receiver: text, Mode: device.LinkMode(text), Meter: text, Bytes: payload}
		err = db.Commit(t.Context(), &store.Batch{Items: []store.Item{
			{Entry: telegram, Reading: &store.Reading{Meter: text, Time: now, Payload: payload, Telegram: payload}},
			{Entry: &store.Action{Time: now, Meter: text, Kind: text, Text: text}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		for _, format := range ExportFormats() {
			var out bytes.Buffer
			if err := Export(t.Context(), printable.NewWriter(&out), db, format); err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			for _, r := range out.String() {
				if r != '\n' && !printable.Rune(r) {
					t.Errorf("%s holds %U: %q", format, r, out.String())
				}
			}
			lines := bytes.Count(out.Bytes(), []byte("\n"))
			want := 3
			if format == "csv" {
				want++ // the head
				rows, err := csv.NewReader(&out).ReadAll()
				if err != nil || len(rows) != want {
					t.Errorf("%d rows, %v: %q", len(rows), err, out.String())
				}
			} else {
				for line := range bytes.Lines(out.Bytes()) {
					if !json.Valid(line) {
						t.Errorf("%s: %q", format, line)
					}
				}
			}
			if lines != want {
				t.Errorf("%s has %d lines, want %d", format, lines, want)
			}
		}
	})
}
