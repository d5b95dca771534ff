package plot

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Point is a value at a time. Points of which either is not finite are left out.
type Point struct{ X, Y float64 }

// Form is which characters a plot is drawn with.
type Form uint8

const (
	Braille Form = iota // a line, 2 by 4 dots a character
	Blocks              // columns, 2 halves a character
	ASCII               // a star for each column
)

// Frame is the part of the plane that a plot shows.
type Frame struct{ X0, X1, Y0, Y1 float64 }

// Fit returns the frame of points. Its height is at least least, around their middle, so
// that small changes do not look large. ok is false if there is no point.
func Fit(points []Point, least float64) (f Frame, ok bool) {
	for _, p := range points {
		if !p.finite() {
			continue
		}
		if !ok {
			f, ok = Frame{p.X, p.X, p.Y, p.Y}, true
		}
		f.X0, f.X1 = min(f.X0, p.X), max(f.X1, p.X)
		f.Y0, f.Y1 = min(f.Y0, p.Y), max(f.Y1, p.Y)
	}
	if height := f.Y1 - f.Y0; ok && height < least {
		f.Y0 -= (least - height) / 2
		f.Y1 = f.Y0 + least
	}
	return f, ok
}

func (p Point) finite() bool { return finite(p.X) && finite(p.Y) }

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }

// maxSide bounds how wide and how high a plot is, in characters.
const maxSide = 500

// Draw returns h lines of w characters. line joins the points in the order of X; without
// it each stands alone. Without points, or without room, the plot is blank.
func Draw(points []Point, f Frame, w, h int, form Form, line bool) []string {
	w, h = max(0, min(w, maxSide)), max(0, min(h, maxSide))
	g := grid{frame: f, w: w * across[form], h: h * down[form]}
	g.dots = make([]bool, g.w*g.h)
	if len(g.dots) > 0 {
		g.mark(points, line)
	}
	lines := make([]string, h)
	for y := range lines {
		var b strings.Builder
		for x := range w {
			b.WriteRune(g.character(x, y, form))
		}
		lines[y] = b.String()
	}
	return lines
}

// Dots of a character.
var (
	across = [...]int{Braille: 2, Blocks: 1, ASCII: 1}
	down   = [...]int{Braille: 4, Blocks: 2, ASCII: 1}
)

// grid is the dots of a plot; row 0 is the top.
type grid struct {
	frame Frame
	w, h  int
	dots  []bool
}

// mark sets the dots of points.
func (g *grid) mark(points []Point, line bool) {
	points = slices.DeleteFunc(slices.Clone(points), func(p Point) bool { return !p.finite() })
	slices.SortStableFunc(points, func(a, b Point) int { return cmp.Compare(a.X, b.X) })
	for i, p := range points {
		x, y := g.at(p)
		if i == 0 || !line {
			g.dots[y*g.w+x] = true
			continue
		}
		px, py := g.at(points[i-1])
		g.join(px, py, x, y)
	}
}

// at is the dot of a point; one outside of the frame is at its edge.
func (g *grid) at(p Point) (x, y int) {
	return scaled(p.X, g.frame.X0, g.frame.X1, g.w), g.h - 1 - scaled(p.Y, g.frame.Y0, g.frame.Y1, g.h)
}

// scaled is which of n steps between two values another one is at. If they do
// not differ it is the one in the middle.
func scaled(v, low, high float64, n int) int {
	share := (v - low) / (high - low)
	if !finite(share) {
		return (n - 1) / 2
	}
	return max(0, min(n-1, int(math.Round(max(0, min(1, share))*float64(n-1)))))
}

// join sets the dots of a line.
func (g *grid) join(x0, y0, x1, y1 int) {
	steps := max(abs(x1-x0), abs(y1-y0), 1)
	for i := range steps + 1 {
		x := x0 + int(math.Round(float64((x1-x0)*i)/float64(steps)))
		y := y0 + int(math.Round(float64((y1-y0)*i)/float64(steps)))
		g.dots[y*g.w+x] = true
	}
}

func abs(n int) int { return max(n, -n) }

// braille are the bits of a character's dots, by column and row.
var braille = [2][4]rune{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}

// character is what stands at a place.
func (g *grid) character(x, y int, form Form) rune {
	switch form {
	case Braille:
		var bits rune
		for column := range 2 {
			for row := range 4 {
				if g.dots[(4*y+row)*g.w+2*x+column] {
					bits |= braille[column][row]
				}
			}
		}
		if bits == 0 {
			return ' '
		}
		return 0x2800 + bits
	case Blocks:
		switch top := g.top(x); {
		case top <= 2*y:
			return '█'
		case top == 2*y+1:
			return '▄'
		}
		return ' '
	}
	if g.dots[y*g.w+x] {
		return '*'
	}
	return ' '
}

// top is the highest dot of a column; below the last one if it has none.
func (g *grid) top(x int) int {
	for y := range g.h {
		if g.dots[y*g.w+x] {
			return y
		}
	}
	return g.h
}
