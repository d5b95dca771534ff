package wmbus

import (
	"encoding/binary"
	"testing"
)

// swappedFrame is a telegram of meter 12345678, version 8B, type 06, whose
// address is written as Diehl does, with what follows it.
func swappedFrame(t testing.TB, maker, content string) []byte {
	t.Helper()
	frame := binary.LittleEndian.AppendUint16([]byte{0, 0x44}, uint16(manufacturer(maker)))
	frame = append(frame, 0x8B, 0x06, 0x78, 0x56, 0x34, 0x12)
	frame = append(frame, unhex(t, content)...)
	frame[0] = byte(len(frame) - 1)
	return frame
}

// TestDiehlAddress: whose telegram it is must be known without decoding, since
// meters are looked up by it.
func TestDiehlAddress(t *testing.T) {
	t.Parallel()
	want := Address{manufacturer("HYD"), 0x12345678, 0x8B, TypeWarmWater}
	for name, frame := range map[string][]byte{
		"PRIOS":            swappedFrame(t, "HYD", "A2 01 3D 40 13 DD8B46A499"),
		"real data":        swappedFrame(t, "HYD", "7A 2A 00 10 D8 00"),
		"real data, CI 71": swappedFrame(t, "HYD", "71 2A 00 10 D8 00"),
		"not encrypted":    walkByFrame(t, "HYD", 0x8B, 0x06, "7A 2A 00 00 00"),
		"mode 5":           walkByFrame(t, "HYD", 0x8B, 0x06, "7A 2A 00 10 25"),
	} {
		if h, err := ParseHeader(frame); err != nil || h.Meter != want {
			t.Errorf("%s: meter %s, error %v; want %s", name, h.Meter, err, want)
		}
	}
}

func diehlCases(t testing.TB) []walkByCase {
	prios, plain := Security{ModePRIOS, SecurityOK}, Security{ModePRIOS, NotEncrypted}
	return []walkByCase{
		{
			name: "PRIOS, second key, published", family: "prios", security: prios,
			frame:   unhex(t, "1944A511780727324120A2211A00136D7417074C0DCB9661A3AB"),
			records: "volume=175.854 m³; volume=172.125 m³/1; date=2022-04-01 /1; transmission_period=8 s; battery_life=13.0 y; status_flags=0",
		},
		{
			name: "real data in clear", family: "diehl real data", security: plain,
			frame:   swappedFrame(t, "HYD", "7A 2A 00 10 B5 0413 39300000 426C BF23 4413 39050000"),
			records: "volume=12.345 m³; date=2021-03-31 /1; volume=1.337 m³/1",
		},
		{
			name: "real data, cut off", family: "diehl real data", security: plain, kind: ErrTruncated, offset: 15,
			frame: swappedFrame(t, "HYD", "7A 2A 00 10 D8"),
		},
	}
}

func TestDiehlFamilies(t *testing.T) {
	t.Parallel()
	runWalkBy(t, diehlCases(t))
}

func FuzzDiehl(f *testing.F) { fuzzWalkBy(f, diehlCases(f)) }
