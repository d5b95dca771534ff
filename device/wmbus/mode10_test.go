package wmbus

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

const waterRecords = "0413409C0000 4413E8030000 426C1F2C 02FD170000"

// mode10Message is a water meter's telegram of OMS security profile D.
func mode10Message(t testing.TB) (Message, *Key) {
	t.Helper()
	return Message{
		Link: Address{manufacturer("XYZ"), 0x87654321, 0x3C, TypeWater}, CI: 0x7A, Access: 0x17, Status: 0x04,
		Mode: ModeAESCCM, Config: 0x2000, Counter: 0x00012345, Payload: unhex(t, waterRecords),
	}, mustKey(t, "1A2B3C4D5E6F708192A3B4C5D6E7F809")
}

func mode10Frame(t testing.TB) ([]byte, *Key) {
	t.Helper()
	m, key := mode10Message(t)
	frame, err := m.Append(nil, key)
	if err != nil {
		t.Fatal(err)
	}
	return frame, key
}

const waterWords = "volume=40.000 m³; volume=1.000 m³/1; date=2016-12-31 /1; error_flags=0"

// The parts of the worked example of docs/protocol/security.md#mode-10: the
// derived key, the nonce and the header that the tag covers.
func TestMode10Derivation(t *testing.T) {
	t.Parallel()
	key := mustKey(t, "BF902DD6DFADAFE83E4AE6832B5FA14C")
	frame := unhex(t, "1844 372C 06038253 3C16 7A 30 10 FF2A 1001 8C570E00 00 0000000000000000")
	var telegram Telegram
	_ = new(Decoder).Decode(&telegram, frame, key)
	telegram.derived[deriveEncryption].from = nil
	telegram.ccmKey(key, (*[8]byte)(frame[2:linkLen]))
	if want := unhex(t, "B3FAAED774AD70EAA3135A5B31242D13"); !bytes.Equal(telegram.sum[:], want) {
		t.Errorf("key %X, want %X", telegram.sum, want)
	}
	if want := unhex(t, "372C060382533C1600000E578C"); !bytes.Equal(telegram.nonce[:], want) {
		t.Errorf("nonce %X, want %X", telegram.nonce, want)
	}
	if want := unhex(t, "7A3010FF2A1001"); !bytes.Equal(telegram.ccmHeader(), want) {
		t.Errorf("header %X, want %X", telegram.ccmHeader(), want)
	}
}

func TestMode10(t *testing.T) {
	t.Parallel()
	frame, key := mode10Frame(t)
	long, _ := mode10Message(t)
	long.CI, long.Meter = 0x72, Address{manufacturer("ABC"), 0x11223344, 1, TypeHeat}
	longFrame, err := long.Append(nil, key)
	if err != nil {
		t.Fatal(err)
	}
	short := func(n int) []byte { // as long as it says
		f := bytes.Clone(frame[:len(frame)-n])
		f[0] -= byte(n)
		return f
	}
	const content = 21 // after link layer, transport header, extension and counter
	for _, c := range []struct {
		name   string
		frame  []byte
		key    *Key
		result SecurityResult
		kind   Kind
	}{
		{name: "right key", frame: frame, key: key, result: SecurityOK},
		{name: "long header", frame: longFrame, key: key, result: SecurityOK},
		{name: "no key", frame: frame, result: NoKey, kind: ErrNoKey},
		{name: "wrong key", frame: frame, key: mustKey(t, key00to0F), result: WrongKey, kind: ErrWrongKey},
		{name: "DES key", frame: frame, key: mustKey(t, "0001020304050607"), result: WrongKey, kind: ErrWrongKey},
		{name: "cut off", frame: frame[:len(frame)-1], key: key, result: Damaged, kind: ErrLength},
		{name: "cut off in the content", frame: frame[:content+4], key: key, result: Damaged, kind: ErrLength},
		{name: "no room for the tag", frame: short(len(frame) - content - 4), key: key, result: Damaged, kind: ErrTruncated},
		{name: "ends in the extension", frame: short(len(frame) - 18), key: key, result: NotEncrypted, kind: ErrTruncated},
		{name: "another tag", frame: changed(frame, len(frame)-1, 1), key: key, result: Damaged, kind: ErrDamaged},
		{name: "another content", frame: changed(frame, content+14, 0x40), key: key, result: Damaged, kind: ErrDamaged},
		{name: "another access number", frame: changed(frame, 11, 1), key: key, result: Damaged, kind: ErrDamaged},
		{name: "another status", frame: changed(frame, 12, 1), key: key, result: Damaged, kind: ErrDamaged},
		{name: "another counter", frame: changed(frame, 17, 1), key: key, result: WrongKey, kind: ErrWrongKey},
		{name: "another address", frame: changed(frame, 4, 1), key: key, result: WrongKey, kind: ErrWrongKey},
		{name: "another key number", frame: changed(frame, 15, 1), key: key, result: Damaged, kind: ErrDamaged},
		{name: "an extension that is not known", frame: changed(frame, 16, 0x40), key: mustKey(t, key00to0F), result: Unsupported, kind: ErrUnsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var telegram Telegram
			err := new(Decoder).Decode(&telegram, c.frame, c.key)
			if telegram.Security.Result != c.result || c.kind == 0 && err != nil || c.kind != 0 && !errors.Is(err, c.kind) {
				t.Errorf("%v, %v; want %v, %s", telegram.Security, err, c.result, c.kind.Word())
			}
			want := ""
			if c.result == SecurityOK {
				want = waterWords
			}
			if got := describe(telegram.Records); got != want {
				t.Errorf("records %s", got)
			}
			parts, _ := new(Decoder).Explain(&telegram, c.frame, c.key)
			checkCoverage(t, c.frame, parts)
		})
	}
}

// No bit of a telegram may change without its tag failing, but for the C-field,
// which the tag does not cover, and the CI-field: without a transport header
// nothing is encrypted.
func TestMode10EveryBit(t *testing.T) {
	t.Parallel()
	frame, key := mode10Frame(t)
	var telegram Telegram
	for bit := 16; bit < 8*len(frame); bit++ {
		if bit/8 == linkLen {
			continue
		}
		err := new(Decoder).Decode(&telegram, changed(frame, bit/8, 1<<(bit%8)), key)
		if err == nil || len(telegram.Records) > 0 {
			t.Errorf("bit %d: %v, %s", bit, telegram.Security, describe(telegram.Records))
		}
	}
}

func TestMode10Explained(t *testing.T) {
	t.Parallel()
	frame, key := mode10Frame(t)
	var telegram Telegram
	parts, err := new(Decoder).Explain(&telegram, frame, key)
	if err != nil {
		t.Fatal(err)
	}
	got := outline(parts)
	for _, want := range []string{
		"  13+2 security configuration word: security mode 10: AES-128-CCM\n",
		"  15+2 security configuration extension: key derivation 1, key 0\n",
		"  17+4 security message counter: 74565\n",
		": AES-128-CCM: ok\n",
		"+8 check authentication tag: matches\n",
	} {
		if !bytes.Contains([]byte(got), []byte(want)) {
			t.Errorf("%s without %s", got, want)
		}
	}
}

// wrongKeys decodes frame with 10,000 keys that are not the meter's and counts
// what comes of it.
func wrongKeys(t *testing.T, frame []byte) map[SecurityResult]int {
	t.Helper()
	random := rand.New(rand.NewPCG(10, 7))
	results := map[SecurityResult]int{}
	var telegram Telegram
	d := Decoder{Templates: new(Templates)}
	for range 10_000 {
		var raw [16]byte
		binary.LittleEndian.PutUint64(raw[:], random.Uint64())
		binary.LittleEndian.PutUint64(raw[8:], random.Uint64())
		key, err := NewKey(raw[:])
		if err != nil {
			t.Fatal(err)
		}
		_ = d.Decode(&telegram, frame, key)
		results[telegram.Security.Result]++
		volume := slices.ContainsFunc(telegram.Records, func(r Record) bool { return r.Quantity == Volume })
		if telegram.Security.Result.Readable() || volume || len(telegram.Records) > 0 && !telegram.partly {
			t.Fatalf("a wrong key is %v and yields %s", telegram.Security, describe(telegram.Records))
		}
	}
	return results
}

// Hardly any wrong key may look like damage, and none may be accepted.
func TestWrongKeys(t *testing.T) {
	t.Parallel()
	mode10, _ := mode10Frame(t)
	qundis, _ := qundisFrame(t)
	m := Message{Link: Address{manufacturer("KAM"), 0x87654321, 0x1B, TypeColdWater}, CI: 0x78, ELL: ELL{CI: 0x8D, Session: SessionAESCTR}, Payload: unhex(t, waterRecords)}
	ell, err := m.Append(nil, mustKey(t, key00to0F))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		frame []byte
		most  int // of 10,000 that may look damaged
	}{
		{name: "mode 10", frame: mode10, most: 200},
		{name: "QUNDIS", frame: qundis, most: 2},
		{name: "mode 7", frame: plainFrame(t, n13), most: 2},
		{name: "ELL", frame: ell, most: 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			results := wrongKeys(t, c.frame)
			t.Log(results)
			if results[Damaged] > c.most || results[WrongKey]+results[MACWrong]+results[Damaged] != 10_000 {
				t.Errorf("%v", results)
			}
		})
	}
}
