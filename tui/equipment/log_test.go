package equipment

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/tui/look"
	"earshot/tui/screen"
)

var dawn = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func newHost() *screen.Host {
	return screen.NewHost(look.New(look.Unicode, look.ThemeFor("none", colorprofile.ASCII, nil), words.English), func() time.Time { return dawn })
}

func trouble(n int) state.Event {
	return state.Trouble{At: state.At{Time: dawn.Add(time.Duration(n) * time.Second)}, Receiver: "r", Reason: "number " + strconv.Itoa(n)}
}

// TestLogIsBounded: the last entries are kept, and telegrams push out nothing else.
func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	h, l := newHost(), log{}
	for i := range maxEntries + 100 {
		l.add(trouble(i), h)
		for range 3 {
			l.add(state.Heard{At: state.At{Time: dawn}, Ref: strconv.Itoa(i)}, h)
		}
	}
	if len(l.events.all) != maxEntries || len(l.telegrams.all) != maxTelegrams {
		t.Fatalf("%d events and %d telegrams are kept", len(l.events.all), len(l.telegrams.all))
	}
	if last, first := l.events.at(0).text, l.events.at(maxEntries-1).text; last != "r: number 2099" || first != "r: number 100" {
		t.Errorf("from %s to %s", first, last)
	}
}

// TestLogStands: what is on the screen stays there while it is scrolled up or frozen,
// also when the ring has gone round.
func TestLogStands(t *testing.T) {
	t.Parallel()
	h, l := newHost(), log{}
	for i := range maxEntries + 10 {
		l.add(trouble(i), h)
	}
	shown := func() string { return ansi.Strip(strings.Join(l.draw(h.Look, 80, 3), "\n")) }
	l.scroll(-5, h.Look, 80, 3)
	before := shown()
	for i := range 10 {
		l.add(trouble(5000+i), h)
		l.add(trouble(5000+i), h) // counted, not a new entry
	}
	if got := shown(); got != before || !strings.HasSuffix(before, "number 2004") {
		t.Errorf("scrolled up:\n%s\nthen\n%s", before, got)
	}
	l.scroll(screen.Far, h.Look, 80, 3)
	if got := shown(); !strings.HasSuffix(got, "number 5009 (2 times)") {
		t.Errorf("at the end:\n%s", got)
	}
	l.freeze()
	before = shown()
	for i := range 2 * maxEntries {
		l.add(trouble(9000+i), h)
	}
	if got := shown(); got != before || l.words(h.Look) != "all, frozen, 4000 new" {
		t.Errorf("frozen, %s:\n%s\nthen\n%s", l.words(h.Look), before, got)
	}
	l.scroll(-screen.Far, h.Look, 80, 3)
	if got := shown(); !strings.HasSuffix(got, "number 22") || !strings.Contains(got, "number 20\n") {
		t.Errorf("the oldest that is frozen:\n%s", got)
	}
	l.freeze()
	if got := shown(); !strings.HasSuffix(got, "number 12999") || l.narrowed() {
		t.Errorf("going on:\n%s", got)
	}
}

func TestLogFilters(t *testing.T) {
	t.Parallel()
	h, l := newHost(), log{}
	l.draw(h.Look, 0, 0)
	l.scroll(-3, h.Look, 80, 3)
	l.add(trouble(1), h)
	l.add(state.Noted{At: state.At{Time: dawn}, Ref: "KAM-1", What: "a later version's", Text: "x"}, h)
	l.add(state.InMemory{}, h) // says nothing
	for l.shown != kindAction {
		l.nextKind()
	}
	if got := strings.TrimSpace(ansi.Strip(strings.Join(l.draw(h.Look, 60, 2), ""))); got != "09:00:00  KAM-1: a later version's x" {
		t.Errorf("%q", got)
	}
	l.find("NUMBER")
	if got := strings.Join(l.draw(h.Look, 60, 1), ""); !strings.Contains(got, "Nothing of this kind") {
		t.Errorf("%q", got)
	}
	l.clear()
	l.find("NUMBER")
	if got := strings.Join(l.draw(h.Look, 60, 1), ""); !strings.Contains(got, "number 1") {
		t.Errorf("%q", got)
	}
}

// TestLogRepeats: the same about the same meter is counted, also before anybody looked at it.
func TestLogRepeats(t *testing.T) {
	t.Parallel()
	h, l := newHost(), log{}
	for _, ref := range []string{"KAM-1", "KAM-2", "KAM-2", "KAM-2"} {
		l.add(state.Delivered{At: state.At{Time: dawn}, Refs: []string{ref}}, h)
	}
	l.add(state.Delivered{At: state.At{Time: dawn}, Refs: []string{"KAM-3", "KAM-4"}}, h)
	l.add(state.Delivered{At: state.At{Time: dawn}, Refs: []string{"KAM-5", "KAM-6"}}, h)
	l.add(state.Decoded{At: state.At{Time: dawn}, Ref: "KAM-1"}, h) // has no reading: says nothing
	var counts []int
	for back := range l.events.all {
		counts = append(counts, l.events.at(back).count)
	}
	if !slices.Equal(counts, []int{2, 3, 1}) {
		t.Errorf("the last ones first, they came %v times", counts)
	}
	if got := ansi.Strip(strings.Join(l.draw(h.Look, 80, 2), "\n")); !strings.Contains(got, "KAM-2") || !strings.Contains(got, "(3 times)") {
		t.Errorf("shown:\n%s", got)
	}
}

func BenchmarkFollow(b *testing.B) {
	s := New(newHost())
	events := []state.Event{state.Heard{At: state.At{Time: dawn}, Ref: "KAM-76348799"}}
	for b.Loop() {
		s.Follow(events, 0)
	}
}
