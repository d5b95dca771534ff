package mqttconn_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"earshot/device/mqttconn"
)

func TestParseAddress(t *testing.T) {
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
		{in: "1:2:3", says: "not an IPv6 address"},
		{in: "mqtt://[::1", says: "host and port"},
		{in: "bro ker", says: "no host name has"},
		{in: "bro\x1b[2Jker", says: "no host name has"},
		{in: "mqtt://bro*ker", says: "no host name has"},
	} {
		got, err := mqttconn.ParseAddress(c.in)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%q: %v", c.in, err)
		case c.says == "" && got.String() != c.want:
			t.Errorf("%q: %s, want %s", c.in, got, c.want)
		case c.says != "" && (err == nil || !errors.Is(err, mqttconn.ErrConfig) || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%q: %v, %v, want %q", c.in, got, err, c.says)
		case c.says != "":
			sentence(t, err)
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%v shows the password", err)
			}
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"mqtt://a:1", "mqtts://[::1]:8883", "a", "::1", "a@b", "[a]:1", "[fe80::1%eth0]:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		u, err := mqttconn.ParseAddress(in)
		if err != nil {
			return
		}
		again, err := mqttconn.ParseAddress(u.Scheme + "://" + u.Host)
		if err != nil || again.Host != u.Host {
			t.Fatalf("%q gives %s, which gives %v, %v", in, u, again, err)
		}
	})
}

// sentence checks that an error is one sentence of a usual length.
func sentence(t testing.TB, err error) {
	t.Helper()
	if text := err.Error(); len(text) < 30 || len(text) > 500 || strings.ContainsFunc(text, unicode.IsControl) {
		t.Errorf("not a sentence: %q", text)
	}
}
