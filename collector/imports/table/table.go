package table

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"earshot/collector/imports/finding"
)

// Limits of what is read.
const (
	MaxSize    = 64 << 20  // bytes of a file
	MaxRows    = 200_000   // of all tables of a call
	MaxColumns = 200       // of a table
	MaxCell    = 64 << 10  // bytes of a cell; longer ones are cut
	maxUnzip   = 256 << 20 // bytes that an archive may hold
	maxMembers = 5_000     // files of an archive
	maxNested  = 3         // archives in archives
	maxSheets  = 256
	slack      = 1000 // rows of titles and headers
)

// Kind is what a file says of a cell.
type Kind uint8

const (
	Text    Kind = iota
	Number       // its text may have lost digits
	Date         // a number that the file shows as a date
	Fault        // #N/A and the like
	Formula      // without a stored value
)

// Cell is a cell as it stands in the file.
type Cell struct {
	Text string
	Kind Kind
}

// Row is a line of a file or sheet.
type Row struct {
	Line  int // counted from 1
	Cells []Cell
	Code  finding.Code // why it cannot be read, "" if it can
}

// Format is how a file is written.
type Format string

const (
	CSV        Format = "csv"
	XLSX       Format = "xlsx"
	XML2003    Format = "xml" // Excel 2003
	HTML       Format = "html"
	JSON       Format = "json"
	KEM        Format = "kem"
	Wmbusmeter Format = "wmbusmeters"
	Labels     Format = "labels" // lines such as "Serial number: 12345678"
	Pasted     Format = "text"
)

// Table is a sheet, or a file without sheets.
type Table struct {
	File      string
	Sheet     string
	Format    Format
	Encoding  string // of a text
	Separator string // of a CSV
	Named     bool   // the first row names the columns for certain
	Own       bool   // earshot wrote it
	Rows      []Row
	Notes     []finding.Finding // of reading
}

// Options say how to read.
type Options struct {
	// Known reports whether a text is a column's name; it decides between
	// encodings and separators.
	Known func(string) bool
	// Password returns the passwords to try for a file, one after the other,
	// until it returns false. again: the last one was wrong.
	Password func(file string, again bool) (string, bool)
	// Open opens a file that was encrypted with age; its errors are *Refused.
	Open func(file string, r io.Reader) (io.Reader, error)
	// Sheets are the names of the sheets to read; nil: all that are not hidden.
	Sheets []string
}

// Refused says why a file, or a member of an archive, cannot be read.
type Refused struct {
	finding.Finding
	Cause error // from the system, or nil
}

func (e *Refused) Error() string { return e.Source.String() + ": " + string(e.Code) }

// Unwrap returns the system's error.
func (e *Refused) Unwrap() error { return e.Cause }

func refuse(file string, code finding.Code) *Refused {
	return &Refused{Finding: finding.Finding{Source: finding.Source{File: file}, Code: code}}
}

// ReadFile reads the tables of a file; see Read.
func ReadFile(path string, opt Options) ([]Table, error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return nil, refuse(path, finding.FileFolder)
	}
	var f *os.File
	if err == nil {
		f, err = os.Open(path)
	}
	if err != nil {
		e := refuse(path, finding.FileUnreadable)
		e.Cause = err
		switch {
		case errors.Is(err, os.ErrNotExist):
			e.Code = finding.FileMissing
		case errors.Is(err, os.ErrPermission):
			e.Code = finding.FileForbidden
		}
		return nil, e
	}
	defer f.Close()
	return Read(f, path, opt)
}

// Read reads the tables of a file. The error is a *Refused.
func Read(r io.Reader, name string, opt Options) ([]Table, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		e := refuse(name, finding.FileUnreadable)
		e.Cause = err
		return nil, e
	}
	rd := reader{Options: opt}
	if rd.Known == nil {
		rd.Known = func(string) bool { return false }
	}
	if err := rd.read(data, name, 0); err != nil {
		return nil, err
	}
	if len(rd.tables) == 0 {
		return nil, refuse(name, finding.FileEmpty)
	}
	return rd.tables, nil
}

// reader reads one file with all that it holds.
type reader struct {
	Options
	tables   []Table
	rows     int
	unzipped int64
	password string // that opened a file, tried first on the next one
}

// add takes a table. Cells are bounded.
func (rd *reader) add(t Table) error {
	if rd.rows += len(t.Rows); rd.rows > MaxRows+slack {
		e := refuse(t.File, finding.FileRows)
		e.Sheet, e.Count = t.Sheet, MaxRows
		return e
	}
	rd.tables = append(rd.tables, t)
	return nil
}

// read reads what the first bytes say that it is; names often lie.
func (rd *reader) read(data []byte, name string, nested int) error {
	if len(data) > MaxSize {
		e := refuse(name, finding.FileLarge)
		e.Count = MaxSize >> 20
		return e
	}
	for _, f := range formats() {
		for _, magic := range f.magic {
			if strings.HasPrefix(string(data[:min(len(data), len(magic))]), magic) {
				return f.read(rd, data, name, nested)
			}
		}
	}
	return rd.text(data, name)
}

// format is a kind of file that its first bytes tell.
type format struct {
	magic []string
	read  func(rd *reader, data []byte, name string, nested int) error
}

// formats are looked through in this order.
func formats() []format {
	return []format{
		{[]string{"PK\x03\x04"}, (*reader).zip},
		{[]string{"\xD0\xCF\x11\xE0"}, (*reader).compound},
		{[]string{"%PDF"}, no(finding.FilePDF)},
		{[]string{"\xFF\xD8\xFF", "\x89PNG", "GIF8", "II*\x00", "MM\x00*", "BM"}, (*reader).photo},
		{[]string{"{\\rtf"}, no(finding.FileWord)},
		{[]string{"age-encryption.org/", "-----BEGIN AGE"}, (*reader).sealed},
		{[]string{"PK\x05\x06"}, no(finding.FileEmpty)},
		{[]string{"\x1f\x8b", "7z\xBC\xAF", "Rar!", "BZh", "\x7fELF", "MZ\x90", "SQLite format 3"}, no(finding.FileBinary)},
	}
}

// no refuses a format.
func no(code finding.Code) func(*reader, []byte, string, int) error {
	return func(_ *reader, _ []byte, name string, _ int) error { return refuse(name, code) }
}

// photo refuses a picture; a text that begins with "BM" is none.
func (rd *reader) photo(data []byte, name string, _ int) error {
	if isText(data) {
		return rd.text(data, name)
	}
	return refuse(name, finding.FilePhoto)
}

// compound refuses the container of old and of protected documents, by the
// names of its streams, which are in UTF-16.
func (rd *reader) compound(data []byte, name string, _ int) error {
	wide := func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			b.WriteByte(s[i])
			b.WriteByte(0)
		}
		return b.String()
	}
	text := string(data)
	switch {
	case strings.Contains(text, wide("EncryptedPackage")):
		return refuse(name, finding.FileProtected)
	case strings.Contains(text, wide("WordDocument")):
		return refuse(name, finding.FileWord)
	}
	return refuse(name, finding.FileOldExcel)
}

// sealed reads a file that was encrypted with age.
func (rd *reader) sealed(data []byte, name string, nested int) error {
	if rd.Open == nil || nested > maxNested {
		return refuse(name, finding.FileEncrypted)
	}
	plain, err := rd.Open(name, strings.NewReader(string(data)))
	if err != nil {
		return err
	}
	data, err = io.ReadAll(io.LimitReader(plain, MaxSize+1))
	if err != nil {
		e := refuse(name, finding.FileBroken)
		e.Cause = err
		return e
	}
	return rd.read(data, strings.TrimSuffix(name, filepath.Ext(name)), nested+1)
}
