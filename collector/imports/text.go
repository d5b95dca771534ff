package imports

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"earshot/device/printable"
)

// escape is a sequence that a terminal obeys: what is left of it without its
// first character would be shown.
var escape = regexp.MustCompile(`(?:\x1b\[|\x{9b})[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x{9d}\x{90}\x{98}\x{9e}\x{9f}])[^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b.`)

// Clean makes a text from outside fit for a terminal, with one space between
// words. The result is a copy, so that a note does not keep its row, with the
// key, in memory.
func Clean(s string) string {
	if strings.ContainsAny(s, "\x1b\u009b\u009d\u0090\u0098\u009e\u009f") {
		s = escape.ReplaceAllString(s, "")
	}
	return strings.Clone(printable.Words(s))
}

// isPlain reports whether a text is printable ASCII without spaces around it.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c > '~' || c < ' ' || c == ' ' && (i == 0 || i == len(s)-1) {
			return false
		}
	}
	return true
}

// compact is a number or key without what spreadsheets and web pages add: marks
// for text, invisible characters, full width digits. steps says what was done.
type compact struct {
	text      string
	marks     bool // ="…" or '…
	blanks    bool // no-break or invisible characters
	fullWidth bool
}

func compacted(s string) (c compact) {
	c.text = strings.TrimSpace(s)
	if !isPlain(c.text) {
		c.text, c.blanks, c.fullWidth = visible(c.text)
	}
	for {
		t := unmarked(c.text)
		if t == c.text {
			return c
		}
		c.text, c.marks = t, true
	}
}

// visible replaces full width digits and removes what is not seen.
func visible(s string) (out string, blanks, fullWidth bool) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '０' && r <= '９' || r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ' || r == '：' || r == '－' || r == '．':
			fullWidth = true
			b.WriteString(norm.NFKC.String(string(r)))
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case unicode.IsSpace(r) && r > ' ':
			blanks = true
			b.WriteByte(' ')
		case r == '–' || r == '—' || r == '‑' || r == '−' || r == '‐':
			b.WriteByte('-')
		case r == '’' || r == '‘':
			b.WriteByte('\'')
		case unicode.IsGraphic(r):
			b.WriteRune(r)
		case r != utf8.RuneError:
			blanks = true
		}
	}
	return strings.TrimSpace(b.String()), blanks, fullWidth
}

// unmarked takes one pair of marks off: ="…", '…', quotation marks.
func unmarked(s string) string {
	if rest, ok := strings.CutPrefix(s, "="); ok && strings.HasPrefix(rest, `"`) {
		s = rest
	}
	if len(s) > 1 && s[0] == '\'' {
		return strings.TrimSpace(strings.TrimSuffix(s[1:], "'"))
	}
	for _, pair := range []string{`""`, "``", "“”", "„“", "«»", "‚‘"} {
		first, n := utf8.DecodeRuneInString(pair)
		if strings.HasPrefix(s, string(first)) && strings.HasSuffix(s, pair[n:]) && len(s) >= len(pair) {
			return strings.TrimSpace(s[n : len(s)-len(pair)+n])
		}
	}
	return s
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func isHex(s string) bool { return s != "" && strings.Trim(s, "0123456789abcdefABCDEF") == "" }

// noValue are what stands in cells without a value.
var noValue = map[string]bool{
	"": true, "none": true, "nokey": true, "na": true, "nil": true, "null": true, "ukendt": true, "mangler": true, "ingen": true, "unbekannt": true, "keine": true, "keiner": true, "kein": true, "fehlt": true,
	"unverschluesselt": true, "brak": true, "nieznany": true, "saknas": true, "okaend": true, "ukjent": true, "inconnu": true, "inconnue": true, "aucune": true, "onbekend": true, "geen": true, "tbd": true, "tba": true, "todo": true, "unknown": true, "nokeyneeded": true,
	"no": true, "neznamy": true, "chybi": true, "zadny": true, "sconosciuto": true, "sconosciuta": true, "nessuna": true, "mancante": true, "offen": true, "folgt": true, "unencrypted": true, "ukrypteret": true, "okrypterad": true, "niet": true, "nkey": true, "missing": true, "empty": true, "nan": true,
}

// isNoValue reports whether a cell says that there is nothing.
func isNoValue(s string) bool {
	if s == "" {
		return true
	}
	name := normal(s)
	return name != "" && len(s) < 24 && noValue[name]
}
