package words

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"earshot/collector/duration"
)

// Printer says things in one language.
type Printer struct {
	messages map[string]string // by name, with placeholders such as {{.Line}}
}

// English is the language that every message is in.
var English = Printer{joined(english, englishSilence, englishImport, englishReport)}

// joined makes one table of several.
func joined(tables ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

// args are the values of the placeholders of a message.
type args map[string]any

// say fills in a message. One that the table does not have is its own name.
func (p Printer) say(name string, a args) string {
	text, known := p.messages[name]
	if !known {
		return name
	}
	return fill(text, a)
}

// plural fills in the form of a message for a count: name.one or name.other.
func (p Printer) plural(name string, n int, a args) string {
	if a == nil {
		a = args{}
	}
	a["Count"] = n
	if n == 1 {
		return p.say(name+".one", a)
	}
	return p.say(name+".other", a)
}

// term is a word that a language may have a better one for.
func (p Printer) term(kind, word string) string {
	if text, known := p.messages[kind+"."+word]; known {
		return text
	}
	return strings.ReplaceAll(word, "_", " ")
}

// fill puts values in the place of {{.Name}}.
func fill(text string, a args) string {
	if len(a) == 0 || !strings.Contains(text, "{{") {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{{.")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}}")
		b.WriteString(written(a[name]))
		text = after
	}
}

func written(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case time.Duration:
		return duration.Text(v)
	}
	return fmt.Sprint(v)
}
