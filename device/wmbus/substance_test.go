package wmbus

import "testing"

func TestSubstance(t *testing.T) {
	t.Parallel()
	key := mustKey(t, key00to0F)
	fillers := Message{Link: Address{manufacturer("XYZ"), 0x12345678, 1, TypeWater}, CI: 0x7A, Mode: ModeAESIV}
	encrypted, err := fillers.Append(nil, key)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		frame []byte
		key   *Key
		want  Substance
	}{
		{name: "link layer only, SND-NKE", frame: unhex(t, "0940AE0C785634120107"), want: SignOfLife},
		{name: "ACC-NR with ELL", frame: unhex(t, "0C47AE0C785634120107 8CC000"), want: SignOfLife},
		{name: "ACC-NR with transport header", frame: unhex(t, "0E47AE0C785634120107 7A55000000"), want: SignOfLife},
		{name: "SND-IR without data", frame: unhex(t, "0E46AE0C785634120107 7A01000000"), want: SignOfLife},
		{name: "transport layer only", frame: unhex(t, "0E44AE0C785634120107 8A01000000"), want: SignOfLife},
		{name: "fillers", frame: unhex(t, "0E44AE0C785634120107 78 2F2F2F2F"), want: SignOfLife},
		{name: "fillers, encrypted", frame: encrypted, key: key, want: SignOfLife},
		{name: "an invalid value", frame: unhex(t, "1044AE0C785634120107 78 0C13FFFFFFFF"), want: SignOfLife},
		{name: "encrypted, no key", frame: encrypted, want: Unread},
		{name: "cut off", frame: unhex(t, "1044AE0C785634120107 78 0C13785634"), want: Unread},
		{name: "the maker's data", frame: unhex(t, "0E44AE0C785634120107 78 0F010203"), want: MakersOwn},
		{name: "the maker's CI-field", frame: unhex(t, "0D44AE0C785634120107 A5 010203"), want: MakersOwn},
		{name: "a fabrication number and the maker's data", frame: unhex(t, "1444AE0C785634120107 78 0C7878563412 0F010203"), want: Static},
		{name: "a value", frame: unhex(t, "1044AE0C785634120107 78 0C1378563412"), want: Values},
		{name: "a value and one byte more", frame: unhex(t, "1044AE0C785634120107 78 0C1378563412 00"), want: Values},
		{name: "flags", frame: unhex(t, "0F44AE0C785634120107 78 02FD170000"), want: Values},
	} {
		var telegram Telegram
		_ = new(Decoder).Decode(&telegram, c.frame, c.key)
		if got := telegram.Substance(); got != c.want {
			t.Errorf("%s: %v, want %v (%v)", c.name, got, c.want, telegram.Err)
		}
	}
	if Substance(99).String() != "" || Static.String() != "static" {
		t.Error("words")
	}
}
