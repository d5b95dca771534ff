package tui

import (
	"slices"

	"earshot/tui/air"
	"earshot/tui/building"
	"earshot/tui/equipment"
	"earshot/tui/handover"
	"earshot/tui/meter"
	"earshot/tui/screen"
	"earshot/tui/setup"
)

// rooms are the keys of the screens, and their names in the messages: what the key shows,
// the word in the footer, and the heading of the screen's own keys in the help and in
// docs/cli.md. A screen that newScreens does not make has no key. The letter opens it on
// screens that do not use that letter themselves.
var rooms = [screen.Names]struct {
	name, key, letter string
	rank              int // in the footer
}{
	screen.Setup:     {name: "setup", key: "f1"},
	screen.Building:  {name: "building", key: "f2"},
	screen.Meter:     {name: "meter", key: "f3"},
	screen.Air:       {name: "air", key: "f4", letter: "u", rank: 6},
	screen.Equipment: {name: "equipment", key: "f5", letter: "e", rank: 6},
	screen.Handover:  {name: "handover", key: "f6", letter: "p", rank: 3},
	screen.Help:      {name: "help"},
}

// newScreens makes every screen.
func (m *Model) newScreens() {
	if m.cfg.Setup != nil {
		m.screens[screen.Setup], m.screens[screen.Help] = setup.New(m.host, m.cfg.Setup), newHelp(m)
		return
	}
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
	if m.screens[name] != nil {
		m.show(name)
	}
}

func (m *Model) show(name screen.Name) {
	m.at = name
	m.fit()
	m.screens[name].Take()
	if s, is := m.screens[name].(screen.Opener); is {
		s.Opened()
	}
}
