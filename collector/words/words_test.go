package words

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/collector/keys"
	"earshot/collector/reading"
	"earshot/collector/silence"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device"
	"earshot/device/wmbus"
)

// every calls say for each code that there is.
func every(l *Language) (texts []string) {
	say := func(text string) { texts = append(texts, text) }
	for code := range state.Codes {
		for stage := state.StageNone; stage <= state.StageDelivered; stage++ {
			v := state.Verdict{Code: code, Stage: stage, Heard: true, Reason: &state.Reason{Code: state.ReasonMakerData}}
			say(l.Verdict(&v))
			v.Reason.Code = state.ReasonSignOfLife
			say(l.Verdict(&v))
		}
		for _, v := range []state.Verdict{
			{Code: code, Cached: true, Late: true, Since: state.SinceSilent}, {Code: code, Since: state.SinceNobody, Mutual: true},
			{Code: code, Near: &state.Near{Why: site.LikeKey, KeyFits: true}, Fits: "x", Alarms: make([]state.Alarm, 1)},
		} {
			say(l.Verdict(&v))
		}
	}
	say(l.Verdict(&state.Verdict{Code: state.CodeListening, Before: &state.Verdict{Code: state.CodeNoKey}}))
	texts = append(append(texts, l.Headline(state.HeadlineNothing), l.Headline(state.HeadlineNobody), l.Headline(state.HeadlineNoKeyFits), l.Assign(), l.Accept(), l.UseKey(), l.Limits(state.DefaultLimits())), append(silences(l), explanations(l)...)...)
	texts = append(texts, ofKeysAndNumbers(l)...)
	for _, failure := range []*state.RowFailure{nil, {}, {Reason: state.Reason{Code: state.ReasonNoKey}}} {
		say(l.Step(&state.Row{Chain: state.Chain{state.StepFailed}, Failure: failure}, state.StepHeard))
	}
	for _, count := range []int{0, 1, 2} {
		say(l.Step(&state.Row{Chain: state.Chain{state.StepDone}, Heard: state.HeardSummary{Count: count}, Read: state.ReadState{Late: true}}, state.StepHeard))
	}
	say(l.Step(&state.Row{Chain: state.Chain{state.StepNone}}, state.StepHeard))
	say(l.Step(&state.Row{}, state.StepDecoded))
	say(l.Step(&state.Row{Unencrypted: true, Chain: state.Chain{state.StepDecrypted: state.StepDone}}, state.StepDecrypted))
	say(l.Step(&state.Row{Chain: state.Chain{state.StepPlausible: state.StepDone}}, state.StepDelivered))
	for _, read := range []state.ReadState{{}, {Active: true}, {TimedOut: true}} {
		say(l.Step(&state.Row{Read: read}, state.StepHeard))
	}
	near := &state.Near{}
	for code := state.AdviceStatus; code <= state.AdviceCut; code++ {
		if code != state.AdviceStatus {
			say(l.Next(&state.Verdict{Near: near, Silence: new(state.Silence), Reason: new(state.Reason), Advice: []state.Advice{{Code: code}}}))
		}
	}
	texts = append(append(texts, ofAlarms(l)...), ofReadings(l)...)
	for code := state.ReasonNoKey; code < state.ReasonText; code++ {
		say(l.Reason(&state.Reason{Code: code, Text: "refused"}))
	}
	say(l.Reason(&state.Reason{Code: state.ReasonSilent, Away: time.Second}))
	for kind := state.KindTimeout; kind <= state.KindUpload; kind++ {
		say(l.Kind(kind))
		say(l.Outcome(&state.Outcome{Kind: kind}))
	}
	for cause := state.CauseRecordings; cause <= state.CauseInterrupted; cause++ {
		say(l.Cause(cause))
	}
	say(l.Outcome(&state.Outcome{Decoded: true}))
	say(l.Failure(&state.Failure{Ref: "x", Kind: state.KindNoKey, Err: state.ErrTimeout}))
	for _, ev := range []state.Event{
		state.RoundStarted{Reads: make([]state.ReadStart, 1)}, state.RoundStarted{}, state.RoundFinished{}, state.RoundFinished{Failed: 1}, state.RoundFinished{Failed: 2},
		state.RoundFinished{Cause: state.CauseCancelled}, state.ReceiverDown{}, state.ReceiverBack{}, state.ReceiverDeaf{}, state.ReceiverReset{},
		state.ReceiverReset{Problem: "x"}, state.StoreFailed{Reason: "x"}, state.StoreMended{}, state.StoreMended{Lost: 1}, state.StoreMended{Lost: 2}, state.ClockSet{},
		state.CampaignResumed{}, state.CampaignResumed{Changed: []string{"x"}}, state.CampaignResumed{Changed: []string{"x", "y"}},
	} {
		_, text := l.News(ev)
		say(text)
		say(l.Warning(ev))
	}
	return texts
}

// explanations say all that explains a verdict.
func explanations(l *Language) (texts []string) {
	say := func(e state.Explanation) {
		for _, fact := range l.Why(&e) {
			texts = append(texts, fact.Label, fact.Text)
		}
	}
	rules := []string{"timed_out.near", "not_judged.calendar"}
	for code := range state.Codes {
		rules = append(rules, strings.ReplaceAll(code.String(), " ", "_"))
	}
	for code := state.SilenceUnknown; code <= state.SilenceOff; code++ {
		if code != state.SilenceCalendar {
			rules = append(rules, "timed_out."+code.String())
		}
	}
	for _, rule := range rules {
		say(state.Explanation{Row: new(state.Row), Rule: rule})
	}
	for code := state.TriedKeys; code <= state.TriedPlain; code++ {
		say(state.Explanation{Row: &state.Row{Cached: new(reading.Reading)}, Rule: "ok", Tried: []state.Attempt{{Code: code, Count: 1}, {Code: code, Count: 2}}})
	}
	row := &state.Row{Recent: []state.Telegram{{}, {Outcome: state.Outcome{Kind: state.KindNoKey}}}, Verdict: state.Verdict{Silence: &state.Silence{Interval: time.Minute}}}
	heard := state.Explanation{Row: row, Rule: "ok", Steps: [state.Steps]state.Evidence{state.StepHeard: {Telegrams: []int{0}}, state.StepDecrypted: {Telegrams: []int{1}}}}
	say(heard)
	row = heardRow()
	say(state.Explanation{Row: row, Rule: "ok"})
	return append(texts, l.Reached(&heard, 0), l.Reached(&heard, 1))
}

// heardRow is a row that was heard three times.
func heardRow() *state.Row {
	s := state.NewState(site.Site{Meters: make([]site.Meter, 1)}, false)
	for n := range 3 {
		at := time.Date(2026, 3, 2, 12, n, 0, 0, time.UTC)
		s.Apply(state.Heard{At: state.At{Time: at}, Ref: s.Row(0).Ref, Reception: state.Reception{AirTime: at}})
	}
	return s.Row(0)
}

// silences say all about meters that were not heard.
func silences(l *Language) (texts []string) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	work := silence.Calendar{Days: 0b0111110, From: 8, To: 18}
	say := func(x state.Silence) {
		texts = append(texts, l.Silence(&x), l.Chance(&x), l.Verdict(&state.Verdict{Code: state.CodeTimedOut, Silence: &x}),
			l.Next(&state.Verdict{Silence: &x, Advice: []state.Advice{{Code: state.AdviceWait}, {Code: state.AdviceWaitSlow}}}))
	}
	for code := state.SilenceUnknown; code <= state.SilenceOff; code++ {
		for day := range 7 {
			judged := now.AddDate(0, 0, day)
			say(state.Silence{Code: code, Judged: judged, Until: judged.AddDate(0, 0, 1), Calendar: work, Modes: []device.LinkMode{"C1"}})
		}
		for source := state.IntervalProfile; source <= state.IntervalLearned; source++ {
			say(state.Silence{Code: code, Interval: time.Minute, Slow: time.Hour, Source: source, Expected: 2, Family: state.Others{Rows: 2, Heard: 2}, Kin: "water", Pause: time.Hour})
		}
		for _, wake := range silence.Wakes() {
			say(state.Silence{Code: code, Interval: time.Minute, Expected: 1, Wake: wake, Family: state.Others{Rows: 1, Heard: 1}, Floor: state.Nearby{Heard: 2}})
		}
		say(state.Silence{Code: code, Family: state.Others{Rows: 2, Heard: 1}, Floor: state.Nearby{Heard: 1}, Kin: "water"})
		say(state.Silence{Code: code, Family: state.Others{Rows: 1, Heard: 1}, Kin: "water"})
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		texts = append(texts, l.weekday("day.", d), l.weekday("short.", d))
	}
	for n := range 2 {
		for _, kin := range []string{"", "water"} {
			texts = append(texts, l.others(&state.Silence{Family: state.Others{Rows: 1 + n}, Kin: kin}))
		}
	}
	texts = append(texts, l.Learned(heardRow()), l.calendar(work))
	calendar := state.Silence{Code: state.SilenceCalendar, Calendar: work, Judged: now}
	return append(texts, l.Verdict(&state.Verdict{Code: state.CodeNotJudged, Silence: &calendar}))
}

// ofAlarms says all alarms and remarks.
func ofAlarms(l *Language) (texts []string) {
	say := func(text string) { texts = append(texts, text) }
	say(l.Next(&state.Verdict{Advice: []state.Advice{{Code: state.AdviceMedium}, {Code: state.AdviceNeighbour}}}))
	for code := range state.RemarkRepeater + 1 {
		say(strings.Join(l.Remarks(&state.Verdict{Remarks: []state.Remark{{Code: code, Alarm: &state.Alarm{Code: state.AlarmDueDate}}, {Code: code, Reason: &state.Reason{Code: state.ReasonZero}}}}), ""))
	}
	for code := state.AlarmOtherID; code <= state.AlarmNeighbour; code++ {
		for _, skew := range []time.Duration{time.Hour, 3 * time.Hour, 72 * time.Hour, -3 * 365 * 24 * time.Hour} {
			say(strings.Join(l.Alarms(&state.Verdict{Alarms: []state.Alarm{{Code: code, Skew: skew}}}), ""))
		}
	}
	return texts
}

// ofReadings says all about readings.
func ofReadings(l *Language) []string {
	day, _ := wmbus.Date(2025, 12, 31)
	volume := reading.Record{Value: wmbus.Decimal(1, 0), Quantity: wmbus.Volume, Unit: wmbus.UnitM3, Storage: 1}
	stored := reading.Reading{Medium: "water", StoredOnly: true, Records: []reading.Record{volume}}
	dated := stored
	dated.Records = []reading.Record{volume, {Value: day, Quantity: wmbus.DateQuantity, Storage: 1}}
	detector := reading.Reading{Medium: "smoke detector", Records: []reading.Record{{Value: wmbus.Decimal(0, 0), Quantity: wmbus.ErrorFlags}}}
	return []string{l.Reading(&stored), l.Reading(&dated), l.Reading(&detector)}
}

// ofKeysAndNumbers says what may be wrong with the key and the number of a row.
func ofKeysAndNumbers(l *Language) (texts []string) {
	say := func(text string) { texts = append(texts, text) }
	for why := site.LikeKey; why < site.Likenesses; why++ {
		say(l.Verdict(&state.Verdict{Code: state.CodeTimedOut, Near: &state.Near{Why: why}}))
	}
	for fault := keys.OtherRow; fault < keys.Faults; fault++ {
		v := state.Verdict{Code: state.CodeWrongKey, Key: &keys.Clue{Fault: fault, Line: 7, Digit: 3}, Advice: []state.Advice{{Code: state.AdviceMendKey}}}
		say(l.Verdict(&v))
		if fault != keys.OtherRow {
			say(l.Next(&v))
		}
	}
	say(l.Next(&state.Verdict{Near: &state.Near{Why: site.LikeDigit}, Also: make([]state.Near, 2), Advice: []state.Advice{{Code: state.AdviceCompareID}}}))
	return texts
}

var name = regexp.MustCompile(`[a-z]+\.[a-z_]+|\{\{|<nil>`)

// TestEveryCodeHasWords names the messages that a code has no words in.
func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	for _, text := range every(English) {
		if missing := name.FindString(text); missing != "" {
			t.Errorf("no message %s, or a parameter is not filled in: %q", missing, text)
		}
	}
	for _, status := range wmbus.Statuses() {
		if known := English.find("advice.status."+status.String()) != nil; known != status.Alarm() {
			t.Errorf("%v: alarm %v, has advice %v", status, status.Alarm(), known)
		}
	}
	media := map[string]bool{}
	for typ := range 256 {
		media[wmbus.DeviceType(typ).Medium()] = true
	}
	for name := range English.load().messages {
		if word, is := strings.CutPrefix(name, "advice.status."); is {
			if _, known := wmbus.ParseStatus(word); !known {
				t.Errorf("%s is advice about no status", name)
			}
		}
		if rest, is := strings.CutPrefix(name, "advice.medium."); is {
			medium, word, _ := strings.Cut(rest, ".")
			if status, known := wmbus.ParseStatus(word); !known || !status.Alarm() || !media[medium] {
				t.Errorf("%s is advice about no status of no medium", name)
			}
		}
	}
}

// TestEveryMessageIsUsed names the messages that nothing says.
func TestEveryMessageIsUsed(t *testing.T) {
	t.Parallel()
	marked := map[string]string{}
	for subject, names := range namesOf(t, "en") {
		if slices.Contains([]string{"verdicts", "advice", "reasons", "silence"}, subject) {
			for _, name := range names {
				marked[name] = "<" + name + ">"
			}
		}
	}
	said := strings.Join(every(made(marked)), " ")
	for name := range marked {
		if !strings.Contains(said, "<"+name+">") && !strings.HasPrefix(name, "advice.status.") && !strings.HasPrefix(name, "advice.medium.") && !strings.HasPrefix(name, "span.") {
			t.Errorf("nothing says %s", name)
		}
	}
}

// TestAdviceByMedium: a heat cost allocator has no mains, and a smoke detector that may
// not work is about fire.
func TestAdviceByMedium(t *testing.T) {
	t.Parallel()
	of := func(medium string, status wmbus.Status) string {
		return English.Next(&state.Verdict{Advice: []state.Advice{{Code: state.AdviceStatus, Status: status, Medium: medium}}})
	}
	for _, status := range wmbus.Statuses() {
		for _, medium := range []string{"heat cost allocator", "smoke detector"} {
			if text := of(medium, status); strings.Contains(text, "on mains") || strings.Contains(text, "flow and return") {
				t.Errorf("%s, %v: %s", medium, status, text)
			}
		}
	}
	for _, status := range []wmbus.Status{wmbus.StatusSmokeAlarm, wmbus.StatusAlarm, wmbus.StatusMakerFlag, wmbus.StatusLowBattery, wmbus.StatusRemoved} {
		if text := of("smoke detector", status); !strings.Contains(text, "fire") {
			t.Errorf("smoke detector, %v: %s", status, text)
		}
	}
	if text := of("heat", wmbus.StatusLowBattery); !strings.Contains(text, "mains") {
		t.Errorf("heat: %s", text)
	}
	if text := of("cold water", wmbus.StatusLowBattery); text != English.Say("advice.status.low battery", nil) {
		t.Errorf("cold water: %s", text)
	}
	v := state.Verdict{Alarms: []state.Alarm{{Code: state.AlarmStatus, Status: wmbus.StatusMakerFlag, Maker: wmbus.MakerFlags{Word: 0x104}}}}
	if got := English.Alarms(&v); !slices.Equal(got, []string{"maker's flag 0x0104"}) {
		t.Errorf("%q", got)
	}
}

func TestAdviceIsGivenOnce(t *testing.T) {
	t.Parallel()
	v := state.Verdict{Advice: []state.Advice{
		{Code: state.AdviceStatus, Status: wmbus.StatusTemporaryError}, {Code: state.AdviceStatus, Status: wmbus.StatusApplicationError}, {Code: state.AdviceAntenna},
	}}
	if got := strings.Split(English.Next(&v), "; "); !slices.Equal(got, []string{English.Say("advice.status.temporary error", nil), English.Say("advice.antenna", nil)}) {
		t.Errorf("%q", got)
	}
}
