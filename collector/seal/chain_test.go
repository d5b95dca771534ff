package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/collector/site"
	"earshot/device/simulate"
)

// resign signs a changed log again with the same key, as only its owner could.
func resign(t *testing.T, file []byte, s Signer, change func(lines []string) []string, info func(*Info)) []byte {
	t.Helper()
	a, err := openArchive(bytes.NewReader(file), int64(len(file)), func(Problem) {})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "signed.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p := &packer{f: f, at: a.at}
	var in Info
	for i := range a.members {
		m := &a.members[i]
		data, err := a.content(m.name, maxMember)
		if err != nil {
			t.Fatal(err)
		}
		if m.name == logName {
			data = []byte(strings.Join(change(strings.SplitAfter(string(data), "\n")), ""))
		}
		if m.name == infoName {
			if in, err = parseInfo(data); err != nil {
				t.Fatal(err)
			}
			break
		}
		if err := p.bytes(m.name, m.method == deflated, data); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range p.sums {
		if s.packed != "" {
			in.Packed[s.name] = s.packed
		}
	}
	info(&in)
	if err := p.sign(in, s); err != nil {
		t.Fatal(err)
	}
	out, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// relink makes the chain of changed lines again, so that only their content is wrong.
func relink(t *testing.T, lines []string, in *Chain) {
	t.Helper()
	in.Head = zeros
	for i := range lines {
		text := strings.TrimSuffix(lines[i], "\n")
		if text == "" {
			continue
		}
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatal(err)
		}
		l.Prev = in.Head
		again, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(again)
		in.Head = hex.EncodeToString(sum[:])
		lines[i] = string(again) + "\n"
	}
}

// TestChangedLog: an entry that was removed, doubled or moved is named, also if the
// owner of the key signs the result.
func TestChangedLog(t *testing.T) {
	t.Parallel()
	of, s := commission(t, simulate.Random(5), time.Minute), signer(t)
	file := sealed(t, of.contents(), s)
	const at = 40 // which line is changed, from 0
	seq, next := of.log[at].Position(), of.log[at+1].Position()
	for _, test := range []struct {
		what   string
		code   Code
		entry  int64
		change func(lines []string) []string
	}{
		{what: "removed", code: ChainBroken, entry: next, change: func(l []string) []string { return slices.Delete(l, at, at+1) }},
		{what: "doubled", code: ChainOrder, entry: seq, change: func(l []string) []string { return slices.Insert(l, at, l[at]) }},
		{what: "moved", code: ChainBroken, entry: next, change: func(l []string) []string {
			l[at], l[at+1] = l[at+1], l[at]
			return l
		}},
		{what: "changed", code: ChainBroken, entry: next, change: func(l []string) []string {
			l[at] = strings.Replace(l[at], `"kind"`, ` "kind"`, 1)
			return l
		}},
		{what: "the last one removed", code: ChainEnd, change: func(l []string) []string { return l[:len(l)-2] }},
		{what: "no entry", code: EntryUnread, entry: of.log[at-1].Position(), change: func(l []string) []string {
			l[at] = "hello\n"
			return l
		}},
	} {
		r := check(t, resign(t, file, s, test.change, func(*Info) {}), Options{})
		if !r.Signed || !slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Code == test.code && p.Entry == test.entry && p.File == logName }) {
			t.Errorf("%s: want %s of entry %d, got %+v", test.what, test.code, test.entry, r.Problems)
		}
	}
}

// TestForgedLog: the owner of the key changes what a telegram is said to say, makes the
// whole chain again and signs it. Who has the meters' keys sees which telegram it is;
// who has none sees that the verdicts are not those of the log, unless their table was
// forged too.
func TestForgedLog(t *testing.T) {
	t.Parallel()
	of, s := commission(t, simulate.Random(5), time.Minute), signer(t)
	c := of.contents()
	var chain Chain
	var entry int64
	forged := resign(t, sealed(t, c, s), s, func(lines []string) []string {
		for i := range lines {
			if before, after, found := strings.Cut(lines[i], `"quantity":"volume","value":`); found && entry == 0 && strings.Contains(before, `"result":"ok"`) {
				lines[i] = before + `"quantity":"volume","value":1` + after
				entry = of.log[i].Position()
			}
		}
		relink(t, lines, &chain)
		return lines
	}, func(in *Info) { in.Log.Head = chain.Head })
	if entry == 0 {
		t.Fatal("no telegram was forged")
	}
	for _, keys := range []*site.Site{nil, &c.List} {
		r := check(t, forged, Options{Keys: keys})
		found := slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Code == FindingWrong && p.Entry == entry && p.Meter != "" })
		if found != (keys != nil) || r.Valid() && keys != nil {
			t.Errorf("with keys %v: %+v", keys != nil, r.Problems)
		}
	}
}
