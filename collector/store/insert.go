package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Rows go into a statement in groups of these sizes, the largest first: the
// rows share the cost of a statement.
var groups = [...]int{64, 8, 1}

// rowStatement is an SQL statement on any number of rows, prepared once for
// each size of group. It talks to the driver itself: database/sql copies and
// converts each argument, which takes as long as SQLite does.
type rowStatement struct {
	head, row, tail string // tail follows the rows
	prepared        [len(groups)]statement
	args            []any // buffers of the latest group, reused
	named           []driver.NamedValue
}

// statement is what the driver has for prepared statements.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func (r *rowStatement) prepare(ctx context.Context, conn driver.ConnPrepareContext) error {
	for i, n := range groups {
		query := r.head + strings.TrimSuffix(strings.Repeat(r.row+",", n), ",") + r.tail
		stmt, err := conn.PrepareContext(ctx, query)
		if err != nil {
			return fmt.Errorf("prepare %q: %w", r.head, err)
		}
		r.prepared[i] = stmt.(statement) // SQLite's are
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

// each calls do for groups of all n rows, with the common arguments followed
// by those that appendRow adds for each row. Arguments are int64, string,
// []byte or nil.
func (r *rowStatement) each(n int, common []any, appendRow func(args []any, i int) []any, do func(statement, []driver.NamedValue) error) error {
	for i, g := 0, 0; i < n; {
		if n-i < groups[g] {
			g++
			continue
		}
		r.args = append(r.args[:0], common...)
		for j := range groups[g] {
			r.args = appendRow(r.args, i+j)
		}
		r.named = r.named[:0]
		for k, arg := range r.args {
			r.named = append(r.named, driver.NamedValue{Ordinal: k + 1, Value: arg})
		}
		if err := do(r.prepared[g], r.named); err != nil {
			return err
		}
		i += groups[g]
	}
	clear(r.args[:cap(r.args)]) // they point to data that was written
	clear(r.named[:cap(r.named)])
	return nil
}

// exec runs the statement on n rows and returns the rowid of the first one,
// when it inserts: within a transaction rowids follow each other.
func (r *rowStatement) exec(ctx context.Context, n int, appendRow func(args []any, i int) []any) (first int64, err error) {
	var last driver.Result
	err = r.each(n, nil, appendRow, func(stmt statement, args []driver.NamedValue) (err error) {
		last, err = stmt.ExecContext(ctx, args)
		return err
	})
	if err != nil || last == nil {
		return 0, err
	}
	id, err := last.LastInsertId()
	return id - int64(n) + 1, err
}

// query runs the statement on n rows and calls take with each row of columns
// that it returns.
func (r *rowStatement) query(ctx context.Context, n, columns int, common []any, appendRow func(args []any, i int) []any, take func([]driver.Value)) error {
	dest := make([]driver.Value, columns)
	return r.each(n, common, appendRow, func(stmt statement, args []driver.NamedValue) error {
		rows, err := stmt.QueryContext(ctx, args)
		if err != nil {
			return err
		}
		for err = rows.Next(dest); err == nil; err = rows.Next(dest) {
			take(dest)
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return errors.Join(err, rows.Close())
	})
}

// inserts are the statements of a commit.
type inserts struct {
	log, reading, renew rowStatement
	outbox, pending     rowStatement
	deliver             rowStatement // for messages that no other broker waits for
	acknowledge         rowStatement
	tally               *sql.Stmt
}

func (in *inserts) all() []*rowStatement {
	return []*rowStatement{&in.log, &in.reading, &in.renew, &in.outbox, &in.pending, &in.deliver, &in.acknowledge}
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
	in.deliver = rowStatement{
		head: `DELETE FROM outbox WHERE EXISTS (SELECT 1 FROM delivery WHERE message = outbox.seq AND broker = ?1 AND acknowledged IS NULL)
			AND NOT EXISTS (SELECT 1 FROM delivery WHERE message = outbox.seq AND broker <> ?1 AND acknowledged IS NULL) AND seq IN (`,
		row:  "?",
		tail: ") RETURNING seq, meter, campaign, round",
	}
	in.acknowledge = rowStatement{
		head: "UPDATE OR FAIL delivery SET acknowledged = coalesce(?, 0) WHERE broker = ? AND acknowledged IS NULL AND message IN (",
		row:  "?",
		tail: `) RETURNING message, (SELECT meter FROM outbox WHERE seq = message), (SELECT campaign FROM outbox WHERE seq = message),
			(SELECT round FROM outbox WHERE seq = message)`,
	}
	err := conn.Raw(func(raw any) error {
		for _, r := range in.all() {
			if err := r.prepare(ctx, raw.(driver.ConnPrepareContext)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	const tally = `UPDATE tally SET telegrams = telegrams + ?, actions = actions + ?,
		marks = marks + ?, delivered = delivered + ?, queued = queued + ?`
	if in.tally, err = conn.PrepareContext(ctx, tally); err != nil {
		return fmt.Errorf("prepare %q: %w", tally, err)
	}
	return nil
}

func (in *inserts) close() error {
	var errs []error
	for _, r := range in.all() {
		errs = append(errs, r.close())
	}
	if in.tally != nil {
		errs = append(errs, in.tally.Close())
	}
	return errors.Join(errs...)
}
