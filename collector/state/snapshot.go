package state

import (
	"slices"
	"time"

	"earshot/collector/site"
)

// Snapshot is a picture of the state: its rows and lists are not changed any
// more.
type Snapshot struct {
	Generation uint64
	Site       string
	Campaign   Standing
	Round      Round
	Rows       []*Row          // in the order of the list
	LeftOut    []site.RowError // rows of the list that cannot be used
	Receivers  []Receiver
	Unlisted   []*Unlisted // in the order they were first heard
	Broker     Broker      // all of them together
	Brokers    []Broker    // each, in the order in which they were named
	Store      Store
	Drops      [dropEnd]int
	Limits     Limits // of signals
	Counts     Counts
	Events     []Event // since the view's last snapshot, oldest first
	Missed     int     // events that fell out of the window before it
}

// Counts summarises the rows.
type Counts struct {
	Meters int
	Heard  int // at least one telegram in this round
	ByCode [Codes]int
	Alarms int // rows with an alarm
	Late   int
	Cached int // rows that show a cached reading
}

// Key counts the rows that lack the right key.
func (c Counts) Key() int { return c.ByCode[CodeNoKey] + c.ByCode[CodeWrongKey] }

// Passed counts the rows that passed the whole chain.
func (c Counts) Passed() int { return c.ByCode[CodeOK] }

// Snapshot copies what may change and shares what does not.
func (s *State) Snapshot() Snapshot {
	s.epoch++ // whatever is handed out now is copied before its next change
	snap := Snapshot{
		Site: s.site, LeftOut: s.leftOut, Campaign: s.campaign, Round: s.round, Broker: s.links.all(s.broker), Brokers: slices.Clone(s.links.each), Store: s.store, Drops: s.drops, Limits: s.limits,
		Rows:      append([]*Row(nil), s.rows...),
		Receivers: append([]Receiver(nil), s.receivers...),
		Unlisted:  append([]*Unlisted(nil), s.unlisted...),
	}
	snap.Counts = count(s.rows)
	return snap
}

func count(rows []*Row) Counts {
	c := Counts{Meters: len(rows)}
	for _, r := range rows {
		c.ByCode[r.Verdict.Code]++
		if r.Heard.Count > 0 {
			c.Heard++
		}
		if len(r.Verdict.Alarms) > 0 {
			c.Alarms++
		}
		if r.Read.Late {
			c.Late++
		}
		if _, cached := r.Shown(); cached {
			c.Cached++
		}
	}
	return c
}

// Remaining is how long the round may still take, 0 when none runs.
func (r Round) Remaining(now time.Time) time.Duration {
	if !r.Running() {
		return 0
	}
	return max(0, r.Deadline.Sub(now))
}
