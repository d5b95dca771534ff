package site

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const (
	aesText = "00112233445566778899AABBCCDDEEFF"
	desText = "0123456789ABCDEF"
)

func mustKey(t testing.TB, text string) Key {
	t.Helper()
	k, err := ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	aes, err := hex.DecodeString(aesText)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		aesText, strings.ToLower(aesText), " " + aesText + "\t", "0x" + aesText,
		"00112233-44556677-8899AABB-CCDDEEFF", "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF",
		"00 11 22 33 44 55 66 77\u00a088 99 AA BB CC DD EE FF", "00112233_44556677_8899aabb_ccddeeff",
	} {
		want, err := NewKey(aes)
		if err != nil {
			t.Fatal(err)
		}
		if got := mustKey(t, text); !got.Equal(want) {
			t.Errorf("%q is another key than %q", text, aesText)
		}
	}
	plain, err := NewKey([]byte("Sommer-Haus_2026"))
	if err != nil {
		t.Fatal(err)
	}
	if !mustKey(t, "Sommer-Haus_2026").Equal(plain) {
		t.Error("16 plain characters are not read as such")
	}
	if mustKey(t, desText).IsZero() || mustKey(t, desText).Equal(mustKey(t, aesText)) {
		t.Error("16 hex digits are no key of their own")
	}
	for _, text := range []string{"", "  ", "-", "none", "NOKEY", "NoKey"} {
		if k := mustKey(t, text); !k.IsZero() || k.Prepared() != nil || k.Fingerprint() != "" {
			t.Errorf("%q is a key", text)
		}
	}
}

func TestParseKeyRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{aesText[1:], "key has 31 hex digits, an AES key has 32: check whether digits were lost in copying"},
		{aesText + "0", "key has 33 hex digits, an AES key has 32: check whether digits were copied twice"},
		{"0011", "key has 4 hex digits, an AES key has 32: ask for the whole key"},
		{"0011223344556677889GAABBCCDDEEFF", "key has a character at position 20 that is not a hex digit: correct it; an AES key has 32 of the digits 0-9 and A-F"},
		{"ü0112233445566778899AABBCCDDEEFF", "key has a character at position 1 that is not a hex digit: correct it; an AES key has 32 of the digits 0-9 and A-F"},
		{"0123456789ABCDEO", "key has 16 characters, some of which are not hex digits: write it as 32 hex digits (0-9, A-F)"},
		{"01-23-45-67-89-X", "key has 16 characters, some of which are not hex digits: write it as 32 hex digits (0-9, A-F)"},
		{"1.12233445566778E+30", "the spreadsheet has turned the key into a number: format the column as text, enter the key again and export the list again"},
		{"1,1223E+30", "the spreadsheet has turned the key into a number: format the column as text, enter the key again and export the list again"},
		{"Sommer Haus 2026", "key has a character at position 1 that is not a hex digit: correct it; an AES key has 32 of the digits 0-9 and A-F"},
		{"--", "key has 0 hex digits, an AES key has 32: ask for the whole key"},
	} {
		k, err := ParseKey(c.text)
		if err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
		if !k.IsZero() {
			t.Errorf("%q is a key all the same", c.text)
		}
	}
	if _, err := NewKey(make([]byte, 15)); err == nil {
		t.Error("a key of 15 bytes is taken")
	}
}

// TestKeyStaysIn prints a key in every way and looks for its bytes.
func TestKeyStaysIn(t *testing.T) {
	t.Parallel()
	key := mustKey(t, aesText)
	type hidden struct{ key Key }     // fmt cannot call methods of unexported fields
	type behind struct{ hidden *Key } // nor of what they point to
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%o", "%b", "%c", "%t", "%U", "%08v"} {
		for _, value := range []any{key, &key, []Key{key}, map[string]Key{"k": key}, map[Key]int{key: 1}, struct{ K Key }{key},
			hidden{key}, &hidden{key}, behind{&key}, Meter{Key: key}, &Meter{Key: key}, Site{Meters: []Meter{{Key: key}}}} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
	}
	fmt.Fprintln(&out, key, key.String(), key.GoString(), fmt.Errorf("with %v", key))
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("m", "key", key, "pointer", &key, "meter", Meter{Key: key}, "hidden", hidden{key})
	}
	for _, value := range []any{key, &key, Meter{Key: key}, map[string]any{"k": key}} {
		b, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	func() {
		defer func() { fmt.Fprintln(&out, recover()) }()
		panic(key)
	}()

	raw, err := hex.DecodeString(aesText)
	if err != nil {
		t.Fatal(err)
	}
	var decimal []string
	for _, b := range raw[:4] {
		decimal = append(decimal, fmt.Sprint(b))
	}
	text := strings.ToLower(out.String())
	squeezed := strings.NewReplacer(" ", "", "0x", "", ",", "").Replace(text)
	for _, leak := range []string{strings.Join(decimal, " "), strings.Join(decimal, ","), string(raw)} {
		if strings.Contains(text, leak) {
			t.Errorf("the key is printed as %q", leak)
		}
	}
	if i := strings.Index(squeezed, strings.ToLower(aesText[:8])); i >= 0 {
		t.Errorf("the key is printed: …%s…", squeezed[max(0, i-40):i+40])
	}
	if !strings.Contains(text, "[key "+strings.ToLower(key.Fingerprint())+"]") {
		t.Error("the fingerprint is not printed")
	}
	if got, want := (Key{}).String(), "[no key]"; got != want {
		t.Errorf("no key prints as %s, want %s", got, want)
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	// The first four bytes that sha256sum prints of the 16.
	if got, want := mustKey(t, aesText).Fingerprint(), "A8FAED6A"; got != want {
		t.Errorf("fingerprint %s, want %s", got, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "a")
		b := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "b")
		ka, err := NewKey(a)
		if err != nil {
			t.Fatal(err)
		}
		kb, err := NewKey(b)
		if err != nil {
			t.Fatal(err)
		}
		same := bytes.Equal(a, b)
		if ka.Equal(kb) != same || (ka.Fingerprint() == kb.Fingerprint()) != same {
			t.Fatalf("keys equal %v, Equal says %v, fingerprints %s %s", same, ka.Equal(kb), ka.Fingerprint(), kb.Fingerprint())
		}
		again, err := ParseKey(hex.EncodeToString(a))
		if err != nil || !again.Equal(ka) {
			t.Fatalf("a key does not survive being written: %v", err)
		}
	})
}

// TestFingerprintAlone: a key that is known by its fingerprint is the same key, and
// opens nothing.
func TestFingerprintAlone(t *testing.T) {
	t.Parallel()
	key := mustKey(t, aesText)
	alone, err := ParseFingerprint(key.Fingerprint())
	if err != nil || alone.IsZero() || alone.Known() || alone.Prepared() != nil || !key.Known() {
		t.Fatalf("%v, %v, known %v", alone, err, alone.Known())
	}
	if alone.String() != key.String() || !alone.Equal(key) || !key.Equal(alone) || alone.Equal(mustKey(t, desText)) || alone.Equal(Key{}) {
		t.Errorf("%v is not %v", alone, key)
	}
	if none, err := ParseFingerprint(""); err != nil || !none.IsZero() || none.Known() {
		t.Errorf("no fingerprint is %v, %v", none, err)
	}
	for _, text := range []string{"1234567", "123456789A", "1234567G", "abcdef01", aesText} {
		if k, err := ParseFingerprint(text); err == nil || !k.IsZero() {
			t.Errorf("%q is taken for a fingerprint", text)
		}
	}
}
