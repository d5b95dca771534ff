package state

import (
	"slices"
	"strings"
	"time"

	"earshot/collector/label"
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
	Claims     []Claim     // unlisted meters that belong into the list, in the order in which that was said
	Broker     Broker      // all of them together
	Brokers    []Broker    // each, in the order in which they were named
	Store      Store
	Drops      [dropEnd]int
	Limits     Limits // of signals
	Counts     Counts
	Headline   Headline // what all meters have in common
	Events     []Event  // since the view's last snapshot, oldest first
	Missed     int      // events that fell out of the window before it
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
		Claims:    s.choices.claims,
	}
	snap.Counts = count(s.rows)
	snap.Headline = headline(s.rows)
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

// Headline is one cause that explains what is wrong with all meters.
type Headline uint8

const (
	HeadlineNone      Headline = iota
	HeadlineNothing            // nothing at all is heard
	HeadlineNobody             // others are heard, and no meter of the list
	HeadlineNoKeyFits          // no key of the list opens any of its meters
	headlineEnd
)

var headlineWords = [headlineEnd]string{"", "nothing_heard", "nobody_heard", "no_key_fits"}

func (h Headline) String() string { return headlineWords[min(h, headlineEnd-1)] }

// MarshalText writes the headline as a word.
func (h Headline) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// Explains is the advice of single rows that the headline makes superfluous.
func (h Headline) Explains() AdviceCode {
	return [headlineEnd]AdviceCode{HeadlineNothing: AdviceNothingHeard, HeadlineNobody: AdviceOtherSite, HeadlineNoKeyFits: AdviceAskForKey}[min(h, headlineEnd-1)]
}

func headline(rows []*Row) Headline {
	nothing, nobody, wrong, opened := 0, 0, 0, 0
	for _, r := range rows {
		v := &r.Verdict
		switch {
		case v.Code == CodeTimedOut && v.Silence != nil && v.Silence.Code == SilenceNothing:
			nothing++
		case v.Code == CodeTimedOut && v.Silence != nil && v.Silence.Code == SilenceNobody:
			nobody++
		case v.Code == CodeWrongKey && v.Fits == "":
			wrong++
		case r.proved:
			opened++
		}
	}
	switch {
	case nothing >= few && nothing == len(rows):
		return HeadlineNothing
	case nobody >= few && nobody == len(rows):
		return HeadlineNobody
	case wrong >= few && opened == 0:
		return HeadlineNoKeyFits
	}
	return HeadlineNone
}

// Remaining is how long the round may still take, 0 when none runs.
func (r Round) Remaining(now time.Time) time.Duration {
	if !r.Running() {
		return 0
	}
	return max(0, r.Deadline.Sub(now))
}

// Named returns the rows that a text names: as the list has them, as a label or a
// scanner of labels has them, or by a part of their number. Several of them if the text
// does not say which.
func (s *Snapshot) Named(text string) []*Row {
	asked := strings.ToUpper(strings.NewReplacer(" ", "", "_", "-").Replace(text))
	if found := s.rowsThat(func(r *Row) bool { return strings.ToUpper(r.Ref) == asked }); len(found) > 0 || asked == "" {
		return found
	}
	for _, n := range label.Read(text) {
		found := s.rowsThat(func(r *Row) bool { return r.ID == n.ID || r.Correction != nil && r.Correction.ID == n.ID })
		if maker := n.Maker.String(); n.Maker != 0 && len(found) > 1 {
			found = slices.DeleteFunc(found, func(r *Row) bool { return r.Maker != "" && r.Maker != maker })
		}
		if len(found) > 0 {
			return found
		}
	}
	part := strings.ReplaceAll(asked, "-", "")
	return s.rowsThat(func(r *Row) bool { return strings.Contains(strings.ToUpper(strings.ReplaceAll(r.Ref, "-", "")), part) })
}

func (s *Snapshot) rowsThat(fit func(*Row) bool) (found []*Row) {
	for _, r := range s.Rows {
		if fit(r) {
			found = append(found, r)
		}
	}
	return found
}

// NamedUnlisted returns the unlisted meters that a text names, as Named.
func (s *Snapshot) NamedUnlisted(text string) (found []*Unlisted) {
	for _, n := range label.Read(text) {
		for _, u := range s.Unlisted {
			if u.Address.ID == n.ID && (n.Maker == 0 || n.Maker == u.Address.Manufacturer) {
				found = append(found, u)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}
