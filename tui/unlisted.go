package tui

import (
	"slices"
	"strconv"

	"earshot/collector/duration"
	"earshot/collector/state"
)

// unlistedLines are the unlisted meters: first those that may be an expected
// one, then the others, in the order in which they were heard.
func (m *Model) unlistedLines() []string {
	all := slices.Clone(m.snap.Unlisted)
	slices.SortStableFunc(all, func(a, b *state.Unlisted) int { return hint(b) - hint(a) })
	p := m.detailPage()
	n := m.look.line(m.width).put(plain, "   ")
	n.cell(strong, "Meter", 12)
	if m.width >= narrow {
		n.cell(strong, "Medium", 14).cell(strong, "Signal", 9)
	}
	n.right(strong, "Heard", 6).right(strong, "Age", 4).put(strong, "Looks like")
	p.lines = append(p.lines, n.String())
	for _, u := range all {
		p.lines = append(p.lines, m.drawUnlisted(u))
	}
	p.lines = append(p.lines, "")
	p.text(dim, 3, "A neighbour's meter needs no action. One that looks like a listed meter may be that meter, with a wrong number in the list.")
	return p.lines
}

// hint is how likely it is a listed meter.
func hint(u *state.Unlisted) int {
	switch {
	case u.KeyFits:
		return 2
	case u.Near != "":
		return 1
	}
	return 0
}

func (m *Model) drawUnlisted(u *state.Unlisted) string {
	l := m.look
	mark, tone := " ", plain
	if u.Near != "" {
		mark, tone = "!", alarm
	}
	n := l.line(m.width).put(plain, " ").cell(tone, mark, 1)
	n.cell(tone, u.Address.Manufacturer.String()+" "+u.Address.ID.String(), 12)
	if m.width >= narrow {
		bars, value := l.signalOf(u.RSSI)
		n.cell(dim, shortMedium(u.Address.Type.Medium()), 14).cell(plain, bars+" "+value, 9)
	}
	n.right(plain, strconv.Itoa(u.Count)+l.times, 6).right(dim, duration.Age(max(0, m.now.Sub(u.Last))), 4)
	switch {
	case u.KeyFits:
		n.put(alarm, l.text(u.Near)+": its key opens this meter")
	case u.Near != "":
		n.put(alarm, l.text(u.Near)+": almost the same number")
	}
	return n.String()
}
