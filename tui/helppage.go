package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"

	"earshot/collector/state"
)

// helpLines explain the keys of each page, and the signs.
func (m *Model) helpLines() []string {
	p := m.detailPage()
	for _, place := range placeWords {
		p.head(place.words)
		var group []key.Binding
		for i := range m.keys {
			if b := &m.keys[i]; b.under(place.on) {
				group = append(group, key.NewBinding(key.WithKeys(b.keys...), key.WithHelp(b.keys[0], b.help)))
			}
		}
		h := m.help
		h.SetWidth(0) // a column that does not fit is cut, not left out
		for _, s := range strings.Split(h.FullHelpView([][]key.Binding{group}), "\n") {
			p.lines = append(p.lines, "   "+s)
		}
	}
	p.head("Signs")
	for _, s := range legend {
		p.fact(s.tone, s.sign(m.look), s.words)
	}
	return p.lines
}

// legend explains the signs of the list.
var legend = []struct {
	tone  token
	sign  func(*look) string
	words string
}{
	{good, mark(state.MarkOK), "passed the whole chain, or on its way to the broker"},
	{alarm, mark(state.MarkAlarm), "passed, with an alarm that needs attention"},
	{failed, mark(state.MarkFailed), "a step failed: the line at the bottom says what to do next"},
	{timedOut, mark(state.MarkTimeout), "not heard in time"},
	{listening, mark(state.MarkWaiting), "being read, or waiting for a round"},
	{good, func(l *look) string { return l.done + l.done + l.open }, "chain: heard, decrypted, decoded, plausible, delivered; the empty dot is the step where it stands"},
	{plain, func(l *look) string { return l.quality(state.QualityUsable) }, "signal: good from -80 dBm, usable from -90, weak from -97, marginal below; 'rel' is a receiver's own scale"},
	{plain, func(*look) string { return "mouse" }, "the wheel scrolls, a click selects a meter, a second click opens it; with shift the mouse selects text as usual"},
	{cached, func(*look) string { return "(6.4 m³)" }, "a cached reading: the last one from before this round"},
}

func mark(m state.Mark) func(*look) string {
	return func(l *look) string { return l.marks[m] }
}
