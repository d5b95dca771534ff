package collector

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"earshot/collector/keys"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/collector/words"
	"earshot/device"
	"earshot/device/wmbus"
)

// judge is a read of one meter without an engine: its telegrams, and its end.
type judge struct {
	examiner *examiner
	state    *state.State
	list     site.Site
	now      time.Time
	kept     []finding // readings that go into the store
}

func newJudge(list site.Site) *judge {
	j := &judge{examiner: newExaminer(list, true), state: state.NewState(list, false), list: list, now: noon}
	j.begin(1)
	return j
}

func (j *judge) row() *state.Row { return j.state.Row(0) }

func (j *judge) begin(round int) {
	ev := state.RoundStarted{At: state.At{Time: j.now}, Round: round}
	for i := range j.list.Meters {
		ev.Reads = append(ev.Reads, state.ReadStart{Ref: j.list.Meters[i].Ref(), Until: j.now.Add(time.Minute)})
	}
	j.state.Apply(ev)
}

// hear takes a telegram of the first meter, a second after the one before.
func (j *judge) hear(receiver string, frame []byte) finding {
	j.now = j.now.Add(time.Second)
	header, _ := wmbus.ParseHeader(frame)
	return j.take(queued{ref: j.list.Meters[0].Ref(), header: header, frame: device.Frame{Time: j.now, Bytes: frame, Receiver: receiver}})
}

func (j *judge) take(q queued) finding {
	found := j.examiner.look(q)
	found.into(j.state, j.state.Apply)
	if found.item.Reading != nil {
		j.kept = append(j.kept, found)
	}
	return found
}

// end is the end of the read, as read.giveUp makes it.
func (j *judge) end() {
	ref := j.list.Meters[0].Ref()
	if held := j.state.Held(ref); held != nil {
		header, _ := wmbus.ParseHeader(held.Bytes)
		frame := held.Frame()
		j.take(queued{ref: ref, header: header, frame: frame, fate: store.FateTaken})
	}
	if !j.row().Read.Active {
		return
	}
	if open := j.state.Pending(ref); open != nil && !waitsForMore(&open.Reason) {
		j.state.Apply(state.Failed{At: state.At{Time: j.now}, Ref: ref, Kind: open.Kind, Reason: open.Reason, Final: true})
		return
	}
	j.state.Apply(state.TimedOut{At: state.At{Time: j.now}, Ref: ref, After: time.Minute})
}

// telegramOf is a telegram of a type, not encrypted.
func telegramOf(t testing.TB, maker string, id wmbus.ID, kind wmbus.DeviceType, records string) []byte {
	t.Helper()
	m, err := wmbus.ParseManufacturer(maker)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := hex.DecodeString(strings.ReplaceAll(records, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	msg := wmbus.Message{Link: wmbus.Address{Manufacturer: m, ID: id, Version: 1, Type: kind}, CI: 0x7A, Access: 1, Payload: payload}
	frame, err := msg.Append(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

// A telegram passes with a present register of its medium. Anything else leaves
// the read open, and the row says what came.
func TestWhatPasses(t *testing.T) {
	t.Parallel()
	const date, stored, storedDate = "046D 0F0C 1B36", "4413 E8030000", "426C 7F2C"
	for _, c := range []struct {
		name, maker, records string
		kind                 wmbus.DeviceType
		soFar, atEnd         string
		shown                string
		passes               bool
	}{
		{name: "water", kind: wmbus.TypeColdWater, records: "0413 E8030000", soFar: "ok", atEnd: "ok", shown: "1.000 m³", passes: true},
		{name: "a date", kind: wmbus.TypeColdWater, records: date, soFar: "listening: sends only its date so far", atEnd: "heard, but no reading: sends only its date"},
		{name: "a serial number", kind: wmbus.TypeColdWater, records: "0C78 21436587", soFar: "listening: sends only numbers and names that do not change so far", atEnd: "heard, but no reading: sends only numbers and names that do not change"},
		{name: "nothing but fillers", kind: wmbus.TypeColdWater, records: "2F2F", soFar: "listening: sends only a sign of life so far", atEnd: "heard, but no reading: sends only a sign of life"},
		{name: "an access number", kind: wmbus.TypeColdWater, soFar: "listening: sends only a sign of life so far", atEnd: "heard, but no reading: sends only a sign of life"},
		{name: "power and temperatures of heat", kind: wmbus.TypeHeat, records: "022D 0100 025A 2001 025E 1001", soFar: "listening: sends only its power so far", atEnd: "heard, but no reading: sends only its power"},
		{name: "voltage", kind: wmbus.TypeElectricity, records: "02FD48 E600", soFar: "listening: sends only its voltage so far", atEnd: "heard, but no reading: sends only its voltage"},
		{name: "temperature of an allocator", kind: wmbus.TypeHeatCostAllocator, records: "025A E900", soFar: "listening: sends only its flow temperature so far", atEnd: "heard, but no reading: sends only its flow temperature"},
		{name: "clock of a smoke detector", kind: wmbus.TypeSmokeDetector, records: date, soFar: "listening: sends only its date so far", atEnd: "heard, but no reading: sends only its date"},
		{name: "status of a smoke detector", kind: wmbus.TypeSmokeDetector, records: "02FD17 0000" + date, soFar: "ok", atEnd: "ok", shown: "no alarm", passes: true},
		{name: "stored values", kind: wmbus.TypeColdWater, records: stored + storedDate, soFar: "listening: sends only stored values, the last 1.000 m³ of 2019-12-31 so far", atEnd: "heard, but no reading: sends only stored values, the last 1.000 m³ of 2019-12-31"},
		{name: "stored values, as Techem does", maker: "TCH", kind: wmbus.TypeColdWater, records: stored + storedDate, soFar: "listening: sends only stored values so far", atEnd: "ok", shown: "1.000 m³ of 2019-12-31", passes: true},
		{name: "stored values, as QUNDIS does", maker: "QDS", kind: wmbus.TypeColdWater, records: stored, soFar: "listening: sends only stored values so far", atEnd: "ok", shown: "1.000 m³ stored", passes: true},
		{name: "a register without value", kind: wmbus.TypeColdWater, records: "0C13 FFFFFFFF", soFar: "listening: its volume has no value so far", atEnd: "heard, but no reading: its volume has no value"},
		{name: "a register by tariffs", kind: wmbus.TypeElectricity, records: "841003 01000000 842003 02000000", soFar: "ok", atEnd: "ok", shown: "0.001 kWh", passes: true},
		{name: "what was taken", kind: wmbus.TypeElectricity, records: "04833B 02000000 04833C 01000000", soFar: "ok", atEnd: "ok", shown: "0.002 kWh", passes: true},
		{name: "a sensor", kind: wmbus.TypeRoomSensor, records: "0265 D007", soFar: "ok", atEnd: "ok", shown: "20.00 °C", passes: true},
	} {
		if c.maker == "" {
			c.maker = "KAM"
		}
		list := smallSite(1)
		list.Meters[0].Manufacturer, _ = wmbus.ParseManufacturer(c.maker)
		j := newJudge(list)
		j.hear("r", telegramOf(t, c.maker, list.Meters[0].ID, c.kind, c.records))
		soFar := words.English.Verdict(&j.row().Verdict)
		j.end()
		v, shown := &j.row().Verdict, ""
		if r, _ := j.row().Shown(); r != nil {
			shown = words.English.Reading(r)
		}
		if atEnd := words.English.Verdict(v); soFar != c.soFar || atEnd != c.atEnd || shown != c.shown || v.Passed() != c.passes {
			t.Errorf("%s: %q, at the end %q with %q\nwant %q, at the end %q with %q", c.name, soFar, atEnd, shown, c.soFar, c.atEnd, c.shown)
		}
		if !v.Passed() && !strings.Contains(words.English.Next(v), "listen longer") {
			t.Errorf("%s: advice %q", c.name, words.English.Next(v))
		}
		if (len(j.kept) > 0) != c.passes {
			t.Errorf("%s: %d readings stored", c.name, len(j.kept))
		}
	}
}

// What comes next mends a read that is open, and an alarm without a reading is seen.
func TestReadingAfterSignsOfLife(t *testing.T) {
	t.Parallel()
	list := smallSite(1)
	j := newJudge(list)
	id := list.Meters[0].ID
	leak := telegramOf(t, "KAM", id, wmbus.TypeColdWater, "046D 0F0C 1B36")
	leak[12] = 0x04 // its status: low battery
	j.hear("r", leak)
	if alarms := words.English.Alarms(&j.row().Verdict); len(alarms) != 1 {
		t.Errorf("alarms %q of a telegram without a reading", alarms)
	}
	found := j.hear("r", telegramOf(t, "KAM", id, wmbus.TypeColdWater, "0413 E8030000"))
	if !j.row().Verdict.Passed() || !found.final || found.item.Message == nil || found.item.Message.Round != 1 {
		t.Errorf("verdict %v, final %v", j.row().Verdict.Code, found.final)
	}
	// After it the meter's other telegrams change nothing, but go to the brokers.
	found = j.hear("r", telegramOf(t, "KAM", id, wmbus.TypeColdWater, "046D 0F0C 1B36"))
	if !j.row().Verdict.Passed() || found.item.Reading != nil || found.item.Message == nil || found.item.Message.Round != noRound {
		t.Errorf("verdict %v, reading %v, message %v", j.row().Verdict.Code, found.item.Reading, found.item.Message)
	}
	if !bytes.Contains(j.kept[0].item.Reading.Payload, []byte(`"main":true`)) {
		t.Errorf("the main register is not marked: %s", j.kept[0].item.Reading.Payload)
	}
}

// One bad telegram ends no read; two that differ, or a key of the list that fits,
// accuse the key.
func TestDamageAccusesNobody(t *testing.T) {
	t.Parallel()
	list := encryptedSite(t, 2)
	good := waterTelegram(t, list.Meters[0], list.Meters[0].Key, 6408)
	bad := waterTelegram(t, list.Meters[0], meterKey(t, 4711), 6408)
	other := waterTelegram(t, list.Meters[0], meterKey(t, 4711), 6409)
	flipped := bytes.Clone(good)
	flipped[16] ^= 0x10
	for _, c := range []struct {
		name     string
		checked  bool
		frames   [][]byte
		want     state.Code
		headline string
	}{
		{name: "one that nobody checked", frames: [][]byte{bad}, want: state.CodeDamaged, headline: "damaged: its only telegram does not open"},
		{name: "the same one twice", frames: [][]byte{bad, bad}, want: state.CodeDamaged},
		{name: "two that nobody checked", frames: [][]byte{bad, other}, want: state.CodeWrongKey},
		{name: "one that was checked", checked: true, frames: [][]byte{bad}, want: state.CodeWrongKey},
		{name: "a bad one, and a good one", checked: true, frames: [][]byte{bad, good}, want: state.CodeOK},
		{name: "a flipped bit", frames: [][]byte{flipped}, want: state.CodeDamaged},
		{name: "two bad ones, and a good one", frames: [][]byte{bad, other, good}, want: state.CodeOK},
		{name: "cut", frames: [][]byte{good[:20]}, want: state.CodeDamaged},
		{name: "cut, and whole", frames: [][]byte{good[:20], good}, want: state.CodeOK},
	} {
		j := newJudge(list)
		j.state.Apply(state.ReceiverUp{At: after(0), Info: device.Info{Name: "r", Driver: "hexline", Unchecked: !c.checked}})
		for _, frame := range c.frames {
			j.hear("r", frame)
		}
		j.end()
		v := &j.row().Verdict
		if v.Code != c.want || !strings.HasPrefix(words.English.Verdict(v), c.headline) {
			t.Errorf("%s: %v, %q", c.name, v.Code, words.English.Verdict(v))
		}
	}
	list.Meters[1].Key = meterKey(t, 4711)
	j := newJudge(list)
	j.hear("r", bad)
	clue, proof, found := keys.New(list, nil).Find(0, [][]byte{bad}, func() bool { return true })
	if j.state.Apply(state.KeyFound{At: after(9), Ref: list.Meters[0].Ref(), Clue: clue, Proof: framesOf(proof)}); !found || j.row().Read.Active || j.row().Verdict.Fits != list.Meters[1].Ref() {
		t.Errorf("a key of the list fits: %v, verdict %+v", found, j.row().Verdict)
	}
}

// A receiver that cuts the telegrams of every meter is named.
func TestReceiverThatCuts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		driver string
		meters int
		want   state.ReasonCode
	}{{driver: "im871a", meters: 2, want: state.ReasonCut}, {driver: "im871a", meters: 1, want: state.ReasonTelegram}, {driver: "cul", meters: 1, want: state.ReasonCutCUL}} {
		list := encryptedSite(t, 2)
		j := newJudge(list)
		j.state.Apply(state.ReceiverUp{At: after(0), Info: device.Info{Name: "stick", Driver: c.driver}})
		for _, m := range list.Meters[2-c.meters:] {
			header, _ := wmbus.ParseHeader(waterTelegram(t, m, m.Key, 1))
			found := j.examiner.look(queued{row: m.Row - 2, ref: m.Ref(), header: header, frame: device.Frame{Time: noon, Receiver: "stick", Bytes: waterTelegram(t, m, m.Key, 1)[:20]}})
			found.into(j.state, j.state.Apply)
		}
		ref := list.Meters[1].Ref()
		open := j.state.Pending(ref)
		if open == nil || open.Kind != state.KindDamaged || open.Reason.Code != c.want {
			t.Errorf("%+v: %+v", c, open)
			continue
		}
		j.state.Apply(state.Failed{At: after(9), Ref: ref, Kind: open.Kind, Reason: open.Reason, Final: true})
		if next := words.English.Next(&j.state.Row(1).Verdict); strings.Contains(next, "stick") != (c.want != state.ReasonTelegram) {
			t.Errorf("%+v: advice %q", c, next)
		}
	}
}

// 327.67 °C is a sensor that is broken.
func TestBrokenSensor(t *testing.T) {
	t.Parallel()
	list := smallSite(1)
	j := newJudge(list)
	j.hear("r", telegramOf(t, "KAM", list.Meters[0].ID, wmbus.TypeHeat, "0406 05000000 0259 FF7F"))
	if alarms := words.English.Alarms(&j.row().Verdict); len(alarms) != 1 || alarms[0] != "temperature sensor error" {
		t.Errorf("alarms %q", alarms)
	}
}

// Two makers, or two media of one maker, that send with one number are two
// meters: neither counts until the list or the key says which is meant.
func TestTwoMetersWithOneNumber(t *testing.T) {
	t.Parallel()
	const volume, energy = "0413 E8030000", "0406 05000000"
	key := meterKey(t, 0)
	id := smallSite(1).Meters[0].ID
	kam := func(t *testing.T) []byte { return telegramOf(t, "KAM", id, wmbus.TypeColdWater, volume) }
	for _, c := range []struct {
		name          string
		meter         site.Meter
		other         []byte
		want          state.Code
		first, sealed bool
	}{
		{name: "another maker", other: telegramOf(t, "ZRI", id, wmbus.TypeWater, volume), want: state.CodeTwoMeters},
		{name: "another medium", other: telegramOf(t, "KAM", id, wmbus.TypeHeat, energy), want: state.CodeTwoMeters},
		{name: "the other one first", other: telegramOf(t, "ZRI", id, wmbus.TypeWater, volume), want: state.CodeTwoMeters, first: true},
		{name: "warm and cold water are one", other: telegramOf(t, "KAM", id, wmbus.TypeWarmWater, volume), want: state.CodeOK},
		{name: "an adapter's type", other: telegramOf(t, "KAM", id, 0x37, volume), want: state.CodeOK},
		{name: "the medium decides", meter: site.Meter{Medium: "water"}, other: telegramOf(t, "KAM", id, wmbus.TypeHeat, energy), want: state.CodeOK, first: true},
		{name: "the key decides", meter: site.Meter{Key: key}, other: telegramOf(t, "ZRI", id, wmbus.TypeWater, volume), want: state.CodeOK, first: true, sealed: true},
	} {
		list := smallSite(1)
		c.meter.Row, c.meter.ID = 2, id
		list.Meters[0] = c.meter
		j := newJudge(list)
		own := kam(t)
		if c.sealed {
			kamID, _ := wmbus.ParseManufacturer("KAM")
			own = waterTelegram(t, site.Meter{Manufacturer: kamID, ID: id}, key, 1000)
		}
		frames := [][]byte{own, c.other}
		if c.first {
			frames = [][]byte{c.other, own}
		}
		for _, frame := range frames {
			j.hear("r", frame)
		}
		j.end()
		v := &j.row().Verdict
		shown, _ := j.row().Shown()
		if v.Code != c.want || (shown != nil) != (c.want == state.CodeOK) || shown != nil && words.English.Reading(shown) != "1.000 m³" {
			t.Errorf("%s: %v, %q", c.name, v.Code, words.English.InFull(v))
		}
	}
}

// Where only plain telegrams come for a row with a key, one is taken at the end of
// the read, with an alarm; it is no base of plausibility.
func TestOnlyPlainTelegrams(t *testing.T) {
	t.Parallel()
	list := encryptedSite(t, 1)
	m := list.Meters[0]
	j := newJudge(list)
	if found := j.hear("r", waterTelegram(t, m, site.Key{}, 9000)); found.final || found.item.Reading != nil || found.item.Message != nil {
		t.Error("a plain telegram ends the read of a row with a key, or is kept")
	}
	if got := words.English.Verdict(&j.row().Verdict); got != "listening: sends only plain telegrams, and the list has a key so far" {
		t.Errorf("%q", got)
	}
	j.end()
	if got := words.English.Verdict(&j.row().Verdict); got != "ok, alarm: not encrypted, though the list has a key" || len(j.kept) != 1 {
		t.Errorf("%q, %d kept", got, len(j.kept))
	}
	if !bytes.Contains(j.kept[0].item.Reading.Payload, []byte(`"unproven":"not_encrypted"`)) {
		t.Errorf("%s", j.kept[0].item.Reading.Payload)
	}
	// The real one, with a lower value, replaces it.
	j.hear("r", waterTelegram(t, m, m.Key, 8000))
	if got := words.English.Verdict(&j.row().Verdict); got != "ok, alarm: somebody sends plain telegrams with this number (1)" || words.English.Reading(j.row().Reading) != "8.000 m³" {
		t.Errorf("%q, %s", got, words.English.Reading(j.row().Reading))
	}
	// In a later round only plain ones come: they count for nothing any more.
	j.begin(2)
	j.hear("r", waterTelegram(t, m, site.Key{}, 9000))
	j.end()
	if shown, cached := j.row().Shown(); j.row().Verdict.Passed() || !cached || words.English.Reading(shown) != "8.000 m³" {
		t.Errorf("%q, %s", words.English.Verdict(&j.row().Verdict), words.English.Reading(shown))
	}
}
