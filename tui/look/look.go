package look

import (
	"cmp"
	"image/color"
	"strings"

	"charm.land/bubbles/v2/help"
	"charm.land/bubbles/v2/textinput"
	"charm.land/lipgloss/v2"

	"earshot/collector/state"
	"earshot/collector/words"
)

// Signs are the characters that a screen is drawn with.
type Signs struct {
	Marks                  [5]string // by state.Mark
	Cursor, Next, Dot      string
	Done, Open, Off        string    // steps of a chain
	Bars                   [4]string // of a signal
	NoBar                  string
	Full, Empty            string // time left
	BarFull, BarEmpty      rune   // progress
	Minus, None, Ellipsis  string
	Between, Times, Sorted string
	Folded, Unfolded       string
	Rising, Wall           string
	Rule, UpDown           string
	LeftRight              string
	Spinner                []string
}

var unicodeSigns = Signs{
	Marks: [5]string{
		state.MarkWaiting: "~", state.MarkOK: "✓", state.MarkAlarm: "!",
		state.MarkFailed: "✗", state.MarkTimeout: "⏲",
	},
	Cursor: "▸", Next: "→", Dot: "●",
	Done: "●", Open: "○", Off: "·",
	Bars: [4]string{"▂", "▄", "▆", "█"}, NoBar: "░",
	Full: "▰", Empty: "▱",
	BarFull: '█', BarEmpty: '░',
	Minus: "−", None: "—", Ellipsis: "…",
	Between: " · ", Times: "×", Sorted: "▾", Folded: "▸", Unfolded: "▾", Rising: "▴", Wall: "│",
	Rule: "─", UpDown: "↑↓", LeftRight: "←→",
	Spinner: []string{"◐", "◓", "◑", "◒"},
}

var asciiSigns = Signs{
	Marks: [5]string{
		state.MarkWaiting: "~", state.MarkOK: "+", state.MarkAlarm: "!",
		state.MarkFailed: "x", state.MarkTimeout: "T",
	},
	Cursor: ">", Next: "->", Dot: "*",
	Done: "*", Open: "o", Off: ".",
	Bars: [4]string{"#", "#", "#", "#"}, NoBar: ".",
	Full: "=", Empty: ".",
	BarFull: '#', BarEmpty: '.',
	Minus: "-", None: "-", Ellipsis: "..",
	Between: ", ", Times: "x", Sorted: "v", Folded: "+", Unfolded: "-", Rising: "^", Wall: "|",
	Rule: "-", UpDown: "up/dn", LeftRight: "lt/rt",
	Spinner: []string{"|", "/", "-", "\\"},
}

// consoleSigns are those that the fonts of the Linux console have.
var consoleSigns = Signs{
	Marks: [5]string{
		state.MarkWaiting: "~", state.MarkOK: "√", state.MarkAlarm: "!",
		state.MarkFailed: "x", state.MarkTimeout: "?",
	},
	Cursor: "►", Next: "→", Dot: "•",
	Done: "•", Open: "○", Off: "·",
	Bars: [4]string{"▄", "▄", "█", "█"}, NoBar: "░",
	Full: "█", Empty: "░",
	BarFull: '█', BarEmpty: '░',
	Minus: "-", None: "-", Ellipsis: "..",
	Between: " · ", Times: "x", Sorted: "▼", Folded: "►", Unfolded: "▼", Rising: "▲", Wall: "│",
	Rule: "─", UpDown: "↑↓", LeftRight: "←→",
	Spinner: []string{"|", "/", "-", "\\"},
}

// Alphabet is which characters the terminal has.
type Alphabet uint8

const (
	Unicode Alphabet = iota
	Console          // Latin-1, and the signs of consoleSigns
	ASCII
)

// Look is how a screen is drawn: made once, read whenever something is drawn.
type Look struct {
	Signs
	Lang   *words.Language // what texts, numbers and times are written in
	Limits state.Limits    // of signals
	theme  *Theme
	set    Alphabet
	sgr    [tokens]string
	levels [len(Signs{}.Bars) + 1]string // signal bars, by quality
	labels int                           // columns of labels on a page: that of the longest step and its sign
	dots   [2][state.Steps + 1]string    // chains, by whether they stand at a step, and steps passed
}

// New returns the look of an alphabet, a theme and a language, nil for English.
func New(set Alphabet, t *Theme, lang *words.Language) *Look {
	l := &Look{Signs: [...]Signs{unicodeSigns, consoleSigns, asciiSigns}[set], Lang: cmp.Or(lang, words.English), theme: t, set: set}
	for i := range tokens {
		l.sgr[i] = t[i].sgr()
	}
	for q := range l.levels {
		l.levels[q] = strings.Join(l.Bars[:q], "") + strings.Repeat(l.NoBar, len(l.Bars)-q)
	}
	for step := range state.Steps {
		l.labels = max(l.labels, Width(l.Done)+1+Width(l.Lang.Term("step_name", step.String())))
	}
	for n := range l.dots[0] {
		l.dots[0][n] = strings.Repeat(l.Done, n)
		l.dots[1][n] = l.dots[0][n] + l.Open
	}
	return l
}

// With returns the same look in another theme.
func (l *Look) With(t *Theme) *Look {
	other := New(l.set, t, l.Lang)
	other.Limits = l.Limits
	return other
}

// Alphabet is which characters the terminal has.
func (l *Look) Alphabet() Alphabet { return l.set }

// Style is the style of a token, for Bubbles' components.
func (l *Look) Style(t Token) lipgloss.Style { return l.theme[t].style() }

// Colour is the colour of a token, nil for the terminal's own.
func (l *Look) Colour(t Token) color.Color { return l.theme[t].foreground() }

// HelpStyles are those of Bubbles' help.
func (l *Look) HelpStyles() help.Styles {
	key, word := l.Style(Strong), l.Style(Dim)
	return help.Styles{
		Ellipsis: word, ShortKey: key, ShortDesc: word, ShortSeparator: word,
		FullKey: key, FullDesc: l.Style(Plain), FullSeparator: word,
	}
}

// InputStyles are those of Bubbles' text input.
func (l *Look) InputStyles() textinput.Styles {
	state := textinput.StyleState{Text: l.Style(Plain), Placeholder: l.Style(Dim), Suggestion: l.Style(Dim), Prompt: l.Style(Accent)}
	return textinput.Styles{Focused: state, Blurred: state}
}

// Mark is the sign and the style of a row's state.
func (l *Look) Mark(m state.Mark) (string, Token) {
	i := min(int(m), len(markTokens)-1)
	return l.Marks[i], markTokens[i]
}

// markTokens style the sign before a row.
var markTokens = [...]Token{
	state.MarkWaiting: Listening, state.MarkOK: Good, state.MarkAlarm: Alarm,
	state.MarkFailed: Failed, state.MarkTimeout: TimedOut,
}

// OrNone is s, or the sign for nothing.
func (l *Look) OrNone(s string) string { return cmp.Or(s, l.None) }

// Pick is a if yes, else b.
func Pick[T any](yes bool, a, b T) T {
	if yes {
		return a
	}
	return b
}
