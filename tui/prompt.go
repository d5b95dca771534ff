package tui

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"earshot/device/printable"

	tea "charm.land/bubbletea/v2"
)

func (m *Model) startSearch() tea.Cmd {
	m.list.remember()
	return m.ask(promptSearch, m.list.search)
}

func (m *Model) startNote() tea.Cmd {
	r := m.current()
	m.noteFor, m.noteWas = r.Ref, ""
	if n := len(r.Notes); n > 0 {
		m.noteWas = r.Notes[n-1].Text
	}
	return m.ask(promptNote, m.noteWas)
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
	before := utf8.RuneCountInString(m.input.Value())
	m.input, _ = m.input.Update(msg)
	if clean := printable.Text(m.input.Value()); clean != m.input.Value() {
		m.input.SetValue(clean)
		m.input.CursorEnd()
	}
	if paste, ok := msg.(tea.PasteMsg); ok && before+utf8.RuneCountInString(paste.Content) > m.input.CharLimit {
		m.say(alarm, fmt.Sprintf("what was pasted is longer than %d characters: the rest was left out", m.input.CharLimit))
	}
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
	switch {
	case what == promptNote && m.noteWas != "":
		m.editNote(text)
		return nil
	case text == "":
		m.say(alarm, "empty note discarded")
		return nil
	case what == promptWaiver:
		m.cfg.Actions.AcceptDoubt(m.noteFor, text)
		m.say(accent, m.noteFor+" is accepted, with your note")
		return nil
	}
	m.cfg.Actions.Note(m.noteFor, text)
	m.say(accent, "note saved for "+m.noteFor)
	return nil
}

// editNote stores the note with another text, or removes it.
func (m *Model) editNote(text string) {
	switch text {
	case m.noteWas:
		return
	case "":
		m.say(accent, "note removed from "+m.noteFor)
	default:
		m.say(accent, "note changed for "+m.noteFor)
	}
	m.cfg.Actions.EditNote(m.noteFor, text)
}

// dropPrompt discards what was typed.
func (m *Model) dropPrompt() tea.Cmd {
	if m.prompt == promptSearch {
		m.list.search = m.list.before[len(m.list.before)-1].search
		m.list.stepBack()
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
