package state

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"earshot/collector/trace"
	"earshot/device"
	"earshot/device/wmbus"
)

// stray is an unlisted meter.
func stray(id wmbus.ID) wmbus.Address {
	kam, _ := wmbus.ParseManufacturer("KAM")
	return wmbus.Address{Manufacturer: kam, ID: id, Version: 0x1B, Type: wmbus.TypeColdWater}
}

func strayHeard(at At, of wmbus.Address, dBm int16) UnlistedHeard {
	return UnlistedHeard{At: at, Address: of, Reception: Reception{
		Receiver: "r", Mode: "C1", AirTime: at.Time, RSSI: device.RSSI{Scale: device.ScaleDBm, Value: dBm},
	}}
}

func TestChoices(t *testing.T) {
	t.Parallel()
	s := NewState(smallSite(1), false)
	of := stray(0x20000000)
	note := func(what, text string) {
		s.Apply(Noted{At: after(time.Minute), Ref: RefOf(of), What: what, Text: text})
	}
	note(ActIgnore, "") // before it is heard, as after a resumption
	s.Apply(strayHeard(after(0), of, -60))
	before := s.Snapshot()
	if u := before.Unlisted[0]; !u.Ignored || u.Claimed {
		t.Errorf("after it was ignored: %+v", u)
	}
	note(ActHeed, "")
	note(ActClaim, "A 2 tv")
	note(ActClaim, "A 3 tv")
	s.Apply(strayHeard(after(2*time.Minute), of, -61))
	if u := s.unlisted[0]; u.Ignored || !u.Claimed || u.Place != "A 3 tv" || u.Count != 2 {
		t.Errorf("after it was claimed: %+v", u)
	}
	claims := s.Snapshot().Claims
	if len(claims) != 1 || !SameMeter(claims[0].Address, of) || claims[0].Place != "A 3 tv" || !claims[0].Time.Equal(noon.Add(time.Minute)) {
		t.Errorf("claims: %+v", claims)
	}
	note(ActDisclaim, "")
	if u := s.unlisted[0]; u.Claimed || u.Place != "" || len(s.Snapshot().Claims) != 0 || len(claims) != 1 {
		t.Errorf("after that was taken back: %+v", u)
	}
	if u := before.Unlisted[0]; !u.Ignored || u.Count != 1 {
		t.Errorf("a snapshot has changed: %+v", u)
	}
	for _, odd := range []string{"", "KAM", "KAM-", "-", "KAM-ZZZZZZZZZ"} {
		s.Apply(Noted{At: after(0), Ref: odd, What: ActIgnore})
	}
	for i := range MaxUnlisted + 5 {
		s.Apply(Noted{At: after(0), Ref: RefOf(stray(wmbus.ID(i))), What: ActIgnore})
		s.Apply(Noted{At: after(0), Ref: RefOf(stray(wmbus.ID(i))), What: ActClaim})
	}
	if len(s.choices.ignored) != MaxUnlisted || len(s.choices.claims) != MaxUnlisted {
		t.Errorf("%d ignored and %d claims are kept, want %d", len(s.choices.ignored), len(s.choices.claims), MaxUnlisted)
	}
}

// TestUnlistedLoss: an unlisted meter of which every third telegram is missed.
func TestUnlistedLoss(t *testing.T) {
	t.Parallel()
	s := NewState(smallSite(1), false)
	s.Apply(CampaignStarted{At: after(0)})
	of := stray(0x20000000)
	for i := range 15 {
		if i%3 != 1 {
			s.Apply(strayHeard(after(time.Duration(i)*16*time.Second), of, int16(-60-i)))
		}
	}
	u := s.unlisted[0]
	l, ok := u.Rhythm()
	if !ok || l.Interval != 16*time.Second || l.Loss() < 25 || l.Loss() > 40 {
		t.Errorf("%+v, %t", l, ok)
	}
	if got, want := u.Trace.Last(3), []int8{-71, -72, -74}; !slices.Equal(got, want) {
		t.Errorf("trace %v, want %v", got, want)
	}
	s.Apply(ReceiverDown{At: after(time.Hour), Receiver: "r", Reason: "gone"})
	s.Apply(strayHeard(after(time.Hour), of, -60))
	if _, ok := s.unlisted[0].Rhythm(); ok {
		t.Error("a loss is known although nobody listened for a while")
	}
}

func TestReceiverHistory(t *testing.T) {
	t.Parallel()
	s := NewState(smallSite(1), false)
	up := ReceiverUp{At: after(0), Info: device.Info{Name: "r", Driver: "cul"}}
	s.Apply(up)
	ev := heard(after(time.Second), first, -60)
	ev.Mode = "T1"
	s.Apply(ev)
	s.Apply(strayHeard(after(2*time.Second), stray(0x20000000), -71))
	s.Apply(HeardAlso{At: after(2 * time.Second), Ref: first, Reception: ev.Reception})
	for range 3 {
		s.Apply(Trouble{At: after(3 * time.Second), Receiver: "r", Reason: "bad CRC"})
	}
	before := s.Snapshot().Receivers[0]
	s.Apply(ReceiverDown{At: after(4 * time.Second), Receiver: "r", Reason: "unplugged"})
	up.At = after(9 * time.Second)
	s.Apply(up)
	s.Apply(ReceiverBack{At: after(9 * time.Second), Receiver: "r", Away: 5 * time.Second})
	s.Apply(ReceiverDeaf{At: after(10 * time.Second), Receiver: "r", Reason: "hears nothing"})
	for i := range 20 {
		ev.Mode = device.LinkMode("X" + strconv.Itoa(i))
		s.Apply(ev)
	}
	r := s.Snapshot().Receivers[0]
	if r.Modes[0] != (ModeCount{"T1", 2}) || r.Modes[1] != (ModeCount{"C1", 1}) || r.Modes[7].Mode != "X5" {
		t.Errorf("modes: %v", r.Modes)
	}
	if r.Signals.Total() != 23 || r.Signals[(110-60)/5] != 22 {
		t.Errorf("signals: %v", r.Signals)
	}
	said := r.Said.All()
	if len(said) != 3 || said[0].Count != 3 || said[1].Text != "unplugged" || said[2].Text != "hears nothing" {
		t.Errorf("said: %+v", said)
	}
	gap := trace.Gap{From: noon.Add(4 * time.Second), To: noon.Add(9 * time.Second), Reason: "unplugged"}
	if all := r.Gaps.All(); len(all) != 1 || all[0] != gap || !r.Began.Equal(noon) {
		t.Errorf("gaps: %+v, began %v", all, r.Began)
	}
	if len(before.Said.All()) != 1 || before.Signals.Total() != 3 || len(before.Gaps.All()) != 0 {
		t.Errorf("a snapshot has changed: %+v", before)
	}
}

func TestBrokerHistory(t *testing.T) {
	t.Parallel()
	s := NewState(smallSite(1), true)
	s.Apply(BrokerDown{At: after(0), Broker: "b", Reason: "refused"})
	s.Apply(BrokerDown{At: after(time.Second), Broker: "b", Reason: "refused"})
	if b := s.Snapshot().Brokers[0]; !b.Since.Equal(noon) || b.Said.Last().Count != 2 {
		t.Errorf("while it is down: %+v", b)
	}
	s.Apply(BrokerUp{At: after(2 * time.Second), Broker: "b"})
	s.Apply(Delivered{At: after(3 * time.Second), Broker: "b", Refs: []string{first}, Times: []time.Time{noon}})
	s.Apply(Refused{At: after(4 * time.Second), Broker: "b", Ref: first, Reason: Reason{Code: ReasonText, Text: "too long"}})
	b := s.Snapshot().Brokers[0]
	if !b.Since.Equal(noon.Add(2*time.Second)) || !b.Acknowledged.Equal(noon.Add(3*time.Second)) || b.Refusal.Ref != first || b.Refusal.Reason.Text != "too long" || b.Said.Last().Text != "refused" {
		t.Errorf("afterwards: %+v", b)
	}
}
