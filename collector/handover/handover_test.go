package handover_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"earshot/assets"
	"earshot/collector/handover"
	"earshot/collector/handover/handovertest"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/collector/words"
)

var update = flag.Bool("update", false, "write the goldens")

// golden compares a text with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(want, got) {
		t.Errorf("%s is another one (%v): run with -update, and read the diff", path, err)
	}
}

// read makes the document of a stored campaign.
func read(t testing.TB, s *handovertest.Stored, details string, language *words.Language) *handover.Document {
	t.Helper()
	c, err := handover.Read(s.List, s.Info, s.Entries())
	if err != nil {
		t.Fatal(err)
	}
	d, err := handover.ParseDetails([]byte(details))
	if err != nil {
		t.Fatal(err)
	}
	return handover.New(c, handover.Options{Details: d, Words: language, Version: "1.4.0"})
}

// jsonOf is the document's JSON.
func jsonOf(t testing.TB, d *handover.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func testdata(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDemo: the document of the demo's building in each language, and in short.
func TestDemo(t *testing.T) {
	t.Parallel()
	for _, l := range words.Languages() {
		d := read(t, handovertest.Demo(), testdata(t, "details.toml"), l)
		golden(t, "demo."+l.String()+".json", jsonOf(t, d))
		text := d.Headline(l) + "\n"
		for _, line := range d.Preview(l, 80) {
			text += line.Text + "\n"
		}
		golden(t, "demo."+l.String()+".txt", []byte(text))
		if l == words.English {
			var b bytes.Buffer
			if err := d.WriteCSV(&b); err != nil {
				t.Fatal(err)
			}
			golden(t, "demo.csv", b.Bytes())
		}
	}
}

// TestSchema: each document is as the schema says.
func TestSchema(t *testing.T) {
	t.Parallel()
	text, ok := assets.Schema("handover")
	if !ok {
		t.Fatal("there is no schema")
	}
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("handover.schema.json", raw); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("handover.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]*handover.Document{
		"example": handovertest.Example(), "many": handovertest.Many(300), "long": handovertest.Long(500), "nothing": {Kind: handover.Kind, Schema: 1, Language: "en", State: handover.Draft, Revision: 1},
		"sections": whole(t, "[readiness]\ncountry = \"DE\"\n", words.German),
		"demo":     read(t, handovertest.Demo(), testdata(t, "details.toml"), words.English),
		"empty":    read(t, handovertest.Empty(), "", words.English), "running": read(t, handovertest.Running(), "", words.English),
	} {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(jsonOf(t, d)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, spoil := range map[string]func(*handover.Document){
		"state": func(d *handover.Document) { d.State = "fine" }, "kind": func(d *handover.Document) { d.Kind = "invoice" },
		"key": func(d *handover.Document) { d.Meters[0].Key.State = "0123" }, "who": func(d *handover.Document) { d.Open[0].Who = "me" },
		"value": func(d *handover.Document) { d.Tasks[0].Who = "" }, "schema": func(d *handover.Document) { d.Schema = 0 },
	} {
		d := handovertest.Example()
		spoil(d)
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(jsonOf(t, d)))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(v) == nil {
			t.Errorf("%s: the schema takes it", name)
		}
	}
}

// TestSameBytes: the same campaign gives the same bytes, and so does a document that is
// made with what an earlier one says.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	first := jsonOf(t, read(t, handovertest.Demo(), testdata(t, "details.toml"), words.English))
	if again := jsonOf(t, read(t, handovertest.Demo(), testdata(t, "details.toml"), words.English)); !bytes.Equal(first, again) {
		t.Error("the second document is another one")
	}
	d, err := handover.ReadJSON(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	s := handovertest.Demo()
	c, err := handover.Read(s.List, s.Info, s.Entries())
	if err != nil {
		t.Fatal(err)
	}
	if again := jsonOf(t, handover.New(c, handover.Options{Details: d.Details(), Words: words.English, Version: d.Program.Version})); !bytes.Equal(first, again) {
		t.Error("the document that is made with its own details is another one")
	}
	if !bytes.Equal(first, jsonOf(t, d)) {
		t.Error("the document that was read is another one")
	}
}

// TestNoKey: neither a key of the list nor a path is in any document.
func TestNoKey(t *testing.T) {
	t.Parallel()
	s := handovertest.Demo()
	text := strings.ToLower(string(jsonOf(t, read(t, s, "", words.English))))
	keys := 0
	for line := range strings.Lines(string(assets.DemoMeters())) {
		for _, cell := range strings.Split(strings.TrimSpace(line), ",") {
			if len(cell) != 32 {
				continue
			}
			keys++
			if strings.Contains(text, strings.ToLower(cell[:16])) || strings.Contains(text, strings.ToLower(cell[16:])) {
				t.Errorf("the document has a key")
			}
		}
	}
	if keys < 30 {
		t.Errorf("%d keys were looked for", keys)
	}
	if strings.Contains(text, "somebody") || strings.Contains(text, "/home") {
		t.Error("the document has a path")
	}
}

// TestRadiators: those of the list are in the document, unless the details say more.
func TestRadiators(t *testing.T) {
	t.Parallel()
	s := handovertest.Demo()
	i := slices.IndexFunc(s.List.Meters, func(m site.Meter) bool { return m.Ref() == "IST-82215930" })
	s.List.Meters[i].Radiator = &site.Radiator{Make: "Rio\x1b[31m", Output: "900", Sealed: "2025 AB"}
	for details, want := range map[string]string{"": "Rio[31m 900 2025 AB", "[radiators.82215930]\nmake = \"Hudevad\"": "Hudevad  "} {
		d := read(t, s, details, words.English)
		n := slices.IndexFunc(d.Radiators, func(r handover.Radiator) bool { return r.Meter == "IST-82215930" })
		if r := d.Radiators[n]; r.Make+" "+r.Output+" "+r.Sealed != want || r.Line != 17 {
			t.Errorf("%q: %+v", details, r)
		}
	}
}

// TestNothingObeyed: what comes from a list, a receiver or the installer has no
// characters that a terminal obeys.
func TestNothingObeyed(t *testing.T) {
	t.Parallel()
	const bad = "\x1b[31m\u202e"
	s := handovertest.Demo()
	s.List.Name = "a" + bad
	for i := range s.List.Meters {
		m := &s.List.Meters[i]
		m.Medium, m.Note, m.Place.Room = "water"+bad, "b"+bad, "c"+bad
	}
	for _, e := range s.Log {
		switch e := e.(type) {
		case *store.Telegram:
			e.Receiver, e.Mode = "d"+bad, "C1"+bad
		case *store.Action:
			if e.Kind == state.ActNote || e.Kind == state.ActAccept || e.Kind == state.ActUnreachable {
				e.Text = "e" + bad
			}
		}
	}
	text := string(jsonOf(t, read(t, s, "", words.English)))
	for _, sign := range []string{"\x1b", "\\u001b", "\u202e", "\\u202e"} {
		if i := strings.Index(text, sign); i >= 0 {
			t.Errorf("%q: … %s …", sign, text[max(0, i-100):min(len(text), i+50)])
		}
	}
	for _, want := range []string{"a[31m", "b[31m", "c[31m", "d[31m", "e[31m"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s", want)
		}
	}
}

// TestStates: what a document is worth.
func TestStates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of    *handovertest.Stored
		state handover.State
		says  string
	}{
		"running": {of: handovertest.Running(), state: handover.Draft, says: "running open_meters"},
		"empty":   {of: handovertest.Empty(), state: handover.Draft, says: "running empty open_meters"},
		"demo":    {of: handovertest.Demo(), state: handover.Draft, says: "open_meters"},
	} {
		d := read(t, c.of, "", words.English)
		var codes []string
		for _, caveat := range d.Caveats {
			codes = append(codes, caveat.Code)
		}
		if got := strings.Join(codes, " "); d.State != c.state || got != c.says {
			t.Errorf("%s: %s: %s, want %s: %s", name, d.State, got, c.state, c.says)
		}
	}
	for code, change := range map[string]func(*handovertest.Stored){
		"other_list":    func(s *handovertest.Stored) { s.List.Meters[5].Note = "another list" },
		"other_version": func(s *handovertest.Stored) { s.Record(state.VerdictRules-1, "00") },
		"differing":     func(s *handovertest.Stored) { s.Record(state.VerdictRules, "00") },
		"typed_keys":    func(s *handovertest.Stored) { s.Type("ZRI-11178000", "0011AABB") },
		"left_out":      func(s *handovertest.Stored) { s.List.LeftOut = []site.RowError{{Line: 7, Reason: "no number"}} },
	} {
		s := handovertest.Demo()
		change(s)
		d := read(t, s, "", words.English)
		if !slices.ContainsFunc(d.Caveats, func(c handover.Said) bool { return c.Code == code }) {
			t.Errorf("nothing says %s: %v", code, d.Caveats)
		}
		if slices.ContainsFunc(read(t, handovertest.Demo(), "", words.English).Caveats, func(c handover.Said) bool { return c.Code == code }) {
			t.Errorf("%s is said of every campaign", code)
		}
	}
}
