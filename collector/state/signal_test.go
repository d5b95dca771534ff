package state

import (
	"slices"
	"testing"
	"time"

	"earshot/collector/reading"
	"earshot/device"
	"earshot/device/wmbus"
)

func levels(scale device.RSSIScale, dBm ...int16) (s RSSIStat) {
	for _, v := range dBm {
		s.add(device.RSSI{Scale: scale, Value: v})
	}
	return s
}

func TestQuality(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		signal RSSIStat
		loss   int
		want   Quality
	}{
		{name: "good", signal: levels(device.ScaleDBm, -79, -81, -60), loss: -1, want: QualityGood},
		{name: "the median counts", signal: levels(device.ScaleDBm, -95, -70, -72), loss: -1, want: QualityGood},
		{name: "usable", signal: levels(device.ScaleDBm, -86, -87, -85), loss: -1, want: QualityUsable},
		{name: "weak", signal: levels(device.ScaleDBm, -92, -93, -91), loss: -1, want: QualityWeak},
		{name: "marginal", signal: levels(device.ScaleDBm, -99, -98, -97), loss: -1, want: QualityMarginal},
		{name: "two are too few", signal: levels(device.ScaleDBm, -92, -93), loss: -1, want: QualityUnknown},
		{name: "two that are far too weak", signal: levels(device.ScaleDBm, -96, -97), loss: -1, want: QualityWeak},
		{name: "strong with some loss", signal: levels(device.ScaleDBm, -70, -70, -70), loss: 21, want: QualityUsable},
		{name: "strong with much loss", signal: levels(device.ScaleDBm, -70, -70, -70), loss: 51, want: QualityWeak},
		{name: "marginal with much loss", signal: levels(device.ScaleDBm, -99, -99, -99), loss: 80, want: QualityMarginal},
		{name: "relative", signal: levels(device.ScaleRelative, 29, 136, 40), loss: 80, want: QualityUnknown},
	} {
		if got := DefaultLimits().Quality(c.signal, c.loss); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	// A scale is never compared with another one.
	mixed := levels(device.ScaleDBm, -60, -60, -60)
	mixed.add(device.RSSI{Scale: device.ScaleRelative, Value: 100})
	if median, _ := mixed.Median(); median != 100 || DefaultLimits().Band(mixed) != QualityUnknown {
		t.Errorf("dBm and a relative level have the median %d", median)
	}
}

func TestParseLimits(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Limits{
		"-75,-85,-95":           {Good: -75, Usable: -85, Weak: -95, GoodLoss: 20, WorstLoss: 50},
		" -75, -85, -95, 10,30": {Good: -75, Usable: -85, Weak: -95, GoodLoss: 10, WorstLoss: 30},
	} {
		if got, err := ParseLimits(text); got != want || err != nil {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "-80", "-80,-90", "-90,-80,-97", "80,70,60", "-80,-90,-97,60,50", "-80,-90,-97,20,101", "-80,-90,x", "-80,-90,-900"} {
		if l, err := ParseLimits(text); err == nil {
			t.Errorf("%q is no error but %v", text, l)
		}
	}
}

// arrive folds telegrams that are received at -55 dBm: "ok", "damaged" by what shows
// that the key is right, "wrong" that does not open, "part" that is cut off.
func arrive(kinds ...string) *Row {
	s := NewState(smallSite(1), false)
	s.Apply(RoundStarted{At: after(0), Round: 1, Reads: []ReadStart{{Ref: first, Until: noon.Add(time.Hour)}}})
	for i, kind := range kinds {
		at := after(time.Duration(i+1) * time.Second)
		ev := heard(at, first, -55)
		ev.Bytes = []byte{3, byte(i), 0, 0}
		ev.Repeated = kind == "repeated"
		if kind == "part" {
			ev.Bytes = []byte{9, byte(i), 0, 0}
		}
		s.Apply(ev)
		fault := Reason{Code: ReasonTelegram, Fault: wmbus.ErrDamaged}
		switch kind {
		case "damaged":
			s.Apply(Failed{At: at, Ref: first, Kind: KindDamaged, Reason: fault})
		case "wrong":
			s.Apply(Failed{At: at, Ref: first, Kind: KindWrongKey, Reason: Reason{Code: ReasonWrongKey}})
		default:
			r := volumeOf(at.Time, "6.408")
			if kind == "part" {
				r.Partial, r.Records = "cut off", []reading.Record{{Quantity: wmbus.DateQuantity, Value: value(`"2026-03-01"`)}}
			}
			s.Apply(Decoded{At: at, Ref: first, Reading: r})
		}
	}
	if open := s.Pending(first); open != nil {
		s.Apply(Failed{At: after(time.Hour), Ref: first, Kind: open.Kind, Reason: open.Reason, Final: true})
	}
	return s.Rows()[0]
}

func volumeOf(at time.Time, n string) *reading.Reading {
	r := sample("water", 0, cubic(n))
	r.Time = at
	return r
}

// Telegrams that are damaged though they are received well name interference; those
// that only do not open accuse the key.
func TestDisturbed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		kinds  []string
		code   Code
		advice AdviceCode
		alarm  []AlarmCode
	}{
		{name: "all well", kinds: []string{"ok", "ok", "ok"}, code: CodeOK},
		{name: "one damaged", kinds: []string{"ok", "ok", "damaged"}, code: CodeOK},
		{name: "half damaged", kinds: []string{"ok", "damaged", "ok", "damaged"}, code: CodeOK, alarm: []AlarmCode{AlarmInterference}, advice: AdviceInterference},
		{name: "none opens", kinds: []string{"wrong", "wrong", "wrong"}, code: CodeWrongKey, advice: AdviceAskForKey},
		{name: "none opens, but the key is right", kinds: []string{"wrong", "wrong", "damaged", "wrong"}, code: CodeDamaged, advice: AdviceInterference},
		{name: "all cut off", kinds: []string{"part", "part", "part"}, code: CodeDamaged, advice: AdviceCut},
	} {
		r := arrive(c.kinds...)
		var advice AdviceCode
		if len(r.Verdict.Advice) > 0 {
			advice = r.Verdict.Advice[0].Code
		}
		if r.Verdict.Code != c.code || advice != c.advice || !slices.Equal(alarmCodes(r), c.alarm) {
			t.Errorf("%s: %v, advice %v, alarms %v; want %v, %v, %v", c.name, r.Verdict.Code, advice, alarmCodes(r), c.code, c.advice, c.alarm)
		}
	}
}

// A meter that is heard only through a repeater has a remark, and no alarm.
func TestRepeater(t *testing.T) {
	t.Parallel()
	through := arrive("repeated", "repeated")
	if v := &through.Verdict; !v.Passed() || len(v.Alarms) != 0 || len(v.Remarks) != 1 || v.Remarks[0].Code != RemarkRepeater {
		t.Errorf("through a repeater: alarms %v, remarks %v", v.Alarms, v.Remarks)
	}
	if both := arrive("repeated", "ok"); len(both.Verdict.Remarks) != 0 {
		t.Errorf("heard itself, too: %v", both.Verdict.Remarks)
	}
}
