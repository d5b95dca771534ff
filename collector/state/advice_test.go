package state_test

import (
	"slices"
	"testing"
	"time"

	"earshot/collector/reading"
	"earshot/collector/state"
	"earshot/device/wmbus"
)

// adviceOf are the advice that each code may come with, besides what the meter
// says of itself and a list that has to be corrected.
var adviceOf = map[state.Code][]state.AdviceCode{
	state.CodeOK:          {state.AdvicePartial, state.AdviceClock, state.AdviceAntenna, state.AdviceUnproven, state.AdvicePublicKey, state.AdvicePlain},
	state.CodeNoKey:       {state.AdviceAddKey},
	state.CodeWrongKey:    {state.AdviceAskForKey, state.AdviceCorrectKey, state.AdviceSwapKeys, state.AdviceMendKey},
	state.CodeDamaged:     {state.AdviceNextTelegram, state.AdviceSecondTelegram, state.AdviceReceiverCuts, state.AdviceCULCuts},
	state.CodeUndecodable: {state.AdviceKeepTelegram},
	state.CodeNoReading:   {state.AdviceAwaitReading},
	state.CodeTwoMeters:   {state.AdviceTellApart},
	state.CodeImplausible: {state.AdviceCompareDisplay},
	state.CodeNotJudged:   {state.AdviceCheckReceiver},
	state.CodeTimedOut:    {state.AdviceCorrectID, state.AdviceCompareID, state.AdviceListenLonger, state.AdviceReceiverAway, state.AdviceGoNearer},
}

// Advice never contradicts the headline, whatever else is known of the row.
func TestAdviceFitsTheHeadline(t *testing.T) {
	t.Parallel()
	odd := state.Volume(noon, "6")
	odd.Status, odd.Partial = wmbus.StatusOf(wmbus.StatusLeak), "cut off"
	plain := state.Volume(noon, "9")
	plain.Doubt = reading.DoubtPlain
	situations := map[string][]state.Event{
		"none":            nil,
		"weak":            {state.HeardAt(state.After(1), first, -99)},
		"a similar meter": {state.UnlistedHeard{At: state.After(1), Address: kam(0x01000000)}},
		"plain telegrams": {state.HeardAt(state.After(1), first, -60), state.Decoded{At: state.After(1), Ref: first, Reading: plain}},
		"corrected":       {state.Noted{At: state.After(1), Ref: first, What: state.ActCorrection, Text: "KAM-01000000"}},
		"a date":          {state.HeardAt(state.After(1), first, -60), state.Decoded{At: state.After(1), Ref: first, Reading: &reading.Reading{Time: noon, Medium: "water", Status: odd.Status}}},
	}
	endings := map[string]state.Event{
		"silence": state.TimedOut{At: state.After(60), Ref: first, After: time.Minute},
		"away":    state.TimedOut{At: state.After(60), Ref: first, After: time.Minute, Away: time.Minute},
		"reading": state.Decoded{At: state.After(60), Ref: first, Reading: odd},
		"another": state.Decoded{At: state.After(60), Ref: first, Reading: state.Volume(noon, "-1")},
	}
	for _, kind := range []state.Kind{state.KindNoKey, state.KindWrongKey, state.KindDamaged, state.KindUndecodable, state.KindNoReading, state.KindTwoMeters} {
		for _, reason := range []state.ReasonCode{state.ReasonNone, state.ReasonOneTelegram, state.ReasonCut, state.ReasonCutCUL, state.ReasonPlain} {
			endings[kind.String()+" "+reason.String()] = state.Failed{At: state.After(60), Ref: first, Kind: kind, Reason: state.Reason{Code: reason}, Final: true}
		}
	}
	seen := map[state.Code]bool{}
	for situation, before := range situations {
		for ending, last := range endings {
			list := state.SmallSite(1)
			s := state.NewState(list, false)
			s.Apply(state.Listening(state.After(0), first))
			for _, ev := range append(slices.Clone(before), last) {
				s.Apply(ev)
			}
			v := &s.Rows()[0].Verdict
			seen[v.Code] = true
			for _, a := range v.Advice {
				if a.Code != state.AdviceStatus && a.Code != state.AdviceCorrectList && !slices.Contains(adviceOf[v.Code], a.Code) {
					t.Errorf("%s, then %s: %v with the advice %v", situation, ending, v.Code, a.Code)
				}
			}
			if len(v.Advice) == 0 && v.Failed() {
				t.Errorf("%s, then %s: %v without advice", situation, ending, v.Code)
			}
		}
	}
	for code := range adviceOf {
		if !seen[code] {
			t.Errorf("nothing came to %v", code)
		}
	}
}

// The base of plausibility is what was proven and whole, and never an outlier.
func TestBaseOfPlausibility(t *testing.T) {
	t.Parallel()
	at := func(hours int, volume string) *reading.Reading {
		return state.Volume(noon.Add(time.Duration(hours)*time.Hour), volume)
	}
	partial, stored := at(1, "50"), at(1, "3")
	partial.Partial = "cut off"
	stored.StoredOnly = true
	stored.Records[0].Storage = 1
	for _, c := range []struct {
		name     string
		readings []*reading.Reading
		want     state.Code
	}{
		{name: "a rise", readings: []*reading.Reading{at(0, "5"), at(1, "6")}, want: state.CodeOK},
		{name: "an outlier", readings: []*reading.Reading{at(0, "5"), at(1, "90000")}, want: state.CodeImplausible},
		{name: "after an outlier", readings: []*reading.Reading{at(0, "5"), at(1, "90000"), at(2, "6")}, want: state.CodeOK},
		{name: "a large one after a year", readings: []*reading.Reading{at(0, "5"), at(8760, "90000")}, want: state.CodeOK},
		{name: "after one that was received in part", readings: []*reading.Reading{at(0, "5"), partial, at(2, "6")}, want: state.CodeOK},
		{name: "a stored value is of another day", readings: []*reading.Reading{at(0, "5"), stored}, want: state.CodeOK},
		{name: "… and no base", readings: []*reading.Reading{at(0, "5"), stored, at(2, "4")}, want: state.CodeImplausible},
	} {
		s := state.NewState(state.SmallSite(1), false)
		for i, r := range c.readings { // each in a round of its own
			s.Apply(state.RoundStarted{At: state.At{Time: r.Time}, Round: i + 1, Reads: []state.ReadStart{{Ref: first}}})
			s.Apply(state.Decoded{At: state.At{Time: r.Time}, Ref: first, Reading: r, Taken: true})
		}
		if got := s.Rows()[0].Verdict.Code; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
