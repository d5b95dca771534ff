package wmbus

import (
	"errors"
	"strings"
	"testing"
)

// qundisFrame is a telegram with an encrypted walk-by block, after a record
// with another number: the key's initial value is that of the link layer.
func qundisFrame(t testing.TB) ([]byte, *Key) {
	t.Helper()
	key := mustKey(t, "5C6D7E8F90A1B2C3D4E5F60718293A4B")
	content := "78 0779 9988776644931606 0DFF5F35 00825A0035 810007C113 FFFF 45230100 FF2C 00100000 FE24 40230100" +
		"0100 0200 0300 0400 0500 0600 0700 0800 0900 0A00 0B00 0080 2F 046D160A4F38"
	frame := walkByFrame(t, "QDS", 0x19, 0x07, content)
	block := frame[11+10+4:][:qundisSize]
	tg := Telegram{workspace: new(workspace)}
	copy(tg.iv[:8], frame[2:linkLen])
	for i := 8; i < len(tg.iv); i++ {
		tg.iv[i] = block[qundisAccess]
	}
	for sealed := block[qundisSealed:]; len(sealed) > 0; sealed = sealed[16:] {
		for i := range tg.iv {
			sealed[i] ^= tg.iv[i]
		}
		key.block.Encrypt(sealed, sealed)
		copy(tg.iv[:], sealed)
	}
	return frame, key
}

func TestQundisEncrypted(t *testing.T) {
	t.Parallel()
	frame, key := qundisFrame(t)
	const sealed = 11 + 10 + 4 + qundisSealed
	// A meter of the generation that is not encrypted, with a key in the list.
	open := walkByFrame(t, "QDS", 0x16, 0x06, "780DFF5F3500824E00007F0007C113FFFF63961300DF2C82731200FE2463811300A400F200D100A900DD00E000E90006011601EA0027010F012F")
	other := changed(frame, sealed-1, 0x35^0x05)
	for _, c := range []struct {
		name     string
		frame    []byte
		key      *Key
		security Security
		kind     Kind
	}{
		{name: "right key", frame: frame, key: key, security: Security{ModeAESIV, SecurityOK}},
		{name: "no key", frame: frame, security: Security{ModeAESIV, NoKey}, kind: ErrNoKey},
		{name: "wrong key", frame: frame, key: mustKey(t, key00to0F), security: Security{ModeAESIV, WrongKey}, kind: ErrWrongKey},
		{name: "DES key", frame: frame, key: mustKey(t, "0001020304050607"), security: Security{ModeAESIV, WrongKey}, kind: ErrWrongKey},
		{name: "cut off in the block", frame: frame[:len(frame)-20], key: key, kind: ErrLength},
		{name: "another bit in the last block", frame: changed(frame, len(frame)-10, 1), key: key, security: Security{ModeAESIV, Damaged}, kind: ErrDamaged},
		{name: "another access number", frame: changed(frame, sealed-3, 1), key: key, security: Security{ModeAESIV, SecurityOK}},
		{name: "another encryption", frame: other, key: key, security: Security{ModeAESIV, Unsupported}, kind: ErrUnsupported},
		{name: "not encrypted", frame: open, key: key, security: Security{ModeNone, NotEncrypted}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var telegram Telegram
			err := new(Decoder).Decode(&telegram, c.frame, c.key)
			if telegram.Security != c.security || c.kind == 0 && err != nil || c.kind != 0 && !errors.Is(err, c.kind) {
				t.Errorf("%v, %v; want %v, %s", telegram.Security, err, c.security, c.kind.Word())
			}
			values := strings.Count(describe(telegram.Records), "volume=")
			if want := map[bool]int{true: 3}[c.security.Result.Readable() && c.kind == 0]; values != want {
				t.Errorf("%d volumes: %s", values, describe(telegram.Records))
			}
			parts, _ := new(Decoder).Explain(&telegram, c.frame, c.key)
			checkCoverage(t, c.frame, parts)
		})
	}
	var telegram Telegram
	if err := new(Decoder).Decode(&telegram, frame, key); err != nil {
		t.Fatal(err)
	}
	if got := describe(telegram.Records); !strings.Contains(got, "volume=12.345 m³; volume=1.000 m³/1; date=2023-12-31 /1; volume=12.340 m³/2; date=2023-04-30 /2") {
		t.Errorf("%s", got)
	}
}

// KPL sends 60 9B in place of the check bytes; no other maker may.
func TestKPL(t *testing.T) {
	t.Parallel()
	key := mustKey(t, key00to0F)
	build := func(maker string, check byte) []byte {
		m := Message{Link: Address{manufacturer(maker), 0x12345678, 1, TypeElectricity}, CI: 0x7A, Mode: ModeAESIV, Access: 7, Payload: unhex(t, "0403E8030000 02FD170000 017405")}
		frame, err := m.Append(nil, key)
		if err != nil {
			t.Fatal(err)
		}
		tg := Telegram{workspace: new(workspace), layers: layers{header: Header{Link: m.Link}, tpl: tplLayer{access: 7}}}
		tg.startIV(ModeAESIV)
		tg.decryptCBC(key, frame[15:])
		copy(frame[15:], []byte{0x60, check})
		tg.startIV(ModeAESIV)
		m.encrypt(&tg, key, frame[15:])
		return frame
	}
	var telegram Telegram
	if err := new(Decoder).Decode(&telegram, build("KPL", 0x9B), key); err != nil || telegram.Security.Result != SecurityOK || !strings.HasPrefix(describe(telegram.Records), "energy=1.000 kWh; ") {
		t.Errorf("%v, %v, %s", telegram.Security, err, describe(telegram.Records))
	}
	if err := new(Decoder).Decode(&telegram, build("KPL", 0x9A), key); !errors.Is(err, ErrWrongKey) {
		t.Errorf("60 9A: %v", err)
	}
	if err := new(Decoder).Decode(&telegram, build("XYZ", 0x9B), key); !errors.Is(err, ErrWrongKey) {
		t.Errorf("another maker: %v", err)
	}
}
