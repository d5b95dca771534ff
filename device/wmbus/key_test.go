package wmbus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unsafe"
)

// RFC 4493, section 4.
func TestCMAC(t *testing.T) {
	t.Parallel()
	key := mustKey(t, "2B7E151628AED2A6ABF7158809CF4F3C")
	if got := appendHex(nil, key.cmac.k1[:]); string(got) != "FBEED618357133667C85E08F7236A8DE" {
		t.Errorf("K1 %s", got)
	}
	if got := appendHex(nil, key.cmac.k2[:]); string(got) != "F7DDAC306AE266CCF90BC11EE46D513B" {
		t.Errorf("K2 %s", got)
	}
	message := unhex(t, "6BC1BEE22E409F96E93D7E117393172A AE2D8A571E03AC9C9EB76FAC45AF8E51 30C81C46A35CE411E5FBC1191A0A52EF F69F2445DF4F9B17AD2B417BE66C3710")
	for n, want := range map[int]string{
		0:  "BB1D6929E95937287FA37D129B756746",
		16: "070A16B46B4D4144F79BDD9DD04A287C",
		40: "DFA66747DE9AE63030CA32611497C827",
		64: "51F0BEBF7E3B9D92FC49741779363CFE",
	} {
		for cut := 0; cut <= n; cut++ { // where head ends and body begins makes no difference
			var sum [16]byte
			cmac(key.block, &key.cmac, &sum, message[:cut], message[cut:n])
			if got := string(appendHex(nil, sum[:])); got != want {
				t.Fatalf("CMAC of %d bytes cut at %d is %s, want %s", n, cut, got, want)
			}
		}
	}
}

func TestNewKey(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 7, 9, 15, 17, 24, 32} {
		key, err := NewKey(make([]byte, n))
		if key != nil || !errors.Is(err, ErrBadKey) || !strings.Contains(err.Error(), fmt.Sprintf("it has %d bytes; AES keys have 16 (32 hex digits), DES keys 8 (16 hex digits)", n)) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	raw := unhex(t, "000102030405060708090A0B0C0D0E0F")
	key, err := NewKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	raw[0] = 0xFF
	if key.raw[0] != 0 {
		t.Error("the key changed with the bytes it was made of")
	}
	same, other, short := mustKey(t, "000102030405060708090A0B0C0D0E0F"), mustKey(t, "000102030405060708090A0B0C0D0E10"), mustKey(t, "0001020304050607")
	for _, c := range []struct {
		a, b *Key
		want bool
	}{{a: key, b: same, want: true}, {a: key, b: other, want: false}, {a: key, b: short, want: false}, {a: key, b: nil, want: false}, {a: nil, b: key, want: false}, {a: nil, b: nil, want: true}} {
		if c.a.Equal(c.b) != c.want {
			t.Errorf("Equal is %v", !c.want)
		}
	}
	if got := key.Fingerprint(); got != "BE45CB26" {
		t.Errorf("fingerprint %s", got)
	}
}

// No way of printing shows a byte of the key.
func TestKeyIsNeverShown(t *testing.T) {
	t.Parallel()
	key := mustKey(t, "A1B2C3D4E5F60718293A4B5C6D7E8F90")
	type holder struct {
		Key   *Key
		Value Key
		List  []*Key
	}
	h := holder{key, *key, []*Key{key}}
	var out []string
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%T %v"} {
		args := []any{key}
		if verb == "%T %v" {
			args = []any{key, key}
		}
		out = append(out, fmt.Sprintf(verb, args...), fmt.Sprint(h.List))
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%x"} {
		out = append(out, fmt.Sprintf(verb, h.List))
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%d"} {
		out = append(out, fmt.Sprintf(verb, *key), fmt.Sprintf(verb, h))
		hidden := fmt.Sprintf(verb, struct {
			pointer *Key
			value   Key
		}{key, *key})
		out = append(out, redacted+hidden) // no method is called on these fields
	}
	text, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	out = append(out, string(text), key.String(), key.GoString())
	marshalled, err := key.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	out = append(out, string(marshalled))
	var log bytes.Buffer
	timeless := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{} // by chance it holds anything
		}
		return a
	}}
	slog.New(slog.NewTextHandler(&log, timeless)).Info("key", "key", key)
	slog.New(slog.NewJSONHandler(&log, timeless)).Info("key", "key", key, "holder", h)
	out = append(out, log.String())
	for _, s := range out {
		s = withoutAddresses(s, key) // by chance they hold anything
		if !strings.Contains(s, redacted) {
			t.Errorf("%q does not show that it is redacted", s)
		}
		lower := strings.ToLower(s)
		for _, secret := range []string{"a1b2", "c3d4", "6d7e", "161 178", "162 195", "144"} {
			if strings.Contains(lower, secret) {
				t.Errorf("%q shows %s", s, secret)
			}
		}
	}
}

// withoutAddresses takes out of a print where in memory the key lies.
func withoutAddresses(printed string, key *Key) string {
	for _, address := range []uintptr{uintptr(unsafe.Pointer(key)), uintptr(unsafe.Pointer(key.prepared))} {
		for _, verb := range []string{"%x", "%d"} {
			printed = strings.ReplaceAll(printed, fmt.Sprintf(verb, address), "address")
		}
	}
	return printed
}

// A printed Telegram shows neither the key nor those derived from it.
func TestTelegramShowsNoKey(t *testing.T) {
	t.Parallel()
	key := mustKey(t, "A1B2C3D4E5F60718293A4B5C6D7E8F90")
	m := Message{Link: Address{manufacturer("XYZ"), 0x12345678, 1, TypeWater}, CI: 0x7A, Mode: ModeAESKDF, Payload: unhex(t, "0C1378563412")}
	frame, err := m.Append(nil, key)
	if err != nil {
		t.Fatal(err)
	}
	var telegram Telegram
	if err := new(Decoder).Decode(&telegram, frame, key); err != nil {
		t.Fatal(err)
	}
	telegram.derived[deriveMAC].from = nil // derive it again, which leaves it in sum
	derived := telegram.deriveKey(key, deriveMAC)
	secrets := []string{fmt.Sprint(key.raw[:4]), fmt.Sprint(telegram.sum[:4]), fmt.Sprintf("%x", telegram.sum[:4]), fmt.Sprint(derived.cmac.k1[:4])}
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%d"} {
		for _, out := range []string{fmt.Sprintf(verb, telegram), fmt.Sprintf(verb, &telegram), fmt.Sprintf(verb, []Telegram{telegram})} {
			for _, secret := range secrets {
				if inner := strings.Trim(secret, "[]"); strings.Contains(out, inner) {
					t.Errorf("%s shows %s", verb, inner)
				}
			}
		}
	}
}
