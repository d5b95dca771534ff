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
	log, reading, outbox, delivered rowStatement
	tally                           *sql.Stmt
}

func (in *inserts) all() []*rowStatement {
	return []*rowStatement{&in.log, &in.reading, &in.outbox, &in.delivered}
}

func (in *inserts) prepare(ctx context.Context, conn *sql.Conn) error {
	in.log = rowStatement{
		head: "INSERT INTO log (kind, time, air, meter, label, mode, scale, value, data) VALUES ",
		row:  "(?,?,?,?,?,?,?,?,?)",
	}
	in.reading = rowStatement{
		head: "INSERT INTO reading (meter, time, payload, telegram) VALUES ",
		row:  "(?,?,?,?)",
		tail: ` ON CONFLICT (meter) DO UPDATE
			SET time = excluded.time, payload = excluded.payload, telegram = excluded.telegram
			WHERE coalesce(excluded.time, 0) >= coalesce(reading.time, 0)`,
	}
	in.outbox = rowStatement{
		head: "INSERT INTO outbox (time, meter, topic, payload) VALUES ",
		row:  "(?,?,?,?)",
	}
	in.delivered = rowStatement{
		head: "DELETE FROM outbox WHERE seq IN (",
		row:  "?",
		tail: ") RETURNING seq, meter",
	}
	for _, statement := range in.all() {
		if err := statement.prepare(ctx, conn); err != nil {
			return err
		}
	}
	var err error
	in.tally, err = conn.PrepareContext(ctx, `UPDATE tally SET telegrams = telegrams + ?, actions = actions + ?,
		marks = marks + ?, delivered = delivered + ?, queued = queued + ?`)
	return err
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
