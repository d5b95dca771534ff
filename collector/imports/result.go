package imports

import (
	"earshot/collector/imports/finding"
	"earshot/collector/imports/table"
	"earshot/collector/site"
)

// Column is a column of a file and what it was taken for.
type Column struct {
	Index int    // from 0
	Name  string // its header, "" if it has none
	Field Field  // None: not read
}

// Sheet is a table that was read, and how.
type Sheet struct {
	finding.Source // without a line
	Format         table.Format
	Encoding       string
	Separator      string
	Header         []int // the lines of the header; none if there is none
	Columns        []Column
	KeysOnly       bool // no places: its rows complete those of other tables
	Rows           int  // with a number or a key
	cells          *table.Table
	layout         layout
}

// Row is a meter of the list.
type Row struct {
	finding.Source
	Meter site.Meter
	// Lone is set for a key without a number: it may be any meter's.
	Lone bool

	sheet    int
	used     bool // a key that completed a row of a list
	raw      table.Row
	filled   site.Place // what cells above say
	refusals []finding.Finding
}

// Rejected is a row that cannot be used, as it stands in its file.
type Rejected struct {
	finding.Source
	Reasons []finding.Finding
	row     *Row
}

// Result is what the files hold.
type Result struct {
	Sheets   []Sheet
	Rows     []Row // of the list, in the order of the files
	Rejected []Rejected
	Findings []finding.Finding // repairs and notices, in the order of the files
	More     int               // findings beyond those kept
	Repaired int               // rows with a repair

	// LeftOut are files, sheets and members that could not be read, although
	// others could.
	LeftOut []finding.Finding

	zeros bool // Options.Zeros
}

// maxFindings is how many findings are kept.
const maxFindings = 20_000

func (r *Result) say(f finding.Finding) {
	if len(r.Findings) == maxFindings {
		r.More++
		return
	}
	r.Findings = append(r.Findings, f)
}

// Options say how files are read.
type Options struct {
	table.Options
	// Map names the columns of fields: by their header, or by their letter (B)
	// or number (2).
	Map map[Field]string
	// Zeros takes a key of zeros for a key, as few meters have it, and not for none.
	Zeros bool
}

// Letter is the column as spreadsheets name it.
func (c Column) Letter() string { return letter(c.Index) }
