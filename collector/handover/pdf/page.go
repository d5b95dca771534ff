package pdf

import "earshot/collector/handover/paper"

// ink is a colour: red, green, blue.
type ink [3]uint8

// The colours. All can be told apart from white when printed grey.
var (
	black = ink{0x1a, 0x1f, 0x26}
	dark  = ink{0x1f, 0x3a, 0x5f}
	grey  = ink{0x5c, 0x66, 0x70}
	rule  = ink{0xc4, 0xcb, 0xd2}
	shade = ink{0xee, 0xf2, 0xf6}
	good  = ink{0x1d, 0x6b, 0x3a}
	bad   = ink{0xa8, 0x1c, 0x1c}
	look  = ink{0x8a, 0x55, 0x00}
)

// inkOf is the colour of a mark.
func inkOf(m paper.Mark) ink {
	switch m {
	case paper.Good:
		return good
	case paper.Bad:
		return bad
	case paper.Look:
		return look
	case paper.Faint:
		return grey
	}
	return black
}

// mark is something drawn at a place of a page, in mm from its top left.
type mark struct {
	text  string // clean; empty for an area
	style style
	x, y  float64 // of an area its corner, of a text the beginning of its base line
	w, h  float64 // of an area
	fill  ink     // of an area
	frame bool    // the area's edge is drawn, not the area
	angle float64 // of a text that is seen through, in degrees
}

// page is what is drawn on one page, in this order.
type page struct {
	wide     bool
	marks    []mark
	sections []section
}

// section is one that begins on a page, for the table of contents that a reader
// shows next to the pages.
type section struct {
	title string // clean
	y     float64
}

// Margins and sizes of A4, in mm. The left margin of tall pages and the top one of
// wide pages leave room for the holes of a binder.
const (
	short, long = 210, 297
	footRoom    = 9 // above the lower margin
)

// sheet are the edges between which a page is filled.
type sheet struct{ left, right, top, bottom float64 }

// edges are those of a page.
func edges(wide bool) sheet {
	if wide {
		return sheet{left: 14, right: long - 14, top: 18, bottom: short - 10 - footRoom}
	}
	return sheet{left: 20, right: short - 14, top: 16, bottom: long - 10 - footRoom}
}

func (s sheet) width() float64 { return s.right - s.left }

// setter lays out pages.
type setter struct {
	regular, bold *face
	doc           *paper.Document

	grids map[*paper.Table]*grid

	pages []page
	at    int // the page that is being filled
	sheet sheet
	y     float64 // where the next part begins
}

// turn begins a page.
func (s *setter) turn(wide bool) {
	s.at = len(s.pages)
	s.pages = append(s.pages, page{wide: wide})
	s.sheet = edges(wide)
	s.y = s.sheet.top
}

// page is the one that is being filled.
func (s *setter) page() *page { return &s.pages[s.at] }

// need begins a new page unless there is room for h mm.
func (s *setter) need(h float64) {
	if s.y+h > s.sheet.bottom && s.y > s.sheet.top {
		s.turn(s.page().wide)
	}
}

// fresh reports whether nothing is on the page yet.
func (s *setter) fresh() bool { return s.y <= s.sheet.top }

// write puts a clean text on the page; y is the top of its line.
func (s *setter) write(text string, x, y float64, st style) {
	if text != "" {
		base := y + st.leading()*0.5 + st.size*points*0.36 // the middle of small letters and capitals is that of the line
		s.page().marks = append(s.page().marks, mark{text: text, style: st, x: x, y: base})
	}
}

// area fills a rectangle.
func (s *setter) area(x, y, w, h float64, fill ink) {
	s.page().marks = append(s.page().marks, mark{x: x, y: y, w: w, h: h, fill: fill})
}

// line draws a thin horizontal line.
func (s *setter) line(x, y, w float64, fill ink) { s.area(x, y, w, 0.2, fill) }

// frame draws the edge of a rectangle.
func (s *setter) frame(x, y, w, h float64, edge ink) {
	s.page().marks = append(s.page().marks, mark{x: x, y: y, w: w, h: h, fill: edge, frame: true})
}

// lines writes lines below each other and returns the height that they took.
func (s *setter) lines(lines []string, x, y float64, st style) float64 {
	for i, text := range lines {
		s.write(text, x, y+float64(i)*st.leading(), st)
	}
	return float64(len(lines)) * st.leading()
}
