package format_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// jinja is as much of Jinja as our templates need, with the warnings that Home
// Assistant logs for what is undefined (docs/protocol/homeassistant.md#templates).
// Anything else fails the test.
type jinja struct {
	t        *testing.T
	tokens   []string
	names    map[string]any
	warnings []string
}

// undefined is what a missing attribute yields.
type undefined struct{ what string }

var (
	token = regexp.MustCompile(`^(?:'[^']*'|[A-Za-z_]\w*|\d+(?:\.\d+)?(?:e-?\d+)?|==|[|.,:=*()\[\]])`)
	loop  = regexp.MustCompile(`^\{% for v in (.*) %\}\{\{ (.*) \}\}\{% endfor %\}$`)
)

// valueJSON is a message as templates see it.
func valueJSON(t *testing.T, message []byte) (value any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(message))
	d.UseNumber() // as the meter sent it, digits included
	if err := d.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// renderTemplate renders a template for a message, and returns the warnings.
func renderTemplate(t *testing.T, template string, value any) (text string, warnings []string) {
	t.Helper()
	j := &jinja{t: t, names: map[string]any{"value_json": value}}
	if m := loop.FindStringSubmatch(template); m != nil {
		for _, v := range j.list(j.evaluate(m[1])) {
			j.names["v"] = v
			text += j.text(j.evaluate(m[2]))
		}
		return text, j.warnings
	}
	expression, begins := strings.CutPrefix(template, "{{ ")
	expression, ends := strings.CutSuffix(expression, " }}")
	if !begins || !ends {
		t.Fatalf("no template: %s", template)
	}
	return j.text(j.evaluate(expression)), j.warnings
}

func (j *jinja) warn(v any) bool {
	u, is := v.(undefined)
	if is {
		j.warnings = append(j.warnings, u.what+" is undefined")
	}
	return is
}

func (j *jinja) text(v any) string {
	switch v := v.(type) {
	case undefined:
		j.warn(v)
		return ""
	case nil:
		return "None"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

func (j *jinja) list(v any) []any {
	j.warn(v)
	list, _ := v.([]any)
	return list
}

func (j *jinja) true(v any) bool {
	list, isList := v.([]any)
	return !j.warn(v) && v != nil && v != "" && (!isList || len(list) > 0)
}

func (j *jinja) evaluate(expression string) any {
	j.t.Helper()
	j.tokens = nil
	for rest := strings.TrimSpace(expression); rest != ""; rest = strings.TrimLeftFunc(rest, unicode.IsSpace) {
		word := token.FindString(rest)
		if word == "" {
			j.t.Fatalf("what is %s", rest)
		}
		j.tokens, rest = append(j.tokens, word), rest[len(word):]
	}
	v := j.conditional()
	if len(j.tokens) > 0 {
		j.t.Fatalf("%s: what is %s", expression, j.tokens)
	}
	return v
}

// take takes the next token if it is this one.
func (j *jinja) take(word string) bool {
	if len(j.tokens) == 0 || j.tokens[0] != word {
		return false
	}
	j.tokens = j.tokens[1:]
	return true
}

func (j *jinja) want(word string) {
	j.t.Helper()
	if !j.take(word) {
		j.t.Fatalf("no %s before %s", word, j.tokens)
	}
}

// next takes the next token.
func (j *jinja) next() string {
	j.t.Helper()
	if len(j.tokens) == 0 {
		j.t.Fatal("the template ends too early")
	}
	word := j.tokens[0]
	j.tokens = j.tokens[1:]
	return word
}

func (j *jinja) conditional() any {
	then := j.comparison()
	if !j.take("if") {
		return then
	}
	holds := j.true(j.comparison())
	j.want("else")
	if other := j.conditional(); !holds {
		return other
	}
	return then
}

func (j *jinja) comparison() any {
	v := j.product()
	if j.take("==") {
		if j.text(v) == j.text(j.product()) {
			return true
		}
		return nil
	}
	return v
}

func (j *jinja) product() any {
	v := j.postfix()
	for j.take("*") {
		v = j.number(v) * j.number(j.postfix())
	}
	return v
}

func (j *jinja) number(v any) float64 {
	n, err := strconv.ParseFloat(fmt.Sprint(v), 64)
	if err != nil {
		j.t.Fatalf("%v is multiplied", v)
	}
	return n
}

func (j *jinja) postfix() any {
	v := j.primary()
	for {
		switch {
		case j.take("."):
			v = j.attribute(v, j.next())
		case j.take("["):
			j.want(":")
			n, _ := strconv.Atoi(j.next())
			j.want("]")
			list := j.list(v)
			v = list[:min(n, len(list))]
		case j.take("|"):
			name := j.next()
			v = j.filter(v, name, j.arguments())
		default:
			return v
		}
	}
}

func (j *jinja) attribute(v any, name string) any {
	if name == "split" {
		j.warn(v)
		separator, _ := j.arguments()[0].(string)
		var parts []any
		for part := range strings.SplitSeq(fmt.Sprint(v), separator) {
			parts = append(parts, part)
		}
		return parts
	}
	object, is := v.(map[string]any)
	if !is {
		j.t.Fatalf("%v has no %s", v, name)
	}
	if value, defined := object[name]; defined {
		return value
	}
	return undefined{name}
}

// arguments are those in parentheses, if there are any; attribute= is skipped.
func (j *jinja) arguments() (all []any) {
	if !j.take("(") {
		return nil
	}
	for !j.take(")") {
		if j.take("attribute") {
			j.want("=")
		}
		all = append(all, j.conditional())
		j.take(",")
	}
	return all
}

func (j *jinja) primary() any {
	word := j.next()
	switch {
	case word == "(":
		v := j.conditional()
		j.want(")")
		return v
	case word == "[":
		list := []any{}
		for !j.take("]") {
			list = append(list, j.conditional())
			j.take(",")
		}
		return list
	case word == "true":
		return true
	case word[0] == '\'':
		return strings.Trim(word, "'")
	case unicode.IsDigit(rune(word[0])):
		return json.Number(word)
	}
	v, known := j.names[word]
	if !known {
		j.t.Fatalf("what is %s", word)
	}
	return v
}

func (j *jinja) filter(in any, name string, args []any) any {
	switch name {
	case "default":
		if _, missing := in.(undefined); missing || len(args) > 1 && !j.true(in) {
			return args[0]
		}
		return in
	case "truncate":
		n, _ := strconv.Atoi(j.text(args[0]))
		s := []rune(j.text(in))
		return string(s[:min(n, len(s))])
	case "round":
		f, _ := strconv.ParseFloat(fmt.Sprintf("%.*f", int(j.number(args[0])), j.number(in)), 64)
		return f
	case "list":
		return j.list(in)
	}
	return j.sequence(j.list(in), name, args)
}

// sequence are the filters of lists.
func (j *jinja) sequence(in []any, name string, args []any) any {
	out := []any{}
	switch name {
	case "selectattr", "rejectattr":
		for _, item := range in {
			value := j.attribute(item, args[0].(string))
			_, missing := value.(undefined)
			holds := !missing
			if args[1] == "eq" {
				holds = !missing && fmt.Sprint(value) == fmt.Sprint(args[2])
			}
			if holds == (name == "selectattr") {
				out = append(out, item)
			}
		}
	case "select", "reject":
		for _, item := range in {
			_, holds := item.(json.Number)
			if args[0] == "in" {
				holds = slices.Contains(args[1].([]any), item)
			}
			if holds == (name == "select") {
				out = append(out, item)
			}
		}
	case "map":
		for _, item := range in {
			out = append(out, j.attribute(item, args[0].(string)))
		}
	case "first":
		if len(in) == 0 {
			return undefined{"the first of none"}
		}
		return in[0]
	case "join":
		words := make([]string, len(in))
		for i, item := range in {
			words[i] = j.text(item)
		}
		return strings.Join(words, args[0].(string))
	default:
		j.t.Fatalf("no filter %s", name)
	}
	return out
}

// TestJinja holds the evaluator to what Jinja renders and warns of.
func TestJinja(t *testing.T) {
	t.Parallel()
	const message = `{"a":1.50,"n":null,"l":["x","y"],"s":"p q","r":[{"k":"v","value":2},{"k":"w","u":"z","value":null}]}`
	for _, c := range []struct {
		template, want string
		warns          bool
	}{
		{template: "{{ value_json.a }}", want: "1.50"},
		{template: "{{ value_json.b }}", warns: true},
		{template: "{{ value_json.b | default('') }}"},
		{template: "{{ value_json.n | default('') }}", want: "None"},
		{template: "{{ value_json.b | join(', ') }}", warns: true},
		{template: "{{ value_json.r | selectattr('k', 'eq', 'q') | map(attribute='value') | first }}", warns: true},
		{template: "{{ value_json.r | selectattr('k', 'eq', 'q') | map(attribute='value') | first | default('') }}"},
		{template: "{{ value_json.r | selectattr('u', 'eq', 'z') | map(attribute='value') | first }}", want: "None"},
		{template: "{{ value_json.r | rejectattr('u', 'defined') | map(attribute='value') | first }}", want: "2"},
		{template: "{{ 'ON' if value_json.b else 'OFF' }}", want: "OFF", warns: true},
		{template: "{{ 'ON' if value_json.l | select('in', ['y']) | list else 'OFF' }}", want: "ON"},
		{template: "{{ 'ON' if (value_json.s | default('')).split(' ') | select('in', ['r']) | list else 'OFF' }}", want: "OFF"},
		{template: "{{ 'ON' if (value_json.s | default('')).split(' ') | reject('in', ['p', 'q']) | list else 'OFF' }}", want: "OFF"},
		{template: "{{ 'off' if value_json.s | default('') == 'p q' else 'on' }}", want: "off"},
		{template: "{% for v in (value_json.r | map(attribute='value') | select('number') | list)[:1] %}{{ (v * 0.5) | round(2) }}{% endfor %}", want: "1"},
	} {
		got, warnings := renderTemplate(t, c.template, valueJSON(t, []byte(message)))
		if got != c.want || (len(warnings) > 0) != c.warns {
			t.Errorf("%s: %q, %q", c.template, got, warnings)
		}
	}
}
