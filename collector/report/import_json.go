package report

import (
	"encoding/json"
	"io"

	"earshot/collector/duration"
	"earshot/collector/imports"
	"earshot/collector/imports/finding"
	"earshot/collector/words"
)

// importJSON is the report of an import.
type importJSON struct {
	Output   string           `json:"output,omitempty"`
	Rejected string           `json:"rejected_output,omitempty"`
	Counts   importCounts     `json:"counts"`
	Tables   []importTable    `json:"tables"`
	Rows     []importRow      `json:"rows"`
	Bad      []importRejected `json:"rejected"`
	Repairs  []importFinding  `json:"repairs"`
	Notices  []importFinding  `json:"notices"`
	LeftOut  []importFinding  `json:"left_out"`
	More     int              `json:"more_findings,omitempty"`
}

type importCounts struct {
	Rows     int `json:"rows"`
	Keys     int `json:"keys"`
	Rejected int `json:"rejected"`
	Repairs  int `json:"repairs"`
}

type importTable struct {
	File      string         `json:"file"`
	Sheet     string         `json:"sheet,omitempty"`
	Format    string         `json:"format"`
	Encoding  string         `json:"encoding,omitempty"`
	Separator string         `json:"separator,omitempty"`
	Header    []int          `json:"header_lines"`
	Columns   []importColumn `json:"columns"`
	KeysOnly  bool           `json:"keys_only,omitempty"`
	Rows      int            `json:"rows"`
}

type importColumn struct {
	Column string `json:"column"` // its letter
	Name   string `json:"name"`
	Field  string `json:"field"` // "" if it is not read
}

type importPlace struct {
	File  string `json:"file"`
	Sheet string `json:"sheet,omitempty"`
	Line  int    `json:"line,omitempty"`
}

type importRow struct {
	importPlace
	ID           string `json:"id"`
	Manufacturer string `json:"manufacturer"`
	Key          string `json:"key_fingerprint"`
	Entrance     string `json:"entrance"`
	Floor        string `json:"floor"`
	Apartment    string `json:"apartment"`
	Room         string `json:"room"`
	Medium       string `json:"medium"`
	Timeout      string `json:"timeout,omitempty"`
	Note         string `json:"note"`
}

type importFinding struct {
	importPlace
	Column string       `json:"column,omitempty"`
	Code   string       `json:"code"`
	Was    string       `json:"was,omitempty"`
	Now    string       `json:"now,omitempty"`
	Count  int          `json:"count,omitempty"`
	Other  *importPlace `json:"other,omitempty"`
	Text   string       `json:"text"`
}

type importRejected struct {
	importPlace
	Reasons []importFinding `json:"reasons"`
}

// ImportJSON writes what was read of lists as one JSON object. Keys are
// fingerprints. The files are "" if nothing was written.
func ImportJSON(w io.Writer, r *imports.Result, output, rejected string) error {
	out := importJSON{
		Output: output, Rejected: rejected, More: r.More, Tables: []importTable{}, Rows: []importRow{}, Bad: []importRejected{},
		Repairs: []importFinding{}, Notices: []importFinding{}, LeftOut: []importFinding{},
	}
	for _, s := range r.Sheets {
		t := importTable{File: s.File, Sheet: s.Source.Sheet, Format: string(s.Format), Encoding: s.Encoding, Separator: s.Separator, Header: append([]int{}, s.Header...), KeysOnly: s.KeysOnly, Rows: s.Rows}
		for _, c := range s.Columns {
			t.Columns = append(t.Columns, importColumn{c.Letter(), c.Name, c.Field.String()})
		}
		out.Tables = append(out.Tables, t)
	}
	for i := range r.Rows {
		row := importRowJSON(&r.Rows[i])
		if row.Key != "" {
			out.Counts.Keys++
		}
		out.Rows = append(out.Rows, row)
	}
	for _, f := range r.Findings {
		if f.Code.Kind() == finding.Repair {
			out.Repairs = append(out.Repairs, findingJSON(f))
		} else {
			out.Notices = append(out.Notices, findingJSON(f))
		}
	}
	for _, f := range r.LeftOut {
		out.LeftOut = append(out.LeftOut, findingJSON(f))
	}
	for _, bad := range r.Rejected {
		b := importRejected{importPlace: placeJSON(bad.Source)}
		for _, f := range bad.Reasons {
			b.Reasons = append(b.Reasons, findingJSON(f))
		}
		out.Bad = append(out.Bad, b)
	}
	out.Counts.Rows, out.Counts.Rejected, out.Counts.Repairs = len(out.Rows), len(out.Bad), len(out.Repairs)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

func placeJSON(s finding.Source) importPlace { return importPlace{s.File, s.Sheet, s.Line} }

func importRowJSON(r *imports.Row) importRow {
	m := &r.Meter
	row := importRow{
		importPlace: placeJSON(r.Source), Key: m.Key.Fingerprint(), Entrance: m.Place.Entrance, Floor: m.Place.Floor,
		Apartment: m.Place.Apartment, Room: m.Place.Room, Medium: m.Medium, Note: m.Note,
	}
	if !r.Lone {
		row.ID = m.ID.String()
	}
	if m.Manufacturer != 0 {
		row.Manufacturer = m.Manufacturer.String()
	}
	if m.Timeout != 0 {
		row.Timeout = duration.Text(m.Timeout)
	}
	return row
}

func findingJSON(f finding.Finding) importFinding {
	out := importFinding{importPlace: placeJSON(f.Source), Column: f.Column, Code: string(f.Code), Was: f.Was, Now: f.Now, Count: f.Count, Text: words.English.Finding(f)}
	if f.Other.File != "" {
		other := placeJSON(f.Other)
		out.Other = &other
	}
	return out
}
