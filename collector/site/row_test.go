package site

import (
	"strings"
	"testing"
	"time"
)

func TestParseTimeout(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"45": 45 * time.Second, "2.5": 2500 * time.Millisecond, "2,5": 2500 * time.Millisecond, "30s": 30 * time.Second,
		"5 min": 5 * time.Minute, "1h30m": 90 * time.Minute, "2d": 48 * time.Hour, "1 D": 24 * time.Hour, "30 sec": 30 * time.Second, "250ms": 250 * time.Millisecond, "1d 2h": 26 * time.Hour,
	} {
		if got, ok := parseTimeout(text); !ok || got != want {
			t.Errorf("%q is %v (%v), want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "d", ".", "1.2.3", "inf", "nan", "1e9", "5 weeks"} {
		if got, ok := parseTimeout(text); ok {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestParseID(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"76348799": "76348799", "00149c06": "00149C06", " 20E4FFDE ": "20E4FFDE", "76-34-87-99": "76348799", "1234": "00001234",
		"KAM-1234567": "KAM-01234567", "kam76348799": "KAM-76348799", "ABC 00149C06": "ABC-00149C06", "DEADBEEF": "DEADBEEF", "BAD_12345678": "BAD-12345678",
	} {
		m, id, err := parseID(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := (&Meter{Manufacturer: m, ID: id}).Ref(); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	if got := (Place{"A", "", "tv", "bath"}).String(); got != "A tv bath" {
		t.Errorf("place %q", got)
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", " a  b ": "a b", "a\x00b": "ab", "\x1b[2J a": "[2J a", "a \x07 b": "a b", "\u200b": "", "\u200b a": "a",
		"Kø\u00adkken\u00a0×\t2": "Køkken × 2", "\u202egnp.exe": "gnp.exe",
	} {
		if got := clean(text); got != want {
			t.Errorf("%q is cleaned to %q, want %q", text, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{{a: "key", b: "kye", want: 1}, {a: "key", b: "key", want: 0}, {a: "", b: "key", want: 3}, {a: "aparment", b: "apartment", want: 1}, {a: "door", b: "floor", want: 2}, {a: "manufakturer", b: "manufacturer", want: 1}} {
		if got := distance([]rune(c.a), []rune(c.b)); got != c.want {
			t.Errorf("from %s to %s it is %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// TestColumnsAreApart makes sure that no name stands for two columns.
func TestColumnsAreApart(t *testing.T) {
	t.Parallel()
	seen := make(map[string]string)
	for _, c := range columns {
		for _, name := range append(strings.Fields(c.synonyms), c.name) {
			if other, ok := seen[name]; ok {
				t.Errorf("%q stands for %s and for %s", name, other, c.name)
			}
			if normal(name) != name {
				t.Errorf("%q is not in normal form", name)
			}
			seen[name] = c.name
		}
	}
}
