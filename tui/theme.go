package tui

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// token is a meaning with its own style.
type token uint8

const (
	plain token = iota
	strong
	dim
	good
	alarm
	failed
	timedOut
	listening
	cached
	accent
	selected
	tokens
)

// own is the terminal's own foreground.
const own = -1

// paint is a style: a colour of the terminal's 256, and attributes.
type paint struct {
	colour                          int // 0 to 255, or own
	bold, faint, reverse, underline bool
}

// theme gives each token its style. Attributes, signs and words say the same as the
// colours.
type theme [tokens]paint

// Themes by name. "16" uses the terminal's own sixteen colours, as its owner has chosen
// them: it is the one for terminals that do not say what their background is. The colours
// of dark and light have a contrast of at least 4.5:1 (WCAG 2.1, 1.4.3).
var themes = map[string]*theme{
	"16": {
		plain: {colour: own}, strong: {colour: own, bold: true}, dim: {colour: own, faint: true},
		good: {colour: 2}, alarm: {colour: 3, bold: true}, failed: {colour: 1, bold: true}, timedOut: {colour: 5}, listening: {colour: 6},
		cached: {colour: own, faint: true}, accent: {colour: 6, bold: true}, selected: {colour: own, reverse: true},
	},
	"16-light": { // on white, most terminals' green, yellow and cyan cannot be read
		plain: {colour: own}, strong: {colour: own, bold: true}, dim: {colour: own, faint: true},
		good: {colour: own}, alarm: {colour: 5, bold: true}, failed: {colour: 1, bold: true}, timedOut: {colour: 5}, listening: {colour: 4},
		cached: {colour: own, faint: true}, accent: {colour: 4, bold: true}, selected: {colour: own, reverse: true},
	},
	"dark": {
		plain: {colour: own}, strong: {colour: own, bold: true}, dim: {colour: 248},
		good: {colour: 114}, alarm: {colour: 221, bold: true}, failed: {colour: 210, bold: true}, timedOut: {colour: 177}, listening: {colour: 80},
		cached: {colour: 248}, accent: {colour: 80, bold: true}, selected: {colour: own, reverse: true},
	},
	"light": {
		plain: {colour: own}, strong: {colour: own, bold: true}, dim: {colour: 240},
		good: {colour: 22}, alarm: {colour: 94, bold: true}, failed: {colour: 124, bold: true}, timedOut: {colour: 90}, listening: {colour: 24},
		cached: {colour: 240}, accent: {colour: 24, bold: true}, selected: {colour: own, reverse: true},
	},
	"contrast": {
		plain: {colour: own}, strong: {colour: own, bold: true}, dim: {colour: own},
		good: {colour: own}, alarm: {colour: own, bold: true, underline: true}, failed: {colour: own, bold: true, reverse: true}, timedOut: {colour: own, underline: true},
		listening: {colour: own}, cached: {colour: own}, accent: {colour: own, bold: true}, selected: {colour: own, reverse: true},
	},
	"none": {
		plain: {colour: own}, strong: {colour: own, bold: true}, dim: {colour: own, faint: true},
		good: {colour: own}, alarm: {colour: own, bold: true}, failed: {colour: own, bold: true}, timedOut: {colour: own}, listening: {colour: own},
		cached: {colour: own, faint: true}, accent: {colour: own, bold: true}, selected: {colour: own, reverse: true},
	},
}

// Themes are the names that Config.Theme takes.
func Themes() []string { return []string{"auto", "dark", "light", "contrast", "16", "none"} }

// themeFor is the theme that suits a terminal: by name, or by its number of colours and
// its background if it has said that.
func themeFor(name string, profile colorprofile.Profile, background color.Color) *theme {
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
