package simulate

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"earshot/device"
	"earshot/device/wmbus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// printAir is a whole stretch of air as text.
func printAir(b *Building, from, to time.Duration) string {
	var text bytes.Buffer
	for f := range b.Telegrams(from, to) {
		text.WriteString(f.AirTime.String())
		text.WriteByte(' ')
		text.WriteString(string(f.Mode))
		text.Write(f.Bytes)
		text.WriteByte(byte(f.RSSI.Value))
		text.WriteByte('\n')
	}
	return text.String()
}

func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	opt := Options{Neighbours: 6, Mishaps: true}
	one, two, other := printAir(New(7, opt), 0, time.Minute), printAir(New(7, opt), 0, time.Minute), printAir(New(8, opt), 0, time.Minute)
	if one != two {
		t.Error("the same seed gave two different airs")
	}
	if one == other {
		t.Error("two seeds gave the same air")
	}
}

// Any stretch of time, asked for in two parts, is the same as in one.
func TestPartsMakeTheWhole(t *testing.T) {
	t.Parallel()
	buildings := []*Building{Demo(), New(3, Options{Meters: 200, Rate: 200})}
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SampledFrom(buildings).Draw(t, "building")
		at := func(name string) time.Duration {
			return time.Duration(rapid.Int64Range(-int64(20*time.Second), int64(20*time.Second)).Draw(t, name))
		}
		cuts := []time.Duration{at("from"), at("cut"), at("to")}
		slices.Sort(cuts)
		whole := printAir(b, cuts[0], cuts[2])
		if parts := printAir(b, cuts[0], cuts[1]) + printAir(b, cuts[1], cuts[2]); parts != whole {
			t.Fatalf("%v gives %d bytes in parts, %d as a whole", cuts, len(parts), len(whole))
		}
	})
}

// Every telegram of every make decodes to its end with its meter's key, and
// says what the meter's register shows.
func TestEveryTelegramDecodes(t *testing.T) {
	t.Parallel()
	b := New(11, Options{Perfect: true})
	byID := make(map[wmbus.ID]*Meter)
	for _, m := range b.meters {
		byID[m.Address.ID] = m
	}
	type seen struct{ telegrams, compact int }
	makes := make(map[*model]*seen)
	var decoder wmbus.Decoder
	for f := range b.Telegrams(-5*time.Minute, 5*time.Minute) {
		var got wmbus.Telegram
		header, err := wmbus.ParseHeader(f.Bytes)
		m := byID[header.Link.ID]
		if err != nil || m == nil || header.Link != m.Address {
			t.Fatalf("%X: header %v, %v", f.Bytes, header.Link, err)
		}
		if err := decoder.Decode(&got, f.Bytes, m.key); err != nil {
			t.Fatalf("%s: %v", m.Address, err)
		}
		if want := m.model.security; got.Security.Mode != want || (got.Security.Result == wmbus.SecurityOK) != m.Encrypts() {
			t.Fatalf("%s: security %v, want mode %v", m.Address, got.Security, want)
		}
		if len(got.Records) < 4 || got.Status.Alarm() {
			t.Fatalf("%s: %d records, status %s; want at least 4 and no alarm", m.Address, len(got.Records), got.Status)
		}
		s := makes[m.model]
		if s == nil {
			s = &seen{}
			makes[m.model] = s
		}
		s.telegrams++
		if got.Header.CI == ciCompact {
			s.compact++
		}
	}
	if len(makes) != 12 {
		t.Errorf("%d makes were heard, want 12", len(makes))
	}
	for kind, s := range makes {
		share := float64(s.compact) / float64(s.telegrams)
		want := 0.0
		if kind.security == wmbus.ModeELL {
			want = 7.0 / 8
		}
		if math.Abs(share-want) > 0.05 {
			t.Errorf("%s-%02X: %d of %d frames are compact, want a share of %.3f", kind.maker, kind.version, s.compact, s.telegrams, want)
		}
	}
}

// The main register is what the telegram says, and it only grows.
func TestRegister(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := New(rapid.Uint64().Draw(t, "seed"), Options{})
		m := rapid.SampledFrom(b.meters).Draw(t, "meter")
		n := rapid.Int64Range(-100_000, 100_000).Draw(t, "n")
		if m.register(0) != m.start || m.register(24*time.Hour) != m.start+m.daily {
			t.Fatalf("%s begins at %d and shows %d after a day, want %d and %d more", m.Address, m.register(0), m.register(24*time.Hour), m.start, m.daily)
		}
		before, after := m.register(m.begins(n)), m.register(m.begins(n+1))
		if before > after || before < 0 {
			t.Fatalf("%s shows %d, then %d", m.Address, before, after)
		}
		records := m.model.say(nil, m, moment{offset: m.begins(n), clock: b.start.Add(m.begins(n))})
		msg := wmbus.Message{Link: m.Address, CI: ciNoHeader, Payload: records}
		frame, err := msg.Append(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got wmbus.Telegram
		if err := new(wmbus.Decoder).Decode(&got, frame, nil); err != nil {
			t.Fatalf("%s: %v", m.Address, err)
		}
		if !slices.ContainsFunc(got.Records, func(r wmbus.Record) bool {
			mantissa, _, ok := r.Value.Decimal()
			return ok && r.Storage == 0 && mantissa == before
		}) {
			t.Fatalf("%s shows %d, its telegram says %s", m.Address, before, wmbus.AppendRecordsJSON(nil, got.Records))
		}
	})
}

// The times of docs/protocol/linklayer.md#time-on-air, by L-field.
func TestAirTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		l     int
		t, cB float64 // ms
	}{
		{l: 15, t: 3.0, cB: 2.1}, {l: 30, t: 5.0, cB: 3.3}, {l: 46, t: 7.2, cB: 4.6}, {l: 67, t: 9.9, cB: 6.2}, {l: 100, t: 14.4, cB: 8.9}, {l: 150, t: 21, cB: 13.0}, {l: 255, t: 35, cB: 21},
	} {
		for mode, want := range map[device.LinkMode]float64{"T1": c.t, "C1": c.cB} {
			got := airTime(mode, c.l+1)
			if math.Abs(got.Seconds()*1000-want) > 0.03*want+0.06 {
				t.Errorf("L = %d in mode %s takes %v, want %.1f ms", c.l, mode, got, want)
			}
			if got >= longestOnAir {
				t.Errorf("L = %d in mode %s takes %v, more than longestOnAir", c.l, mode, got)
			}
		}
	}
}

func TestCollide(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, c := range []struct {
		name                  string
		secondStart           time.Duration
		firstLevel, secLevel  int64
		lostFirst, lostSecond bool
	}{
		{name: "one after the other", secondStart: 7 * ms, firstLevel: -6000, secLevel: -6000, lostFirst: false, lostSecond: false},
		{name: "equally loud", secondStart: 6 * ms, firstLevel: -6000, secLevel: -6000, lostFirst: true, lostSecond: true},
		{name: "the first captures", secondStart: 6 * ms, firstLevel: -6000, secLevel: -6800, lostFirst: false, lostSecond: true},
		{name: "the second captures", secondStart: 1 * ms, firstLevel: -6800, secLevel: -6000, lostFirst: true, lostSecond: false},
		{name: "not quite loud enough", secondStart: 1 * ms, firstLevel: -6799, secLevel: -6000, lostFirst: true, lostSecond: true},
	} {
		first := transmission{start: 0, end: 7 * ms, level: c.firstLevel}
		second := transmission{start: c.secondStart, end: c.secondStart + 7*ms, level: c.secLevel}
		new(Building).collide(&first, &second)
		if first.lost != c.lostFirst || second.lost != c.lostSecond {
			t.Errorf("%s: lost %t and %t, want %t and %t", c.name, first.lost, second.lost, c.lostFirst, c.lostSecond)
		}
		first.lost, second.lost = false, false
		(&Building{perfect: true}).collide(&first, &second)
		if first.lost || second.lost {
			t.Errorf("%s: a perfect radio lost one", c.name)
		}
	}
}

// A busy channel loses about what theory says: of telegrams of length τ at a
// rate λ, a share of exp(−2λτ) meets no other one.
func TestBusyChannel(t *testing.T) {
	t.Parallel()
	b := New(5, Options{Meters: 1000, Rate: 40})
	sent, clear := 0, 0
	var onAir time.Duration
	for x := range b.transmissions(0, 2*time.Minute) {
		sent++
		onAir += x.end - x.start
		if !x.lost {
			clear++
		}
	}
	load := onAir.Seconds() / 120
	share, want := float64(clear)/float64(sent), math.Exp(-2*load)
	// Captures save some of those that meet.
	if share < want || share > want+(1-want)*0.6 {
		t.Errorf("at a load of %.2f a share of %.2f gets through, want %.2f and some captures", load, share, want)
	}
	heard := 0
	for range b.Telegrams(0, 2*time.Minute) {
		heard++
	}
	if heard > clear || heard < clear*97/100 {
		t.Errorf("%d telegrams are heard of %d that no other one met", heard, clear)
	}
}

func TestReceptionByLevel(t *testing.T) {
	t.Parallel()
	b := New(9, Options{})
	for _, c := range []struct {
		level     int64
		low, high float64
	}{{level: -8000, low: 0.999, high: 1}, {level: -9300, low: 0.97, high: 1}, {level: sensitivity, low: 0.45, high: 0.55}, {level: -10500, low: 0, high: 0.01}} {
		heard := 0
		const tries = 5000
		for i := range tries {
			if b.received(&transmission{meter: b.meters[0], start: time.Duration(i), level: c.level}) {
				heard++
			}
		}
		if share := float64(heard) / tries; share < c.low || share > c.high {
			t.Errorf("at %d/100 dBm a share of %.3f is heard, want %.3f to %.3f", c.level, share, c.low, c.high)
		}
	}
}

func TestPathLoss(t *testing.T) {
	t.Parallel()
	loss := func(entrance int, floor, apartment, room string) int64 {
		return pathLoss(entrance, where(entrance, &spot{floor: floor, apartment: apartment, room: room}))
	}
	rising := []int64{
		loss(0, "st", "", "stairs"), loss(0, "st", "tv", "bath"), loss(0, "1", "tv", "bath"), loss(0, "2", "tv", "bath"),
		loss(0, "3", "tv", "bath"), loss(1, "3", "tv", "bath"), loss(1, "3", "th", "living room"),
	}
	if !slices.IsSorted(rising) || rising[0] > 5000 || rising[len(rising)-1] > 10500 {
		t.Errorf("losses in 1/100 dB are %v: want them to rise with distance, floors and walls, from under 50 to 105 dB", rising)
	}
}

func TestBigBuilding(t *testing.T) {
	t.Parallel()
	b := New(1, Options{Meters: 10_000, Rate: 300, Perfect: true})
	ids := make(map[wmbus.ID]bool)
	places := make(map[Place]bool)
	for _, r := range b.Rows() {
		ids[r.ID] = true
		places[r.Place] = true
	}
	if len(ids) != 10_000 || len(b.Rows()) != 10_000 || len(b.Mishaps()) != 0 {
		t.Errorf("%d IDs in %d rows, %d mishaps; want 10000, 10000 and none", len(ids), len(b.Rows()), len(b.Mishaps()))
	}
	heard, n := make(map[wmbus.ID]bool), 0
	for f := range b.Telegrams(0, 35*time.Second) {
		header, err := wmbus.ParseHeader(f.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		heard[header.Link.ID] = true
		n++
	}
	if n < 10_400 || n > 10_600 || len(heard) != 10_000 {
		t.Errorf("%d telegrams of %d meters in 35 s, want 10500 and all", n, len(heard))
	}
}

func TestLetters(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "A", 1: "B", 25: "Z", 26: "AA", 27: "AB", 701: "ZZ", 702: "AAA"} {
		if got := letters(n); got != want {
			t.Errorf("letters(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestDice(t *testing.T) {
	t.Parallel()
	d := throw(1, forHabits)
	var sum, squares float64
	const throws = 20_000
	for range throws {
		v := float64(d.normal(1000))
		sum += v
		squares += v * v
		if n := d.between(-3, 3); n < -3 || n > 3 {
			t.Fatalf("between(-3, 3) = %d", n)
		}
	}
	if mean, deviation := sum/throws, math.Sqrt(squares/throws); math.Abs(mean) > 30 || math.Abs(deviation-1000) > 30 {
		t.Errorf("normal(1000) has mean %.0f and deviation %.0f", mean, deviation)
	}
}

func TestWriteList(t *testing.T) {
	t.Parallel()
	b := Demo()
	var text strings.Builder
	if err := WriteList(&text, b.Rows()); err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(text.String()), "\n")
	if len(rows) != 49 || rows[0] != "id,manufacturer,key,entrance,floor,apartment,room,medium,timeout,note" {
		t.Errorf("%d lines, the first is %q", len(rows), rows[0])
	}
	if !strings.HasPrefix(rows[16], b.Rows()[15].ID.String()+",IST,") || !strings.HasSuffix(rows[16], ",A,2,tv,living room,heat cost allocator,10s,") {
		t.Errorf("line 17 is %q", rows[16])
	}
	if err := WriteList(failingWriter{}, b.Rows()); err == nil {
		t.Error("a list that cannot be written is no error")
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errFull }

func BenchmarkTelegrams(b *testing.B) {
	building := New(1, Options{Meters: 1000, Rate: 300, Perfect: true})
	b.ReportAllocs()
	n := 0
	for range building.Telegrams(0, time.Duration(b.N)*time.Second/300) {
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "telegrams/s")
}
