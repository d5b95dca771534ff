package upload

import (
	"slices"
	"strings"

	"earshot/device/mqttconn"
)

// Fields are what a topic template may hold, in braces.
var fields = []string{"site", "id", "meter", "manufacturer", "medium"}

// DefaultTemplate is the template of Topic.
const DefaultTemplate = "earshot/{site}/{id}/reading"

// Template makes topics: text with fields in braces. {site} is the name of the
// site, {id} the number of the meter as printed, {meter} its row in the list
// (KAM-76348799), {manufacturer} three letters, {medium} a word such as
// "cold water". The zero value is DefaultTemplate.
type Template struct {
	text   string
	levels [][]piece
}

// piece is a part of a level: text, or the name of a field.
type piece struct {
	text  string
	field bool
}

// ParseTemplate checks a template. The error is ErrConfig and one sentence: a
// topic must hold no wildcard, no unknown field, no empty level, and {id} or
// {meter}, so that meters do not share one.
func ParseTemplate(text string) (Template, error) {
	t := Template{text: text}
	for level := range strings.SplitSeq(text, "/") {
		pieces, err := parseLevel(text, level)
		if err != nil {
			return Template{}, err
		}
		t.levels = append(t.levels, pieces)
	}
	names := func(field string) func([]piece) bool {
		return func(level []piece) bool { return slices.Contains(level, piece{field, true}) }
	}
	switch {
	case strings.HasPrefix(text, "$"):
		return Template{}, mqttconn.ConfigErrorf("the topic template %q begins with $, which brokers keep for themselves: begin with a name, as in %s", text, DefaultTemplate)
	case !slices.ContainsFunc(t.levels, names("id")) && !slices.ContainsFunc(t.levels, names("meter")):
		return Template{}, mqttconn.ConfigErrorf("the topic template %q has neither {id} nor {meter}: all meters would share one topic; write for instance %s", text, DefaultTemplate)
	case len(text) > mqttconn.MaxTopic/2:
		return Template{}, mqttconn.ConfigErrorf("the topic template has %d bytes: MQTT allows topics of %d", len(text), mqttconn.MaxTopic)
	}
	return t, nil
}

// parseLevel takes one level of a template apart.
func parseLevel(text, level string) ([]piece, error) {
	if level == "" {
		return nil, mqttconn.ConfigErrorf("the topic template %q has an empty level: write no / at its ends and no // within, as in %s", text, DefaultTemplate)
	}
	var pieces []piece
	for rest := level; rest != ""; {
		before, after, open := strings.Cut(rest, "{")
		if why := textFlaw(before); why != "" {
			return nil, mqttconn.ConfigErrorf("the topic template %q %s", text, why)
		}
		if before != "" {
			pieces = append(pieces, piece{before, false})
		}
		if !open {
			break
		}
		name, behind, closed := strings.Cut(after, "}")
		switch {
		case !closed:
			return nil, mqttconn.ConfigErrorf("the topic template %q has a { without }: close the field, as in {id}", text)
		case !slices.Contains(fields, name):
			return nil, mqttconn.ConfigErrorf("the topic template %q has the field {%s}, which is not known: there are {%s}", text, name, strings.Join(fields, "}, {"))
		}
		pieces = append(pieces, piece{name, true})
		rest = behind
	}
	return pieces, nil
}

// textFlaw says why the text between fields cannot stand in a topic, or "".
func textFlaw(text string) string {
	switch {
	case text == "":
		return ""
	case strings.Contains(text, "}"):
		return "has a } without {: write fields as {id}"
	}
	return mqttconn.TopicFlaw(text)
}

// IsZero reports whether it is the default.
func (t Template) IsZero() bool { return len(t.levels) == 0 || t.text == DefaultTemplate }

// String is the template as it was written.
func (t Template) String() string {
	if len(t.levels) == 0 {
		return DefaultTemplate
	}
	return t.text
}

// Topic puts in what value returns for each field, escaped as Topic does it.
func (t Template) Topic(value func(field string) string) string {
	return t.fill(func(pieces []piece) string {
		var b strings.Builder
		for _, p := range pieces {
			if p.field {
				b.WriteString(mqttconn.Level(value(p.text)))
			} else {
				b.WriteString(p.text)
			}
		}
		return b.String()
	})
}

// Filter returns a subscription to all topics of a site.
func (t Template) Filter(site string) string {
	return t.fill(func(pieces []piece) string {
		var b strings.Builder
		for _, p := range pieces {
			switch {
			case !p.field:
				b.WriteString(p.text)
			case p.text == "site":
				b.WriteString(mqttconn.Level(site))
			default:
				return "+"
			}
		}
		return b.String()
	})
}

// fill makes a topic of its levels.
func (t Template) fill(make func([]piece) string) string {
	if len(t.levels) == 0 {
		t, _ = ParseTemplate(DefaultTemplate)
	}
	levels := []string{}
	for _, level := range t.levels {
		levels = append(levels, make(level))
	}
	return strings.Join(levels, "/")
}
