package printable

import (
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ASCII spells a text in ASCII: ø is o, … is two dots, and what has no spelling is ?.
func ASCII(s string) string { return spelled(s, func(r rune) bool { return r < utf8.RuneSelf }) }

// Latin keeps the characters of Latin-1 and those of extra, and spells the others in
// ASCII.
func Latin(s, extra string) string {
	return spelled(s, func(r rune) bool { return r <= unicode.MaxLatin1 || strings.ContainsRune(extra, r) })
}

// spelled spells the characters that are not kept.
func spelled(s string, keep func(rune) bool) string {
	if strings.IndexFunc(s, func(r rune) bool { return !keep(r) }) < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if keep(r) {
			b.WriteRune(r)
			continue
		}
		for _, part := range norm.NFKD.String(string(r)) {
			switch {
			case part < utf8.RuneSelf:
				b.WriteRune(part)
			case unicode.Is(unicode.M, part):
			default:
				b.WriteString(spell(part))
			}
		}
	}
	return b.String()
}

// spellings are the letters and signs that no decomposition makes ASCII.
var spellings = map[rune]string{
	'ø': "o", 'Ø': "O", 'æ': "ae", 'Æ': "AE", 'ß': "ss", 'ł': "l", 'Ł': "L", 'đ': "d", 'ð': "d", 'þ': "th",
	'°': "", '−': "-", '–': "-", '—': "-", '·': "-", '…': "..", '→': "->", '’': "'", '“': "\"", '”': "\"", '„': "\"",
	'✓': "+", '●': "*", '○': "o", '×': "x", 'μ': "u",
}

func spell(r rune) string {
	if s, ok := spellings[r]; ok {
		return s
	}
	return "?"
}

// UTF8Locale reports whether an environment says that the terminal takes UTF-8. If it
// names no locale at all, as on Windows, UTF-8 is assumed, but on the Linux console.
func UTF8Locale(env []string) bool {
	values := map[string]string{}
	for _, e := range env {
		if k, v, ok := strings.Cut(e, "="); ok {
			values[k] = v
		}
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := values[name]; locale != "" {
			return strings.Contains(strings.ToLower(strings.ReplaceAll(locale, "-", "")), "utf8")
		}
	}
	return os.PathSeparator == '\\' || values["TERM"] != "linux"
}
