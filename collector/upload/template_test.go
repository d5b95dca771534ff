package upload_test

import (
	"errors"
	"strings"
	"testing"

	"earshot/collector/upload"
	"earshot/device/mqttconn"
)

func TestParseTemplate(t *testing.T) {
	t.Parallel()
	value := func(field string) string {
		return map[string]string{"site": "a/b", "id": "76348799", "meter": "KAM-76348799", "manufacturer": "KAM", "medium": "cold water"}[field]
	}
	for _, c := range []struct{ in, topic, filter, says string }{
		{in: upload.DefaultTemplate, topic: "earshot/a%2Fb/76348799/reading", filter: "earshot/a%2Fb/+/reading"},
		{in: "{id}", topic: "76348799", filter: "+"},
		{in: "m/{medium}/{manufacturer}-{id}", topic: "m/cold water/KAM-76348799", filter: "m/+/+"},
		{in: "Søndergade/{meter}", topic: "Søndergade/KAM-76348799", filter: "Søndergade/+"},
		{in: "100%/{meter}", topic: "100%/KAM-76348799", filter: "100%/+"},
		{in: "", says: "empty level"},
		{in: "/x/{id}", says: "empty level"},
		{in: "x//{id}", says: "empty level"},
		{in: "x/{id}/", says: "empty level"},
		{in: "x/+/{id}", says: "wildcards"},
		{in: "x/{id}/#", says: "wildcards"},
		{in: "x/{id", says: "{ without }"},
		{in: "x/id}", says: "} without {"},
		{in: "x/{}", says: "the field {}, which is not known"},
		{in: "x/{ID}", says: "{ID}, which is not known: there are {site}, {id}, {meter}"},
		{in: "x/{site}", says: "neither {id} nor {meter}"},
		{in: "$SYS/{id}", says: "begins with $"},
		{in: "x\x00/{id}", says: "no topic can hold"},
		{in: "x\xff/{id}", says: "no topic can hold"},
		{in: "x\n/{id}", says: "no topic can hold"},
		{in: strings.Repeat("x", 40000) + "/{id}", says: "MQTT allows topics of 65535"},
	} {
		got, err := upload.ParseTemplate(c.in)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%q: %v", c.in, err)
		case c.says == "" && (got.Topic(value) != c.topic || got.Filter("a/b") != c.filter || got.String() != c.in):
			t.Errorf("%q: %q, %q", c.in, got.Topic(value), got.Filter("a/b"))
		case c.says != "" && (!errors.Is(err, mqttconn.ErrConfig) || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%.40q: %v, want %q", c.in, err, c.says)
		}
	}
	var zero upload.Template
	if zero.String() != upload.DefaultTemplate || !zero.IsZero() || zero.Topic(value) != mqttconn.Topic("a/b", "76348799") {
		t.Errorf("zero value: %s, %s", zero, zero.Topic(value))
	}
}

func FuzzParseTemplate(f *testing.F) {
	for _, s := range []string{upload.DefaultTemplate, "{id}{id}", "a/{meter}-{site}", "{", "}", "%/{id}"} {
		f.Add(s, "x")
	}
	f.Fuzz(func(t *testing.T, in, value string) {
		template, err := upload.ParseTemplate(in)
		if err != nil {
			return
		}
		topic := template.Topic(func(string) string { return value })
		if strings.ContainsAny(topic, "+#\x00") || strings.Contains(topic, "//") || topic == "" || topic[0] == '$' && value == "" {
			t.Errorf("%q gives the topic %q", in, topic)
		}
		if strings.Count(topic, "/") != strings.Count(template.Filter(value), "/") {
			t.Errorf("%q: %q and %q have other levels", in, topic, template.Filter(value))
		}
	})
}
