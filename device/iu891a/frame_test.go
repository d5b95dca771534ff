package iu891a

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/dongle"
)

// telegramT is the telegram of docs/protocol/vectors.md#dongles.
const telegramT = devicetest.PlainB

// TestRequests are the requests of docs/protocol/dongles.md#iu891a.
func TestRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want    string
		m       message
		payload string
	}{
		{want: "C0 01 01 16 07 C0", m: pingRequest, payload: ""},
		{want: "C0 01 05 32 41 C0", m: firmwareRequest, payload: ""},
		{want: "C0 01 03 04 24 C0", m: deviceInfoRequest, payload: ""},
		{want: "C0 09 01 D6 C9 C0", m: getConfigRequest, payload: ""},
		{want: "C0 09 03 02 02 00 00 0C 00 00 00 00 00 94 E3 C0", m: setConfigRequest, payload: "02 02 00 00 0C 00 00 00 00 00"},
		{want: "C0 09 03 03 02 00 00 0C 00 00 00 00 00 B3 CF C0", m: setConfigRequest, payload: "03 02 00 00 0C 00 00 00 00 00"},
		{want: "C0 09 03 05 02 00 00 0C 00 00 00 00 00 61 27 C0", m: setConfigRequest, payload: "05 02 00 00 0C 00 00 00 00 00"},
		{want: "C0 09 03 01 02 00 00 0C 00 00 00 00 00 FD 97 C0", m: setConfigRequest, payload: "01 02 00 00 0C 00 00 00 00 00"},
	} {
		if got := appendRequest([]byte{1}, c.m, devicetest.Unhex(c.payload)...); !slices.Equal(got[1:], devicetest.Unhex(c.want)) {
			t.Errorf("request %X is %X, want %s", int(c.m), got[1:], c.want)
		}
	}
}

// decodeAll decodes all of b as the engine does and returns telegrams and answers.
func decodeAll(t testing.TB, b []byte) []devicetest.Decoded {
	t.Helper()
	return slices.DeleteFunc(devicetest.Drain(t, new(decoder).Decode, b), func(d devicetest.Decoded) bool {
		return d.Kind != dongle.Telegram && d.Kind != dongle.Answer
	})
}

// TestVectors are the frames of docs/protocol/dongles.md#iu891a and docs/protocol/vectors.md#dongles.
func TestVectors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want dongle.Message
		body string
	}{
		{in: "C0010200A0AFC0", want: dongle.Message{Kind: dongle.Answer, ID: int(pingAnswer)}, body: "00"},
		{in: "C0092000000000000002C41244AE0C7856341201078C2027780B13436587938EC0", want: dongle.Message{Kind: dongle.Telegram, Mode: "T1", RSSI: device.RSSI{Scale: device.ScaleDBm, Value: -60}}, body: telegramT},
		{in: "C00920DBDCDBDD0000000002C41244AE0C7856341201078C2027780B13436587832AC0", want: dongle.Message{Kind: dongle.Telegram, Mode: "T1", RSSI: device.RSSI{Scale: device.ScaleDBm, Value: -60}}, body: telegramT},
		{in: "C009209F436D38000002E71844AE4C4455223368077A55000000041389E20100023B0000AF59C0", want: dongle.Message{Kind: dongle.Telegram, Mode: "T1", RSSI: device.RSSI{Scale: device.ScaleDBm, Value: -25}}, body: "1844AE4C4455223368077A55000000041389E20100023B0000"},
	} {
		raw := devicetest.Unhex(c.in)
		all := decodeAll(t, raw)
		if len(all) != 1 || all[0].Kind != c.want.Kind || all[0].ID != c.want.ID || all[0].Mode != c.want.Mode || all[0].RSSI != c.want.RSSI || !bytes.Equal(all[0].Body, devicetest.Unhex(c.body)) {
			t.Errorf("%s is %+v, want %+v", c.in, all, c.want)
		}
		// Any byte wrong: nothing is made of it.
		for i := 1; i < len(raw)-1; i++ {
			raw[i] ^= 0x04
			if all := decodeAll(t, raw); len(all) != 0 {
				t.Errorf("byte %d of %s wrong: %+v", i, c.in, all)
			}
			raw[i] ^= 0x04
		}
	}
}

// appendTelegram is what the dongle sends; modeByte and l as they stand in it.
func appendTelegram(modeByte, l byte, body []byte) []byte {
	payload := append([]byte{1, 2, 3, 4, 0, 0, modeByte, 0xC4, l}, body...)
	return appendRequest(nil, rxIndication, payload...)
}

func TestTelegramKinds(t *testing.T) {
	t.Parallel()
	body := devicetest.Unhex(telegramT)[1:]
	for _, c := range []struct {
		modeByte, l byte
		mode        device.LinkMode
		kind        dongle.Kind
		length      int
	}{
		{modeByte: 2, l: 18, mode: "T1", kind: dongle.Telegram, length: 0},
		{modeByte: 0x14, l: 18, mode: "C1", kind: dongle.Telegram, length: 0},
		{modeByte: 0x15, l: 20, mode: "C1", kind: dongle.Telegram, length: 18}, // L counts the CRCs of format B
		{modeByte: 0, l: 18, mode: "", kind: dongle.Telegram, length: 0},
		{modeByte: 2, l: 17, mode: "", kind: dongle.Broken, length: 0},
		{modeByte: 2, l: 255, mode: "", kind: dongle.Broken, length: 0},
	} {
		var d decoder
		m, _ := d.Decode(appendTelegram(c.modeByte, c.l, body)[1:])
		if m.Kind != c.kind || m.Mode != c.mode || m.Length != c.length {
			t.Errorf("mode byte %02X, L %d: %+v, want %+v", c.modeByte, c.l, m, c)
		}
	}
	var d decoder
	if m, _ := d.Decode(appendRequest(nil, rxIndication, 1, 2, 3)[1:]); m.Kind != dongle.Broken {
		t.Errorf("an indication without telegram is %+v, want Broken", m)
	}
}

// FuzzDecode: it never panics and always goes on; a telegram is found whatever
// comes before it.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"C0010200A0AFC0", "C00920DBDCDBDD0000000002C41244AE0C7856341201078C2027780B13436587832AC0", "C0C0C0", "DB", "C0DB", "0920000000",
		"C009209F436D38000002E71844AE4C4455223368077A55000000041389E20100023B0000AF59C0",
	} {
		f.Add(devicetest.Unhex(seed), devicetest.Unhex(telegramT)[1:])
	}
	f.Fuzz(func(t *testing.T, noise, body []byte) {
		decodeAll(t, noise)
		if len(body) < minLength || len(body) > 255 {
			return
		}
		frame := appendTelegram(2, byte(len(body)), body)
		all := decodeAll(t, append(slices.Clone(noise), frame...))
		want := append([]byte{byte(len(body))}, body...)
		if !slices.ContainsFunc(all, func(d devicetest.Decoded) bool { return d.Kind == dongle.Telegram && bytes.Equal(d.Body, want) }) {
			t.Errorf("%X and then %X: %+v", noise, frame, all)
		}
	})
}

// TestRoundTrip: any telegrams one after the other, with one or two ENDs in
// between, in any pieces.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		var want []string
		for range rapid.IntRange(1, 5).Draw(t, "count") {
			body := rapid.SliceOfN(rapid.SampledFrom([]byte{end, escape, escapedEnd, escapedEsc, 0, 0x44}), minLength, 255).Draw(t, "body")
			frame := appendTelegram(2, byte(len(body)), body)
			if rapid.Bool().Draw(t, "shared END") && len(stream) > 0 {
				frame = frame[1:]
			}
			stream, want = append(stream, frame...), append(want, string(body))
		}
		var got []string
		for _, m := range devicetest.InPieces(t, new(decoder).Decode, stream) {
			if m.Kind == dongle.Telegram {
				got = append(got, string(m.Body[1:]))
			} else if m.Kind != dongle.Other {
				t.Fatalf("%+v", m)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %X, want %X", got, want)
		}
	})
}

func TestNoEnd(t *testing.T) {
	t.Parallel()
	var d decoder
	for _, b := range []byte{0x00, escape, 0xFF} {
		long := slices.Repeat([]byte{b}, 4096)
		if _, used := d.Decode(long); used == 0 {
			t.Errorf("%d bytes of %02X without END are waited for", len(long), b)
		}
		if m, used := d.Decode(append(long, end)); m.Kind != dongle.Noise || used != len(long)+1 {
			t.Errorf("%d bytes of %02X are %+v, %d", len(long), b, m, used)
		}
	}
}

func TestFirmwareText(t *testing.T) {
	t.Parallel()
	info := append([]byte{2, 1, 0x2A, 0}, "2023-10-17WMBUS \x1b[2J"...)
	for n, want := range map[int]string{len(info): "1.2 build 42 of 2023-10-17", 4: "1.2 build 42", 3: ""} {
		if got := firmwareText(info[:n]); got != want {
			t.Errorf("firmwareText(%q) = %q, want %q", info[:n], got, want)
		}
	}
}

func TestDecodeAllocates(t *testing.T) {
	var d decoder
	raw := devicetest.Unhex("0920DBDCDBDD0000000002C41244AE0C7856341201078C2027780B13436587832AC0")
	if n := testing.AllocsPerRun(100, func() { d.Decode(raw) }); n != 0 {
		t.Errorf("%v allocations a telegram, want 0", n)
	}
}

func BenchmarkDecode(b *testing.B) {
	for name, fill := range map[string]byte{"plain": 0x11, "escapes": end} {
		body := append(devicetest.Unhex(telegramT)[1:], slices.Repeat([]byte{fill}, 62)...) // 80 bytes
		raw := appendTelegram(2, byte(len(body)), body)[1:]
		b.Run(name, func(b *testing.B) {
			var d decoder
			b.ReportAllocs()
			for b.Loop() {
				d.Decode(raw)
			}
		})
	}
}
