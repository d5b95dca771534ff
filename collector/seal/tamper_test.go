package seal

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/device/simulate"
)

// names reports whether a problem names a file.
func names(r *Result, file string) bool {
	return slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.File == file })
}

// regions are the files of an archive by the bytes that belong to them.
func regions(t *testing.T, file []byte) (of []string) {
	t.Helper()
	a, err := openArchive(bytes.NewReader(file), int64(len(file)), func(p Problem) { t.Errorf("%+v", p) })
	if err != nil {
		t.Fatal(err)
	}
	of = make([]string, len(file))
	at := int64(0)
	for _, m := range a.members {
		for ; at < m.end(); at++ {
			of[at] = m.name
		}
	}
	for _, m := range a.members {
		for range centralSize + len(m.name) {
			of[at] = m.name
			at++
		}
	}
	return of
}

// TestEveryByte changes single bytes anywhere in the file: the check names the file
// that each belongs to.
func TestEveryByte(t *testing.T) {
	t.Parallel()
	small := commission(t, simulate.New(7, simulate.Options{Meters: 3}), 40*time.Second)
	file := sealed(t, small.contents(), signer(t))
	of := regions(t, file)
	random := rand.New(rand.NewPCG(1, 2))
	type change struct {
		at   int
		bits byte
	}
	var changes []change
	for range 2000 {
		changes = append(changes, change{random.IntN(len(file)), byte(1 + random.IntN(255))})
	}
	for at := range len(file) {
		if at > 0 && of[at-1] == of[at] {
			continue
		}
		for i := range min(40, len(file)-at) { // every byte of headers
			changes = append(changes, change{at + i, byte(1 + random.IntN(255))})
		}
		for bit := range 8 * min(at, 7) { // and each bit with which a compressed file ends: some mean nothing
			changes = append(changes, change{at - 1 - bit/8, 1 << (bit % 8)})
		}
	}
	seen := map[string]int{}
	for _, c := range changes {
		at, changed := c.at, bytes.Clone(file)
		changed[at] ^= c.bits
		r, err := Check(bytes.NewReader(changed), int64(len(changed)), Options{})
		if err != nil {
			t.Errorf("byte %d of %s: %v", at, of[at], err)
			continue
		}
		if r.Valid() || !names(r, of[at]) {
			t.Errorf("byte %d of %q: %+v", at, of[at], r.Problems)
		}
		seen[of[at]]++
	}
	if len(seen) != 9+1 {
		t.Errorf("bytes of %v were changed", seen)
	}
}

// TestTruncatedAndExtended: a file that ends early, or has something before, in or
// behind it, is refused or named.
func TestTruncatedAndExtended(t *testing.T) {
	t.Parallel()
	file := sealed(t, contents(t), signer(t))
	refused := func(what string, file []byte) {
		t.Helper()
		r, err := Check(bytes.NewReader(file), int64(len(file)), Options{})
		if err == nil && r.Valid() {
			t.Errorf("%s: nothing is wrong", what)
		}
		if err != nil && !errors.Is(err, ErrNotSealed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for n := 0; n < len(file); n += 1 + n/7 {
		refused("truncated", file[:n])
	}
	refused("with a byte behind it", append(bytes.Clone(file), 0))
	refused("with a byte before it", append([]byte{0}, file...))
	refused("with a program before it", append([]byte("#!/bin/sh\nexit\n"), file...))
	refused("with another archive behind it", slices.Concat(file, file))
	refused("no archive", []byte("hello"))
	refused("an empty archive", file[len(file)-endSize:])
	comment := append(bytes.Clone(file), 'x')
	comment[len(comment)-3] = 1
	refused("with a comment", comment)
}

// rezip writes the files of an archive with another tool, which may change them.
func rezip(t *testing.T, file []byte, change func(w *zip.Writer, f *zip.File, data []byte) error) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := change(w, f, data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// repack writes the files of an archive as earshot does, with other contents.
func repack(t *testing.T, file []byte, change func(name string, data []byte) (string, []byte)) []byte {
	t.Helper()
	a, err := openArchive(bytes.NewReader(file), int64(len(file)), func(Problem) {})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "repacked.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p := &packer{f: f, at: a.at}
	for i := range a.members {
		m := &a.members[i]
		data, err := a.content(m.name, maxMember)
		if err != nil {
			t.Fatal(err)
		}
		name, data := change(m.name, data)
		if name == "" {
			continue
		}
		if err := p.bytes(name, m.method == deflated, data); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.finish(); err != nil {
		t.Fatal(err)
	}
	out, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestOtherArchives: what other tools make of a sealed file is not one, whatever they
// do, and what is wrong with it is said.
func TestOtherArchives(t *testing.T) {
	t.Parallel()
	file := sealed(t, contents(t), signer(t))
	plain := func(w *zip.Writer, name string, data []byte) error {
		out, err := w.Create(name)
		if err == nil {
			_, err = out.Write(data)
		}
		return err
	}
	bomb := make([]byte, 8<<20)
	for what, change := range map[string]func(w *zip.Writer, f *zip.File, data []byte) error{
		"zipped again": func(w *zip.Writer, f *zip.File, data []byte) error { return plain(w, f.Name, data) },
		"in a folder":  func(w *zip.Writer, f *zip.File, data []byte) error { return plain(w, "site/"+f.Name, data) },
		"with ..":      func(w *zip.Writer, f *zip.File, data []byte) error { return plain(w, "../"+f.Name, data) },
		"absolute":     func(w *zip.Writer, f *zip.File, data []byte) error { return plain(w, "/tmp/"+f.Name, data) },
		"upper case":   func(w *zip.Writer, f *zip.File, data []byte) error { return plain(w, strings.ToUpper(f.Name), data) },
		"twice": func(w *zip.Writer, f *zip.File, data []byte) error {
			return errors.Join(plain(w, f.Name, data), plain(w, f.Name, data))
		},
		"a link": func(w *zip.Writer, f *zip.File, data []byte) error {
			h := &zip.FileHeader{Name: f.Name}
			h.SetMode(os.ModeSymlink | 0o777)
			out, err := w.CreateHeader(h)
			if err == nil {
				_, err = out.Write([]byte("/etc/passwd"))
			}
			return err
		},
		"a bomb": func(w *zip.Writer, f *zip.File, _ []byte) error { return plain(w, f.Name, bomb) },
	} {
		r, err := func() (*Result, error) {
			changed := rezip(t, file, change)
			return Check(bytes.NewReader(changed), int64(len(changed)), Options{})
		}()
		if err == nil && r.Valid() || err != nil && !errors.Is(err, ErrNotSealed) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestChangedFiles changes what a sealed file holds, packed as earshot packs it.
func TestChangedFiles(t *testing.T) {
	t.Parallel()
	own, other := signer(t), signer(t)
	c := contents(t)
	file, foreign := sealed(t, c, own), sealed(t, c, other)
	pin, err := ParsePin(strings.Join(own.Public().Words(), " "))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		what, file string
		code       Code
		change     func(name string, data []byte) (string, []byte)
	}{
		{what: "a document", file: "meters.csv", code: FileChanged, change: only("meters.csv", func(b []byte) []byte { return append(b, '\n') })},
		{what: "no list", file: listName, code: FileMissing, change: without(listName)},
		{what: "no signature", file: signatureName, code: FileMissing, change: without(signatureName)},
		{what: "no document", file: "protocol.pdf", code: FileMissing, change: without("protocol.pdf")},
		{what: "another name", file: "meters.txt", code: FileUnlisted, change: func(name string, data []byte) (string, []byte) {
			return strings.Replace(name, "meters.csv", "meters.txt", 1), data
		}},
		{what: "the manifest", file: signatureName, code: SignatureBad, change: only(manifestName, func(b []byte) []byte { return append(b, b...) })},
		{what: "the signature's first line", file: signatureName, code: SignatureForm, change: only(signatureName, func(b []byte) []byte {
			return bytes.Replace(b, []byte("earshot"), []byte("minisign"), 1)
		})},
		{what: "the signature's comment", file: signatureName, code: SignatureBad, change: only(signatureName, func(b []byte) []byte {
			return bytes.Replace(b, []byte("20260302-1"), []byte("20260302-2"), 1)
		})},
		{what: "a blank at the end of the key", file: keyName, code: FileForm, change: only(keyName, func(b []byte) []byte { return append(b, ' ') })},
	} {
		r := check(t, repack(t, file, test.change), Options{Pin: pin})
		if !slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.File == test.file && p.Code == test.code }) {
			t.Errorf("%s: %+v", test.what, r.Problems)
		}
	}
	r := check(t, foreign, Options{Pin: pin})
	if len(r.Problems) != 1 || r.Problems[0].Code != SignerOther || !r.Signed || r.Pinned {
		t.Errorf("signed by somebody else: %+v", r.Problems)
	}
	if r := check(t, foreign, Options{}); !r.Valid() || r.Pinned || !r.Signer.Equal(other.Public()) {
		t.Errorf("without a key to compare with: %+v", r)
	}
}

// only changes one file.
func only(file string, change func([]byte) []byte) func(string, []byte) (string, []byte) {
	return func(name string, data []byte) (string, []byte) {
		if name == file {
			data = change(data)
		}
		return name, data
	}
}

// without leaves out one file.
func without(file string) func(string, []byte) (string, []byte) {
	return func(name string, data []byte) (string, []byte) {
		if name == file {
			name = ""
		}
		return name, data
	}
}
