package table

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"earshot/collector/imports/finding"
)

// maxDepth bounds nested JSON.
const maxDepth = 32

// isJSON reports whether a text begins with a JSON value.
func isJSON(text string) bool {
	d := json.NewDecoder(strings.NewReader(text))
	for range 3 {
		if _, err := d.Token(); err != nil {
			return false
		}
	}
	return true
}

// json reads every object that has a known name as a row. Values that follow
// each other are read too.
func (rd *reader) json(t Table, text string) error {
	t.Format, t.Named = JSON, true
	j := jsonReader{rd: rd, text: text, line: 1, dec: json.NewDecoder(strings.NewReader(text)), columns: map[string]int{}}
	j.dec.UseNumber()
	for {
		err := j.value(0, "")
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			var refused *Refused
			if errors.As(err, &refused) {
				refused.File = t.File
				return refused
			}
			e := refuse(t.File, finding.FileBroken)
			e.Line = j.lineNow()
			return e
		}
	}
	if len(j.rows) == 0 && j.telegrams > 0 {
		return refuse(t.File, finding.FileRecording)
	}
	head := Row{Cells: make([]Cell, len(j.columns))}
	for name, at := range j.columns {
		head.Cells[at].Text = name
	}
	t.Rows = append([]Row{head}, j.rows...)
	return rd.add(t)
}

// jsonReader collects objects.
type jsonReader struct {
	rd        *reader
	text      string
	dec       *json.Decoder
	columns   map[string]int // by name
	rows      []Row
	telegrams int

	line   int // of the byte seen
	seen   int
	object []objectState
}

// objectState is an object that is being read.
type objectState struct {
	cells []Cell
	known int
	line  int
}

func (j *jsonReader) lineNow() int {
	at := min(int(j.dec.InputOffset()), len(j.text))
	j.line += strings.Count(j.text[j.seen:at], "\n")
	j.seen = at
	return j.line
}

// value reads one value; name is the one under which an object has it.
func (j *jsonReader) value(depth int, name string) error {
	if depth > maxDepth {
		return refuse("", finding.FileDeep)
	}
	token, err := j.dec.Token()
	if err != nil {
		return err
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			return j.members(depth)
		}
		for j.dec.More() {
			if err := j.value(depth+1, ""); err != nil {
				return ended(err)
			}
		}
		_, err = j.dec.Token()
		return ended(err)
	case string:
		j.scalar(name, Cell{Text: bounded(v)})
	case json.Number:
		j.scalar(name, Cell{Text: bounded(v.String()), Kind: Number})
	}
	return nil
}

// ended makes a missing end a broken file.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// members reads an object.
func (j *jsonReader) members(depth int) error {
	j.object = append(j.object, objectState{line: j.lineNow()})
	for j.dec.More() {
		token, err := j.dec.Token()
		if err != nil {
			return ended(err)
		}
		name, _ := token.(string)
		if err := j.value(depth+1, name); err != nil {
			return ended(err)
		}
	}
	_, err := j.dec.Token()
	o := j.object[len(j.object)-1]
	j.object = j.object[:len(j.object)-1]
	if o.known > 0 {
		if len(j.rows) >= MaxRows+slack {
			e := refuse("", finding.FileRows)
			e.Count = MaxRows
			return e
		}
		j.rows = append(j.rows, Row{Line: o.line, Cells: o.cells})
	}
	return ended(err)
}

// scalar takes a member of the object that is being read.
func (j *jsonReader) scalar(name string, c Cell) {
	if len(j.object) == 0 || name == "" || len(name) > 100 {
		return
	}
	if name == "hex" || name == "telegram" || name == "_" && c.Text == "telegram" {
		j.telegrams++
		return
	}
	at, is := j.columns[name]
	if !is {
		if len(j.columns) == MaxColumns {
			return
		}
		at = len(j.columns)
		j.columns[name] = at
	}
	o := &j.object[len(j.object)-1]
	for len(o.cells) <= at {
		o.cells = append(o.cells, Cell{})
	}
	if o.cells[at] = c; j.rd.Known(name) {
		o.known++
	}
}
