package handover

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"earshot/assets"
	"earshot/collector/handover"
	"earshot/collector/handover/handovertest"
	"earshot/collector/imports"
	"earshot/collector/report"
	"earshot/collector/seal"
	"earshot/collector/settlement"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/collector/words"
	"earshot/device/simulate"
	"earshot/device/wmbus"
)

// protocol is the protocol of a campaign with all sections, to be sealed.
func protocol(t testing.TB, of *handovertest.Stored, l *words.Language) (*made, *sealer) {
	t.Helper()
	read, err := handover.Read(of.List, of.Info, of.Entries())
	if err != nil {
		t.Fatal(err)
	}
	details, err := handover.ParseDetails([]byte("place = \"Søborg\"\n[owner]\nname = \"A/B Søndergade 12\"\n[readiness]\ncountry = \"DK\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	key, _, err := seal.Open(filepath.Join(t.TempDir(), "seal"))
	if err != nil {
		t.Fatal(err)
	}
	m := &made{campaign: read, lang: l, doc: handover.New(read, handover.Options{Details: details, Words: l, Version: "1.2.3", Readiness: true, Settlement: &settlement.Options{}})}
	if err := m.show(key.Public()); err != nil {
		t.Fatal(err)
	}
	return m, &sealer{env: Env{Version: "1.2.3"}, signer: key}
}

// write seals a protocol, whose documents may be changed before.
func write(t testing.TB, of *handovertest.Stored, m *made, s *sealer, change func([]seal.Document)) []byte {
	t.Helper()
	contents, err := s.contents(m, of.Entries())
	if err != nil {
		t.Fatal(err)
	}
	change(contents.Documents)
	path := filepath.Join(t.TempDir(), "sealed.zip")
	if err := seal.Write(path, contents, s.signer); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// checked is what a check of a file finds, with the keys or without.
func checked(t testing.TB, file []byte, keys *site.Site) (report.Verification, *remaker) {
	t.Helper()
	again := &remaker{version: "1.2.3"}
	r, err := seal.Check(bytes.NewReader(file), int64(len(file)), seal.Options{Keys: keys, Replay: again.replay})
	if err != nil {
		t.Fatal(err)
	}
	return report.Verification{File: "site.earshot.zip", Result: r, Partly: again.partly, Version: again.version}, again
}

func nothing([]seal.Document) {}

// TestSealed: sealed protocols of campaigns in each state and language are right, and all
// their documents follow from the log; what is printed of it suits the schema.
func TestSealed(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]*handovertest.Stored{"finished": handovertest.Demo(), "running": handovertest.Running(), "empty": handovertest.Empty()} {
		for _, l := range words.Languages() {
			m, s := protocol(t, of, l)
			file := write(t, of, m, s, nothing)
			if again := write(t, of, m, s, nothing); !bytes.Equal(file, again) {
				t.Errorf("%s in %v: other bytes the second time", name, l)
			}
			for _, keys := range []*site.Site{nil, &of.List} {
				v, _ := checked(t, file, keys)
				if !v.Valid() || !bytes.Equal(v.Table, m.campaign.Snapshot.Verdicts()) || len(v.Documents) != len(forms)-1 {
					t.Errorf("%s in %v, with keys %v: %+v, %d documents", name, l, keys != nil, v.Problems, len(v.Documents))
				}
				if partly := slices.Contains(v.Partly, "verify.partly.readiness"); partly != (keys == nil) {
					t.Errorf("%s in %v: %v with keys %v", name, l, v.Partly, keys != nil)
				}
				conforms(t, v, file)
			}
		}
	}
}

// conforms compares what is printed, and the sealed seal.json, with their schemas.
func conforms(t *testing.T, v report.Verification, file []byte) {
	t.Helper()
	var out bytes.Buffer
	if err := report.VerifyJSON(&out, v); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"verify": out.Bytes(), "seal": content(t, z, "seal.json")} {
		schema, ok := assets.Schema(name)
		if !ok {
			t.Fatal(name)
		}
		raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		if err := c.AddResource(name, raw); err != nil {
			t.Fatal(err)
		}
		compiled, err := c.Compile(name)
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func content(t testing.TB, z *zip.Reader, name string) []byte {
	t.Helper()
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestChangedFigures: who signs other figures than follow from the log is found out: the
// file, the row and the value are named.
func TestChangedFigures(t *testing.T) {
	t.Parallel()
	of := handovertest.Demo()
	m, s := protocol(t, of, words.English)
	reading := m.doc.Meters[2].Reading
	if reading == nil {
		t.Fatal("the third meter has no reading")
	}
	for name, change := range map[string]func(d *handover.Document){
		"reading.value": func(d *handover.Document) { d.Meters[2].Reading.Value.Value = "1" },
		"verdict.code":  func(d *handover.Document) { d.Meters[2].Verdict.Code = "fine" },
		"readiness": func(d *handover.Document) {
			r := &d.Readiness.Meters[2]
			r.Result = map[bool]handover.Result{true: handover.NotMet, false: handover.Met}[r.Result == handover.Met]
		},
	} {
		file := write(t, of, m, s, func(all []seal.Document) {
			for i := range all {
				if all[i].Name != seal.Protocol {
					continue
				}
				d, err := handover.ReadJSON(bytes.NewReader(all[i].Data))
				if err != nil {
					t.Fatal(err)
				}
				change(d)
				var b bytes.Buffer
				if err := d.WriteJSON(&b); err != nil {
					t.Fatal(err)
				}
				all[i].Data = b.Bytes()
			}
		})
		v, _ := checked(t, file, &of.List)
		if !v.Signed || !slices.ContainsFunc(v.Problems, func(p seal.Problem) bool {
			return p.Code == seal.DocumentWrong && p.File == seal.Protocol && strings.Contains(p.Path, name) && p.Meter == m.doc.Meters[2].Ref && p.Want != p.Got
		}) {
			t.Errorf("%s: %+v", name, v.Problems)
		}
	}
	file := write(t, of, m, s, func(all []seal.Document) {
		for i := range all {
			all[i].Data = bytes.Replace(all[i].Data, []byte("/CreationDate"), []byte("/CreationData"), 1)
		}
	})
	if v, _ := checked(t, file, nil); len(v.Problems) != 1 || v.Problems[0].Code != seal.DocumentOther || v.Problems[0].File != "protocol.pdf" {
		t.Errorf("another PDF: %+v", v.Problems)
	}
}

// TestOtherList: a campaign whose list was changed since is sealed all the same; what
// cannot be compared is said.
func TestOtherList(t *testing.T) {
	t.Parallel()
	of := handovertest.Demo()
	of.List.Meters = slices.Clone(of.List.Meters)
	of.List.Meters[0].Note = "changed since"
	m, s := protocol(t, of, words.English)
	v, _ := checked(t, write(t, of, m, s, nothing), nil)
	if !v.Valid() || !v.OtherList || !v.Replayed {
		t.Errorf("other list %v: %+v", v.OtherList, v.Problems)
	}
	var out bytes.Buffer
	if err := report.Verify(&out, v, words.English); err != nil || !strings.Contains(out.String(), "last run with another list") {
		t.Errorf("%v\n%s", err, &out)
	}
}

// TestOtherVersion: documents of another version are not compared, and that is said.
func TestOtherVersion(t *testing.T) {
	t.Parallel()
	of := handovertest.Demo()
	m, s := protocol(t, of, words.English)
	s.env.Version = "1.2.2"
	v, _ := checked(t, write(t, of, m, s, nothing), nil)
	if !v.Valid() || len(v.Documents) > 0 || len(v.Unmade()) != len(forms)-1 || !slices.Contains(v.Partly, "verify.partly.version") {
		t.Errorf("%+v, %v, not made again %v", v.Problems, v.Partly, v.Unmade())
	}
}

// TestNoKeyIsSealed looks for the keys of the list in each part of a sealed protocol, also
// in what is packed again.
func TestNoKeyIsSealed(t *testing.T) {
	t.Parallel()
	of := handovertest.Demo()
	m, s := protocol(t, of, words.English)
	file := write(t, of, m, s, nothing)
	parts := 0
	var look func(name string, data []byte)
	look = func(name string, data []byte) {
		parts++
		upper := bytes.ToUpper(data)
		for i := range of.List.Meters {
			key := wmbus.KeyHex(of.List.Meters[i].Key.Prepared())
			if key != "" && bytes.Contains(upper, []byte(key)) {
				t.Errorf("%s has the key of %s", name, of.List.Meters[i].Ref())
			}
		}
		if bytes.Contains(data, []byte("/home/somebody")) {
			t.Errorf("%s has a path of this machine", name)
		}
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		for _, f := range z.File {
			look(name+"/"+f.Name, content(t, z, f.Name))
		}
	}
	look("site.earshot.zip", file)
	if parts < 20 {
		t.Errorf("only %d parts were looked at", parts)
	}
}

// large is a campaign of a simulated building, which was listened to for some minutes.
func large(b *testing.B, meters int, listened time.Duration) *handovertest.Stored {
	b.Helper()
	building := simulate.New(1, simulate.Options{Meters: meters, Neighbours: 20})
	var text bytes.Buffer
	if err := simulate.WriteList(&text, building.Rows()); err != nil {
		b.Fatal(err)
	}
	read, err := imports.Read(&text, "building.csv", imports.Options{})
	if err != nil {
		b.Fatal(err)
	}
	of := &handovertest.Stored{List: site.Site{Name: "Søndergade"}, Info: store.Campaign{ID: 1, Start: building.Start(), End: building.Start().Add(listened)}}
	var reads []map[string]any
	for i := range read.Rows {
		of.List.Meters = append(of.List.Meters, read.Rows[i].Meter)
		reads = append(reads, map[string]any{"meter": read.Rows[i].Meter.Ref(), "for_ns": listened})
	}
	of.Info.Fingerprint = state.Fingerprint(of.List)
	at := state.At{Time: of.Info.Start}
	add := func(e store.Entry) { of.Log = append(of.Log, e) }
	mark := func(kind string, data any) {
		text, err := json.Marshal(data)
		if err != nil {
			b.Fatal(err)
		}
		add(&store.Mark{Seq: int64(len(of.Log) + 1), Time: at.Time, Kind: kind, Data: text})
	}
	started := state.CampaignStarted{At: at, Session: state.Session{Campaign: 1, Fingerprint: of.Info.Fingerprint}}
	mark(started.Name(), map[string]any{"event": started, "list": state.ListRows(of.List)})
	mark(state.RoundStarted{}.Name(), map[string]any{"time": at.Time, "round": 1, "deadline": of.Info.End, "reads": reads})
	index := site.NewIndex(of.List.Meters)
	for f := range building.Telegrams(0, listened) {
		e := &store.Telegram{Seq: int64(len(of.Log) + 1), Time: f.AirTime, Receiver: "air", Mode: f.Mode, RSSI: f.RSSI, Bytes: f.Bytes, Round: 1, Zone: 3600}
		if header, err := wmbus.ParseHeader(f.Bytes); err == nil {
			if row, listed := index.Expects(header); listed {
				e.Meter = of.List.Meters[row].Ref()
			}
		}
		add(e)
		at.Time = f.AirTime
	}
	mark(state.RoundFinished{}.Name(), state.RoundFinished{At: at, Round: 1})
	mark(state.CampaignEnded{}.Name(), state.CampaignEnded{At: at, Campaign: 1})
	return of
}

// BenchmarkSealed makes, seals and checks the protocol of 1,000 meters with all sections and
// forms.
func BenchmarkSealed(b *testing.B) {
	of := large(b, 1000, 5*time.Minute)
	m, s := protocol(b, of, words.English)
	file := write(b, of, m, s, nothing)
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			write(b, of, m, s, nothing)
		}
		b.ReportMetric(float64(len(file))/1e6, "MB")
		b.ReportMetric(float64(len(of.Log)), "entries")
	})
	for name, keys := range map[string]*site.Site{"verify": nil, "verify-with-keys": &of.List} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if v, _ := checked(b, file, keys); !v.Valid() {
					b.Fatal(v.Problems)
				}
			}
		})
	}
}
