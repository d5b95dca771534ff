package collector

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/collector/words"
	"earshot/device"
)

// allocates fails the test if a function allocates much more than its input is
// long.
func allocates(t *testing.T, input int, do func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	if n, most := after.TotalAlloc-before.TotalAlloc, uint64(64<<20+20_000*input); n > most {
		t.Errorf("%d bytes were allocated for an input of %d, at most %d are expected", n, input, most)
	}
}

// show makes all the words that a state can be told with.
func show(s *state.State) {
	snap := s.Snapshot()
	_ = snap.Verdicts()
	for _, r := range snap.Rows {
		v := r.Verdict
		_ = words.English.Verdict(&v) + words.English.Next(&v) + words.English.InFull(&v) + fmt.Sprint(words.English.Alarms(&v))
		for step := range state.Steps {
			_ = words.English.Step(r, step)
		}
		_, _ = json.Marshal(r.Verdict)
	}
}

// line writes an entry for FuzzLog, entryOf reads it.
func line(e store.Entry) string {
	switch e := e.(type) {
	case *store.Telegram:
		return fmt.Sprintf("t %d %d %d %s %s %x", e.Time.Unix(), e.Round, e.Fate, e.Receiver, "@"+e.Meter, e.Bytes)
	case *store.Action:
		return fmt.Sprintf("a @%s %s %s", e.Meter, strings.ReplaceAll(e.Kind, " ", "_"), e.Text)
	case *store.Mark:
		return fmt.Sprintf("m %s %s", e.Kind, e.Data)
	case *store.Delivery:
		return fmt.Sprintf("d %d %d %s @%s", e.Message, e.Round, e.Broker, e.Meter)
	}
	return ""
}

func entryOf(seq int64, line string) store.Entry {
	field := func() (f string) {
		f, line, _ = strings.Cut(line, " ")
		return f
	}
	number := func() int64 {
		n, _ := strconv.ParseInt(field(), 10, 64)
		return n
	}
	at := noon.Add(time.Duration(seq) * time.Second)
	switch field() {
	case "t":
		t := &store.Telegram{Seq: seq, Time: time.Unix(number(), 0), Round: int(number()), Fate: store.Fate(number()) % (store.FateTaken + 1), Receiver: field()}
		t.Meter = strings.TrimPrefix(field(), "@")
		t.Bytes, _ = hex.DecodeString(line)
		return t
	case "a":
		a := &store.Action{Seq: seq, Time: at, Meter: strings.TrimPrefix(field(), "@"), Kind: strings.ReplaceAll(field(), "_", " ")}
		a.Text = line
		return a
	case "d":
		return &store.Delivery{Seq: seq, Time: at, Message: number(), Round: int(number()), Broker: field(), Meter: strings.TrimPrefix(line, "@")}
	}
	return &store.Mark{Seq: seq, Time: at, Kind: field(), Data: []byte(line)}
}

// FuzzLog replays logs that may say anything: what makes no sense is refused, by
// its entry, and the rest can be shown.
func FuzzLog(f *testing.F) {
	path, list, _ := earlier(f, "32")
	db, err := store.OpenReader(f.Context(), path)
	if err != nil {
		f.Fatal(err)
	}
	defer db.Close()
	var head, part []string
	for e, err := range db.Log(f.Context(), 0) {
		if err != nil {
			f.Fatal(err)
		}
		if part = append(part, line(e)); len(head) < 4 {
			head = append(head, line(e))
		}
		if len(part) == 40 {
			f.Add(strings.Join(append(head, part...), "\n"))
			part = nil
		}
	}
	for _, c := range nonsense {
		if c.set == "" {
			f.Add("m " + c.kind + " " + c.data)
		}
	}
	f.Fuzz(func(t *testing.T, log string) {
		allocates(t, len(log), func() {
			r := newReplay(list, newExaminer(list, true))
			err := r.run(func(yield func(store.Entry, error) bool) {
				seq := int64(0)
				for line := range strings.SplitSeq(log, "\n") {
					seq++
					if !yield(entryOf(seq, line), nil) {
						return
					}
				}
			})
			if odd := (*store.EntryError)(nil); err != nil && (!errors.As(err, &odd) || odd.Seq == 0) {
				t.Errorf("refused without its entry: %v", err)
			}
			show(r.state)
		})
	})
}

// flip changes bits of a file: each four bytes are a place and a mask.
func flip(file, flips []byte) []byte {
	out := bytes.Clone(file)
	for ; len(flips) >= 4; flips = flips[4:] {
		at := binary.BigEndian.Uint32(flips)
		out[int(at>>8)%len(out)] ^= byte(at)
	}
	return out
}

// FuzzStoreFile uses a store with flipped bits as check, export and run do: there
// is an error, or it works.
func FuzzStoreFile(f *testing.F) {
	path, list, _ := earlier(f, "32")
	db, err := store.Open(f.Context(), path) // of this version from now on
	if err != nil {
		f.Fatal(err)
	}
	if err := db.Close(); err != nil {
		f.Fatal(err)
	}
	sound, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	for page := range len(sound) / 4096 {
		f.Add(binary.BigEndian.AppendUint32(nil, uint32(page*4096)<<8|2))
		f.Add(binary.BigEndian.AppendUint32(nil, uint32(page*4096+4000)<<8|1))
	}
	f.Add(binary.BigEndian.AppendUint32(nil, 16<<8|0x40)) // the size of a page
	f.Fuzz(func(t *testing.T, flips []byte) {
		path := filepath.Join(t.TempDir(), "site.db")
		file := flip(sound, flips[:min(len(flips), 64)])
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		allocates(t, len(file), func() {
			readAll(t, path, list)
			err := resumeOnce(t, resumption(path, list))
			if !errors.As(err, new(*store.EntryError)) {
				return
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, file) {
				t.Errorf("a file whose log makes no sense was changed: %v", err)
			}
		})
	})
}

// resumeOnce opens a store as Run does, commits once, which may fail, and closes it.
func resumeOnce(t *testing.T, cfg Config) error {
	cfg = cfg.withDefaults()
	start, err := open(t.Context(), cfg)
	if err != nil {
		return err
	}
	defer func() { _ = start.undo() }()
	c, err := start.campaign(t.Context(), cfg)
	if err == nil {
		_ = c.db.Commit(t.Context(), &store.Batch{Items: []store.Item{{Entry: &store.Action{Text: "of the next session"}}}})
	}
	return err
}

// readAll reads what a store has, as far as it can be read.
func readAll(t *testing.T, path string, list site.Site) {
	ctx := t.Context()
	db, err := store.OpenReader(ctx, path)
	if err != nil {
		return
	}
	defer db.Close()
	_, _ = db.Check(ctx)
	_, _ = db.Counts(ctx)
	_, _ = db.Actions(ctx)
	_, _ = db.LastReadings(ctx)
	_, _ = db.Pending(ctx, "a", 0, 100)
	campaigns, _ := db.Campaigns(ctx)
	for _, c := range campaigns[:min(len(campaigns), 10)] {
		if v, err := Verify(list, db.CampaignLog(ctx, c.ID)); err == nil {
			show(v.State)
		}
	}
	for e, err := range db.Log(ctx, 0) {
		if t, ok := e.(*store.Telegram); ok && err == nil {
			_ = device.Frame(frameOf(t))
		}
	}
}
