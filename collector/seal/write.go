package seal

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"earshot/collector"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device/printable"
)

// Protocol is the name of the document that all others are views of.
const Protocol = "protocol.json"

// Document is a file that is sealed as it is.
type Document struct {
	Name string // no path, no upper case: "protocol.json"
	Data []byte
}

// Contents is what is sealed.
type Contents struct {
	Version  string // of the program
	Title    string // one line about the protocol, for the signature's trusted comment
	Campaign store.Campaign
	List     site.Site // with its keys, which are not written
	// Log is the campaign's log, as store.CampaignLog yields it.
	Log       iter.Seq2[store.Entry, error]
	Documents []Document
}

// ErrContents is wrapped by errors about documents that cannot be sealed.
var ErrContents = errors.New("the documents cannot be sealed")

// Write writes a sealed file, as a whole or not at all, for its owner only. The same
// contents and key give the same bytes.
func Write(path string, c Contents, s Signer) error {
	if err := c.check(); err != nil {
		return err
	}
	return replace(path, func(f *os.File) error { return c.pack(f, s) })
}

func (c *Contents) check() error {
	for _, d := range c.Documents {
		if !memberName.MatchString(d.Name) || slices.Contains(own, d.Name) {
			return fmt.Errorf("%w: %q cannot be the name of one", ErrContents, d.Name)
		}
	}
	return nil
}

// pack writes the archive.
func (c *Contents) pack(f *os.File, s Signer) error {
	p := &packer{f: f, at: c.Campaign.Start}
	log := newChain()
	info := Info{
		Kind: kind, Schema: Schema, Title: title(c.Title), Campaign: campaignOf(c.Campaign), Signer: s.Public().String(), Words: s.Public().Words(),
		Program: Program{Name: "earshot", Version: c.Version, Go: runtime.Version(), Rules: state.VerdictRules}, Packed: map[string]string{},
	}
	err := p.add(logName, true, func(w io.Writer) error {
		for t, err := range collector.Trace(c.List, c.Log) {
			if err == nil {
				err = log.write(w, t)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	list, err := encode(sealList(c.List))
	if err != nil {
		return err
	}
	documents := append([]Document{{listName, list}}, sorted(c.Documents)...)
	for _, d := range append(documents, Document{keyName, s.Public().File()}) {
		if err := p.bytes(d.Name, compresses(d.Name), d.Data); err != nil {
			return err
		}
	}
	info.AsOf, info.Log = asOf(log.last, c.Campaign.Start), log.Chain
	for _, sum := range p.sums {
		if sum.packed != "" {
			info.Packed[sum.name] = sum.packed
		}
	}
	return p.sign(info, s)
}

// sign adds what is signed, and the signature.
func (p *packer) sign(info Info, s Signer) error {
	text, err := encode(info)
	if err != nil {
		return err
	}
	if err := p.bytes(infoName, false, text); err != nil {
		return err
	}
	list := manifest(p.sums)
	signature, err := s.sign(list, info.Title)
	if err != nil {
		return err
	}
	if err := p.bytes(manifestName, false, list); err != nil {
		return err
	}
	if err := p.bytes(signatureName, false, signature); err != nil {
		return err
	}
	return p.finish()
}

// bytes adds a file with a content that is there already.
func (p *packer) bytes(name string, compress bool, data []byte) error {
	return p.add(name, compress, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// sorted are the documents by their names.
func sorted(all []Document) []Document {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Document) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// compresses reports whether a file is compressed: some are already.
func compresses(name string) bool {
	return !slices.ContainsFunc([]string{".pdf", ".xlsx", ".pub"}, func(suffix string) bool { return strings.HasSuffix(name, suffix) })
}

// asOf is the time of the last entry, or the campaign's start if the log has none.
func asOf(last, start time.Time) time.Time {
	if last.IsZero() {
		last = start
	}
	return last.UTC()
}

// maxTitle bounds the comment of a signature: minisign reads 8192 bytes of it.
const maxTitle = 500

// title is a text as it can stand in a signature: one line, nothing that a terminal
// obeys.
func title(text string) string { return printable.Short(printable.Words(text), maxTitle) }
