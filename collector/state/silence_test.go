package state_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
	"earshot/device/wmbus"
)

// scene is a building whose meters are heard or not, from a moment on. Its receiver
// is up from the beginning.
type scene struct {
	*state.State
	site site.Site
	now  time.Time
}

// row is a row of a list.
func row(maker, id, medium, floor string) site.Meter {
	m := site.Meter{Medium: medium, Place: site.Place{Entrance: "A", Floor: floor}}
	var err error
	if m.Manufacturer, err = wmbus.ParseManufacturer(maker); err == nil {
		m.ID, err = wmbus.ParseID(id)
	}
	if err != nil {
		panic(err)
	}
	return m
}

func newScene(at time.Time, meters ...site.Meter) *scene {
	for i := range meters {
		meters[i].Row = i + 2
	}
	list := site.Site{Name: "x", Meters: meters}
	sc := &scene{State: state.NewState(list, false), site: list, now: at}
	sc.Apply(state.ReceiverUp{At: state.At{Time: at}, Info: device.Info{Name: "dongle", Modes: []device.LinkMode{"C1", "T1"}}})
	sc.read()
	return sc
}

func (sc *scene) read() {
	ev := state.RoundStarted{At: state.At{Time: sc.now}, Round: sc.Round().Number + 1}
	for i := range sc.site.Meters {
		ev.Reads = append(ev.Reads, state.ReadStart{Ref: sc.site.Meters[i].Ref()})
	}
	sc.Apply(ev)
}

// hear lets some rows be heard each so often, for a time.
func (sc *scene) hear(every, lasts time.Duration, dBm int16, rows ...int) {
	for n := range int(lasts / every) {
		for _, i := range rows {
			m := &sc.site.Meters[i]
			sc.Apply(state.Heard{At: state.At{Time: sc.now}, Ref: m.Ref(), Address: wmbus.Address{Manufacturer: m.Manufacturer, ID: m.ID}, Access: byte(n), HasAccess: true,
				Reception: state.Reception{Receiver: "dongle", Mode: "C1", AirTime: sc.now, RSSI: device.RSSI{Scale: device.ScaleDBm, Value: dBm}}})
		}
		sc.now = sc.now.Add(every)
	}
}

// stranger lets an unlisted meter be heard.
func (sc *scene) stranger() {
	sc.Apply(state.UnlistedHeard{At: state.At{Time: sc.now}, Address: wmbus.Address{ID: 0x99}, Reception: state.Reception{Receiver: "dongle", AirTime: sc.now}})
}

// giveUp ends the read of the first row.
func (sc *scene) giveUp(after time.Duration) *state.Verdict {
	sc.Apply(state.TimedOut{At: state.At{Time: sc.now}, Ref: sc.site.Meters[0].Ref(), After: after})
	return &sc.Row(0).Verdict
}

// day is an hour of a day of March 2026: the 1st is a Sunday.
func day(day, hour, minute int) time.Time {
	return time.Date(2026, time.March, day, hour, minute, 0, 0, time.FixedZone("", 3600))
}

func kamstrups(n int) (rows []site.Meter) {
	for i := range n {
		rows = append(rows, row("KAM", fmt.Sprint(10000000+i), "cold water", "1"))
	}
	return rows
}

func upTo(n int) (rows []int) {
	for i := 1; i < n; i++ {
		rows = append(rows, i)
	}
	return rows
}

// silenceCases are rows that are not heard, and what is said of them.
var silenceCases = []struct {
	name                     string
	of                       func() *state.Verdict
	code                     state.Code
	text, evidence, nextStep string
}{
	{name: "dead among others", of: func() *state.Verdict {
		sc := newScene(day(2, 12, 0), kamstrups(15)...)
		sc.hear(16*time.Second, 30*time.Minute, -60, upTo(15)...)
		return sc.giveUp(30 * time.Minute)
	}, code: state.CodeTimedOut, text: "off, not here, or slow", nextStep: "go to the meter",
		evidence: "all 14 other KAM meters (water) were heard, it sends every 16s (as others of its make do here), 112 telegrams expected in 29m52s: its radio is off, it is not here, or it is set to send only every 15m"},
	{name: "too early", of: func() *state.Verdict {
		sc := newScene(day(2, 14, 0), row("TCH", "10000000", "heat cost allocator", ""), row("KAM", "10000001", "heat", ""))
		sc.hear(15*time.Second, 45*time.Second, -60, 1)
		return sc.giveUp(30 * time.Second)
	}, code: state.CodeTimedOut, text: "due by 14:13", nextStep: "wait until 14:13",
		evidence: "it sends every 4m (as most of its family do), listened to for 45s: wait until 14:13"},
	{name: "Sunday", of: func() *state.Verdict {
		sc := newScene(day(1, 12, 0), row("EFE", "10000000", "water", ""), row("KAM", "10000001", "heat", ""))
		sc.hear(16*time.Second, time.Hour, -60, 1)
		return sc.giveUp(time.Hour)
	}, code: state.CodeNotJudged, text: "not judged: its radio is on Mon–Fri 8–18 only", nextStep: "listen again Mon 09:00",
		evidence: "its radio is on Mon–Fri 8–18 only, today is Sunday: cannot be judged now; on again Mon 09:00"},
	{name: "evening", of: func() *state.Verdict {
		sc := newScene(day(3, 19, 30), row("BMT", "10000000", "water", ""), row("KAM", "10000001", "heat", ""))
		sc.hear(16*time.Second, time.Hour, -60, 1)
		return sc.giveUp(time.Hour)
	}, code: state.CodeNotJudged, text: "not judged: its radio is on Mon–Fri 8–18 only", nextStep: "listen again Wed 08:00",
		evidence: "its radio is on Mon–Fri 8–18 only, it is 20:30: cannot be judged now; on again Wed 08:00"},
	{name: "others of its make do not pause", of: func() *state.Verdict {
		sc := newScene(day(1, 12, 0), row("QDS", "10000000", "heat cost allocator", ""), row("QDS", "10000001", "heat cost allocator", ""), row("QDS", "10000002", "heat cost allocator", ""))
		sc.hear(30*time.Second, time.Hour, -60, 1, 2)
		return sc.giveUp(time.Hour)
	}, code: state.CodeTimedOut, text: "off, not here, or slow", nextStep: "if it may be set to send only every 4h, wait until Mon 01:27",
		evidence: "all 2 other QDS meters (heat cost allocator) were heard, it sends every 30s (as others of its make do here), 120 telegrams expected in 1h: its radio is off, it is not here"},
	{name: "weak floor", of: func() *state.Verdict {
		sc := newScene(day(2, 12, 0), kamstrups(4)...)
		sc.hear(16*time.Second, 30*time.Minute, -92, upTo(4)...)
		return sc.giveUp(30 * time.Minute)
	}, code: state.CodeTimedOut, text: "its floor is weak", nextStep: "go nearer",
		evidence: "its 3 neighbours on this floor are at -92 dBm: go nearer"},
	{name: "nothing at all", of: func() *state.Verdict {
		sc := newScene(day(2, 12, 0), kamstrups(48)...)
		sc.now = sc.now.Add(30 * time.Second)
		return sc.giveUp(30 * time.Second)
	}, code: state.CodeTimedOut, text: "nothing at all is heard", nextStep: "look at the receiver", evidence: "look at the receiver"},
	{name: "only others", of: func() *state.Verdict {
		sc := newScene(day(2, 12, 0), kamstrups(48)...)
		sc.stranger()
		sc.now = sc.now.Add(30 * time.Second)
		return sc.giveUp(30 * time.Second)
	}, code: state.CodeTimedOut, text: "no meter of the list is heard", nextStep: "the list of this building", evidence: "none of the list"},
	{name: "another link mode", of: func() *state.Verdict {
		sc := newScene(day(2, 12, 0), row("QDS", "10000000", "heat cost allocator", ""), row("KAM", "10000001", "heat", ""))
		old := state.Volume(noon, "1")
		old.Mode = "S1"
		sc.Apply(state.Cached{Ref: "QDS-10000000", Reading: old})
		sc.hear(16*time.Second, time.Hour, -60, 1)
		return sc.giveUp(time.Hour)
	}, code: state.CodeTimedOut, text: "sends in S1, which no receiver hears; cached", nextStep: "listen to S1", evidence: "it sends in S1"},
	{name: "nothing is known", of: func() *state.Verdict {
		sc := newScene(day(2, 12, 0), row("ABB", "10000000", "electricity", ""), row("KAM", "10000001", "heat", ""))
		sc.hear(16*time.Second, time.Minute, -60, 1)
		return sc.giveUp(time.Minute)
	}, code: state.CodeTimedOut, text: "timed out", nextStep: "go nearer", evidence: "nothing is known of how often it sends"},
	{name: "nothing is known, but an hour is long", of: func() *state.Verdict {
		sc := newScene(day(2, 12, 0), row("ABB", "10000000", "electricity", ""), row("KAM", "10000001", "heat", ""))
		sc.hear(16*time.Second, time.Hour, -60, 1)
		return sc.giveUp(time.Hour)
	}, code: state.CodeTimedOut, text: "off, or not here", nextStep: "go to the meter", evidence: "listened to for 1h: its radio is off"},
	{name: "its own interval", of: func() *state.Verdict {
		sc := newScene(day(2, 12, 0), row("ABB", "10000000", "electricity", ""), row("KAM", "10000001", "heat", ""))
		sc.hear(10*time.Second, time.Minute, -60, 0, 1)
		sc.read()
		sc.hear(10*time.Second, time.Minute, -60, 1)
		return sc.giveUp(time.Minute)
	}, code: state.CodeTimedOut, text: "off, or not here", nextStep: "go to the meter",
		evidence: "it sends every 10s (as its own telegrams say), 7 telegrams expected in 1m10s"},
}

func TestSilence(t *testing.T) {
	t.Parallel()
	for _, c := range silenceCases {
		v := c.of()
		if text := words.English.Verdict(v); v.Code != c.code || text != c.text {
			t.Errorf("%s: %v %q, want %v %q", c.name, v.Code, text, c.code, c.text)
		}
		if got := words.English.Silence(v.Silence); !strings.Contains(got, c.evidence) {
			t.Errorf("%s: evidence %q, want %q", c.name, got, c.evidence)
		}
		if next := words.English.Next(v); !strings.Contains(next, c.nextStep) {
			t.Errorf("%s: next %q, want %q", c.name, next, c.nextStep)
		}
	}
}

// TestSilenceIsJudgedAgain: a row that should have been heard by a time is given up
// when that time has come.
func TestSilenceIsJudgedAgain(t *testing.T) {
	t.Parallel()
	sc := newScene(day(2, 14, 0), row("TCH", "10000000", "heat cost allocator", ""), row("KAM", "10000001", "heat", ""))
	sc.hear(15*time.Second, 45*time.Second, -60, 1)
	v := sc.giveUp(30 * time.Second)
	until := v.Silence.Until
	sc.hear(15*time.Second, until.Sub(sc.now)-time.Second, -60, 1)
	if v := &sc.Row(0).Verdict; v.Silence.Code != state.SilenceEarly || !v.Silence.Until.Equal(until) {
		t.Errorf("before %v: %v until %v", until, v.Silence.Code, v.Silence.Until)
	}
	sc.hear(15*time.Second, time.Minute, -60, 1)
	if v := &sc.Row(0).Verdict; v.Silence.Code != state.SilenceOff {
		t.Errorf("after %v: %v", until, v.Silence.Code)
	}
	sc.hear(15*time.Second, time.Minute, -60, 0)
	if v := &sc.Row(0).Verdict; v.Silence != nil {
		t.Errorf("heard late, and yet silent: %v", v.Silence.Code)
	}
}

// TestSilenceKnowsResumption: hours of an earlier session do not count, since
// the receiver may have been elsewhere.
func TestSilenceKnowsResumption(t *testing.T) {
	t.Parallel()
	sc := newScene(day(2, 14, 0), kamstrups(3)...)
	sc.hear(15*time.Second, time.Hour, -60, 1, 2)
	if v := sc.giveUp(time.Hour); v.Silence.Code != state.SilenceOff {
		t.Fatalf("%v", v.Silence.Code)
	}
	sc.now = sc.now.Add(24 * time.Hour)
	sc.Apply(state.CampaignResumed{At: state.At{Time: sc.now}})
	sc.Apply(state.ReceiverUp{At: state.At{Time: sc.now}, Info: device.Info{Name: "dongle"}})
	sc.read()
	sc.hear(15*time.Second, 30*time.Second, -60, 1)
	if v := sc.giveUp(30 * time.Second); v.Silence.Code != state.SilenceEarly || v.Silence.Waited > time.Minute {
		t.Errorf("%v after %v", v.Silence.Code, v.Silence.Waited)
	}
}

func TestPatience(t *testing.T) {
	t.Parallel()
	sc := newScene(day(2, 14, 0), row("KAM", "10000000", "cold water", ""), row("ABB", "10000001", "electricity", ""), row("QDS", "10000002", "heat cost allocator", ""),
		row("KAM", "10000003", "heat", ""))
	for i, want := range []time.Duration{64 * time.Second, 30 * time.Second, 30 * time.Second, 64 * time.Second} {
		if got := sc.Patience(i); got != want {
			t.Errorf("row %d: %v, want %v", i, got, want)
		}
	}
	sc.hear(96*time.Second, 10*time.Minute, -60, 3)
	sc.hear(20*time.Second, 10*time.Minute, -60, 1)
	for i, want := range []time.Duration{64 * time.Second, 80 * time.Second, 30 * time.Second, 2 * 8 * 96 * time.Second} {
		if got := sc.Patience(i); got != want {
			t.Errorf("row %d when others were heard: %v, want %v", i, got, want)
		}
	}
}
