package screen

import (
	"strings"
	"unicode/utf8"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"earshot/collector/words"
	"earshot/device/printable"
	"earshot/tui/look"
)

// Prompt is one line of text that the installer is asked for.
type Prompt struct {
	Words  string            // before what is typed
	Value  string            // what it begins with
	Limit  int               // characters; 0 means 500
	Secret bool              // what is typed is not shown
	Moves  bool              // the arrows scroll the screen meanwhile
	Typed  func(text string) // after each change; may be nil
	Take   func(text string) // when it is accepted, without blanks around it
	Drop   func()            // when it is discarded; may be nil
}

const maxPrompt = 500

// Ask opens a prompt.
func (h *Host) Ask(p Prompt) {
	if p.Limit == 0 {
		p.Limit = maxPrompt
	}
	p.Words = h.Look.Text(p.Words)
	h.prompt = &p
	h.input.Prompt = ""
	h.input.CharLimit = p.Limit
	h.input.EchoMode = look.Pick(p.Secret, textinput.EchoPassword, textinput.EchoNormal)
	h.input.SetValue(typed(p.Value))
	h.input.CursorEnd()
	h.input.Focus() // its command would make the cursor blink, at the cost of bytes
	h.fitInput()
}

func (h *Host) fitInput() {
	words := 20
	if h.prompt != nil {
		words = look.Width(h.prompt.Words)
	}
	h.input.SetWidth(max(1, h.width-words-3))
}

// Prompting is what is being typed, nil if nothing is.
func (h *Host) Prompting() *Prompt { return h.prompt }

// Type hands a key, or what was pasted, to the prompt.
func (h *Host) Type(msg tea.Msg) {
	if h.prompt == nil {
		return
	}
	before := utf8.RuneCountInString(h.input.Value())
	h.input, _ = h.input.Update(msg)
	if clean := typed(h.input.Value()); clean != h.input.Value() {
		h.input.SetValue(clean)
		h.input.CursorEnd()
	}
	if paste, ok := msg.(tea.PasteMsg); ok && before+utf8.RuneCountInString(paste.Content) > h.input.CharLimit {
		h.Say(look.Alarm, h.Look.Lang.Say("say.pasted", words.Args{"Count": h.input.CharLimit}))
	}
	if h.prompt.Typed != nil {
		h.prompt.Typed(h.input.Value())
	}
}

// typed is a text as the prompt can show it: of whose width no terminal is in doubt.
func typed(text string) string { return look.Unflagged(printable.Text(text)) }

// TakePrompt accepts what was typed.
func (h *Host) TakePrompt() {
	p, text := h.prompt, strings.TrimSpace(h.input.Value())
	h.endPrompt()
	p.Take(text)
}

// DropPrompt discards what was typed.
func (h *Host) DropPrompt() {
	p := h.prompt
	h.endPrompt()
	if p.Drop != nil {
		p.Drop()
	}
}

func (h *Host) endPrompt() {
	h.prompt = nil
	h.input.Blur()
	h.input.SetValue("")
}

// DrawPrompt draws what is being typed.
func (h *Host) DrawPrompt() string {
	n := h.Look.Line(h.width).Put(look.Accent, " "+h.prompt.Words)
	s := h.input.View()
	return n.Raw(s, ansi.StringWidthWc(s)).String()
}
