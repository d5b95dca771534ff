package plain

import (
	"strconv"
	"strings"

	"earshot/collector/state"
	"earshot/collector/words"
)

// take prints what has changed.
func (s *session) take(snap state.Snapshot) {
	first := s.host.Snap.Rows == nil
	s.host.Snap, s.host.Now = snap, s.cfg.Now()
	s.host.Look.Limits = snap.Limits
	if first && snap.Rows != nil {
		s.say("plain.begin", words.Args{"Site": snap.Site, "Meters": s.lang.Count(len(snap.Rows), "meter"), "Help": s.lang.Say("plain.word.help", nil)})
	}
	for _, ev := range snap.Events {
		s.print(s.news(ev))
	}
	for _, r := range snap.Rows {
		if seen, known := s.seen[r.Ref]; known && seen == r.Version {
			continue
		}
		s.seen[r.Ref] = r.Version
		is := s.standing(&r.Verdict)
		if is != "" && is != s.said[r.Ref] && (s.said[r.Ref] != "" || !first || r.Verdict.Failed()) {
			s.print(s.row(r))
		}
		s.said[r.Ref] = is
	}
}

// news is what an event says, "" for nothing.
func (s *session) news(ev state.Event) string {
	if _, text := s.lang.News(ev); text != "" {
		return text
	}
	return s.lang.Warning(ev)
}

// standing is what is worth a line of its own when it changes, "" while a row waits, is
// listened for, or is on its way to a broker that is there.
func (s *session) standing(v *state.Verdict) string {
	switch v.Code {
	case state.CodeWaiting, state.CodeListening:
		return ""
	case state.CodeSending:
		if s.host.Snap.Broker.Up || v.Stage < state.StageStored {
			return ""
		}
	}
	key := v.Code.String() + " " + v.Since.String() + " " + strconv.FormatBool(v.Late)
	if v.Key != nil || v.Near != nil || v.Fits != "" { // the cause may be found later
		key += " " + s.lang.Verdict(v)
	}
	for i := range v.Alarms {
		key += " " + v.Alarms[i].Code.String() + v.Alarms[i].Status.String()
	}
	return key
}

// row is a meter in a line: where it is, its number, its verdict and reading.
func (s *session) row(r *state.Row) string {
	a := words.Args{"Where": r.Place.String(), "Meter": r.Ref, "Text": s.lang.Verdict(&r.Verdict)}
	if a["Where"] == "" {
		a["Where"] = s.lang.Say("plain.line", words.Args{"Line": r.Line})
	}
	if shown, cached := r.Shown(); shown != nil && !cached && !shown.IsDetector() {
		a["Reading"] = s.lang.Reading(shown)
		return s.lang.Say("plain.row.reading", a)
	}
	return s.lang.Say("plain.row", a)
}

// status sums up the campaign, its receivers and its brokers.
func (s *session) status() {
	c := s.host.Snap.Counts
	s.say("plain.status", words.Args{"Done": c.Passed(), "Meters": s.lang.Count(c.Meters, "meter"), "Left": c.Meters - c.Passed(), "Alarms": c.Alarms})
	if r := s.host.Snap.Round; r.Running() {
		s.say("plain.round", words.Args{"Round": r.Number, "Left": s.lang.Duration(r.Remaining(s.host.Now).Truncate(1e9))})
	}
	s.print(s.lang.Headline(s.host.Snap.Headline))
	for i := range s.host.Snap.Receivers {
		r := &s.host.Snap.Receivers[i]
		name := "plain.receiver"
		switch {
		case r.Ended:
			name = "plain.receiver.ended"
		case !r.Up || r.Deaf:
			name = "plain.receiver.down"
		}
		s.say(name, words.Args{"Receiver": r.Info.Name, "Count": r.PerMinute(s.host.Now), "Reason": strings.TrimPrefix(r.Reason, r.Info.Name+": ")})
	}
	for _, b := range s.host.Snap.Brokers {
		name := "plain.broker"
		if !b.Up {
			name = "plain.broker.down"
		}
		s.say(name, words.Args{"Broker": b.Address, "Delivered": b.Delivered, "Waiting": b.Queued, "Reason": b.Reason})
	}
	if n := len(s.host.Snap.Unlisted); n > 0 {
		s.say("plain.unlisted.count", words.Args{"Meters": s.lang.Count(n, "meter")})
	}
}

// meter prints everything that helps with a meter.
func (s *session) meter(r *state.Row) {
	s.print(s.row(r))
	for _, text := range s.lang.Alarms(&r.Verdict) {
		s.print(s.lang.Say("explain.alarm", nil) + ": " + text)
	}
	if next := s.lang.Next(&r.Verdict); next != "" {
		s.print(s.lang.Say("explain.next", nil) + ": " + next)
	}
	for step := range state.Steps {
		s.print(s.lang.Term("step_name", step.String()) + ": " + s.lang.Step(r, step))
	}
	if median, ok := r.Heard.RSSI.Median(); ok {
		s.say("plain.signal", words.Args{"Value": int(median)})
	}
	for _, n := range r.Notes {
		s.say("plain.noted", words.Args{"Time": s.lang.Time(n.Time), "Text": n.Text})
	}
	why := s.host.Snap.Explain(r)
	for _, f := range s.lang.Why(&why) {
		s.print(f.Label + ": " + f.Text)
	}
}

// unlisted prints the meters on the air that are not in the list.
func (s *session) unlisted() {
	if len(s.host.Snap.Unlisted) == 0 {
		s.say("plain.unlisted.none", nil)
	}
	for _, u := range s.host.Snap.Unlisted {
		text := u.Address.String() + ", " + s.lang.Term("medium", u.Address.Medium()) + ", " + s.lang.Count(u.Count, "telegram")
		switch a := (words.Args{"Meter": u.Near}); {
		case u.KeyFits:
			text += s.lang.Say("print.looks_like.key", a)
		case u.Near != "":
			text += s.lang.Say("print.looks_like", a)
		}
		s.print(text)
	}
}
