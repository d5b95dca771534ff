package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

func (m *Model) startSearch() tea.Cmd { return m.ask(promptSearch, m.list.search) }

func (m *Model) startNote() tea.Cmd {
	m.noteFor = m.current().Ref
	return m.ask(promptNote, "")
}

func (m *Model) startWaiver() tea.Cmd {
	m.noteFor = m.current().Ref
	return m.ask(promptWaiver, "")
}

// ask opens a prompt.
func (m *Model) ask(what prompt, text string) tea.Cmd {
	m.prompt = what
	m.input.Prompt = ""
	m.input.CharLimit = 500
	m.input.SetValue(text)
	m.input.CursorEnd()
	m.input.Focus() // its command would make the cursor blink, at the cost of bytes
	m.input.SetWidth(max(1, m.width-width(m.promptWords())-3))
	m.list.show(m.rowLines())
	return nil
}

// typed hands a key, or what was pasted, to the prompt.
func (m *Model) typed(msg tea.Msg) tea.Cmd {
	if m.prompt == noPrompt {
		return nil
	}
	m.input, _ = m.input.Update(msg)
	if m.prompt == promptSearch {
		m.list.search = m.input.Value()
		m.relist()
	}
	return nil
}

// takePrompt accepts what was typed.
func (m *Model) takePrompt() tea.Cmd {
	text := strings.TrimSpace(m.input.Value())
	what := m.prompt
	m.endPrompt()
	if what == promptSearch {
		m.list.search = text
		m.relist()
		return nil
	}
	if text == "" {
		m.say(alarm, "empty note discarded")
		return nil
	}
	if what == promptWaiver {
		m.cfg.Actions.AcceptDoubt(m.noteFor, text)
		m.say(accent, m.noteFor+" is accepted, with your note")
		return nil
	}
	m.cfg.Actions.Note(m.noteFor, text)
	m.say(accent, "note saved for "+m.noteFor)
	return nil
}

// dropPrompt discards what was typed.
func (m *Model) dropPrompt() tea.Cmd {
	if m.prompt == promptSearch {
		m.list.search = ""
	}
	m.endPrompt()
	m.relist()
	return nil
}

func (m *Model) endPrompt() {
	m.prompt = noPrompt
	m.input.Blur()
	m.list.show(m.rowLines())
	m.fill()
}
