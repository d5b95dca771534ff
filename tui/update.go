package tui

import (
	tea "charm.land/bubbletea/v2"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// Update handles a message.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
	case snapshotMsg:
		m.take(state.Snapshot(msg))
		cmd = tea.Batch(m.wake(), m.keepTicking())
	case tickMsg:
		m.ticking = false
		if m.cfg.Now().Sub(m.taken) >= 2*m.cfg.Interval { // else the next snapshot does it
			m.moveOn()
		}
		cmd = m.keepTicking()
	case tea.KeyPressMsg:
		m.host.Answers()
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
	case tea.FocusMsg, tea.BlurMsg:
		_, m.away = msg.(tea.BlurMsg)
	case tea.PasteMsg:
		m.host.Answers()
		m.host.Type(msg)
	case tea.MouseWheelMsg:
		m.screens[m.at].Scroll(look.Pick(msg.Button == tea.MouseWheelUp, -3, 3))
	case tea.MouseClickMsg:
		m.host.Answers()
		if c, is := m.screens[m.at].(screen.Clicker); is && m.host.Prompting() == nil {
			c.Click(msg.X, msg.Y)
		}
	default:
		cmd = m.pass(msg)
	}
	m.fit()
	return m, tea.Batch(cmd, m.host.Queued())
}

// pass hands a message to the screens whose own it may be.
func (m *Model) pass(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, s := range m.screens {
		if u, is := s.(screen.Updater); is {
			cmds = append(cmds, u.Update(msg))
		}
	}
	return tea.Batch(cmds...)
}

// take shows a new snapshot.
func (m *Model) take(snap state.Snapshot) {
	h := m.host
	first := h.Snap.Generation == 0 && h.Snap.Rows == nil
	h.Snap, m.taken = snap, m.cfg.Now()
	h.Look.Limits = snap.Limits
	for _, ev := range snap.Events {
		if tone, text := h.Look.Lang.News(ev); text != "" && !first && !h.Asking() {
			h.Say(tones[tone], text)
		}
	}
	if first || !m.ticking {
		m.moveTime()
	}
	for _, s := range m.screens {
		if f, is := s.(screen.Follower); is {
			f.Follow(snap.Events, snap.Missed)
		}
	}
	if passed := snap.Counts.Passed(); first && passed > 0 {
		h.Say(look.Accent, h.Look.Lang.Say("say.resumed", words.Args{"Done": passed, "Left": len(snap.Rows) - passed}))
	}
	if m.taken.Sub(h.Now) >= tickEvery { // one painting for both
		m.moveOn()
		return
	}
	m.screens[m.at].Take()
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
	return m.host.Snap.Round.Running() || m.host.Snap.Counts.Heard > 0 || len(m.host.Snap.Unlisted) > 0 || m.host.Saying()
}

// moveOn handles a tick.
func (m *Model) moveOn() {
	m.spinner, _ = m.spinner.Update(m.spinner.Tick())
	m.host.Spinner = m.spinner.View()
	m.moveTime()
	if t, is := m.screens[m.at].(screen.Ticker); is {
		t.Tick()
		return
	}
	m.screens[m.at].Take()
}

// moveTime sets the time that ages are counted to.
func (m *Model) moveTime() {
	h := m.host
	h.Now = m.cfg.Now()
	h.Age()
	h.Rates = h.Rates[:0:0]
	for i := range h.Snap.Receivers {
		h.Rates = append(h.Rates, h.Snap.Receivers[i].PerMinute(h.Now))
	}
}

// tones are the styles of news.
var tones = map[words.Tone]look.Token{words.Plain: look.Plain, words.Accent: look.Accent, words.Good: look.Good, words.Alarm: look.Alarm, words.Bad: look.Failed}
