package state

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
	r.Status = wmbus.StatusOf(wmbus.StatusLeak)
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
	if got, want := s.rows[0].Verdict.Next, "look where water runs without being used, and tell the owner; is the clock of this computer right (of the gateway, of the recording)? if it is, have the supplier set the meter's"; got != want {
		t.Errorf("next %q, want %q", got, want)
	}
}

// What the meter says of itself is always told, and first: a fire does not wait
// for a broker. The rest waits for what failed.
func TestAlarmBesideFailure(t *testing.T) {
	t.Parallel()
	r := volume(noon, "-1")
	r.Status, r.Partial = wmbus.StatusOf(wmbus.StatusBurst, wmbus.StatusTemporaryError, wmbus.StatusApplicationError), "telegram cut off"
	s := NewState(smallSite(1), false)
	s.Apply(heard(after(0), first, -96))
	s.Apply(Decoded{At: after(0), Ref: first, Reading: r})
	v := s.rows[0].Verdict
	if want := "look for a burst pipe at once: close the supply if there is one, and tell the owner; look at the meter itself, and read again later; " +
		"compare with the meter's display; was it replaced, or are two meters mixed up?"; v.Code != CodeImplausible || v.Next != want {
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
		if _, known := alarmAdvice[status]; known != alarm {
			t.Errorf("%v: alarm %v, has an advice %v", status, alarm, known)
		}
	}
	if n != len(alarmAdvice) {
		t.Errorf("%d alarms, %d have an advice", n, len(alarmAdvice))
	}
}
