package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Rows go into a statement in groups of these sizes, the largest first: what
// a statement costs on its own is shared by its rows.
var groups = [...]int{64, 8, 1}

// rowStatement is an SQL statement on any number of rows, prepared once for
// each size of group.
type rowStatement struct {
	head, row, tail string // tail follows the rows
	prepared        [len(groups)]*sql.Stmt
}

func (r *rowStatement) prepare(ctx context.Context, conn *sql.Conn) error {
	for i, n := range groups {
		query := r.head + strings.TrimSuffix(strings.Repeat(r.row+",", n), ",") + r.tail
		stmt, err := conn.PrepareContext(ctx, query)
		if err != nil {
			return fmt.Errorf("prepare %q: %w", r.head, err)
		}
		r.prepared[i] = stmt
	}
	return nil
}

func (r *rowStatement) close() error {
	var errs []error
	for _, stmt := range r.prepared {
		if stmt != nil {
			errs = append(errs, stmt.Close())
		}
	}
	return errors.Join(errs...)
}

// each calls do for groups of all n rows, with the arguments that appendRow
// yields for them.
func (r *rowStatement) each(n int, appendRow func(args []any, i int) []any, do func(*sql.Stmt, []any) error) error {
	var args []any
	for i, g := 0, 0; i < n; {
		if n-i < groups[g] {
			g++
			continue
		}
		args = args[:0]
		for j := range groups[g] {
			args = appendRow(args, i+j)
		}
		if err := do(r.prepared[g], args); err != nil {
			return err
		}
		i += groups[g]
	}
	return nil
}

// exec runs the statement on n rows and returns the rowid of the first one,
// when it inserts: within a transaction rowids follow each other.
func (r *rowStatement) exec(ctx context.Context, n int, appendRow func(args []any, i int) []any) (first int64, err error) {
	var last sql.Result
	err = r.each(n, appendRow, func(stmt *sql.Stmt, args []any) (err error) {
		last, err = stmt.ExecContext(ctx, args...)
		return err
	})
	if err != nil || last == nil {
		return 0, err
	}
	id, err := last.LastInsertId()
	return id - int64(n) + 1, err
}

// inserts are the statements of a commit.
type inserts struct {
	log, reading, outbox, pending rowStatement
	acknowledge, clear            *sql.Stmt
	tally                         *sql.Stmt
}

func (in *inserts) all() []*rowStatement {
	return []*rowStatement{&in.log, &in.reading, &in.outbox, &in.pending}
}

func (in *inserts) prepare(ctx context.Context, conn *sql.Conn) error {
	in.log = rowStatement{
		head: "INSERT INTO log (kind, time, air, meter, label, mode, scale, value, data, campaign, round, fate, zone, airzone) VALUES ",
		row:  "(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	}
	in.reading = rowStatement{
		head: "INSERT INTO reading (meter, time, payload, telegram, entry) VALUES ",
		row:  "(?,?,?,?,?)",
		tail: ` ON CONFLICT (meter) DO UPDATE
			SET time = excluded.time, payload = excluded.payload, telegram = excluded.telegram, entry = excluded.entry
			WHERE excluded.entry > reading.entry OR coalesce(excluded.time, 0) >= coalesce(reading.time, 0)`,
	}
	in.outbox = rowStatement{
		head: "INSERT INTO outbox (time, meter, topic, payload, campaign, round, entry) VALUES ",
		row:  "(?,?,?,?,?,?,?)",
	}
	in.pending = rowStatement{
		head: "INSERT INTO delivery (message, broker) VALUES ",
		row:  "(?,?)",
	}
	for _, statement := range in.all() {
		if err := statement.prepare(ctx, conn); err != nil {
			return err
		}
	}
	for to, query := range map[**sql.Stmt]string{
		&in.acknowledge: `UPDATE delivery SET acknowledged = coalesce(?, 0) WHERE message = ? AND broker = ? AND acknowledged IS NULL
			RETURNING (SELECT meter FROM outbox WHERE seq = message), (SELECT campaign FROM outbox WHERE seq = message),
			(SELECT round FROM outbox WHERE seq = message)`,
		&in.clear: `DELETE FROM outbox WHERE seq = ?1 AND NOT EXISTS (SELECT 1 FROM delivery WHERE message = ?1 AND acknowledged IS NULL)`,
		&in.tally: `UPDATE tally SET telegrams = telegrams + ?, actions = actions + ?,
			marks = marks + ?, delivered = delivered + ?, queued = queued + ?`,
	} {
		var err error
		if *to, err = conn.PrepareContext(ctx, query); err != nil {
			return fmt.Errorf("prepare %q: %w", query, err)
		}
	}
	return nil
}

func (in *inserts) close() error {
	var errs []error
	for _, statement := range in.all() {
		errs = append(errs, statement.close())
	}
	for _, stmt := range []*sql.Stmt{in.acknowledge, in.clear, in.tally} {
		if stmt != nil {
			errs = append(errs, stmt.Close())
		}
	}
	return errors.Join(errs...)
}
