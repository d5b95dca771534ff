package collector

import (
	"context"
	"errors"
	"fmt"

	"earshot/collector/store"
)

// UnkeptError is why a campaign stores nothing on disk: the file of its store
// could not be used at the start, so the store is in memory. It stays in
// memory to the end, since a file that becomes usable meanwhile would lack
// what was heard before.
type UnkeptError struct{ Err error }

func (e *UnkeptError) Error() string {
	reason, where := e.Err.Error(), ""
	if of := (*store.Error)(nil); errors.As(e.Err, &of) { // the file comes last: a screen has room for the beginning only
		reason, where = of.Reason(), fmt.Sprintf(" (store %s)", of.Path)
	}
	return "readings are kept in memory only: " + reason + ", then start again" + where
}

// Unwrap returns the error of the file.
func (e *UnkeptError) Unwrap() error { return e.Err }

// openStore takes the lock of the site and opens its store, in memory if the
// file cannot be used. If not even a lock can be taken there is none: another
// earshot may then start on the same site, but cannot store anything either.
func (o *opened) openStore(ctx context.Context, path string) (err error) {
	if o.lock, err = store.Acquire(path); err == nil {
		o.db, err = o.lock.Open(ctx)
	}
	if store.Unusable(err) {
		return o.openMemory(ctx, path, err)
	}
	return err
}

// openMemory opens a store in memory instead of one that cannot be used.
func (o *opened) openMemory(ctx context.Context, path string, reason error) (err error) {
	o.unkept = &UnkeptError{reason}
	o.db, err = store.OpenInMemory(ctx, path)
	return err
}

// campaign begins the campaign or resumes the unfinished one. Damage that is
// found only while reading the file does not prevent a campaign either.
func (o *opened) campaign(ctx context.Context, cfg Config) (*Campaign, error) {
	for {
		c, err := newCampaign(cfg, o)
		if err == nil {
			err = c.recall(ctx)
		}
		if err == nil || o.unkept != nil || !store.Unusable(err) {
			return c, err
		}
		if err := o.forgo(ctx, cfg.StorePath, err, o.db.Abandon); err != nil {
			return nil, err
		}
	}
}

// forgo replaces a store that turned out to be damaged with one in memory. A
// disk error on closing the file does not change the reason.
func (o *opened) forgo(ctx context.Context, path string, reason error, abandon func() error) error {
	return o.openMemory(ctx, path, errors.Join(reason, abandon()))
}
