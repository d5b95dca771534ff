package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"earshot/collector/report"
)

func (m *Model) readAgain() tea.Cmd {
	r := m.current()
	m.cfg.Actions.ReadAgain([]string{r.Ref})
	m.say(accent, "reading "+r.Ref+" again")
	return nil
}

func (m *Model) readLeft() tea.Cmd {
	refs := m.leftRefs()
	m.cfg.Actions.ReadAgain(refs)
	m.say(accent, "reading "+report.Count(len(refs), "meter")+" again")
	return nil
}

// finish ends the campaign at the second press; the first asks.
func (m *Model) finish() tea.Cmd {
	if !m.sure("finish", "E again: finish this campaign and quit; the next run starts a new one") {
		return nil
	}
	m.cfg.Actions.Finish()
	return quits(m)
}

// asked is a question that another press of its key answers. Every other key, and a
// click, cancels it.
type asked struct {
	what  string
	until time.Time
}

// asking reports whether a question waits for its answer.
func (m *Model) asking() bool { return m.asked.what != "" && m.cfg.Now().Before(m.asked.until) }

// answers takes the question away; what is done now either answers or cancels it.
func (m *Model) answers() {
	m.answered = asked{}
	if m.asking() {
		m.answered = m.asked
	}
	m.asked, m.flash = asked{}, flash{}
}

// sure reports whether the same was asked just before; otherwise it asks.
func (m *Model) sure(what, question string) bool {
	if m.answered.what == what {
		return true
	}
	m.say(alarm, question)
	m.asked = asked{what, m.flash.until}
	return false
}

// choose adds the filter of the digit that was pressed to those chosen, or takes it away.
func (m *Model) choose() tea.Cmd {
	m.list.choose(int(m.pressed[0] - '1'))
	m.relist()
	return nil
}

// nextFilter chooses the filter after the chosen one alone.
func (m *Model) nextFilter() tea.Cmd {
	if m.list.groups == 0 {
		m.list.remember()
	}
	m.list.groups <<= 1
	if m.list.groups == 0 {
		m.list.groups = 1 << 1
	} else if m.list.groups >= 1<<len(filters) {
		m.list.groups = 0
	}
	m.relist()
	return nil
}

func (m *Model) nextSorting() tea.Cmd {
	if m.list.sorting == 0 {
		m.list.remember()
	}
	m.list.sorting = (m.list.sorting + 1) % len(sortings)
	m.list.home() // show the first row of the new order
	m.relist()
	return nil
}

func (m *Model) stepBack() tea.Cmd {
	m.list.stepBack()
	m.relist()
	return nil
}

// relist shows the list after its order or choice has changed.
func (m *Model) relist() {
	m.list.sort(m.snap.Rows)
	m.list.take(m.snap.Rows, m.rowLines())
}
