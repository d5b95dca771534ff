package site

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
)

// column is a column that a list may have.
type column struct {
	name     string
	synonyms string // in normal form, between spaces
	set      func(m *Meter, cell string) error
}

// columns in the order in which their cells are read: id before manufacturer.
var columns = [...]column{
	{"id", "meterid serial serialno serialnumber serialnum sn meter meterno meternumber number radioid address " +
		"zählernummer zaehlernummer zählernr seriennummer seriennr geräteid målernr målernummer serienummer", setID},
	{"manufacturer", "mfr mfct man manuf maker make vendor hersteller fabrikat producent", setManufacturer},
	{"key", "keys aes aeskey aes128 aes128key encryptionkey decryptionkey dek schlüssel schluessel aesschlüssel nøgle", setKey},
	{"entrance", "building house staircase stairs stair eingang aufgang haus opgang", text("entrance", func(m *Meter) *string { return &m.Place.Entrance })},
	{"floor", "level storey story etage stockwerk geschoss sal", text("floor", func(m *Meter) *string { return &m.Place.Floor })},
	{"apartment", "apt flat unit dwelling wohnung lejlighed bolig", text("apartment", func(m *Meter) *string { return &m.Place.Apartment })},
	{"room", "position location place raum zimmer rum", text("room", func(m *Meter) *string { return &m.Place.Room })},
	{"medium", "media metertype consumptiontype energy energie forbrugstype", text("medium", func(m *Meter) *string { return &m.Medium })},
	{"timeout", "wait waittime", setTimeout},
	{"note", "notes comment comments remark remarks bemerkung kommentar notat", text("note", func(m *Meter) *string { return &m.Note })},
}

// normal is the form in which the names of columns are compared: lower case
// letters and digits only.
func normal(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// findColumn returns the column that a name means, -1 for none, and whether
// it is the column's own name.
func findColumn(name string) (index int, exact bool) {
	name = normal(name)
	for i, c := range columns {
		if c.name == name {
			return i, true
		}
	}
	for i, c := range columns {
		if name != "" && strings.Contains(" "+c.synonyms+" ", " "+name+" ") {
			return i, false
		}
	}
	return -1, false
}

// maxColumns is how many columns a list may have, including those that are
// not read.
const maxColumns = 200

// header says in which cell each column stands.
type header struct {
	cells [len(columns)]int // index of the cell, -1 if the list has no such column
	width int               // number of columns up to the last one with a name
}

// complaint is a problem of the header that does not end reading.
type complaint struct {
	column string
	reason string
	fatal  bool // as bad as a bad row
}

// parseHeader reads the names of the columns. reason says why that is
// impossible, "" if it is possible.
func parseHeader(names []string) (h header, complaints []complaint, reason string) {
	h.width = len(names)
	for h.width > 0 && strings.TrimSpace(names[h.width-1]) == "" {
		h.width-- // cells beyond the last named column are too many
	}
	if h.width > maxColumns {
		return h, nil, fmt.Sprintf("it names %d columns, at most %d are allowed: this is not a list of meters, check the file's name", h.width, maxColumns)
	}
	for i := range h.cells {
		h.cells[i] = -1
	}
	var exactly [len(columns)]bool
	var unknown []int
	known := 0
	for i, name := range names[:h.width] {
		c, exact := findColumn(name)
		switch {
		case c < 0:
			unknown = append(unknown, i)
			continue
		case h.cells[c] < 0:
			h.cells[c], exactly[c] = i, exact
		case exact && exactly[c]:
			return h, nil, fmt.Sprintf("two columns are named %q: rename or remove one of them", columns[c].name)
		case !exact && !exactly[c]:
			return h, nil, fmt.Sprintf("columns %d and %d could both be %q: name the right one %q, and rename or remove the other",
				h.cells[c]+1, i+1, columns[c].name, columns[c].name)
		default: // the exact name wins, in whichever order they come
			other := i
			if exact {
				other, h.cells[c], exactly[c] = h.cells[c], i, true
			}
			complaints = append(complaints, complaint{column: columns[c].name, reason: fmt.Sprintf("column %d is not read, since column %d is named %q",
				other+1, h.cells[c]+1, columns[c].name)})
		}
		known++
	}
	switch {
	case known == 0 && looksLikeTelegram(names):
		return h, nil, "this file holds telegrams, perhaps a recording: play it with earshot replay FILE --site LIST"
	case known == 0 && looksLikeRow(names):
		return h, nil, "the line with the column names is missing: put one above the first meter, such as id,key"
	case h.cells[0] < 0:
		return h, nil, `no column is called "id": the first line names the columns, and the one with the meters' numbers must be called "id"`
	}
	for _, i := range unknown {
		complaints = append(complaints, h.unknown(i, names[i]))
	}
	return h, complaints, ""
}

// unknown is the complaint about a column with an unknown name: a name close
// to that of a missing column most likely means that column.
func (h *header) unknown(i int, name string) complaint {
	shown := fmt.Sprintf("column %d, %s,", i+1, show(name, longestName))
	name = normal(name)
	if name == "" {
		return complaint{reason: fmt.Sprintf("column %d has no name and was not read: name it or remove it", i+1)}
	}
	for c := range columns {
		if h.cells[c] < 0 && nearly(name, columns[c].name) {
			return complaint{columns[c].name, fmt.Sprintf("%s is not known: if it is %q, name it so, otherwise rename or remove it",
				shown, columns[c].name), true}
		}
	}
	return complaint{reason: shown + " is not known and was not read: remove it, or give it one of the names in docs/lists.md"}
}

// looksLikeRow reports whether a first line holds a meter instead of names.
func looksLikeRow(cells []string) bool {
	for _, cell := range cells {
		if _, _, err := parseID(cell); err == nil {
			return true
		}
	}
	return false
}

// looksLikeTelegram reports whether a first line is that of a recording:
// hexadecimal digits, longer than any key, alone or after the 0x of
// rtl_wmbus.
func looksLikeTelegram(cells []string) bool {
	for _, cell := range cells {
		digits := strings.TrimPrefix(cell, "0x")
		if len(digits) > aesDigits && strings.Trim(digits, "0123456789abcdefABCDEF") == "" {
			return true
		}
	}
	return false
}

// separator finds the character between cells: the one with which the first
// line has the most names of columns, or else the most cells.
func separator(text []byte) rune {
	line := firstLine(text)
	best, names, cells := ',', -1, 0
	for _, sep := range []rune{',', ';', '\t'} {
		parts := strings.Split(line, string(sep))
		found := 0
		for _, part := range parts {
			if c, _ := findColumn(part); c >= 0 {
				found++
			}
		}
		if found > names || found == names && len(parts) > cells {
			best, names, cells = sep, found, len(parts)
		}
	}
	return best
}

// firstLine is the first line that is neither empty nor a comment, up to a
// limit.
func firstLine(text []byte) string {
	const enough = 16 << 10
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return string(line[:min(len(line), enough)])
		}
	}
	return ""
}

// nearly reports whether two names differ by one typing error, or by two in
// names of more than five letters.
func nearly(a, b string) bool {
	slips := 1
	if len(b) > 5 {
		slips = 2
	}
	if len(a) > 2*len(b) {
		return false
	}
	return distance([]rune(a), []rune(b)) <= slips
}

// distance counts the letters to insert, remove, change or swap with their
// neighbour to get from a to b (optimal string alignment).
func distance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
