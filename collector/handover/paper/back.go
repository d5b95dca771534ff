package paper

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/collector/handover"
	"earshot/collector/words"
)

// equipment is what received, what remains in the building, and from where was
// listened.
func (b *builder) equipment() Section {
	e := b.d.Equipment
	s := Section{ID: "equipment", Title: b.say("equipment")}
	var receivers, gateways, spots, brokers []Row
	for _, r := range e.Receivers {
		away := ""
		if r.AwayS > 0 {
			away = b.l.Duration(time.Duration(r.AwayS * float64(time.Second)).Round(time.Second))
		}
		receivers = append(receivers, Row{text(r.Name), text(r.Driver), text(r.Serial), text(r.Firmware), text(strings.Join(r.Modes, ", ")), count(r.Telegrams), text(away), count(r.Resets)})
	}
	for _, g := range e.Gateways {
		gateways = append(gateways, Row{text(g.Type), text(lines(g.Serial, g.Firmware)), text(g.Place), text(g.Power), text(g.Network), text(g.Antenna)})
	}
	for _, spot := range e.Spots {
		spots = append(spots, Row{text(spot.Name), b.moment(spot.Time), count(spot.Meters), b.yes(spot.Outside)})
	}
	for _, broker := range e.Brokers {
		brokers = append(brokers, Row{text(broker.Address), count(broker.Delivered), count(broker.Waiting)})
	}
	s.Parts = append(s.Parts, table(b.columns("receiver", "model", "serial_number", "firmware", "modes", "telegrams>", "away>", "resets>"), receivers)...)
	if e.Antenna != "" {
		s.Parts = append(s.Parts, Fields{{b.say("column.antenna"), e.Antenna}})
	}
	s.Parts = append(s.Parts, table(b.columns("spot", "time", "count>", "outside"), spots)...)
	s.Parts = append(s.Parts, table(b.columns("gateway", "serial_number", "place", "power", "network", "antenna"), gateways)...)
	s.Parts = append(s.Parts, table(b.columns("broker", "delivered>", "waiting>"), brokers)...)
	return s
}

// method is how the work was done, by which limits, and the notes of the site.
func (b *builder) method() Section {
	m := b.d.Method
	s := Section{ID: "method", Title: b.say("method")}
	for _, t := range slices.Concat(m.Texts, m.Own, []string{m.Limits, m.NotChecked}) {
		if t != "" {
			s.Parts = append(s.Parts, Text(t))
		}
	}
	var notes []Row
	for _, n := range b.d.Notes {
		notes = append(notes, Row{b.moment(&n.Time), text(n.Text)})
	}
	if len(notes) > 0 {
		s.Parts = append(s.Parts, Heading(b.say("notes")))
		s.Parts = append(s.Parts, table(b.columns("time", "note"), notes)...)
	}
	return s
}

// evidence is what the document was made of, and how a second person checks it.
func (b *builder) evidence() Section {
	s := Section{ID: "evidence", Title: b.say("evidence"), Parts: []Part{b.sums(), List{Items: b.d.Evidence.How, Numbered: true}}}
	if fields := b.signing(); len(fields) > 0 {
		s.Parts = append(s.Parts, Code{Modules: b.key.QR, Fields: fields})
	}
	return s
}

// signing is the key that seals the protocol, as words to be read out and as
// minisign takes it.
func (b *builder) signing() Fields {
	return keep(Fields{{b.say("key.words"), strings.Join(b.key.Words, " ")}, {b.say("key"), b.key.Text}})
}

// sums are the counts and checksums of the evidence.
func (b *builder) sums() Fields {
	e, p := b.d.Evidence, b.d.Program
	fields := Fields{
		{b.say("log"), b.with("log.entries", words.Args{"Entries": e.Entries, "Telegrams": e.Telegrams, "Actions": e.Actions})},
		{b.say("program"), b.with("program.rules", words.Args{"Program": p.Name, "Version": p.Version, "Rules": p.Rules})},
		{b.say("log.sum"), e.LogSHA256}, {b.say("verdicts.sum"), e.Verdicts},
		{b.say("list.sum"), b.d.Campaign.Fingerprint}, {b.say("previous"), b.d.Previous},
	}
	if e.Compared+e.Differing > 0 {
		fields = append(fields, Field{b.say("recomputed"), b.with("recomputed.same", words.Args{"Compared": e.Compared, "Differing": e.Differing})})
	}
	return keep(fields)
}

// signatures are the boxes to sign in. A draft has none.
func (b *builder) signatures() Section {
	var boxes Signatures
	for _, s := range b.d.Signatures {
		date := s.Date
		if date != "" {
			date = b.day(s.Date).Text
		}
		boxes = append(boxes, Signature{Role: cmp.Or(s.Text, s.Role), Fields: Fields{
			{b.say("sign.date"), strings.Trim(s.Place+", "+date, ", ")}, {b.say("sign.name"), s.Name}, {Name: b.say("sign.signature")},
		}})
	}
	s := Section{ID: "signatures", Title: b.say("signatures")}
	if b.state() == handover.Draft {
		s.Parts = []Part{Notice{Mark: Bad, Text: b.say("sign.draft")}}
	} else if len(boxes) > 0 {
		s.Parts = []Part{boxes}
	}
	return s
}

// about is the document as names and values, for the workbook.
func (b *builder) about() Fields {
	fields := Fields{{b.d.Title, b.say("state." + string(b.state()))}, {b.say("column.serial"), b.d.Number + "-" + strconv.Itoa(b.d.Revision)}}
	for _, c := range b.d.Caveats {
		fields = append(fields, Field{"", c.Text})
	}
	for _, part := range append(b.people().Parts, b.sums(), b.signing()) {
		if f, is := part.(Fields); is {
			fields = append(fields, keep(f)...)
		}
	}
	return append(fields, Field{b.say("method"), b.d.Method.Limits})
}
