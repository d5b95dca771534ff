package wmbus

import (
	"strings"
	"testing"
)

// wiredFrame is a long frame with what stands between C-field and checksum.
func wiredFrame(t testing.TB, content string) []byte {
	t.Helper()
	b := unhex(t, content)
	frame := append([]byte{0x68, byte(len(b)), byte(len(b)), 0x68}, b...)
	var sum byte
	for _, x := range b {
		sum += x
	}
	return append(frame, sum, 0x16)
}

// CI 76 sends numbers and dates high byte first, in header and records.
func TestHighByteFirst(t *testing.T) {
	t.Parallel()
	const head = "08 01 76 00123456 15B3 2F 04 5A 04 0000 " // XYZ is 633A; ELS is 1593
	for _, c := range []struct {
		name, content, want string
		valid               bool
	}{
		{name: "every kind of value", content: head + "0C13 00506785 026C 2A49 046D 2C1F0F2B 0413 000003E8 4A5A 0269 01FD17 05 0D780441424344 2F", valid: true,
			want: "volume=506.785 m³; date=2018-10-09; date_time=2016-12-31T15:43; volume=1.000 m³; flow_temperature=26.9 °C/1; error_flags=5; fabrication_number=DCBA"},
		{name: "maker's data stay", content: head + "0C13 00506785 0F 0102", valid: true, want: "volume=506.785 m³; manufacturer_data=0102"},
		{name: "cut off in a record", content: head + "0C13 00506785 0C13 0050", want: "volume=506.785 m³"},
		{name: "no records", content: head, valid: true},
	} {
		var telegram Telegram
		frame := wiredFrame(t, c.content)
		parts, err := new(Decoder).Explain(&telegram, frame, nil)
		checkCoverage(t, frame, parts)
		if (err == nil) != c.valid || describe(telegram.Records) != c.want {
			t.Errorf("%s: %v\n got %s\nwant %s", c.name, err, describe(telegram.Records), c.want)
		}
		if a := telegram.Header.Meter; a.ID != 0x00123456 || a.Manufacturer != 0x15B3 || a.Version != 0x2F || a.Type != TypeHeat || !telegram.Status.Has(StatusLowBattery) {
			t.Errorf("%s: %+v, %v", c.name, a, telegram.Status)
		}
		if h, err := ParseHeader(frame); err != nil || h != telegram.Header {
			t.Errorf("%s: header %v, %v", c.name, h, err)
		}
	}
}

// Some Apator meters send a block before the transport layer.
func TestApatorBlock(t *testing.T) {
	t.Parallel()
	key := mustKey(t, key00to0F)
	m := Message{Link: Address{manufacturer("APT"), 0x12345678, 0x05, TypeWater}, CI: 0x7A, Mode: ModeAESIV, Access: 3, Payload: unhex(t, waterRecords)}
	build := func(maker, block string) []byte {
		m.Link.Manufacturer = manufacturer(maker)
		frame, err := m.Append(nil, key)
		if err != nil {
			t.Fatal(err)
		}
		frame = append(append(frame[:linkLen:linkLen], unhex(t, block)...), frame[linkLen:]...)
		frame[0] = byte(len(frame) - 1)
		return frame
	}
	for _, c := range []struct {
		name  string
		frame []byte
		read  bool
	}{
		{name: "a block", frame: build("APT", "B6 05 FFFF010203"), read: true},
		{name: "an empty block", frame: build("APT", "B6 00"), read: true},
		{name: "no block", frame: build("APT", ""), read: true},
		{name: "its length leads elsewhere", frame: build("APT", "B6 04 FFFF010203")},
		{name: "another maker", frame: build("XYZ", "B6 05 FFFF010203")},
		{name: "a length behind the end", frame: unhex(t, "0B44148678563412 0507 B6FF")},
		{name: "no length", frame: unhex(t, "0A44148678563412 0507 B6")},
	} {
		var telegram Telegram
		parts, err := new(Decoder).Explain(&telegram, c.frame, key)
		checkCoverage(t, c.frame, parts)
		if read := err == nil && strings.Contains(describe(telegram.Records), "volume=40.000 m³"); read != c.read {
			t.Errorf("%s: %v, %s", c.name, err, describe(telegram.Records))
		}
	}
}
