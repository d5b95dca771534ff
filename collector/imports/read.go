package imports

import (
	"errors"
	"io"
	"path/filepath"
	"strings"

	"earshot/collector/imports/finding"
	"earshot/collector/imports/table"
)

// ReadFiles reads files and makes one list of them. A file that cannot be read
// is left out if others can; the error is a *table.Refused if none can, or if
// it cannot be decided which column is which.
func ReadFiles(paths []string, opt Options) (*Result, error) {
	r := &Result{zeros: opt.Zeros}
	opt.Known = Known
	var tables []table.Table
	var failed error
	for _, path := range paths {
		t, err := table.ReadFile(path, opt.Options)
		if err != nil {
			var refused *table.Refused
			if !errors.As(err, &refused) {
				return nil, err
			}
			failed = errors.Join(failed, err)
			r.LeftOut = append(r.LeftOut, refused.Finding)
			continue
		}
		tables = append(tables, t...)
	}
	if len(tables) == 0 {
		return r, failed
	}
	return r, r.make(tables, opt)
}

// Read reads one file.
func Read(in io.Reader, name string, opt Options) (*Result, error) {
	r := &Result{zeros: opt.Zeros}
	opt.Known = Known
	tables, err := table.Read(in, name, opt.Options)
	if err != nil {
		return r, err
	}
	return r, r.make(tables, opt)
}

// make makes the list of the tables.
func (r *Result) make(tables []table.Table, opt Options) error {
	var first, unmapped error
	mapped := len(opt.Map) == 0
	for i := range tables {
		t := &tables[i]
		for _, note := range t.Notes {
			if note.Code.Kind() == finding.Refusal {
				r.LeftOut = append(r.LeftOut, note)
			} else {
				r.say(note)
			}
		}
		plan, said, refused := plan(t, opt.Map)
		if refused != nil && refused.Code == finding.MapUnknownColumn {
			unmapped = refused
			plan, said, refused = plan2(t)
		} else if refused == nil {
			mapped = true
		}
		if refused != nil {
			if refused.Code == finding.TwoColumns {
				return refused
			}
			if first == nil {
				first = refused
			}
			r.say(finding.Finding{Source: refused.Source, Code: finding.SheetSkipped})
			continue
		}
		for _, f := range said {
			r.say(f)
		}
		r.Sheets = append(r.Sheets, sheetOf(t, plan))
	}
	switch {
	case !mapped:
		return unmapped
	case len(r.Sheets) == 0:
		return first
	}
	rows := make([][]Row, len(r.Sheets))
	for i := range r.Sheets {
		rows[i] = build(r, i)
	}
	join(r, rows)
	if len(r.Rows) == 0 && len(r.Rejected) == 0 {
		return &table.Refused{Finding: finding.Finding{Source: r.Sheets[0].Source, Code: finding.NoMeters}}
	}
	return nil
}

// plan2 is plan without the caller's columns.
func plan2(t *table.Table) (layout, []finding.Finding, *table.Refused) { return plan(t, nil) }

func sheetOf(t *table.Table, plan layout) Sheet {
	s := Sheet{Source: finding.Source{File: t.File, Sheet: t.Sheet}, Format: t.Format, Encoding: t.Encoding, Separator: t.Separator, cells: t, layout: plan}
	for _, i := range plan.header.rows {
		if !t.Named {
			s.Header = append(s.Header, t.Rows[i].Line)
		}
	}
	width := max(len(plan.header.names), plan.width)
	fieldOf := make([]Field, width)
	for f := Number; f < Trap; f++ {
		for _, c := range plan.columns[f] {
			fieldOf[c] = f
		}
	}
	for i, f := range fieldOf {
		name := ""
		if i < len(plan.header.names) {
			name = Clean(plan.header.names[i])
		}
		if f != None || name != "" {
			s.Columns = append(s.Columns, Column{Index: i, Name: finding.Shown(name), Field: f})
		}
	}
	return s
}

// NameOf is a file's name without directory and endings.
func NameOf(file string) string {
	base := filepath.Base(strings.TrimSuffix(file, SealedEnding))
	if name := strings.TrimSuffix(base, filepath.Ext(base)); name != "" {
		base = name
	}
	return Clean(base)
}

// SealedEnding is that of lists that are encrypted.
const SealedEnding = ".age"
