package state

import (
	"slices"
	"testing"
	"time"

	"earshot/collector/reading"
	"earshot/device/wmbus"
)

func celsius(q wmbus.Quantity, n string) reading.Record {
	return reading.Record{Quantity: q, Value: value(n), Unit: wmbus.UnitCelsius}
}

// read folds readings, each of the row with its index, in one round.
func read(rows int, readings map[int]*reading.Reading) *State {
	s := NewState(smallSite(rows), false)
	for i := range rows {
		if r := readings[i]; r != nil {
			ref := s.Rows()[i].Ref
			s.Apply(RoundStarted{At: after(0), Round: 1, Reads: []ReadStart{{Ref: ref, Until: noon.Add(time.Minute)}}})
			s.Apply(heard(after(time.Second), ref, -60))
			s.Apply(Decoded{At: after(time.Second), Ref: ref, Reading: r})
		}
	}
	return s
}

func alarmCodes(r *Row) (codes []AlarmCode) {
	for _, a := range r.Verdict.Alarms {
		codes = append(codes, a.Code)
	}
	return codes
}

func TestDoubts(t *testing.T) {
	t.Parallel()
	hours := func(r *reading.Reading, d time.Duration) *reading.Reading {
		r.Skew = &d
		return r
	}
	for _, c := range []struct {
		name   string
		r      *reading.Reading
		want   []AlarmCode
		remark []RemarkCode
	}{
		{name: "flow and return swapped", r: sample("heat", 0, energy("2000"), flow("0.8"), celsius(wmbus.FlowTemperature, "38"), celsius(wmbus.ReturnTemperature, "62")), want: []AlarmCode{AlarmColdFlow}},
		{name: "nothing flows", r: sample("heat", 0, energy("2000"), flow("0"), celsius(wmbus.FlowTemperature, "22"), celsius(wmbus.ReturnTemperature, "26"))},
		{name: "nobody says that anything flows", r: sample("heat", 0, energy("2000"), celsius(wmbus.FlowTemperature, "22"), celsius(wmbus.ReturnTemperature, "26"))},
		{name: "cooling", r: sample("cooling", 0, energy("2000"), flow("0.8"), celsius(wmbus.FlowTemperature, "6"), celsius(wmbus.ReturnTemperature, "12"))},
		{name: "heat and cooling", r: sample("heat/cooling", 0, energy("2000"), flow("0.8"), celsius(wmbus.FlowTemperature, "6"), celsius(wmbus.ReturnTemperature, "12"))},
		{name: "a due date to come", r: sample("water", 0, cubic("312.5"), old(cubic("300")), on("2027-12-31")), want: []AlarmCode{AlarmDueDate}},
		{name: "a due date to come of a new meter", r: sample("water", 0, cubic("0.5"), old(cubic("0")), on("2026-12-31"))},
		{name: "a clock years off", r: hours(sample("water", 0, cubic("312.5")), -40000*time.Hour), want: []AlarmCode{AlarmClock}},
		{name: "a clock in winter time", r: hours(sample("water", 0, cubic("312.5")), -time.Hour), remark: []RemarkCode{RemarkWinterTime}},
		{name: "a clock that is right", r: hours(sample("water", 0, cubic("312.5")), -30*time.Second)},
	} {
		r := read(1, map[int]*reading.Reading{0: c.r}).Rows()[0]
		var remarks []RemarkCode
		for _, m := range r.Verdict.Remarks {
			remarks = append(remarks, m.Code)
		}
		if got := alarmCodes(r); !slices.Equal(got, c.want) || !slices.Equal(remarks, c.remark) || !r.Verdict.Passed() {
			t.Errorf("%s: %v, alarms %v, remarks %v; want %v and %v", c.name, r.Verdict.Code, got, remarks, c.want, c.remark)
		}
	}
}

// Rows that show the same name each other, if no two meters are likely to.
func TestSameReading(t *testing.T) {
	t.Parallel()
	hca := func(n, due string) *reading.Reading {
		of := func(n string) reading.Record {
			return reading.Record{Quantity: wmbus.HeatCostAllocation, Value: value(n), Unit: wmbus.UnitHCA}
		}
		return sample("heat cost allocator", 0, of(n), old(of(due)))
	}
	for _, c := range []struct {
		name string
		r    *reading.Reading
		same bool
	}{
		{name: "litres", r: sample("water", 0, cubic("312.547")), same: true},
		{name: "what is stored, too", r: sample("water", 0, cubic("31.547"), old(cubic("29.114"))), same: true},
		{name: "whole cubic metres", r: sample("water", 0, cubic("312"), old(cubic("301")))},
		{name: "zeros", r: sample("water", 0, cubic("0"), old(cubic("0")))},
		{name: "small counts", r: hca("731", "1204")},
	} {
		s := read(3, map[int]*reading.Reading{0: c.r, 2: c.r})
		first, last := s.Rows()[0], s.Rows()[2]
		if got := slices.Contains(alarmCodes(first), AlarmSame) && slices.Contains(alarmCodes(last), AlarmSame); got != c.same {
			t.Errorf("%s: %v and %v", c.name, first.Verdict.Alarms, last.Verdict.Alarms)
		}
		if c.same && first.Verdict.Alarms[0].Meter != last.Ref {
			t.Errorf("%s: %q is named, want %q", c.name, first.Verdict.Alarms[0].Meter, last.Ref)
		}
		s.Apply(Decoded{At: after(2 * time.Second), Ref: last.Ref, Reading: sample("water", 0, cubic("999.117"))})
		if slices.Contains(alarmCodes(s.Rows()[0]), AlarmSame) {
			t.Errorf("%s: the first row names one that shows something else now", c.name)
		}
	}
}

// What the installer has accepted is a remark from then on.
func TestAccept(t *testing.T) {
	t.Parallel()
	s := read(1, map[int]*reading.Reading{0: sample("water", 0, cubic("312.5"), old(cubic("300")), on("2027-12-31"))})
	ref := s.Rows()[0].Ref
	if !s.Rows()[0].Acceptable() {
		t.Fatal("a doubt cannot be accepted")
	}
	s.Apply(Noted{At: after(2 * time.Second), Ref: ref, What: ActAccept, Text: "set for 2027 on purpose"})
	v := &s.Rows()[0].Verdict
	if len(v.Alarms) != 0 || len(v.Remarks) != 1 || v.Remarks[0].Alarm.Code != AlarmDueDate || s.Rows()[0].Notes[0].Text != "set for 2027 on purpose" {
		t.Errorf("alarms %v, remarks %v", v.Alarms, v.Remarks)
	}
	// A reading that is implausible passes when it is taken again.
	fallen := sample("water", 1, cubic("12.5"))
	s.Apply(heard(after(3*time.Second), ref, -60))
	s.Apply(Decoded{At: after(3 * time.Second), Ref: ref, Reading: fallen})
	if last := s.DoubtedLast(ref); s.Rows()[0].Verdict.Code != CodeImplausible || last == nil {
		t.Fatalf("%v, last %v", s.Rows()[0].Verdict.Code, last)
	}
	s.Apply(Noted{At: after(4 * time.Second), Ref: ref, What: ActAccept, Text: "replaced"})
	s.Apply(Decoded{At: after(4 * time.Second), Ref: ref, Reading: fallen, Taken: true})
	if v := &s.Rows()[0].Verdict; !v.Passed() || len(v.Remarks) != 1 || v.Remarks[0].Reason.Code != ReasonBackwards {
		t.Errorf("%v, remarks %v", v.Code, v.Remarks)
	}
}
