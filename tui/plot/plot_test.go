package plot

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDraw(t *testing.T) {
	t.Parallel()
	rising := []Point{{0, 0}, {1, 1}, {2, 2}, {3, 3}}
	steps := []Point{{3, 0}, {0, 4}, {1, 2}} // in any order
	for _, test := range []struct {
		name   string
		points []Point
		w, h   int
		form   Form
		line   bool
		want   string
	}{
		{name: "a line of braille", points: rising, w: 4, h: 2, form: Braille, line: true, want: "  ⡠⠊|⡠⠊  "},
		{name: "dots of braille", points: rising, w: 4, h: 2, form: Braille, want: "  ⠠⠈|⡀⠂  "},
		{name: "columns", points: rising, w: 4, h: 2, form: Blocks, want: "  ▄█|▄███"},
		{name: "stars", points: rising, w: 4, h: 4, form: ASCII, want: "   *|  * | *  |*   "},
		{name: "falling", points: steps, w: 4, h: 3, form: ASCII, line: true, want: "*   | *  |  **"},
		{name: "one point", points: []Point{{5, 5}}, w: 3, h: 3, form: ASCII, want: "   | * |   "},
		{name: "no points", w: 2, h: 2, form: Braille, want: "  |  "},
		{name: "not finite", points: []Point{{0, math.NaN()}, {math.Inf(1), 3}}, w: 2, h: 1, form: ASCII, want: "  "},
		{name: "no room", points: rising, want: ""},
		{name: "less than no room", points: rising, w: -1, h: -5, want: ""},
	} {
		f, _ := Fit(test.points, 0)
		if got := strings.Join(Draw(test.points, f, test.w, test.h, test.form, test.line), "|"); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, strings.ReplaceAll(got, "|", "\n"), strings.ReplaceAll(test.want, "|", "\n"))
		}
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	if f, ok := Fit([]Point{{1, 10}, {3, 12}, {2, math.Inf(-1)}}, 6); !ok || f != (Frame{1, 3, 8, 14}) {
		t.Errorf("%v, %v", f, ok)
	}
	if f, ok := Fit([]Point{{1, 10}, {3, 30}}, 6); !ok || f != (Frame{1, 3, 10, 30}) {
		t.Errorf("%v, %v", f, ok)
	}
	if f, ok := Fit(nil, 6); ok {
		t.Errorf("%v", f)
	}
}

func FuzzDraw(f *testing.F) {
	f.Add(0.0, 1.0, 2.0, 3.0, 4.0, 8, 4, uint8(0), true)
	f.Add(math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.NaN(), 3, 2, uint8(1), true)
	f.Fuzz(func(t *testing.T, a, b, c, d, e float64, w, h int, form uint8, line bool) {
		points := []Point{{a, b}, {c, d}, {e, a}, {b, e}}
		for _, frame := range []Frame{{a, b, c, d}, {}} {
			lines := Draw(points, frame, w, h, Form(form%3), line)
			for _, l := range lines {
				if utf8.RuneCountInString(l) != max(0, min(w, maxSide)) {
					t.Fatalf("%d characters in a plot of %d", utf8.RuneCountInString(l), w)
				}
			}
		}
		if fitted, ok := Fit(points, math.Abs(c)); ok {
			Draw(points, fitted, 20, 5, Form(form%3), line)
		}
	})
}

func BenchmarkDraw(b *testing.B) {
	var points []Point
	for i := range 256 {
		points = append(points, Point{float64(i), math.Sin(float64(i) / 20)})
	}
	f, _ := Fit(points, 0)
	for b.Loop() {
		Draw(points, f, 100, 8, Braille, true)
	}
}

func TestLarge(t *testing.T) {
	t.Parallel()
	if lines, ok := Large("-7,1"); !ok || lines != [3]string{"    _     ", " _   |   |", "     |,  |"} {
		t.Errorf("%q, %v", lines, ok)
	}
	for _, text := range []string{"", "12 m³", "NaN"} {
		if _, ok := Large(text); ok {
			t.Errorf("%q is drawn", text)
		}
	}
}
