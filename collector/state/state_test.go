package state

import (
	"strings"
	"testing"
	"time"

	"earshot/collector/reading"
	"earshot/device"
	"earshot/device/wmbus"
)

const (
	first  = "KAM-10000000"
	second = "KAM-10000001"
)

func heard(at At, ref string, dBm int16) Heard {
	return Heard{At: at, Ref: ref, Reception: Reception{Receiver: "r", RSSI: device.RSSI{Scale: device.ScaleDBm, Value: dBm}}}
}

func listening(at At, refs ...string) RoundStarted {
	ev := RoundStarted{At: at, Round: 1, Deadline: at.Time.Add(30 * time.Second)}
	for _, ref := range refs {
		ev.Reads = append(ev.Reads, ReadStart{Ref: ref, Until: ev.Deadline})
	}
	return ev
}

// verdictCase is what events make of the first row.
type verdictCase struct {
	name   string
	broker bool
	events []Event
	code   Code
	mark   Mark
	text   string
	next   string // part of it
}

func (c *verdictCase) state() *State {
	s := NewState(smallSite(2), c.broker)
	for _, ev := range c.events {
		s.Apply(ev)
	}
	return s
}

func verdictCases() []verdictCase {
	good := Decoded{At: after(2 * time.Second), Ref: first, Reading: volume(noon, "6.408")}
	kept := Stored{At: after(3), Refs: []string{first}, Times: []time.Time{noon.Add(2 * time.Second)}}
	refusal := Refused{At: after(3), Ref: first, Reason: "not authorised", Reading: noon.Add(2 * time.Second)}
	wrong := Failed{At: after(1), Ref: first, Kind: KindWrongKey, Final: true}
	noKey := Failed{At: after(1), Ref: first, Kind: KindNoKey, Final: true}
	again := RoundStarted{At: after(60), Round: 2, Reads: []ReadStart{{Ref: first}}}
	againBoth := RoundStarted{At: after(60), Round: 2, Reads: []ReadStart{{Ref: first}, {Ref: second}}}
	alarmed := volume(noon.Add(2*time.Second), "6.408")
	for status := wmbus.Status(0); status.String() != ""; status++ {
		if wmbus.StatusOf(status).Alarm() {
			alarmed.Status.Add(status)
		}
	}
	return []verdictCase{
		{"every alarm", false, []Event{listening(after(0), first), heard(after(1), first, -60), Decoded{At: after(2), Ref: first, Reading: alarmed}},
			CodeOK, MarkAlarm, "ok, alarm: " + alarmed.Status.String(), "look for fire at once"},
		{"nothing", false, nil, CodeWaiting, MarkWaiting, "waiting for a round", ""},
		{"listening", false, []Event{listening(after(0), first)}, CodeListening, MarkWaiting, "listening", ""},
		{"ok without broker", false, []Event{listening(after(0), first), heard(after(1), first, -60), good}, CodeOK, MarkOK, "ok", ""},
		{"not stored yet", true, []Event{listening(after(0), first), heard(after(1), first, -60), good}, CodeSending, MarkOK, "decoded, being stored", ""},
		{"on its way", true, []Event{listening(after(0), first), heard(after(1), first, -60), good, kept}, CodeSending, MarkOK, "stored, on its way", ""},
		{"an older reading was stored", true, []Event{listening(after(0), first), heard(after(1), first, -60), good,
			Stored{At: after(3), Refs: []string{first}, Times: []time.Time{noon.Add(-time.Hour)}}}, CodeSending, MarkOK, "decoded, being stored", ""},
		{"delivered", true, []Event{listening(after(0), first), heard(after(1), first, -60), good,
			Delivered{At: after(3), Refs: []string{first}, Times: []time.Time{noon.Add(2 * time.Second)}}}, CodeOK, MarkOK, "delivered", ""},
		{"an older reading was delivered", true, []Event{listening(after(0), first), heard(after(1), first, -60), good,
			Delivered{At: after(3), Refs: []string{first}, Times: []time.Time{noon.Add(-time.Hour)}}}, CodeSending, MarkOK, "decoded, being stored", ""},
		{"timed out", false, []Event{listening(after(0), first), TimedOut{At: after(30), Ref: first}}, CodeTimedOut, MarkTimeout, "timed out", "go nearer"},
		{"timed out, cached", false, []Event{Cached{At: after(0), Ref: first, Reading: volume(noon.Add(-48*time.Hour), "5")},
			listening(after(0), first), TimedOut{At: after(30), Ref: first}}, CodeTimedOut, MarkTimeout, "timed out; cached", "go nearer"},
		{"late", false, []Event{listening(after(0), first), TimedOut{At: after(30), Ref: first}, heard(after(31), first, -60), good},
			CodeOK, MarkOK, "ok, heard late", ""},
		{"transposed ID", false, []Event{listening(after(0), first),
			UnlistedHeard{At: after(1), Address: wmbus.Address{ID: 0x01000000}, Near: first, KeyFits: true}, TimedOut{At: after(30), Ref: first}},
			CodeTimedOut, MarkTimeout, "timed out: is it 01000000? its key fits", "correct the ID in line 2"},
		{"no key", false, []Event{listening(after(0), first), heard(after(1), first, -60), Failed{At: after(1), Ref: first, Kind: KindNoKey, Final: true}},
			CodeNoKey, MarkFailed, "no key: it sends encrypted", "line 2"},
		{"wrong key", false, []Event{listening(after(0), first), heard(after(1), first, -60), Failed{At: after(1), Ref: first, Kind: KindWrongKey, Final: true}},
			CodeWrongKey, MarkFailed, "wrong key", "ask the supplier"},
		{"swapped keys", false, []Event{listening(after(0), first, second),
			Failed{At: after(1), Ref: first, Kind: KindWrongKey, Fits: second, Final: true},
			Failed{At: after(2), Ref: second, Kind: KindWrongKey, Fits: first, Final: true}},
			CodeWrongKey, MarkFailed, "wrong key: lines 2 and 3 swapped?", "swap the keys"},
		{"a key of another row", false, []Event{listening(after(0), first),
			Failed{At: after(1), Ref: first, Kind: KindWrongKey, Fits: second, Final: true}},
			CodeWrongKey, MarkFailed, "wrong key: that of line 3 fits", "correct the key in line 2"},
		{"undecodable, still listening", false, []Event{listening(after(0), first), heard(after(1), first, -60),
			Failed{At: after(1), Ref: first, Kind: KindUndecodable, Reason: "waiting for a full frame"}},
			CodeListening, MarkWaiting, "heard, waiting for a complete telegram", ""},
		{"implausible", false, []Event{Cached{At: after(0), Ref: first, Reading: volume(noon, "7")}, listening(after(0), first), heard(after(1), first, -60), good},
			CodeImplausible, MarkFailed, "implausible: 6.408 m³ is less than the 7 of 2026-03-02", "display"},
		{"implausible twice", false, []Event{Cached{At: after(0), Ref: first, Reading: volume(noon, "7")}, listening(after(0), first), heard(after(1), first, -60), good, good},
			CodeImplausible, MarkFailed, "implausible: 6.408 m³ is less than the 7 of 2026-03-02", "display"},
		{"a recording is played again", false, []Event{Cached{At: after(0), Ref: first, Reading: recorded(noon.Add(-time.Hour), "7")}, listening(after(0), first), heard(after(1), first, -60),
			Decoded{At: after(2), Ref: first, Reading: recorded(noon.Add(-2*time.Hour), "6.408")}}, CodeOK, MarkOK, "ok", ""},
		{"a recording is played again, and then the meter runs backwards", false, []Event{Cached{At: after(0), Ref: first, Reading: volume(noon, "7")}, listening(after(0), first), heard(after(1), first, -60),
			Decoded{At: after(2), Ref: first, Reading: recorded(noon.Add(-2*time.Hour), "6")}, Decoded{At: after(3), Ref: first, Reading: volume(noon.Add(3*time.Second), "6.5")}},
			CodeImplausible, MarkFailed, "implausible: 6.5 m³ is less than the 7 of 2026-03-02", "display"},
		{"recorded in the future, and then the meter runs backwards", false, []Event{listening(after(0), first), heard(after(1), first, -60),
			Decoded{At: after(2), Ref: first, Reading: recorded(noon.AddDate(4, 0, 0), "7")}, Decoded{At: after(62), Ref: first, Reading: volume(noon.Add(62*time.Second), "8")},
			Decoded{At: after(63), Ref: first, Reading: volume(noon.Add(63*time.Second), "7.5")}}, CodeImplausible, MarkFailed, "implausible: 7.5 m³ is less than the 8 of 2026-03-02", "display"},
		{"a later recording runs backwards", false, []Event{Cached{At: after(0), Ref: first, Reading: recorded(noon.Add(-2*time.Hour), "7")}, listening(after(0), first), heard(after(1), first, -60),
			Decoded{At: after(2), Ref: first, Reading: recorded(noon.Add(-time.Hour), "6.408")}}, CodeImplausible, MarkFailed, "implausible: 6.408 m³ is less than the 7 of 2026-03-02", "display"},
		{"a plain telegram after one with a wrong key", false, []Event{listening(after(0), first), heard(after(1), first, -60),
			Failed{At: after(1), Ref: first, Kind: KindWrongKey, Final: true}, good}, CodeOK, MarkOK, "ok", ""},
		{"a broken telegram after a good one", false, []Event{listening(after(0), first), heard(after(1), first, -60), good,
			Failed{At: after(3), Ref: first, Kind: KindWrongKey, Final: true}}, CodeOK, MarkOK, "ok", ""},
		{"refused", true, []Event{listening(after(0), first), heard(after(1), first, -60), good, refusal},
			CodeRefused, MarkFailed, "refused by the broker: not authorised", "administrator"},
		{"the next one after a refused one", true, []Event{listening(after(0), first), heard(after(1), first, -60), good, refusal, kept, good},
			CodeSending, MarkOK, "stored, on its way", ""},
		{"refused, and then a later one delivered", true, []Event{listening(after(0), first), heard(after(1), first, -60), good, good, refusal,
			Delivered{At: after(4), Refs: []string{first}, Times: []time.Time{noon.Add(2 * time.Second)}}}, CodeOK, MarkOK, "delivered", ""},
		{"an older reading was refused", true, []Event{listening(after(0), first),
			Refused{At: after(3), Ref: first, Reason: "not authorised", Reading: noon.Add(-time.Hour)}, TimedOut{At: after(30), Ref: first}},
			CodeTimedOut, MarkTimeout, "timed out", "go nearer"},
		{"another round ends", false, []Event{listening(after(0), first),
			RoundStarted{At: after(1), Round: 2, Reads: []ReadStart{{Ref: second}}}, RoundFinished{At: after(5), Round: 2}}, CodeListening, MarkWaiting, "listening", ""},
		{"an older telegram comes late", false, []Event{listening(after(0), first), heard(after(1), first, -60),
			Decoded{At: after(2), Ref: first, Reading: volume(noon.Add(2*time.Second), "7")}, Decoded{At: after(3), Ref: first, Reading: volume(noon.Add(time.Second), "6")}},
			CodeOK, MarkOK, "ok", ""},
		{"weak", false, []Event{listening(after(0), first), heard(after(1), first, -96), good}, CodeOK, MarkAlarm, "ok, alarm: weak signal -96 dBm", "antenna nearer"},
		{"wrong key, then silent", false, []Event{listening(after(0), first), wrong, again, TimedOut{At: after(90), Ref: first}},
			CodeWrongKey, MarkFailed, "wrong key; not heard again", "ask the supplier"},
		{"no key, then silent", false, []Event{listening(after(0), first), noKey, again, TimedOut{At: after(90), Ref: first}},
			CodeNoKey, MarkFailed, "no key: it sends encrypted; not heard again", "line 2"},
		{"undecodable, then silent", false, []Event{listening(after(0), first),
			Failed{At: after(1), Ref: first, Kind: KindUndecodable, Reason: "security mode 13 is not supported", Final: true}, again, TimedOut{At: after(90), Ref: first}},
			CodeUndecodable, MarkFailed, "not decodable: security mode 13 is not supported; not heard again", "its format"},
		{"implausible, then silent twice", false, []Event{Cached{At: after(0), Ref: first, Reading: volume(noon, "7")}, listening(after(0), first), heard(after(1), first, -60), good,
			again, TimedOut{At: after(90), Ref: first}, RoundStarted{At: after(100), Round: 3, Reads: []ReadStart{{Ref: first}}}, TimedOut{At: after(120), Ref: first}},
			CodeImplausible, MarkFailed, "implausible: 6.408 m³ is less than the 7 of 2026-03-02; not heard again", "display"},
		{"wrong key, then read again", false, []Event{listening(after(0), first), wrong, again}, CodeListening, MarkWaiting, "listening", ""},
		{"wrong key, then cancelled", false, []Event{listening(after(0), first), wrong, again, RoundFinished{At: after(70), Round: 2, Cause: "cancelled"}},
			CodeWrongKey, MarkFailed, "wrong key", "ask the supplier"},
		{"wrong key, then killed and resumed", false, []Event{listening(after(0), first), wrong, again, CampaignResumed{At: after(3600)}},
			CodeWrongKey, MarkFailed, "wrong key", "ask the supplier"},
		{"wrong key, then another one that is silent", false, []Event{listening(after(0), first), wrong, again, CampaignResumed{At: after(3600), Changed: []string{first}},
			RoundStarted{At: after(3601), Round: 3, Reads: []ReadStart{{Ref: first}}}, TimedOut{At: after(3631), Ref: first}},
			CodeTimedOut, MarkTimeout, "timed out", "go nearer"},
		{"wrong key, then no receiver", false, []Event{listening(after(0), first), wrong, again, TimedOut{At: after(90), Ref: first, After: 30 * time.Second, Away: time.Second}},
			CodeWrongKey, MarkFailed, "wrong key; no receiver listened since", "ask the supplier"},
		{"wrong key, then silent, then late and right", false, []Event{listening(after(0), first), wrong, again, TimedOut{At: after(90), Ref: first}, heard(after(91), first, -60), good},
			CodeOK, MarkOK, "ok, heard late", ""},
		{"wrong key, then silent, then late and not decodable", false, []Event{listening(after(0), first), wrong, again, TimedOut{At: after(90), Ref: first}, heard(after(91), first, -60),
			Failed{At: after(91), Ref: first, Kind: KindUndecodable, Reason: "odd", Final: true}}, CodeUndecodable, MarkFailed, "not decodable: odd", "its format"},
		{"wrong key, then one that opens and is not complete", false, []Event{listening(after(0), first), wrong, again, heard(after(61), first, -60), Decrypted{At: after(61), Ref: first},
			Failed{At: after(61), Ref: first, Kind: KindUndecodable, Reason: "waiting for a full frame"}, TimedOut{At: after(90), Ref: first}},
			CodeTimedOut, MarkTimeout, "timed out: heard, but nothing complete", "go nearer"},
		{"implausible, then heard and nothing complete", false, []Event{Cached{At: after(0), Ref: first, Reading: volume(noon, "7")}, listening(after(0), first), heard(after(1), first, -60), good,
			again, heard(after(61), first, -60), Failed{At: after(61), Ref: first, Kind: KindUndecodable, Reason: "waiting for a full frame"}, TimedOut{At: after(90), Ref: first}},
			CodeImplausible, MarkFailed, "implausible: 6.408 m³ is less than the 7 of 2026-03-02", "display"},
		{"ok, then silent", false, []Event{listening(after(0), first), heard(after(1), first, -60), good, again, TimedOut{At: after(90), Ref: first}},
			CodeTimedOut, MarkTimeout, "timed out; cached", "go nearer"},
		{"refused, then silent", true, []Event{listening(after(0), first), heard(after(1), first, -60), good, refusal, again, TimedOut{At: after(90), Ref: first}},
			CodeTimedOut, MarkTimeout, "timed out; cached", "go nearer"},
		{"swapped keys, then both silent", false, []Event{listening(after(0), first, second),
			Failed{At: after(1), Ref: first, Kind: KindWrongKey, Fits: second, Final: true}, Failed{At: after(2), Ref: second, Kind: KindWrongKey, Fits: first, Final: true},
			againBoth, TimedOut{At: after(90), Ref: first}, TimedOut{At: after(90), Ref: second}},
			CodeWrongKey, MarkFailed, "wrong key: lines 2 and 3 swapped?; not heard again", "swap the keys"},
		{"a key of another row, which is silent now and sends with this one's", false, []Event{listening(after(0), first, second),
			Failed{At: after(1), Ref: second, Kind: KindWrongKey, Fits: first, Final: true}, againBoth,
			Failed{At: after(61), Ref: first, Kind: KindWrongKey, Fits: second, Final: true}, TimedOut{At: after(90), Ref: second}},
			CodeWrongKey, MarkFailed, "wrong key: lines 2 and 3 swapped?", "swap the keys"},
		{"corrected, and no key", false, []Event{listening(after(0), first), Noted{At: after(1), Ref: first, What: ActCorrection, Text: "KAM-01000000"}, heard(after(2), first, -60), noKey},
			CodeNoKey, MarkFailed, "no key: it sends encrypted", "put the key of KAM-01000000 into line 2 of the list; correct the ID in line 2 of the list: the meter is KAM-01000000"},
		{"corrected, and a wrong key", false, []Event{listening(after(0), first), Noted{At: after(1), Ref: first, What: ActCorrection, Text: "KAM-01000000"}, heard(after(2), first, -60), wrong},
			CodeWrongKey, MarkFailed, "wrong key", "ask the supplier for the key of KAM-01000000, line 2; correct the ID"},
		{"corrected, silent, and something else looks like it", false, []Event{listening(after(0), first), Noted{At: after(1), Ref: first, What: ActCorrection, Text: "KAM-01000000"},
			UnlistedHeard{At: after(2), Address: wmbus.Address{ID: 0x10000100}, Near: first}, TimedOut{At: after(30), Ref: first}},
			CodeTimedOut, MarkTimeout, "timed out", "again with a longer time; correct the ID in line 2"},
		{"heard itself, and corrected all the same", false, []Event{listening(after(0), first), heard(after(1), first, -60), good, again,
			Noted{At: after(61), Ref: first, What: ActCorrection, Text: "KAM-01000000"}, TimedOut{At: after(90), Ref: first}},
			CodeTimedOut, MarkTimeout, "timed out; cached", "longer time"},
		{"corrected to a meter that has a line", false, []Event{listening(after(0), first), Noted{At: after(1), Ref: first, What: ActCorrection, Text: second}, TimedOut{At: after(30), Ref: first}},
			CodeTimedOut, MarkTimeout, "timed out", "longer time"},
		{"corrected, ok, and taken back", false, []Event{listening(after(0), first), Noted{At: after(1), Ref: first, What: ActCorrection, Text: "KAM-01000000"}, heard(after(2), first, -60), good,
			again, Noted{At: after(61), Ref: first, What: ActCorrection}, TimedOut{At: after(90), Ref: first}},
			CodeTimedOut, MarkTimeout, "timed out", "longer time"},
		{"taken back, and nothing more is heard", false, []Event{listening(after(0), first),
			UnlistedHeard{At: after(1), Address: wmbus.Address{ID: 0x01000000}, Near: first, KeyFits: true}, Noted{At: after(2), Ref: first, What: ActCorrection, Text: "KAM-01000000"},
			Noted{At: after(3), Ref: first, What: ActCorrection}, again, TimedOut{At: after(90), Ref: first}},
			CodeTimedOut, MarkTimeout, "timed out: is it 01000000? its key fits", "correct the ID in line 2"},
		{"on its way, weak", true, []Event{listening(after(0), first), heard(after(1), first, -96), good, kept}, CodeSending, MarkAlarm, "stored, on its way, alarm: weak signal -96 dBm", "antenna nearer"},
		{"cancelled", false, []Event{listening(after(0), first), RoundFinished{At: after(5), Round: 1, Cause: "cancelled"}}, CodeWaiting, MarkWaiting, "waiting for a round", ""},
	}
}

// TestVerdicts folds events and looks at the first row.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	for _, c := range verdictCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v := c.state().rows[0].Verdict
			if v.Code != c.code || v.Mark != c.mark || v.Text != c.text {
				t.Errorf("verdict %v, mark %d, %q; want %v, mark %d, %q", v.Code, v.Mark, v.Text, c.code, c.mark, c.text)
			}
			if !strings.Contains(v.Next, c.next) || c.next == "" && v.Next != "" {
				t.Errorf("next %q, want it to say %q", v.Next, c.next)
			}
		})
	}
}

// TestVerdictRules: with other rules or words, tables of verdicts that are in
// the logs of campaigns come out differently: raise VerdictRules then, and put
// the new sum here. Another case above makes another sum of the same rules.
func TestVerdictRules(t *testing.T) {
	t.Parallel()
	var all []*Row
	for _, c := range verdictCases() {
		all = append(all, c.state().rows...)
	}
	const rules, sum = 2, "68515a8bb8ff06217487ed607f9bb867c16a98a5907fe3cf3b28df3cf165cb34"
	if got := (&State{rows: all}).Digest(); VerdictRules != rules || got != sum {
		t.Errorf("rules %d make %s, rules %d made %s", VerdictRules, got, rules, sum)
	}
}

func TestImplausible(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value reading.Record
		want  string
	}{
		{reading.Record{Quantity: wmbus.Volume, Value: value("-1"), Unit: wmbus.UnitM3}, "volume is -1 m³, below zero"},
		{reading.Record{Quantity: wmbus.FlowTemperature, Value: value("400"), Unit: wmbus.UnitCelsius}, "flow_temperature is 400 °C, outside -40 to 200"},
		{reading.Record{Quantity: wmbus.FlowTemperature, Value: value("400"), Unit: wmbus.UnitCelsius, Function: wmbus.DuringError}, ""},
		{reading.Record{Quantity: wmbus.Volume, Value: value("-1"), Unit: wmbus.UnitM3, Qualifiers: wmbus.Backward}, ""},
		{reading.Record{Quantity: wmbus.Volume, Value: value("0"), Unit: wmbus.UnitM3}, ""},
	} {
		if got := implausible(&reading.Reading{Records: []reading.Record{c.value}}, nil); got != c.want {
			t.Errorf("%+v: %q, want %q", c.value, got, c.want)
		}
	}
}

func TestUnlistedMetersAreBounded(t *testing.T) {
	t.Parallel()
	s := NewState(smallSite(1), false)
	for i := range MaxUnlisted + 5 {
		s.Apply(UnlistedHeard{At: after(0), Address: wmbus.Address{ID: wmbus.ID(i)}, Reception: Reception{Receiver: "r"}})
	}
	if len(s.unlisted) != MaxUnlisted || s.drops[DropUnlisted] != 5 {
		t.Errorf("%d remembered, %d dropped, want %d and 5", len(s.unlisted), s.drops[DropUnlisted], MaxUnlisted)
	}
}

func TestReceiverRate(t *testing.T) {
	t.Parallel()
	s := NewState(smallSite(1), false)
	for i := range 120 {
		s.Apply(heard(after(time.Duration(i)*time.Second), first, -60))
	}
	r := s.receivers[0]
	if got := r.PerMinute(noon.Add(119 * time.Second)); got != 60 {
		t.Errorf("%d a minute, want 60", got)
	}
	if got := r.PerMinute(noon.Add(time.Hour)); got != 0 {
		t.Errorf("%d a minute an hour later, want 0", got)
	}
}

func TestOverlappingRounds(t *testing.T) {
	t.Parallel()
	s := NewState(smallSite(2), false)
	s.Apply(listening(after(0), first))
	s.Apply(RoundStarted{At: after(1), Round: 2, Reads: []ReadStart{{Ref: second}}})
	s.Apply(RoundFinished{At: after(2), Round: 1})
	if !s.round.Running() || s.rows[0].Read.Active || !s.rows[1].Read.Active {
		t.Errorf("after round 1: running %v, reads %v and %v", s.round.Running(), s.rows[0].Read.Active, s.rows[1].Read.Active)
	}
	s.Apply(RoundFinished{At: after(3), Round: 2})
	if s.round.Running() || s.rows[1].Read.Active {
		t.Error("round 2 goes on after its end")
	}
}

func TestAllocatorsBeginAgain(t *testing.T) {
	t.Parallel()
	hca := func(at time.Duration, n string) *reading.Reading {
		return &reading.Reading{Time: noon.Add(at), Medium: "heat cost allocator", Records: []reading.Record{
			{Quantity: wmbus.HeatCostAllocation, Value: value(n), Unit: wmbus.UnitHCA}}}
	}
	if got := implausible(hca(time.Hour, "3"), hca(0, "700")); got != "" {
		t.Errorf("an allocator that began again: %q", got)
	}
	if got := implausible(hca(time.Hour, "-3"), nil); got == "" {
		t.Error("a negative allocator is plausible")
	}
}

// TestUnplaced: a reading is at no broker until one of its round is; a later
// round that hears nothing changes nothing of that.
func TestUnplaced(t *testing.T) {
	t.Parallel()
	good := Decoded{At: after(2 * time.Second), Ref: first, Reading: volume(noon.Add(2*time.Second), "6.408")}
	arrived := Delivered{At: after(3), Broker: "a", Refs: []string{first}, Times: []time.Time{noon.Add(2 * time.Second)}}
	again := RoundStarted{At: after(60), Round: 2, Reads: []ReadStart{{Ref: first}}}
	silent := TimedOut{At: after(90), Ref: first}
	for _, c := range []struct {
		name   string
		events []Event
		want   bool
	}{
		{"nothing heard", []Event{listening(after(0), first), silent}, false},
		{"decoded", []Event{listening(after(0), first), heard(after(1), first, -60), good}, true},
		{"decoded, then silent", []Event{listening(after(0), first), heard(after(1), first, -60), good, again, silent}, true},
		{"at one of two brokers", []Event{CampaignStarted{At: after(0), Session: Session{Delivering: true, Brokers: []SessionBroker{{Name: "a"}, {Name: "b"}}}}, listening(after(0), first), heard(after(1), first, -60), good, arrived}, false},
		{"delivered, then silent", []Event{listening(after(0), first), heard(after(1), first, -60), good, arrived, again, silent}, false},
		{"delivered, then another one", []Event{listening(after(0), first), heard(after(1), first, -60), good, arrived, again, heard(after(61), first, -60),
			Decoded{At: after(62), Ref: first, Reading: volume(noon.Add(62*time.Second), "7")}}, true},
	} {
		s := NewState(smallSite(1), true)
		for _, ev := range c.events {
			s.Apply(ev)
		}
		if got := s.Snapshot().Rows[0].Unplaced(); got != c.want {
			t.Errorf("%s: unplaced %v", c.name, got)
		}
	}
}
