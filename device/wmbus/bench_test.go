package wmbus

import (
	"encoding/hex"
	"strings"
	"testing"
	"unsafe"
)

// mode5Telegram is a heat meter's telegram of 78 bytes: 4 blocks of mode 5.
func mode5Telegram(t testing.TB) ([]byte, *Key) {
	t.Helper()
	key := mustKey(t, "000102030405060708090A0B0C0D0E0F")
	m := Message{
		Link: Address{manufacturer("ELS"), 0x12345678, 0x33, TypeHeat}, CI: 0x7A, Access: 0x2A, Mode: ModeAESIV,
		Payload: unhex(t, "0C0644332211 0C1478563412 0B3B123456 0B2D654321 0A5A1204 0A5E8703 0B61120000 046D32371F15 426C1F2C 4C0677665544 02FD170000 2F2F2F"),
	}
	frame, err := m.Append(nil, key)
	if err != nil {
		t.Fatal(err)
	}
	return frame, key
}

// mode10Telegram is the same telegram in mode 10.
func mode10Telegram(t testing.TB, counter uint32) ([]byte, *Key) {
	t.Helper()
	key := mustKey(t, "000102030405060708090A0B0C0D0E0F")
	m := Message{
		Link: Address{manufacturer("ELS"), 0x12345678, 0x33, TypeHeat}, CI: 0x7A, Access: 0x2A, Mode: ModeAESCCM, Counter: counter,
		Payload: unhex(t, "0C0644332211 0C1478563412 0B3B123456 0B2D654321 0A5A1204 0A5E8703 0B61120000 046D32371F15 426C1F2C 4C0677665544 02FD170000 2F2F2F"),
	}
	frame, err := m.Append(nil, key)
	if err != nil {
		t.Fatal(err)
	}
	return frame, key
}

func benchmarkDecode(b *testing.B, d *Decoder, frame []byte, key *Key, records int) {
	b.Helper()
	var t Telegram
	if err := d.Decode(&t, frame, key); err != nil || len(t.Records) != records {
		b.Fatalf("%d records, error %v", len(t.Records), err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(frame)))
	for b.Loop() {
		_ = d.Decode(&t, frame, key)
	}
}

func BenchmarkDecodeMode5(b *testing.B) {
	frame, key := mode5Telegram(b)
	if len(frame) != 79 {
		b.Fatalf("%d bytes", len(frame))
	}
	benchmarkDecode(b, &Decoder{Templates: new(Templates)}, frame, key, 11)
}

func BenchmarkDecodeELLCompact(b *testing.B) {
	frame := unhex(b, "23442D2C998734761B168D20983081B2227A6FA1F10E1B79B5EB4B17E81F930E937EE06C")
	benchmarkDecode(b, &Decoder{Templates: new(Templates)}, frame, mustKey(b, "28F64A24988064A079AA2C807D6102AE"), 5)
}

func BenchmarkDecodeMode7(b *testing.B) {
	frame, _, err := Unframe(unhex(b, "434493157856341233037AC98C2075900F002C25B30A000021924D4FBA372FB66E017A75002007109058475F4BC9D1281DF878B80A1B0F98B629024AAC7279429398BFC549233C0140829B93BAA1"))
	if err != nil {
		b.Fatal(err)
	}
	benchmarkDecode(b, &Decoder{}, frame, mustKey(b, "000102030405060708090A0B0C0D0E0F"), 3)
}

func BenchmarkDecodeMode10(b *testing.B) {
	frame, key := mode10Telegram(b, 0)
	if len(frame) != 88 {
		b.Fatalf("%d bytes", len(frame))
	}
	benchmarkDecode(b, &Decoder{Templates: new(Templates)}, frame, key, 11)
}

// BenchmarkDecodeMode10Fresh has another message counter in each telegram, as
// they come from the air: each derives its own key, for which crypto/aes
// allocates.
func BenchmarkDecodeMode10Fresh(b *testing.B) {
	frames := make([][]byte, 1000)
	var key *Key
	for i := range frames {
		frames[i], key = mode10Telegram(b, uint32(i))
	}
	var t Telegram
	d := Decoder{Templates: new(Templates)}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := d.Decode(&t, frames[i%len(frames)], key); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeQundis(b *testing.B) {
	frame, key := qundisFrame(b)
	benchmarkDecode(b, &Decoder{Templates: new(Templates)}, frame, key, 21)
}

func BenchmarkDecodePRIOS(b *testing.B) {
	benchmarkDecode(b, &Decoder{}, unhex(b, "1944304C72242421D401A2013D4013DD8B46A4999C1293E582CC"), nil, 7)
}

func BenchmarkDecodePlain(b *testing.B) {
	benchmarkDecode(b, &Decoder{}, unhex(b, "1244AE0C7856341201078C2027780B13436587"), nil, 1)
}

// BenchmarkDecodeHostile decodes telegrams of 255 bytes made to be costly.
func BenchmarkDecodeHostile(b *testing.B) {
	for name, frame := range hostileFrames(b) {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			var t Telegram
			d := Decoder{Templates: new(Templates)}
			b.ReportAllocs()
			for b.Loop() {
				_ = d.Decode(&t, frame, nil)
			}
		})
	}
}

func BenchmarkParseHeader(b *testing.B) {
	frame, _ := mode5Telegram(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseHeader(frame); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	frame, key := mode5Telegram(b)
	var t Telegram
	if err := new(Decoder).Decode(&t, frame, key); err != nil {
		b.Fatal(err)
	}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = t.AppendJSON(dst[:0])
	}
}

// hostileFrames are telegrams of the greatest length made to cost time or
// space.
func hostileFrames(t testing.TB) map[string][]byte {
	t.Helper()
	build := func(content string) []byte {
		b := unhex(t, "FF44AE0C785634120107 78"+content)
		for len(b) < maxFrame {
			b = append(b, difFiller)
		}
		return b[:maxFrame]
	}
	storages := "026C1F2C 01FD2801"
	for n := range uint64(60) {
		head := Head{Storage: n + 1, VIF: []byte{0x13}}
		storages += hex.EncodeToString(head.Empty(nil))
	}
	return map[string][]byte{
		"profiles of one byte a slot": build("426C1F2C 4A0E1122 4D8E1F" + "BF 31FE" + strings.Repeat("01", 189) + strings.Repeat("4D8E1F 03 31FE01", 6)),
		"many profiles":               build("426C1F2C 4A0E1122" + strings.Repeat("4D8E1F 04 31FE0101", 29)),
		"records of two bytes":        build(strings.Repeat("0013", 122)),
		"dates of storages":           build(storages),
		"longest headers":             build(strings.Repeat("8CFFFFFFFFFFFFFFFFFF7F FDBFBBFFFFFFFFFFFFFF7F 11223344", 9)),
		"reals":                       build(strings.Repeat("0513FFFF7F7F", 40)),
		"texts":                       build(strings.Repeat("0D78 02 FFFE", 48)),
		"one text":                    build("0DFD11 BF" + strings.Repeat("FF", 191)),
		"text VIFs":                   build(strings.Repeat("00FC01FF00", 48)),
		"fillers":                     build(""),
	}
}

// TestHostileCost bounds what a telegram can cost in space: records, texts
// and the JSON made of them.
func TestHostileCost(t *testing.T) {
	t.Parallel()
	for name, frame := range hostileFrames(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var telegram Telegram
			d := Decoder{Templates: new(Templates)}
			_ = d.Decode(&telegram, frame, nil)
			const limit = 64 << 10
			space := len(telegram.Records)*int(unsafe.Sizeof(Record{})) + len(telegram.text) + len(telegram.full)
			if space > limit {
				t.Errorf("%d records need %d bytes", len(telegram.Records), space)
			}
			if n := len(telegram.AppendJSON(nil)); n > limit {
				t.Errorf("%d bytes of JSON", n)
			}
		})
	}
}

// TestDecodeAllocates runs alone: the count is that of the whole program.
func TestDecodeAllocates(t *testing.T) {
	compact := unhex(t, "23442D2C998734761B168D20983081B2227A6FA1F10E1B79B5EB4B17E81F930E937EE06C")
	frame, key := mode5Telegram(t)
	mode10, _ := mode10Telegram(t, 1)
	qundis, qundisKey := qundisFrame(t)
	cases := []struct {
		name  string
		frame []byte
		key   *Key
	}{
		{name: "mode 5", frame: frame, key: key},
		{name: "mode 7", frame: plainFrame(t, n13), key: key},
		{name: "mode 10", frame: mode10, key: key},
		{name: "QUNDIS", frame: qundis, key: qundisKey},
		{name: "ELL CTR and compact", frame: compact, key: mustKey(t, "28F64A24988064A079AA2C807D6102AE")},
		{name: "PRIOS", frame: unhex(t, "1944304C72242421D401A2013D4013DD8B46A4999C1293E582CC"), key: nil},
		{name: "text", frame: unhex(t, "1844AE0C78563412010778 0DFD110A 4A494847464544434241"), key: nil},
	}
	for name, frame := range hostileFrames(t) {
		cases = append(cases, struct {
			name  string
			frame []byte
			key   *Key
		}{name, frame, nil})
	}
	for _, c := range cases {
		var telegram Telegram
		d := Decoder{Templates: new(Templates)}
		if err := d.Decode(&telegram, c.frame, c.key); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if n := testing.AllocsPerRun(10, func() { _ = d.Decode(&telegram, c.frame, c.key) }); n != 0 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
		dst := telegram.AppendJSON(nil)
		if n := testing.AllocsPerRun(10, func() { dst = telegram.AppendJSON(dst[:0]) }); n != 0 {
			t.Errorf("%s: %v allocations for JSON", c.name, n)
		}
	}
}

func BenchmarkExplain(b *testing.B) {
	frame, key := mode5Telegram(b)
	var t Telegram
	d := Decoder{Templates: new(Templates)}
	b.ReportAllocs()
	b.SetBytes(int64(len(frame)))
	for b.Loop() {
		if _, err := d.Explain(&t, frame, key); err != nil {
			b.Fatal(err)
		}
	}
}
