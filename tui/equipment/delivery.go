package equipment

import (
	"strings"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/tui/look"
)

// delivery says how brokers and store are, and which readings have not arrived.
func (s *Screen) delivery(w int) []string {
	p := &page{s.host.Look.Page(w), s.host.Now}
	snap := &s.host.Snap
	for i := range snap.Brokers {
		p.broker(&snap.Brokers[i])
	}
	switch {
	case !snap.Broker.Named:
		p.Say(look.Dim, 1, p.say("equipment.delivery.none", nil))
		p.next(p.say("equipment.delivery.none.next", nil))
	case len(snap.Brokers) == 0:
		p.title(look.Dim, p.Open, p.say("equipment.tab.delivery", nil), p.say("equipment.delivery.connecting", nil))
	}
	p.store(&snap.Store)
	for what, n := range snap.Drops {
		if n > 0 {
			p.Fact(look.Alarm, p.say("equipment.label.dropped", nil), p.say("equipment.delivery.dropped", words.Args{"Count": n, "What": state.Drop(what).String()}))
		}
	}
	if snap.Broker.Named {
		p.meters(snap.Rows)
	}
	return p.Lines
}

// broker draws one broker.
func (p *page) broker(b *state.Broker) {
	tone, sign, status := look.Good, p.Dot, p.say("equipment.delivery.up", nil)
	switch {
	case b.Up && b.Reason != "":
		tone, sign, status = look.Alarm, p.Marks[state.MarkAlarm], p.say("equipment.delivery.up.held", nil)
	case b.Up:
	case b.Reason == "":
		tone, sign, status = look.Dim, p.Open, p.say("equipment.delivery.connecting", nil)
	default:
		tone, sign, status = look.Failed, p.Marks[state.MarkFailed], p.say("equipment.delivery.down", nil)
	}
	p.title(tone, sign, p.OrNone(b.Address), status)
	if b.Reason != "" {
		p.Fact(tone, p.say("equipment.label.reason", nil), b.Reason)
	}
	switch {
	case !b.Up && b.Reason != "":
		p.next(p.say("equipment.delivery.down.next", nil))
	case b.Refused > 0:
		p.next(p.say("equipment.delivery.refused.next", nil))
	}
	if !b.Since.IsZero() {
		p.Fact(look.Plain, p.say("equipment.label.since", nil), p.say("equipment.receiver.since", words.Args{"Time": p.clock(b.Since), "For": p.Lang.Age(max(0, p.now.Sub(b.Since)))}))
	}
	waiting := p.say("equipment.delivery.nothing", nil)
	if b.Queued > 0 {
		waiting = p.count("equipment.delivery.waiting", b.Queued, nil)
	}
	if b.InFlight > 0 {
		waiting = p.count("equipment.delivery.flying", b.Queued, words.Args{"Flying": b.InFlight})
	}
	p.Fact(look.Pick(b.Queued > 0 && !b.Up, look.Alarm, look.Plain), p.say("equipment.label.waiting", nil), waiting)
	delivered := p.count("equipment.delivery.delivered", b.Delivered, nil)
	if !b.Acknowledged.IsZero() {
		delivered += p.say("equipment.delivery.last", words.Args{"Age": p.Lang.Age(max(0, p.now.Sub(b.Acknowledged)))})
	}
	p.Fact(look.Plain, p.say("equipment.label.delivered", nil), delivered)
	p.refused(b)
	p.said(&b.Said, b.Reason)
}

// refused says what a broker did not take.
func (p *page) refused(b *state.Broker) {
	if b.Refused == 0 {
		return
	}
	r := &b.Refusal
	p.Fact(look.Failed, p.say("equipment.label.refused", nil), p.count("equipment.delivery.refused", b.Refused, words.Args{"Time": p.clock(r.Time), "Meter": r.Ref, "Reason": p.Lang.Reason(&r.Reason)}))
}

// store says what is on the disk.
func (p *page) store(s *state.Store) {
	tone, sign := look.Good, p.Dot
	if s.Reason != "" {
		tone, sign = look.Failed, p.Marks[state.MarkFailed]
	}
	p.title(tone, sign, p.say("equipment.delivery.store", nil), "")
	p.Fact(look.Plain, p.say("equipment.label.stored", nil), p.say("equipment.delivery.stored", words.Args{"Telegrams": s.Telegrams, "Readings": s.Readings}))
	if s.Reason != "" {
		p.Fact(look.Failed, p.say("equipment.label.reason", nil), s.Reason)
	}
	if s.Waiting > 0 {
		p.Fact(look.Alarm, p.say("equipment.label.waiting", nil), p.count("equipment.delivery.unstored", s.Waiting, words.Args{"Time": p.clock(s.Since)}))
	}
}

// maxMeters bounds how many meters are listed.
const maxMeters = 200

// meters lists the rows whose reading is not at each broker.
func (p *page) meters(rows []*state.Row) {
	var late []*state.Row
	for _, r := range rows {
		if r.Chain[state.StepPlausible] == state.StepDone && r.Chain[state.StepDelivered] != state.StepDone {
			late = append(late, r)
		}
	}
	if len(late) == 0 {
		p.Lines = append(p.Lines, "")
		p.Say(look.Dim, 1, p.say("equipment.delivery.all", nil))
		return
	}
	p.Head(p.say("equipment.delivery.meters", words.Args{"Count": len(late)}))
	for _, r := range late[:min(len(late), maxMeters)] {
		tone := look.Pick(r.Chain[state.StepDelivered] == state.StepFailed, look.Failed, look.Plain)
		p.Say(tone, 3, strings.TrimSpace(r.Place.String()+"  "+r.Ref)+p.Between+p.Lang.Verdict(&r.Verdict))
	}
	if more := len(late) - maxMeters; more > 0 {
		p.Say(look.Dim, 3, p.count("equipment.delivery.more", more, nil))
	}
}
