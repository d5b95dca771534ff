package mqttconn_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"earshot/device/mqttconn"
)

func TestTopic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ site, meter, want string }{
		{site: "Søndergade 12", meter: "76348799", want: "earshot/Søndergade 12/76348799/reading"},
		{site: "a+b", meter: "1", want: "earshot/a%2Bb/1/reading"},
		{site: "a/b#c", meter: "1", want: "earshot/a%2Fb%23c/1/reading"},
		{site: "a\x00\n\u0085b", meter: "1", want: "earshot/a%00%0A%C2%85b/1/reading"},
		{site: "100%", meter: "1", want: "earshot/100%25/1/reading"},
		{site: "\xff", meter: "1", want: "earshot/%FF/1/reading"},
		{site: "", meter: "", want: "earshot/unnamed/unnamed/reading"},
	} {
		if got := mqttconn.Topic(c.site, c.meter); got != c.want {
			t.Errorf("Topic(%q, %q) = %q, want %q", c.site, c.meter, got, c.want)
		}
	}
}

func TestTopicProperties(t *testing.T) {
	t.Parallel()
	names := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z+#/%\x00]{0,300}`),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	rapid.Check(t, func(t *rapid.T) {
		a, b := names.Draw(t, "a"), names.Draw(t, "b")
		topic := mqttconn.Topic(a, "1")
		if topic != mqttconn.Topic(a, "1") {
			t.Fatal("not stable")
		}
		if a != b && a != "" && b != "" && topic == mqttconn.Topic(b, "1") {
			t.Fatalf("%q and %q share %q", a, b, topic)
		}
		if levels := strings.Split(topic, "/"); len(levels) != 4 || levels[1] == "" || len(levels[1]) > 200 {
			t.Fatalf("levels %q", levels)
		}
		if !utf8.ValidString(topic) || strings.ContainsAny(topic, "+#") || strings.ContainsFunc(topic, unicode.IsControl) {
			t.Fatalf("unsafe topic %q", topic)
		}
		if i := strings.IndexByte(topic, '%'); i >= 0 && len(topic) < 100 {
			plain, err := url.PathUnescape(strings.Split(topic, "/")[1])
			if err != nil || plain != a {
				t.Fatalf("%q gives %q, which reads %q, %v", a, topic, plain, err)
			}
		}
	})
}

func TestFlaws(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		topic                 string
		name, filter, gateway bool // it is right as a …
	}{
		{topic: "cellar", name: true, filter: true, gateway: true},
		{topic: "Søndergade 12", name: true, filter: true, gateway: true},
		{topic: "a/b", name: true, filter: true},
		{topic: "/a//b/", name: true, filter: true},
		{topic: "50%", name: true, filter: true},
		{topic: "a/+/b/#", filter: true},
		{topic: "#", filter: true},
		{topic: "+", filter: true},
		{topic: "$share/readers/earshot/+/frames", name: false, filter: true},
		{topic: "$share/readers/x", name: true, filter: true},
		{topic: ""},
		{topic: "a#"},
		{topic: "#/a"},
		{topic: "a+/b"},
		{topic: "a\x00b"},
		{topic: "a\nb"},
		{topic: "a\xffb"},
		{topic: "a\uffffb"},
		{topic: strings.Repeat("x", 65), name: true, filter: true},
		{topic: strings.Repeat("x", 65536)},
	} {
		name, filter, gateway := mqttconn.TopicFlaw(c.topic) == "", mqttconn.CheckFilter(c.topic) == nil, mqttconn.CheckGateway(c.topic) == nil
		if name != c.name || filter != c.filter || gateway != c.gateway {
			t.Errorf("%.40q: name %t, filter %t, gateway %t", c.topic, name, filter, gateway)
		}
	}
}

func TestGatewayOf(t *testing.T) {
	t.Parallel()
	for topic, want := range map[string]string{
		mqttconn.FramesTopic("cellar"): "cellar", "earshot/a/b/frames": "", "earshot//frames": "", "earshot/x/status": "", "wmbus/x/frames": "",
		"earshot/" + strings.Repeat("x", 65) + "/frames": "",
	} {
		if got := mqttconn.GatewayOf(topic); got != want {
			t.Errorf("%q: %q, want %q", topic, got, want)
		}
	}
}
