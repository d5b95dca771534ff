package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// maxProblems is how many problems of one kind Check reports.
const maxProblems = 20

// Check verifies a store and returns a sentence for each problem: the file's
// structure, the tally, the outbox against the log, the last readings against
// the log, and the campaigns. It reads one snapshot of the file; others may
// write meanwhile. An error means that it could not check.
func (s *Store) Check(ctx context.Context) (problems []string, err error) {
	conn, err := s.reader.Conn(ctx)
	if err != nil {
		return nil, s.wrap(err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return nil, s.wrap(err)
	}
	defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") }()
	for _, c := range checks {
		found, err := c.run(ctx, conn)
		if kindOf(err) == ErrCorrupt {
			return append(problems, found...), nil // the damage has been reported, or is now
		}
		if err != nil {
			return problems, s.wrap(err)
		}
		problems = append(problems, found...)
		if c.first && len(found) > 0 {
			return problems, nil // what follows would read damaged pages
		}
	}
	return problems, nil
}

// check is one question whose rows are problems.
type check struct {
	first bool   // if it finds something the others are skipped
	query string // yields texts for say
	say   string // … as a format
}

var checks = [...]check{
	{first: true, query: "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
		say: "the file is damaged: %s"},
	{query: `SELECT w.what || ' are ' || w.there || ', the tally says ' || w.told FROM (
			SELECT 'telegrams' AS what, (SELECT count(*) FROM log WHERE kind = 1) AS there, telegrams AS told FROM tally UNION ALL
			SELECT 'actions', (SELECT count(*) FROM log WHERE kind = 2), actions FROM tally UNION ALL
			SELECT 'marks', (SELECT count(*) FROM log WHERE kind = 3), marks FROM tally UNION ALL
			SELECT 'deliveries', (SELECT count(*) FROM log WHERE kind = 4), delivered FROM tally UNION ALL
			SELECT 'pending deliveries', (SELECT count(*) FROM delivery WHERE acknowledged IS NULL), queued - delivered FROM tally
		) w WHERE there <> told`,
		say: "the counts are wrong: %s"},
	{query: `SELECT o.seq FROM outbox o WHERE NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message = o.seq AND d.acknowledged IS NULL)`,
		say: "message %s is in the outbox although no broker waits for it"},
	{query: `SELECT d.message || ' (' || d.broker || ')' FROM delivery d WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE o.seq = d.message)`,
		say: "a delivery of message %s is recorded, but the message is not in the outbox"},
	{query: `SELECT o.seq || ' of ' || o.meter FROM outbox o LEFT JOIN log l ON l.seq = o.entry
			WHERE o.entry > 0 AND (l.seq IS NULL OR l.kind <> 1 OR l.meter <> o.meter OR l.time IS NOT o.time)`,
		say: "message %s is in the outbox, but its telegram is not in the log"},
	{query: `SELECT l.value || ' (' || l.label || ')' FROM log l JOIN delivery d ON d.message = l.value AND d.broker = l.label
			WHERE l.kind = 4 AND d.acknowledged IS NULL`,
		say: "the log says that message %s was delivered, but the outbox waits for it"},
	{query: `SELECT d.message || ' (' || d.broker || ')' FROM delivery d WHERE d.acknowledged IS NOT NULL AND NOT EXISTS
			(SELECT 1 FROM log l WHERE l.kind = 4 AND l.value = d.message AND l.label = d.broker)`,
		say: "message %s counts as delivered, but the log does not say so"},
	{query: `SELECT value || ' (' || label || ')' FROM log WHERE kind = 4 GROUP BY value, label HAVING count(*) > 1`,
		say: "the log says more than once that message %s was delivered"},
	{query: `SELECT r.meter FROM reading r LEFT JOIN log l ON l.seq = r.entry
			WHERE r.entry > 0 AND (l.seq IS NULL OR l.kind <> 1 OR l.meter <> r.meter OR l.data IS NOT r.telegram)`,
		say: "the last reading of %s does not match its telegram in the log"},
	{query: `SELECT l.seq FROM log l WHERE l.campaign <> coalesce((SELECT max(c.id) FROM campaign c WHERE c.after < l.seq), 0)`,
		say: "entry %s of the log is among the entries of another campaign"},
	{query: "SELECT seq FROM log WHERE kind NOT BETWEEN 1 AND 4", say: "entry %s of the log has an unknown kind"},
}

func (c check) run(ctx context.Context, conn *sql.Conn) (problems []string, err error) {
	rows, err := conn.QueryContext(ctx, c.query)
	if err != nil {
		return c.broken(err)
	}
	defer rows.Close()
	more := 0
	for rows.Next() {
		var what string
		if err := rows.Scan(&what); err != nil {
			return problems, err
		}
		if len(problems) == maxProblems {
			more++
			continue
		}
		problems = append(problems, fmt.Sprintf(c.say, what))
	}
	if more > 0 {
		problems = append(problems, fmt.Sprintf("… and %d more of this kind", more))
	}
	if err := rows.Err(); err != nil {
		found, err := c.broken(err)
		return append(problems, found...), err
	}
	return problems, nil
}

// broken reports damage that a query found.
func (c check) broken(err error) ([]string, error) {
	if kindOf(err) == ErrCorrupt {
		return []string{fmt.Sprintf("the file is damaged: %v", err)}, err
	}
	return nil, err
}
