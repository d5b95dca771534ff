package receivers

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/device"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

func TestPresence(t *testing.T) {
	t.Parallel()
	p := NewPresence()
	p.Back("a", "a", at(0))
	p.Back("b", "b", at(0))
	p.Gone("a", at(10))
	p.Gone("a", at(12)) // told twice
	if nobody, oneLess := p.Within(at(0), at(14)); nobody != 0 || oneLess != 4*time.Second {
		t.Errorf("still away: %v, %v", nobody, oneLess)
	}
	if got := p.Back("a", "c", at(15)); got != 5*time.Second {
		t.Errorf("away for %v", got)
	}
	if got := p.Back("c", "c", at(16)); got != 0 {
		t.Errorf("back twice: %v", got)
	}
	p.Gone("b", at(13))
	p.Back("b", "b", at(20))
	for _, c := range []struct {
		from, to        int
		nobody, oneLess time.Duration
	}{
		{from: 0, to: 30, nobody: 2 * time.Second, oneLess: 10 * time.Second}, // 10 to 15 and 13 to 20
		{from: 0, to: 10, nobody: 0, oneLess: 0},
		{from: 12, to: 14, nobody: time.Second, oneLess: 2 * time.Second},
		{from: 18, to: 40, nobody: 0, oneLess: 2 * time.Second},
		{from: 20, to: 40, nobody: 0, oneLess: 0},
	} {
		if nobody, oneLess := p.Within(at(c.from), at(c.to)); nobody != c.nobody || oneLess != c.oneLess {
			t.Errorf("within %d to %d: %v, %v, want %v, %v", c.from, c.to, nobody, oneLess, c.nobody, c.oneLess)
		}
	}
}

func TestRecordingThatEnded(t *testing.T) {
	t.Parallel()
	p := NewPresence()
	p.Back("recording", "recording", at(0))
	p.Back("dongle", "dongle", at(0))
	p.Ended("recording")
	p.Gone("dongle", at(10))
	if nobody, _ := p.Within(at(0), at(15)); nobody != 5*time.Second {
		t.Errorf("nobody listened for %v, want 5 s", nobody)
	}
}

// TestPresenceBySeconds compares with counting second by second.
func TestPresenceBySeconds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := NewPresence()
		away := [60]int{}
		receivers := []string{"a", "b", "c"}
		for _, name := range receivers {
			p.Back(name, name, at(0))
			from := rapid.IntRange(0, 59).Draw(t, "from")
			to := rapid.IntRange(from, 60).Draw(t, "to")
			p.Gone(name, at(from))
			for s := from; s < to; s++ {
				away[s]++
			}
			if to < 60 {
				p.Back(name, name, at(to))
			}
		}
		from := rapid.IntRange(0, 59).Draw(t, "window")
		var nobody, oneLess time.Duration
		for _, n := range away[from:] {
			if n > 0 {
				oneLess += time.Second
			}
			if n == len(receivers) {
				nobody += time.Second
			}
		}
		if a, b := p.Within(at(from), at(60)); a != nobody || b != oneLess {
			t.Fatalf("from %d: %v, %v, want %v, %v", from, a, b, nobody, oneLess)
		}
	})
}

func TestPresenceIsBounded(t *testing.T) {
	t.Parallel()
	p := NewPresence()
	for i := range 5000 {
		p.Gone("a", at(2*i))
		p.Back("a", "a", at(2*i+1))
	}
	if nobody, _ := p.Within(at(0), at(10000)); nobody != 1024*time.Second {
		t.Errorf("%v remembered, want the last 1024 gaps", nobody)
	}
}

func TestDeaf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                   string
		others, resets, silent int
		longest                time.Duration
		want                   string
	}{
		{name: "alone, a short silence", silent: 59, longest: 20 * time.Second},
		{name: "alone, a long one", silent: 60, longest: 20 * time.Second, want: "nothing heard for 1m: check its antenna"},
		{name: "slow meters", silent: 119, longest: time.Minute},
		{name: "slow meters, long silence", silent: 120, longest: time.Minute, want: "nothing heard for 2m"},
		{name: "others hear", others: 5, silent: 30, longest: time.Hour, want: "while other receivers heard 5 telegrams"},
		{name: "others hear little", others: 4, silent: 40, longest: time.Hour},
		{name: "others hear, reset did not help", others: 50, resets: 2, silent: 119, longest: time.Hour},
		{name: "others hear, reset did not help, later", others: 50, resets: 2, silent: 120, longest: time.Hour, want: "nothing heard for 2m while"},
		{name: "many resets", resets: 100, silent: 1800, longest: time.Second, want: "nothing heard for 30m"},
		{name: "meters that take hours", silent: 1800, longest: time.Hour, want: "nothing heard for 30m"},
	} {
		reason, deaf := deafness(time.Duration(c.silent)*time.Second, c.others, c.resets, c.longest)
		if deaf != (c.want != "") || !strings.Contains(reason, c.want) {
			t.Errorf("%s: %v, %q", c.name, deaf, reason)
		}
	}
}

func TestTurns(t *testing.T) {
	t.Parallel()
	single := [][]device.LinkMode{{"T1"}, {"C1"}, {"S1"}}
	combined := [][]device.LinkMode{{"C1", "T1"}, {"S1"}, {"T1"}}
	for _, c := range []struct {
		name   string
		sets   [][]device.LinkMode
		wanted []device.LinkMode
		want   int
	}{
		{name: "one at a time", sets: single, wanted: []device.LinkMode{"C1", "T1", "S1"}, want: 3},
		{name: "two at a time", sets: combined, wanted: []device.LinkMode{"C1", "T1", "S1"}, want: 2},
		{name: "one set is enough", sets: combined, wanted: []device.LinkMode{"C1", "T1"}, want: 0},
		{name: "nothing wanted", sets: single, wanted: nil, want: 0},
		{name: "more than it can", sets: single, wanted: []device.LinkMode{"C1", "N1a"}, want: 0},
	} {
		if got := newTurns(c.sets, c.wanted); len(got) != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestTurnLengths(t *testing.T) {
	t.Parallel()
	turns := modeTurns{{"C1", "T1"}, {"S1"}}
	for _, c := range []struct {
		name    string
		missing Missing
		a, b    time.Duration
	}{
		{name: "nothing missing", missing: nil, a: 15 * time.Second, b: 15 * time.Second},
		{name: "nothing known", missing: Missing{"": 10}, a: 15 * time.Second, b: 15 * time.Second},
		{name: "by the meters missing", missing: Missing{"C1": 10, "T1": 10, "S1": 10}, a: 20 * time.Second, b: 10 * time.Second},
		{name: "none in one", missing: Missing{"C1": 3}, a: 30 * time.Second, b: 0},
		{name: "not too short", missing: Missing{"C1": 99, "S1": 1}, a: 29700 * time.Millisecond, b: 4 * time.Second},
	} {
		if a, b := turns.length(0, c.missing), turns.length(1, c.missing); a != c.a || b != c.b {
			t.Errorf("%s: %v and %v, want %v and %v", c.name, a, b, c.a, c.b)
		}
	}
}

func TestTwins(t *testing.T) {
	t.Parallel()
	twins := NewTwins()
	a, b := []byte{1, 2, 3}, []byte{1, 2, 4}
	for i, step := range []struct {
		receiver string
		telegram []byte
		at, air  int
		want     bool
	}{
		{receiver: "left", telegram: a, at: 0, air: 0, want: false},
		{receiver: "right", telegram: a, at: 0, air: 0, want: true},
		{receiver: "right", telegram: b, at: 1, air: 1, want: false}, // another telegram
		{receiver: "right", telegram: a, at: 1, air: 1, want: true},
		{receiver: "left", telegram: a, at: 1, air: 1, want: false},  // the meter sends it again
		{receiver: "right", telegram: a, at: 3, air: 3, want: false}, // too late to be the same
		{receiver: "left", telegram: a, at: 4, air: 4, want: true},
		{receiver: "left", telegram: a, at: 60, air: 4, want: true},    // handed over late, heard at once
		{receiver: "left", telegram: a, at: 5, air: 9000, want: true},  // its clock is wrong
		{receiver: "left", telegram: a, at: 90, air: 90, want: false},  // sent again
		{receiver: "right", telegram: a, at: 90, air: -1, want: true},  // nobody knows when it was on the air
		{receiver: "right", telegram: a, at: 99, air: -1, want: false}, // nor here
	} {
		air := time.Time{}
		if step.air >= 0 {
			air = at(step.air)
		}
		if got := twins.Seen(step.receiver, step.telegram, at(step.at), air); got != step.want {
			t.Errorf("step %d: %v", i, got)
		}
	}
	for i := range 5000 { // bounded: the oldest are forgotten
		twins.Seen("left", []byte{byte(i), byte(i >> 8), 9}, at(5), at(5))
	}
	if twins.Seen("right", []byte{0, 0, 9}, at(5), at(5)) || !twins.Seen("right", []byte{0x87, 0x13, 9}, at(5), at(5)) {
		t.Error("the oldest is remembered, or the last forgotten")
	}
}

func TestNewest(t *testing.T) {
	t.Parallel()
	newest := NewNewest(2)
	for i, step := range []struct {
		meter    int
		receiver string
		at, air  int
		want     bool
	}{
		{meter: 0, receiver: "left", at: 10, air: 10, want: false},
		{meter: 0, receiver: "right", at: 11, air: 1, want: true}, // handed over late
		{meter: 1, receiver: "right", at: 11, air: 1, want: false},
		{meter: 0, receiver: "right", at: 12, air: 9, want: false}, // not by enough
		{meter: 0, receiver: "right", at: 13, air: 0, want: false}, // its clock was set
		{meter: 0, receiver: "left", at: 14, air: 14, want: false},
		{meter: 0, receiver: "right", at: 14, air: 13, want: false},
		{meter: 0, receiver: "left", at: 2, air: 2, want: false},    // the clock of this machine was set back
		{meter: 0, receiver: "right", at: 20, air: -1, want: false}, // nobody knows when it was on the air
		{meter: 0, receiver: "left", at: 21, air: 21, want: false},
		{meter: 0, receiver: "right", at: 22, air: -1, want: false},
	} {
		air := time.Time{}
		if step.air >= 0 {
			air = at(step.air)
		}
		if got := newest.Passed(step.meter, step.receiver, at(step.at), air); got != step.want {
			t.Errorf("step %d: %v", i, got)
		}
	}
}
