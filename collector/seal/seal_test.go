package seal

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"iter"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"earshot/collector"
	"earshot/collector/imports"
	"earshot/collector/site"
	"earshot/collector/store"
	"earshot/device"
	"earshot/device/simulate"
)

// player plays the telegrams of a building without gaps.
type player struct {
	building  *simulate.Building
	listening time.Duration
	at        atomic.Int64
}

func (p *player) Info() device.Info {
	return device.Info{Name: "simulated", Driver: "replay", Pace: device.PaceRecorded, Unchecked: true}
}
func (p *player) Close() error   { return nil }
func (p *player) now() time.Time { return p.building.Start().Add(time.Duration(p.at.Load())) }

func (p *player) Receive(ctx context.Context, sink device.Sink) error {
	played := func(at time.Duration) error {
		sink.(device.Player).Played(at)
		p.at.Store(int64(at))
		return ctx.Err()
	}
	for f := range p.building.Telegrams(0, p.listening) {
		if err := played(f.AirTime.Sub(p.building.Start())); err != nil {
			return err
		}
		f.Receiver, f.Time = "simulated", f.AirTime
		sink.Frame(f)
	}
	if err := played(p.listening + time.Minute); err != nil {
		return err
	}
	return device.ErrEnd
}

// finished is a campaign of a simulated building.
type finished struct {
	list     site.Site
	campaign store.Campaign
	log      []store.Entry
}

func (s *finished) entries() iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		for _, e := range s.log {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// commission runs a campaign in a building.
func commission(t testing.TB, b *simulate.Building, listening time.Duration) *finished {
	t.Helper()
	var text bytes.Buffer
	if err := simulate.WriteList(&text, b.Rows()); err != nil {
		t.Fatal(err)
	}
	read, err := imports.Read(&text, "building.csv", imports.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out := &finished{list: site.Site{Name: "Søndergade 12"}}
	for i := range read.Rows {
		out.list.Meters = append(out.list.Meters, read.Rows[i].Meter)
	}
	air := &player{building: b, listening: listening}
	path := filepath.Join(t.TempDir(), "store.db")
	err = collector.Run(t.Context(), collector.Config{
		Load:      func(context.Context) (site.Site, error) { return out.list, nil },
		Receivers: []device.Open{func(context.Context) (device.Receiver, error) { return air, nil }},
		StorePath: path, Timeout: listening, Speed: math.Inf(1), Now: air.now,
	}, func(ctx context.Context, c *collector.Campaign) error {
		_ = c.Collect(ctx, collector.UntilDeadline)
		c.Note(out.list.Meters[0].Ref(), "behind the boiler")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.OpenReader(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all, err := db.Campaigns(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatal(len(all), err)
	}
	out.campaign = all[0]
	out.campaign.List = "/home/somebody/meters.csv"
	for e, err := range db.CampaignLog(t.Context(), out.campaign.ID) {
		if err != nil {
			t.Fatal(err)
		}
		out.log = append(out.log, e)
	}
	return out
}

// contents are those of a building's campaign, in which much is wrong.
func contents(t testing.TB) Contents {
	return commission(t, simulate.Random(5), 3*time.Minute).contents()
}

func (s *finished) contents() Contents {
	return Contents{
		Version: "1.2.3", Title: "hand-over protocol 20260302-1, Søndergade 12", Campaign: s.campaign, List: s.list, Log: s.entries(),
		Documents: []Document{{"protocol.pdf", []byte("%PDF-1.3 none")}, {"protocol.json", []byte(`{"meters":[{"meter":"KAM-1","value":1.50}]}`)}, {"meters.csv", []byte("a;b\n")}},
	}
}

// signer makes a key.
func signer(t testing.TB) Signer {
	t.Helper()
	s, made, err := Open(filepath.Join(t.TempDir(), "config", "seal"))
	if err != nil || !made {
		t.Fatal(made, err)
	}
	return s
}

// sealed is a sealed file.
func sealed(t testing.TB, c Contents, s Signer) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "site.earshot.zip")
	if err := Write(path, c, s); err != nil {
		t.Fatal(err)
	}
	all, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func check(t testing.TB, file []byte, opts Options) *Result {
	t.Helper()
	r, err := Check(bytes.NewReader(file), int64(len(file)), opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestSeal: a sealed file is right, with the keys and without; the verdicts are those
// of the log.
func TestSeal(t *testing.T) {
	t.Parallel()
	of, s := commission(t, simulate.Random(5), 3*time.Minute), signer(t)
	c, entries := of.contents(), len(of.log)
	file := sealed(t, c, s)
	if again := sealed(t, c, s); !bytes.Equal(file, again) {
		t.Error("the same campaign gives other bytes")
	}
	pin, err := ParsePin(s.Public().String())
	if err != nil {
		t.Fatal(err)
	}
	own, err := collector.Verify(c.List, c.Log)
	if err != nil {
		t.Fatal(err)
	}
	for _, keys := range []*site.Site{nil, &c.List} {
		r := check(t, file, Options{Pin: pin, Keys: keys})
		for _, p := range r.Problems {
			t.Errorf("with keys %v: %+v", keys != nil, p)
		}
		if !r.Valid() || !r.Signed || !r.Pinned || !r.Replayed || !bytes.Equal(r.Table, own.State.Verdicts()) || r.Verdicts.Compared == 0 || r.Verdicts.SHA256 != own.State.Digest() {
			t.Errorf("with keys %v: %+v", keys != nil, r)
		}
		if (r.Findings.Trusted == 0) != (keys != nil) || r.Findings.Checked == 0 || (r.Keys.Lacking == 0) != (keys != nil) {
			t.Errorf("with keys %v: %+v, %+v", keys != nil, r.Findings, r.Keys)
		}
		if r.Info.Campaign.Store().ID != c.Campaign.ID || r.Info.Program.Version != "1.2.3" || r.Log.Entries != entries {
			t.Errorf("%+v", r.Info)
		}
	}
}

// TestOthersTools: unzip, sha256sum and minisign accept a sealed file.
func TestOthersTools(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), signer(t)
	file := filepath.Join(dir, "site.earshot.zip")
	c := contents(t)
	if err := Write(file, c, s); err != nil {
		t.Fatal(err)
	}
	run := func(want string, command ...string) {
		t.Helper()
		cmd := exec.Command(command[0], command[1:]...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%v: %v\n%s", command, err, out)
		}
	}
	run("No errors", "unzip", "-t", file)
	run("inflating", "unzip", file)
	run("protocol.json: OK", "sha256sum", "-c", "--strict", manifestName)
	run("Signature and comment signature verified", "minisign", "-V", "-m", manifestName, "-P", s.Public().String())
	run("Søndergade 12", "minisign", "-V", "-m", manifestName, "-p", keyName)
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, in); err != nil || f.Mode() != 0o644 || !f.Modified.Equal(c.Campaign.Start.UTC().Truncate(2*time.Second)) {
			t.Errorf("%s: %v, mode %v, of %v", f.Name, err, f.Mode(), f.Modified)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}
