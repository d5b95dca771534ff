package collector

import (
	"strings"
	"testing"
	"time"

	"earshot/device/wmbus"
)

func TestAlarms(t *testing.T) {
	t.Parallel()
	s := NewState(smallSite(1), false)
	r := volume(noon, "1")
	r.Alarms = []string{"leak"}
	skew := -26 * 365 * 24 * time.Hour
	r.Skew = &skew
	s.Apply(heard(after(0), first, -60))
	s.Apply(Decoded{At: after(0), Ref: first, Reading: r})
	if got, want := strings.Join(s.rows[0].Alarms, "; "), "leak; clock 26 years behind"; got != want {
		t.Errorf("alarms %q, want %q", got, want)
	}
	if s.rows[0].Verdict.Mark != MarkAlarm {
		t.Errorf("mark %d, want MarkAlarm", s.rows[0].Verdict.Mark)
	}
	if got, want := s.rows[0].Verdict.Next, "look where water runs without being used, and tell the owner; have the supplier set its clock: values of its due dates go by it"; got != want {
		t.Errorf("next %q, want %q", got, want)
	}
}

// A meter that says of itself that its clock is wrong, and whose clock is
// wrong, is one thing to do.
func TestAlarmAdviceOnce(t *testing.T) {
	t.Parallel()
	r := volume(noon, "1")
	skew := 5 * time.Hour
	r.Alarms, r.Skew = []string{wmbus.StatusClock.String()}, &skew
	words, advice := alarms(&Row{Reading: r})
	if got, want := strings.Join(words, "; "), "clock error; clock 5 hours ahead"; got != want {
		t.Errorf("alarms %q, want %q", got, want)
	}
	if want := alarmAdvice[wmbus.StatusClock.String()]; advice != want {
		t.Errorf("advice %q, want %q", advice, want)
	}
}

// What failed is to be done first: an alarm's advice waits.
func TestFailureBeforeAlarm(t *testing.T) {
	t.Parallel()
	r := volume(noon, "-1")
	r.Alarms = []string{wmbus.StatusLeak.String()}
	s := NewState(smallSite(1), false)
	s.Apply(heard(after(0), first, -60))
	s.Apply(Decoded{At: after(0), Ref: first, Reading: r})
	if v := s.rows[0].Verdict; v.Code != CodeImplausible || !strings.Contains(v.Next, "compare with the meter's display") || strings.Contains(v.Next, "water runs") {
		t.Errorf("verdict %v, next %q", v.Code, v.Next)
	}
}

// Whatever a meter may say of itself has its advice, and nothing else has one.
func TestAlarmAdvice(t *testing.T) {
	t.Parallel()
	n := 0
	for status := wmbus.Status(0); status.String() != ""; status++ {
		alarm := wmbus.StatusOf(status).Alarm()
		if alarm {
			n++
		}
		if _, known := alarmAdvice[status.String()]; known != alarm {
			t.Errorf("%v: alarm %v, has an advice %v", status, alarm, known)
		}
	}
	if n != len(alarmAdvice) {
		t.Errorf("%d alarms, %d have an advice", n, len(alarmAdvice))
	}
}
