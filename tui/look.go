package tui

import (
	"image/color"
	"strings"

	"charm.land/bubbles/v2/help"
	"charm.land/bubbles/v2/textinput"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"earshot/collector/state"
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

// palette gives each token its style. The colours are the terminal's own
// sixteen, so that they suit its background, light or dark, and are the same
// on terminals with only sixteen. Without colours the attributes remain.
var palette = [tokens]struct {
	colour               int // ANSI 0 to 15, -1 for the terminal's foreground
	bold, faint, reverse bool
}{
	plain:     {colour: -1},
	strong:    {colour: -1, bold: true},
	dim:       {colour: -1, faint: true},
	good:      {colour: 2},
	alarm:     {colour: 3, bold: true},
	failed:    {colour: 1, bold: true},
	timedOut:  {colour: 5},
	listening: {colour: 6},
	cached:    {colour: -1, faint: true},
	accent:    {colour: 6, bold: true},
	selected:  {colour: -1, reverse: true},
}

// foreground is the token's colour, nil for the terminal's own.
func (t token) foreground() color.Color {
	if palette[t].colour < 0 {
		return nil
	}
	return ansi.BasicColor(palette[t].colour)
}

// sgr is the sequence that begins the token's style, "" for plain text.
func (t token) sgr() string {
	p := palette[t]
	var s ansi.Style
	if p.bold {
		s = s.Bold()
	}
	if p.faint {
		s = s.Faint()
	}
	if p.reverse {
		s = s.Reverse(true)
	}
	if p.colour >= 0 {
		s = s.ForegroundColor(ansi.BasicColor(p.colour))
	}
	if len(s) == 0 {
		return ""
	}
	return s.String()
}

// style is the token for Bubbles' components.
func (t token) style() lipgloss.Style {
	p := palette[t]
	s := lipgloss.NewStyle().Bold(p.bold).Faint(p.faint).Reverse(p.reverse)
	if c := t.foreground(); c != nil {
		s = s.Foreground(c)
	}
	return s
}

// signs are the characters that a screen is drawn with.
type signs struct {
	marks                  [5]string // by collector.Mark
	cursor, next, dot      string
	done, open, off        string // steps of a chain
	bars                   [4]string
	noBar                  string
	full, empty            string // time left
	barFull, barEmpty      rune   // progress
	minus, none, ellipsis  string
	between, times, sorted string
	rule, updown           string
	spinner                []string
}

var unicodeSigns = signs{
	marks: [5]string{
		state.MarkWaiting: "~", state.MarkOK: "✓", state.MarkAlarm: "!",
		state.MarkFailed: "✗", state.MarkTimeout: "⏲",
	},
	cursor: "▸", next: "→", dot: "●",
	done: "●", open: "○", off: "·",
	bars: [4]string{"▂", "▄", "▆", "█"}, noBar: "░",
	full: "▰", empty: "▱",
	barFull: '█', barEmpty: '░',
	minus: "−", none: "—", ellipsis: "…",
	between: " · ", times: "×", sorted: "▾",
	rule: "─", updown: "↑↓",
	spinner: []string{"◐", "◓", "◑", "◒"},
}

var asciiSigns = signs{
	marks: [5]string{
		state.MarkWaiting: "~", state.MarkOK: "+", state.MarkAlarm: "!",
		state.MarkFailed: "x", state.MarkTimeout: "T",
	},
	cursor: ">", next: "->", dot: "*",
	done: "*", open: "o", off: ".",
	bars: [4]string{"#", "#", "#", "#"}, noBar: ".",
	full: "=", empty: ".",
	barFull: '#', barEmpty: '.',
	minus: "-", none: "-", ellipsis: "..",
	between: ", ", times: "x", sorted: "v",
	rule: "-", updown: "up/dn",
	spinner: []string{"|", "/", "-", "\\"},
}

// look is how a screen is drawn: made once, read by every View.
type look struct {
	signs
	ascii  bool
	sgr    [tokens]string
	levels [len(signs{}.bars) + 1]string // signal bars, by quality
	dots   [2][state.Steps + 1]string    // chains, by whether they stand at a step, and steps passed
}

func newLook(ascii bool) *look {
	l := &look{signs: unicodeSigns, ascii: ascii}
	if ascii {
		l.signs = asciiSigns
	}
	for t := range tokens {
		l.sgr[t] = t.sgr()
	}
	for q := range l.levels {
		l.levels[q] = strings.Join(l.bars[:q], "") + strings.Repeat(l.noBar, len(l.bars)-q)
	}
	for n := range l.dots[0] {
		l.dots[0][n] = strings.Repeat(l.done, n)
		l.dots[1][n] = l.dots[0][n] + l.open
	}
	return l
}

func (l *look) helpStyles() help.Styles {
	key, word := strong.style(), dim.style()
	return help.Styles{
		Ellipsis: word, ShortKey: key, ShortDesc: word, ShortSeparator: word,
		FullKey: key, FullDesc: plain.style(), FullSeparator: word,
	}
}

func (l *look) inputStyles() textinput.Styles {
	state := textinput.StyleState{
		Text: plain.style(), Placeholder: dim.style(), Suggestion: dim.style(), Prompt: accent.style(),
	}
	return textinput.Styles{Focused: state, Blurred: state}
}

// markTokens styles the sign before a row.
var markTokens = [...]token{
	state.MarkWaiting: listening, state.MarkOK: good, state.MarkAlarm: alarm,
	state.MarkFailed: failed, state.MarkTimeout: timedOut,
}

// quality draws how well a meter is received in four characters.
func (l *look) quality(q state.Quality) string { return l.levels[min(int(q), len(l.bars))] }
