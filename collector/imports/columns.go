package imports

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters that Unicode does not decompose, and those that lists write as two.
var letters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "å", "aa", "ø", "oe", "æ", "ae", "ł", "l", "đ", "d", "œ", "oe", "№", "nr")

// normal is the form in which words are compared: lower case letters and digits
// only, without accents, ä as ae.
func normal(text string) string {
	plain := true
	for i := range len(text) {
		if c := text[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' || !isAlnum(c) {
			plain = false
			break
		}
	}
	if plain {
		return text
	}
	text = letters.Replace(strings.ToLower(norm.NFC.String(text)))
	var b strings.Builder
	for _, r := range norm.NFD.String(text) {
		if r < utf8.RuneSelf && isAlnum(byte(r)) || r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// sense is what a word of a header may mean.
type sense struct {
	field Field
	rank  int
	weak  bool
	level int // how well the header matches: exact … near
}

// How well a header matches a word.
const (
	near  = 1 + iota // but for typing errors
	part             // some of its words
	whole            // but for what is in brackets or behind a slash
	exact
)

// vocabulary is the table of words in normal form.
type vocabulary struct {
	senses map[string][]sense
	traps  []string
	old    map[string]bool
	totals map[string]bool
	footer map[string]bool
}

// words makes the vocabulary, once.
var words = sync.OnceValue(func() vocabulary {
	v := vocabulary{senses: map[string][]sense{}, old: map[string]bool{}, totals: map[string]bool{}, footer: map[string]bool{}}
	for _, group := range slices.Concat(headerWords, radiatorWords) {
		for _, word := range group.words {
			name := normal(word)
			known := v.senses[name]
			if name == "" || len(known) > 0 && known[0].field == group.field {
				continue
			}
			v.senses[name] = append(known, sense{field: group.field, rank: group.rank, weak: group.weak})
		}
	}
	for _, word := range trapWords {
		if name := normal(word); utf8.RuneCountInString(word) > 4 {
			v.traps = append(v.traps, name)
		} else {
			v.old[name] = true
		}
	}
	for _, word := range oldWords {
		v.old[normal(word)] = true
	}
	for _, word := range totalWords {
		v.totals[normal(word)] = true
	}
	for _, word := range footerWords {
		v.footer[normal(word)] = true
	}
	return v
})

// Known reports whether a text is the name of a column.
func Known(text string) bool {
	s := meanings(text)
	return len(s) > 0 && s[0].level >= whole && s[0].field != Trap && !(s[0].weak && len(s) == 1)
}

// meanings are what the header of a column may mean, none if it is not known;
// a trap is one. Typing errors are not forgiven here.
func meanings(header string) []sense {
	if len(header) > 200 {
		return nil
	}
	v := words()
	if s := v.at(header, exact); s != nil {
		return s
	}
	tokens := tokensOf(header)
	for _, token := range tokens {
		if v.isTrap(token) {
			return []sense{{field: Trap, level: exact}}
		}
	}
	bare := unbracketed(header)
	if s := v.at(bare, whole); s != nil {
		return s
	}
	for _, piece := range strings.FieldsFunc(bare, func(r rune) bool { return r == '/' || r == '\n' || r == '|' }) {
		if s := v.at(piece, whole); s != nil {
			return s
		}
	}
	return v.run(tokensOf(bare))
}

// at are the meanings of a text.
func (v vocabulary) at(text string, level int) []sense {
	known := v.senses[normal(text)]
	if known == nil {
		return nil
	}
	out := make([]sense, len(known))
	for i, s := range known {
		s.level = level
		out[i] = s
	}
	return out
}

// isTrap reports whether a word names something that is never a number or key.
func (v vocabulary) isTrap(token string) bool {
	if v.old[token] {
		return true
	}
	for _, trap := range v.traps {
		if strings.HasPrefix(token, trap) {
			return true
		}
	}
	return false
}

// run finds a known name in neighbouring words of a header: AES key hex.
func (v vocabulary) run(tokens []string) []sense {
	const few, long = 6, 4
	if len(tokens) > few {
		return nil
	}
	for n := len(tokens); n > 0; n-- {
		for i := 0; i+n <= len(tokens); i++ {
			name := strings.Join(tokens[i:i+n], "")
			if known := v.senses[name]; len(name) >= long && known != nil && !known[0].weak {
				return v.at(name, part)
			}
		}
	}
	return nil
}

// tokensOf are the words of a text in normal form.
func tokensOf(text string) (tokens []string) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) }) {
		tokens = append(tokens, normal(word))
	}
	return tokens
}

// unbracketed is a text without what is in brackets.
func unbracketed(text string) string {
	if !strings.ContainsAny(text, "([{") {
		return text
	}
	var b strings.Builder
	depth := 0
	for _, r := range text {
		switch {
		case strings.ContainsRune("([{", r):
			depth++
		case strings.ContainsRune(")]}", r):
			depth = max(depth-1, 0)
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// nearest is the meaning of a header with a typing error: one, or two in long
// words.
func nearest(header string) (best sense, word string) {
	const short, long = 5, 9
	name := normal(unbracketed(header))
	length := utf8.RuneCountInString(name)
	if length < 3 || length > 40 {
		return best, ""
	}
	least := 3
	for known, senses := range words().senses {
		n := utf8.RuneCountInString(known)
		slips := 0
		switch {
		case n >= long:
			slips = 2
		case n >= short || n > 2 && senses[0].field.String() == known:
			slips = 1
		}
		if slips == 0 || senses[0].weak || senses[0].field == Trap || max(n-length, length-n) > slips {
			continue
		}
		if d := distance([]rune(name), []rune(known)); d <= slips && (d < least || d == least && known < word) {
			best, word, least = senses[0], known, d
		}
	}
	best.level = near
	return best, word
}

// isTotal reports whether a text begins a line of totals.
func isTotal(text string) bool {
	tokens := tokensOf(text)
	if len(tokens) == 0 || len(text) > 100 {
		return false
	}
	v := words()
	return v.totals[tokens[0]] || len(tokens) > 1 && v.totals[tokens[0]+tokens[1]]
}

// isFooter reports whether a text begins a date, a signature or a page number.
func isFooter(text string) bool {
	tokens := tokensOf(text)
	return len(tokens) > 0 && len(text) <= 100 && words().footer[tokens[0]]
}
