package printable_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"earshot/device/printable"
)

// hidden are characters that a terminal obeys or that nobody sees.
var hidden = map[string]string{
	"escape":              "\x1b",
	"bell":                "\a",
	"delete":              "\x7f",
	"C1 control sequence": "\u009b",
	"C1 next line":        "\u0085",
	"right to left":       "\u202e",
	"isolate":             "\u2067",
	"soft hyphen":         "\u00ad",
	"zero width space":    "\u200b",
	"zero width joiner":   "\u200d",
	"word joiner":         "\u2060",
	"byte order mark":     "\ufeff",
	"Arabic letter mark":  "\u061c",
	"Mongolian separator": "\u180e",
	"Hangul filler":       "\u3164",
	"half width filler":   "\uffa0",
	"grapheme joiner":     "\u034f",
	"variation selector":  "\ufe0f",
	"more variations":     "\U000e0100",
	"tag":                 "\U000e0041",
	"line separator":      "\u2028",
	"private use":         "\ue000",
	"not a character":     "\ufffe",
}

func TestTextHidesNothingAndObeysNothing(t *testing.T) {
	t.Parallel()
	for name, c := range hidden {
		got := printable.Text("bath" + c + "room")
		want := "bathroom"
		if unicode.IsSpace([]rune(c)[0]) || name == "line separator" {
			want = "bath room"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for text, want := range map[string]string{
		"Søndergade 12, 1. tv °C µ":        "Søndergade 12, 1. tv °C µ",
		"two\r\nlines\tand":                "two  lines and",
		"no\u00a0break":                    "no break",
		"broken \xe9\xff utf-8":            "broken \ufffd\ufffd utf-8",
		"\x1b[31mred\x1b[m":                "[31mred[m",
		"שלום مرحبا ไทย 한국어 日本語":           "שלום مرحبا ไทย 한국어 日本語",
		"z" + strings.Repeat("\u0301", 50): "z" + strings.Repeat("\u0301", 4),
	} {
		if got := printable.Text(text); got != want {
			t.Errorf("Text(%q) = %q, want %q", text, got, want)
		}
	}
	if got := printable.Words(" a \n\u200b b\t"); got != "a b" {
		t.Errorf("Words: %q", got)
	}
	if got := printable.Short("äöü\x1bß", 3); got != "äöü…" {
		t.Errorf("Short: %q", got)
	}
}

// TestAppendAnywhere: only what can be shown is, wherever it is in a text.
func TestAppendAnywhere(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "\x00", "\x1b", "\x1f", "\x7f", "\xff", "\u009b", "\u00ad", "\u202e"} {
		for before := range 20 {
			for after := range 10 {
				text := strings.Repeat("~", before) + bad + strings.Repeat(" ", after)
				want := strings.Repeat("~", before) + strings.Repeat(" ", after)
				if bad == "\xff" {
					want = strings.Repeat("~", before) + "\uFFFD" + strings.Repeat(" ", after)
				}
				if got := printable.Append(nil, []byte(text)); string(got) != want {
					t.Fatalf("%q became %q", text, got)
				}
			}
		}
	}
	if got := printable.Append([]byte("x"), []byte("1.5 m³ at 20 °C")); string(got) != "x1.5 m³ at 20 °C" {
		t.Errorf("%q", got)
	}
}

func TestWriterShowsWhatIsHidden(t *testing.T) {
	t.Parallel()
	for name, c := range hidden {
		var out bytes.Buffer
		text := "a\t" + c + "b\n"
		if n, err := printable.NewWriter(&out).Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("%s: %d, %v", name, n, err)
		}
		quoted := `"` + strings.ReplaceAll(strings.TrimSuffix(out.String(), "\n"), "\t", `\t`) + `"`
		var back string
		if err := json.Unmarshal([]byte(quoted), &back); err != nil || back+"\n" != text {
			t.Errorf("%s: %q is read back as %q, %v", name, out.String(), back, err)
		}
		checkShown(t, out.String(), "\n\t")
	}
}

// checkShown fails if text holds what a terminal should not get.
func checkShown(t *testing.T, text, also string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%q is not UTF-8", text)
	}
	for _, r := range text {
		if !strings.ContainsRune(also, r) && (unicode.IsControl(r) || unicode.In(r, unicode.C, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)) {
			t.Errorf("%q holds %U", text, r)
		}
	}
}

func seeds(f *testing.F) {
	for _, c := range hidden {
		f.Add([]byte("x"+c+"y"), uint(2))
	}
	f.Add([]byte(`{"a":"\\`+"\u202e"+`","b":["ø","\u0000"]}`), uint(7))
	f.Add([]byte("\xe2\x80"), uint(1))
	f.Add([]byte("12345678ø\x80"), uint(9))
}

func FuzzText(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte, most uint) {
		got := printable.Text(string(text))
		checkShown(t, got, "")
		if again := printable.Text(got); again != got {
			t.Errorf("%q becomes %q", got, again)
		}
		if appended := printable.Append([]byte("a"), text); string(appended) != "a"+got {
			t.Errorf("Append: %q, Text: %q", appended, got)
		}
		if short := printable.Short(string(text), int(most%100)); utf8.RuneCountInString(short) > int(most%100)+1 {
			t.Errorf("%q has more than %d characters", short, most%100)
		}
	})
}

// FuzzWriter: whatever is written, in whatever pieces, is fit for a terminal,
// and JSON means the same as before.
func FuzzWriter(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte, at uint) {
		var out bytes.Buffer
		w := printable.NewWriter(&out)
		middle := int(at % uint(len(text)+1))
		for _, piece := range [][]byte{text[:middle], text[middle:], []byte("\n")} {
			if n, err := w.Write(piece); n != len(piece) || err != nil {
				t.Fatalf("%d of %d, %v", n, len(piece), err)
			}
		}
		checkShown(t, out.String(), "\n\t")
		var before, after any
		if json.Unmarshal(text, &before) == nil {
			if err := json.Unmarshal(out.Bytes(), &after); err != nil || !reflect.DeepEqual(before, after) {
				t.Errorf("%q is written as %q: %v", text, out.String(), err)
			}
		}
	})
}

func BenchmarkWriter(b *testing.B) {
	text := bytes.Repeat([]byte("0012    volume                     13 = 0C   12.345 m³\n"), 100)
	w := printable.NewWriter(discard{})
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		_, _ = w.Write(text)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
