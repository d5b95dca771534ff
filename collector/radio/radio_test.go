package radio_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/collector/radio"
	"earshot/device"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

func TestPresence(t *testing.T) {
	t.Parallel()
	p := radio.NewPresence()
	p.Gone("a", at(10))
	p.Gone("a", at(12)) // told twice
	if got := p.Within(at(0), at(14)); got != 4*time.Second {
		t.Errorf("still away: %v", got)
	}
	if got := p.Back("a", at(15)); got != 5*time.Second {
		t.Errorf("away for %v", got)
	}
	if got := p.Back("a", at(16)); got != 0 {
		t.Errorf("back twice: %v", got)
	}
	p.Gone("b", at(13))
	p.Back("b", at(20))
	for _, c := range []struct {
		from, to int
		want     time.Duration
	}{
		{0, 30, 10 * time.Second}, // 10 to 20: two gaps that overlap
		{0, 10, 0},
		{12, 14, 2 * time.Second},
		{18, 40, 2 * time.Second},
		{20, 40, 0},
	} {
		if got := p.Within(at(c.from), at(c.to)); got != c.want {
			t.Errorf("within %d to %d: %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

// TestPresenceBySeconds compares with counting second by second.
func TestPresenceBySeconds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := radio.NewPresence()
		away := [60]bool{}
		for _, name := range []string{"a", "b", "c"} {
			from := rapid.IntRange(0, 59).Draw(t, "from")
			to := rapid.IntRange(from, 60).Draw(t, "to")
			p.Gone(name, at(from))
			for s := from; s < to; s++ {
				away[s] = true
			}
			if to < 60 {
				p.Back(name, at(to))
			}
		}
		from := rapid.IntRange(0, 59).Draw(t, "window")
		want := time.Duration(0)
		for _, gone := range away[from:] {
			if gone {
				want += time.Second
			}
		}
		if got := p.Within(at(from), at(60)); got != want {
			t.Fatalf("from %d: %v, want %v", from, got, want)
		}
	})
}

func TestPresenceIsBounded(t *testing.T) {
	t.Parallel()
	p := radio.NewPresence()
	for i := range 5000 {
		p.Gone("a", at(2*i))
		p.Back("a", at(2*i+1))
	}
	if got := p.Within(at(0), at(10000)); got != 1024*time.Second {
		t.Errorf("%v remembered, want the last 1024 gaps", got)
	}
}

func TestDeaf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		ear     radio.Ear
		silence int
		longest time.Duration
		want    string
	}{
		{"alone, a short silence", radio.Ear{}, 59, 20 * time.Second, ""},
		{"alone, a long one", radio.Ear{}, 60, 20 * time.Second, "nothing for 1m0s: check its antenna"},
		{"slow meters", radio.Ear{}, 119, time.Minute, ""},
		{"slow meters, long silence", radio.Ear{}, 120, time.Minute, "nothing for 2m0s"},
		{"others hear", radio.Ear{Others: 5}, 30, time.Hour, "while other receivers heard 5 telegrams"},
		{"others hear little", radio.Ear{Others: 4}, 40, time.Hour, ""},
		{"others hear, reset did not help", radio.Ear{Others: 50, Resets: 2}, 119, time.Hour, ""},
		{"others hear, reset did not help, later", radio.Ear{Others: 50, Resets: 2}, 120, time.Hour, "nothing for 2m0s while"},
		{"many resets", radio.Ear{Resets: 100}, 1800, time.Second, "nothing for 30m0s"},
	} {
		c.ear.Since = start
		reason, deaf := c.ear.Deaf(at(c.silence), c.longest)
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
		{"one at a time", single, []device.LinkMode{"C1", "T1", "S1"}, 3},
		{"two at a time", combined, []device.LinkMode{"C1", "T1", "S1"}, 2},
		{"one set is enough", combined, []device.LinkMode{"C1", "T1"}, 0},
		{"nothing wanted", single, nil, 0},
		{"more than it can", single, []device.LinkMode{"C1", "N1a"}, 0},
	} {
		if got := radio.NewTurns(c.sets, c.wanted); len(got) != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestTurnLengths(t *testing.T) {
	t.Parallel()
	turns := radio.Turns{{"C1", "T1"}, {"S1"}}
	for _, c := range []struct {
		name    string
		missing radio.Missing
		a, b    time.Duration
	}{
		{"nothing missing", nil, 15 * time.Second, 15 * time.Second},
		{"nothing known", radio.Missing{"": 10}, 15 * time.Second, 15 * time.Second},
		{"by the meters missing", radio.Missing{"C1": 10, "T1": 10, "S1": 10}, 20 * time.Second, 10 * time.Second},
		{"none in one", radio.Missing{"C1": 3}, 30 * time.Second, 0},
		{"not too short", radio.Missing{"C1": 99, "S1": 1}, 29700 * time.Millisecond, 4 * time.Second},
	} {
		if a, b := turns.Length(0, c.missing), turns.Length(1, c.missing); a != c.a || b != c.b {
			t.Errorf("%s: %v and %v, want %v and %v", c.name, a, b, c.a, c.b)
		}
	}
}
