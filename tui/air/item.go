package air

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"earshot/collector/reading"
	"earshot/collector/state"
	"earshot/device"
	"earshot/device/wmbus"
)

// item is a line of the screen: an unlisted meter, or, for a search by a display, one of
// the list.
type item struct {
	unlisted *state.Unlisted
	row      *state.Row // the row of the list; of an unlisted meter the one that it may be, nil if there is none
	match    match      // for a search by a display
}

// address is that of its telegrams.
func (i *item) address() wmbus.Address {
	if i.unlisted != nil {
		return i.unlisted.Address
	}
	return i.row.Heard.Address
}

// hint is how likely it is a meter of the list.
func hint(u *state.Unlisted) int {
	switch {
	case u.Claimed:
		return 3
	case u.KeyFits:
		return 2
	case u.Near != "":
		return 1
	case u.Ignored:
		return -1
	}
	return 0
}

// orders are the ways to sort the list; those that are equal keep the order in which they
// were heard first.
var orders = []struct {
	name    string
	compare func(a, b *state.Unlisted) int
}{
	{"air.order.may", func(a, b *state.Unlisted) int { return hint(b) - hint(a) }},
	{"air.order.signal", func(a, b *state.Unlisted) int { return cmp.Compare(strength(b), strength(a)) }},
	{"air.order.heard", func(a, b *state.Unlisted) int { return cmp.Compare(b.Count, a.Count) }},
	{"air.order.age", func(a, b *state.Unlisted) int { return b.Last.Compare(a.Last) }},
	{"air.order.number", func(a, b *state.Unlisted) int { return cmp.Compare(a.Address.ID, b.Address.ID) }},
}

// strength is the median of a signal, far below all others if it has none in dBm.
func strength(u *state.Unlisted) int {
	median, ok := u.RSSI.Median()
	if !ok || u.RSSI.Scale != device.ScaleDBm {
		return -1000
	}
	return int(median)
}

// tally counts what the title says.
type tally struct{ all, may, claimed, ignored, others int }

func (t *tally) add(u *state.Unlisted) {
	t.all++
	switch {
	case u.Claimed:
		t.claimed++
	case u.Ignored:
		t.ignored++
	case u.Near != "":
		t.may++
	default:
		t.others++
	}
}

// reader reads telegrams that are not encrypted, and remembers what they said.
type reader struct {
	decoder wmbus.Decoder
	read    map[wmbus.Address]readout
}

// readout is what the telegram of a time says; reading is nil if it says nothing.
type readout struct {
	at      time.Time
	reading *reading.Reading
}

func newReader() *reader {
	return &reader{wmbus.Decoder{Templates: new(wmbus.Templates)}, map[wmbus.Address]readout{}}
}

// of is what the last telegram of an unlisted meter says, nil if it says nothing.
func (d *reader) of(u *state.Unlisted) *reading.Reading {
	if u.Encrypted {
		return nil
	}
	if known, found := d.read[u.Address]; found && known.at.Equal(u.Last) {
		return known.reading
	}
	last, t := u.Telegram(), new(wmbus.Telegram)
	_ = d.decoder.Decode(t, last.Bytes, nil) // what was read before an error counts
	var r *reading.Reading
	if t.Security.Result == wmbus.NotEncrypted && len(t.Records) > 0 {
		r = reading.New(t, device.Frame{Time: u.Last, AirTime: last.AirTime, Mode: last.Mode})
	}
	if len(d.read) < state.MaxUnlisted {
		d.read[u.Address] = readout{u.Last, r}
	}
	return r
}

// maxMatches is how many meters are shown for a display.
const maxMatches = 100

// rank finds the meters that could show a display, the likeliest first, and how many
// unlisted ones cannot be read.
func (d *reader) rank(shown display, unlisted []*state.Unlisted, rows []*state.Row) (found []item, sealed int) {
	for _, u := range unlisted {
		r := d.of(u)
		if r == nil {
			if u.Encrypted {
				sealed++
			}
			continue
		}
		if m, ok := shown.matchOf(r); ok {
			found = append(found, item{unlisted: u, match: m})
		}
	}
	for _, row := range rows {
		if r, _ := row.Shown(); r != nil {
			if m, ok := shown.matchOf(r); ok {
				found = append(found, item{row: row, match: m})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b item) int {
		switch {
		case a.match.beats(&b.match):
			return -1
		case b.match.beats(&a.match):
			return 1
		}
		return 0
	})
	return found[:min(len(found), maxMatches)], sealed
}

// numberIn is the longest run of digits of a text: what a scanner or a person adds to
// a number is left out.
func numberIn(text string) string {
	longest := ""
	for run := range strings.FieldsFuncSeq(text, func(r rune) bool { return !(r >= '0' && r <= '9') }) {
		if len(run) > len(longest) {
			longest = run
		}
	}
	return longest
}
