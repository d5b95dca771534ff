package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"earshot/collector/duration"
	"earshot/collector/report"
	"earshot/collector/state"
)

// Update handles a message.
func (m Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
	case snapshotMsg:
		m.take(state.Snapshot(msg))
		cmd = tea.Batch(m.wake(), m.keepTicking())
	case tickMsg:
		m.ticking = false
		m.moveOn()
		cmd = m.keepTicking()
	case tea.KeyPressMsg:
		m.flash = flash{}
		cmd = m.press(msg)
	case tea.PasteMsg:
		cmd = m.typed(msg)
	case tea.MouseWheelMsg:
		m.wheel(msg.Mouse())
	case tea.MouseClickMsg:
		m.click(msg.Mouse())
	}
	return m, cmd
}

// take shows a new snapshot.
func (m *Model) take(snap state.Snapshot) {
	first := m.snap.Generation == 0 && m.snap.Rows == nil
	m.snap = snap
	for _, ev := range snap.Events {
		if tone, text := news(ev); text != "" && !first {
			m.say(tone, text)
		}
	}
	if first || !m.ticking {
		m.moveTime()
	}
	if len(snap.Rows) != len(m.list.order) {
		m.measure()
	}
	m.list.take(snap.Rows, m.rowLines())
	m.fill()
}

// measure fits the columns to the places of the list.
func (m *Model) measure() {
	m.where = 0
	for _, r := range m.snap.Rows {
		m.where = max(m.where, width(m.look.text(r.Place.String())))
	}
	m.sheet = sheetFor(m.width, m.where)
	m.cache.forget()
}

// news is what an event has to tell besides what it changes on the screen.
func news(ev state.Event) (token, string) {
	switch ev := ev.(type) {
	case state.RoundStarted:
		return accent, fmt.Sprintf("round %d has begun: %s", ev.Round, report.Count(len(ev.Reads), "read"))
	case state.RoundFinished:
		switch {
		case ev.Cause != "":
			return failed, fmt.Sprintf("round %d ended early: %s", ev.Round, ev.Cause)
		case ev.Failed == 0:
			return good, fmt.Sprintf("round %d is over: nothing failed", ev.Round)
		}
		return alarm, fmt.Sprintf("round %d is over: %s failed; R reads again what has not passed", ev.Round, report.Count(ev.Failed, "read"))
	case state.ReceiverDown:
		if !ev.Ended {
			return failed, fmt.Sprintf("receiver %s is gone: %s", ev.Receiver, ev.Reason)
		}
	case state.Trouble:
		if ev.Notice {
			return alarm, ev.Reason
		}
	case state.ReceiverBack:
		return good, fmt.Sprintf("receiver %s is back after %s", ev.Receiver, duration.Text(ev.Away))
	case state.ReceiverDeaf:
		return failed, fmt.Sprintf("receiver %s is deaf: %s", ev.Receiver, ev.Reason)
	case state.ReceiverReset:
		if ev.Problem != "" {
			return failed, fmt.Sprintf("receiver %s could not be reset: %s", ev.Receiver, ev.Problem)
		}
		return accent, fmt.Sprintf("receiver %s was reset: %s", ev.Receiver, ev.Reason)
	case state.StoreFailed:
		return failed, "nothing can be stored: " + ev.Reason
	case state.StoreMended:
		if ev.Lost > 0 {
			return alarm, fmt.Sprintf("the store works again; %s found no room meanwhile", report.Count(ev.Lost, "telegram or note"))
		}
		return good, "the store works again: what was heard meanwhile is in it"
	case state.ClockSet:
		return alarm, fmt.Sprintf("the clock of this machine was set back by %s", duration.Text(ev.Back))
	case state.CampaignResumed:
		text := "the campaign goes on where it stood; E finishes it"
		if n := len(ev.Changed); n > 0 {
			text += fmt.Sprintf("; %s begins anew: another key", report.Count(n, "meter"))
		}
		return accent, text
	}
	return plain, ""
}

// keepTicking asks for the next tick while there is anything that ages.
func (m *Model) keepTicking() tea.Cmd {
	if m.ticking || !m.ages() {
		return nil
	}
	m.ticking = true
	return m.tick()
}

// ages reports whether anything on the screen changes with time alone.
func (m *Model) ages() bool {
	return m.snap.Round.Running() || m.snap.Counts.Heard > 0 || len(m.snap.Unlisted) > 0 || m.flash.text != ""
}

// moveOn is one tick.
func (m *Model) moveOn() {
	m.spinner, _ = m.spinner.Update(m.spinner.Tick())
	m.moveTime()
	m.list.sort(m.snap.Rows)
	m.list.take(m.snap.Rows, m.rowLines())
	m.fill()
}

// moveTime sets the time that ages are counted to.
func (m *Model) moveTime() {
	m.now = m.cfg.Now()
	if m.flash.text != "" && !m.now.Before(m.flash.until) {
		m.flash = flash{}
	}
	m.rates = m.rates[:0:0]
	for i := range m.snap.Receivers {
		m.rates = append(m.rates, m.snap.Receivers[i].PerMinute(m.now))
	}
}

// wheel scrolls.
func (m *Model) wheel(mouse tea.Mouse) {
	lines := 3
	if mouse.Button == tea.MouseWheelUp {
		lines = -lines
	}
	m.scroll(lines)
}

// click puts the cursor on a row; on the row that has it, it opens it.
func (m *Model) click(mouse tea.Mouse) {
	p := m.plan()
	i := mouse.Y - p.header - p.links - p.counts - p.gap - p.titles
	if m.page != pageList || m.prompt != noPrompt || i < 0 || i >= p.rows {
		return
	}
	i += m.list.top
	switch {
	case i >= len(m.list.visible):
	case i == m.list.cursor:
		m.open(pageDetail)
	default:
		m.list.move(i-m.list.cursor, p.rows)
	}
}

// scroll moves the cursor of the list, or a page.
func (m *Model) scroll(lines int) {
	switch {
	case m.page == pageList:
		m.list.move(lines, m.rowLines())
	case lines < 0:
		m.pager.ScrollUp(-lines)
	default:
		m.pager.ScrollDown(lines)
	}
}

// pageful is how far a page key scrolls.
func (m *Model) pageful() int {
	if m.page == pageList {
		return max(1, m.rowLines()-1)
	}
	return max(1, m.pager.Height()-1)
}

// far is further than any list or page is long.
const far = 1 << 30

// quiet is how long nothing may have been heard before a receiver's rate is
// drawn as a warning.
const quiet = 2 * time.Minute
