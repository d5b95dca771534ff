package device_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"earshot/device"
)

func TestParseSpec(t *testing.T) {
	t.Parallel()
	modes := func(m ...device.LinkMode) []device.LinkMode { return m }
	for _, c := range []struct {
		text   string
		want   device.Spec
		prints string // "" where it is the text
		short  string
	}{
		{text: "auto:c1,t1", want: device.Spec{Driver: "auto", Modes: modes("C1", "T1")}, prints: "", short: "auto"},
		{text: "/dev/ttyUSB0:im871a:c1,t1", want: device.Spec{Driver: "im871a", Path: "/dev/ttyUSB0", Modes: modes("C1", "T1")}, prints: "", short: "ttyUSB0"},
		{text: "/dev/ttyUSB0", want: device.Spec{Driver: "auto", Path: "/dev/ttyUSB0"}, prints: "/dev/ttyUSB0:auto", short: "ttyUSB0"},
		{text: "/dev/ttyUSB0:T1", want: device.Spec{Driver: "auto", Path: "/dev/ttyUSB0", Modes: modes("T1")}, prints: "/dev/ttyUSB0:auto:t1", short: "ttyUSB0"},
		{text: "im871a:t1", want: device.Spec{Driver: "im871a", Modes: modes("T1")}, prints: "", short: "im871a"},
		{text: " im871a:t1 ", want: device.Spec{Driver: "im871a", Modes: modes("T1")}, prints: "im871a:t1", short: "im871a"},
		{text: "im871a[00102759]:c1,c1,s1m", want: device.Spec{Driver: "im871a", Serial: "00102759", Modes: modes("C1", "S1-m")}, prints: "im871a[00102759]:c1,s1-m", short: "im871a"},
		{text: "rtlwmbus", want: device.Spec{Driver: "rtlwmbus"}, prints: "", short: "rtlwmbus"},
		{text: "stdin:hex", want: device.Spec{Driver: "hex", Path: "stdin"}, prints: "", short: "stdin"},
		{text: "stdin:rtlwmbus", want: device.Spec{Driver: "rtlwmbus", Path: "stdin"}, prints: "", short: "stdin"},
		{text: "building.jsonl:replay", want: device.Spec{Driver: "replay", Path: "building.jsonl"}, prints: "", short: "building.jsonl"},
		{text: "dir/a:b c.txt:hexline", want: device.Spec{Driver: "hexline", Path: "dir/a:b c.txt"}, prints: "", short: "a:b c.txt"},
		{text: "t1:replay", want: device.Spec{Driver: "replay", Path: "t1"}, prints: "", short: "t1"},
		{text: `C:\air\x.jsonl:replay`, want: device.Spec{Driver: "replay", Path: `C:\air\x.jsonl`}, prints: "", short: "x.jsonl"},
		{text: `C:\x.jsonl`, want: device.Spec{Driver: "auto", Path: `C:\x.jsonl`}, prints: `C:\x.jsonl:auto`, short: "x.jsonl"},
		{text: "C://x.jsonl:replay", want: device.Spec{Driver: "replay", Path: "C://x.jsonl"}, prints: "", short: "x.jsonl"},
		{text: "COM3:im871a:t1", want: device.Spec{Driver: "im871a", Path: "COM3", Modes: modes("T1")}, prints: "", short: "COM3"},
		{text: "com3", want: device.Spec{Driver: "auto", Path: "com3"}, prints: "com3:auto", short: "com3"},
	} {
		got, err := device.ParseSpec(c.text)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("ParseSpec(%q) = %+v, %v; want %+v", c.text, got, err, c.want)
			continue
		}
		prints := c.prints
		if prints == "" {
			prints = c.text
		}
		if got.String() != prints || got.ShortName() != c.short {
			t.Errorf("ParseSpec(%q) prints %q, short %q; want %q, %q", c.text, got, got.ShortName(), prints, c.short)
		}
	}
}

func TestParseSpecURL(t *testing.T) {
	t.Parallel()
	s, err := device.ParseSpec("tcp://gateway:9022")
	if err != nil || s.Driver != "tcp" || s.URL.Host != "gateway:9022" || s.ShortName() != "gateway:9022" {
		t.Errorf("tcp: %+v, %v", s, err)
	}
	s, err = device.ParseSpec("mqtt://user:s3cret@broker/wmbus/+/telegram")
	if err != nil || s.Driver != "mqtt" || s.URL.Path != "/wmbus/+/telegram" {
		t.Fatalf("mqtt: %+v, %v", s, err)
	}
	if p, _ := s.URL.User.Password(); p != "s3cret" {
		t.Errorf("the driver cannot read the password: %q", p)
	}
	asJSON, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{s.String(), fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s), fmt.Sprintf("%+v", []any{s, &s}), string(asJSON)} {
		if strings.Contains(printed, "s3cret") {
			t.Errorf("the password shows: %s", printed)
		}
	}
}

func TestParseSpecURLOfListenersAndWildcards(t *testing.T) {
	t.Parallel()
	s, err := device.ParseSpec("tcp-listen://:9022?format=raw")
	if err != nil || s.Driver != "tcp-listen" || s.URL.Port() != "9022" || s.ShortName() != ":9022" {
		t.Errorf("tcp-listen: %+v, %v", s, err)
	}
	s, err = device.ParseSpec("mqtt://u:s3#cret@broker/wmbus/+/#")
	if err != nil || s.URL.Path != "/wmbus/+/#" || s.String() != "mqtt://u:xxxxx@broker/wmbus/+/#" {
		t.Fatalf("mqtt: %s, %v", s, err)
	}
	if p, _ := s.URL.User.Password(); p != "s3#cret" {
		t.Errorf("the driver reads the password as %q", p)
	}
}

func TestParseSpecErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, says string }{
		{"", "empty"},
		{"  ", "empty"},
		{"t1", "which receiver"},
		{"c1,t1", "which receiver"},
		{"im871a:c9", `"c9" is not a link mode`},
		{"im871a:c1,quux", `"quux" is not a link mode`},
		{"im871a:", "last colon"},
		{"im871a:c1,", "is not a link mode"},
		{"im871a:\x1b[2J", "control"},
		{"tcp://", "host is missing"},
		{"tcp://:9022", "host is missing"},
		{"tcp-listen://", "host is missing"},
		{"tcp-listen:///x", "host is missing"},
		{"mqtt://u:s3/cret@broker:x/y", "not a valid URL"},
	} {
		_, err := device.ParseSpec(c.text)
		if !errors.Is(err, device.ErrBadSpec) {
			t.Errorf("ParseSpec(%q): %v, want ErrBadSpec", c.text, err)
			continue
		}
		if msg := err.Error(); !strings.Contains(msg, c.says) || !strings.Contains(msg, "examples: auto:c1,t1") || strings.ContainsAny(msg, "\n\x1b") || strings.Contains(msg, "s3") {
			t.Errorf("ParseSpec(%q) says %q, want one line with %q", c.text, msg, c.says)
		}
	}
}

func FuzzParseSpec(f *testing.F) {
	for _, seed := range []string{"auto:c1,t1", "/dev/ttyUSB0:im871a[12]:c1", `C:\x:replay`, "mqtt://a:b@c/d", "stdin:hex", "::", "a:,b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := device.ParseSpec(text)
		if err != nil {
			if !errors.Is(err, device.ErrBadSpec) {
				t.Fatalf("%q: %v does not wrap ErrBadSpec", text, err)
			}
			return
		}
		if s.Driver == "" {
			t.Fatalf("%q has no driver", text)
		}
		if s.URL != nil {
			return
		}
		again, err := device.ParseSpec(s.String())
		if err != nil || !reflect.DeepEqual(again, s) {
			t.Fatalf("%q prints as %q, which reads as %+v, %v", text, s, again, err)
		}
	})
}
