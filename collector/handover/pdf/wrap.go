package pdf

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// style is how a text is drawn.
type style struct {
	bold bool
	size float64 // points
	ink  ink
}

// points is the length of a point in mm, in which pages are laid out.
const points = 25.4 / 72

// leading is the height of a line in mm.
func (s style) leading() float64 { return s.size * points * 1.25 }

// measure is the width of a clean text in mm.
func (s *setter) measure(text string, st style) float64 {
	return s.face(st).measure(text, st.size*points)
}

// face is the font of a style.
func (s *setter) face(st style) *face {
	if st.bold {
		return s.bold
	}
	return s.regular
}

// wrap breaks a text into lines of a width in mm. What needs more than most lines
// is cut, and the last line ends with an ellipsis.
func (s *setter) wrap(text string, width float64, st style, most int) []string {
	var lines []string
	for line := range strings.SplitSeq(s.clean(text), "\n") {
		lines = s.wrapLine(lines, strings.TrimSpace(line), width, st, most)
		if len(lines) > most {
			break
		}
	}
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] = s.cut(lines[most-1]+"…", width, st)
	}
	return lines
}

// wrapEach is wrap with a limit for each paragraph, so that a long one does not
// hide the next.
func (s *setter) wrapEach(text string, width float64, st style, each, most int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		if len(lines) < most {
			lines = append(lines, s.wrap(paragraph, width, st, min(each, most-len(lines)))...)
		}
	}
	return lines
}

// wrapLine appends the lines of one paragraph, at most one more than most.
func (s *setter) wrapLine(lines []string, text string, width float64, st style, most int) []string {
	for len(lines) <= most {
		n := s.fitting(text, width, st)
		lines = append(lines, strings.TrimRight(text[:n], " "))
		text = strings.TrimLeft(text[n:], " ")
		if text == "" {
			break
		}
	}
	return lines
}

// fitting is how many bytes of a text fit a width: up to a blank if there
// is one, or after a hyphen or slash within a word, and at least one character.
func (s *setter) fitting(text string, width float64, st style) int {
	f, w, wordEnd := s.face(st), 0.0, 0
	var before rune
	for i, r := range text {
		w += f.width(r) * st.size * points
		if w > width && i > 0 && r != ' ' {
			if wordEnd > 0 {
				return wordEnd
			}
			return i
		}
		if after := i + utf8.RuneLen(r); r == ' ' || strings.ContainsRune("-/_;–", r) && unicode.IsLetter(before) && letterFirst(text[after:]) {
			wordEnd = after
		}
		before = r
	}
	return len(text)
}

// letterFirst reports whether a text begins with a letter.
func letterFirst(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLetter(r)
}

// cut shortens a text that ends with an ellipsis until it fits.
func (s *setter) cut(text string, width float64, st style) string {
	runes := []rune(text)
	for len(runes) > 1 && s.measure(string(runes), st) > width {
		runes = append(runes[:len(runes)-2], '…')
	}
	if end := len(runes) - 1; end > 0 {
		return strings.TrimRight(string(runes[:end]), " ") + string(runes[end:])
	}
	return string(runes)
}

// short is a clean text on one line, cut if it is longer than the width.
func (s *setter) short(text string, width float64, st style) string {
	text = strings.ReplaceAll(s.clean(text), "\n", " ")
	if s.measure(text, st) <= width {
		return text
	}
	return s.cut(text[:s.fitting(text, width, st)]+"…", width, st)
}
