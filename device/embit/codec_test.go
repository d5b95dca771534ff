package embit

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/dongle"
	"earshot/device/wmbus"
)

// Vectors of docs/protocol/vectors.md#frames.
const (
	airA, plainA = devicetest.AirA, devicetest.PlainA
	airB, plainB = devicetest.AirB, devicetest.PlainB
)

func dBm(v int16) device.RSSI { return device.RSSI{Scale: device.ScaleDBm, Value: v} }

// TestRequests holds the frames of docs/protocol/dongles.md#embit.
func TestRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want string
		got  []byte
	}{
		{"00040105", Request(idInfo)},
		{"00040509", Request(idReset)},
		{"0005100F24", Request(idPower, 0x0F)},
		{"000511192F", Request(idChannel, 0x19)},
		{"000613000019", Request(idEnergy, 0, 0)},
		{"0006248000AA", Request(idAutostart, 0x80, 0)},
		{"0004080C", Request(idSave)},
		{"00043135", Request(idStart)},
	} {
		if got := strings.ToUpper(hex.EncodeToString(c.got)); got != c.want {
			t.Errorf("request %s, want %s", got, c.want)
		}
	}
}

// received makes message E0.
func received(flags uint16, rest ...byte) []byte {
	return Request(idReceived, append(binary.BigEndian.AppendUint16(nil, flags), rest...)...)
}

func TestDecode(t *testing.T) {
	t.Parallel()
	answer := func(id int, body string) dongle.Message {
		return dongle.Message{Kind: dongle.Answer, ID: id, Body: devicetest.Unhex(body)}
	}
	telegram := func(digits string, rssi device.RSSI) dongle.Message {
		return dongle.Message{Kind: dongle.Telegram, Body: devicetest.Unhex(digits), RSSI: rssi}
	}
	isC := func(m dongle.Message) dongle.Message { m.Mode = "C1"; return m }
	fromC := dongle.Message{Kind: dongle.Telegram, Body: devicetest.Unhex(plainB[2:]), Length: 0x12}
	signal, stamp := byte(0xC4), []byte{1, 2, 3, 4} // −60 dBm
	with := func(head []byte, digits string) []byte { return append(head, devicetest.Unhex(digits)...) }
	for _, c := range []struct {
		name string
		in   []byte
		want dongle.Message
		used int
	}{
		{name: "device information", in: devicetest.Unhex("000681404910"), want: answer(idInfo, "4049"), used: 6},
		{name: "reset", in: devicetest.Unhex("000585008A"), want: answer(idReset, "00"), used: 5},
		{name: "state", in: devicetest.Unhex("0005841099"), want: answer(idState, "10"), used: 5},
		{name: "plain", in: received(0, devicetest.Unhex(plainB)...), want: telegram(plainB, device.RSSI{}), used: 25},
		{name: "with RSSI", in: received(flagRSSI, with([]byte{signal}, plainB)...), want: telegram(plainB, dBm(-60)), used: 26},
		{name: "with RSSI and time", in: received(flagRSSI|flagTimestamp, with(append([]byte{signal}, stamp...), plainB)...), want: telegram(plainB, dBm(-60)), used: 30},
		{name: "with the CRCs of format A", in: received(flagRSSI, with([]byte{signal}, airA)...), want: telegram(plainA, dBm(-60)), used: 62},
		{name: "with the CRC of format B", in: received(flagFormatB, devicetest.Unhex(airB)...), want: isC(telegram(plainB, device.RSSI{})), used: 27},
		{name: "format B without it", in: received(flagFormatB, devicetest.Unhex(plainB)...), want: isC(telegram(plainB, device.RSSI{})), used: 25},
		{name: "from the C-field on", in: received(0, devicetest.Unhex(plainB[2:])...), want: fromC, used: 24},
		{name: "a wrong CRC", in: received(0, devicetest.Unhex(airA[:30]+"00"+airA[32:])...), want: dongle.Message{Kind: dongle.Broken}, used: 61},
		{name: "flags of what is not there", in: received(flagRSSI|flagTimestamp, devicetest.Unhex(plainB[:22])...), want: dongle.Message{Kind: dongle.Broken}, used: 17},
		{name: "a wrong sum", in: append(received(0, devicetest.Unhex(plainB)...)[:24], 0), want: dongle.Message{Kind: dongle.Broken}, used: 1},
		{name: "an answer with a wrong sum", in: devicetest.Unhex("000585008B"), want: dongle.Message{}, used: 1},
		{name: "noise", in: devicetest.Unhex("FED529000585008A"), want: dongle.Message{}, used: 3},
		{name: "an id that is none", in: devicetest.Unhex("00057F0000"), want: dongle.Message{}, used: 4},
		{name: "half a message", in: devicetest.Unhex("000585"), want: dongle.Message{}, used: 0},
		{name: "one byte", in: devicetest.Unhex("00"), want: dongle.Message{}, used: 0},
	} {
		got, used := new(codec).decode(c.in)
		if used != c.used || got.Kind != c.want.Kind || got.ID != c.want.ID || got.Length != c.want.Length ||
			got.RSSI != c.want.RSSI || got.Mode != c.want.Mode || !bytes.Equal(got.Body, c.want.Body) {
			t.Errorf("%s: %+v, %d; want %+v, %d", c.name, got, used, c.want, c.used)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		frame := rapid.SliceOfN(rapid.Byte(), minFrame, 252).Draw(r, "frame")
		frame[0] = byte(len(frame) - 1)
		raw := rapid.Byte().Draw(r, "RSSI")
		b, err := wmbus.AppendFormatB(nil, frame)
		if err != nil {
			r.Fatal(err)
		}
		want := dongle.Message{Body: frame, RSSI: dBm(int16(int8(raw)))}
		for flags, air := range map[uint16][]byte{flagRSSI: frame, flagRSSI | flagTimestamp: wmbus.AppendFormatA(nil, frame), flagRSSI | flagFormatB: b} {
			head := []byte{raw}
			if flags&flagTimestamp != 0 {
				head = append(head, 1, 2, 3, 4)
			}
			want.Mode = ""
			if flags&flagFormatB != 0 {
				want.Mode = "C1"
			}
			m := received(flags, append(head, air...)...)
			devicetest.ByteByByte(t, new(codec).decode, m)
			devicetest.FindsAfterNoise(t, new(codec).decode, m, m, want)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"", "00", "000681404910", "000585008A", "0005841099", "0019E000", "012DE0", "FED529"} {
		f.Add(devicetest.Unhex(seed))
	}
	f.Fuzz(func(t *testing.T, noise []byte) {
		devicetest.FindsAfterNoise(t, new(codec).decode, noise, received(flagRSSI, append([]byte{0xC4}, devicetest.Unhex(plainB)...)...),
			dongle.Message{Body: devicetest.Unhex(plainB), RSSI: dBm(-60)})
	})
}

func TestDecodeAllocatesNothing(t *testing.T) { // not parallel: it counts
	c, b := new(codec), received(0, devicetest.Unhex(airA)...)
	if n := testing.AllocsPerRun(100, func() { c.decode(b) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkDecode(b *testing.B) {
	c, frame := new(codec), received(0, devicetest.Unhex(airA)...)
	b.ReportAllocs()
	for b.Loop() {
		if m, _ := c.decode(frame); m.Kind != dongle.Telegram {
			b.Fatal(m)
		}
	}
}
