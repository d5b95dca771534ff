package site

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"earshot/device/printable"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	utf "golang.org/x/text/encoding/unicode"
)

// formats are files that people mistake for lists, by their first bytes.
var formats = []struct{ magic, reason string }{
	{"PK\x03\x04", "this is a spreadsheet or a zip archive: save it as CSV"},
	{"\xD0\xCF\x11\xE0", "this is an old spreadsheet: save it as CSV"},
	{"%PDF", "this is a PDF: ask for the list as a spreadsheet or as CSV"},
	{"<?xml", "this is XML, perhaps a key file: save the list as CSV"},
	{"{", "this is JSON, perhaps a recording: play it with earshot replay FILE --site LIST"},
}

// byteOrderMarks identify Unicode files.
var byteOrderMarks = []struct {
	mark     string
	encoding encoding.Encoding
}{
	{"\xEF\xBB\xBF", utf.UTF8},
	{"\xFF\xFE", utf.UTF16(utf.LittleEndian, utf.IgnoreBOM)},
	{"\xFE\xFF", utf.UTF16(utf.BigEndian, utf.IgnoreBOM)},
}

// decodeText turns a file into UTF-8 with its lines as editors count them,
// and blanks out the "sep=;" that some spreadsheets begin with. reason says
// why it is not text, "" if it is.
func decodeText(data []byte) (text []byte, reason string) {
	for _, f := range formats {
		if bytes.HasPrefix(data, []byte(f.magic)) {
			return nil, f.reason
		}
	}
	from := encoding.Encoding(charmap.Windows1252)
	if utf8.Valid(data) {
		from = encoding.Nop
	}
	for _, b := range byteOrderMarks {
		if rest, ok := bytes.CutPrefix(data, []byte(b.mark)); ok {
			data, from = rest, b.encoding
			break
		}
	}
	text, err := from.NewDecoder().Bytes(data)
	if err != nil || bytes.IndexByte(text, 0) >= 0 {
		return nil, "this is not a text file: save the list as CSV"
	}
	if bytes.IndexByte(text, '\n') < 0 {
		text = bytes.ReplaceAll(text, []byte{'\r'}, []byte{'\n'}) // line ends of old Macs
	}
	if len(text) >= 5 && strings.EqualFold(string(text[:4]), "sep=") {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			end = len(text)
		}
		text = text[end:]
	}
	return text, ""
}

// clean makes a text from outside fit for a terminal, with one space between
// words. The result is a copy, so that a note does not keep its row, with the
// key, in memory.
func clean(s string) string { return strings.Clone(printable.Words(s)) }

// The longest texts that are shown in an error.
const (
	longestCell = 14 // keys are longer
	longestName = 40 // of a column
)

// show quotes a text for an error. If it is so long, or has so many hex
// digits in a row, that it may be a key in the wrong column, show returns
// only its length.
func show(s string, longest int) string {
	const mostDigits = 8
	s = clean(s)
	digits, most := 0, 0
	for _, r := range s {
		switch {
		case isOdd(r):
			digits = 0
		case !strings.ContainsRune(separators, r):
			digits++
			most = max(most, digits)
		}
	}
	if length := utf8.RuneCountInString(s); length > longest || most > mostDigits {
		return fmt.Sprintf("(%d characters)", length)
	}
	return strconv.Quote(s)
}
