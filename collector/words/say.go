package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
)

// Args are the values of the parameters of a message: texts, whole numbers and
// durations.
type Args map[string]any

// Say fills in a message. One that a language does not have is English, one that
// there is not is its own name.
func (l *Language) Say(name string, a Args) string { return l.say(name, plural.Other, a) }

// Plural fills in the form of a message for a count, which is the parameter Count.
func (l *Language) Plural(name string, n int, a Args) string {
	if a == nil {
		a = Args{}
	}
	a["Count"] = n
	return l.say(name, plural.Cardinal.MatchPlural(l.load().tag, max(n, -n)%10_000_000, 0, 0, 0, 0), a)
}

// Count is a number of things, such as meters: "1 meter", "3 meters".
func (l *Language) Count(n int, thing string) string { return l.Plural("count."+thing, n, nil) }

// Term is what the language calls a word of a kind, such as a medium; the word
// itself if it has no name for it.
func (l *Language) Term(kind, word string) string {
	if e := l.find(kind + "." + word); e != nil {
		return l.fill(e.form(plural.Other), nil)
	}
	return strings.ReplaceAll(word, "_", " ")
}

func (l *Language) say(name string, form plural.Form, a Args) string {
	e := l.find(name)
	if e == nil {
		return name
	}
	return l.fill(e.form(form), a)
}

// find looks for a message, nil if there is none.
func (l *Language) find(name string) *entry {
	if e := l.load().messages[name]; e != nil || l == English {
		return e
	}
	return English.find(name)
}

// fill puts values in the place of parameters.
func (l *Language) fill(t *template, a Args) string {
	if len(t.params) == 0 {
		return t.literals[0]
	}
	var room [128]byte
	b := room[:0]
	for i, name := range t.params {
		b = append(b, t.literals[i]...)
		b = append(b, l.written(a[name])...)
	}
	return string(append(b, t.literals[len(t.params)]...))
}

// written is a value as the language writes it.
func (l *Language) written(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case time.Duration:
		return l.Duration(v)
	}
	return fmt.Sprint(v)
}
