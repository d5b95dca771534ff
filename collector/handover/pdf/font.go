package pdf

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// Fonts are the TrueType files that the document is drawn with. Both must have
// the letters of its languages.
type Fonts struct{ Regular, Bold []byte }

// face measures the texts of one font.
type face struct {
	font   *sfnt.Font
	buffer sfnt.Buffer
	widths map[rune]float64 // in shares of the font's size; negative for what it lacks
}

// newFace reads a TrueType file.
func newFace(file []byte) (*face, error) {
	f, err := sfnt.Parse(file)
	if err != nil {
		return nil, fmt.Errorf("read the document's font: %w", err)
	}
	return &face{font: f, widths: map[rune]float64{}}, nil
}

// unitsPerEm is the size at which glyphs are measured. PDF counts in the same.
const unitsPerEm = 1000

// width is the width of one character in shares of the font's size. It is negative
// if the font lacks it.
func (f *face) width(r rune) float64 {
	if w, known := f.widths[r]; known {
		return w
	}
	w := -1.0
	if glyph, err := f.font.GlyphIndex(&f.buffer, r); err == nil && glyph != 0 {
		if advance, err := f.font.GlyphAdvance(&f.buffer, glyph, fixed.I(unitsPerEm), font.HintingNone); err == nil {
			w = float64(advance) / 64 / unitsPerEm
		}
	}
	f.widths[r] = w
	return w
}

// measure is the width of a text that the font has, in the unit of the size.
func (f *face) measure(text string, size float64) float64 {
	var w float64
	for _, r := range text {
		w += max(f.width(r), 0)
	}
	return w * size
}

// standIns are characters that fonts often lack, and what can be read instead.
// Those that Unicode decomposes itself are not here.
var standIns = map[rune]string{
	'\u2011': "-", '\u2012': "–", '\u2015': "—", '\u2043': "•", '\u2212': "-", '\uFE63': "-", '\uFF0D': "-",
	'\u2714': "✓", '\u2705': "✓", '\u274C': "✗", '\u274E': "✗", '\u26D4': "✗", '\u2757': "!", '\u2753': "?", '\u26A1': "⚠",
	'\u21D2': "→", '\u279C': "→", '\u2794': "→", '\u2B50': "*", '\u2605': "*", '\u2606': "*",
	'\u018F': "Ə", '\u02B9': "'", '\u02BA': "\"", '\u3001': ",", '\u3002': ".", '\u3003': "\"", '\u0192': "f",
	'\u2215': "/", '\u2236': ":", '\u2217': "*", '\u22C5': "·", '\u2219': "·", '\u2300': "ø", '\u2318': "#", '\u2302': "⌂",
	'\u1E9E': "SS",
}

// mostText are the bytes of a text that are looked at: no part of a page has room
// for more.
const mostText = 8192

// clean makes a text that both fonts can draw: composed, without control
// characters, and with stand-ins for what they lack. Lines stay apart.
func (s *setter) clean(text string) string {
	if len(text) > mostText {
		text = text[:mostText] + "…"
	}
	if s.drawable(text) {
		return text
	}
	var b strings.Builder
	for _, r := range norm.NFC.String(strings.ToValidUTF8(text, "?")) {
		switch {
		case r == '\n' || s.has(r):
			b.WriteRune(r)
		case r == '\t' || unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc):
			// a mark without a letter to stand on, or nothing that is seen
		default:
			b.WriteString(s.standIn(r))
		}
	}
	return b.String()
}

// drawable reports whether nothing of a text has to be replaced.
func (s *setter) drawable(text string) bool {
	for _, r := range text {
		if r != '\n' && !s.has(r) {
			return false
		}
	}
	return true
}

// has reports whether both fonts have a character that is seen, or a blank.
func (s *setter) has(r rune) bool {
	return r >= ' ' && r != unicode.ReplacementChar && s.regular.width(r) >= 0 && s.bold.width(r) >= 0
}

// standIn is what is drawn for a character that the fonts lack.
func (s *setter) standIn(r rune) string {
	for _, text := range []string{standIns[r], norm.NFKD.String(string(r))} {
		text = strings.Map(func(r rune) rune {
			if s.has(r) && !unicode.Is(unicode.Mn, r) {
				return r
			}
			return -1
		}, text)
		if text != "" {
			return text
		}
	}
	return "?"
}
