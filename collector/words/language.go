package words

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// Language is one that earshot speaks: its messages, and how it writes numbers
// and times. It is handed to whatever prints for people; JSON, CSV and logs are
// English.
type Language struct {
	code string        // such as "da"
	load func() *table // of its messages; the first call reads them
}

// The languages. Each has every message: the tests name those that are missing.
var (
	English = newLanguage("en")
	Danish  = newLanguage("da")
	German  = newLanguage("de")
)

func newLanguage(code string) *Language {
	return &Language{code, sync.OnceValue(func() *table { return readTable(code) })}
}

// Load reads the messages, which the first of them otherwise waits for: 10 ms.
func (l *Language) Load() { l.load() }

// Languages are all languages, English first.
func Languages() []*Language { return []*Language{English, Danish, German} }

// String is the code of the language, such as "da".
func (l *Language) String() string { return l.code }

// Named returns the language of a code such as "da", or of a locale such as
// "de_AT.UTF-8"; ok is false if there is none.
func Named(name string) (l *Language, ok bool) {
	name, _, _ = strings.Cut(name, ".")
	name, _, _ = strings.Cut(name, "@")
	tag, err := language.Parse(name)
	if err != nil {
		return English, false
	}
	base, _ := tag.Base()
	for _, l := range Languages() {
		if l.code == base.String() {
			return l, true
		}
	}
	return English, false
}

// Locale returns the language of an environment: of the first of LC_ALL,
// LC_MESSAGES and LANG that is set. Others than ours are English.
func Locale(getenv func(string) string) *Language {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := getenv(name); locale != "" {
			l, _ := Named(locale)
			return l
		}
	}
	return English
}
