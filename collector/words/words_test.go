package words

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/collector/state"
	"earshot/device/wmbus"
)

// every calls say for each code that there is.
func every(p Printer) (texts []string) {
	say := func(text string) { texts = append(texts, text) }
	for code := range state.Codes {
		for stage := state.StageNone; stage <= state.StageDelivered; stage++ {
			v := state.Verdict{Code: code, Stage: stage, Heard: true, Reason: &state.Reason{Code: state.ReasonMakerData}}
			say(p.Verdict(&v))
		}
		for _, v := range []state.Verdict{
			{Code: code, Cached: true, Late: true, Since: state.SinceSilent}, {Code: code, Since: state.SinceNobody, Mutual: true},
			{Code: code, Near: &state.Near{}, Fits: "x", Alarms: make([]state.Alarm, 1)}, {Code: code, Near: &state.Near{KeyFits: true}},
		} {
			say(p.Verdict(&v))
		}
	}
	say(p.Assign())
	for _, failure := range []*state.RowFailure{nil, {}, {Reason: state.Reason{Code: state.ReasonNoKey}}} {
		say(p.Step(&state.Row{Chain: state.Chain{state.StepFailed}, Failure: failure}, state.StepHeard))
	}
	for _, count := range []int{0, 1, 2} {
		say(p.Step(&state.Row{Chain: state.Chain{state.StepDone}, Heard: state.HeardSummary{Count: count}, Read: state.ReadState{Late: true}}, state.StepHeard))
	}
	say(p.Step(&state.Row{Chain: state.Chain{state.StepNone}}, state.StepHeard))
	say(p.Step(&state.Row{}, state.StepDecoded))
	say(p.Step(&state.Row{Chain: state.Chain{state.StepPlausible: state.StepDone}}, state.StepDelivered))
	for _, read := range []state.ReadState{{}, {Active: true}, {TimedOut: true}} {
		say(p.Step(&state.Row{Read: read}, state.StepHeard))
	}
	near := &state.Near{}
	for code := state.AdviceStatus; code.String() != "correct_list"; code++ {
		if code != state.AdviceStatus {
			say(p.Next(&state.Verdict{Near: near, Advice: []state.Advice{{Code: code}}}))
		}
	}
	say(p.Next(&state.Verdict{Advice: []state.Advice{{Code: state.AdviceCorrectList}}}))
	for code := state.AlarmOtherID; code <= state.AlarmWeak; code++ {
		for _, skew := range []time.Duration{time.Hour, 3 * time.Hour, 72 * time.Hour, -3 * 365 * 24 * time.Hour} {
			say(strings.Join(p.Alarms(&state.Verdict{Alarms: []state.Alarm{{Code: code, Skew: skew}}}), ""))
		}
	}
	for code := state.ReasonNoKey; code < state.ReasonText; code++ {
		say(p.Reason(&state.Reason{Code: code, Text: "refused"}))
	}
	say(p.Reason(&state.Reason{Code: state.ReasonSilent, Away: time.Second}))
	for kind := state.KindTimeout; kind <= state.KindUpload; kind++ {
		say(p.Kind(kind))
		say(p.Outcome(&state.Outcome{Kind: kind}))
	}
	for cause := state.CauseRecordings; cause <= state.CauseInterrupted; cause++ {
		say(p.Cause(cause))
	}
	say(p.Outcome(&state.Outcome{Decoded: true}))
	say(p.Failure(&state.Failure{Ref: "x", Kind: state.KindNoKey, Err: state.ErrTimeout}))
	for _, ev := range []state.Event{
		state.RoundStarted{Reads: make([]state.ReadStart, 1)}, state.RoundStarted{}, state.RoundFinished{}, state.RoundFinished{Failed: 1}, state.RoundFinished{Failed: 2},
		state.RoundFinished{Cause: state.CauseCancelled}, state.ReceiverDown{}, state.ReceiverBack{}, state.ReceiverDeaf{}, state.ReceiverReset{},
		state.ReceiverReset{Problem: "x"}, state.StoreFailed{Reason: "x"}, state.StoreMended{}, state.StoreMended{Lost: 1}, state.StoreMended{Lost: 2}, state.ClockSet{},
		state.CampaignResumed{}, state.CampaignResumed{Changed: []string{"x"}}, state.CampaignResumed{Changed: []string{"x", "y"}},
	} {
		_, text := p.News(ev)
		say(text)
		say(p.Warning(ev))
	}
	return texts
}

var name = regexp.MustCompile(`[a-z]+\.[a-z_]+|\{\{|<nil>`)

// TestEveryCodeHasWords names the messages that a code has no words in.
func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	for _, text := range every(English) {
		if missing := name.FindString(text); missing != "" {
			t.Errorf("english.go has no message %s, or a placeholder is not filled in: %q", missing, text)
		}
	}
	for status := wmbus.Status(0); status.String() != ""; status++ {
		alarm := wmbus.StatusOf(status).Alarm()
		if _, known := english["advice.status."+status.String()]; known != alarm {
			t.Errorf("%v: alarm %v, has advice %v", status, alarm, known)
		}
	}
	for name := range english {
		if word, is := strings.CutPrefix(name, "advice.status."); is {
			if _, known := wmbus.ParseStatus(word); !known {
				t.Errorf("%s is advice about no status", name)
			}
		}
	}
}

// TestEveryMessageIsUsed names the messages that nothing says.
func TestEveryMessageIsUsed(t *testing.T) {
	t.Parallel()
	marked := map[string]string{}
	for name := range english {
		marked[name] = "<" + name + ">"
	}
	said := strings.Join(every(Printer{marked}), " ")
	for name := range english {
		if !strings.Contains(said, "<"+name+">") && !strings.HasPrefix(name, "advice.status.") && !strings.HasPrefix(name, "span.") {
			t.Errorf("nothing says %s", name)
		}
	}
}

// TestAnotherLanguage: a message that a language does not have is seen.
func TestAnotherLanguage(t *testing.T) {
	t.Parallel()
	p := Printer{map[string]string{"verdict.ok": "i orden"}}
	if got := p.Verdict(&state.Verdict{Code: state.CodeOK}); got != "i orden" {
		t.Errorf("%q", got)
	}
	if got := p.Verdict(&state.Verdict{Code: state.CodeNoKey}); got != "verdict.no_key" {
		t.Errorf("%q", got)
	}
}

func TestAdviceIsGivenOnce(t *testing.T) {
	t.Parallel()
	v := state.Verdict{Advice: []state.Advice{
		{Code: state.AdviceStatus, Status: wmbus.StatusTemporaryError}, {Code: state.AdviceStatus, Status: wmbus.StatusApplicationError}, {Code: state.AdviceAntenna},
	}}
	if got := strings.Split(English.Next(&v), "; "); !slices.Equal(got, []string{english["advice.status.temporary error"], english["advice.antenna"]}) {
		t.Errorf("%q", got)
	}
}
