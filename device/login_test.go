package device_test

import (
	"strings"
	"testing"

	"earshot/device"
)

func TestMaskLogin(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"mqtt://user:s3cret@broker/topic": "mqtt://…@broker/topic",
		"tcp://user:s3 cret@host":         "tcp://…@host",
		"tcp:/user:s3cret@host":           "tcp:/…@host",
		"mqtt:user:s3cret@host":           "mqtt:…@host",
		"MQTTS:///user:s3cret@host":       "MQTTS:///…@host",
		"user:s3cret@host:1883/topic":     "…@host:1883/topic",
		"user:s3/cr@et@host":              "…@host",
		":s3cret@host":                    "…@host",
		"mqtt://user:s3cret":              "mqtt://user:…",
		"mqtt://user:s3cret/x":            "mqtt://user:…",
		"mqtt://user:12/34@host/t":        "mqtt://…@host/t",
		"foo://user:s3cret@host":          "foo://…@host",

		"tcp://gateway:9022":               "tcp://gateway:9022",
		"tcp://gateway:9022?format=raw":    "tcp://gateway:9022?format=raw",
		"tcp://[::1]:9022":                 "tcp://[::1]:9022",
		"mqtt://broker/wmbus/+/#":          "mqtt://broker/wmbus/+/#",
		"/home/me@work/log.txt:hexline":    "/home/me@work/log.txt:hexline",
		"log@home.txt:hexline":             "log@home.txt:hexline",
		`C:\me@work\x.jsonl:replay`:        `C:\me@work\x.jsonl:replay`,
		"./a:b@c.txt:hexline":              "./a:b@c.txt:hexline",
		"/dev/ttyUSB0:im871a:c1,t1":        "/dev/ttyUSB0:im871a:c1,t1",
		"tcp:hexline":                      "tcp:hexline",
		"auto:c1,t1":                       "auto:c1,t1",
		"":                                 "",
		"3 of 4: 12 telegrams, all stored": "3 of 4: 12 telegrams, all stored",
	} {
		if got := device.MaskLogin(text); got != want {
			t.Errorf("MaskLogin(%q) = %q, want %q", text, got, want)
		}
	}
}

// FuzzReceiverAddress mistypes the address of a receiver with a login in many
// ways: no text about it holds the password, read or refused.
func FuzzReceiverAddress(f *testing.F) {
	for _, scheme := range []string{"mqtt://", "tcp://", "tcp:/", "mqtts:", "udp-listen://", "ftp://", ""} {
		f.Add(scheme, "user", "pa ss", "host:1883/topic")
		f.Add(scheme, "us/er", "12/3?4#5", "[::1]")
	}
	f.Add(" 0:/", "0", "0", "0")
	f.Add(" :/", "0", "0", "0")
	f.Fuzz(func(t *testing.T, scheme, user, password, rest string) {
		const secret = "s3cr3t"
		if like := strings.TrimSpace(scheme + "user:" + secret + "@h"); user == "" || strings.ContainsAny(user, `@:/\`) || device.MaskLogin(like) == like {
			return // what begins like a path is none of an address
		}
		text := scheme + user + ":" + secret + password + "@" + rest
		shown := []string{device.MaskLogin(text)}
		spec, err := device.ParseSpec(text)
		if err != nil {
			shown = append(shown, err.Error())
		} else {
			shown = append(shown, spec.String(), spec.ShortName())
		}
		for _, s := range shown {
			if strings.Contains(s, secret) {
				t.Errorf("%q is shown as %q", text, s)
			}
		}
	})
}
