package equipment

import (
	"iter"
	"slices"
	"strings"
	"time"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// kind sorts the entries of the log.
type kind uint8

const (
	kindAll kind = iota // of a filter: all but telegrams
	kindReceiver
	kindDelivery
	kindMeter
	kindAction
	kindCampaign
	kindTelegram
	kinds
)

var kindNames = [kinds]string{"equipment.kind.all", "equipment.kind.receiver", "equipment.kind.delivery", "equipment.kind.meter", "equipment.kind.action", "equipment.kind.campaign", "equipment.kind.telegram"}

// entry is an event. Those that come with each telegram get their words when somebody
// looks at them: of thousands few are shown.
type entry struct {
	at          time.Time
	kind        kind
	name, about string      // of an event that gets its words later
	ev          state.Event // nil once it has its words
	tone        look.Token
	text        string
	count       int // how often it came in a row
}

// worded gives an entry its words.
func (e *entry) worded(l *look.Look) *entry {
	if e.ev != nil {
		_, e.tone, e.text = wording(e.ev, l)
		e.ev = nil
	}
	return e
}

// repeats reports whether an entry says the same as the one before it.
func (e *entry) repeats(last *entry, l *look.Look) bool {
	return e.kind != kindTelegram && e.kind == last.kind && e.name == last.name && e.about == last.about &&
		e.worded(l).text == last.worded(l).text
}

// How many entries are kept. Telegrams have their own ring: they would push out all else.
const (
	maxEntries   = 2000
	maxTelegrams = 500
)

// ring keeps the last entries.
type ring struct {
	all  []entry
	next int // where the next one goes, once it is full
}

func (r *ring) add(e entry, most int, l *look.Look) {
	if n := len(r.all); n > 0 {
		last := &r.all[(r.next+n-1)%n]
		if e.repeats(last, l) {
			last.at, last.count = e.at, last.count+1
			return
		}
	}
	e.count = 1
	if len(r.all) < most {
		r.all = append(r.all, e)
		return
	}
	r.all[r.next] = e
	r.next = (r.next + 1) % most
}

// at is the entry that was added so many before the last one.
func (r *ring) at(back int) *entry {
	n := len(r.all)
	return &r.all[(r.next+2*n-1-back)%n]
}

// log is what happened, in words.
type log struct {
	events, telegrams ring
	missed            int    // events that it could not see
	shown             kind   // the filter
	text              string // the search
	back              int    // entries that match, and are below the last line
	still             *log   // what is shown while it is frozen, nil otherwise
	since             int    // entries that came since then
}

// add takes an event.
func (l *log) add(ev state.Event, h *screen.Host) {
	e, known := entryOf(ev, h.Look)
	if !known {
		return
	}
	of, most := l.ringOf(e.kind)
	before := len(of.all)
	was := of.next
	of.add(e, most, h.Look)
	if l.still != nil {
		l.since++
	}
	if grown := len(of.all) > before || of.next != was; grown && l.back > 0 && l.matches(&e, h.Look) {
		l.back++ // what is on the screen stays there
	}
}

func (l *log) ringOf(k kind) (*ring, int) {
	if k == kindTelegram {
		return &l.telegrams, maxTelegrams
	}
	return &l.events, maxEntries
}

// matches reports whether an entry is shown.
func (l *log) matches(e *entry, k *look.Look) bool {
	return (l.shown == e.kind || l.shown == kindAll && e.kind != kindTelegram) &&
		(l.text == "" || strings.Contains(strings.ToLower(e.worded(k).text), strings.ToLower(l.text)))
}

// matching are the entries that are shown, the last one first.
func (l *log) matching(k *look.Look) iter.Seq[*entry] {
	from, _ := l.ringOf(l.shown)
	return func(yield func(*entry) bool) {
		for back := range len(from.all) {
			if e := from.at(back); l.matches(e, k) && !yield(e) {
				return
			}
		}
	}
}

// current is what is drawn: the log, or what it was when it was frozen.
func (l *log) current() *log {
	if l.still != nil {
		return l.still
	}
	return l
}

// both applies a change to the log and to what is shown of it.
func (l *log) both(change func(*log)) {
	change(l)
	if l.still != nil {
		change(l.still)
	}
}

func (l *log) nextKind() { l.both(func(l *log) { l.shown, l.back = (l.shown+1)%kinds, 0 }) }

func (l *log) find(text string) { l.both(func(l *log) { l.text, l.back = text, 0 }) }

// narrowed reports whether not all is shown as it comes.
func (l *log) narrowed() bool {
	return l.still != nil || l.shown != kindAll || l.text != "" || l.back > 0
}

// clear shows everything again.
func (l *log) clear() {
	l.still, l.since = nil, 0
	l.shown, l.text, l.back = kindAll, "", 0
}

// freeze holds what is shown, or continues.
func (l *log) freeze() {
	if l.still != nil {
		l.still, l.since, l.back = nil, 0, 0
		return
	}
	still := *l
	still.events.all, still.telegrams.all = slices.Clone(l.events.all), slices.Clone(l.telegrams.all)
	l.still, l.since = &still, 0
}

// scroll moves towards newer entries, or older ones if lines is negative, in a log that
// is drawn in w columns and h lines.
func (l *log) scroll(lines int, k *look.Look, w, h int) {
	c := l.current()
	n := 0
	for range c.matching(k) {
		n++
	}
	c.back = max(0, min(c.back-max(-n, min(n, lines)), n-1))
	for c.back > 0 && len(c.lines(k, w, h)) < h { // the oldest stands at the top
		c.back--
	}
}

// words says what is shown.
func (l *log) words(k *look.Look) string {
	c := l.current()
	parts := []string{k.Lang.Say(kindNames[c.shown], nil)}
	if c.text != "" {
		parts = append(parts, k.Lang.Say("equipment.log.searched", words.Args{"Text": c.text}))
	}
	if l.still != nil {
		parts = append(parts, k.Lang.Say("equipment.log.frozen", nil), k.Lang.Say("equipment.log.new", words.Args{"Count": l.since}))
	}
	return strings.Join(parts, ", ")
}

// draw draws the entries, the last one at the bottom.
func (l *log) draw(k *look.Look, w, h int) []string {
	c := l.current()
	lines := c.lines(k, w, h)
	if len(lines) < h && c.missed > 0 && c.shown == kindAll {
		lines = append(lines, k.Line(w).Put(look.Alarm, " "+k.Lang.Plural("equipment.log.missed", c.missed, nil)).String())
	}
	if len(lines) == 0 && h > 0 {
		lines = append(lines, k.Line(w).Put(look.Dim, " "+k.Lang.Say(look.Pick(len(c.events.all) == 0, "equipment.log.empty", "equipment.log.no_match"), nil)).String())
	}
	lines = lines[:min(len(lines), max(h, 0))]
	slices.Reverse(lines)
	return append(lines, make([]string, max(0, h-len(lines)))...)
}

// lines are those of the entries that are shown, from the bottom up.
func (l *log) lines(k *look.Look, w, h int) (lines []string) {
	skip := l.back
	for e := range l.matching(k) {
		if skip > 0 {
			skip--
			continue
		}
		own := e.draw(k, w)
		slices.Reverse(own)
		if lines = append(lines, own...); len(lines) >= h {
			break
		}
	}
	return lines
}

// draw wraps an entry; its first line has the time.
func (e *entry) draw(k *look.Look, w int) []string {
	text := e.worded(k).text
	if e.count > 1 {
		text = k.Lang.Say("equipment.log.times", words.Args{"Text": text, "Count": e.count})
	}
	p := k.Page(w)
	indent := look.Pick(w < screen.Narrow, 4, 11)
	first := " " + k.Lang.Seconds(e.at) + "  "
	for i, part := range look.Wrap(k.Text(text), max(1, w-len(first))) {
		n := k.Line(w)
		if i == 0 {
			n.Put(look.Dim, first)
		} else {
			n.Gap(w - indent)
		}
		p.Add(n.Put(e.tone, part))
	}
	return p.Lines
}
