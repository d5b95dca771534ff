package tui

import (
	"strings"

	"charm.land/bubbles/v2/help"
	"charm.land/bubbles/v2/textinput"

	"earshot/collector/state"
)

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

// consoleSigns are those that the fonts of the Linux console have.
var consoleSigns = signs{
	marks: [5]string{
		state.MarkWaiting: "~", state.MarkOK: "√", state.MarkAlarm: "!",
		state.MarkFailed: "x", state.MarkTimeout: "?",
	},
	cursor: "►", next: "→", dot: "•",
	done: "•", open: "○", off: "·",
	bars: [4]string{"▄", "▄", "█", "█"}, noBar: "░",
	full: "█", empty: "░",
	barFull: '█', barEmpty: '░',
	minus: "-", none: "-", ellipsis: "..",
	between: " · ", times: "x", sorted: "▼",
	rule: "─", updown: "↑↓",
	spinner: []string{"|", "/", "-", "\\"},
}

// alphabet is which characters the terminal has.
type alphabet uint8

const (
	unicodeSet alphabet = iota
	consoleSet          // Latin-1, and the signs of consoleSigns
	asciiSet
)

// look is how a screen is drawn: made once, read by every View.
type look struct {
	signs
	*theme
	set    alphabet
	sgr    [tokens]string
	levels [len(signs{}.bars) + 1]string // signal bars, by quality
	limits state.Limits                  // of signals
	dots   [2][state.Steps + 1]string    // chains, by whether they stand at a step, and steps passed
}

func newLook(set alphabet, t *theme) *look {
	l := &look{signs: [...]signs{unicodeSigns, consoleSigns, asciiSigns}[set], theme: t, set: set}
	for i := range tokens {
		l.sgr[i] = t[i].sgr()
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
	key, word := l.theme[strong].style(), l.theme[dim].style()
	return help.Styles{
		Ellipsis: word, ShortKey: key, ShortDesc: word, ShortSeparator: word,
		FullKey: key, FullDesc: l.theme[plain].style(), FullSeparator: word,
	}
}

func (l *look) inputStyles() textinput.Styles {
	state := textinput.StyleState{
		Text: l.theme[plain].style(), Placeholder: l.theme[dim].style(), Suggestion: l.theme[dim].style(), Prompt: l.theme[accent].style(),
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
