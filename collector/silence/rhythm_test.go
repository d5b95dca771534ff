package silence_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/collector/silence"
	"earshot/device/simulate"
	"earshot/device/wmbus"
)

var start = time.Date(2026, time.March, 2, 9, 15, 0, 0, time.UTC)

// arrival is a telegram of a meter: the n-th that it sent.
type arrival struct {
	at time.Duration
	n  int
}

func learn(arrivals []arrival, counts bool) (silence.Learned, bool) {
	var r silence.Rhythm
	for _, a := range arrivals {
		r.Add(start.Add(a.at), byte(200+a.n), counts)
	}
	return r.Learned()
}

func TestLearnedByAccessNumber(t *testing.T) {
	t.Parallel()
	const every = 16 * time.Second
	for _, c := range []struct {
		name string
		sent []int // the telegrams that were heard
		want silence.Learned
	}{
		{name: "all", sent: []int{0, 1, 2, 3, 4}, want: silence.Learned{Interval: every, Telegrams: 5, Sent: 5}},
		{name: "half", sent: []int{0, 2, 4, 6, 8}, want: silence.Learned{Interval: every, Telegrams: 5, Sent: 9}},
		{name: "only every eighth", sent: []int{0, 8, 16, 24, 32}, want: silence.Learned{Interval: every, Telegrams: 5, Sent: 33}},
		{name: "once around", sent: []int{0, 1, 2, 300, 301}, want: silence.Learned{Interval: every, Telegrams: 5, Sent: 302}},
	} {
		var heard []arrival
		for _, n := range c.sent {
			heard = append(heard, arrival{time.Duration(n) * every, n})
		}
		if got, ok := learn(heard, true); !ok || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", c.name, got, ok, c.want)
		}
	}
}

func TestLearnedByGapsAlone(t *testing.T) {
	t.Parallel()
	const every = 60 * time.Second
	heard := []arrival{{0, 0}, {every, 1}, {3*every + time.Second, 3}, {4 * every, 4}, {9 * every, 9}}
	got, ok := learn(heard, false)
	if want := (silence.Learned{Interval: every, Telegrams: 5, Sent: 10}); !ok || got != want {
		t.Errorf("%+v, %v, want %+v", got, ok, want)
	}
	if got.Loss() != 55 {
		t.Errorf("loss %d %%, want 55", got.Loss())
	}
	// The two smallest gaps are no interval: two and three of them are.
	heard = []arrival{{0, 0}, {2 * every, 2}, {5 * every, 5}, {7 * every, 7}, {10 * every, 10}}
	if got, ok := learn(heard, false); !ok || got.Interval != every || got.Sent != 11 {
		t.Errorf("two and three intervals: %+v, %v", got, ok)
	}
}

// TestClockJumps: a clock that is set spoils neither interval nor loss.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	const every = 16 * time.Second
	heard := []arrival{{0, 0}, {every, 1}, {2*every + time.Hour, 2}, {3*every + time.Hour, 3}, {5*every + time.Hour, 5}}
	if got, ok := learn(heard, true); !ok || got.Interval != every || got.Sent != 6 {
		t.Errorf("%+v, %v", got, ok)
	}
}

func TestFollows(t *testing.T) {
	t.Parallel()
	const every = 16 * time.Second
	for _, c := range []struct {
		name   string
		second time.Duration
		access byte
		want   bool
	}{
		{name: "the next", second: every, access: 1, want: true},
		{name: "the third", second: 3 * every, access: 3, want: true},
		{name: "late", second: every + 5*time.Second, access: 1},
		{name: "other count", second: 3 * every, access: 1},
	} {
		var r silence.Rhythm
		r.Add(start, 0, true)
		r.Add(start.Add(c.second), c.access, true)
		if got := r.Follows(every); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestNothingLearned(t *testing.T) {
	t.Parallel()
	const every = 16 * time.Second
	for _, c := range []struct {
		name  string
		heard []arrival
	}{
		{name: "two telegrams", heard: []arrival{{0, 0}, {every, 1}}},
		{name: "one, repeated", heard: []arrival{{0, 0}, {300 * time.Millisecond, 0}, {every, 1}}},
		{name: "time runs backwards", heard: []arrival{{0, 0}, {every, 1}, {2 * every, 2}, {-time.Hour, 3}}},
		{name: "a week between", heard: []arrival{{0, 0}, {every, 1}, {168 * time.Hour, 2}}},
	} {
		if got, ok := learn(c.heard, true); ok {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	var r silence.Rhythm
	for range 5 {
		r.Add(time.Time{}, 0, true)
	}
	if _, ok := r.Learned(); ok {
		t.Error("telegrams without a time teach something")
	}
}

// TestLearnedIsSane: whatever is heard, what is learned is within bounds.
func TestLearnedIsSane(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var r silence.Rhythm
		at := start
		for range rapid.IntRange(0, 40).Draw(t, "telegrams") {
			at = at.Add(time.Duration(rapid.Int64Range(-int64(time.Hour), int64(50*time.Hour)).Draw(t, "gap")))
			r.Add(at, rapid.Byte().Draw(t, "access"), rapid.Bool().Draw(t, "has"))
		}
		l, ok := r.Learned()
		if ok && (l.Interval <= 0 || l.Sent < l.Telegrams || l.Telegrams < 3 || l.Loss() < 0 || l.Loss() > 100) {
			t.Fatalf("%+v", l)
		}
	})
}

// TestLearnedFromFiveTelegrams holds what is learned from the first five telegrams
// of each meter of 20 simulated buildings against what the meter sent.
func TestLearnedFromFiveTelegrams(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		blind bool // without access numbers
		lossy bool // up to 70 % of a meter's telegrams are lost in addition
		right int  // percent of the meters that have to be right

		meters, learned int
	}{
		{name: "as received", right: 95},
		{name: "up to 70 % lost", lossy: true, right: 95},
		{name: "as received, no access numbers", blind: true, right: 95},
	}
	for seed := range uint64(20) {
		opt := simulate.Options{Meters: 40, Neighbours: 10}
		received := telegramsOf(simulate.New(seed, opt), 20*time.Minute)
		opt.Perfect = true
		sent := telegramsOf(simulate.New(seed, opt), 20*time.Minute)
		for i := range cases {
			c := &cases[i]
			for meter, heard := range received {
				if c.lossy {
					heard = thinned(heard, rand.New(rand.NewPCG(seed, uint64(meter.ID))))
				}
				if len(heard) < 5 {
					continue
				}
				var r silence.Rhythm
				for _, telegram := range heard[:5] {
					r.Add(telegram.at, telegram.access, !c.blind)
				}
				c.meters++
				if l, ok := r.Learned(); ok && near(l, heard[:5], sent[meter]) {
					c.learned++
				}
			}
		}
	}
	for _, c := range cases {
		t.Logf("%s: interval and loss of %d of %d meters are right", c.name, c.learned, c.meters)
		if c.meters < 900 || c.learned*100 < c.meters*c.right {
			t.Errorf("%s: %d of %d meters are right, want %d %%", c.name, c.learned, c.meters, c.right)
		}
	}
}

// thinned are some of a meter's telegrams: it loses up to 70 % of them.
func thinned(all []telegram, dice *rand.Rand) (left []telegram) {
	loss := dice.IntN(70)
	for _, telegram := range all {
		if dice.IntN(100) >= loss {
			left = append(left, telegram)
		}
	}
	return left
}

// near reports whether the interval is within 10 % and the loss within 10 points of
// what a meter sent.
func near(l silence.Learned, heard, sent []telegram) bool {
	first, last := heard[0].at, heard[len(heard)-1].at
	between := 0
	for _, s := range sent {
		if !s.at.Before(first) && !s.at.After(last) {
			between++
		}
	}
	interval := sent[len(sent)-1].at.Sub(sent[0].at) / time.Duration(len(sent)-1)
	loss := 100 * (between - len(heard)) / (between - 1)
	off := l.Interval - interval
	return off.Abs()*10 <= interval && max(loss-l.Loss(), l.Loss()-loss) <= 10
}

type telegram struct {
	at     time.Time
	access byte
}

// telegramsOf are the telegrams of each meter that are received within a time.
func telegramsOf(b *simulate.Building, within time.Duration) map[wmbus.Address][]telegram {
	out := map[wmbus.Address][]telegram{}
	var decoder wmbus.Decoder
	for f := range b.Telegrams(0, within) {
		var t wmbus.Telegram
		_ = decoder.Decode(&t, f.Bytes, nil) // its header is read before the key is needed
		out[t.Header.Meter] = append(out[t.Header.Meter], telegram{f.AirTime, t.Access})
	}
	return out
}
