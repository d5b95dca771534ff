package handover

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"sync"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"earshot/collector/handover"
	"earshot/collector/handover/paper"
	"earshot/collector/report"
	"earshot/collector/seal"
	"earshot/collector/store"
	"earshot/collector/words"
)

// sealedForm is the form that holds all others.
const sealedForm = "zip"

// NewSigner makes earshot signer.
func NewSigner(env Env) *cobra.Command {
	return &cobra.Command{
		Use:   "signer",
		Short: "Show the key that signs your protocols",
		Long: "signer shows the public half of the key with which earshot report seals protocols, as words, as a QR code and as minisign\n" +
			"takes it. Those who check a protocol compare it once. The first call makes the key.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError("earshot signer takes no arguments, but got %q", args[0])
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error {
			s, err := signer(env)
			if err != nil {
				return err
			}
			return report.Signer(env.Out, s.Public(), env.Lang)
		},
	}
}

// signer is the key of this user. It is made if there is none.
func signer(env Env) (seal.Signer, error) {
	dir := filepath.Join(xdg.ConfigHome, "earshot", "seal")
	s, made, err := seal.Open(dir)
	if made {
		fmt.Fprintln(env.Err, env.Lang.Say("signer.made", words.Args{"Folder": dir}))
	}
	return s, err
}

// documents are all forms of a protocol but the sealed one.
func (m *made) documents() (all []seal.Document, err error) {
	for _, f := range forms {
		if f.name == sealedForm {
			continue
		}
		var b bytes.Buffer
		if err := f.write(&b, m); err != nil {
			return nil, err
		}
		all = append(all, seal.Document{Name: "protocol." + f.name, Data: b.Bytes()})
	}
	return all, nil
}

// show makes the forms show the key that signs them.
func (m *made) show(key seal.PublicKey) error {
	code, err := key.QR()
	if err != nil {
		return err
	}
	m.paper = sync.OnceValue(func() *paper.Document {
		return paper.Sealed(m.doc, m.lang, paper.Key{Text: key.String(), Words: key.Words(), QR: code})
	})
	return nil
}

// sealer writes the sealed form of a protocol.
type sealer struct {
	env    Env
	store  string // path of the store
	signer seal.Signer
}

// prepare reads the key, and makes the forms show it.
func (s *sealer) prepare(m *made) (err error) {
	if s.signer, err = signer(s.env); err != nil {
		return err
	}
	return m.show(s.signer.Public())
}

// write seals a protocol with the log that its document was made of: the campaign may
// have continued since.
func (s *sealer) write(ctx context.Context, path string, m *made) (err error) {
	db, err := store.OpenReader(ctx, s.store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	contents, err := s.contents(m, db.CampaignLog(ctx, m.campaign.Info.ID))
	if err != nil {
		return err
	}
	return seal.Write(path, contents, s.signer)
}

// contents is what is sealed.
func (s *sealer) contents(m *made, log iter.Seq2[store.Entry, error]) (seal.Contents, error) {
	documents, err := m.documents()
	d := m.doc
	return seal.Contents{
		Version: s.env.Version, Campaign: m.campaign.Info, List: m.campaign.List, Documents: documents, Log: first(log, m.campaign),
		Title: fmt.Sprintf("%s %s/%d, %s, %s", d.Title, d.Number, d.Revision, d.Property.Name, d.Campaign.Started.Format("2006-01-02")),
	}, err
}

// errPruned is a log that has lost entries since the document was made.
var errPruned = errors.New("the store has lost entries of the campaign meanwhile: make the protocol again")

// first yields the entries that a document was made of.
func first(log iter.Seq2[store.Entry, error], of *handover.Campaign) iter.Seq2[store.Entry, error] {
	return func(yield func(store.Entry, error) bool) {
		left := of.Entries
		for e, err := range log {
			if left == 0 {
				return
			}
			if left--; !yield(e, err) {
				return
			}
		}
		if left > 0 {
			yield(nil, errPruned)
		}
	}
}
