package amb8465

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/dongle"
)

// The telegram of docs/protocol/vectors.md#dongles, as a whole and from the C-field on.
const (
	whole    = devicetest.PlainB
	fromC    = "44AE0C7856341201078C2027780B13436587"
	noRSSI   = "FF031244AE0C7856341201078C2027780B134365874C"
	withRSSI = "FF031344AE0C7856341201078C2027780B134365871E53"
)

func dBm(v int16) device.RSSI { return device.RSSI{Scale: device.ScaleDBm, Value: v} }

// TestRequests holds the frames of docs/protocol/dongles.md#amb8465.
func TestRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want string
		got  []byte
	}{
		{"FF0A02008077", Request(cmdGet, 0, paramSpace)},
		{"FF040109F3", Request(cmdPreset, bothPreset)},
		{"FF0500FA", Request(cmdReset)},
		{"FF0B00F4", Request(cmdSerial)},
		{"FF0C00F3", Request(cmdFirmware)},
		{"FF0A020501F3", Request(cmdGet, paramFrames, 1)},
		{"FF0903050101F0", Request(cmdSet, paramFrames, 1, 1)},
		{"FF0A024501B3", Request(cmdGet, paramRSSI, 1)},
		{"FF0903450101B0", Request(cmdSet, paramRSSI, 1, 1)},
		{"FF0A023F01C9", Request(cmdGet, paramAutoSleep, 1)},
		{"FF0903460108BA", Request(cmdSet, paramPreset, 1, 8)},
	} {
		if got := strings.ToUpper(hex.EncodeToString(c.got)); got != c.want {
			t.Errorf("request %s, want %s", got, c.want)
		}
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	answer := func(cmd int, body string) dongle.Message {
		return dongle.Message{Kind: dongle.Answer, ID: cmd, Body: devicetest.Unhex(body)}
	}
	telegram := dongle.Message{Kind: dongle.Telegram, Body: devicetest.Unhex(fromC), Length: 0x12}
	loud := telegram
	loud.RSSI = dBm(-59)
	bare := dongle.Message{Kind: dongle.Telegram, Body: devicetest.Unhex(whole)}
	bareLoud := bare
	bareLoud.RSSI = dBm(-59)
	for _, c := range []struct {
		name, in string
		codec    codec
		want     dongle.Message
		used     int
	}{
		{name: "preset set", in: "FF8401007A", codec: codec{}, want: answer(cmdPreset, "00"), used: 5},
		{name: "reset done", in: "FF8501007B", codec: codec{}, want: answer(cmdReset, "00"), used: 5},
		{name: "serial number", in: "FF8B042701CE25BD", codec: codec{}, want: answer(cmdSerial, "2701CE25"), used: 8},
		{name: "telegram", in: noRSSI, codec: codec{known: true}, want: telegram, used: 22},
		{name: "telegram with RSSI", in: withRSSI, codec: codec{known: true, rssi: true}, want: loud, used: 23},
		{name: "telegram before the settings are known", in: withRSSI, codec: codec{}, want: dongle.Message{Kind: dongle.Other}, used: 23},
		{name: "bare telegram", in: whole, codec: codec{known: true, plain: true}, want: bare, used: 19},
		{name: "bare telegram with RSSI", in: whole + "1E", codec: codec{known: true, plain: true, rssi: true}, want: bareLoud, used: 20},
		{name: "answer in transparent mode", in: "FF8501007B", codec: codec{known: true, plain: true}, want: answer(cmdReset, "00"), used: 5},
		{name: "noise", in: "FED529" + noRSSI, codec: codec{known: true}, want: dongle.Message{}, used: 3},
		{name: "noise only", in: "000102", codec: codec{known: true}, want: dongle.Message{}, used: 3},
		{name: "noise before a bare answer", in: "0001FF8501007B", codec: codec{known: true, plain: true}, want: dongle.Message{}, used: 2},
		{name: "wrong checksum of a telegram", in: noRSSI[:42] + "4D", codec: codec{known: true}, want: dongle.Message{Kind: dongle.Broken}, used: 1},
		{name: "wrong checksum of an answer", in: "FF8401007B", codec: codec{}, want: dongle.Message{}, used: 1},
		{name: "a command that is no answer", in: "FF7F00", codec: codec{}, want: dongle.Message{}, used: 1},
		{name: "a telegram too short to be one", in: "FF0308", codec: codec{}, want: dongle.Message{}, used: 1},
		{name: "a half frame", in: "FF0312", codec: codec{known: true}, want: dongle.Message{}, used: 0},
		{name: "one byte", in: "FF", codec: codec{known: true}, want: dongle.Message{}, used: 0},
	} {
		got, used := c.codec.decode(devicetest.Unhex(c.in))
		if used != c.used || got.Kind != c.want.Kind || got.ID != c.want.ID || got.Length != c.want.Length ||
			got.RSSI != c.want.RSSI || !bytes.Equal(got.Body, c.want.Body) {
			t.Errorf("%s: %+v, %d; want %+v, %d", c.name, got, used, c.want, c.used)
		}
	}
}

func TestRSSI(t *testing.T) {
	t.Parallel()
	// docs/protocol/dongles.md#amb8465: raw ≥ 128 is (raw−256)/2 − 74 dBm, else raw/2 − 74 dBm.
	for raw, want := range map[byte]int16{0x1E: -59, 0: -74, 0x7F: -11, 0x80: -138, 0xFE: -75, 0xFF: -75, 0x41: -42} {
		if got := rssi(raw); got != dBm(want) {
			t.Errorf("rssi(%02X) = %v, want %d dBm", raw, got, want)
		}
	}
}

// TestRoundTrip: what a dongle would send of any telegram is found whole, in
// pieces and behind another.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), minL, 254).Draw(r, "telegram")
		raw := rapid.Byte().Draw(r, "RSSI")
		for _, c := range []codec{{known: true}, {known: true, rssi: true}} {
			data, want := body, dongle.Message{Body: body, Length: len(body)}
			if c.rssi {
				data, want.RSSI = append(bytes.Clone(body), raw), rssi(raw)
			}
			frame := Request(cmdData, data...)
			devicetest.ByteByByte(t, c.decode, frame)
			devicetest.FindsAfterNoise(t, c.decode, frame, frame, want)
			all := devicetest.Drain(t, c.decode, append(bytes.Clone(frame), frame...))
			if len(all) != 2 || !bytes.Equal(all[0].Body, body) || !bytes.Equal(all[1].Body, body) || all[1].RSSI != want.RSSI {
				r.Errorf("two frames %X came as %+v", frame, all)
			}
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"", noRSSI, withRSSI, whole, "FED529", "FF8401007A", "FF8A0305010176", "FF03FF", "FF8A7A0078", noRSSI[:20]} {
		f.Add(devicetest.Unhex(seed))
	}
	f.Fuzz(func(t *testing.T, noise []byte) {
		devicetest.FindsAfterNoise(t, (&codec{known: true}).decode, noise, devicetest.Unhex(noRSSI), dongle.Message{Body: devicetest.Unhex(fromC), Length: 0x12})
		devicetest.FindsAfterNoise(t, (&codec{known: true, rssi: true}).decode, noise, devicetest.Unhex(withRSSI), dongle.Message{Body: devicetest.Unhex(fromC), Length: 0x12, RSSI: dBm(-59)})
		devicetest.FindsAfterNoise(t, (&codec{known: true, plain: true}).decode, noise, devicetest.Unhex(whole), dongle.Message{Body: devicetest.Unhex(whole)})
	})
}

func TestDecodeAllocatesNothing(t *testing.T) { // not parallel: it counts
	for _, c := range []struct {
		in    string
		codec codec
	}{{withRSSI, codec{known: true, rssi: true}}, {whole, codec{known: true, plain: true}}} {
		b := devicetest.Unhex(c.in)
		if n := testing.AllocsPerRun(100, func() { c.codec.decode(b) }); n != 0 {
			t.Errorf("%v allocations in Decode of %s", n, c.in)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	c := codec{known: true, rssi: true}
	frame := devicetest.Unhex(withRSSI)
	b.ReportAllocs()
	for b.Loop() {
		if _, used := c.decode(frame); used != len(frame) {
			b.Fatal(used)
		}
	}
}
