package simulate

import (
	"errors"
	"slices"
	"testing"
	"time"

	"earshot/device"
	"earshot/device/wmbus"
)

var errFull = errors.New("disk full")

// heard is what the demo's receiver heard of one meter.
type heard struct {
	first  time.Duration // since the first telegram of all, when a replay begins
	frames []device.Frame
}

func demoAir(t *testing.T) (*Building, map[wmbus.ID]*heard) {
	t.Helper()
	frames := DemoRecording()
	air := make(map[wmbus.ID]*heard)
	for _, f := range frames {
		header, err := wmbus.ParseHeader(f.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		h := air[header.Link.ID]
		if h == nil {
			h = &heard{first: f.AirTime.Sub(frames[0].AirTime)}
			air[header.Link.ID] = h
		}
		h.frames = append(h.frames, f)
	}
	return Demo(), air
}

// decode opens a frame with the key of a row of the list.
func decode(t *testing.T, r *Row, f device.Frame) (wmbus.Telegram, error) {
	t.Helper()
	var key *wmbus.Key
	if r.hasKey {
		key = mustKey(r.key)
	}
	var telegram wmbus.Telegram
	err := new(wmbus.Decoder).Decode(&telegram, f.Bytes, key)
	if err != nil {
		return telegram, err
	}
	return telegram, nil
}

// volume is the present volume in litres.
func volume(t *testing.T, telegram *wmbus.Telegram) int64 {
	t.Helper()
	for _, r := range telegram.Records {
		if r.Quantity == wmbus.Volume && r.Current() {
			mantissa, exponent, ok := r.Value.Decimal()
			if ok && exponent == -3 {
				return mantissa
			}
		}
	}
	t.Fatalf("no volume in %s", wmbus.AppendRecordsJSON(nil, telegram.Records))
	return 0
}

// The round of the demo waits 30 s, that of the late row 10 s.
func TestDemoRound(t *testing.T) {
	t.Parallel()
	b, air := demoAir(t)
	var by25 int
	var silent, late []int
	media, security := map[string]int{}, map[wmbus.SecurityMode]int{}
	for i := range b.rows {
		media[b.rows[i].Medium]++
		security[b.meters[i].model.security]++
		h := air[b.rows[i].ID]
		limit := 30 * time.Second
		if b.rows[i].Timeout > 0 {
			limit = b.rows[i].Timeout
		}
		switch {
		case h == nil:
			silent = append(silent, i)
			continue
		case h.first > limit:
			late = append(late, i)
		case h.first > 28*time.Second:
			t.Errorf("%s is heard after %v, too near the timeout", b.rows[i], h.first)
		}
		if h.first < 25*time.Second {
			by25++
		}
	}
	if want := []int{b.rowOf(t, TurnedDigit), b.rowOf(t, NeverHeard)}; !slices.Equal(silent, want) {
		t.Errorf("rows %v are never heard, want %v", silent, want)
	}
	if want := []int{b.rowOf(t, HeardLate)}; !slices.Equal(late, want) {
		t.Errorf("rows %v are heard late, want %v", late, want)
	}
	if by25 < 40 {
		t.Errorf("%d rows are heard within 25 s, want at least 40", by25)
	}
	if len(b.rows) != 48 || len(media) < 6 || security[wmbus.ModeAESIV] < 10 || security[wmbus.ModeELL] < 10 || security[wmbus.ModeNone] < 5 {
		t.Errorf("%d rows, media %v, security %v", len(b.rows), media, security)
	}
	for _, m := range b.meters[len(b.rows):] {
		if air[m.Address.ID] == nil || !m.Encrypts() || m.Listed {
			t.Errorf("neighbour %s is not heard, or not an encrypted unlisted one", m.Address)
		}
	}
}

func (b *Building) rowOf(t *testing.T, kind Kind) int {
	t.Helper()
	for _, m := range b.mishaps {
		if m.Kind == kind {
			return m.Row
		}
	}
	t.Fatalf("no mishap %q", kind)
	return 0
}

// What befell no row must show no trouble: it decrypts, decodes, has no alarm,
// is received well, and its meter's clock is right.
func TestDemoRowsWithoutMishap(t *testing.T) {
	t.Parallel()
	b, air := demoAir(t)
	struck := make(map[int]bool)
	for _, m := range b.mishaps {
		for _, row := range m.Rows {
			struck[row] = true
		}
	}
	if len(b.mishaps) != 10 || len(struck) != 11 {
		t.Errorf("%d mishaps strike %d rows, want 10 and 11", len(b.mishaps), len(struck))
	}
	for i := range b.rows {
		if struck[i] {
			continue
		}
		for _, f := range air[b.rows[i].ID].frames {
			telegram, err := decode(t, &b.rows[i], f)
			if err != nil || !telegram.Status.Empty() || f.RSSI.Value < -90 {
				t.Errorf("%s: %v, status %s, %d dBm", b.rows[i], err, telegram.Status, f.RSSI.Value)
			}
			for _, r := range telegram.Records {
				if r.Quantity != wmbus.DateTimeQuantity {
					continue
				}
				clock, ok := r.Value.Time(f.AirTime.Location())
				if skew := f.AirTime.Sub(clock); !ok || skew < 0 || skew > time.Minute+time.Second {
					t.Errorf("%s: its clock is %v behind", b.rows[i], skew)
				}
			}
		}
	}
}

func TestDemoKeyMishaps(t *testing.T) {
	t.Parallel()
	b, air := demoAir(t)
	all := func(row, keyOf int, want error) {
		t.Helper()
		for _, f := range air[b.rows[row].ID].frames {
			if _, err := decode(t, &b.rows[keyOf], f); !errors.Is(err, want) {
				t.Errorf("%s with the key of %s: %v, want %v", b.rows[row], b.rows[keyOf], err, want)
			}
		}
	}
	wrong := b.rowOf(t, WrongKey)
	for i := range b.rows {
		if b.rows[i].hasKey {
			all(wrong, i, wmbus.ErrWrongKey) // no key of the list opens it
		}
	}
	one := b.rowOf(t, SwappedKeys)
	other := one + 1
	all(one, one, wmbus.ErrWrongKey)
	all(other, other, wmbus.ErrWrongKey)
	all(one, other, nil)
	all(other, one, nil)
	none := b.rowOf(t, NoKey)
	all(none, none, wmbus.ErrNoKey)

	turned := b.rowOf(t, TurnedDigit)
	real := b.meters[turned].Address.ID
	listed := b.rows[turned].ID.String()
	if air[real] == nil || len(listed) != 8 {
		t.Fatalf("meter %s of row %s is not heard", real, listed)
	}
	differ := 0
	for i := range 8 {
		if listed[i] != real.String()[i] {
			differ++
		}
	}
	if _, err := decode(t, &b.rows[turned], air[real].frames[0]); err != nil || differ != 2 {
		t.Errorf("row %s, meter %s: %v, %d digits differ; want its key to open it and 2", listed, real, err, differ)
	}
}

func TestDemoMeterMishaps(t *testing.T) {
	t.Parallel()
	b, air := demoAir(t)
	telegrams := func(kind Kind) []wmbus.Telegram {
		row := &b.rows[b.rowOf(t, kind)]
		var list []wmbus.Telegram
		for _, f := range air[row.ID].frames {
			telegram, err := decode(t, row, f)
			if err != nil {
				t.Errorf("%s: %v", row, err)
			}
			list = append(list, telegram)
		}
		return list
	}
	for _, telegram := range telegrams(Leak) {
		if got := telegram.Records[0].Raw(); !slices.Equal(got, []byte{infoLeak, 0}) {
			t.Errorf("the info word of the leaking meter is %X", got)
		}
	}
	for _, telegram := range telegrams(LowBattery) {
		if telegram.Status != wmbus.StatusOf(wmbus.StatusLowBattery) {
			t.Errorf("the status of the meter with a low battery is %q", telegram.Status)
		}
	}
	for _, telegram := range telegrams(HeardLate) {
		if !telegram.Status.Empty() {
			t.Errorf("the late meter has status %q", telegram.Status)
		}
	}
	if h := air[b.rows[b.rowOf(t, HeardLate)].ID]; h.first < 13500*time.Millisecond || h.first > 15*time.Second {
		t.Errorf("the late meter is first heard after %v, want 14 s", h.first)
	}
	edge := air[b.rows[b.rowOf(t, WeakSignal)].ID].frames
	if len(edge) > 2 || len(telegrams(WeakSignal)) != len(edge) {
		t.Errorf("the meter at the edge is heard %d times, want once or twice", len(edge))
	}
	for _, f := range edge {
		if f.RSSI.Value > -95 {
			t.Errorf("the meter at the edge is heard with %d dBm", f.RSSI.Value)
		}
	}
	before := demoBefore(t, b)
	fallen := b.rows[b.rowOf(t, Implausible)].ID
	for _, telegram := range telegrams(Implausible) {
		if now, then := volume(t, &telegram), before[fallen]; now >= then {
			t.Errorf("the implausible meter shows %d l after %d l", now, then)
		}
	}
}

// demoBefore decodes the earlier round with the list: volumes in litres by ID.
func demoBefore(t *testing.T, b *Building) map[wmbus.ID]int64 {
	t.Helper()
	before := make(map[wmbus.ID]int64)
	for _, f := range DemoHistory() {
		header, err := wmbus.ParseHeader(f.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(b.rows, func(r Row) bool { return r.ID == header.Link.ID })
		if i < 0 {
			t.Fatalf("%s is not in the list", header.Link)
		}
		telegram, err := decode(t, &b.rows[i], f)
		if err != nil || header.CI == ciCompact {
			t.Errorf("%s: %v with CI %02X; want a full frame that its row's key opens", header.Link, err, header.CI)
		}
		if age := b.start.Sub(f.AirTime); age < 46*time.Hour || age > 48*time.Hour {
			t.Errorf("%s was heard %v before, want about two days", header.Link, age)
		}
		before[header.Link.ID] = 0
		if telegram.Header.Meter.Kind() == wmbus.TypeColdWater || telegram.Header.Meter.Kind() == wmbus.TypeWarmWater {
			before[header.Link.ID] = volume(t, &telegram)
		}
	}
	return before
}

func TestDemoHistory(t *testing.T) {
	t.Parallel()
	b := Demo()
	before := demoBefore(t, b)
	for _, kind := range []Kind{NeverHeard, HeardLate, WeakSignal, Implausible} {
		if _, ok := before[b.rows[b.rowOf(t, kind)].ID]; !ok {
			t.Errorf("the meter %q has no earlier reading", kind)
		}
	}
	if len(before) < 8 || len(before) > 30 {
		t.Errorf("%d meters have an earlier reading, want some, not all", len(before))
	}
}
