package table

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"earshot/collector/imports/finding"
)

// markup reads XML and HTML, by the name of the root element.
func (rd *reader) markup(t Table, text string) error {
	root, space, doctype := rootOf(text)
	switch {
	case root == "EncryptedData" || root == "MetersInOrder" || root == "Devices":
		if doctype {
			return refuse(t.File, finding.FileDoctype)
		}
		return rd.kem(t, text)
	case root == "Workbook" && strings.Contains(space, "spreadsheet"):
		if doctype {
			return refuse(t.File, finding.FileDoctype)
		}
		return rd.workbook(t, text)
	case strings.Contains(strings.ToLower(text[:min(len(text), sample)]), "<table"):
		return rd.html(t, text)
	}
	return refuse(t.File, finding.FileXML)
}

// newXML decodes a text that is UTF-8 already, whatever it declares.
func newXML(text string) *xml.Decoder {
	d := xml.NewDecoder(strings.NewReader(text))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return d
}

// rootOf is the name of the first element; doctype: entities may be declared.
func rootOf(text string) (root, space string, doctype bool) {
	d := newXML(text)
	for {
		token, err := d.RawToken()
		if err != nil {
			return "", "", doctype
		}
		switch token := token.(type) {
		case xml.Directive:
			doctype = true
		case xml.StartElement:
			for _, a := range token.Attr {
				if a.Name.Local == "xmlns" || a.Name.Space == "xmlns" && a.Name.Local == token.Name.Space {
					space = a.Value
				}
			}
			return token.Name.Local, space, doctype
		}
	}
}

// maxSpan bounds how far a cell of a web page reaches.
const maxSpan = 1000

// html reads the tables of a web page, which some programs name .xls.
func (rd *reader) html(t Table, text string) error {
	h := htmlReader{rd: rd, t: t, z: html.NewTokenizer(strings.NewReader(text))}
	h.t.Format = HTML
	for line := 1; ; {
		kind := h.z.Next()
		if kind == html.ErrorToken {
			break
		}
		line += strings.Count(string(h.z.Raw()), "\n")
		if err := h.token(kind); err != nil {
			return err
		}
	}
	return h.end()
}

// htmlReader collects the cells of tables.
type htmlReader struct {
	rd     *reader
	t      Table
	z      *html.Tokenizer
	tables int
	depth  int // tables in tables
	open   bool
	skip   bool // a script or style
	cell   strings.Builder
	cols   int
	rows   int
	row    []Cell
	below  map[int]span // cells of rows above that reach down, by column
}

type span struct{ rows, cols int }

func (h *htmlReader) token(kind html.TokenType) error {
	switch kind {
	case html.TextToken:
		if h.open && !h.skip && h.cell.Len() < MaxCell {
			h.cell.Write(h.z.Text())
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		name, more := h.z.TagName()
		return h.start(atom.Lookup(name), more)
	case html.EndTagToken:
		name, _ := h.z.TagName()
		switch atom.Lookup(name) {
		case atom.Td, atom.Th:
			h.closeCell()
		case atom.Tr:
			h.closeRow()
		case atom.Table:
			h.closeRow()
			h.depth--
			return h.end()
		case atom.Script, atom.Style:
			h.skip = false
		}
	}
	return nil
}

func (h *htmlReader) start(tag atom.Atom, more bool) error {
	switch tag {
	case atom.Table:
		h.closeRow()
		if err := h.end(); err != nil {
			return err
		}
		h.depth++
	case atom.Tr:
		h.closeRow()
		h.row = []Cell{}
	case atom.Td, atom.Th:
		h.closeCell()
		h.open, h.cols, h.rows = true, 1, 1
		for more {
			var key, value []byte
			key, value, more = h.z.TagAttr()
			switch n, _ := strconv.Atoi(string(value)); string(key) {
			case "colspan":
				h.cols = min(max(n, 1), MaxColumns)
			case "rowspan":
				h.rows = min(max(n, 1), maxSpan)
			}
		}
	case atom.Br, atom.P, atom.Div:
		h.cell.WriteByte(' ')
	case atom.Script, atom.Style:
		h.skip = true
	}
	return nil
}

// closeCell ends a cell. Those that it reaches over stay empty.
func (h *htmlReader) closeCell() {
	if !h.open {
		return
	}
	h.open = false
	h.covered()
	text := strings.TrimSpace(bounded(html.UnescapeString(h.cell.String())))
	h.cell.Reset()
	if len(h.row)+h.cols > MaxColumns {
		return
	}
	if h.rows > 1 {
		if h.below == nil {
			h.below = map[int]span{}
		}
		h.below[len(h.row)] = span{h.rows - 1, h.cols}
	}
	h.row = append(h.row, Cell{Text: text, Kind: faultOf(text)})
	for range h.cols - 1 {
		h.row = append(h.row, Cell{})
	}
}

// covered adds the empty cells that one above reaches over.
func (h *htmlReader) covered() {
	for {
		s, is := h.below[len(h.row)]
		if !is {
			return
		}
		if s.rows--; s.rows == 0 {
			delete(h.below, len(h.row))
		} else {
			h.below[len(h.row)] = s
		}
		for range s.cols {
			h.row = append(h.row, Cell{})
		}
	}
}

func (h *htmlReader) closeRow() {
	h.closeCell()
	if h.row != nil {
		h.covered()
		h.t.Rows = append(h.t.Rows, Row{Line: len(h.t.Rows) + 1, Cells: h.row})
	}
	h.row = nil
}

// end gives a table to the reader.
func (h *htmlReader) end() error {
	if len(h.t.Rows) == 0 {
		return nil
	}
	h.tables++
	t := h.t
	t.Sheet = fmt.Sprintf("table %d", h.tables)
	h.t.Rows, h.t.Notes, h.below = nil, nil, nil
	return h.rd.add(t)
}

// workbook reads the XML of Excel 2003.
func (rd *reader) workbook(t Table, text string) error {
	t.Format = XML2003
	d := newXML(text)
	var row []Cell
	var cell *Cell
	line := 0
	for {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return refuse(t.File, finding.FileBroken)
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch token.Name.Local {
			case "Worksheet":
				t.Sheet, t.Rows, line = attr(token, "Name"), nil, 0
			case "Row":
				line++
				if n, err := strconv.Atoi(attr(token, "Index")); err == nil && n > line {
					line = n
				}
				row = nil
			case "Cell":
				if n, err := strconv.Atoi(attr(token, "Index")); err == nil && n <= MaxColumns {
					for len(row) < n-1 {
						row = append(row, Cell{})
					}
				}
				row = append(row, Cell{})
				cell = &row[len(row)-1]
			case "Data":
				if cell != nil {
					cell.Kind = map[string]Kind{"Number": Number, "DateTime": Date, "Error": Fault}[attr(token, "Type")]
				}
			case "Comment":
				if err := d.Skip(); err != nil {
					return refuse(t.File, finding.FileBroken)
				}
			}
		case xml.CharData:
			if cell != nil && len(cell.Text) < MaxCell {
				cell.Text = bounded(cell.Text + string(token))
			}
		case xml.EndElement:
			switch token.Name.Local {
			case "Cell":
				cell.Text = strings.TrimSpace(cell.Text)
				cell = nil
			case "Row":
				if len(row) <= MaxColumns {
					t.Rows = append(t.Rows, Row{Line: line, Cells: row})
				}
			case "Worksheet":
				if err := rd.add(t); err != nil {
					return err
				}
				t.Notes = nil
			}
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// faultOf is Fault for the errors of spreadsheets.
func faultOf(text string) Kind {
	if strings.HasPrefix(text, "#") && len(text) < 9 && (strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") || text == "#N/A" || text == "#NV" || text == "#I/T") {
		return Fault
	}
	return Text
}
