package compare_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"earshot/collector/compare"
	"earshot/collector/evidence/evidencetest"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
	"earshot/device/wmbus"
)

type meter = evidencetest.Meter

func place(room string) site.Place { return site.Place{Entrance: "A", Apartment: "tv", Room: room} }

// energy is a meter with a reading.
func energy(key int, room string, kWh int64) meter {
	return meter{Key: key, Mode: wmbus.ModeAESIV, Place: place(room), Medium: "heat", Says: func(int, time.Time) []byte { return evidencetest.Energy(kWh) }}
}

func side(t *testing.T, n int64, meters ...meter) *compare.Side {
	t.Helper()
	c := evidencetest.Run(t, meters)
	return &compare.Side{Campaign: n, Snap: c.Snap, List: c.Rows}
}

// said are the changes by meter.
func said(c *compare.Comparison) (out []string) {
	for i := range c.Rows {
		r := &c.Rows[i]
		out = append(out, r.Ref+" "+string(r.Kind)+": "+strings.Join(r.Changes(words.English), "; "))
	}
	return out
}

// TestWhatChanged compares two campaigns in which each row changed in another way.
func TestWhatChanged(t *testing.T) {
	t.Parallel()
	silent := energy(4, "d", 1)
	silent.Count = -1
	allocator := func(n int64) meter {
		m := energy(8, "h", 0)
		m.Type, m.Medium, m.Says = wmbus.TypeHeatCostAllocator, "heat cost allocator", func(int, time.Time) []byte { return evidencetest.Stored(nil, 0x6E, 0, n, "") }
		return m
	}
	moved := energy(7, "g", 50)
	moved.Maker = "KAM"
	before := side(t, 1, energy(1, "a", 100), energy(2, "b", 100), energy(3, "c", 100), silent, energy(5, "e", 50), energy(6, "f", 50), energy(7, "g", 50), allocator(900))
	wrong := energy(5, "e", 50)
	wrong.Own = 99
	after := side(t, 2, energy(1, "a", 150), energy(2, "b", 100), energy(3, "c", 90), energy(4, "d", 1), wrong, energy(66, "f", 60), moved, allocator(20), energy(9, "i", 5))
	after.Snap.Campaign.Started = before.Snap.Campaign.Started.Add(8 * 24 * time.Hour)
	c := compare.Campaigns(before, after)
	want := []string{
		"IST-10000002 changed: reading unchanged at 100 kWh",
		"IST-10000003 changed: reading 90 kWh is lower than 100 kWh",
		"IST-10000004 changed: not heard → OK",
		"IST-10000005 changed: OK → wrong key",
		"IST-10000006 changed: key " + evidencetest.Key(t, 6).Fingerprint() + " → " + evidencetest.Key(t, 66).Fingerprint(),
		"KAM-10000007 replaced: replaces IST-10000007",
		"IST-10000008 changed: began again after its due date: 900, now 20",
		"IST-10000009 added: new in the list",
	}
	if got := said(&c); !slices.Equal(got, want) {
		t.Errorf("changes:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if want := (compare.Summary{Added: 1, Replaced: 1, Same: 1, Repaired: 1, Broken: 1, Verdicts: 2, Advanced: 3, Backwards: 1, Still: 1, Keys: 1}); c.Summary != want {
		t.Errorf("%+v\nwant %+v", c.Summary, want)
	}
	if back := compare.Campaigns(after, before); back.Summary.Removed != 1 || back.Summary.Added != 0 || back.Rows[len(back.Rows)-1].Ref != "IST-10000009" {
		t.Errorf("the other way round: %+v", back.Summary)
	}
	if same := compare.Campaigns(before, before); len(same.Receivers) != 0 || same.Summary.Verdicts+same.Summary.Keys+same.Summary.Added+same.Summary.Removed != 0 {
		t.Errorf("a campaign differs from itself: %+v", same.Summary)
	}
	after.Snap.Campaign.Started = before.Snap.Campaign.Started.Add(time.Hour)
	if soon := compare.Campaigns(before, after); soon.Summary.Same != 2 || len(soon.Rows) != len(c.Rows)-1 {
		t.Errorf("within an hour, a register that stands still is named: %+v", soon.Summary)
	}
	for _, l := range words.Languages() {
		var text, again bytes.Buffer
		if c.WriteText(&text, l) != nil || c.WriteText(&again, l) != nil || text.String() != again.String() || strings.Contains(text.String(), "compare.") {
			t.Errorf("%v:\n%s", l, text.String())
		}
	}
	var text bytes.Buffer
	if err := c.WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	if err := evidencetest.Valid(t, "compare", text.Bytes()); err != nil {
		t.Error(err)
	}
	if evidencetest.Valid(t, "compare", bytes.Replace(text.Bytes(), []byte(evidencetest.Key(t, 6).Fingerprint()), []byte("00112233445566778899aabbccddeeff"), 1)) == nil {
		t.Error("the schema takes a key")
	}
}

// TestSignals: medians in dBm that differ by 6 dB are named, other scales never.
func TestSignals(t *testing.T) {
	t.Parallel()
	with := func(rssi device.RSSI) *compare.Side {
		m := energy(1, "a", 100)
		m.RSSI = rssi
		return side(t, 1, m)
	}
	dBm := func(n int16) *compare.Side { return with(device.RSSI{Scale: device.ScaleDBm, Value: n}) }
	for _, c := range []struct {
		before, after *compare.Side
		want          compare.Direction
	}{
		{before: dBm(-80), after: dBm(-74), want: compare.Better},
		{before: dBm(-74), after: dBm(-80), want: compare.Worse},
		{before: dBm(-80), after: dBm(-75)},
		{before: dBm(-80), after: with(device.RSSI{Scale: device.ScaleRelative, Value: 30})},
	} {
		got := compare.Direction("")
		if rows := compare.Campaigns(c.before, c.after).Rows; len(rows) > 0 && rows[0].Signal != nil {
			got = rows[0].Signal.Direction
		}
		if got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestReceivers: a dongle is the same one if its serial number is.
func TestReceivers(t *testing.T) {
	t.Parallel()
	with := func(info ...device.Info) *compare.Side {
		s := &compare.Side{}
		for _, i := range info {
			s.Snap.Receivers = append(s.Snap.Receivers, state.Receiver{Info: i})
		}
		return s
	}
	c := compare.Campaigns(with(device.Info{Name: "ttyUSB0", Driver: "im871a", Serial: "12", Firmware: "1.0"}, device.Info{Name: "tcp", Driver: "tcp"}),
		with(device.Info{Name: "ttyUSB1", Driver: "im871a", Serial: "12", Firmware: "1.1"}, device.Info{Name: "roof", Driver: "cul"}))
	var got []string
	for i := range c.Receivers {
		got = append(got, c.Receivers[i].Sentence(words.English))
	}
	if want := []string{"ttyUSB1 im871a 12: firmware 1.0 → 1.1", "roof cul: new", "tcp tcp: not used any more"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestListOfToday: a campaign that was replayed with the list of today has the rows of its
// time, and a key that has changed since makes nobody fail.
func TestListOfToday(t *testing.T) {
	t.Parallel()
	old := side(t, 1, energy(1, "a", 100), energy(2, "b", 100), energy(3, "c", 100))
	now := side(t, 2, energy(1, "a", 100), energy(22, "b", 150), energy(3, "c", 150))
	replayed := *old
	replayed.Snap.Rows = slices.Clone(now.Snap.Rows)
	wrong := *now.Snap.Rows[1]
	wrong.Verdict.Code = state.CodeWrongKey // what the key of today makes of the telegrams of then
	replayed.Snap.Rows[1] = &wrong
	replayed.Used = now.List
	replayed.List = append(slices.Clone(old.List[:2]), state.ListRow{Ref: "KAM-12345678"})
	c := compare.Campaigns(&replayed, now)
	want := []string{
		"IST-10000002 changed: key " + evidencetest.Key(t, 2).Fingerprint() + " → " + evidencetest.Key(t, 22).Fingerprint(),
		"IST-10000003 added: new in the list",
		"KAM-12345678 removed: not in the list any more",
	}
	if got := said(&c); !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	if c.Before.Meters != 3 || c.Summary.Broken+c.Summary.Repaired != 0 {
		t.Errorf("%+v, %+v", c.Before, c.Summary)
	}
}

// TestReplacedByWhich: if two new meters are at the place of one that is gone, nobody knows
// which of them took its place.
func TestReplacedByWhich(t *testing.T) {
	t.Parallel()
	one, two := energy(1, "a", 100), energy(2, "a", 100)
	one.Maker, two.Maker = "KAM", "KAM"
	old := side(t, 1, energy(1, "a", 100))
	if c := compare.Campaigns(old, side(t, 2, one, two)); c.Summary.Replaced != 0 || c.Summary.Added != 2 || c.Summary.Removed != 1 {
		t.Errorf("two new ones: %+v", c.Summary)
	}
	if c := compare.Campaigns(old, side(t, 2, one)); c.Summary.Replaced != 1 || c.Summary.Added+c.Summary.Removed != 0 {
		t.Errorf("one new one: %+v", c.Summary)
	}
}
