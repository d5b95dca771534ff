package xlsx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
)

// workbook is a workbook as a reader of its own sees it: the parts of the archive,
// read with the standard library.
type workbook struct {
	parts  map[string][]byte
	sheets []sheet
	styles styleSheet
}

type sheet struct {
	Name   string
	Pane   pane   `xml:"sheetViews>sheetView>pane"`
	Filter filter `xml:"autoFilter"`
	Cols   []col  `xml:"cols>col"`
	Rows   []row  `xml:"sheetData>row"`
}

type pane struct {
	State string `xml:"state,attr"`
	Split string `xml:"ySplit,attr"`
}

type filter struct {
	Range string `xml:"ref,attr"`
}

type col struct {
	Width float64 `xml:"width,attr"`
}

type row struct {
	Cells []cell `xml:"c"`
}

type cell struct {
	At      string    `xml:"r,attr"`
	Type    string    `xml:"t,attr"`
	Style   int       `xml:"s,attr"`
	Value   string    `xml:"v"`
	Inline  string    `xml:"is>t"`
	Formula *struct{} `xml:"f"`
}

type styleSheet struct {
	Formats []struct {
		ID   int    `xml:"numFmtId,attr"`
		Code string `xml:"formatCode,attr"`
	} `xml:"numFmts>numFmt"`
	Cells []struct {
		Format int `xml:"numFmtId,attr"`
	} `xml:"cellXfs>xf"`
}

// format is the format of a style: its code, or the number of a built-in one.
func (w *workbook) format(style int) string {
	id := w.styles.Cells[style].Format
	for _, f := range w.styles.Formats {
		if f.ID == id {
			return f.Code
		}
	}
	return fmt.Sprint(id)
}

// read reads a workbook. Each part must be XML.
func read(t testing.TB, file []byte) *workbook {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	w := &workbook{parts: map[string][]byte{}}
	for _, part := range archive.File {
		if !part.Modified.IsZero() && part.Modified.Year() > 1980 {
			t.Errorf("%s has the time %v", part.Name, part.Modified)
		}
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		if w.parts[part.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(bytes.NewReader(w.parts[part.Name]))
		for err == nil {
			_, err = d.Token()
		}
		if err != io.EOF {
			t.Fatalf("%s: %v", part.Name, err)
		}
	}
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
		} `xml:"sheets>sheet"`
	}
	w.unmarshal(t, "xl/workbook.xml", &book)
	w.unmarshal(t, "xl/styles.xml", &w.styles)
	for i, s := range book.Sheets {
		out := sheet{Name: s.Name}
		w.unmarshal(t, fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), &out)
		w.sheets = append(w.sheets, out)
	}
	return w
}

func (w *workbook) unmarshal(t testing.TB, part string, to any) {
	t.Helper()
	if err := xml.Unmarshal(w.parts[part], to); err != nil {
		t.Fatalf("%s: %v", part, err)
	}
}

// at is the cell below a column's title in a row of a sheet, counted from 1.
func (s *sheet) at(t testing.TB, title string, row int) cell {
	t.Helper()
	for i, c := range s.Rows[0].Cells {
		if c.Inline != title {
			continue
		}
		column := strings.TrimRight(s.Rows[0].Cells[i].At, "1")
		for _, c := range s.Rows[row].Cells {
			if c.At == fmt.Sprint(column, row+1) {
				return c
			}
		}
		return cell{}
	}
	t.Fatalf("%s has no column %q", s.Name, title)
	return cell{}
}
