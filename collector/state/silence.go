package state

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"earshot/collector/silence"
	"earshot/device"
)

// SilenceCode says why a meter was not heard, as far as that is known.
type SilenceCode uint8

const (
	SilenceUnknown  SilenceCode = iota // nothing is known of how often it sends
	SilenceEarly                       // Until: it was not listened to for long enough
	SilenceCalendar                    // Calendar, Until: its radio is off at this time
	SilenceNothing                     // nothing at all is heard
	SilenceNobody                      // no meter of the list is heard, but others are
	SilenceMode                        // Modes: no receiver listens to the link modes in which it sends
	SilenceWeak                        // its neighbours are received badly
	SilenceOff                         // its radio is off, or it is not here
	silenceEnd
)

var silenceWords = [silenceEnd]string{"unknown", "early", "calendar", "nothing", "nobody", "mode", "weak", "off"}

func (c SilenceCode) String() string { return silenceWords[min(c, silenceEnd-1)] }

// MarshalText writes the code as a word.
func (c SilenceCode) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// IntervalSource is the source of how often a meter sends.
type IntervalSource uint8

const (
	IntervalUnknown IntervalSource = iota
	IntervalProfile                // its family, see assets/profiles
	IntervalOthers                 // others of its make on the spot
	IntervalLearned                // its own telegrams
	intervalEnd
)

var intervalWords = [intervalEnd]string{"", "profile", "others", "learned"}

func (s IntervalSource) String() string { return intervalWords[min(s, intervalEnd-1)] }

// MarshalText writes it as a word.
func (s IntervalSource) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Silence is why a meter was not heard, with the evidence.
type Silence struct {
	Code     SilenceCode       `json:"code"`
	Interval time.Duration     `json:"interval_ns,omitempty"` // how often it sends
	Slow     time.Duration     `json:"slow_ns,omitempty"`     // SilenceOff: if it is set to send so seldom, it may yet be heard until Until
	Source   IntervalSource    `json:"source,omitempty"`
	Waited   time.Duration     `json:"waited_ns"`           // how long it was listened to while its radio is on
	Needed   time.Duration     `json:"needed_ns,omitempty"` // how long it takes to be sure that it should have been heard
	Expected int               `json:"expected,omitempty"`  // telegrams that it sent meanwhile
	Chance   int               `json:"chance,omitempty"`    // percent, that one of them should have been heard
	Until    time.Time         `json:"until,omitzero"`      // when to give up, or when its radio is on again; zero if nobody listens
	Pause    time.Duration     `json:"pause_ns,omitempty"`  // it may be silent for so long by plan
	Calendar silence.Calendar  `json:"-"`                   // when its radio is on
	Judged   time.Time         `json:"judged,omitzero"`     // when this was found out, by the clock of Until
	Modes    []device.LinkMode `json:"modes,omitempty"`     // in which it sends
	Wake     silence.Wake      `json:"wake,omitempty"`      // what may have to start its radio
	Family   Others            `json:"others,omitzero"`     // the other rows of its make and medium
	Floor    Nearby            `json:"neighbours,omitzero"` // the meters that the list has on its floor
	Kin      string            `json:"-"`                   // what it measures
	Maker    string            `json:"-"`
}

// Others are the other rows of a make and medium, and how many of them were heard.
type Others struct {
	Rows  int `json:"rows,omitempty"`
	Heard int `json:"heard,omitempty"`
}

// Nearby are meters of the same floor that were heard, and the median of their
// signals in dBm.
type Nearby struct {
	Heard int   `json:"heard,omitempty"`
	DBm   int16 `json:"rssi_dbm,omitempty"`
}

// MarshalJSON adds the calendar in words of assets/profiles.
func (x Silence) MarshalJSON() ([]byte, error) {
	type plain Silence
	return json.Marshal(struct {
		plain
		Calendar string `json:"calendar,omitempty"`
	}{plain(x), x.Calendar.String()})
}

// unheard reports whether the row's read has had its time, and nothing was heard.
func (r *Row) unheard() bool { return r.Read.TimedOut && r.Heard.Count == 0 }

// timedOut ends a read that got no answer, and finds out why.
func (s *State) timedOut(ev TimedOut) {
	s.edit(ev.Ref, func(r *Row) {
		r.timedOut(ev)
		s.hush(r)
	})
}

// hush finds out why a row was not heard.
func (s *State) hush(r *Row) {
	r.silent = s.silenceOf(r)
	if until := r.silent.Until; r.silent.Code != SilenceCalendar && !until.IsZero() && (s.watch.next.IsZero() || until.Before(s.watch.next)) {
		s.watch.next = until
	}
}

// silenceOf is why a row was not heard.
func (s *State) silenceOf(r *Row) *Silence {
	out := &Silence{Kin: kinOf(r.Medium), Maker: r.Maker, Floor: s.neighbours(r)}
	f := s.watch.of[s.index[r.Ref]]
	p := silence.ProfileOf(r.transmitter())
	if p == nil {
		p = new(silence.Profile)
	}
	if f != nil {
		out.Family = Others{f.rows - 1, f.heard}
		if len(r.Recent) > 0 {
			out.Family.Heard--
		}
	}
	out.Modes = s.modesOf(r, f, p)
	out.interval(r, f, p)
	out.Calendar, out.Wake = p.Calendar, p.Wake
	if out.Family.Heard < 2 { // the meters of a building pause on the same days
		out.Pause = p.Pause
	}
	s.assess(r, out)
	if out.Code == SilenceOff && out.Source != IntervalLearned && p.Longest > 2*out.Interval {
		s.maybeSlow(out, p.Longest)
	}
	return out
}

// modesOf are the link modes in which a row's meter sends, nil if they are not
// known: its own, those of others of its make, or those of its family.
func (s *State) modesOf(r *Row, f *family, p *silence.Profile) []device.LinkMode {
	switch {
	case r.Mode != "":
		return []device.LinkMode{r.Mode}
	case f != nil && len(f.modes) > 0:
		return slices.Clone(f.modes)
	}
	return p.Modes
}

// interval finds out how often the meter sends.
func (x *Silence) interval(r *Row, f *family, p *silence.Profile) {
	if l, ok := r.rhythm.Learned(); ok {
		x.Interval, x.Source = l.Interval, IntervalLearned
		return
	}
	if f != nil && f.longest() > 0 {
		x.Interval, x.Source = f.longest(), IntervalOthers
		return
	}
	if x.Interval = cmp.Or(p.Interval, p.Longest); x.Interval > 0 {
		x.Source = IntervalProfile
	}
}

// Patience is how long a read of a row should wait: by what its own telegrams teach,
// those of others of its make, or its family.
func (s *State) Patience(row int) time.Duration {
	r := s.rows[row]
	var x Silence
	p := silence.ProfileOf(r.transmitter())
	if p == nil {
		p = new(silence.Profile)
	}
	if x.interval(r, s.watch.of[row], p); x.Source == IntervalProfile {
		x.Interval = p.Interval // 0 if it is only known how long it may be
	}
	wait := silence.Timeout(x.Interval)
	if len(r.Recent) > 0 && r.Reading == nil { // its full frames may be rare
		wait = max(wait, min(silence.LongestWait, 2*time.Duration(p.FullEvery)*x.Interval))
	}
	return wait
}

// assumed is the interval of a meter of which nothing is known: no meter of a fixed
// network that a round is meant for sends less often (docs/protocol/field.md#waiting).
const assumed = 15 * time.Minute

// few is how many rows are too few to say that nothing is heard.
const few = 3

// untimed reports whether telegrams come without times only: from files that are read
// at once, and standard input. The clock of this machine says nothing about them.
func (s *State) untimed() bool {
	return len(s.receivers) > 0 && !slices.ContainsFunc(s.receivers, func(r Receiver) bool {
		return r.Info.Pace == device.PaceLive || r.Info.Pace == device.PaceRecorded
	})
}

// assess decides why the meter was not heard.
func (s *State) assess(r *Row, x *Silence) {
	if s.untimed() {
		return // how long the meter had is not known
	}
	h := &s.watch.hours
	now := h.Now()
	if now.IsZero() {
		now = r.Read.Started.Add(r.Read.After)
	}
	x.Waited = h.Heard(r.since, x.Modes, x.Calendar)
	if h.Empty() {
		x.Waited = r.Read.After - r.Read.Away
	}
	x.Waited = x.Waited.Round(time.Second)
	reception, interval := silence.Usual, x.Interval
	weak := x.Floor.Heard >= 2 && x.Floor.DBm < weakFloor
	if weak {
		reception = silence.Weak
	}
	if interval == 0 {
		interval = assumed
	}
	chances := silence.Expect(interval, x.Pause, x.Waited, reception)
	if x.Interval > 0 {
		x.Expected, x.Chance, x.Needed = chances.Expected, chances.Chance, (x.Waited + chances.Left).Round(time.Second)
	}
	telegrams := s.watch.telegrams
	switch {
	case telegrams == 0 && len(s.rows) >= few && !h.Empty():
		x.Code = SilenceNothing
	case !h.Hears(x.Modes):
		x.Code = SilenceMode
	case chances.Left > 0 && !x.Calendar.On(now):
		x.Code, x.Judged = SilenceCalendar, now
		x.Until = x.Calendar.After(now, 0)
	case s.watch.rows == 0 && len(s.rows) >= few:
		x.Code = SilenceNobody
	case chances.Left > 0 && x.Interval > 0:
		x.Code = SilenceEarly
		if h.Listening() {
			x.Judged, x.Until = s.onClock(now, now), s.onClock(x.Calendar.After(now, chances.Left), now)
		}
	case weak:
		x.Code = SilenceWeak
	case chances.Left == 0:
		x.Code = SilenceOff
	}
}

// maybeSlow notes that the meter may be set to a longer interval than the others of
// its make, if it was not listened to for so long yet.
func (s *State) maybeSlow(x *Silence, longest time.Duration) {
	h := &s.watch.hours
	left := silence.Expect(longest, x.Pause, x.Waited, silence.Usual).Left
	if left == 0 {
		return
	}
	x.Slow = longest
	if h.Listening() {
		x.Judged, x.Until = s.onClock(h.Now(), h.Now()), s.onClock(x.Calendar.After(h.Now(), left), h.Now())
	}
}

// onClock is a time on the air by the clock of this machine, to the second: they
// differ while a recording is played.
func (s *State) onClock(at, now time.Time) time.Time {
	if last := s.watch.clock; !last.IsZero() {
		at = last.Add(at.Sub(now))
	}
	return at.Truncate(time.Second)
}

const (
	// weakFloor is the level in dBm below which the meters of a floor are received
	// badly: that of a weak signal (docs/protocol/field.md#signal).
	weakFloor = -90
	// nearbyRows bounds how many rows of a floor are looked at.
	nearbyRows = 64
)

// neighbours are the meters on the row's floor that were heard.
func (s *State) neighbours(r *Row) (out Nearby) {
	if r.Place.Floor == "" {
		return out
	}
	rows := s.watch.floors[r.floor()]
	var levels []int16
	for _, i := range rows[:min(len(rows), nearbyRows)] {
		if n := s.rows[i]; n != r && n.Ref != r.Ref && n.Heard.RSSI.Scale == device.ScaleDBm {
			if median, ok := n.Heard.RSSI.Median(); ok {
				levels = append(levels, median)
			}
		}
	}
	if out.Heard = len(levels); out.Heard > 0 {
		slices.Sort(levels)
		out.DBm = levels[len(levels)/2]
	}
	return out
}

// append writes what a silence is about.
func (x *Silence) append(b []byte) []byte {
	return fmt.Appendf(b, " silent %v %d %d %v %d %d %d %s %v %v %v %v", x.Code, x.Interval, x.Slow, x.Source, x.Waited, x.Expected, x.Chance,
		x.Until.UTC().Format(time.RFC3339), x.Modes, x.Wake, x.Family, x.Floor)
}
