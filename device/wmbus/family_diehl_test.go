package wmbus

import (
	"errors"
	"testing"
)

// scrambledReal scrambles records as Diehl real data.
func scrambledReal(t testing.TB, head, records string, key uint32) []byte {
	t.Helper()
	frame := unhex(t, head)
	content := unhex(t, records)
	frame[14] = sum(content) | 0x10
	start := littleEndian([]byte{frame[5], frame[4], frame[3], frame[2]}) ^ littleEndian([]byte{frame[9], frame[8], frame[7], frame[6]}) ^
		littleEndian([]byte{frame[13], frame[12], frame[11], frame[10]})
	scramble(content, uint32(start)^key)
	frame = append(frame, content...)
	frame[0] = byte(len(frame) - 1)
	return frame
}

func TestDiehlRealData(t *testing.T) {
	t.Parallel()
	const records = "0C06 51260000 0C13 47031500 02FD17 0000"
	const want = "energy=2651 kWh; volume=150.347 m³; error_flags=0"
	const head, report = "0044 2423 2004 25609268 7A 37 00 45 75", "0044 2423 2004 25609268 71 37 00 45 75"
	ownKey := mustKey(t, "0102030405060708")
	own := uint32(0x01020304 ^ 0x05060708)
	plain := unhex(t, "1E4424238B06785634127A2A0010B5041339300000426CBF23441339050000")
	for _, c := range []struct {
		name    string
		frame   []byte
		key     *Key
		meter   string
		result  SecurityResult
		records string
	}{
		{name: "first key", frame: scrambledReal(t, head, records, priosHalves(priosKeys[0])), key: nil, meter: "HYD-68926025-20-04", result: SecurityOK, records: want},
		{name: "second key", frame: scrambledReal(t, head, records, priosHalves(priosKeys[1])), key: nil, meter: "HYD-68926025-20-04", result: SecurityOK, records: want},
		{name: "own key", frame: scrambledReal(t, head, records, own), key: ownKey, meter: "HYD-68926025-20-04", result: SecurityOK, records: want},
		{name: "own key not given", frame: scrambledReal(t, head, records, own), key: nil, meter: "HYD-68926025-20-04", result: NoKey, records: ""},
		{name: "AES key given", frame: scrambledReal(t, head, records, own), key: mustKey(t, key00to0F), meter: "HYD-68926025-20-04", result: WrongKey, records: ""},
		{name: "CI 71", frame: scrambledReal(t, report, records, priosHalves(priosKeys[1])), key: nil, meter: "HYD-68926025-20-04", result: SecurityOK, records: want},
		{name: "stored in clear", frame: plain, key: nil, meter: "HYD-12345678-8B-06", result: NotEncrypted, records: "volume=12.345 m³; date=2021-03-31 /1; volume=1.337 m³/1"},
	} {
		var telegram Telegram
		parts, err := new(Decoder).Explain(&telegram, c.frame, c.key)
		checkCoverage(t, c.frame, parts)
		if (err == nil) != c.result.Readable() || c.result == WrongKey && !errors.Is(err, ErrWrongKey) || c.result == NoKey && !errors.Is(err, ErrNoKey) {
			t.Errorf("%s: %v", c.name, err)
		}
		if telegram.Security != (Security{ModePRIOS, c.result}) || telegram.Header.Meter.String() != c.meter || telegram.Family != "diehl real data" {
			t.Errorf("%s: %v, %v, %s", c.name, telegram.Security, telegram.Header.Meter, telegram.Family)
		}
		if got := describe(telegram.Records); got != c.records {
			t.Errorf("%s: %s", c.name, got)
		}
		if h, err := ParseHeader(c.frame); err != nil || h.Meter.String() != c.meter {
			t.Errorf("%s: header %v, %v", c.name, h, err)
		}
	}
	var telegram Telegram
	if err := new(Decoder).Decode(&telegram, unhex(t, "0E44 2423 2004 25609268 7A 37 00 45 75"), nil); !errors.Is(err, ErrTruncated) {
		t.Errorf("without content: %v", err)
	}
	broken := scrambledReal(t, head, "0C06 51260000 0C13 4703", priosHalves(priosKeys[0]))
	if err := new(Decoder).Decode(&telegram, broken, nil); !errors.Is(err, ErrTruncated) || telegram.Err.Offset != 21 || describe(telegram.Records) != "energy=2651 kWh" {
		t.Errorf("cut: %v, %s", err, describe(telegram.Records))
	}
}

func TestDiehlPublicKey(t *testing.T) {
	t.Parallel()
	m := Message{Link: Address{manufacturer("DME"), 0x64745666, 0x70, TypeWater}, CI: 0x7A, Mode: ModeAESIV, Access: 9, Payload: unhex(t, "0413E8030000 426C1F2C")}
	public, err := m.Append(nil, diehlKey)
	if err != nil {
		t.Fatal(err)
	}
	other, err := m.Append(nil, mustKey(t, key00to0F))
	if err != nil {
		t.Fatal(err)
	}
	var telegram Telegram
	for _, c := range []struct {
		name   string
		frame  []byte
		key    *Key
		result SecurityResult
		notes  Notes
	}{
		{name: "public key, none given", frame: public, key: nil, result: SecurityOK, notes: NotePublicKey},
		{name: "public key given", frame: public, key: diehlKey, result: SecurityOK, notes: 0},
		{name: "public key, another given", frame: public, key: mustKey(t, key00to0F), result: SecurityOK, notes: NotePublicKey | NoteOtherKey},
		{name: "public key, one for DES given", frame: public, key: mustKey(t, "0001020304050607"), result: SecurityOK, notes: NotePublicKey | NoteOtherKey},
		{name: "another key, a wrong one given", frame: other, key: mustKey(t, "0F0E0D0C0B0A09080706050403020100"), result: WrongKey, notes: 0},
		{name: "another key, none given", frame: other, key: nil, result: NoKey, notes: 0},
		{name: "another key given", frame: other, key: mustKey(t, key00to0F), result: SecurityOK, notes: 0},
	} {
		err := new(Decoder).Decode(&telegram, c.frame, c.key)
		if telegram.Security != (Security{ModeAESIV, c.result}) || telegram.Notes != c.notes || (err == nil) != (c.result == SecurityOK) {
			t.Errorf("%s: %v, %v, notes %v", c.name, telegram.Security, err, telegram.Notes.Words())
		}
		if want := "volume=1.000 m³; date=2016-12-31 /1"; err == nil && describe(telegram.Records) != want {
			t.Errorf("%s: %s", c.name, describe(telegram.Records))
		}
	}
}

func TestPublicKeyOfWrongLengthPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a public key of three bytes goes unnoticed")
		}
	}()
	mustNewKey(1, 2, 3)
}
