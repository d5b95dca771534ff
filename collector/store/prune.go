package store

import (
	"context"
	"fmt"
	"time"
)

// Prune removes the logs of campaigns that ended before a time, if it is not
// zero, and of all but the last keep ones, if keep is not negative, and frees
// their disk space. A campaign that is not finished, or that has readings
// still to be delivered, is kept; kept says why. The last readings of the
// meters remain.
func (s *Store) Prune(ctx context.Context, before time.Time, keep int) (removed []Campaign, kept []string, err error) {
	all, err := s.Campaigns(ctx)
	if err != nil {
		return nil, nil, err
	}
	for i, c := range all {
		old := !before.IsZero() && c.End.Before(before) && !c.End.IsZero()
		beyond := keep >= 0 && i < len(all)-keep
		switch {
		case !old && !beyond:
			continue
		case !c.Finished():
			kept = append(kept, fmt.Sprintf("campaign %d is not finished", c.ID))
			continue
		}
		pending, err := s.undelivered(ctx, c.ID)
		if err != nil {
			return nil, nil, err
		}
		if pending > 0 {
			kept = append(kept, fmt.Sprintf("campaign %d has %d readings that are not delivered yet", c.ID, pending))
			continue
		}
		removed = append(removed, c)
	}
	if len(removed) == 0 {
		return nil, kept, nil
	}
	return removed, kept, s.remove(ctx, removed)
}

// undelivered counts the messages in the outbox that are of a campaign, or of an
// earlier one and delivered to one of their brokers while it ran.
func (s *Store) undelivered(ctx context.Context, campaign int64) (n int, err error) {
	err = s.reader.QueryRowContext(ctx, `SELECT count(*) FROM outbox WHERE campaign = ?1
		OR seq IN (SELECT value FROM log WHERE campaign = ?1 AND kind = 4)`, campaign).Scan(&n)
	return n, s.wrap(err)
}

func (s *Store) remove(ctx context.Context, campaigns []Campaign) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.writable(); err != nil {
		return s.wrap(err)
	}
	err := s.within(ctx, func(ctx context.Context) error {
		for _, c := range campaigns {
			for _, statement := range []string{
				"UPDATE reading SET entry = 0 WHERE entry IN (SELECT seq FROM log WHERE campaign = ?)",
				"DELETE FROM log WHERE campaign = ?",
				"DELETE FROM campaign WHERE id = ?",
			} {
				if _, err := s.conn.ExecContext(ctx, statement, c.ID); err != nil {
					return err
				}
			}
		}
		_, err := s.conn.ExecContext(ctx, `UPDATE tally SET
			telegrams = (SELECT count(*) FROM log WHERE kind = 1), actions = (SELECT count(*) FROM log WHERE kind = 2),
			marks = (SELECT count(*) FROM log WHERE kind = 3), delivered = (SELECT count(*) FROM log WHERE kind = 4),
			queued = (SELECT count(*) FROM log WHERE kind = 4) + (SELECT count(*) FROM delivery WHERE acknowledged IS NULL)`)
		return err
	})
	if err != nil {
		return s.wrap(err)
	}
	defer s.left.renew()
	_, err = s.conn.ExecContext(ctx, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
	return s.wrap(err)
}
