package handover

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"earshot/cmd/earshot/lists"
	"earshot/collector/handover"
	"earshot/collector/handover/paper"
	"earshot/collector/imports"
	"earshot/collector/store"
)

// job is the report of one site.
type job struct {
	list, store, name, details string
	campaign                   int64
	wanted                     wanted
}

// title is what the site is called in messages.
func (j *job) title() string {
	switch {
	case j.name != "":
		return j.name
	case j.list != "":
		return imports.NameOf(j.list)
	}
	return j.store
}

// kinds of failures of a job, by the part that failed.
const (
	kindStore    = "store"
	kindCampaign = "campaign"
	kindList     = "list"
	kindDetails  = "details"
	kindWriting  = "writing"
)

// make reads the campaign of a job and makes its document.
func (j *job) make(ctx context.Context, env Env) (m *made, err error) {
	path, err := env.Store(j.store, j.list, j.name)
	if err != nil {
		return nil, j.failed(kindStore, err)
	}
	db, err := store.OpenReader(ctx, path)
	if err != nil {
		return nil, j.failed(kindStore, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	campaign, err := j.pick(ctx, db, path)
	if err != nil {
		return nil, err
	}
	list, err := env.List(campaign, j.list, j.name)
	if err != nil {
		return nil, j.failed(kindList, err)
	}
	details, err := j.readDetails(campaign)
	if err != nil {
		return nil, j.failed(kindDetails, err)
	}
	read, err := handover.Read(list, campaign, db.CampaignLog(ctx, campaign.ID))
	if err != nil {
		return nil, j.failed(kindCampaign, fmt.Errorf("the log of campaign %d of %s cannot be read: %w", campaign.ID, path, err))
	}
	doc := handover.New(read, handover.Options{Details: details, Words: env.Lang, Version: env.Version, Readiness: j.wanted.readiness, Settlement: j.wanted.settlement})
	return &made{doc: doc, campaign: read, lang: env.Lang, wanted: j.wanted, sealer: &sealer{env: env, store: path}, paper: sync.OnceValue(func() *paper.Document { return paper.New(doc, env.Lang) })}, nil
}

// pick finds the campaign: the one that was named, or the last.
func (j *job) pick(ctx context.Context, db *store.Store, path string) (c store.Campaign, err error) {
	campaigns, err := db.Campaigns(ctx)
	if err != nil {
		return c, j.failed(kindStore, err)
	}
	i := len(campaigns) - 1
	if j.campaign != 0 {
		i = slices.IndexFunc(campaigns, func(c store.Campaign) bool { return c.ID == j.campaign })
	}
	if i < 0 {
		return c, j.failed(kindCampaign, usageError("%s has no such campaign: earshot store check %s lists them", path, path))
	}
	return campaigns[i], nil
}

// readDetails reads --details, or the file next to the list if there is one.
func (j *job) readDetails(campaign store.Campaign) (d handover.Details, err error) {
	path, named := j.details, j.details != ""
	if !named {
		list := j.list
		if list == "" {
			list = campaign.List
		}
		if list == "" {
			return d, nil
		}
		path = strings.TrimSuffix(list, filepath.Ext(list)) + ".details.toml"
	}
	text, err := readBounded(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named:
		return d, nil
	case err != nil:
		return d, usageError("%s: the details cannot be read: %w", path, err)
	}
	if d, err = handover.ParseDetails(text); err != nil {
		return d, usageError("%s: %w", path, err)
	}
	return d, nil
}

// readBounded reads a file that has at most 1 MB and a byte: ParseDetails refuses that one.
func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, 1<<20+1))
}

// failure is what failed of one site.
type failure struct {
	site, kind string
	err        error
}

func (j *job) failed(kind string, err error) error {
	return &failure{site: j.title(), kind: kind, err: err}
}

func (f *failure) Error() string { return f.err.Error() }

func (f *failure) Unwrap() error { return f.err }

// write writes the forms of a protocol. output is a file, or a folder for which the
// names are made.
func (m *made) write(ctx context.Context, all []form, output string, folder, force bool) (files []string, err error) {
	for _, f := range all {
		path := output
		if folder {
			path = filepath.Join(output, m.fileName()+"."+f.ending())
		}
		if info, err := os.Stat(path); !force && !errors.Is(err, fs.ErrNotExist) && (err != nil || info.Size() > 0) {
			return files, usageError("%s exists: choose another name, or overwrite it with --force", path)
		}
		files = append(files, path)
	}
	if slices.ContainsFunc(all, func(f form) bool { return f.name == sealedForm }) {
		if err := m.sealer.prepare(m); err != nil {
			return nil, err
		}
	}
	for i, f := range all {
		write := func(path string) error {
			return lists.WriteFile(path, func(w io.Writer) error { return f.write(w, m) })
		}
		if f.name == sealedForm {
			write = func(path string) error { return m.sealer.write(ctx, path, m) }
		}
		if err := write(files[i]); err != nil {
			return files[:i], fmt.Errorf("%s: cannot be written: %w", files[i], err)
		}
	}
	return files, nil
}

// fileName is the site and the day of the campaign; a draft says that it is one.
func (m *made) fileName() string {
	safe := strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>| `, r) {
			return '_'
		}
		return r
	}, m.campaign.List.Name)
	if runes := []rune(safe); len(runes) > maxName {
		safe = string(runes[:maxName])
	}
	name := safe + "-" + m.doc.Campaign.Started.Format("2006-01-02")
	if m.doc.State == handover.Draft {
		name += "-draft"
	}
	return name
}

// maxName is how many characters of a site's name are in a file's name: 255 bytes are
// the most that file systems take.
const maxName = 50
