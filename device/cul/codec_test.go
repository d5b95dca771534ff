package cul

import (
	"bytes"
	"fmt"
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
	signal       = "8241" // LQI 2 with the CRC flag, −41.5 dBm
)

func dBm(v int16) device.RSSI { return device.RSSI{Scale: device.ScaleDBm, Value: v} }

func TestDecode(t *testing.T) {
	t.Parallel()
	a := dongle.Message{Kind: dongle.Telegram, Body: devicetest.Unhex(plainA)}
	b := dongle.Message{Kind: dongle.Telegram, Body: devicetest.Unhex(plainB), Mode: "C1"}
	loud := func(m dongle.Message) dongle.Message { m.RSSI = dBm(-42); return m }
	answer := func(id int, text string) dongle.Message {
		return dongle.Message{Kind: dongle.Answer, ID: id, Body: []byte(text)}
	}
	broken := dongle.Message{Kind: dongle.Broken}
	for _, c := range []struct {
		name, in string
		want     dongle.Message
	}{
		{name: "format A with signal", in: "b" + airA + signal, want: loud(a)},
		{name: "format A without", in: "b" + airA, want: a},
		{name: "format B with signal", in: "bY" + airB + signal, want: loud(b)},
		{name: "format B without", in: "bY" + airB, want: b},
		{name: "lower case", in: strings.ToLower("b" + airA + signal), want: loud(a)},
		{name: "noise before", in: "\x00\xFFb1b" + airA + signal, want: loud(a)},
		{name: "cut off", in: "b" + airA[:60], want: broken},
		{name: "cut off at an odd digit", in: "b" + airA[:61], want: broken},
		{name: "too long", in: "b" + airA + signal + "00", want: broken},
		{name: "a wrong block CRC", in: "b" + airA[:30] + "0" + airA[31:] + signal, want: broken},
		{name: "a wrong CRC in format B", in: "bY" + airB[:40] + "0C" + signal, want: broken},
		{name: "format B called A", in: "b" + airB + signal, want: broken},
		{name: "version", in: "V 1.67 CUL868", want: answer(idVersion, "V 1.67 CUL868")},
		{name: "version of a nanoCUL", in: "V 1.67 nanoCUL868_r571", want: answer(idVersion, "V 1.67 nanoCUL868_r571")},
		{name: "noise before the version", in: "\x80\x00V 1.67 CUL868", want: answer(idVersion, "V 1.67 CUL868")},
		{name: "mode", in: "TMODE", want: answer(idMode, "TMODE")},
		{name: "no mode", in: "OFF", want: answer(idMode, "OFF")},
		{name: "not understood", in: "? (V\xFE is unknown) Use one of A B C", want: answer(idUnknown, "? (V\xFE is unknown) Use one of A B C")},
		{name: "something else", in: "LOVF", want: dongle.Message{Kind: dongle.Other}},
		{name: "nothing", in: "", want: dongle.Message{Kind: dongle.Other}},
		{name: "noise", in: "\x01\x02", want: dongle.Message{}},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			got, used := new(codec).decode([]byte(c.in + end + "b12"))
			if used != len(c.in+end) || got.Kind != c.want.Kind || got.ID != c.want.ID || got.Mode != c.want.Mode ||
				got.RSSI != c.want.RSSI || !bytes.Equal(got.Body, c.want.Body) {
				t.Errorf("%s: %+v, %d; want %+v, %d", c.name, got, used, c.want, len(c.in+end))
			}
		}
	}
	devicetest.ByteByByte(t, new(codec).decode, []byte("b"+airA+signal+"\r\n"))
}

// TestEndlessLine: a line without an end never holds more than one may have.
func TestEndlessLine(t *testing.T) {
	t.Parallel()
	if _, used := new(codec).decode(bytes.Repeat([]byte("b1"), maxLine)); used != maxLine {
		t.Errorf("used %d of an endless line of %d", used, 2*maxLine)
	}
}

func TestRSSI(t *testing.T) {
	t.Parallel()
	for raw, want := range map[byte]int16{0x41: -42, 0: -74, 0x80: -138, 0xFF: -75} {
		if got := rssi(raw); got != dBm(want) {
			t.Errorf("rssi(%02X) = %v, want %d dBm", raw, got, want)
		}
	}
}

// TestRoundTrip: any telegram, in both formats, with and without signal.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		frame := rapid.SliceOfN(rapid.Byte(), 10, 252).Draw(r, "frame")
		frame[0] = byte(len(frame) - 1)
		raw := rapid.Byte().Draw(r, "RSSI")
		b, err := wmbus.AppendFormatB(nil, frame)
		if err != nil {
			r.Fatal(err)
		}
		for head, air := range map[string][]byte{"b": wmbus.AppendFormatA(nil, frame), "bY": b} {
			mode := device.LinkMode("")
			if head == "bY" {
				mode = "C1"
			}
			for _, c := range []struct {
				text string
				rssi device.RSSI
			}{
				{fmt.Sprintf("%s%X\r\n", head, air), device.RSSI{}},
				{fmt.Sprintf("%s%X80%02X\r\n", head, air, raw), rssi(raw)},
			} {
				m, used := new(codec).decode([]byte(c.text))
				if used != len(c.text) || m.Kind != dongle.Telegram || m.RSSI != c.rssi || m.Mode != mode || !bytes.Equal(m.Body, frame) {
					r.Errorf("%s came as %+v", c.text, m)
				}
			}
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"", "b", "bY", "b" + airA, "bY" + airB + signal, "TMODE\r\n", "V 1.67 CUL868", "\x00b1b", "b\nb\r"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, noise []byte) {
		// A line that noise and telegram share ends with the telegram, whatever
		// is before it, unless that makes it another telegram.
		stream := append(bytes.Clone(noise), "b"+airA+signal+"\r\n"...)
		all := devicetest.Drain(t, new(codec).decode, stream)
		last := all[len(all)-1]
		if last.Kind != dongle.Telegram || !bytes.Equal(last.Body, devicetest.Unhex(plainA)) || last.RSSI != dBm(-42) {
			t.Errorf("behind the noise %q came %+v", noise, last)
		}
	})
}

func TestDecodeAllocatesNothing(t *testing.T) { // not parallel: it counts
	for _, text := range []string{"b" + airA + signal + "\r\n", "bY" + airB + signal + "\r\n", "b" + airA[:61] + "\r\n"} {
		c, b := new(codec), []byte(text)
		if n := testing.AllocsPerRun(100, func() { c.decode(b) }); n != 0 {
			t.Errorf("%v allocations in Decode of %s", n, text)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	c, line := new(codec), []byte("b"+airA+signal+"\r\n")
	b.ReportAllocs()
	for b.Loop() {
		if m, _ := c.decode(line); m.Kind != dongle.Telegram {
			b.Fatal(m)
		}
	}
}
