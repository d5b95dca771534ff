package look

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Token is a meaning with its own style.
type Token uint8

const (
	Plain Token = iota // the terminal's own
	Strong
	Dim
	Good
	Alarm
	Failed
	TimedOut
	Listening
	Cached
	Accent
	Selected
	tokens
)

// own is the terminal's own foreground.
const own = -1

// paint is a style: a colour of the terminal's 256, and attributes.
type paint struct {
	colour                          int // 0 to 255, or own
	bold, faint, reverse, underline bool
}

// Theme gives each token its style. Attributes, signs and words say the same as the
// colours.
type Theme [tokens]paint

// Themes by name. "16" uses the terminal's own sixteen colours, as its owner has chosen
// them: it is the one for terminals that do not say what their background is. The colours
// of dark and light have a contrast of at least 4.5:1 (WCAG 2.1, 1.4.3).
var themes = map[string]*Theme{
	"16": {
		Plain: {colour: own}, Strong: {colour: own, bold: true}, Dim: {colour: own, faint: true},
		Good: {colour: 2}, Alarm: {colour: 3, bold: true}, Failed: {colour: 1, bold: true}, TimedOut: {colour: 5}, Listening: {colour: 6},
		Cached: {colour: own, faint: true}, Accent: {colour: 6, bold: true}, Selected: {colour: own, reverse: true},
	},
	"16-light": { // on white, most terminals' green, yellow and cyan cannot be read
		Plain: {colour: own}, Strong: {colour: own, bold: true}, Dim: {colour: own, faint: true},
		Good: {colour: own}, Alarm: {colour: 5, bold: true}, Failed: {colour: 1, bold: true}, TimedOut: {colour: 5}, Listening: {colour: 4},
		Cached: {colour: own, faint: true}, Accent: {colour: 4, bold: true}, Selected: {colour: own, reverse: true},
	},
	"dark": {
		Plain: {colour: own}, Strong: {colour: own, bold: true}, Dim: {colour: 248},
		Good: {colour: 114}, Alarm: {colour: 221, bold: true}, Failed: {colour: 210, bold: true}, TimedOut: {colour: 177}, Listening: {colour: 80},
		Cached: {colour: 248}, Accent: {colour: 80, bold: true}, Selected: {colour: own, reverse: true},
	},
	"light": {
		Plain: {colour: own}, Strong: {colour: own, bold: true}, Dim: {colour: 240},
		Good: {colour: 22}, Alarm: {colour: 94, bold: true}, Failed: {colour: 124, bold: true}, TimedOut: {colour: 90}, Listening: {colour: 24},
		Cached: {colour: 240}, Accent: {colour: 24, bold: true}, Selected: {colour: own, reverse: true},
	},
	"contrast": {
		Plain: {colour: own}, Strong: {colour: own, bold: true}, Dim: {colour: own},
		Good: {colour: own}, Alarm: {colour: own, bold: true, underline: true}, Failed: {colour: own, bold: true, reverse: true}, TimedOut: {colour: own, underline: true},
		Listening: {colour: own}, Cached: {colour: own}, Accent: {colour: own, bold: true}, Selected: {colour: own, reverse: true},
	},
	"none": {
		Plain: {colour: own}, Strong: {colour: own, bold: true}, Dim: {colour: own, faint: true},
		Good: {colour: own}, Alarm: {colour: own, bold: true}, Failed: {colour: own, bold: true}, TimedOut: {colour: own}, Listening: {colour: own},
		Cached: {colour: own, faint: true}, Accent: {colour: own, bold: true}, Selected: {colour: own, reverse: true},
	},
}

// Named reports whether there is a theme of that name: then the terminal need not be
// asked for its background.
func Named(name string) bool { return themes[name] != nil }

// Themes are the names that a user may choose from.
func Themes() []string { return []string{"auto", "dark", "light", "contrast", "16", "none"} }

// ThemeFor is the theme that suits a terminal: by name, or by its number of colours and
// its background if it has said that.
func ThemeFor(name string, profile colorprofile.Profile, background color.Color) *Theme {
	if t := themes[name]; t != nil {
		return t
	}
	rich := profile >= colorprofile.ANSI256
	switch light := background != nil && !dark(background); {
	case background == nil, !rich && !light:
		return themes["16"]
	case !rich:
		return themes["16-light"]
	case light:
		return themes["light"]
	}
	return themes["dark"]
}

// dark reports whether white text is easier to read on a colour than black.
func dark(c color.Color) bool {
	r, g, b, _ := c.RGBA()
	const half = 0xFFFF / 2
	return (299*r+587*g+114*b)/1000 < half
}

// foreground is the colour, nil for the terminal's own.
func (p paint) foreground() color.Color {
	switch {
	case p.colour < 0:
		return nil
	case p.colour < 16:
		return ansi.BasicColor(p.colour)
	}
	return ansi.IndexedColor(p.colour)
}

// sgr is the sequence that begins the style, "" for plain text.
func (p paint) sgr() string {
	var s ansi.Style
	if p.bold {
		s = s.Bold()
	}
	if p.faint {
		s = s.Faint()
	}
	if p.underline {
		s = s.Underline(true)
	}
	if p.reverse {
		s = s.Reverse(true)
	}
	if c := p.foreground(); c != nil {
		s = s.ForegroundColor(c)
	}
	if len(s) == 0 {
		return ""
	}
	return s.String()
}

// style is the style for Bubbles' components.
func (p paint) style() lipgloss.Style {
	s := lipgloss.NewStyle().Bold(p.bold).Faint(p.faint).Reverse(p.reverse).Underline(p.underline)
	if c := p.foreground(); c != nil {
		s = s.Foreground(c)
	}
	return s
}
