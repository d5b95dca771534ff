package air

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"earshot/collector/label"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device/wmbus"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// Screen shows the meters on the air that are not in the list.
type Screen struct {
	host    *screen.Host
	reader  *reader
	items   []item
	counts  tally
	at      wmbus.Address // the one under the cursor
	cursor  int
	top     int
	order   int
	hidden  bool     // the ignored ones are
	display *display // what is searched for, nil: nothing
	typed   string   // … as it was typed
	sealed  int      // unlisted meters that it cannot be compared with
	w, h    int
}

// New returns the screen.
func New(h *screen.Host) *Screen {
	return &Screen{host: h, reader: newReader(), hidden: true}
}

// Keys are those of the screen.
func (s *Screen) Keys() []screen.Binding {
	claims := len(s.host.Snap.Claims) > 0
	keys := []screen.Binding{
		{Keys: []string{"a"}, Short: s.say("air.key.take", nil), Help: s.say("air.help.take", nil), Rank: 3, Why: s.canTake, Do: s.take},
		{Keys: []string{"c"}, Short: s.say("air.key.claim", nil), Help: s.say("air.help.claim", nil), Rank: 2, Why: s.canChoose, Do: screen.Just(s.claim)},
		{Keys: []string{"i"}, Short: s.say("air.key.ignore", nil), Help: s.say("air.help.ignore", nil), Rank: 3, Why: s.canChoose, Do: screen.Just(s.ignore)},
		{Keys: []string{"I"}, Help: s.say("air.help.hidden", nil), Why: s.canShow, Do: screen.Just(s.showIgnored)},
		{Keys: []string{"/"}, Short: s.say("air.key.jump", nil), Help: s.say("air.help.jump", nil), Rank: 4, Do: screen.Just(s.jump)},
		{Keys: []string{"d"}, Short: s.say("air.key.display", nil), Help: s.say("air.help.display", nil), Rank: 4, Do: screen.Just(s.byDisplay)},
		{Keys: []string{"s"}, Short: s.say("air.key.sort", nil), Help: s.say("air.help.sort", nil), Rank: 5, Do: screen.Just(s.sort)},
		{Keys: []string{"w"}, Short: look.Pick(claims, s.say("air.key.write", nil), ""), Help: s.say("air.help.write", nil), Rank: look.Pick(claims, 3, 0), Why: s.canWrite, Do: s.write},
		{Keys: []string{"enter"}, Help: s.say("air.help.meter", nil), Why: s.hasRow, Do: screen.Just(s.openRow)},
	}
	if s.display != nil {
		keys = append(keys, screen.Binding{Keys: []string{"esc", "backspace"}, Label: screen.Named("esc"), Short: s.say("air.key.all", nil), Help: s.say("air.help.all", nil), Rank: 1, Do: screen.Just(s.all)})
	}
	return keys
}

// Mode says which keys there are: more in a search by a display, and if meters are claimed.
func (s *Screen) Mode() int {
	return look.Pick(s.display != nil, 1, 0) + look.Pick(len(s.host.Snap.Claims) > 0, 2, 0)
}

// Take takes over what the host has. The cursor stays on its meter.
func (s *Screen) Take() {
	snap := &s.host.Snap
	s.counts = tally{}
	for _, u := range snap.Unlisted {
		s.counts.add(u)
	}
	if s.display != nil {
		s.items, s.sealed = s.reader.rank(*s.display, snap.Unlisted, snap.Rows)
	} else {
		s.items = s.items[:0]
		sorted := slices.Clone(snap.Unlisted)
		slices.SortStableFunc(sorted, orders[s.order].compare)
		for _, u := range sorted {
			if !u.Ignored || u.Claimed || !s.hidden {
				s.items = append(s.items, item{unlisted: u})
			}
		}
	}
	if u := s.nearest(); len(u) > 0 {
		for i := range s.items {
			if x := s.items[i].unlisted; x != nil {
				s.items[i].row = u[x.Near]
			}
		}
	}
	if i := slices.IndexFunc(s.items, func(i item) bool { return i.address() == s.at }); i >= 0 {
		s.cursor = i
	}
	s.move(0)
}

// nearest are the rows that unlisted meters may be, by their reference.
func (s *Screen) nearest() map[string]*state.Row {
	wanted := map[string]*state.Row{}
	for _, u := range s.host.Snap.Unlisted {
		if u.Near != "" {
			wanted[u.Near] = nil
		}
	}
	for _, r := range s.host.Snap.Rows {
		if _, is := wanted[r.Ref]; is {
			wanted[r.Ref] = r
		}
	}
	return wanted
}

// Resize fits the screen to a size.
func (s *Screen) Resize(w, h int) {
	s.w, s.h = w, h
	s.move(0)
}

// Scroll moves the cursor.
func (s *Screen) Scroll(lines int) { s.move(lines) }

// Pageful is how far a page key goes.
func (s *Screen) Pageful() int { return max(1, s.plan().rows-1) }

// Click puts the cursor on a meter.
func (s *Screen) Click(_, y int) {
	p := s.plan()
	if i := y - p.title - p.columns; i >= 0 && i < p.rows && s.top+i < len(s.items) {
		s.move(s.top + i - s.cursor)
	}
}

// move moves the cursor, and shows it.
func (s *Screen) move(by int) {
	n := len(s.items)
	s.cursor = max(0, min(n-1, s.cursor+max(-n, min(n, by))))
	rows := max(1, s.plan().rows)
	s.top = max(0, min(s.top, n-rows, s.cursor), s.cursor-rows+1)
	if n > 0 {
		s.at = s.items[s.cursor].address()
	}
}

// current is the line under the cursor, nil if there is none.
func (s *Screen) current() *item {
	if s.cursor >= len(s.items) {
		return nil
	}
	return &s.items[s.cursor]
}

func (s *Screen) hasItem() string {
	return look.Pick(s.current() == nil, s.say("air.no.meter", nil), "")
}

// canChoose says why nothing can be decided about the meter.
func (s *Screen) canChoose() string {
	if reason := screen.First(s.host.Watching, s.hasItem); reason != "" {
		return reason
	}
	return look.Pick(s.current().unlisted == nil, s.say("air.no.listed", nil), "")
}

func (s *Screen) hasRow() string {
	if reason := s.hasItem(); reason != "" {
		return reason
	}
	return look.Pick(s.current().row == nil, s.say("air.no.near", nil), "")
}

func (s *Screen) canTake() string { return screen.First(s.canChoose, s.hasRow) }

func (s *Screen) canShow() string {
	return look.Pick(s.counts.ignored == 0, s.say("air.no.ignored", nil), "")
}

func (s *Screen) canWrite() string {
	if reason := s.host.Watching(); reason != "" {
		return reason
	}
	return look.Pick(len(s.host.Snap.Claims) == 0, s.say("air.no.claims", nil), "")
}

// take takes the meter for the row that it looks like, as the other screens do.
func (s *Screen) take(key string) tea.Cmd {
	s.host.Selected = s.current().row.Ref
	cmd, _ := s.host.Press(s.host.MeterKeys(), key)
	return cmd
}

func (s *Screen) openRow() {
	s.host.Selected = s.current().row.Ref
	s.host.Open(screen.Meter)
}

// claim asks where the meter is.
func (s *Screen) claim() {
	u := s.current().unlisted
	name := state.RefOf(u.Address)
	s.host.Ask(screen.Prompt{Words: s.say("air.ask.place", words.Args{"Meter": name}), Value: u.Place, Limit: 120, Take: func(place string) {
		switch {
		case place != "":
			s.host.Actions.Claim(u.Address, place)
			s.host.Say(look.Accent, s.say("air.said.claimed", words.Args{"Meter": name}))
		case u.Claimed:
			s.host.Actions.Disclaim(u.Address)
			s.host.Say(look.Accent, s.say("air.said.dropped", words.Args{"Meter": name}))
		}
	}})
}

func (s *Screen) ignore() {
	u := s.current().unlisted
	s.host.Actions.Ignore(u.Address, !u.Ignored)
	s.host.Say(look.Accent, s.say(look.Pick(u.Ignored, "air.said.heeded", "air.said.ignored"), words.Args{"Meter": state.RefOf(u.Address)}))
}

func (s *Screen) showIgnored() {
	s.hidden = !s.hidden
	s.Take()
}

func (s *Screen) sort() {
	s.order = (s.order + 1) % len(orders)
	s.cursor, s.top, s.at = 0, 0, wmbus.Address{} // show the first of the new order
	s.Take()
}

// byDisplay asks for the number on a display.
func (s *Screen) byDisplay() {
	s.host.Ask(screen.Prompt{Words: s.say("air.ask.display", nil), Limit: 40, Take: func(text string) {
		shown, ok := parseDisplay(text)
		switch {
		case text == "":
			s.all()
		case !ok:
			s.host.Say(look.Alarm, s.say("air.said.number", words.Args{"Text": text}))
		default:
			s.display, s.typed = &shown, text
			s.cursor, s.top, s.at = 0, 0, wmbus.Address{}
			s.Take()
		}
	}})
}

// all ends the search by a display.
func (s *Screen) all() {
	s.display, s.typed = nil, ""
	s.Take()
}

// jump asks for a number, or for another word about a meter.
func (s *Screen) jump() {
	s.host.Ask(screen.Prompt{Words: s.say("air.ask.jump", nil), Moves: true, Typed: func(text string) { s.goTo(text) }, Take: s.arrive})
}

// goTo puts the cursor on the first meter that a text names, and reports whether there is
// one.
func (s *Screen) goTo(text string) bool {
	if strings.TrimSpace(text) == "" {
		return false
	}
	i := slices.IndexFunc(s.items, func(i item) bool { return i.named(text) })
	if i < 0 {
		return false
	}
	s.move(i - s.cursor)
	return true
}

// arrive goes to the meter that a text names: an unlisted one, or one of the list.
func (s *Screen) arrive(text string) {
	if text == "" || s.goTo(text) {
		return
	}
	for _, u := range s.host.Snap.Unlisted { // an ignored one
		if x := (&item{unlisted: u}); x.named(text) {
			s.hidden, s.display, s.typed, s.at = false, nil, "", u.Address
			s.Take()
			return
		}
	}
	for _, r := range s.host.Snap.Rows {
		if isOf(text, wmbus.Address{ID: r.ID}) {
			s.host.Selected = r.Ref
			s.host.Open(screen.Meter)
			s.host.Say(look.Accent, s.say("air.said.listed", words.Args{"Meter": r.Ref, "Where": r.Place.String()}))
			return
		}
	}
	s.host.Say(look.Alarm, s.say("air.said.nothing", words.Args{"Text": text}))
}

// fewestTyped is how many digits of a number name a meter.
const fewestTyped = 4

// isOf reports whether a text has the number of a meter, as its label or a scanner writes
// it, or its last digits.
func isOf(text string, a wmbus.Address) bool {
	for _, n := range label.Read(text) {
		if n.ID == a.ID && (n.Maker == 0 || a.Manufacturer == 0 || n.Maker == a.Manufacturer) {
			return true
		}
	}
	number := numberIn(text)
	return len(number) >= fewestTyped && strings.HasSuffix(a.ID.String(), number)
}

// named reports whether a text names the meter: by its number, or by a part of its other
// words.
func (i *item) named(text string) bool {
	if len(numberIn(text)) >= fewestTyped {
		return isOf(text, i.address())
	}
	words := state.RefOf(i.address()) + " " + i.address().Type.Medium()
	if i.row != nil {
		words += " " + i.row.Place.String()
	}
	if i.unlisted != nil {
		words += " " + i.unlisted.Place
	}
	return strings.Contains(strings.ToLower(words), strings.ToLower(strings.TrimSpace(text)))
}

// written is what became of writing the claimed meters.
type written struct {
	file  string
	count int
	err   error
}

// write writes the claimed meters into a file.
func (s *Screen) write(string) tea.Cmd {
	claims := s.host.Snap.Claims
	return s.host.Command(func(<-chan struct{}) tea.Msg {
		file, err := s.host.Actions.WriteClaims(claims)
		return written{file, len(claims), err}
	})
}

// Update says what became of writing.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	if m, is := msg.(written); is && m.err != nil {
		s.host.Say(look.Failed, s.say("air.said.failed", words.Args{"Reason": m.err.Error()}))
	} else if is {
		s.host.Say(look.Good, s.say("air.said.written", words.Args{"Count": m.count, "File": m.file}))
	}
	return nil
}

// say fills in a message in the language of the screen.
func (s *Screen) say(name string, a words.Args) string { return s.host.Look.Lang.Say(name, a) }

// count is say for a message that counts something.
func (s *Screen) count(name string, n int, a words.Args) string {
	return s.host.Look.Lang.Plural(name, n, a)
}
