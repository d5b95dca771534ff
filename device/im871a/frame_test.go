package im871a

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/dongle"
	"earshot/device/wmbus"
)

// telegramT is the telegram of docs/protocol/vectors.md#dongles, without its L-field.
const telegramT = "44AE0C7856341201078C2027780B13436587"

// TestRequests are the requests of docs/protocol/dongles.md#im871a.
func TestRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want    string
		m       message
		withCRC bool
		payload []byte
	}{
		{want: "A5 01 01 00", m: pingRequest, withCRC: false, payload: nil},
		{want: "A5 01 0F 00", m: deviceInfoRequest, withCRC: false, payload: nil},
		{want: "A5 01 05 00", m: getConfigRequest, withCRC: false, payload: nil},
		{want: "A5 01 07 00", m: resetRequest, withCRC: false, payload: nil},
		{want: "A5 81 03 06 00 03 00 03 08 00 B8 D6", m: setConfigRequest, withCRC: true, payload: devicetest.Unhex("000300030800")},
		{want: "A5 81 03 06 00 03 00 07 08 00 D9 B5", m: setConfigRequest, withCRC: true, payload: devicetest.Unhex("000300070800")},
		{want: "A5 01 03 06 00 02 0A 30 01 00", m: setConfigRequest, withCRC: false, payload: devicetest.Unhex("00020A300100")},
	} {
		if got := appendRequest([]byte{1}, c.m, c.withCRC, c.payload...); !slices.Equal(got[1:], devicetest.Unhex(c.want)) {
			t.Errorf("request %X is %X, want %s", int(c.m), got[1:], c.want)
		}
	}
}

// TestVectors are the frames of docs/protocol/dongles.md#im871a and docs/protocol/vectors.md#dongles.
func TestVectors(t *testing.T) {
	t.Parallel()
	dBm := device.RSSI{Scale: device.ScaleDBm, Value: -73}
	for _, c := range []struct {
		in   string
		want dongle.Message
	}{
		{"A542031244AE0C7856341201078C2027780B1343658764", dongle.Message{Kind: dongle.Telegram, Length: 18, RSSI: dBm}},
		{"A5C2031244AE0C7856341201078C2027780B1343658764C142", dongle.Message{Kind: dongle.Telegram, Length: 18, RSSI: dBm}},
		{"A5E2031244AE0C7856341201078C2027780B134365877856341264CB30", dongle.Message{Kind: dongle.Telegram, Length: 18, RSSI: dBm}},
		{"A502031244AE0C7856341201078C2027780B13436587", dongle.Message{Kind: dongle.Telegram, Length: 18}},
		{"A5810400 9CF7", dongle.Message{Kind: dongle.Answer, ID: int(setConfigAnswer)}},
		{"A5010200", dongle.Message{Kind: dongle.Answer, ID: int(pingAnswer)}},
		{"A5010400", dongle.Message{Kind: dongle.Answer, ID: int(setConfigAnswer)}},
		{"A5030700", dongle.Message{Kind: dongle.Other}},
	} {
		raw := devicetest.Unhex(c.in)
		m, used := Decode(raw)
		if used != len(raw) || m.Kind != c.want.Kind || m.ID != c.want.ID || m.Length != c.want.Length || m.RSSI != c.want.RSSI {
			t.Errorf("Decode(%s) = %+v, %d; want %+v", c.in, m, used, c.want)
		}
		if m.Kind == dongle.Telegram && !slices.Equal(m.Body, devicetest.Unhex(telegramT)) {
			t.Errorf("Decode(%s): telegram %X", c.in, m.Body)
		}
		for n := range raw {
			if m, used := Decode(raw[:n]); used != 0 {
				t.Errorf("the first %d bytes of %s are %+v, %d", n, c.in, m, used)
			}
		}
	}
}

func TestBroken(t *testing.T) {
	t.Parallel()
	raw := devicetest.Unhex("A5C2031244AE0C7856341201078C2027780B1343658764C142")
	for i := 4; i < len(raw); i++ {
		raw[i] ^= 0x04
		if m, used := Decode(raw); m.Kind != dongle.Broken || used != 1 {
			t.Errorf("byte %d wrong: %+v, %d; want Broken, 1", i, m, used)
		}
		raw[i] ^= 0x04
	}
}

// TestRSSI are the points of docs/protocol/dongles.md#im871a-telegram.
func TestRSSI(t *testing.T) {
	t.Parallel()
	for raw, want := range map[byte]int16{50: -100, 200: -20, 100: -73, 0: -127, 255: 9} {
		if got := rssi(raw); got.Scale != device.ScaleDBm || got.Value != want {
			t.Errorf("rssi(%d) = %+v, want %d dBm", raw, got, want)
		}
	}
}

// telegrams decodes all of b as the engine does.
func telegrams(t testing.TB, b []byte) (all []string) {
	t.Helper()
	for _, m := range devicetest.Drain(t, Decode, b) {
		if m.Kind != dongle.Telegram {
			continue
		}
		if m.Length != len(m.Body) || m.Length > maxPayload {
			t.Fatalf("%X holds %+v", b, m)
		}
		all = append(all, string(m.Body))
	}
	return all
}

// TestResync: a telegram is found after one that was cut off anywhere, and after
// headers that promise too much.
func TestResync(t *testing.T) {
	t.Parallel()
	for _, first := range []string{
		"A542031244AE0C7856341201078C2027780B1343658764",
		"A5C2031244AE0C7856341201078C2027780B1343658764C142",
		"A542031244AE0CA5A5A5A5A5A5A52027780B13A565A564",
		"A58210FF00", "A542FFFF", "A542 03FF 44", "A5A5A5A5", "A5A542", "A51F", "FFA5", "A501", "A541 0205 A5",
	} {
		for _, second := range []string{
			"A542031244AE0C7856341201078C2027780B1343658764",
			"A5C2031244AE0C7856341201078C2027780B1343658764C142",
		} {
			cut := devicetest.Unhex(first)
			for n := range len(cut) {
				all := telegrams(t, append(slices.Clone(cut[:n]), devicetest.Unhex(second)...))
				if !slices.Contains(all, string(devicetest.Unhex(telegramT))) {
					t.Errorf("%X and then %s: telegrams %X", cut[:n], second, all)
				}
			}
		}
	}
}

// inner reports whether a header stands inside of a message without CRC: the
// telegrams that doc.go says may be lost.
func inner(frame []byte) bool { return nextHeader(frame, len(frame)) > 0 }

// FuzzDecode: it never panics and always goes on; a telegram is found whatever
// comes before it.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"A542031244AE0C7856341201078C2027780B1343658764", "A5E2031244AE0C7856341201078C2027780B134365877856341264CB30",
		"A58104009CF7", "A5411008330014160001020304", "A542031244AE0C78", "A5C203FF44", "A5A5A542", "A542FFFFFF", "00FFA5",
	} {
		f.Add(devicetest.Unhex(seed), devicetest.Unhex(telegramT), byte(0x40))
	}
	f.Fuzz(func(t *testing.T, noise, body []byte, flags byte) {
		telegrams(t, noise)
		if len(body) < minTelegram || len(body) > maxPayload || !wmbus.CField(body[0]).Known() {
			return
		}
		frame := appendTelegram(nil, flags&^flagReserved, body)
		if flags&flagCRC == 0 && inner(frame) {
			return
		}
		all := telegrams(t, append(slices.Clone(noise), frame...))
		if !slices.Contains(all, string(body)) {
			t.Errorf("%X and then %X: telegrams %X", noise, frame, all)
		}
	})
}

// appendTelegram is what the module sends.
func appendTelegram(dst []byte, flags byte, body []byte) []byte {
	flags = flags&0xE0 | endpointRadio
	trailer := []byte{1, 2, 3, 4}[:trailerSize(flags&flagTimestamp)]
	if flags&flagRSSI != 0 {
		trailer = append(slices.Clone(trailer), 100)
	}
	start := len(dst)
	dst = append(dst, startOfFrame, flags, radioIndication, byte(len(body)))
	dst = append(append(dst, body...), trailer...)
	if flags&flagCRC != 0 {
		dst = dongle.AppendX25(dst, start+1)
	}
	return dst
}

// TestRoundTrip: any telegrams one after the other, in any pieces.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		var want []string
		for range rapid.IntRange(1, 5).Draw(t, "count") {
			body := rapid.SliceOfN(rapid.Byte(), minTelegram, maxPayload).Draw(t, "body")
			body[0] = 0x44
			flags := rapid.SampledFrom([]byte{0, 0x20, 0x40, 0x60, 0x80, 0xC0, 0xE0}).Draw(t, "flags")
			frame := appendTelegram(nil, flags, body)
			if inner(frame) {
				continue
			}
			stream, want = append(stream, frame...), append(want, string(body))
		}
		var got []string
		for _, m := range devicetest.InPieces(t, Decode, stream) {
			if m.Kind != dongle.Telegram {
				t.Fatalf("%+v in %X", m, stream)
			}
			got = append(got, string(m.Body))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %X, want %X", got, want)
		}
	})
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]config{
		"03000A 38000100": {linkMode: 0x0A, rssi: 1},
		"02 03 00":        {linkMode: 3, rssi: -1},
		"FF 00 06 44 AE0C 12345678 01 07 02 FF 07 01 32 00 00 00 01 00": {linkMode: 6, rssi: 0},
		"00 00": {linkMode: -1, rssi: -1},
	} {
		b := devicetest.Unhex(in)
		if got, ok := parseConfig(b); !ok || got != want {
			t.Errorf("parseConfig(%s) = %+v, %v; want %+v", in, got, ok, want)
		}
		for n := range len(b) {
			if _, ok := parseConfig(b[:n]); ok {
				t.Errorf("parseConfig(%X), which is cut off, is ok", b[:n])
			}
		}
	}
}

func TestDecodeAllocates(t *testing.T) {
	raw := devicetest.Unhex("A5C2031244AE0C7856341201078C2027780B1343658764C142")
	if n := testing.AllocsPerRun(100, func() { Decode(raw) }); n != 0 {
		t.Errorf("%v allocations a telegram, want 0", n)
	}
}

func BenchmarkDecode(b *testing.B) {
	for name, flags := range map[string]byte{"RSSI": flagRSSI, "RSSI+CRC": flagRSSI | flagCRC} {
		body := append(devicetest.Unhex(telegramT), make([]byte, 62)...) // 80 bytes
		raw := appendTelegram(nil, flags, body)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Decode(raw)
			}
		})
	}
}
