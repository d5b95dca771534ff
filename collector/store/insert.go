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
	args            []any // of the latest group, to be used again
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
// yields for them, after those that all groups have.
func (r *rowStatement) each(n int, common []any, appendRow func(args []any, i int) []any, do func(*sql.Stmt, []any) error) error {
	for i, g := 0, 0; i < n; {
		if n-i < groups[g] {
			g++
			continue
		}
		r.args = append(r.args[:0], common...)
		for j := range groups[g] {
			r.args = appendRow(r.args, i+j)
		}
		if err := do(r.prepared[g], r.args); err != nil {
			return err
		}
		i += groups[g]
	}
	clear(r.args) // they point to what was written
	return nil
}

// exec runs the statement on n rows and returns the rowid of the first one,
// when it inserts: within a transaction rowids follow each other.
func (r *rowStatement) exec(ctx context.Context, n int, appendRow func(args []any, i int) []any) (first int64, err error) {
	var last sql.Result
	err = r.each(n, nil, appendRow, func(stmt *sql.Stmt, args []any) (err error) {
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
	log, reading, renew rowStatement
	outbox, pending     rowStatement
	acknowledge, clear  rowStatement
	tally               *sql.Stmt
}

func (in *inserts) all() []*rowStatement {
	return []*rowStatement{&in.log, &in.reading, &in.renew, &in.outbox, &in.pending, &in.acknowledge, &in.clear}
}

func (in *inserts) prepare(ctx context.Context, conn *sql.Conn) error {
	// OR FAIL: a statement that fails need not undo its own rows, since the
	// whole transaction is undone. So SQLite copies no page before it changes it.
	in.log = rowStatement{
		head: "INSERT OR FAIL INTO log (kind, time, air, meter, label, mode, scale, value, data, campaign, round, fate, zone, airzone) VALUES ",
		row:  "(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	}
	in.reading = rowStatement{
		head: "INSERT OR IGNORE INTO reading (meter, time, payload, telegram, entry) VALUES ",
		row:  "(?,?,?,?,?)",
	}
	in.renew = rowStatement{
		head: `UPDATE OR FAIL reading SET time = column2, payload = column3, telegram = column4, entry = column5 FROM (VALUES `,
		row:  "(?,?,?,?,?)",
		tail: ") WHERE meter = column1 AND (column5 > entry OR coalesce(column2, 0) >= coalesce(time, 0))",
	}
	in.outbox = rowStatement{
		head: "INSERT OR FAIL INTO outbox (time, meter, topic, payload, campaign, round, entry) VALUES ",
		row:  "(?,?,?,?,?,?,?)",
	}
	in.pending = rowStatement{
		head: "INSERT OR FAIL INTO delivery (message, broker) VALUES ",
		row:  "(?,?)",
	}
	in.acknowledge = rowStatement{
		head: "UPDATE OR FAIL delivery SET acknowledged = coalesce(?, 0) WHERE broker = ? AND acknowledged IS NULL AND message IN (",
		row:  "?",
		tail: `) RETURNING message, (SELECT meter FROM outbox WHERE seq = message), (SELECT campaign FROM outbox WHERE seq = message),
			(SELECT round FROM outbox WHERE seq = message)`,
	}
	in.clear = rowStatement{
		head: "DELETE FROM outbox WHERE seq IN (",
		row:  "?",
		tail: ") AND NOT EXISTS (SELECT 1 FROM delivery WHERE message = outbox.seq AND acknowledged IS NULL)",
	}
	for _, statement := range in.all() {
		if err := statement.prepare(ctx, conn); err != nil {
			return err
		}
	}
	const tally = `UPDATE tally SET telegrams = telegrams + ?, actions = actions + ?,
		marks = marks + ?, delivered = delivered + ?, queued = queued + ?`
	var err error
	if in.tally, err = conn.PrepareContext(ctx, tally); err != nil {
		return fmt.Errorf("prepare %q: %w", tally, err)
	}
	return nil
}

func (in *inserts) close() error {
	var errs []error
	for _, statement := range in.all() {
		errs = append(errs, statement.close())
	}
	if in.tally != nil {
		errs = append(errs, in.tally.Close())
	}
	return errors.Join(errs...)
}
