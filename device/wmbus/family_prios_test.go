package wmbus

import (
	"encoding/binary"
	"errors"
	"testing"
)

// scrambledPRIOS scrambles what follows the flags and the VIF of a telegram.
func scrambledPRIOS(t testing.TB, clear, content string, key uint32) []byte {
	t.Helper()
	frame, scrambled := unhex(t, clear), unhex(t, content)
	start := binary.BigEndian.Uint32(frame[2:]) ^ binary.BigEndian.Uint32(frame[6:]) ^ binary.BigEndian.Uint32(frame[10:])
	scramble(scrambled, start^key)
	frame = append(frame, scrambled...)
	frame[0] = byte(len(frame) - 1)
	return frame
}

// docs/protocol/vectors.md#families, and telegrams made for every flag.
func TestPRIOS(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		frame   []byte
		key     *Key
		meter   string
		records string
		status  string
		notes   Notes
	}{
		{
			name: "SAP, first key", frame: unhex(t, "1944304C72242421D401A2013D4013DD8B46A4999C1293E582CC"), key: nil, meter: "SAP-21242472-00-07",
			records: "volume=3.488 m³; volume=3.486 m³/1; date=2019-09-30 /1; transmission_period=8 s; battery_life=14.5 y; status_flags=64; serial_number=C19UA 145842 derived",
			status:  "blocked, underflow", notes: 0,
		},
		{
			name: "DME, second key", frame: unhex(t, "1944A511780727324120A2211A00136D7417074C0DCB9661A3AB"), key: nil, meter: "DME-20413227-78-07",
			records: "volume=175.854 m³; volume=172.125 m³/1; date=2022-04-01 /1; transmission_period=8 s; battery_life=13.0 y; status_flags=0", status: "", notes: 0,
		},
		{
			name: "total alone, every flag", frame: scrambledPRIOS(t, "0044 2423 8506 78563412 A1 8F FF FF 13", "4B E8030000", priosHalves(priosKeys[0])), key: nil, meter: "HYD-12345678-85-06",
			records: "volume=1.000 m³; transmission_period=131072 s; battery_life=15.5 y; status_flags=255",
			status:  "leak, reverse flow, blocked, overflow, underflow, tamper, magnetic tamper, submerged, alarm, leak earlier, tamper earlier", notes: 0,
		},
		{
			name: "own key, another VIF", frame: scrambledPRIOS(t, "0044 B416 8506 78563412 A7 01 05 00 15", "4B E8030000", 0x01020304^0x05060708), key: mustKey(t, "0102030405060708"), meter: "EWT-12345678-85-06",
			records: "volume=1.000 m³; transmission_period=8 s; battery_life=2.5 y; status_flags=0", status: "", notes: NoteUnit,
		},
	} {
		if c.name == "own key, another VIF" {
			c.frame[2], c.frame[3] = 0xF4, 0x16 // EWT
			c.frame = scrambledPRIOS(t, "0044 F416 8506 78563412 A7 01 05 00 15", "4B E8030000", 0x01020304^0x05060708)
		}
		var telegram Telegram
		parts, err := new(Decoder).Explain(&telegram, c.frame, c.key)
		checkCoverage(t, c.frame, parts)
		if err != nil || telegram.Security != (Security{ModePRIOS, SecurityOK}) || telegram.Family != "prios" || telegram.Notes != c.notes {
			t.Errorf("%s: %v, %v, %v", c.name, err, telegram.Security, telegram.Notes.Words())
		}
		if got := telegram.Header.Meter.String(); got != c.meter {
			t.Errorf("%s: meter %s", c.name, got)
		}
		if h, err := ParseHeader(c.frame); err != nil || h.Meter != telegram.Header.Meter {
			t.Errorf("%s: header %v, %v", c.name, h, err)
		}
		if got := describe(telegram.Records); got != c.records {
			t.Errorf("%s: %s", c.name, got)
		}
		if got := telegram.Status.String(); got != c.status {
			t.Errorf("%s: status %s", c.name, got)
		}
	}
}

// priosHalves is a key of 8 bytes as scrambledPRIOS takes it.
func priosHalves(k *Key) uint32 {
	return binary.BigEndian.Uint32(k.raw[:]) ^ binary.BigEndian.Uint32(k.raw[4:])
}

// The list has a key of 8 bytes, and a public one opens the telegram.
func TestPRIOSWithAnotherKey(t *testing.T) {
	t.Parallel()
	head, content, own := "0044 2423 8506 78563412 A1 0F 00 00 13", "4B E8030000", mustKey(t, "0102030405060708")
	public := scrambledPRIOS(t, head, content, priosHalves(priosKeys[1]))
	for _, c := range []struct {
		name  string
		frame []byte
		key   *Key
		notes Notes
	}{
		{name: "none given", frame: public},
		{name: "a key for AES given", frame: public, key: mustKey(t, key00to0F)},
		{name: "the public key given", frame: public, key: priosKeys[1]},
		{name: "the other public key given", frame: public, key: priosKeys[0], notes: NotePublicKey | NoteOtherKey},
		{name: "another key given", frame: public, key: own, notes: NotePublicKey | NoteOtherKey},
		{name: "its own key given", frame: scrambledPRIOS(t, head, content, priosHalves(own)), key: own},
	} {
		var telegram Telegram
		if err := new(Decoder).Decode(&telegram, c.frame, c.key); err != nil || telegram.Security.Result != SecurityOK || telegram.Notes != c.notes {
			t.Errorf("%s: %v, %v, notes %v", c.name, telegram.Security, err, telegram.Notes.Words())
		}
	}
}

func TestPublishedKeys(t *testing.T) {
	t.Parallel()
	for maker, want := range map[string]int{"DME": 3, "SAP": 2, "APA": 1, "KAM": 0} {
		if keys := PublishedKeys(manufacturer(maker) | 1<<15); len(keys) != want {
			t.Errorf("%s publishes %d keys, want %d", maker, len(keys), want)
		}
	}
}

func TestPRIOSTrouble(t *testing.T) {
	t.Parallel()
	var telegram Telegram
	own := scrambledPRIOS(t, "0044 2423 8506 78563412 A1 0F 00 00 13", "4B E8030000", 1)
	for _, key := range []*Key{nil, mustKey(t, key00to0F), mustKey(t, "0102030405060708")} {
		err := new(Decoder).Decode(&telegram, own, key)
		kind, result := ErrWrongKey, WrongKey
		if key == nil {
			kind, result = ErrNoKey, NoKey
		}
		if !errors.Is(err, kind) || telegram.Err.Offset != 15 || telegram.Security != (Security{ModePRIOS, result}) || len(telegram.Records) != 0 {
			t.Errorf("%v, %v", err, telegram.Security)
		}
	}
	if err := new(Decoder).Decode(&telegram, unhex(t, "1044304C72242421D401 A2 013D4013 DD8B"), nil); !errors.Is(err, ErrTruncated) ||
		telegram.Err.Detail != "a PRIOS telegram has at least 9 bytes here, there are 6" {
		t.Errorf("%v", err)
	}
}

// TestNextPRIOS compares with the register run bit by bit.
func TestNextPRIOS(t *testing.T) {
	t.Parallel()
	register := uint32(0x51728910)
	for range 100_000 {
		want := register
		for range 8 {
			want = want<<1 | (want>>1^want>>2^want>>11^want>>31)&1
		}
		if got := nextPRIOS(register); got != want {
			t.Fatalf("%08X becomes %08X, want %08X", register, got, want)
		}
		register = register*1664525 + 1013904223
	}
}
