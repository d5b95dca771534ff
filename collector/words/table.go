package words

import (
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"earshot/assets"
)

// table are the messages of a language, compiled.
type table struct {
	tag      language.Tag
	decimal  string // what is between the whole number and its fraction
	messages map[string]*entry
}

// entry is a message. Only those that count something have other forms than
// plural.Other.
type entry struct{ forms [plural.Many + 1]*template }

// form is the template for a count.
func (e *entry) form(of plural.Form) *template {
	if e.forms[of] != nil {
		return e.forms[of]
	}
	return e.forms[plural.Other]
}

// readTable reads the files of a language. They are embedded, so that a broken one
// is a fault of the program: the tests find it.
//
// go-i18n reads the files. Its Localize executes a text/template, which takes 20
// times as long as a template here: a screen says thousands of messages a second.
func readTable(code string) *table {
	t := &table{tag: language.Make(code), messages: make(map[string]*entry, 2048)}
	t.decimal = strings.Trim(message.NewPrinter(t.tag).Sprint(number.Decimal(1.5)), "15")
	for name, text := range assets.Languages(code) {
		file, err := i18n.ParseMessageFileBytes(text, name, map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
		if err != nil {
			panic("words: " + name + ": " + err.Error())
		}
		for _, m := range file.Messages {
			t.messages[m.ID] = &entry{[plural.Many + 1]*template{
				plural.Other: compile(m.Other), plural.Zero: compile(m.Zero), plural.One: compile(m.One),
				plural.Two: compile(m.Two), plural.Few: compile(m.Few), plural.Many: compile(m.Many),
			}}
		}
	}
	return t
}

// template is a text with parameters between its literal parts: one fewer.
type template struct {
	literals []string
	params   []string
}

// compile splits a text at its parameters, {{.Name}}; nil for "".
func compile(text string) *template {
	if text == "" {
		return nil
	}
	t := new(template)
	for {
		before, rest, found := strings.Cut(text, "{{.")
		t.literals = append(t.literals, before)
		if !found {
			return t
		}
		var name string
		name, text, _ = strings.Cut(rest, "}}")
		t.params = append(t.params, name)
	}
}
