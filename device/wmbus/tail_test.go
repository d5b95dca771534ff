package wmbus

import (
	"errors"
	"testing"
)

// withTail is a frame whose receiver left the checksum of the last block and
// counted it.
func withTail(frame []byte) []byte {
	block := (len(frame)-linkLen-1)/blockLen*blockLen + linkLen
	frame[0] += tailLen
	return appendCRC(frame, frame[block:])
}

// docs/protocol/linklayer.md#checksum-left-behind
func TestTail(t *testing.T) {
	t.Parallel()
	key := mustKey(t, "000102030405060708090A0B0C0D0E0F")
	sealed, err := (&Message{
		Link: Address{manufacturer("CEN"), 0x12345678, 1, TypeWater}, CI: 0x7A, Access: 7, Mode: ModeAESIV,
		Payload: unhex(t, "041387D61200"), Clear: unhex(t, "02FD170000"),
	}).Append(nil, key)
	if err != nil {
		t.Fatal(err)
	}
	compact := contentFrame(0x79, compactOf(t, "02FF200000 041387D61200 441310270000"))
	const volume = "volume=1234.567 m³"
	for _, c := range []struct {
		name, records string
		frame         []byte
		key           *Key
		kind          Kind
		notes         Notes
	}{
		{name: "one block", frame: withTail(contentFrame(0x78, unhex(t, "041387D61200"))), records: volume, notes: NoteTail},
		{name: "two blocks", frame: withTail(contentFrame(0x78, unhex(t, "041387D61200 0DFD110A 30313233343536373839"))), records: volume + "; customer=9876543210", notes: NoteTail},
		{name: "encrypted", frame: withTail(sealed), key: key, records: volume + "; error_flags=0", notes: NoteTail},
		{name: "compact", frame: withTail(compact), records: "unknown=0 manufacturer_vife; " + volume + "; volume=10.000 m³/1", notes: NoteTail},
		{name: "manufacturer data", frame: withTail(contentFrame(0x78, unhex(t, "041387D61200 0F AABB"))), records: volume + "; manufacturer_data=AABB", notes: NoteTail},
		{name: "another checksum", frame: changed(withTail(contentFrame(0x78, unhex(t, "041387D61200"))), 17, 1), records: volume, kind: ErrTruncated},
		// Records that end with the frame have no tail, whatever their last bytes are.
		{name: "a value that looks like one", frame: withTail(contentFrame(0x78, unhex(t, "041387D61200 02FD17"))), records: volume + "; error_flags=42219"},
	} {
		var telegram Telegram
		parts, err := new(Decoder).Explain(&telegram, c.frame, c.key)
		checkCoverage(t, c.frame, parts)
		if c.kind == 0 && err != nil || c.kind != 0 && !errors.Is(err, c.kind) {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := describe(telegram.Records); got != c.records || telegram.Notes != c.notes {
			t.Errorf("%s: %s, notes %q", c.name, got, telegram.Notes.Words())
		}
		if last := parts[len(parts)-1]; c.notes == NoteTail && (last.Role != RoleCheck || last.Length != tailLen) {
			t.Errorf("%s: the last part is %+v", c.name, last)
		}
	}
}

func TestStrayByte(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		frame []byte
		kind  Kind
		notes Notes
	}{
		{name: "one behind records", frame: append(contentFrame(0x78, unhex(t, "041387D61200")), 0x6E), kind: 0, notes: NoteStrayByte},
		{name: "two", frame: append(contentFrame(0x78, unhex(t, "041387D61200")), 0x6E, 0x6E), kind: ErrLength, notes: 0},
		{name: "one behind a record cut short", frame: append(contentFrame(0x78, unhex(t, "041387D61200 0413")), 0x6E), kind: ErrTruncated, notes: 0},
		{name: "one behind nothing", frame: append(contentFrame(0x78, nil), 0x6E), kind: ErrLength, notes: 0},
	} {
		var telegram Telegram
		err := new(Decoder).Decode(&telegram, c.frame, nil)
		if c.kind == 0 && err != nil || c.kind != 0 && !errors.Is(err, c.kind) || telegram.Notes != c.notes {
			t.Errorf("%s: %v, notes %q", c.name, err, telegram.Notes.Words())
		}
	}
}

// As many bytes behind a telegram as checksums would have.
func TestLengthOfChecksums(t *testing.T) {
	t.Parallel()
	frame := contentFrame(0x78, unhex(t, "041387D61200"))
	raw := append(append([]byte(nil), frame...), 0x2F, 0x17, 0xDC, 0x3B)
	got, format, err := Unframe(raw)
	if !errors.Is(err, ErrLength) || format != FormatPlain || len(got) != len(raw) {
		t.Errorf("%v, %v, %X", err, format, got)
	}
	onAir := AppendFormatA(nil, frame)
	for _, at := range []int{3, 14} {
		if _, _, err := Unframe(changed(onAir, at, 1)); !errors.Is(err, ErrCRC) {
			t.Errorf("byte %d changed: %v", at, err)
		}
	}
	if _, _, err := Unframe(changed(changed(onAir, 3, 1), 14, 1)); !errors.Is(err, ErrCRC) {
		t.Errorf("two bytes changed: %v", err)
	}
}
