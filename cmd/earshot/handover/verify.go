package handover

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"earshot/cmd/earshot/lists"
	"earshot/collector/handover"
	"earshot/collector/report"
	"earshot/collector/seal"
	"earshot/collector/site"
	"earshot/collector/words"
)

// ErrDiffers is the result of a check that found something wrong. It has been printed
// already.
var ErrDiffers = errors.New("something is wrong with the sealed protocol")

// verifyFlags are those of earshot verify.
type verifyFlags struct {
	keys, publicKey string
	json            bool
}

// NewVerify makes earshot verify.
func NewVerify(env Env) *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check a sealed protocol",
		Long: "verify checks a file that earshot report has sealed: that no byte was changed, who signed it, that the log gives the same\n" +
			"verdicts again, and that the figures of the documents follow from it. It needs neither the store nor the network. With the keys\n" +
			"of the meters it decrypts every telegram again.",
		Example: "earshot verify sondergade-12-2026-03-02.earshot.zip\nearshot verify protocol.earshot.zip --keys meters.csv --public-key RWQ…",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError("verify needs one FILE: see earshot verify --help")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return f.run(env, args[0]) },
	}
	set := cmd.Flags()
	set.StringVar(&f.keys, "keys", "", "list of meters with their keys: telegrams are decrypted again")
	set.StringVar(&f.publicKey, "public-key", "", "key that must have signed: its words, the text that begins with RW, or a file of minisign's")
	set.BoolVar(&f.json, "json", false, "print one JSON object")
	return cmd
}

func (f *verifyFlags) run(env Env, path string) error {
	pin, err := f.pin()
	if err != nil {
		return err
	}
	keys, err := f.readKeys(env)
	if err != nil {
		return err
	}
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return usageError("%s is not a file", path)
	}
	again := remaker{version: env.Version}
	result, err := seal.Check(in, info.Size(), seal.Options{Pin: pin, Keys: keys, Replay: again.replay})
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	v := report.Verification{File: filepath.Base(path), Result: result, Pin: pin, Partly: again.partly, Version: env.Version}
	if f.json {
		err = report.VerifyJSON(env.Out, v)
	} else {
		err = report.Verify(env.Out, v, env.Lang)
	}
	if err == nil && !result.Valid() {
		err = ErrDiffers
	}
	return err
}

// pin reads --public-key, which may be the name of a file.
func (f *verifyFlags) pin() (seal.Pin, error) {
	if f.publicKey == "" {
		return seal.Pin{}, nil
	}
	text := f.publicKey
	if file, err := readBounded(f.publicKey); err == nil {
		text = string(file)
	}
	pin, err := seal.ParsePin(text)
	if err != nil {
		return pin, usageError("--public-key: %w", err)
	}
	return pin, nil
}

// readKeys reads --keys; rows that cannot be read are named.
func (f *verifyFlags) readKeys(env Env) (*site.Site, error) {
	if f.keys == "" {
		return nil, nil
	}
	list, err := lists.ReadKeys(f.keys, env.Streams)
	var bad *site.BadRows
	if errors.As(err, &bad) {
		fmt.Fprintf(env.Err, "earshot: %v\n", bad)
		err = nil
	}
	return &list, err
}

// remaker makes the documents of a sealed protocol again.
type remaker struct {
	version string
	partly  []string // names of messages: what could not be checked
}

func (a *remaker) replay(r seal.Replay) (out seal.Replayed, err error) {
	campaign, v, err := handover.ReadTraced(r.List, r.Info.Campaign.Store(), r.Log)
	if out.Verification = v; err != nil {
		return out, err
	}
	text, err := r.Document(seal.Protocol, handover.MaxJSON)
	if err != nil {
		return out, nil // that it is missing or damaged is noted
	}
	sealed, err := handover.ReadJSON(bytes.NewReader(text))
	switch {
	case r.Info.Program.Version != a.version || !r.Info.SameRules():
		a.partly = append(a.partly, "verify.partly.version")
		return out, nil
	case err != nil:
		out.Documents = []seal.Document{{Name: seal.Protocol}}
		return out, nil
	}
	lang, known := words.Named(sealed.Language)
	if !known {
		lang = words.English
	}
	o := handover.Options{Details: sealed.Details(), Words: lang, Version: sealed.Program.Version}
	sections := sealed.Readiness != nil || sealed.Settlement != nil
	if !r.Blind {
		if o.Readiness = sealed.Readiness != nil; sealed.Settlement != nil {
			o.Settlement, err = sealed.SettlementOptions()
		}
		if err != nil {
			out.Documents = []seal.Document{{Name: seal.Protocol}}
			return out, nil
		}
	}
	doc := handover.New(campaign, o)
	if r.Blind && sections {
		doc.Readiness, doc.Settlement = sealed.Readiness, sealed.Settlement
		a.partly = append(a.partly, "verify.partly.readiness")
	}
	m := &made{doc: doc, campaign: campaign, lang: lang}
	if err = m.show(r.Signer); err == nil {
		out.Documents, err = m.documents()
	}
	return out, err
}
