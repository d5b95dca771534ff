package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"earshot/collector/report"
	"earshot/device/wmbus"
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
		{[]string{"R"}, "", "", "read all that failed again", 0, onList, canReadFailed, (*Model).readFailed},
		{[]string{"n"}, "", "note", "write a note about the meter", 4, onMeter, canNote, (*Model).startNote},
		{[]string{"y"}, "", "", "accept an implausible reading, or a doubt, with a note why", 0, onMeter, canWaive, (*Model).startWaiver},
		{[]string{"a"}, "", "", "pressed twice: assign the matching unlisted meter, or undo that", 0, onMeter, canCorrect, (*Model).correct},
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

func quits(*Model) tea.Cmd { return tea.Quit }

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

func canReadFailed(m *Model) string {
	if reason := firstOf(m, watching, listens); reason != "" {
		return reason
	}
	if len(m.failedRefs()) == 0 {
		return "no meter has failed: nothing to read again"
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

func canCorrect(m *Model) string {
	if reason := firstOf(m, watching, needsMeter); reason != "" {
		return reason
	}
	switch r := m.current(); {
	case r.Correction != nil || r.Correctable():
		return ""
	case r.Near != nil:
		return r.Ref + " was heard: its number is right"
	default:
		return "no unlisted meter looks like " + r.Ref
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

// failedRefs are the rows that failed and are not being read.
func (m *Model) failedRefs() []string {
	var refs []string
	for _, r := range m.snap.Rows {
		if r.Verdict.Failed() && !r.Read.Active {
			refs = append(refs, r.Ref)
		}
	}
	return refs
}

func (m *Model) readAgain() tea.Cmd {
	r := m.current()
	m.cfg.Actions.ReadAgain([]string{r.Ref})
	m.say(accent, "reading "+r.Ref+" again")
	return nil
}

func (m *Model) readFailed() tea.Cmd {
	refs := m.failedRefs()
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
	return tea.Quit
}

// correct assigns the matching unlisted meter to the row at the second press;
// the first asks.
func (m *Model) correct() tea.Cmd {
	r := m.current()
	if r.Correction != nil {
		if m.sure("withdraw "+r.Ref, fmt.Sprintf("a again: %s is no longer %s %v, and is read again", r.Ref, r.Correction.Manufacturer, r.Correction.ID)) {
			m.cfg.Actions.Correct(r.Ref, wmbus.Address{})
			m.say(accent, r.Ref+" is read again")
		}
		return nil
	}
	to := r.Near.Address
	if m.sure("correct "+r.Ref+to.String(), fmt.Sprintf("a again: in this campaign %s is %s %v; the list is not changed", r.Ref, to.Manufacturer, to.ID)) {
		m.cfg.Actions.Correct(r.Ref, to)
		m.say(accent, fmt.Sprintf("%s is now %s %v", r.Ref, to.Manufacturer, to.ID))
	}
	return nil
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
