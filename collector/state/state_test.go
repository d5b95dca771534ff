package state

import (
	"reflect"
	"slices"
	"strconv"
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

func TestImplausible(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value reading.Record
		want  string
	}{
		{reading.Record{Quantity: wmbus.Volume, Value: value("-1"), Unit: wmbus.UnitM3}, "below_zero volume -1 m³ 0 0"},
		{reading.Record{Quantity: wmbus.FlowTemperature, Value: value("400"), Unit: wmbus.UnitCelsius}, "out_of_range flow_temperature 400 °C -40 200"},
		{reading.Record{Quantity: wmbus.FlowTemperature, Value: value("400"), Unit: wmbus.UnitCelsius, Function: wmbus.DuringError}, "none"},
		{reading.Record{Quantity: wmbus.Volume, Value: value("-1"), Unit: wmbus.UnitM3, Qualifiers: wmbus.Backward}, "none"},
		{reading.Record{Quantity: wmbus.Volume, Value: value("0"), Unit: wmbus.UnitM3}, "none"},
	} {
		if got := implausible(&reading.Reading{Records: []reading.Record{c.value}}, nil).Error(); got != c.want {
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

// TestPeersAreBounded: names of gateways may come from outside.
func TestPeersAreBounded(t *testing.T) {
	t.Parallel()
	s := NewState(smallSite(1), false)
	for i := range maxPeers + 5 {
		ev := heard(after(0), first, -60)
		ev.Receiver = strconv.Itoa(i)
		s.Apply(ev)
		s.Apply(BrokerUp{At: after(0), Broker: "b" + ev.Receiver})
	}
	if n := len(s.rows[0].Heard.By); len(s.receivers) != maxPeers || s.others.Frames != 5 || n != maxPeers || len(s.links.each) != maxPeers {
		t.Errorf("%d receivers, %d telegrams of others, %d of the meter, %d brokers, want %d", len(s.receivers), s.others.Frames, n, len(s.links.each), maxPeers)
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
	if got := implausible(hca(time.Hour, "3"), hca(0, "700")); got.Code != ReasonNone {
		t.Errorf("an allocator that began again: %v", got)
	}
	if got := implausible(hca(time.Hour, "-3"), nil); got.Code == ReasonNone {
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
		{name: "nothing heard", events: []Event{listening(after(0), first), silent}, want: false},
		{name: "decoded", events: []Event{listening(after(0), first), heard(after(1), first, -60), good}, want: true},
		{name: "decoded, then silent", events: []Event{listening(after(0), first), heard(after(1), first, -60), good, again, silent}, want: true},
		{name: "at one of two brokers", events: []Event{CampaignStarted{At: after(0), Session: Session{Delivering: true, Brokers: []SessionBroker{{Name: "a"}, {Name: "b"}}}}, listening(after(0), first), heard(after(1), first, -60), good, arrived}, want: false},
		{name: "delivered, then silent", events: []Event{listening(after(0), first), heard(after(1), first, -60), good, arrived, again, silent}, want: false},
		{name: "delivered, then another one", events: []Event{listening(after(0), first), heard(after(1), first, -60), good, arrived, again, heard(after(61), first, -60),
			Decoded{At: after(62), Ref: first, Reading: volume(noon.Add(62*time.Second), "7")}}, want: true},
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

// TestSnapshotKeepsTelegrams: what a row that was handed out says of its telegrams
// does not change, and the state is the same as without anybody looking.
func TestSnapshotKeepsTelegrams(t *testing.T) {
	t.Parallel()
	watched, alone := NewState(smallSite(1), false), NewState(smallSite(1), false)
	var snaps, then []Row
	for i := range time.Duration(3 * recentTelegrams) {
		for _, ev := range []Event{
			heard(after(i), first, int16(-60-i)),
			Failed{At: after(i), Ref: first, Kind: KindUndecodable},
			HeardAlso{At: after(i), Ref: first, Reception: Reception{Receiver: "s"}},
		} {
			watched.Apply(ev)
			alone.Apply(ev)
			if i%4 == 0 {
				continue
			}
			row := *watched.Snapshot().Rows[0]
			snaps = append(snaps, row)
			row.Recent, row.Heard.By = slices.Clone(row.Recent), slices.Clone(row.Heard.By)
			then = append(then, row)
		}
	}
	for i := range snaps {
		if !reflect.DeepEqual(snaps[i].Recent, then[i].Recent) || !slices.Equal(snaps[i].Heard.By, then[i].Heard.By) {
			t.Fatalf("snapshot %d has changed: %+v, was %+v", i, snaps[i], then[i])
		}
	}
	one, other := watched.rows[0], alone.rows[0]
	if !reflect.DeepEqual(one.Recent, other.Recent) || !slices.Equal(one.Heard.By, other.Heard.By) {
		t.Errorf("looked at: %+v; not looked at: %+v", one, other)
	}
	if n := len(one.Recent); n != recentTelegrams || !one.Recent[n-1].Time.Equal(after(3*recentTelegrams-1).Time) {
		t.Errorf("%d telegrams are remembered: %+v", n, one.Recent)
	}
}
