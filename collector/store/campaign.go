package store

import (
	"cmp"
	"context"
	"database/sql"
	"time"
)

// Campaign is a part of the log: one commissioning of the site, from its
// start until it is finished, over any number of runs of the program.
type Campaign struct {
	ID          int64 // from 1 on; 0 is the log from before there were campaigns
	Start       time.Time
	End         time.Time // zero until it is finished
	Site        string    // the site's name
	Fingerprint string    // of the list of meters without its keys; made by the caller
	List        string    // path of the list, "" if it is not known
	After       int64     // its log begins after this entry, filled in by Begin
}

// Finished reports whether the campaign was ended.
func (c Campaign) Finished() bool { return c.ID == 0 || !c.End.IsZero() }

// Begin begins a campaign, ends those that are not finished, and fills in ID
// and After. What is committed from now on belongs to it.
func (s *Store) Begin(ctx context.Context, c *Campaign) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return s.wrap(err)
	}
	begun := *c
	err := s.within(ctx, func(ctx context.Context) error {
		if _, err := s.conn.ExecContext(ctx, `UPDATE campaign SET "end" = ? WHERE "end" IS NULL AND id > 0`, nanos(c.Start)); err != nil {
			return err
		}
		if err := s.conn.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM log").Scan(&begun.After); err != nil {
			return err
		}
		return s.conn.QueryRowContext(ctx, `INSERT INTO campaign (start, after, site, fingerprint, list) VALUES (?, ?, ?, ?, ?) RETURNING id`,
			nanos(c.Start), begun.After, c.Site, c.Fingerprint, c.List).Scan(&begun.ID)
	})
	if err != nil {
		return s.wrap(err)
	}
	*c, s.campaign = begun, begun.ID
	return nil
}

// Continue resumes a campaign: what is committed from now on belongs to it.
// The fingerprint and path of its list may have changed.
func (s *Store) Continue(ctx context.Context, c Campaign) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return s.wrap(err)
	}
	if err := s.within(ctx, func(ctx context.Context) error {
		_, err := s.conn.ExecContext(ctx, "UPDATE campaign SET fingerprint = ?, list = ? WHERE id = ?", c.Fingerprint, c.List, c.ID)
		return err
	}); err != nil {
		return s.wrap(err)
	}
	s.campaign = c.ID
	return nil
}

// End finishes a campaign.
func (s *Store) End(ctx context.Context, id int64, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return s.wrap(err)
	}
	return s.wrap(s.within(ctx, func(ctx context.Context) error {
		_, err := s.conn.ExecContext(ctx, `UPDATE campaign SET "end" = coalesce(?, 0) WHERE id = ? AND "end" IS NULL`, nanos(at), id)
		return err
	}))
}

// Campaigns returns the campaigns, the oldest first.
func (s *Store) Campaigns(ctx context.Context) ([]Campaign, error) {
	return query(ctx, s, `SELECT id, start, "end", site, fingerprint, list, after FROM campaign ORDER BY id`, nil,
		func(rows *sql.Rows) (c Campaign, err error) {
			var start, end sql.NullInt64
			err = rows.Scan(&c.ID, &start, &end, &c.Site, &c.Fingerprint, &c.List, &c.After)
			c.Start, c.End = instant(start), instant(end)
			return c, err
		}, func(a, b Campaign) int { return cmp.Compare(a.ID, b.ID) })
}

// Unfinished returns the campaign that can be resumed: the last one, if it
// was not ended.
func (s *Store) Unfinished(ctx context.Context) (c Campaign, ok bool, err error) {
	all, err := s.Campaigns(ctx)
	if err != nil || len(all) == 0 {
		return Campaign{}, false, err
	}
	last := all[len(all)-1]
	return last, !last.Finished(), nil
}
