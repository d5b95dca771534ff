package handover

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"earshot/collector/reading"
	"earshot/collector/state"
	"earshot/device"
	"earshot/device/printable"
	"earshot/device/wmbus"
)

// stepStates are the words for the states of a step.
var stepStates = map[state.StepState]string{state.StepOpen: "open", state.StepDone: "passed", state.StepFailed: "failed", state.StepNone: "none"}

// markWords are the words for marks, and the short texts that stand with them.
var markWords = map[state.Mark]string{
	state.MarkWaiting: "waiting", state.MarkOK: "ok", state.MarkAlarm: "alarm", state.MarkFailed: "failed", state.MarkTimeout: "silent",
}

// meter is a row of the list.
func (f *filler) meter(i int, r *state.Row) Meter {
	v := &r.Verdict
	m := Meter{
		Line: r.Line, Ref: r.Ref, Serial: r.ID.String(),
		Place: Place{
			Entrance: printable.Words(r.Place.Entrance), Floor: printable.Words(r.Place.Floor), Flat: printable.Words(r.Place.Apartment),
			Room: printable.Words(r.Place.Room), Text: printable.Words(r.Place.String()),
		},
		Device: f.device(r), Key: f.key(i, r), Radio: f.radio(r),
		Alarms: readable(f.Words.Alarms(v)), Remarks: readable(f.Words.Remarks(v)), Listed: printable.Words(r.Listed), Done: v.Passed(),
	}
	f.values(&m, r)
	for step := range state.Steps {
		m.Chain = append(m.Chain, Step{Step: step.String(), State: stepStates[r.Chain[step]]})
	}
	f.deeds(&m, r)
	mark := markWords[v.Mark]
	m.Verdict = Verdict{Code: v.Code.String(), Mark: mark, Short: f.Words.Say("report.short."+mark, nil), Text: printable.Words(f.Words.Verdict(v)), Next: printable.Words(f.Words.Next(v)),
		Details: details(v)}
	if m.Inaccessible != nil {
		m.Verdict.Short = f.Words.Say("report.short.inaccessible", nil)
	}
	return m
}

// deeds are what the installer said of the meter.
func (f *filler) deeds(m *Meter, r *state.Row) {
	for _, n := range r.Notes {
		m.Notes = append(m.Notes, Note{Time: f.at(n.Time), Text: printable.Words(n.Text)})
	}
	if d := r.Displayed; d != nil {
		m.Displayed = &Displayed{Text: printable.Words(d.Text), Time: f.at(d.Time), Agreement: d.Agreement.String(), Says: f.Words.Say("report.display."+d.Agreement.String(), nil),
			Difference: json.Number(d.Difference), Unit: d.Unit}
	}
	if u := r.Unreachable; u != nil && !m.Done {
		m.Inaccessible = &Reason{Code: u.Text, Time: f.at(u.Time), Text: f.Words.Say("report.unreachable."+u.Text, nil)}
		if !slices.Contains(state.ReasonsUnreachable(), u.Text) {
			m.Inaccessible.Code, m.Inaccessible.Text = "other", printable.Words(u.Text)
		}
	}
}

// readable makes texts fit to be shown.
func readable(texts []string) []string {
	for i := range texts {
		texts[i] = printable.Words(texts[i])
	}
	return texts
}

// details is the verdict in codes.
func details(v *state.Verdict) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("{}") // it holds codes and numbers only
	}
	if plain := string(text); printable.Text(plain) == plain && !strings.Contains(plain, `\u`) {
		return text
	}
	var all any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if dec.Decode(&all) != nil {
		return json.RawMessage("{}")
	}
	text, _ = json.Marshal(cleaned(all)) // what was decoded can be written
	return text
}

// cleaned makes the texts of a JSON value fit to be shown.
func cleaned(v any) any {
	switch v := v.(type) {
	case string:
		return printable.Words(v)
	case []any:
		for i := range v {
			v[i] = cleaned(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = cleaned(v[name])
		}
	}
	return v
}

func (f *filler) device(r *state.Row) Device {
	d := Device{Maker: r.Maker, Medium: printable.Words(r.Medium), Text: f.medium(r.Medium)}
	if on := r.Heard.Address; r.Heard.Count > 0 {
		version, code := int(on.Version), int(on.Type)
		d.Version, d.Type, d.RadioID, d.Otherwise = &version, &code, on.ID.String(), on.ID != r.ID
	}
	return d
}

// medium is a medium in the document's language.
func (f *filler) medium(medium string) string { return printable.Words(f.Words.Term("medium", medium)) }

func (f *filler) key(i int, r *state.Row) Key {
	k := Key{State: keyState(r), Found: r.KeyFound}
	k.Text = f.Words.Say("report.key."+string(k.State), nil)
	k.Fingerprint = f.listed(i, r.Ref).Key.Fingerprint()
	return k
}

func keyState(r *state.Row) KeyState {
	failed := r.Chain[state.StepDecrypted] == state.StepFailed
	switch {
	case failed && r.HasKey:
		return KeyWrong
	case failed:
		return KeyMissing
	case r.Chain[state.StepDecrypted] == state.StepDone && r.Unencrypted:
		return KeyNotNeeded
	case r.Chain[state.StepDecrypted] == state.StepDone:
		return KeyFits
	case r.HasKey:
		return KeyUntried
	}
	return KeyUnknown
}

// qualities are the words for how well a meter is received.
var qualities = map[state.Quality]string{
	state.QualityMarginal: "marginal", state.QualityWeak: "weak", state.QualityUsable: "usable", state.QualityGood: "good",
}

func (f *filler) radio(r *state.Row) Radio {
	h := &r.Heard
	out := Radio{Mode: printable.Words(string(r.Mode)), Telegrams: h.Count}
	if h.Count == 0 {
		return out
	}
	out.First, out.Last, out.Receiver = f.known(h.First), f.known(h.Last), printable.Words(h.Receiver)
	if median, ok := h.RSSI.Median(); ok {
		n := int(median)
		out.Median, out.Unit = &n, "relative"
		if h.RSSI.Scale == device.ScaleDBm {
			out.Unit = "dBm"
		}
	}
	if out.Quality = qualities[r.Quality]; out.Quality != "" {
		out.Text = f.Words.Say("report.quality."+out.Quality, nil)
	}
	if r.Loss >= 0 {
		out.LossPct = &r.Loss
	}
	if learned, ok := r.Learned(); ok {
		s := learned.Interval.Seconds()
		out.IntervalS = &s
	}
	return out
}

// values are the reading, and what stands with it in its telegram.
func (f *filler) values(m *Meter, r *state.Row) {
	shown, earlier := r.Shown()
	if shown == nil {
		return
	}
	for status := range shown.Status.All() {
		m.Status = append(m.Status, Said{Code: status.String(), Text: f.Words.Term("status", status.String())})
	}
	main, ok := shown.Main()
	if ok || shown.Complete() {
		m.Reading = &Reading{Time: f.at(shown.Sent()), Earlier: earlier, Doubt: shown.Doubt.String(), Partial: shown.Partial != ""}
		if ok {
			m.Reading.Value = f.value(&main)
		}
		if day, known := shown.DateOf(&main); known && shown.StoredOnly {
			m.Reading.Of = day
		}
		if shown.IsDetector() {
			m.Reading.Text = f.Words.Reading(shown)
		}
	}
	for i := range shown.Records {
		f.stored(m, shown, &shown.Records[i], &main)
	}
	slices.SortStableFunc(m.MonthEnds, func(a, b Stored) int { return cmp.Compare(b.Date, a.Date) })
}

// stored takes a value of the due date or of the end of a month, of the quantity that is
// the reading.
func (f *filler) stored(m *Meter, shown *reading.Reading, v, main *reading.Record) {
	if _, number := v.Number(); !number || v.Quantity != main.Quantity || v.Function != wmbus.Instantaneous || !v.Plain() {
		return
	}
	s := Stored{Value: f.value(v)}
	if s.Date, _ = shown.DateOf(v); s.Date == "" && !v.Date.None() {
		s.Date = v.Date.Value().String()
	}
	s.Date = s.Date[:min(len(s.Date), len("2006-01-02"))]
	switch v.Role {
	case wmbus.RoleDueDate:
		if m.DueDate == nil {
			m.DueDate = &s
		}
	case wmbus.RoleMonthEnd, wmbus.RoleMonthStart:
		m.MonthEnds = append(m.MonthEnds, s)
	}
}

// value is the value of a record.
func (f *filler) value(v *reading.Record) Value {
	out := Value{Quantity: v.Quantity.String(), Unit: v.Unit.String(), Text: printable.Words(f.Words.Record(v))}
	if _, number := v.Number(); number {
		out.Value = json.Number(v.String())
	}
	return out
}
