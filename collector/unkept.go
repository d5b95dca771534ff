package collector

import (
	"context"
	"errors"
	"fmt"

	"earshot/collector/store"
)

// UnkeptError is why a campaign keeps nothing: the file of its store could not
// be used when it began, so it has one in memory. That is so until it ends, for
// what is in memory would be missing in a file that is mended meanwhile.
type UnkeptError struct{ Err error }

func (e *UnkeptError) Error() string {
	reason, where := e.Err.Error(), ""
	if of := (*store.Error)(nil); errors.As(e.Err, &of) { // the file last: a screen has room for the beginning
		reason, where = of.Reason(), fmt.Sprintf(" (store %s)", of.Path)
	}
	return "readings are kept in memory only: " + reason + ", then start again" + where
}

// Unwrap returns what is wrong with the file.
func (e *UnkeptError) Unwrap() error { return e.Err }

// openStore takes the lock of the site and opens its store, in memory if the
// file cannot be used. Where not even a lock can be taken there is none: then
// another earshot may begin the same site, which it cannot keep either.
func (o *opened) openStore(ctx context.Context, path string) (err error) {
	if o.lock, err = store.Acquire(path); err == nil {
		o.db, err = store.Open(ctx, path)
	}
	if store.Unusable(err) {
		return o.openMemory(ctx, path, err)
	}
	return err
}

// openMemory opens a store in memory in the place of one that cannot be used.
func (o *opened) openMemory(ctx context.Context, path string, reason error) (err error) {
	o.unkept = &UnkeptError{reason}
	o.db, err = store.OpenInMemory(ctx, path)
	return err
}

// campaign begins the campaign, or takes the unfinished one up. Damage that
// only a reader of the file finds does not keep a campaign from beginning either.
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

// forgo puts a store in memory in the place of one that turned out to be
// damaged. A disk that cannot even close a file well is the same reason.
func (o *opened) forgo(ctx context.Context, path string, reason error, abandon func() error) error {
	return o.openMemory(ctx, path, errors.Join(reason, abandon()))
}
