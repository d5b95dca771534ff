package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"earshot/collector/handover/paper"
)

// The limits of a workbook, and the widths of columns in characters.
const (
	longestName = 31
	mostRows    = 1_048_576 - 1
	mostText    = 32_767
	narrowest   = 7
	widest      = 48
)

// Write writes the sheets of the document. It fails if w fails.
func Write(w io.Writer, doc *paper.Document) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	b := &book{file: f, doc: doc, styles: map[style]int{}}
	if err := b.describe(); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	names := map[string]bool{}
	for i, sheet := range doc.Sheets {
		if err := b.sheet(i, sheetName(sheet.Name, names), sheet); err != nil {
			return fmt.Errorf("write sheet %d of the workbook: %w", i+1, err)
		}
	}
	if err := b.write(w); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return nil
}

// write writes the archive with its parts in the order of their names: that of
// excelize is by chance.
func (b *book) write(w io.Writer) error {
	made, err := b.file.WriteToBuffer()
	if err != nil {
		return err
	}
	archive, err := zip.NewReader(bytes.NewReader(made.Bytes()), int64(made.Len()))
	if err != nil {
		return err
	}
	slices.SortFunc(archive.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	out := zip.NewWriter(w)
	for _, part := range archive.File {
		if err := out.Copy(part); err != nil {
			return err
		}
	}
	return out.Close()
}

// book is a workbook that is being written.
type book struct {
	file   *excelize.File
	doc    *paper.Document
	styles map[style]int
}

// describe sets what the file says about itself: of the document alone, not of
// the user, the machine or the moment.
func (b *book) describe() error {
	created := b.doc.Created
	if created.IsZero() {
		created = time.Unix(0, 0)
	}
	at := created.UTC().Format(time.RFC3339)
	return b.file.SetDocProps(&excelize.DocProperties{Creator: "earshot", Title: paper.Clean(b.doc.Title), Language: b.doc.Language, Created: at, Modified: at})
}

// sheetName is a name that a workbook permits and that is not used yet.
func sheetName(name string, used map[string]bool) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return '-'
		}
		return r
	}, strings.ReplaceAll(paper.Clean(name), "\n", " "))
	for n := 1; ; n++ {
		suffix := ""
		if n > 1 {
			suffix = " " + strconv.Itoa(n)
		}
		full := strings.TrimSpace(cut(name, longestName-len(suffix))) + suffix
		if key := strings.ToLower(full); full != "" && !used[key] {
			used[key] = true
			return full
		}
	}
}

// cut is a text with at most so many UTF-16 code units.
func cut(s string, most int) string {
	units := 0
	for i, r := range s {
		if units += utf16.RuneLen(r); units > most {
			return s[:i]
		}
	}
	return s
}

// sheet writes one sheet. Filter, panes and widths come before the rows, which are
// streamed.
func (b *book) sheet(at int, name string, sheet paper.Sheet) error {
	if at == 0 {
		if err := b.file.SetSheetName(b.file.GetSheetName(0), name); err != nil {
			return err
		}
	} else if _, err := b.file.NewSheet(name); err != nil {
		return err
	}
	if len(sheet.Columns) == 0 {
		return nil
	}
	rows := sheet.Rows[:min(len(sheet.Rows), mostRows)]
	end, err := excelize.CoordinatesToCellName(len(sheet.Columns), len(rows)+1)
	if err != nil {
		return err
	}
	if err := b.file.AutoFilter(name, "A1:"+end, nil); err != nil {
		return err
	}
	landscape, a4 := "landscape", 9
	if err := b.file.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4}); err != nil {
		return err
	}
	if err := b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + name + "'!$1:$1", Scope: name}); err != nil {
		return err
	}
	out, err := b.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, width := range widths(sheet.Columns, rows) {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := b.rows(out, sheet.Columns, rows); err != nil {
		return err
	}
	return out.Flush()
}

// rows writes the header and the rows.
func (b *book) rows(out *excelize.StreamWriter, columns []paper.Column, rows []paper.Row) error {
	cells := make([]any, len(columns))
	for i, c := range columns {
		cell, err := b.text(c.Title, style{header: true})
		if err != nil {
			return err
		}
		cells[i] = cell
	}
	if err := out.SetRow("A1", cells); err != nil {
		return err
	}
	for at, row := range rows {
		clear(cells)
		for i, c := range row[:min(len(row), len(cells))] {
			cell, err := b.cell(c)
			if err != nil {
				return err
			}
			cells[i] = cell
		}
		if err := out.SetRow("A"+strconv.Itoa(at+2), cells); err != nil {
			return err
		}
	}
	return nil
}

// cell is a cell with its type: number, share, date, time or text; nil if empty.
func (b *book) cell(c paper.Cell) (any, error) {
	switch v := c.Value.(type) {
	case paper.Number:
		return b.typed(v.Value, style{mark: c.Mark, format: decimals(v.Decimals)})
	case paper.Percent:
		return b.typed(float64(v)/100, style{mark: c.Mark, format: "0%"})
	case paper.Date:
		return b.time(c, v.Time, b.doc.Date)
	case paper.Moment:
		return b.time(c, v.Time, b.doc.Date+" "+b.doc.Time)
	}
	if c.Text == "" {
		return nil, nil
	}
	return b.text(c.Text, style{mark: c.Mark})
}

// time is a cell with the time that a clock on the wall showed. Workbooks begin
// with the year 1900: what is earlier is a text.
func (b *book) time(c paper.Cell, t time.Time, layout string) (any, error) {
	if t.Year() < 1901 || t.Year() > 9999 {
		return b.text(c.Text, style{mark: c.Mark})
	}
	return b.typed(t, style{mark: c.Mark, format: timeFormat(layout)})
}

func (b *book) typed(value any, s style) (any, error) {
	id, err := b.style(s)
	return excelize.Cell{StyleID: id, Value: value}, err
}

// text is a cell of text, also if it looks like a formula or a number. Its format
// keeps it so when somebody edits it.
func (b *book) text(text string, s style) (any, error) {
	text = paper.Clean(text)
	s.format, s.lines = "@", strings.Contains(text, "\n")
	id, err := b.style(s)
	return excelize.Cell{StyleID: id, Value: strings.ReplaceAll(cut(text, mostText), "\u00a0", " ")}, err
}

// widths are those of the columns by their longest line.
func widths(columns []paper.Column, rows []paper.Row) []float64 {
	out := make([]float64, len(columns))
	see := func(i int, text string, more int) {
		for line := range strings.SplitSeq(text, "\n") {
			out[i] = max(out[i], float64(min(utf8.RuneCountInString(line)+more, widest)))
		}
	}
	for i, c := range columns {
		out[i] = narrowest
		see(i, c.Title, 4) // the button of the filter
	}
	for _, row := range rows {
		for i, c := range row[:min(len(row), len(out))] {
			see(i, c.Text, 2)
		}
	}
	return out
}
