// Package air is the screen of the meters on the air that are not in the list.
package air

import (
	"slices"
	"strconv"

	"earshot/collector/report"
	"earshot/collector/state"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// Screen shows the meters on the air that are not in the list.
type Screen struct {
	screen.Pager
	host *screen.Host
}

// New returns the screen.
func New(h *screen.Host) *Screen {
	s := &Screen{host: h}
	s.Pager = screen.NewPager(h, s.title, s.lines)
	return s
}

// Keys are none of its own.
func (s *Screen) Keys() []screen.Binding { return nil }

func (s *Screen) title() (look.Token, string) {
	return look.Accent, report.Count(len(s.host.Snap.Unlisted), "meter") + " on the air, but not in the list"
}

// lines are the unlisted meters: first those that may be an expected
// one, then the others, in the order in which they were heard.
func (s *Screen) lines(w int) []string {
	all := slices.Clone(s.host.Snap.Unlisted)
	slices.SortStableFunc(all, func(a, b *state.Unlisted) int { return hint(b) - hint(a) })
	p := s.host.Look.Page(w)
	n := p.Line(w).Put(look.Plain, "   ")
	n.Cell(look.Strong, "Meter", 12)
	if w >= screen.Narrow {
		n.Cell(look.Strong, "Medium", 14).Cell(look.Strong, "Signal", 9)
	}
	n.Right(look.Strong, "Heard", 6).Right(look.Strong, "Age", 4).Put(look.Strong, "Looks like")
	p.Add(n)
	for _, u := range all {
		p.Lines = append(p.Lines, s.draw(u, w))
	}
	p.Lines = append(p.Lines, "")
	p.Say(look.Dim, 3, "A neighbour's meter needs no action. One that looks like a listed meter may be that meter, with a wrong number in the list.")
	return p.Lines
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

func (s *Screen) draw(u *state.Unlisted, w int) string {
	l := s.host.Look
	mark, tone := " ", look.Plain
	if u.Near != "" {
		mark, tone = "!", look.Alarm
	}
	n := l.Line(w).Put(look.Plain, " ").Cell(tone, mark, 1)
	n.Cell(tone, u.Address.Manufacturer.String()+" "+u.Address.ID.String(), 12)
	if w >= screen.Narrow {
		bars, value := l.Signal(u.RSSI)
		n.Cell(look.Dim, l.Lang.ShortMedium(u.Address.Type.Medium()), 14).Cell(look.Plain, bars+" "+value, 9)
	}
	n.Right(look.Plain, strconv.Itoa(u.Count)+l.Times, 6).Right(look.Dim, l.Lang.Age(max(0, s.host.Now.Sub(u.Last))), 4)
	switch {
	case u.KeyFits:
		n.Put(look.Alarm, l.Text(u.Near)+": its key opens this meter")
	case u.Near != "":
		n.Put(look.Alarm, l.Text(u.Near)+": almost the same number")
	}
	return n.String()
}
