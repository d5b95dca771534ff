package site

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"earshot/device/wmbus"
)

// MaxSize is the largest list that is read, in bytes.
const MaxSize = 16 << 20

// MaxRows is how many rows a list may have.
const MaxRows = 200_000

// List is a site as it was read.
type List struct {
	Site                // its Name is that of the file, without its ending
	Warnings []RowError // notices about what was left out or changed without losing a row
}

// ReadFile reads a list from a file; see Read.
func ReadFile(path string) (List, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return List{}, &FileError{File: path, Reason: "no such file: check its name", Cause: err}
	case errors.Is(err, os.ErrPermission):
		return List{}, &FileError{File: path, Reason: "permission denied: allow this user to read it, or copy it", Cause: err}
	case err != nil:
		return List{}, &FileError{File: path, Reason: "cannot be opened", Cause: err}
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return List{}, &FileError{File: path, Reason: "this is a directory: name the list in it"}
	}
	return Read(f, path)
}

// Read reads a list of meters: lines of cells between commas, semicolons or
// tabs, of which the first line names the columns, in UTF-8 or Windows-1252
// (UTF-16 where it begins with a byte order mark). Empty lines and lines that
// begin with # are skipped. The columns, in any order; only id is needed:
//
//	id            eight digits as printed, or AAA-12345678 with the
//	              manufacturer; zeros at the left may be missing
//	manufacturer  its three letters; empty: any
//	key           see ParseKey
//	entrance, floor, apartment, room, medium, note
//	              free text
//	timeout       how long to wait: 45, 30s, 5min, 1h30m, 2d
//
// name is the file's name for the errors. The error is a *FileError when
// nothing could be read, or a *BadRows when some rows could not: then the list
// holds the others.
func Read(r io.Reader, name string) (List, error) {
	list := List{Site: Site{Name: NameOf(name)}}
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return list, &FileError{File: name, Reason: "cannot be read", Cause: err}
	}
	if len(data) > MaxSize {
		return list, &FileError{File: name, Reason: "larger than 16 MB: this is not a list of meters, check its name"}
	}
	text, reason := decodeText(data)
	if reason != "" {
		return list, &FileError{File: name, Reason: reason}
	}
	rd := reader{list: &list, bad: &BadRows{File: name}, seen: make(map[seenRow]int), lines: make(map[wmbus.ID]int)}
	if err := rd.read(text); err != nil {
		return List{Site: Site{Name: list.Name}}, err
	}
	if rd.bad.Lines > 0 {
		return list, rd.bad
	}
	return list, nil
}

// NameOf is a file's name without directory and ending.
func NameOf(file string) string {
	base := filepath.Base(file)
	if name := strings.TrimSuffix(base, filepath.Ext(base)); name != "" {
		base = name
	}
	return clean(base)
}

// reader is a list that is being read.
type reader struct {
	list  *List
	bad   *BadRows
	head  header
	seen  map[seenRow]int  // the first line of each
	lines map[wmbus.ID]int // the first line of each ID
}

// seenRow is what distinguishes rows.
type seenRow struct {
	id           wmbus.ID
	manufacturer wmbus.Manufacturer
}

func (rd *reader) read(text []byte) error {
	rows := csv.NewReader(bytes.NewReader(text))
	rows.Comma = separator(text)
	rows.Comment = '#'
	rows.FieldsPerRecord = -1
	rows.ReuseRecord = true
	rows.TrimLeadingSpace = rows.Comma != '\t' // it would drop empty cells

	cells, err := rows.Read()
	var line int
	switch {
	case errors.Is(err, io.EOF):
		return &FileError{File: rd.bad.File, Reason: "the file is empty: write the column names into the first line (id,key), then a line for each meter"}
	case err != nil:
		return &FileError{File: rd.bad.File, Line: 1, Reason: "the line with the column names has a stray quotation mark: remove it"}
	}
	line, _ = rows.FieldPos(0)
	if err := rd.header(line, cells); err != nil {
		return err
	}
	for n := 0; ; n++ {
		cells, err := rows.Read()
		var broken *csv.ParseError
		switch {
		case n > MaxRows:
			return &FileError{File: rd.bad.File, Reason: fmt.Sprintf("more than %d rows: split the list into one for each site", MaxRows)}
		case errors.Is(err, io.EOF) && len(rd.list.Meters) == 0 && rd.bad.Lines == 0:
			return &FileError{File: rd.bad.File, Reason: "no meters in the list: add a line for each below the column names"}
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &broken):
			rd.bad.add(broken.StartLine, "", quoteReason(broken))
		case err != nil:
			return &FileError{File: rd.bad.File, Reason: "cannot be read", Cause: err}
		default:
			line, _ := rows.FieldPos(0)
			rd.row(line, cells)
		}
	}
}

// header takes the names of the columns.
func (rd *reader) header(line int, cells []string) error {
	head, complaints, reason := parseHeader(cells)
	if reason != "" {
		return &FileError{File: rd.bad.File, Line: line, Reason: reason}
	}
	rd.head = head
	for _, c := range complaints {
		if c.fatal {
			rd.bad.add(line, c.column, c.reason)
		} else {
			rd.list.Warnings = append(rd.list.Warnings, RowError{File: rd.bad.File, Line: line, Column: c.column, Reason: c.reason})
		}
	}
	return nil
}

// row takes one meter.
func (rd *reader) row(line int, cells []string) {
	if isBlank(cells) {
		return
	}
	m := Meter{Row: line}
	problems := rd.head.parse(&m, cells)
	good := len(problems) == 0
	for _, p := range problems {
		rd.bad.add(line, p.column, p.reason)
	}
	if m.ID == 0 && !good {
		return // most likely it was the ID that could not be read
	}
	if reason := rd.duplicate(&m); reason != "" {
		rd.bad.add(line, "id", reason)
		good = false
	}
	if good {
		rd.list.Meters = append(rd.list.Meters, m)
	}
}

// duplicate says whether the same telegrams belong to an earlier row.
func (rd *reader) duplicate(m *Meter) string {
	if line, ok := rd.seen[seenRow{m.ID, m.Manufacturer}]; ok {
		return duplicateReason(m.Ref(), line, "")
	}
	rd.seen[seenRow{m.ID, m.Manufacturer}] = m.Row
	if line, ok := rd.seen[seenRow{id: m.ID}]; ok && m.Manufacturer != 0 {
		return duplicateReason(m.Ref(), line, ", which names no manufacturer")
	}
	line, ok := rd.lines[m.ID]
	if !ok {
		rd.lines[m.ID] = m.Row
		return ""
	}
	if m.Manufacturer == 0 {
		return duplicateReason(m.Ref(), line, ", and this one names no manufacturer")
	}
	return ""
}

// isBlank reports whether a line has only separators, as spreadsheets leave them.
func isBlank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}
