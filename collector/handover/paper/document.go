package paper

import "time"

// Document is everything that a form shows. All texts are in one language and may
// hold any characters: each form escapes what it must.
type Document struct {
	Language string    // BCP 47: en, da, de
	Title    string    // what kind of document it is
	Subject  string    // the property
	State    Cell      // complete, or with exceptions
	Number   string    // of the document, with its revision
	Created  time.Time // the date of the files: of the campaign, never of now
	Date     string    // how the language writes a day, as a layout of package time
	Time     string    // … and the time of a day
	Draft    string    // is written over each page; empty for the final document
	Foot     string    // at the foot of each page
	Page     string    // "page {{.Page}} of {{.Pages}}"
	Again    string    // after the title of what continues on the next page
	Sections []Section // on paper and in HTML
	Sheets   []Sheet   // of the workbook
}

// Section is a part of the document with a heading.
type Section struct {
	ID    string // in lower case, for links: "open"
	Title string
	Wide  bool // needs landscape pages
	Parts []Part
}

// Part is one of Lead, Heading, Text, List, Notice, Fields, Tally, *Table,
// Code and Signatures.
type Part interface{ part() }

// Lead is the sentence that a reader must not miss.
type Lead string

// Heading is a heading within a section.
type Heading string

// Text is a paragraph.
type Text string

// List is a list of paragraphs, numbered if the order matters.
type List struct {
	Items    []string
	Numbered bool
}

// Notice is a paragraph that must be seen.
type Notice struct {
	Mark Mark
	Text string
}

// Fields are names with values, in two columns.
type Fields []Field

// Field is one of them. One without a value is a line to write on.
type Field struct{ Name, Value string }

// Tally is a row of large figures with their names.
type Tally []Figure

// Figure is one of them.
type Figure struct {
	Value string
	Name  string
	Mark  Mark
}

// Code is a picture of square modules that a camera reads, with fields next to it.
type Code struct {
	Modules [][]bool // rows of dark modules, with the quiet zone
	Fields  Fields
}

// Signatures are boxes to sign in, next to each other.
type Signatures []Signature

// Signature is one of them: who signs, and lines to fill in. Fields with values
// are printed.
type Signature struct {
	Role   string
	Fields Fields
}

func (Lead) part()       {}
func (Heading) part()    {}
func (Text) part()       {}
func (List) part()       {}
func (Notice) part()     {}
func (Fields) part()     {}
func (Tally) part()      {}
func (*Table) part()     {}
func (Code) part()       {}
func (Signatures) part() {}

// Table is a table whose header is repeated on each page.
type Table struct {
	Columns []Column
	Groups  []Group
}

// Column is one of its columns.
type Column struct {
	Title string
	Right bool // figures stand to the right
}

// Group are rows that stay on one page if they fit.
type Group struct {
	Title string // the flat; may be empty
	Note  string // in the title's line, to the right
	Rows  []Row
}

// Row has a cell for each column.
type Row []Cell

// Cell is a text, and what stands for it where values have types.
type Cell struct {
	Text  string // in the language's form; \n separates lines
	Value any    // nil for text, or a Number, Percent, Date or Moment
	Mark  Mark
}

// Number is a value with the decimal places that it was sent with.
type Number struct {
	Value    float64
	Decimals int
}

// Percent is a share in per cent.
type Percent int

// Date is a day without a time and zone.
type Date struct{ time.Time }

// Moment is a time in the zone of the document.
type Moment struct{ time.Time }

// Mark says how a cell is seen. Colour never stands alone: the text says it too.
type Mark uint8

// The marks.
const (
	Plain Mark = iota
	Good
	Bad
	Look // to look at, or not judged
	Faint
	Strong // bold
)

// Sheet is a table of the workbook.
type Sheet struct {
	Name    string
	Columns []Column
	Rows    []Row
}
