package table

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	utf "golang.org/x/text/encoding/unicode"

	"earshot/collector/imports/finding"
)

// byteOrderMarks identify Unicode files.
var byteOrderMarks = []struct {
	mark, name string
	encoding   encoding.Encoding
}{
	{"\xEF\xBB\xBF", "UTF-8", utf.UTF8},
	{"\xFF\xFE", "UTF-16", utf.UTF16(utf.LittleEndian, utf.IgnoreBOM)},
	{"\xFE\xFF", "UTF-16", utf.UTF16(utf.BigEndian, utf.IgnoreBOM)},
}

// codePages are tried on texts that are not UTF-8; the earlier one of two that
// fit equally is taken.
var codePages = []struct {
	name string
	page *charmap.Charmap
}{
	{"Windows-1252", charmap.Windows1252},
	{"Windows-1250", charmap.Windows1250},
	{"ISO 8859-2", charmap.ISO8859_2},
	{"code page 850", charmap.CodePage850},
	{"code page 852", charmap.CodePage852},
	{"Mac Roman", charmap.Macintosh},
}

// sample is how much of a text decides what it is.
const sample = 16 << 10

// isText reports whether bytes are UTF-8 without control characters.
func isText(data []byte) bool {
	head := data[:min(len(data), sample)]
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		if r < ' ' && !strings.ContainsRune("\t\n\r\f", r) || r == utf8.RuneError && n == 1 && len(head) > utf8.UTFMax {
			return false
		}
		head = head[n:]
	}
	return true
}

// decode turns a file into UTF-8 with \n at the ends of lines.
func (rd *reader) decode(data []byte) (text, name string, ok bool) {
	var err error
	name, out := "UTF-8", []byte(nil)
	switch from, mark := byteOrder(data); {
	case mark >= 0:
		name = byteOrderMarks[mark].name
		out, err = byteOrderMarks[mark].encoding.NewDecoder().Bytes(data[len(byteOrderMarks[mark].mark):])
	case from != nil:
		name = "UTF-16"
		out, err = from.NewDecoder().Bytes(data)
	case utf8.Valid(data):
		out = data
	default:
		page := rd.codePage(data[:min(len(data), sample)])
		name = codePages[page].name
		out, err = codePages[page].page.NewDecoder().Bytes(data)
	}
	if err != nil || bytes.IndexByte(out, 0) >= 0 {
		return "", name, false
	}
	text = string(out)
	if strings.IndexByte(text, '\r') >= 0 {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	return text, name, true
}

// byteOrder finds UTF-16: by its mark, or since every other byte is 0.
func byteOrder(data []byte) (from encoding.Encoding, mark int) {
	for i, b := range byteOrderMarks {
		if bytes.HasPrefix(data, []byte(b.mark)) {
			return b.encoding, i
		}
	}
	head := data[:min(len(data), 512)&^1]
	even, odd := 0, 0
	for i := 0; i < len(head); i += 2 {
		if head[i] == 0 {
			even++
		}
		if head[i+1] == 0 {
			odd++
		}
	}
	switch pairs := len(head) / 2; {
	case pairs < 2:
	case odd > pairs*3/4 && even == 0:
		return byteOrderMarks[1].encoding, -1
	case even > pairs*3/4 && odd == 0:
		return byteOrderMarks[2].encoding, -1
	}
	return nil, -1
}

// codePage is the one that gives the most known words, and then the most
// letters.
func (rd *reader) codePage(data []byte) int {
	best, most := 0, -1<<30
	for i, c := range codePages {
		text, err := c.page.NewDecoder().Bytes(data)
		if err != nil {
			continue
		}
		score := 0
		for _, word := range strings.FieldsFunc(string(text), isCellEnd) {
			if !isASCII(word) && len(word) < 100 && rd.Known(word) {
				score += 100
			}
		}
		for _, r := range string(text) {
			switch {
			case r < utf8.RuneSelf:
			case strings.ContainsRune("äöüÄÖÜßéèêëàâçæøåÆØÅ°²³", r):
				score += 2
			case unicode.IsLetter(r):
				score++
			default:
				score -= 3
			}
		}
		if score > most {
			best, most = i, score
		}
	}
	return best
}

func isCellEnd(r rune) bool { return strings.ContainsRune(";,\t|\n\r\"", r) }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// mojibake undoes UTF-8 that was read as Windows-1252, if that works for the
// whole text.
func mojibake(text string) (string, bool) {
	if !strings.ContainsAny(text, "ÃÅÄ") {
		return text, false
	}
	raw, err := charmap.Windows1252.NewEncoder().Bytes([]byte(text))
	if err != nil || !utf8.Valid(raw) {
		return text, false
	}
	return string(raw), true
}

// text reads what is not binary.
func (rd *reader) text(data []byte, name string) error {
	text, encoded, ok := rd.decode(data)
	if !ok {
		return refuse(name, finding.FileBinary)
	}
	t := Table{File: name, Encoding: encoded}
	if right, was := mojibake(text); was {
		text = right
		t.Notes = append(t.Notes, finding.Finding{Source: finding.Source{File: name}, Code: finding.Mojibake})
	}
	start := strings.TrimLeftFunc(text, unicode.IsSpace)
	switch {
	case start == "":
		return refuse(name, finding.FileEmpty)
	case start[0] == '<':
		return rd.markup(t, text)
	case (start[0] == '{' || start[0] == '[') && isJSON(start):
		return rd.json(t, text)
	}
	return rd.lines(t, text)
}

// lines reads a text of lines: the form that has the most to say for it.
func (rd *reader) lines(t Table, text string) error {
	source := finding.Source{File: t.File}
	head := headLines(text)
	t.Own = len(head) > 0 && strings.HasPrefix(strings.TrimPrefix(head[0], "\ufeff"), ownSchema)
	if isRecording(head) {
		return refuse(t.File, finding.FileRecording)
	}
	sep, names, even := rd.separator(text, head)
	labels := rd.labels(head)
	if names < 2 && labels >= 2 {
		return rd.labelled(t, text)
	}
	if names >= 2 || even {
		t.Format, t.Separator = CSV, sep
		t.Rows = split(text, sep)
		return rd.add(t)
	}
	t.Format, t.Named = Pasted, true
	if t.Rows = pasted(text); names == 1 && sep == "" && !hasPair(t.Rows) { // a single column
		t.Format, t.Named = CSV, false
		t.Rows = split(text, "")
		return rd.add(t)
	}
	if len(t.Rows) < 2 {
		t.Format, t.Named = CSV, false
		t.Separator, t.Rows = sep, split(text, sep)
	}
	if len(t.Rows) == 0 {
		return &Refused{Finding: finding.Finding{Source: source, Code: finding.FileEmpty}}
	}
	return rd.add(t)
}

// ownSchema begins the first line of the lists that earshot writes.
const ownSchema = "# earshot list"

// headLines are the first lines that are not empty.
func headLines(text string) (lines []string) {
	const enough = 200
	for line := range strings.Lines(text[:min(len(text), 4*sample)]) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line[:min(len(line), sample)])
		}
		if len(lines) == enough {
			break
		}
	}
	return lines
}

// isRecording reports whether the lines are telegrams.
func isRecording(lines []string) bool {
	n := 0
	for _, line := range lines {
		last := line[strings.LastIndexAny(line, "; \t|")+1:]
		digits := strings.TrimPrefix(last, "0x")
		if len(digits) > 40 && strings.Trim(digits, "0123456789abcdefABCDEF") == "" || strings.HasPrefix(line, "telegram=|") {
			n++
		}
	}
	return n > 0 && n*2 >= len(lines)
}
