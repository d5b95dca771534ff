package table

import (
	"archive/zip"
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"earshot/collector/imports/finding"
)

// ownSheet begins the name of the sheet of the workbooks that earshot writes.
const ownSheet = "earshot list"

// formulaRows is the size of a sheet up to which empty cells are examined for
// formulas: that needs the whole sheet in memory.
const formulaRows = 20_000

// xlsx reads the sheets of a workbook. Hidden ones are named, not read.
func (rd *reader) xlsx(data []byte, z *zip.Reader, name string) error {
	for _, f := range z.File {
		if err := rd.unzip(int64(f.UncompressedSize64), name); err != nil {
			return err
		}
	}
	// No part of a workbook with keys may be unpacked to a temporary file.
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxUnzip})
	if err != nil {
		return refuse(name, finding.FileBroken)
	}
	defer f.Close()
	sheets := f.GetSheetList()
	var notes []finding.Finding
	read := 0
	for _, sheet := range sheets[:min(len(sheets), maxSheets)] {
		visible, err := f.GetSheetVisible(sheet)
		if wanted := slices.Contains(rd.Sheets, sheet); err == nil && !visible && !wanted || len(rd.Sheets) > 0 && !wanted {
			code := finding.HiddenSheet
			if visible {
				code = finding.SheetSkipped
			}
			notes = append(notes, finding.Finding{Source: finding.Source{File: name, Sheet: clean(sheet)}, Code: code})
			continue
		}
		t := Table{File: name, Sheet: clean(sheet), Format: XLSX, Own: strings.HasPrefix(sheet, ownSheet)}
		if t.Rows, err = rd.sheet(f, sheet, name); err != nil {
			return err
		}
		if len(t.Rows) == 0 {
			continue
		}
		read++
		t.Notes, notes = notes, nil
		if err := rd.add(t); err != nil {
			return err
		}
	}
	if read == 0 {
		return refuse(name, finding.FileEmpty)
	}
	last := &rd.tables[len(rd.tables)-1]
	last.Notes = append(last.Notes, notes...)
	return nil
}

// sheet reads a sheet twice at the same time, as it is shown and as it is
// stored: only both say what a number means.
func (rd *reader) sheet(f *excelize.File, sheet, name string) (out []Row, err error) {
	broken := refuse(name, finding.FileBroken)
	broken.Sheet = clean(sheet)
	shown, err := f.Rows(sheet)
	if err != nil {
		return nil, broken
	}
	defer shown.Close()
	stored, err := f.Rows(sheet)
	if err != nil {
		return nil, broken
	}
	defer stored.Close()
	for line := 1; shown.Next() && stored.Next(); line++ {
		texts, err := shown.Columns()
		if err != nil {
			return nil, broken
		}
		raw, err := stored.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, broken
		}
		row := Row{Line: line}
		for i, text := range texts[:min(len(texts), MaxColumns)] {
			r := text
			if i < len(raw) {
				r = raw[i]
			}
			row.Cells = append(row.Cells, cellOf(text, r))
		}
		if slices.ContainsFunc(row.Cells, func(c Cell) bool { return c.Text != "" }) {
			if len(out) >= MaxRows+slack {
				broken.Code, broken.Count = finding.FileRows, MaxRows
				return nil, broken
			}
			out = append(out, row)
		}
	}
	if len(out) <= formulaRows {
		formulas(f, sheet, out)
	}
	return out, nil
}

// cellOf makes a cell of its text and its stored value.
func cellOf(text, raw string) Cell {
	text, raw = strings.TrimSpace(bounded(text)), strings.TrimSpace(bounded(raw))
	if kind := faultOf(text); kind != Text {
		return Cell{text, kind}
	}
	value, err := strconv.ParseFloat(raw, 64)
	if err != nil || text == raw {
		return Cell{Text: text}
	}
	// A number, shown in another way than it is stored.
	digits := strings.Trim(text, "0123456789") == ""
	switch {
	case digits && len(text) > len(raw): // a format with zeros
		return Cell{Text: text}
	case isDate(text) && value > 0 && value < 2_958_466: // days until the year 9999
		return Cell{text, Date}
	}
	if whole := strconv.FormatFloat(value, 'f', -1, 64); value >= 0 && value < 1e15 && !strings.Contains(whole, ".") {
		return Cell{whole, Number}
	}
	return Cell{raw, Number}
}

// isDate reports whether a number is shown as a date or time.
func isDate(text string) bool {
	if strings.ContainsAny(text, "%€$£") {
		return false
	}
	year := text[strings.LastIndexByte(text, '.')+1:]
	return strings.Count(text, "-") == 2 || strings.Count(text, "/") == 2 || strings.Contains(text, ":") || strings.Count(text, ".") == 2 && len(year)%2 == 0 ||
		strings.IndexFunc(text, func(r rune) bool { return r >= 'a' && r <= 'z' }) >= 0
}

// formulas marks empty cells that have a formula without a stored value.
func formulas(f *excelize.File, sheet string, rows []Row) {
	for _, row := range rows {
		for i := range row.Cells {
			if row.Cells[i].Text != "" {
				continue
			}
			at, err := excelize.CoordinatesToCellName(i+1, row.Line)
			if err != nil {
				continue
			}
			if formula, err := f.GetCellFormula(sheet, at); err == nil && formula != "" {
				row.Cells[i].Kind = Formula
			}
		}
	}
}
