package upload_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"earshot/collector/upload"
)

func TestParseBroker(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want, says string }{
		{in: "mqtt://broker.local:1884", want: "mqtt://broker.local:1884"},
		{in: "mqtts://broker.local", want: "mqtts://broker.local:8883"},
		{in: "MQTT://broker.local/", want: "mqtt://broker.local:1883"},
		{in: " broker.local ", want: "mqtt://broker.local:1883"},
		{in: "broker.local:99", want: "mqtt://broker.local:99"},
		{in: "192.168.1.2", want: "mqtt://192.168.1.2:1883"},
		{in: "::1", want: "mqtt://[::1]:1883"},
		{in: "[::1]", want: "mqtt://[::1]:1883"},
		{in: "mqtt://[fe80::1]:2000", want: "mqtt://[fe80::1]:2000"},
		{in: "ws://broker.local", want: "ws://broker.local:80/mqtt"},
		{in: "wss://broker.local:9001/a/b", want: "wss://broker.local:9001/a/b"},
		{in: "ws://broker/a b", says: "path of the broker address"},
		{in: "mqtt://broker/a@b", says: "before the @"},
		{in: "ftp://fitter:s3cret@broker", says: "before the @"},
		{in: "", says: "empty"},
		{in: "mqtt://", says: "names no host"},
		{in: "mqtt://:1883", says: "names no host"},
		{in: "http://broker", says: `begins with "http://"`},
		{in: "mqtt5://broker", says: `begins with "mqtt5://"`},
		{in: "mqtt://fitter:s3cret@broker", says: "before the @"},
		{in: "fitter@broker:1883", says: "before the @"},
		{in: "mqtt://broker/earshot/#", says: "one of # + ?"},
		{in: "mqtt://broker/+/x", says: "one of # + ?"},
		{in: "mqtt://broker?clientid=x", says: "one of # + ?"},
		{in: "mqtt://broker/earshot", says: "has a path"},
		{in: "mqtt://broker:port", says: `port "port"`},
		{in: "mqtt://broker:0", says: `port "0"`},
		{in: "mqtt://broker:65536", says: `port "65536"`},
		{in: "mqtt://broker:", says: `port ""`},
		{in: "1:2:3", says: "no IPv6 address"},
		{in: "mqtt://[::1", says: "host and port"},
		{in: "bro ker", says: "no host name has"},
		{in: "bro\x1b[2Jker", says: "no host name has"},
		{in: "mqtt://bro*ker", says: "no host name has"},
	} {
		got, err := upload.ParseBroker(c.in)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%q: %v", c.in, err)
		case c.says == "" && got.String() != c.want:
			t.Errorf("%q: %s, want %s", c.in, got, c.want)
		case c.says != "" && (err == nil || !errors.Is(err, upload.ErrConfig) || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%q: %v, %v, want %q", c.in, got, err, c.says)
		case c.says != "":
			sentence(t, err)
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%v shows the password", err)
			}
		}
	}
}

func FuzzParseBroker(f *testing.F) {
	for _, s := range []string{"mqtt://a:1", "mqtts://[::1]:8883", "a", "::1", "a@b", "[a]:1", "[fe80::1%eth0]:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		u, err := upload.ParseBroker(in)
		if err != nil {
			return
		}
		again, err := upload.ParseBroker(u.Scheme + "://" + u.Host)
		if err != nil || again.Host != u.Host {
			t.Fatalf("%q gives %s, which gives %v, %v", in, u, again, err)
		}
	})
}

func TestNewChecksTheSettings(t *testing.T) {
	t.Parallel()
	address := &url.URL{Scheme: "mqtt", Host: "broker:1883"}
	for _, c := range []struct {
		cfg  upload.Config
		says string
	}{
		{upload.Config{}, "no broker is named"},
		{upload.Config{Broker: &url.URL{Scheme: "ftp", Host: "x"}}, "ftp"},
		{upload.Config{Broker: &url.URL{Scheme: "mqtt", Host: "x", User: url.UserPassword("a", "s3cret")}}, "user name or password"},
		{upload.Config{Broker: address, InFlight: -1}, "-1 messages in flight"},
		{upload.Config{Broker: address, InFlight: 65536}, "65536 messages in flight"},
		{upload.Config{Broker: address, Password: upload.NewPassword("s3cret")}, "no user name"},
	} {
		_, err := upload.New(c.cfg, fill(0), newRecord(t))
		if !errors.Is(err, upload.ErrConfig) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v, want %q", c.cfg, err, c.says)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%v shows the password", err)
		}
	}
	zone := &url.URL{Scheme: "mqtt", Host: "[fe80::1%eth0]:1883"}
	if _, err := upload.New(upload.Config{Broker: zone}, fill(0), newRecord(t)); err != nil {
		t.Errorf("an IPv6 zone: %v", err)
	}
}

func TestPasswordIsNeverPrinted(t *testing.T) {
	t.Parallel()
	const secret = "s3cret-π"
	p := upload.NewPassword(secret)
	hidden := struct{ pw upload.Password }{p}
	cfg := upload.Config{User: "fitter", Password: p}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%10s", "%p"} {
		for _, v := range []any{p, &p, hidden, &hidden, cfg, &cfg, []upload.Password{p}, map[string]upload.Password{"a": p}} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
	}
	for _, v := range []any{p, &p, cfg, []upload.Password{p}} {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(h).Info("connect", "password", p, "config", cfg, "hidden", hidden)
	}
	for _, form := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), "s3cret"} {
		if strings.Contains(out.String(), form) {
			t.Errorf("the password shows as %q in\n%s", form, out.String())
		}
	}
	if got := p.String(); got != "[redacted]" {
		t.Errorf("String: %q", got)
	}
	if empty := upload.NewPassword(""); !empty.IsZero() || empty.String() != "" {
		t.Errorf("no password is %q", empty)
	}
}

func TestTopic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ site, meter, want string }{
		{"Søndergade 12", "76348799", "earshot/Søndergade 12/76348799/reading"},
		{"a+b", "1", "earshot/a%2Bb/1/reading"},
		{"a/b#c", "1", "earshot/a%2Fb%23c/1/reading"},
		{"a\x00\n\u0085b", "1", "earshot/a%00%0A%C2%85b/1/reading"},
		{"100%", "1", "earshot/100%25/1/reading"},
		{"\xff", "1", "earshot/%FF/1/reading"},
		{"", "", "earshot/unnamed/unnamed/reading"},
	} {
		if got := upload.Topic(c.site, c.meter); got != c.want {
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
		topic := upload.Topic(a, "1")
		if topic != upload.Topic(a, "1") {
			t.Fatal("not stable")
		}
		if a != b && a != "" && b != "" && topic == upload.Topic(b, "1") {
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
