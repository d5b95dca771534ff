package state

import (
	"cmp"
	"slices"
	"time"

	"earshot/collector/trace"
	"earshot/device"
)

// Receiver is the state of one receiver.
type Receiver struct {
	Info    device.Info
	Up      bool
	Ended   bool          // a recording at its end
	Reason  string        // why it is down, or deaf
	Deaf    bool          // it answers, and hears nothing
	Away    time.Duration // how long it did not listen, all together
	Resets  int
	Frames  int
	Last    time.Time
	Since   time.Time           // when it came up the last time
	Surplus int                 // telegrams of unlisted meters that were not stored, since there were too many
	Trouble int                 // things it could not read
	Fault   string              // the last of them
	Notice  string              // the last thing that has to be known of it
	Began   time.Time           // when it came up the first time
	Said    trace.Messages      // troubles, notices, restarts and losses
	Gaps    trace.Gaps          // times in which it did not listen
	Signals trace.Histogram     // of telegrams with a signal in dBm
	Modes   [maxModes]ModeCount // how many telegrams came in each link mode, "" for those not used
	whole   int                 // bytes of the longest telegram that was whole
	cut     int                 // … and of the longest one that was not
	cutOf   []string            // meters whose telegrams were not whole: the first two
	seconds [60]struct {
		at int64 // Unix second
		n  int
	}
}

// ModeCount is how many telegrams came in a link mode.
type ModeCount struct {
	Mode  device.LinkMode
	Count int
}

// maxModes bounds how many link modes are counted: a gateway may send any text.
const maxModes = 8

// radio counts how a telegram was received.
func (r *Receiver) radio(rec Reception) {
	if rec.RSSI.Scale == device.ScaleDBm {
		r.Signals.Add(rec.RSSI.Value)
	}
	if rec.Mode == "" {
		return
	}
	for i := range r.Modes {
		if m := &r.Modes[i]; m.Mode == rec.Mode || m.Mode == "" {
			m.Mode = rec.Mode
			m.Count++
			return
		}
	}
}

// SilentSince is since when it has heard nothing: its last frame, or when it came up;
// zero if it is not up.
func (r *Receiver) SilentSince() time.Time {
	switch {
	case !r.Up:
		return time.Time{}
	case r.Last.After(r.Since):
		return r.Last
	}
	return r.Since
}

// PerMinute is how many frames a minute it heard in the minute before now, or since it
// came up if that is less than a minute ago.
func (r *Receiver) PerMinute(now time.Time) int {
	const least = 10 * time.Second
	up := time.Duration(len(r.seconds)) * time.Second
	if r.Up && !r.Since.IsZero() {
		up = min(up, max(least, now.Sub(r.Since)))
	}
	n := 0
	for _, s := range r.seconds {
		if age := now.Unix() - s.at; age >= 0 && age < int64(len(r.seconds)) {
			n += s.n
		}
	}
	return int(time.Duration(n) * time.Minute / up)
}

func (r *Receiver) count(at time.Time) {
	r.Frames++
	r.Last = at
	if r.Deaf {
		r.Deaf, r.Reason = false, ""
	}
	s := &r.seconds[uint64(at.Unix())%uint64(len(r.seconds))]
	if s.at != at.Unix() {
		s.at, s.n = at.Unix(), 0
	}
	s.n++
}

func (s *State) receiver(ev Event) {
	switch ev.(type) {
	case ReceiverUp, Trouble: // at the start, and nothing was missed
	default:
		s.steady = false
	}
	switch ev := ev.(type) {
	case ReceiverUp:
		r := s.receiverNamed(cmp.Or(ev.Was, ev.Info.Name))
		r.Info, r.Up, r.Since, r.Ended, r.Reason, r.Deaf = ev.Info, true, ev.Time, false, "", false
		r.Gaps.End(ev.Time)
		if r.Began.IsZero() {
			r.Began = ev.Time
		}
	case ReceiverDown:
		r := s.receiverNamed(ev.Receiver)
		r.Up, r.Ended, r.Reason = false, ev.Ended, ev.Reason
		if !ev.Ended {
			r.Said.Add(ev.Time, ev.Reason)
			r.Gaps.Begin(ev.Time, ev.Reason)
		}
	case ReceiverBack:
		s.receiverNamed(ev.Receiver).Away += ev.Away
	case ReceiverDeaf:
		r := s.receiverNamed(ev.Receiver)
		r.Deaf, r.Reason = true, ev.Reason
		r.Said.Add(ev.Time, ev.Reason)
	case ReceiverReset:
		r := s.receiverNamed(ev.Receiver)
		r.Resets++
		r.Said.Add(ev.Time, cmp.Or(ev.Problem, ev.Reason))
	case UnlistedNotStored:
		s.receiverNamed(ev.Receiver).Surplus += ev.Count
	case ReceiverTuned:
		s.receiverNamed(ev.Receiver).Info.Modes = ev.Modes
	case Trouble:
		r := s.receiverNamed(ev.Receiver)
		r.Said.AddMany(ev.Time, ev.Reason, 1+ev.More)
		if ev.Notice {
			r.Notice = ev.Reason
			return
		}
		r.Trouble++
		r.Fault = ev.Reason
	}
}

// maxPeers bounds how many receivers, and brokers, are remembered: a gateway's
// name may come from outside, and a damaged log may hold any.
const maxPeers = 1000

// receiverNamed returns the receiver of that name, a new one if there is none.
// All beyond maxPeers are one that is not shown.
func (s *State) receiverNamed(name string) *Receiver {
	i := slices.IndexFunc(s.receivers, func(r Receiver) bool { return r.Info.Name == name })
	if i < 0 && len(s.receivers) >= maxPeers {
		return &s.others
	}
	if i < 0 {
		i = len(s.receivers)
		s.receivers = append(s.receivers, Receiver{Info: device.Info{Name: name}})
	}
	return &s.receivers[i]
}

// Waits reports whether a receiver can wait, as files do.
func (s *State) Waits(receiver string) bool {
	i := slices.IndexFunc(s.receivers, func(r Receiver) bool { return r.Info.Name == receiver })
	return i >= 0 && s.receivers[i].Info.Pace.Waits()
}

// Listening are the names of the receivers that work.
func (s *State) Listening() []string {
	var names []string
	for _, r := range s.receivers {
		if r.Up {
			names = append(names, r.Info.Name)
		}
	}
	return names
}

// checks reports whether the receiver of the row's last telegram checks what it
// receives, as dongles do: else a telegram may be damaged without a sign of it.
func (s *State) checks(r *Row) bool {
	n := len(r.Recent)
	if n == 0 {
		return true
	}
	i := slices.IndexFunc(s.receivers, func(x Receiver) bool { return x.Info.Name == r.Recent[n-1].Receiver })
	return i < 0 || !s.receivers[i].Info.Unchecked
}

// heard counts a telegram of a meter, and notes whether it has all the bytes that
// its L-field announces.
func (r *Receiver) heard(at At, rec Reception, of string) {
	r.count(at.Time)
	r.radio(rec)
	telegram := rec.Bytes
	switch n := len(telegram); {
	case n == 0:
	case int(telegram[0])+1 <= n:
		r.whole = max(r.whole, n)
	default:
		r.cut = max(r.cut, n)
		if len(r.cutOf) < 2 && !slices.Contains(r.cutOf, of) {
			r.cutOf = append(slices.Clip(r.cutOf), of)
		}
	}
}

// cutter is the driver of receivers whose usual firmware cuts long telegrams.
// Source: docs/receivers.md.
const cutter = "cul"

// cuts says that the receiver of a row's telegrams cuts all that are long: not
// their meter is to be blamed, nor its key. ReasonNone if it does not.
func (s *State) cuts(r *Row) Reason {
	i := slices.IndexFunc(s.receivers, func(x Receiver) bool { return x.Info.Name == r.Heard.Receiver })
	if i < 0 {
		return Reason{}
	}
	x := &s.receivers[i]
	switch {
	case x.cut == 0 || x.whole > x.cut:
	case x.Info.Driver == cutter:
		return Reason{Code: ReasonCutCUL, Text: x.Info.Name, Offset: x.cut}
	case len(x.cutOf) > 1:
		return Reason{Code: ReasonCut, Text: x.Info.Name, Offset: x.cut}
	}
	return Reason{}
}
