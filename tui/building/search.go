package building

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"earshot/collector/state"
	"earshot/collector/words"
)

// query is what is searched for: words, and parts of places. "A 2 tv" is one flat;
// "kitchen 2 tv" is the kitchens of the flats "2 tv".
type query struct {
	words []string   // found anywhere in a row's texts
	runs  [][]string // found side by side in a row's place
	open  bool       // the last word of the last run may be incomplete
	alone string     // the only word, if it is a short number: found in the meter's number too
}

// longWord is from how many letters on a word is searched for everywhere. Shorter ones,
// and numbers of fewer digits, are parts of places.
const longWord = 3

func newQuery(text string) query {
	var q query
	open := text != "" && !unicode.IsSpace(rune(text[len(text)-1]))
	parts := placeParts(text)
	for i, part := range parts {
		if utf8.RuneCountInString(part) >= longWord {
			q.words = append(q.words, part)
			continue
		}
		if i > 0 && utf8.RuneCountInString(parts[i-1]) < longWord {
			q.runs[len(q.runs)-1] = append(q.runs[len(q.runs)-1], part)
		} else {
			q.runs = append(q.runs, []string{part})
		}
		q.open = open && i == len(parts)-1
	}
	if len(parts) == 1 && len(q.runs) == 1 && unicode.IsDigit(rune(parts[0][0])) {
		q.alone = parts[0]
	}
	return q
}

// placeParts are the words and numbers of a text: those of "St. 2tv" are st, 2tv.
func placeParts(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

// finds reports whether a row has all that is searched for.
func (q *query) finds(lang *words.Language, r *state.Row) bool {
	if len(q.words)+len(q.runs) == 0 {
		return true
	}
	if q.alone != "" && strings.Contains(r.ID.String(), q.alone) {
		return true
	}
	place := r.Place.String()
	for i, run := range q.runs {
		if !runIn(placeParts(place), run, q.open && i == len(q.runs)-1) {
			return false
		}
	}
	if len(q.words) == 0 {
		return true
	}
	texts := []string{r.Ref, r.Maker, r.ID.String(), place, r.Medium, lang.Verdict(&r.Verdict), r.Listed}
	for _, n := range r.Notes {
		texts = append(texts, n.Text)
	}
	all := strings.ToLower(strings.Join(texts, "\n"))
	for _, w := range q.words {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

// runIn reports whether the parts of run stand side by side in a place. The last may be
// the beginning of a part if it is open.
func runIn(place, run []string, open bool) bool {
	for from := 0; from+len(run) <= len(place); from++ {
		last := len(run) - 1
		if slices.Equal(place[from:from+last], run[:last]) && (place[from+last] == run[last] || open && strings.HasPrefix(place[from+last], run[last])) {
			return true
		}
	}
	return false
}
