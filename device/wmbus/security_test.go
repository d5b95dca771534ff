package wmbus

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

const (
	n13       = "434493157856341233037AC98C2075900F002C25B30A000021924D4FBA372FB66E017A75002007109058475F4BC9D1281DF878B80A1B0F98B629024AAC7279429398BFC549233C0140829B93BAA1"
	key00to0F = "000102030405060708090A0B0C0D0E0F"
)

func plainFrame(t testing.TB, air string) []byte {
	t.Helper()
	frame, _, err := Unframe(unhex(t, air))
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

// changed is frame with bits of one byte turned.
func changed(frame []byte, at int, bits byte) []byte {
	frame = bytes.Clone(frame)
	frame[at] ^= bits
	return frame
}

// inClear is a mode 5 telegram stored with its content in clear.
const inClear = "2E44931578563412 33037A2A0020252F2F0C1427048502046D32371F1502FD1700002F2F2F2F2F2F2F2F2F2F2F2F2F"

func TestSecurityVerdicts(t *testing.T) {
	t.Parallel()
	modeX := func(mode byte) []byte {
		return changed(unhex(t, "1544931578563412 33037A2A000000 0102030405060708090A0B"), 14, mode)
	}
	n11Frame, n13Frame := plainFrame(t, n11), plainFrame(t, n13)
	ell := unhex(t, "2A442D2C998734761B168D2091D37CAC21E1D68CDAFFCD3DC452BD802913FF7B1706CA9E355D6C2701CC24")
	for _, c := range []struct {
		name    string
		frame   []byte
		key     string
		want    Security
		kind    Kind
		at      int
		detail  string
		records string
	}{
		{name: "mode 5, no key", frame: n11Frame, key: "", want: Security{ModeAESIV, NoKey}, kind: ErrNoKey, at: 15, detail: "AES-128-CBC with IV from address and access number needs the key of meter ELS-12345678-33-03: enter it, or ask the supplier of the meter for it", records: ""},
		{name: "mode 5, wrong key", frame: n11Frame, key: key00to0F, want: Security{ModeAESIV, WrongKey}, kind: ErrWrongKey, at: 15, detail: "opened with the key given, the content does not begin with the check bytes 2F 2F: compare the key with the meter's papers", records: ""},
		{name: "mode 5, DES key", frame: n11Frame, key: "0001020304050607", want: Security{ModeAESIV, WrongKey}, kind: ErrWrongKey, at: 15, detail: "AES-128-CBC with IV from address and access number needs a key of 16 bytes, the one given has 8", records: ""},
		{name: "mode 5, stored in clear", frame: unhex(t, inClear), key: "", want: Security{ModeAESIV, NotEncrypted}, kind: 0, at: 0, detail: "", records: "volume=28504.27 m³; date_time=2008-05-31T23:50; error_flags=0"},
		{name: "mode 5, stored in clear, with a key", frame: unhex(t, inClear), key: key00to0F, want: Security{ModeAESIV, NotEncrypted}, kind: 0, at: 0, detail: "", records: "volume=28504.27 m³; date_time=2008-05-31T23:50; error_flags=0"},
		{name: "mode 5, stored in clear, with a DES key", frame: unhex(t, inClear), key: "0001020304050607", want: Security{ModeAESIV, NotEncrypted}, kind: 0, at: 0, detail: "", records: "volume=28504.27 m³; date_time=2008-05-31T23:50; error_flags=0"},
		{name: "mode 7, no key", frame: n13Frame, key: "", want: Security{ModeAESKDF, NoKey}, kind: ErrNoKey, at: 36, detail: "", records: ""},
		{name: "mode 7, wrong key", frame: n13Frame, key: "FF0102030405060708090A0B0C0D0E0F", want: Security{ModeAESKDF, MACWrong}, kind: ErrMAC, at: 22, detail: "the authentication code does not match the content: compare the key with the meter's papers; if it is right, the telegram was altered in transit", records: ""},
		{name: "mode 7, MAC altered (LV)", frame: changed(n13Frame, 26, 0x10), key: key00to0F, want: Security{ModeAESKDF, Damaged}, kind: ErrDamaged, at: 22, detail: "the key opens the content, but the authentication code does not match it: received with errors or altered in transit, wait for the next telegram", records: ""},
		{name: "mode 7, content altered", frame: changed(n13Frame, 60, 1), key: key00to0F, want: Security{ModeAESKDF, Damaged}, kind: ErrDamaged, at: 22, detail: "", records: ""},
		{name: "mode 7, DES key", frame: n13Frame, key: "0001020304050607", want: Security{ModeAESKDF, WrongKey}, kind: ErrWrongKey, at: 36, detail: "", records: ""},
		{name: "DES, no key", frame: unhex(t, "1E468B050100000004077A01001002BBD1EAFD0222F871CB70DA16C78AE098"), key: "", want: Security{ModeDES, NoKey}, kind: ErrNoKey, at: 15, detail: "", records: ""},
		{name: "DES, AES key", frame: unhex(t, "1E468B050100000004077A01001002BBD1EAFD0222F871CB70DA16C78AE098"), key: key00to0F, want: Security{ModeDES, WrongKey}, kind: ErrWrongKey, at: 15, detail: "DES-CBC with zero IV needs a key of 8 bytes, the one given has 16", records: ""},
		{name: "DES, wrong key", frame: unhex(t, "1E468B050100000004077A01001002BBD1EAFD0222F871CB70DA16C78AE098"), key: "FF02030405060708", want: Security{ModeDES, WrongKey}, kind: ErrWrongKey, at: 15, detail: "", records: ""},
		{name: "mode 3", frame: modeX(3), key: key00to0F, want: Security{ModeDESDate, Unsupported}, kind: ErrUnsupported, at: 15, detail: "security mode 3 (DES-CBC with IV from number and date) cannot be opened", records: ""},
		{name: "mode 8", frame: modeX(8), key: key00to0F, want: Security{ModeAESCTR, Unsupported}, kind: ErrUnsupported, at: 15, detail: "security mode 8 (AES-128-CTR with CMAC) cannot be opened", records: ""},
		{name: "mode 9", frame: modeX(9), key: key00to0F, want: Security{ModeAESGCM, Unsupported}, kind: ErrUnsupported, at: 15, detail: "security mode 9 (AES-128-GCM) cannot be opened", records: ""},
		{name: "mode 13", frame: modeX(13), key: key00to0F, want: Security{ModeTLS, Unsupported}, kind: ErrUnsupported, at: 15, detail: "security mode 13 (TLS) cannot be opened", records: ""},
		{name: "ELL, no key", frame: ell, key: "", want: Security{ModeELL, NoKey}, kind: ErrNoKey, at: 17, detail: "AES-128-CTR of the extended link layer needs the key of meter KAM-76348799-1B-16: enter it, or ask the supplier of the meter for it", records: ""},
		{name: "ELL, wrong key", frame: ell, key: key00to0F, want: Security{ModeELL, WrongKey}, kind: ErrWrongKey, at: 17, detail: "opened with the key given, the payload checksum of the extended link layer does not match: compare the key with the meter's papers", records: ""},
		{name: "ELL, DES key", frame: ell, key: "0001020304050607", want: Security{ModeELL, WrongKey}, kind: ErrWrongKey, at: 17, detail: "AES-128-CTR of the extended link layer needs a key of 16 bytes, the one given has 8", records: ""},
		{name: "ELL, altered", frame: changed(ell, 30, 4), key: "28F64A24988064A079AA2C807D6102AE", want: Security{ModeELL, WrongKey}, kind: ErrWrongKey, at: 17, detail: "", records: ""},
		{name: "ELL, reserved encryption", frame: changed(ell, 16, 0x40), key: "28F64A24988064A079AA2C807D6102AE", want: Security{ModeELL, Unsupported}, kind: ErrUnsupported, at: 13, detail: "encryption 3 of the extended link layer is reserved", records: ""},
		{name: "ELL, stored in clear", frame: unhex(t, "2A442D2C998734761B168D2091D37CAC21576C7802FF207100041308190000441308190000615B7F616713"), key: "", want: Security{ModeELL, NotEncrypted}, kind: 0, at: 0, detail: "", records: "info_flags=113; volume=6.408 m³; volume=6.408 m³/1; flow_temperature=127 °C/1 minimum; external_temperature=19 °C/1 minimum"},
		{name: "ELL, not encrypted, wrong checksum", frame: unhex(t, "2A442D2C998734761B168D2091D37CAC01576C7802FF207100041308190000441308190000615B7F616714"), key: "", want: Security{Result: Damaged}, kind: ErrCRC, at: 17, detail: "the payload checksum of the extended link layer is wrong: received with errors, wait for the next telegram", records: ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var telegram Telegram
			err := new(Decoder).Decode(&telegram, c.frame, mustKey(t, c.key))
			if telegram.Security != c.want {
				t.Errorf("security %v, want %v", telegram.Security, c.want)
			}
			if got := describe(telegram.Records); got != c.records {
				t.Errorf("records %s", got)
			}
			if c.kind == 0 {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, c.kind) || telegram.Err.Offset != c.at || c.detail != "" && telegram.Err.Detail != c.detail {
				t.Errorf("error %v, want %s at %d: %s", err, c.kind.Word(), c.at, c.detail)
			}
		})
	}
}

func TestWithoutCheckBytes(t *testing.T) {
	t.Parallel()
	key := mustKey(t, key00to0F)
	build := func(content string) []byte {
		m := Message{Link: Address{manufacturer("XYZ"), 0x12345678, 1, TypeWater}, CI: 0x7A, Mode: ModeAESIV, Access: 7, Payload: unhex(t, content)}
		frame, err := m.Append(nil, key)
		if err != nil {
			t.Fatal(err)
		}
		// Again without the check bytes the encoder put before the content.
		tg := Telegram{workspace: new(workspace), buf: frame, layers: layers{header: Header{Link: m.Link}, tpl: tplLayer{access: 7}}}
		tg.startIV(ModeAESIV)
		tg.decryptCBC(key, frame[15:])
		copy(frame[15:], append(unhex(t, content), 0x2F, 0x2F))
		m2 := m
		tg.startIV(ModeAESIV)
		m2.encrypt(&tg, key, frame[15:])
		return frame
	}
	var telegram Telegram
	frame := build("0C1378563412 426C1F2C 4C1311111100 0B3B000000 2F2F2F2F2F2F2F2F2F")
	err := new(Decoder).Decode(&telegram, frame, key)
	if got := describe(telegram.Records); err != nil || telegram.Security != (Security{ModeAESIV, CannotTell}) ||
		got != "volume=12345.678 m³; date=2016-12-31 /1; volume=111.111 m³/1; volume_flow=0.000 m³/h" {
		t.Errorf("%v, %v, %s", telegram.Security, err, got)
	}
	for name, content := range map[string]string{
		"no date":        "0C1378563412 0C1378563412 4C1311111100 0B3B000000 2F2F2F2F2F2F2F2F",
		"one number":     "0C1378563412 426C1F2C 2F2F2F2F2F2F2F2F",
		"unknown VIF":    "0C1378563412 426C1F2C 4C6F11111100 0B3B000000 2F2F2F2F2F2F2F2F2F",
		"invalid value":  "0C13785634A2 426C1F2C 4C1311111100 0B3B000000 2F2F2F2F2F2F2F2F2F",
		"storage 64":     "8C2013785634A2 426C1F2C 4C1311111100 0B3B000000 2F2F2F2F2F2F2F2F",
		"cut off":        "0C1378563412 426C1F2C 4C1311111100 0B3B000000 2F2F2F2F2F2F2F0413",
		"maker's data":   "0C1378563412 426C1F2C 4C1311111100 0B3B000000 0F0000000000000000",
		"limit exceeded": "0C9317785634 426C1F2C 4C1311111100 0B3B000000 2F2F2F2F2F2F2F2F2F",
	} {
		err := new(Decoder).Decode(&telegram, build(content), key)
		want, result := ErrDamaged, Damaged // its fillers show that the key is right
		if name == "cut off" || name == "maker's data" {
			want, result = ErrWrongKey, WrongKey
		}
		if !errors.Is(err, want) || telegram.Security.Result != result || len(telegram.Records) != 0 {
			t.Errorf("%s: %v, %v, %s", name, telegram.Security, err, describe(telegram.Records))
		}
	}
}

func TestFewerBlocksThanAnnounced(t *testing.T) {
	t.Parallel()
	frame := plainFrame(t, n11)
	frame = append([]byte{byte(len(frame) - 17)}, frame[1:len(frame)-16]...)
	var telegram Telegram
	err := new(Decoder).Decode(&telegram, frame, mustKey(t, "0102030405060708090A0B0C0D0E0F11"))
	if !errors.Is(err, ErrTruncated) || telegram.Err.Detail != "32 encrypted bytes are announced, there are 16 in whole blocks" || telegram.Err.Offset != 31 {
		t.Errorf("%v", err)
	}
	if got := describe(telegram.Records); got != "volume=28504.27 m³; date_time=2008-05-31T23:50" {
		t.Errorf("records %s", got)
	}
}

// A MAC without encryption is checked too, when there is a key.
func TestAuthenticationAlone(t *testing.T) {
	t.Parallel()
	// N.1.3 with mode 0 and its content in clear, authenticated anew.
	key := mustKey(t, key00to0F)
	frame := unhex(t, "2C449315785634123303 900F002C25B30A0000 0000000000000000 7A75000000 2F2F0C1427048502046D32371F15")
	frame[0] = byte(len(frame) - 1)
	tg := Telegram{workspace: new(workspace), buf: frame}
	if err := tg.layers.outer(frame); err != nil {
		t.Fatal(err)
	}
	if err := tg.layers.inner(frame); err != nil {
		t.Fatal(err)
	}
	if ok, err := tg.macMatches(key); ok || err != nil {
		t.Fatalf("an empty MAC matches: %v, %v", ok, err)
	}
	copy(frame[19:27], tg.sum[:])
	var telegram Telegram
	for _, c := range []struct {
		name  string
		frame []byte
		key   *Key
		want  Security
		kind  Kind
	}{
		{name: "right", frame: frame, key: key, want: Security{}, kind: 0},
		{name: "no key", frame: frame, key: nil, want: Security{}, kind: 0},
		{name: "DES key", frame: frame, key: mustKey(t, "0001020304050607"), want: Security{}, kind: 0},
		{name: "altered", frame: changed(frame, 37, 1), key: key, want: Security{ModeNone, MACWrong}, kind: ErrMAC},
		{name: "GMAC", frame: changed(frame, 14, 0x05^0x08), key: key, want: Security{ModeNone, Unsupported}, kind: ErrUnsupported},
	} {
		f := c.frame
		if c.name == "GMAC" { // has 12 bytes
			f = append(append(append([]byte{}, f[:27]...), 0, 0, 0, 0), f[27:]...)
			f[0] += 4
			f[11] += 4
		}
		err := new(Decoder).Decode(&telegram, f, c.key)
		if c.kind == 0 && err != nil || c.kind != 0 && !errors.Is(err, c.kind) || telegram.Security != c.want {
			t.Errorf("%s: %v, %v", c.name, telegram.Security, err)
		}
	}
}

// Mode 7 telegrams as loggers store them, in clear: the MAC cannot match.
func TestMode7InClear(t *testing.T) {
	t.Parallel()
	frame := plainFrame(t, n13)
	copy(frame[36:], unhex(t, "2F2F0C1427048502046D32371F1502FD1700002F2F2F2F2F2F2F2F2F2F2F2F2F"))
	const want = "volume=28504.27 m³; date_time=2008-05-31T23:50; error_flags=0"
	for _, key := range []*Key{nil, mustKey(t, key00to0F), mustKey(t, "0001020304050607")} {
		var telegram Telegram
		err := new(Decoder).Decode(&telegram, frame, key)
		if err != nil || telegram.Security != (Security{ModeAESKDF, NotEncrypted}) || describe(telegram.Records) != want {
			t.Errorf("%v, %v, %s", telegram.Security, err, describe(telegram.Records))
		}
	}
}

// Without a message counter the key cannot be derived; with key derivation 0
// the meter's key is used as it is.
func TestMode7WithoutCounter(t *testing.T) {
	t.Parallel()
	key := mustKey(t, key00to0F)
	m := Message{Link: Address{manufacturer("XYZ"), 0x12345678, 1, TypeWater}, CI: 0x7A, Mode: ModeAESKDF, Payload: unhex(t, "0C1378563412")}
	withCounter, err := m.Append(nil, key)
	if err != nil {
		t.Fatal(err)
	}
	frame := append(withCounter[:10:10], withCounter[27:]...)
	frame[0] = byte(len(frame) - 1)
	var telegram Telegram
	err = new(Decoder).Decode(&telegram, frame, key)
	if !errors.Is(err, ErrUnsupported) || telegram.Security != (Security{ModeAESKDF, Unsupported}) ||
		telegram.Err.Detail != "security mode 7 derives its key from a message counter, and this telegram has none" {
		t.Errorf("%v, %v", telegram.Security, err)
	}
	clear := append(frame[:16:16], unhex(t, "2F2F0C13785634122F2F2F2F2F2F2F2F")...)
	if err := new(Decoder).Decode(&telegram, clear, key); err != nil || describe(telegram.Records) != "volume=12345.678 m³" {
		t.Errorf("%v, %s", err, describe(telegram.Records))
	}
	direct := append(frame[:15:15], append([]byte{0}, unhex(t, "2F2F0C13785634122F2F2F2F2F2F2F2F")...)...)
	tg := Telegram{workspace: new(workspace)}
	m.Mode = ModeDES // its IV is zero, too, and its key is used as it is
	m.encrypt(&tg, key, direct[16:])
	if err := new(Decoder).Decode(&telegram, direct, key); err != nil || telegram.Security != (Security{ModeAESKDF, CannotTell}) || describe(telegram.Records) != "volume=12345.678 m³" {
		t.Errorf("%v, %v, %s", telegram.Security, err, describe(telegram.Records))
	}
}

func TestSecurityWords(t *testing.T) {
	t.Parallel()
	for m, want := range map[SecurityMode]string{ModeNone: "none", ModeAESIV: "mode_5", ModeELL: "ell_ctr", ModePRIOS: "prios", 200: ""} {
		if m.String() != want || (m.Name() == "") != (want == "") {
			t.Errorf("mode %d is %q, %q", m, m, m.Name())
		}
	}
	for r, want := range map[SecurityResult]string{
		NotEncrypted: "not_encrypted", SecurityOK: "ok", NoKey: "no_key", WrongKey: "wrong_key",
		MACWrong: "mac_wrong", CannotTell: "cannot_tell", Unsupported: "unsupported", Damaged: "damaged", 99: "",
	} {
		if r.String() != want {
			t.Errorf("result %d is %q", r, r)
		}
		if want := r == NotEncrypted || r == SecurityOK || r == CannotTell; r.Readable() != want {
			t.Errorf("%v: readable %v", r, r.Readable())
		}
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	words := map[string]bool{}
	for k := ErrNotWMBus; k <= ErrBadMessage; k++ {
		if k.Word() == "" || k.Error() == "" || words[k.Word()] || strings.Contains(k.Word(), " ") {
			t.Errorf("kind %d is %q, %q", k, k.Word(), k.Error())
		}
		words[k.Word()] = true
	}
	if Kind(0).Word() != "" || Kind(99).Word() != "" || Kind(99).Error() != "unknown trouble" {
		t.Error("there are words for kinds that do not exist")
	}
	err := error(&Error{Kind: ErrTruncated, Offset: 7, Detail: "gone"})
	if !errors.Is(err, ErrTruncated) || errors.Is(err, ErrLength) || err.Error() != "telegram cut off: byte 7: gone" {
		t.Errorf("%v", err)
	}
}
