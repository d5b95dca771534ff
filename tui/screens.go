package tui

import (
	"slices"

	"earshot/tui/air"
	"earshot/tui/building"
	"earshot/tui/equipment"
	"earshot/tui/handover"
	"earshot/tui/meter"
	"earshot/tui/screen"
)

// rooms are the keys of the screens, and the headings of their own keys in the help and in
// docs/cli.md. A screen that newScreens does not make has no key. The letter opens it on
// screens that do not use that letter themselves.
var rooms = [screen.Names]struct {
	key, letter string
	short       string // in the footer
	rank        int
	help        string // what the key shows
	heading     string
}{
	screen.Setup:     {"f1", "", "", 0, "the set-up", "In the set-up"},
	screen.Building:  {"f2", "", "", 0, "the list", "In the list"},
	screen.Meter:     {"f3", "", "", 0, "the details of the selected meter", "In the details of a meter"},
	screen.Air:       {"f4", "u", "unlisted", 6, "the unlisted meters", "In the unlisted meters"},
	screen.Equipment: {"f5", "e", "equipment", 6, "the equipment", "In the equipment"},
	screen.Handover:  {"f6", "p", "handover", 3, "the handover", "In the handover"},
	screen.Help:      {"", "", "", 0, "", "In this help"},
}

// newScreens makes every screen.
func (m *Model) newScreens() {
	m.screens = [screen.Names]screen.Screen{
		screen.Building:  building.New(m.host, meter.New(m.host)),
		screen.Meter:     meter.New(m.host),
		screen.Air:       air.New(m.host),
		screen.Equipment: equipment.New(m.host),
		screen.Handover:  handover.New(m.host),
		screen.Help:      newHelp(m),
	}
}

// open shows a screen; back returns to the one before.
func (m *Model) open(name screen.Name) {
	if m.screens[name] == nil || name == m.at {
		return
	}
	m.past = append(m.past, m.at)
	if i := slices.Index(m.past, name); i >= 0 { // no circles
		m.past = m.past[:i]
	}
	m.show(name)
}

// back returns to the screen from which this one was opened.
func (m *Model) back() {
	name := screen.Building
	if n := len(m.past); n > 0 {
		name, m.past = m.past[n-1], m.past[:n-1]
	}
	m.show(name)
}

func (m *Model) show(name screen.Name) {
	m.at = name
	m.fit()
	m.screens[name].Take()
	if s, is := m.screens[name].(screen.Opener); is {
		s.Opened()
	}
}
