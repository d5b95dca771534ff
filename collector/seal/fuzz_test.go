package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/device/simulate"
)

// FuzzCheck changes parts of a sealed file: the whole archive, or one of its files, which
// is packed and signed again so that what reads it is reached.
func FuzzCheck(f *testing.F) {
	small := commission(f, simulate.New(7, simulate.Options{Meters: 3}), 40*time.Second)
	s := signer(f)
	file := sealed(f, small.contents(), s)
	a, err := openArchive(bytes.NewReader(file), int64(len(file)), func(Problem) {})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint8(255), file)
	files := map[string][]byte{}
	for i, name := range a.names() {
		if files[name], err = a.content(name, maxMember); err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), files[name])
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		if len(data) > 1<<20 {
			return
		}
		changed := data
		if int(which) < len(a.members) {
			changed = resealed(t, dir, a, files, a.members[which].name, data, s)
		}
		r, err := Check(bytes.NewReader(changed), int64(len(changed)), Options{Keys: &small.list})
		if err != nil {
			if !errors.Is(err, ErrNotSealed) && !errors.Is(err, ErrNewer) {
				t.Fatal(err)
			}
			return
		}
		// A file of another process has another key, and is right.
		if r.Valid() && r.Signer.Equal(s.Public()) && !bytes.Equal(changed, file) && int(which) >= len(a.members) {
			t.Fatal("another file is right, too")
		}
		if len(r.Problems) > maxProblems || r.Count < len(r.Problems) {
			t.Fatal(len(r.Problems), r.Count)
		}
	})
}

// resealed packs files again, one of them changed, with sums and a signature that fit.
func resealed(t *testing.T, dir string, a *archive, files map[string][]byte, name string, data []byte, s Signer) []byte {
	t.Helper()
	path := filepath.Join(dir, "fuzzed.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p := &packer{f: f, at: a.at}
	info, err := parseInfo(files[infoName])
	if err != nil {
		t.Fatal(err)
	}
	for i := range a.members {
		m := &a.members[i]
		content := files[m.name]
		if m.name == name {
			content = data
		}
		switch {
		case m.name == name: // as it is
		case m.name == infoName:
			for _, sum := range p.sums {
				if sum.packed != "" {
					info.Packed[sum.name] = sum.packed
				}
			}
			if name == logName {
				info.Log = headOf(data, info.Log)
			}
			if content, err = encode(info); err != nil {
				t.Fatal(err)
			}
		case m.name == manifestName:
			content = manifest(p.sums)
		case m.name == signatureName:
			if content, err = s.sign(manifest(p.sums[:len(p.sums)-1]), info.Title); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.bytes(m.name, m.method == deflated, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.finish(); err != nil {
		t.Fatal(err)
	}
	all, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// headOf is a chain with the hash of the last line.
func headOf(log []byte, c Chain) Chain {
	lines := strings.Split(strings.TrimSuffix(string(log), "\n"), "\n")
	sum := sha256.Sum256([]byte(lines[len(lines)-1]))
	c.Head = hex.EncodeToString(sum[:])
	return c
}
