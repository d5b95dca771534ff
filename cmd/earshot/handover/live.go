package handover

import (
	"context"
	"io"
	"path/filepath"

	"earshot/collector/handover"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
)

// Live makes the protocol of a campaign that runs, for its screen.
type Live struct {
	Env
	StorePath, ListPath string
	// Site is the list as the campaign has it.
	Site func() site.Site
}

// Document is the protocol of a snapshot. It reads nothing but the details.
func (l *Live) Document(s state.Snapshot) *handover.Document {
	j := job{list: l.ListPath}
	details, _ := j.readDetails(store.Campaign{}) // Write says what is wrong with them
	return handover.New(&handover.Campaign{
		List: l.Site(), Info: store.Campaign{ID: s.Campaign.ID, Start: s.Campaign.Started, End: s.Campaign.Ended},
		Snapshot: s, Zone: s.Campaign.Started.Location(),
	}, handover.Options{Details: details, Words: l.Lang, Version: l.Version})
}

// Folder is that of the list, or else the working directory.
func (l *Live) Folder() string {
	if l.ListPath == "" {
		return "."
	}
	return filepath.Dir(l.ListPath)
}

// Write writes every form, from the log of the store.
func (l *Live) Write(ctx context.Context) ([]string, error) {
	env := l.Env
	env.Err = io.Discard // the screen is up: earshot signer shows the key that signs
	env.List = func(store.Campaign, string, string) (site.Site, error) { return l.Site(), nil }
	j := job{list: l.ListPath, store: l.StorePath}
	m, err := j.make(ctx, env)
	if err != nil {
		return nil, err
	}
	return m.write(ctx, forms, l.Folder(), true, true)
}
