package state

import (
	"slices"
	"strings"
	"time"

	"earshot/collector/silence"
	"earshot/device"
	"earshot/device/wmbus"
)

// family is what the rows of a make and medium have in common.
type family struct {
	rows, heard int
	recent      [8]recentInterval // the intervals learned last, one a row
	n           int
	modes       []device.LinkMode
}

type recentInterval struct {
	row      int
	interval time.Duration
}

// longest is the longest interval of those learned last, 0 if there is none.
func (f *family) longest() (longest time.Duration) {
	for _, r := range f.recent[:min(f.n, len(f.recent))] {
		longest = max(longest, r.interval)
	}
	return longest
}

func (f *family) learn(row int, interval time.Duration) {
	known := f.recent[:min(f.n, len(f.recent))]
	if i := slices.IndexFunc(known, func(r recentInterval) bool { return r.row == row }); i >= 0 {
		known[i].interval = interval
		return
	}
	f.recent[f.n%len(f.recent)] = recentInterval{row, interval}
	f.n++
}

// watch is what the state knows of silence as a whole.
type watch struct {
	hours     silence.Hours
	families  []*family
	of        []*family        // by row; nil if the list does not name its make
	heard     []bool           // by row: it was heard in this campaign
	rows      int              // … how many were
	floors    map[string][]int // rows by entrance and floor
	clock     time.Time        // the last event, by the clock of this machine
	telegrams int              // that were heard, those that are not stored as one
	next      time.Time        // when a silent row has to be judged again, zero for never
	looked    time.Time        // when they were last
}

func newWatch(rows []*Row) watch {
	w := watch{of: make([]*family, len(rows)), heard: make([]bool, len(rows)), floors: map[string][]int{}}
	known := map[string]*family{}
	for i, r := range rows {
		if r.Place.Floor != "" {
			floor := r.floor()
			w.floors[floor] = append(w.floors[floor], i)
		}
		if r.Maker == "" {
			continue
		}
		key := r.Maker + " " + kinOf(r.wants)
		if known[key] == nil {
			known[key] = new(family)
			w.families = append(w.families, known[key])
		}
		w.of[i] = known[key]
		w.of[i].rows++
	}
	return w
}

func (r *Row) floor() string { return r.Place.Entrance + "\n" + r.Place.Floor }

// kinOf is what the media of one meter have in common, by the words of a list.
func kinOf(medium string) string {
	medium = strings.ToLower(strings.TrimSpace(medium))
	if common, known := kinships[medium]; known {
		return common
	}
	return medium
}

// pass follows the time, and the receivers, by an event.
func (s *State) pass(ev Event) {
	h := &s.watch.hours
	switch ev := ev.(type) {
	case Heard:
		s.played(ev.At, ev.Reception)
	case UnlistedHeard:
		if !ev.NotStored { // else the log does not know of it
			s.played(ev.At, ev.Reception)
		}
	case UnlistedNotStored:
		s.watch.telegrams++
	case HeardAlso:
		s.played(ev.At, ev.Reception)
	case ReceiverUp:
		h.Begin(ev.Info.Name, ev.Time, ev.Info.Modes, ev.Info.Pace.Recorded())
	case ReceiverTuned:
		h.Begin(ev.Receiver, ev.Time, ev.Modes, s.receiverNamed(ev.Receiver).Info.Pace.Recorded())
	case ReceiverDown:
		h.End(ev.Receiver, ev.Time)
	case CampaignStarted, CampaignResumed: // the receivers may have been elsewhere
		*h, s.watch.next = silence.Hours{}, time.Time{}
	case RoundStarted, RoundFinished, TimedOut:
		h.Pass(ev.When())
		s.watch.clock = ev.When()
	}
}

func (s *State) played(at At, r Reception) {
	s.watch.telegrams++
	s.watch.clock = at.Time
	s.watch.hours.Pass(at.Time)
	s.watch.hours.Played(r.Receiver, r.AirTime)
}

// lookEvery is how often silent rows are judged again at most.
const lookEvery = 10 * time.Second

// due reports whether silent rows have to be judged again.
func (w *watch) due(now time.Time) bool {
	return !w.next.IsZero() && !now.Before(w.next) && now.Sub(w.looked).Abs() >= lookEvery
}

// look judges silent rows again if a time has come for one of them to be given up,
// or if a round is over.
func (s *State) look(ev Event) {
	w := &s.watch
	now := ev.When()
	switch ev := ev.(type) {
	case RoundFinished:
	case UnlistedHeard:
		if ev.NotStored || !w.due(now) {
			return
		}
	case Heard, HeardAlso, TimedOut:
		if !w.due(now) {
			return
		}
	default:
		return
	}
	w.next, w.looked = time.Time{}, now
	for _, r := range s.rows {
		if r.silent != nil && r.unheard() {
			s.edit(r.Ref, s.hush)
		}
	}
}

// learn notes what the last telegram of a row teaches of its make.
func (s *State) learn(i int, r *Row) {
	f := s.watch.of[i]
	if heard := len(r.Recent) > 0; heard != s.watch.heard[i] {
		s.watch.heard[i] = heard
		by := 1
		if !heard {
			by = -1
		}
		s.watch.rows += by
		if f != nil {
			f.heard += by
		}
	}
	if f == nil || !r.taught {
		return
	}
	r.taught = false
	if r.Mode != "" && !slices.Contains(f.modes, r.Mode) && len(f.modes) < 4 {
		f.modes = append(f.modes, r.Mode)
	}
	if l, ok := r.rhythm.Learned(); ok {
		f.learn(i, l.Interval)
	} else if p := silence.ProfileOf(r.transmitter()); p != nil && r.rhythm.Follows(p.Interval) {
		f.learn(i, p.Interval)
	}
}

// transmitter is what is known of the row's meter before it is heard, and after.
func (r *Row) transmitter() silence.Meter {
	m := silence.Meter{Kin: kinOf(r.Medium), Mode: r.Mode}
	if adapters[m.Kin] {
		m.Kin = kinOf(r.wants)
	}
	m.Manufacturer, _ = wmbus.ParseManufacturer(r.Maker) // "" is no maker
	if r.Heard.Address.ID != 0 {
		m.Version, m.HasVersion = r.Heard.Address.Version, true
	}
	return m
}

// Learned is what the row's telegrams teach of its interval and loss.
func (r *Row) Learned() (silence.Learned, bool) { return r.rhythm.Learned() }
