package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// places is a set of pages (and of prompts) on which a key works.
type places uint8

const (
	onList places = 1 << iota
	onDetail
	onUnlisted
	onHelp
	onPrompt
	onSearch
)

const (
	onMeter  = onList | onDetail
	onPages  = onDetail | onUnlisted | onHelp
	anywhere = onList | onPages
	onTyping = onPrompt | onSearch
)

func (p places) has(one places) bool { return p&one != 0 }

// placeWords are the headings of the help page and the table of keys.
var placeWords = []struct {
	on    places
	words string
}{
	{anywhere, "Everywhere"},
	{onList, "In the list"},
	{onDetail, "In the details of a meter"},
	{onUnlisted, "In the unlisted meters"},
	{onHelp, "In this help"},
	{onTyping, "While typing"},
	{onSearch, "While searching"},
}

// binding is one key.
type binding struct {
	keys  []string // as Bubble Tea calls them
	label string   // as the screen calls them, "" for the first of keys
	short string   // in the footer
	help  string   // in help and docs/cli.md
	rank  int      // 1 is the last to leave the footer, 0 is never in it
	on    places
	// enabled says why the key does nothing now, "" if it does something; nil
	// means always.
	enabled func(*Model) string
	do      func(*Model) tea.Cmd
}

// lastRank is the greatest rank.
const lastRank = 6

// newBindings returns all keys: the footer, the help page, the key table of
// docs/cli.md and what a key does come from here.
func newBindings() []binding {
	return []binding{
		{[]string{"up"}, "", "", "one up", 0, anywhere | onSearch, nil, scrolls(-1)},
		{[]string{"down"}, "updown", "move", "one down", 6, anywhere | onSearch, nil, scrolls(1)},
		{[]string{"pgup", "shift+space"}, "", "", "a page up", 0, anywhere, nil, (*Model).pageUp},
		{[]string{"pgdown", "space"}, "", "", "a page down", 0, anywhere, nil, (*Model).pageDown},
		{[]string{"home"}, "", "", "to the first", 0, anywhere, nil, scrolls(-far)},
		{[]string{"end"}, "", "", "to the last", 0, anywhere, nil, scrolls(far)},
		{[]string{"enter"}, "", "details", "everything about the meter: its chain, records, status, telegrams", 2, onList, needsMeter, opens(pageDetail)},
		{[]string{"left"}, "", "", "the details of the meter before", 0, onDetail, needsMeter, steps(-1)},
		{[]string{"right"}, "", "next meter", "the details of the next meter", 4, onDetail, needsMeter, steps(1)},
		{[]string{"/"}, "", "search", "search: A 2 tv is a place; longer words are searched for in place, number, maker, medium, verdict and notes", 3, onList, nil, (*Model).startSearch},
		{[]string{"1", "2", "3", "4", "5", "6"}, "1-6", "filter", "show all, those left, wrong, silent, to look at, done; several add up", 3, onList, nil, (*Model).choose},
		{[]string{"f"}, "", "", "the next of these filters", 0, onList, nil, (*Model).nextFilter},
		{[]string{"s"}, "", "sort", "sort by the list, verdict, where, signal (weakest first), or age", 5, onList, nil, (*Model).nextSorting},
		{[]string{"r"}, "", "read again", "read the meter again", 3, onMeter, canRead, (*Model).readAgain},
		{[]string{"R"}, "", "", "read all that are left again", 0, onList, canReadLeft, (*Model).readLeft},
		{[]string{"n"}, "", "note", "write a note about the meter, or edit it; without a text it is removed", 4, onMeter, canNote, (*Model).startNote},
		{[]string{"y"}, "", "", "accept an implausible reading, or a doubt, with a note why", 0, onMeter, canWaive, (*Model).startWaiver},
		{[]string{"a"}, "", "", "pressed twice: accept the meter or the key that was found, or undo that", 0, onMeter, canAccept, (*Model).accept},
		{[]string{"u"}, "", "unlisted", "meters on the air that are not in the list", 4, onList, canUnlisted, opens(pageUnlisted)},
		{[]string{"esc", "backspace"}, "esc", "back", "back", 2, onPages, nil, (*Model).back},
		{[]string{"esc"}, "", "", "one step back in search, filters and sorting", 0, onList, canReset, (*Model).stepBack},
		{[]string{"?"}, "", "help", "this help", 1, onList | onDetail | onUnlisted, nil, (*Model).openHelp},
		{[]string{"?"}, "", "", "close this help", 0, onHelp, nil, (*Model).back},
		{[]string{"enter"}, "", "take", "accept what was typed", 1, onTyping, nil, (*Model).takePrompt},
		{[]string{"esc"}, "", "forget", "discard what was typed", 1, onTyping, nil, (*Model).dropPrompt},
		{[]string{"q"}, "", "quit", "quit; the next run continues the campaign", 1, anywhere, nil, quits},
		{[]string{"E"}, "", "", "pressed twice: finish the campaign and quit; the next run starts a new one", 0, onList, watching, (*Model).finish},
		{[]string{"m"}, "", "", "switch the mouse off, so that the terminal selects text as usual, and on", 0, anywhere, nil, (*Model).switchMouse},
		{[]string{"ctrl+l"}, "", "", "draw the screen again", 0, anywhere | onTyping, nil, redraws},
		{[]string{"ctrl+z"}, "", "", "suspend: nothing is collected until fg brings it back", 0, anywhere | onTyping, nil, suspends},
		{[]string{"ctrl+c"}, "", "", "quit at once", 0, anywhere | onTyping, nil, quits},
	}
}

// under reports whether the key belongs under a heading: that of each place
// where it works, or the one for all places.
func (b *binding) under(heading places) bool {
	if b.on&anywhere == anywhere {
		return heading == anywhere || heading == b.on&^anywhere
	}
	if b.on == onTyping {
		return heading == onTyping
	}
	return heading != anywhere && heading != onTyping && b.on.has(heading)
}

// sign is the key as the screen calls it.
func (b *binding) sign(l *look) string {
	switch b.label {
	case "":
		return b.keys[0]
	case "updown":
		return l.updown
	}
	return b.label
}

// bubble is the key for Bubbles' help.
func (b *binding) bubble(l *look) key.Binding {
	return key.NewBinding(key.WithKeys(b.keys...), key.WithHelp(b.sign(l), b.short))
}

// showing is where the next key goes.
func (m *Model) showing() places {
	switch m.prompt {
	case noPrompt:
	case promptSearch:
		return onSearch
	default:
		return onPrompt
	}
	return [...]places{pageList: onList, pageDetail: onDetail, pageUnlisted: onUnlisted, pageHelp: onHelp}[m.page]
}

// press runs the action of a key, or says why it does nothing.
func (m *Model) press(msg tea.KeyPressMsg) tea.Cmd {
	name := msg.String()
	m.pressed = name
	for i := range m.keys {
		b := &m.keys[i]
		if !b.on.has(m.showing()) || !slices.Contains(b.keys, name) {
			continue
		}
		if b.enabled != nil {
			if reason := b.enabled(m); reason != "" {
				m.say(alarm, reason)
				return nil
			}
		}
		return b.do(m)
	}
	if m.prompt != noPrompt {
		return m.typed(msg)
	}
	m.say(dim, fmt.Sprintf("%s does nothing here: ? shows the keys", name))
	return nil
}

// KeyTable is the table of keys of docs/cli.md, in Markdown.
func KeyTable() string {
	var b strings.Builder
	b.WriteString("| where | key | what it does |\n| --- | --- | --- |\n")
	for _, place := range placeWords {
		for _, k := range newBindings() {
			if k.under(place.on) {
				fmt.Fprintf(&b, "| %s | `%s` | %s |\n", place.words, strings.Join(k.keys, "` or `"), k.help)
			}
		}
	}
	return b.String()
}

func scrolls(lines int) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		m.scroll(lines)
		return nil
	}
}

func opens(p page) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		m.open(p)
		return nil
	}
}

func steps(by int) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		m.list.move(by, m.rowLines())
		m.open(pageDetail)
		return nil
	}
}

// quits leaves the screen. A terminal that was asked for its background a moment ago
// may answer first: else the answer would stand at the shell's prompt.
func quits(m *Model) tea.Cmd {
	rest := answerTime - m.cfg.Now().Sub(m.started)
	if m.background != nil || themes[m.cfg.Theme] != nil || rest <= 0 {
		return tea.Quit
	}
	m.leaving = true
	return m.life.command(m.cfg.Guard, func(done <-chan struct{}) tea.Msg {
		t := time.NewTimer(rest)
		defer t.Stop()
		select {
		case <-t.C:
		case <-done:
		}
		return tea.QuitMsg{}
	})
}

// answerTime is how long a terminal may take to say what its background is.
const answerTime = time.Second

func redraws(*Model) tea.Cmd { return tea.ClearScreen }

func suspends(*Model) tea.Cmd { return tea.Suspend }

func (m *Model) switchMouse() tea.Cmd {
	m.noMouse = !m.noMouse
	m.say(dim, pick(m.noMouse, "the mouse is the terminal's: m gives it back", "the wheel scrolls, a click selects"))
	return nil
}

// needsMeter says that no row is under the cursor.
func needsMeter(m *Model) string {
	if m.current() == nil {
		return "no meter is selected: esc shows all"
	}
	return ""
}

// watching says that this screen has no actions.
func watching(m *Model) string {
	if m.cfg.Actions == nil {
		return "this screen is read-only"
	}
	return ""
}

// listens says why nothing will be heard any more.
func listens(m *Model) string {
	ended := len(m.snap.Receivers) > 0
	for i := range m.snap.Receivers {
		ended = ended && m.snap.Receivers[i].Ended
	}
	return pick(ended, "every recording has ended: nothing more can be heard", "")
}

func canRead(m *Model) string {
	if reason := firstOf(m, watching, listens, needsMeter); reason != "" {
		return reason
	}
	if r := m.current(); r.Read.Active {
		return r.Ref + " is being read already"
	}
	return ""
}

func canReadLeft(m *Model) string {
	if reason := firstOf(m, watching, listens); reason != "" {
		return reason
	}
	if len(m.leftRefs()) == 0 {
		return "no meter is left that is not being read"
	}
	return ""
}

func canNote(m *Model) string { return firstOf(m, watching, needsMeter) }

func canWaive(m *Model) string {
	if reason := firstOf(m, watching, needsMeter); reason != "" {
		return reason
	}
	if r := m.current(); !r.Acceptable() {
		return "nothing is doubtful about " + r.Ref
	}
	return ""
}

func canAccept(m *Model) string {
	if reason := firstOf(m, watching, needsMeter); reason != "" {
		return reason
	}
	switch r := m.current(); {
	case r.Correction != nil || r.Correctable() || r.KeyFound || r.KeyUsable():
		return ""
	case r.Near != nil:
		return r.Ref + " was heard: its number is right"
	default:
		return "no unlisted meter looks like " + r.Ref + ", and no other key was found for it"
	}
}

func canUnlisted(m *Model) string {
	if len(m.snap.Unlisted) == 0 {
		return "no unlisted meter has been heard"
	}
	return ""
}

func canReset(m *Model) string {
	if !m.list.narrowed() {
		return "all meters are shown: q quits"
	}
	return ""
}

func firstOf(m *Model, reasons ...func(*Model) string) string {
	for _, reason := range reasons {
		if r := reason(m); r != "" {
			return r
		}
	}
	return ""
}

// leftRefs are the rows that are left and are not being read.
func (m *Model) leftRefs() []string {
	var refs []string
	for _, r := range m.snap.Rows {
		if !done(r) && !r.Read.Active {
			refs = append(refs, r.Ref)
		}
	}
	return refs
}
