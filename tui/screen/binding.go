package screen

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"earshot/tui/look"
)

// Binding is one key, or several that do the same.
type Binding struct {
	Keys  []string                 // as Bubble Tea calls them
	Label func(*look.Look) string  // as the screen calls them; nil: the first of Keys
	Short string                   // in the footer
	Help  string                   // in the help and docs/cli.md
	Offer func() string            // what it would do now, next to the advice, "" if that is of no use; nil: always ""
	Rank  int                      // 1 is the last to leave the footer, 0 is never in it
	Why   func() string            // why the key does nothing now, "" if it does something; nil: always
	Do    func(key string) tea.Cmd // with the key that was pressed
}

// LastRank is the greatest rank.
const LastRank = 6

// Offered are the bindings that would be of use now, and what they would do.
func Offered(bindings []Binding) (keys []*Binding, words []string) {
	for i := range bindings {
		b := &bindings[i]
		if b.Offer == nil || b.Why != nil && b.Why() != "" {
			continue
		}
		if text := b.Offer(); text != "" {
			keys, words = append(keys, b), append(words, text)
		}
	}
	return keys, words
}

// Just makes an action of a function that needs neither the key nor a command.
func Just(f func()) func(string) tea.Cmd {
	return func(string) tea.Cmd {
		f()
		return nil
	}
}

// Named is a label that is the same in every look.
func Named(s string) func(*look.Look) string { return func(*look.Look) string { return s } }

// Sign is the key as the screen calls it.
func (b *Binding) Sign(l *look.Look) string {
	if b.Label == nil {
		return b.Keys[0]
	}
	return b.Label(l)
}

// bubble is the key for Bubbles' help.
func (b *Binding) bubble(l *look.Look) key.Binding {
	return key.NewBinding(key.WithKeys(b.Keys...), key.WithHelp(b.Sign(l), b.Short))
}

// Find returns the binding of a key, nil if there is none.
func Find(bindings []Binding, name string) *Binding {
	i := slices.IndexFunc(bindings, func(b Binding) bool { return slices.Contains(b.Keys, name) })
	if i < 0 {
		return nil
	}
	return &bindings[i]
}

// Over lays a screen's own bindings over others: of these remain the ones whose keys are
// all free.
func Over(own, others []Binding) []Binding {
	var rest []Binding
	for _, b := range others {
		if !slices.ContainsFunc(b.Keys, func(k string) bool { return Find(own, k) != nil }) {
			rest = append(rest, b)
		}
	}
	return rest
}

// Press runs the action of a key, or says why it does nothing. It reports whether there is
// such a key.
func (h *Host) Press(bindings []Binding, name string) (cmd tea.Cmd, found bool) {
	b := Find(bindings, name)
	if b == nil {
		return nil, false
	}
	if b.Why != nil {
		if reason := b.Why(); reason != "" {
			h.Say(look.Alarm, reason)
			return nil, true
		}
	}
	return b.Do(name), true
}
