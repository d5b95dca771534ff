package tui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"earshot/collector/state"
	"earshot/collector/words"
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
		m.answers()
		cmd = m.press(msg)
	case tea.ColorProfileMsg:
		m.profile = msg.Profile
		m.suit()
	case tea.BackgroundColorMsg:
		m.background = msg.Color
		m.suit()
		if m.leaving {
			cmd = tea.Quit
		}
	case tea.PasteMsg:
		m.answers()
		cmd = m.typed(msg)
	case tea.MouseWheelMsg:
		m.wheel(msg.Mouse())
	case tea.MouseClickMsg:
		m.answers()
		m.click(msg.Mouse())
	}
	return m, cmd
}

// take shows a new snapshot.
func (m *Model) take(snap state.Snapshot) {
	first := m.snap.Generation == 0 && m.snap.Rows == nil
	m.snap = snap
	m.look.limits = snap.Limits
	for _, ev := range snap.Events {
		if tone, text := words.English.News(ev); text != "" && !first && !m.asking() {
			m.say(tones[tone], text)
		}
	}
	if first || !m.ticking {
		m.moveTime()
	}
	if passed := snap.Counts.Passed(); first && passed > 0 {
		m.say(accent, fmt.Sprintf("resumed: %d done, %d to read; E finishes this campaign", passed, len(snap.Rows)-passed))
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

// tones are the styles of news.
var tones = map[words.Tone]token{words.Plain: plain, words.Accent: accent, words.Good: good, words.Alarm: alarm, words.Bad: failed}

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

// moveOn handles a tick.
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

// quiet is how long a receiver may hear nothing before its rate is drawn as a
// warning.
const quiet = 2 * time.Minute
