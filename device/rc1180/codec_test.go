package rc1180

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/dongle"
)

// The telegram of docs/protocol/vectors.md#dongles: bare, and as a module with RSSI on
// (−61 dBm) gives it (docs/protocol/dongles.md#rc1180: the L-field counts the RSSI byte).
const (
	whole    = devicetest.PlainB
	fromC    = "44AE0C7856341201078C2027780B13436587"
	withRSSI = "13" + fromC + "7A"
)

func dBm(v int16) device.RSSI { return device.RSSI{Scale: device.ScaleDBm, Value: v} }

func TestDecode(t *testing.T) {
	t.Parallel()
	isPrompt := dongle.Message{Kind: dongle.Answer, ID: idPrompt}
	plain := dongle.Message{Kind: dongle.Telegram, Body: devicetest.Unhex(whole)}
	loud := dongle.Message{Kind: dongle.Telegram, Body: devicetest.Unhex(fromC), Length: 0x12, RSSI: dBm(-61)}
	dump := bytes.Repeat([]byte{0x3E, 0x12, 0x44, 0}, memorySize/4)
	for _, c := range []struct {
		name  string
		in    []byte
		codec codec
		want  dongle.Message
		used  int
	}{
		{name: "telegram", in: devicetest.Unhex(whole), codec: codec{known: true}, want: plain, used: 19},
		{name: "telegram with RSSI", in: devicetest.Unhex(withRSSI), codec: codec{known: true, rssi: true}, want: loud, used: 20},
		{name: "telegram before the memory is known", in: devicetest.Unhex(whole), codec: codec{}, want: dongle.Message{Kind: dongle.Other}, used: 19},
		{name: "between marks", in: devicetest.Unhex("3D" + withRSSI + "3E"), codec: codec{known: true, rssi: true, marks: true}, want: loud, used: 22},
		{name: "between marks, behind noise", in: devicetest.Unhex("0001" + "3D" + whole + "3E"), codec: codec{known: true, marks: true}, want: dongle.Message{}, used: 2},
		{name: "no stop mark", in: devicetest.Unhex("3D" + whole + "3F"), codec: codec{known: true, marks: true}, want: dongle.Message{}, used: 1},
		{name: "half a telegram", in: devicetest.Unhex(whole[:20]), codec: codec{known: true}, want: dongle.Message{}, used: 0},
		{name: "prompt", in: []byte(">"), codec: codec{state: asking}, want: isPrompt, used: 1},
		{name: "a second prompt", in: []byte(">>"), codec: codec{state: asking}, want: isPrompt, used: 1},
		{name: "noise before the prompt", in: []byte("\x00\xD5>"), codec: codec{state: asking}, want: dongle.Message{}, used: 2},
		{name: "telegram before the prompt", in: devicetest.Unhex(whole + "3E"), codec: codec{state: asking, known: true}, want: plain, used: 19},
		{name: "telegram that begins like a prompt", in: append([]byte{0x3E}, make([]byte, 62)...), codec: codec{state: asking, known: true}, want: isPrompt, used: 1},
		{name: "prompt that follows X", in: devicetest.Unhex("3E" + whole), codec: codec{state: leaving, known: true}, want: isPrompt, used: 1},
		{name: "no prompt follows X", in: devicetest.Unhex(whole), codec: codec{state: leaving, known: true}, want: plain, used: 19},
		{name: "memory", in: append(bytes.Clone(dump), '>'), codec: codec{state: dumping}, want: dongle.Message{Kind: dongle.Answer, ID: idMemory, Body: dump}, used: 257},
		{name: "noise before the memory", in: append([]byte{1, 2}, append(bytes.Clone(dump), '>')...), codec: codec{state: dumping}, want: dongle.Message{}, used: 2},
		{name: "half the memory", in: dump[:200], codec: codec{state: dumping}, want: dongle.Message{}, used: 0},
		{name: "endless memory", in: bytes.Repeat([]byte{0}, 2*dumpSize), codec: codec{state: dumping}, want: dongle.Message{}, used: 1},
	} {
		got, used := c.codec.decode(c.in)
		if used != c.used || got.Kind != c.want.Kind || got.ID != c.want.ID || got.Length != c.want.Length ||
			got.RSSI != c.want.RSSI || !bytes.Equal(got.Body, c.want.Body) {
			t.Errorf("%s: %+v, %d; want %+v, %d", c.name, got, used, c.want, c.used)
		}
	}
}

func TestRSSI(t *testing.T) {
	t.Parallel()
	for raw, want := range map[byte]int16{0: 0, 0x7A: -61, 0x7B: -62, 0xFF: -128} {
		if got := rssi(raw); got != dBm(want) {
			t.Errorf("rssi(%02X) = %v, want %d dBm", raw, got, want)
		}
	}
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		mode byte
		name string
		want generation
	}{
		{text: "RC1180-MBUS3", mode: 1, name: "RC1180-MBUS3", want: mbus3},
		{text: "RC1180-MBUS", mode: 1, name: "RC1180-MBUS", want: mbus},
		{text: "RC1701HP-MBUS4 ", mode: 1, name: "RC1701HP-MBUS4", want: mbus4},
		{text: "", mode: 1, name: "", want: anyFirmware},
		{text: "", mode: 10, name: "", want: mbus3},
		{text: "", mode: 17, name: "", want: mbus4},
		{text: "", mode: 0xFF, name: "", want: anyFirmware},
	} {
		memory := make([]byte, memorySize)
		memory[atMode] = c.mode
		copy(memory[0x3C:], c.text)
		if name, g := identify(memory); name != c.name || g != c.want {
			t.Errorf("%q, mode %d: %q, generation %d; want %q, %d", c.text, c.mode, name, g, c.name, c.want)
		}
	}
}

// TestRoundTrip: what a module sends of a meter's telegram is found whole, in
// pieces and behind another.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 20, 200).Draw(r, "telegram")
		copy(body, []byte{0x44, 0xAE, 0x0C, 0x78, 0x56, 0x34, 0x12, 0x01, 0x07, 0x78})
		raw := rapid.Byte().Draw(r, "RSSI")
		air := append(append([]byte{byte(len(body) + 1)}, body...), raw)
		want := dongle.Message{Body: body, Length: len(body), RSSI: rssi(raw)}
		c := codec{known: true, rssi: true}
		devicetest.ByteByByte(t, c.decode, air)
		devicetest.FindsAfterNoise(t, c.decode, air, air, want)
	})
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"", whole, withRSSI, "3E", "3D" + whole, "F044", "003E3E", whole[:12]} {
		f.Add(devicetest.Unhex(seed), byte(listening), false)
		f.Add(devicetest.Unhex(seed), byte(asking), false)
		f.Add(devicetest.Unhex(seed), byte(dumping), true)
		f.Add(devicetest.Unhex(seed), byte(leaving), true)
	}
	f.Fuzz(func(t *testing.T, noise []byte, s byte, marks bool) {
		c := codec{state: state(s % 4), known: true, rssi: true, marks: marks}
		devicetest.Drain(t, c.decode, noise)
		c = codec{known: true, rssi: true}
		want := dongle.Message{Body: devicetest.Unhex(fromC), Length: 0x12, RSSI: dBm(-61)}
		devicetest.FindsAfterNoise(t, c.decode, noise, devicetest.Unhex(withRSSI), want)
	})
}

func TestDecodeAllocatesNothing(t *testing.T) { // not parallel: it counts
	b := devicetest.Unhex(withRSSI)
	c := codec{known: true, rssi: true}
	if n := testing.AllocsPerRun(100, func() { c.decode(b) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkDecode(b *testing.B) {
	c, frame := codec{known: true, rssi: true}, devicetest.Unhex(withRSSI)
	b.ReportAllocs()
	for b.Loop() {
		if _, used := c.decode(frame); used != len(frame) {
			b.Fatal(used)
		}
	}
}
