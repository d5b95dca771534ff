package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"

	"aead.dev/minisign"

	"earshot/collector/site"
)

// ErrNotSealed is wrapped if a file is not a sealed protocol, or one that is damaged
// beyond reading.
var ErrNotSealed = errNotSealed

// ErrNewer is wrapped if a later version of earshot sealed the file.
var ErrNewer = errors.New("a later version of earshot sealed it")

// Options say how a sealed file is checked.
type Options struct {
	Pin  Pin        // the key that must have signed; zero: any
	Keys *site.Site // meters with their keys; nil: none are known
	// Replay replays the log and makes documents again; nil: only the verdicts are
	// compared.
	Replay func(Replay) (Replayed, error)
}

// Result is what was found. Texts in it are those of the file: they have to be
// cleaned before they are shown.
type Result struct {
	Info     Info
	Signer   PublicKey // that of the file; whose it is, is for the reader to know
	Signed   bool      // the signature is right
	Pinned   bool      // … and its key is the one that was given
	Files    []File
	Problems []Problem // the first of Count
	Count    int

	Log       Chain // as it was read
	Replayed  bool  // the log was replayed to its end
	OtherList bool  // the campaign was last run with another list than the sealed one
	Verdicts  Verdicts
	Findings  Findings
	Keys      Keys
	Documents []Compared
	Table     []byte // of verdicts, as the log gives them; see state.Verdicts
}

// Valid reports whether nothing is wrong.
func (r *Result) Valid() bool { return r.Count == 0 }

// Unmade are the documents that were not made again: only their bytes were checked.
func (r *Result) Unmade() []string {
	out := []string{}
	for _, f := range r.Files {
		if !slices.Contains(own, f.Name) && !slices.ContainsFunc(r.Documents, func(d Compared) bool { return d.Name == f.Name }) {
			out = append(out, f.Name)
		}
	}
	return out
}

// File is a file of the archive.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	Signed bool   `json:"as_signed"` // it is as the manifest says
}

// Verdicts compares the tables of verdicts in the log with those it gives now.
type Verdicts struct {
	SHA256    string `json:"sha256"` // of the table at the end
	Compared  int    `json:"compared"`
	Differing int    `json:"differing"`
	Skipped   int    `json:"not_compared"` // made by other rules or with another list, or after a loss
}

// Findings says of how many telegrams the content was found again.
type Findings struct {
	Checked int `json:"checked"`
	Trusted int `json:"not_checked"` // the key is not known: as it was recorded
	Wrong   int `json:"wrong"`
}

// Keys says how many keys of the list were known.
type Keys struct {
	Needed  int      `json:"needed"`
	Lacking int      `json:"lacking"`
	Others  []string `json:"other_keys,omitempty"` // rows for which the list that was given has another key
}

// Compared is a document that was made again.
type Compared struct {
	Name string `json:"name"`
	Same bool   `json:"same"`
}

// checker checks one file.
type checker struct {
	opts   Options
	result *Result
	in     *archive
	sums   []sum // of the files as they are
	signed []sum // … as the manifest has them, nil if it cannot be read
}

// Check checks a sealed file. The error is that of reading it, or wraps ErrNotSealed or
// ErrNewer; what is wrong with a sealed file is in the result.
func Check(in io.ReaderAt, size int64, opts Options) (*Result, error) {
	c := &checker{opts: opts, result: &Result{Files: []File{}, Problems: []Problem{}, Documents: []Compared{}}}
	var err error
	if c.in, err = openArchive(in, size, c.note); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(own, func(name string) bool { _, found := c.in.find(name); return found }) {
		return nil, fmt.Errorf("%w: it has none of the files of one", errNotSealed)
	}
	for i := range c.in.members {
		c.file(&c.in.members[i])
	}
	c.order()
	c.manifest()
	for i, s := range c.sums { // of a file that was changed it says nothing more
		if m := &c.in.members[i]; s.crcOff && (c.result.Files[i].Signed || len(c.signed) == 0) {
			c.note(Problem{Code: ArchiveHeader, File: m.name, Offset: int64(m.offset) + crcAt})
		}
	}
	if err := c.info(); err != nil {
		return nil, err
	}
	c.campaign()
	return c.result, nil
}

// note adds a problem.
func (c *checker) note(p Problem) {
	r := c.result
	if r.Count++; len(r.Problems) >= maxProblems {
		return
	}
	for _, text := range []*string{&p.File, &p.Meter, &p.Path, &p.Want, &p.Got} {
		*text = shortened(*text)
	}
	r.Problems = append(r.Problems, p)
}

// file reads a file of the archive to its end.
func (c *checker) file(m *member) {
	packed, plain, crc := sha256.New(), sha256.New(), crc32.NewIEEE()
	_, err := io.Copy(io.MultiWriter(plain, crc), c.in.open(m, packed))
	s := sum{name: m.name, plain: hex.EncodeToString(plain.Sum(nil)), packed: hex.EncodeToString(packed.Sum(nil))}
	if err != nil {
		c.note(Problem{Code: FileUnread, File: m.name, Got: err.Error()})
	}
	s.crcOff = err == nil && crc.Sum32() != m.crc
	c.sums = append(c.sums, s)
	c.result.Files = append(c.result.Files, File{Name: m.name, Size: int64(m.size), SHA256: s.plain})
}

// order checks that all files are there, in the one order.
func (c *checker) order() {
	names := c.in.names()
	for _, name := range own {
		if !slices.Contains(names, name) {
			c.note(Problem{Code: FileMissing, File: name})
		}
	}
	var documents []string
	for _, name := range names {
		if !slices.Contains(own, name) {
			documents = append(documents, name)
		}
	}
	slices.Sort(documents)
	want := slices.Concat(own[:2], documents, own[2:])
	want = slices.DeleteFunc(want, func(name string) bool { return !slices.Contains(names, name) })
	if !slices.Equal(want, names) {
		c.note(Problem{Code: FileOrder, Want: strings.Join(want, " "), Got: strings.Join(names, " ")})
	}
	for i := range c.in.members {
		if m := &c.in.members[i]; (m.method == deflated) != (compresses(m.name) && !slices.Contains(own[3:], m.name)) {
			c.note(Problem{Code: FileRepacked, File: m.name})
		}
	}
}

const (
	maxKey       = 1 << 12
	maxSignature = 1 << 14
	maxManifest  = 1 << 16
	maxInfo      = 1 << 20
	maxList      = 64 << 20
)

// read is a small file of the archive; that it is missing or damaged was noted.
func (c *checker) read(name string, limit int64) ([]byte, bool) {
	text, err := c.in.content(name, limit)
	if err != nil && !errors.Is(err, errMissing) && !errors.Is(err, errPacked) {
		c.note(Problem{Code: FileForm, File: name, Got: err.Error()})
	}
	return text, err == nil
}

// manifest compares the files with the manifest, and checks the signature over it.
func (c *checker) manifest() {
	text, ok := c.read(manifestName, maxManifest)
	if !ok {
		return
	}
	c.signature(text)
	signed, err := parseManifest(text)
	if err != nil {
		c.note(Problem{Code: FileForm, File: manifestName, Got: err.Error()})
		return
	}
	c.signed = signed
	for i, s := range c.sums {
		f := &c.result.Files[i]
		if s.name == manifestName || s.name == signatureName {
			f.Signed = true // checked otherwise
			continue
		}
		at := slices.IndexFunc(signed, func(w sum) bool { return w.name == s.name })
		switch {
		case at < 0:
			c.note(Problem{Code: FileUnlisted, File: s.name})
		case signed[at].plain != s.plain:
			c.note(Problem{Code: FileChanged, File: s.name, Want: signed[at].plain, Got: s.plain})
		default:
			f.Signed = true
		}
	}
	for _, w := range signed {
		if !slices.Contains(own, w.name) && !slices.ContainsFunc(c.sums, func(s sum) bool { return s.name == w.name }) {
			c.note(Problem{Code: FileMissing, File: w.name})
		}
	}
	names := c.in.names()
	names = slices.DeleteFunc(names, func(name string) bool { return name == manifestName || name == signatureName })
	if !slices.EqualFunc(signed, names, func(s sum, name string) bool { return s.name == name }) && c.result.Count == 0 {
		c.note(Problem{Code: FileForm, File: manifestName, Got: "its lines are not those of the files in their order"})
	}
}

// signature checks the signature, with the key in the archive.
func (c *checker) signature(manifest []byte) {
	text, ok := c.read(keyName, maxKey)
	if !ok {
		return
	}
	var key minisign.PublicKey
	if err := key.UnmarshalText(bytes.TrimSpace(text)); err != nil || !bytes.Equal(PublicKey{key}.File(), text) {
		c.note(Problem{Code: FileForm, File: keyName, Got: "it is not a public key as minisign writes it"})
		if err != nil {
			return
		}
	}
	r := c.result
	r.Signer = PublicKey{key}
	if !c.opts.Pin.Matches(r.Signer) {
		c.note(Problem{Code: SignerOther, File: keyName, Want: c.opts.Pin.words, Got: strings.Join(r.Signer.Words(), " ")})
	}
	signature, ok := c.read(signatureName, maxSignature)
	if !ok {
		return
	}
	if r.Signed = minisign.Verify(key, manifest, signature); !r.Signed {
		c.note(Problem{Code: SignatureBad, File: signatureName})
		return
	}
	var s minisign.Signature
	if s.UnmarshalText(signature) != nil || s.UntrustedComment != untrusted(r.Signer) || s.Algorithm != minisign.HashEdDSA || s.String() != string(signature) {
		c.note(Problem{Code: SignatureForm, File: signatureName})
	}
	r.Pinned = !c.opts.Pin.IsZero() && c.opts.Pin.Matches(r.Signer)
	r.Info.Title = s.TrustedComment
}

// info reads seal.json and compares it with what it is about.
func (c *checker) info() error {
	text, ok := c.read(infoName, maxInfo)
	if !ok {
		return nil
	}
	title := c.result.Info.Title
	info, err := parseInfo(text)
	switch {
	case errors.Is(err, errNewer):
		return fmt.Errorf("%w: %w", ErrNewer, err)
	case err != nil:
		c.note(Problem{Code: FileForm, File: infoName, Got: err.Error()})
		return nil
	}
	c.result.Info = info
	form := func(what string) { c.note(Problem{Code: FileForm, File: infoName, Got: what}) }
	if c.result.Signed && title != info.Title {
		form("its title is not that of the signature")
	}
	if !c.result.Signer.IsZero() && (info.Signer != c.result.Signer.String() || !slices.Equal(info.Words, c.result.Signer.Words())) {
		form("it names another key than " + keyName)
	}
	day, clock := dosTime(info.Campaign.Start)
	if gotDay, gotClock := dosTime(c.in.at); day != gotDay || clock != gotClock {
		c.note(Problem{Code: ArchiveHeader, Want: info.Campaign.Start.Format("2006-01-02 15:04:05"), Got: c.in.at.Format("2006-01-02 15:04:05")})
	}
	for i, s := range c.sums {
		if packed := info.Packed[s.name]; c.in.members[i].method == deflated && packed != s.packed {
			c.note(Problem{Code: FileRepacked, File: s.name, Want: packed, Got: s.packed})
		}
	}
	return nil
}
