package format_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/collector/upload"
	"earshot/collector/upload/format"
)

var update = flag.Bool("update", false, "write the golden files anew")

// render renders one of the readings above.
func render(t *testing.T, o format.Options, payload string) upload.Rendered {
	t.Helper()
	cfg := o.Apply(upload.Config{}, format.Gateway{Site: "Test", Version: "1.0"})
	r, err := cfg.Render(upload.Message{Seq: 1, Topic: "earshot/Test/x/reading", Payload: []byte(payload)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (go test -update writes it anew):\n%s", path, got)
	}
}

func TestWmbusmeters(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	for _, p := range []string{water, heat, allocator, empty} {
		r := render(t, format.Options{Format: format.Wmbusmeters}, p)
		if !json.Valid(r.Payload) {
			t.Errorf("no JSON: %s", r.Payload)
		}
		out.Write(r.Payload)
		out.WriteByte('\n')
	}
	golden(t, "wmbusmeters.jsonl", out.Bytes())
}

func TestStatus(t *testing.T) {
	t.Parallel()
	s := schema(t, "status")
	at := time.Date(2026, 3, 2, 10, 15, 0, 5, time.FixedZone("CET", 3600))
	for _, receivers := range [][]string{nil, {"im871a ttyUSB0"}} {
		g := format.Gateway{Site: "Søndergade 12", Version: "1.0", Receivers: func() []string { return receivers }}
		cfg := format.Options{}.Apply(upload.Config{}, g)
		if cfg.Status.Topic != "earshot/Søndergade 12/status" {
			t.Errorf("topic %s", cfg.Status.Topic)
		}
		for state, says := range map[upload.State]string{upload.Online: `"online","reason":"running"`, upload.Ended: `"offline","reason":"ended"`, upload.Lost: `"offline","reason":"connection lost"`} {
			text := cfg.Status.Payload(state, at)
			if err := fits(s, text); err != nil {
				t.Errorf("%s: %v", text, err)
			}
			if !strings.Contains(string(text), says) || !strings.Contains(string(text), `"2026-03-02T09:15:00Z"`) {
				t.Errorf("%s does not say %s", text, says)
			}
		}
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	template, err := upload.ParseTemplate("meters/{site}/{manufacturer}/{medium}/{meter}-{id}")
	if err != nil {
		t.Fatal(err)
	}
	o := format.Options{Template: template, Echo: true}
	if got := render(t, o, water).Topic; got != "meters/Test/KAM/cold water/KAM-76348799-76348799" {
		t.Errorf("topic %s", got)
	}
	if got := render(t, o, water).Payload; string(got) != water {
		t.Errorf("payload %s", got)
	}
	cfg := o.Apply(upload.Config{}, format.Gateway{Site: "a/b", Store: "0f", Campaign: "7"})
	if cfg.EchoFilter != "meters/a%2Fb/+/+/+" || cfg.Store != "0f" || len(cfg.Properties) != 1 || cfg.Properties[0] != (upload.Property{Key: "campaign", Value: "7"}) {
		t.Errorf("%+v", cfg)
	}
	if plain := (format.Options{}).Apply(upload.Config{}, format.Gateway{}); plain.Render != nil || plain.EchoFilter != "" {
		t.Errorf("%+v", plain)
	}
	for _, payload := range []string{"", "{}", "[]", `{"meter":1}`, "\xff"} {
		if _, err := cfg.Render(upload.Message{Payload: []byte(payload)}); err == nil {
			t.Errorf("%q is rendered", payload)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "earshot", "wmbusmeters"} {
		if f, err := format.Parse(name); err != nil || name != "" && string(f) != name {
			t.Errorf("%q: %v, %v", name, f, err)
		}
	}
	if _, err := format.Parse("csv"); !errors.Is(err, format.ErrFormat) || !strings.Contains(err.Error(), "choose earshot or wmbusmeters") {
		t.Errorf("csv: %v", err)
	}
}

// FuzzRender: whatever the outbox holds, what is published is JSON.
func FuzzRender(f *testing.F) {
	for _, p := range []string{water, heat, allocator, empty} {
		f.Add([]byte(p))
	}
	f.Add([]byte(`{"meter":"a","id":"b","records":[{"quantity":"volume","value":1e999,"unit":"l","function":"instantaneous"},{"quantity":"date","value":"\u0000","storage":1,"function":"instantaneous"}]}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		for _, kind := range []format.Format{format.Earshot, format.Wmbusmeters} {
			cfg := format.Options{Format: kind, Discovery: true}.Apply(upload.Config{}, format.Gateway{Site: "x"})
			r, err := cfg.Render(upload.Message{Topic: "t", Payload: payload})
			if err != nil {
				continue
			}
			if !json.Valid(r.Payload) {
				t.Errorf("no JSON: %s", r.Payload)
			}
			for _, a := range r.Before {
				if !json.Valid(a.Payload()) {
					t.Errorf("no JSON: %s", a.Payload())
				}
				if strings.ContainsAny(a.Topic, "+#\x00") {
					t.Errorf("topic %q", a.Topic)
				}
			}
		}
	})
}
