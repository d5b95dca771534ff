package wmbus

import (
	"errors"
	"fmt"
	"testing"
)

func TestParseHeader(t *testing.T) {
	t.Parallel()
	link := Address{manufacturer("CEN"), 0x12345678, 0x01, TypeWater}
	adapter := Address{manufacturer("TCH"), 0x11223344, 0x03, 0x37}
	for _, c := range []struct {
		name  string
		frame string
		want  Header
		kind  Kind
	}{
		{name: "ELL I, no header", frame: "1244AE0C7856341201078C2027780B13436587", want: Header{0x12, SendNoReply, 0x78, link, link}, kind: 0},
		{name: "header alone", frame: "0944AE0C785634120107", want: Header{0x09, SendNoReply, 0, link, link}, kind: 0},
		{name: "ELL II, encrypted", frame: "2A442D2C998734761B168D2091D37CAC21E1D68CDAFFCD3DC452BD802913FF7B1706CA9E355D6C2701CC24",
			want: Header{0x2A, SendNoReply, 0, Address{0x2C2D, 0x76348799, 0x1B, 0x16}, Address{0x2C2D, 0x76348799, 0x1B, 0x16}}, kind: 0},
		{name: "ELL III with the gateway's address, AFL, long header (OMS-N N.1.4)", frame: "53082448443322110337D0468E80753A63665544330A31900F002C25E00AB30A0000AF5D74DF73A600D972785634C027129315330375002007109058475F4BC955CF1DF878B80A1B0F98B629024AAC7279429398BFC549233C0140829B93BAA1",
			want: Header{0x53, RespondUserData, 0x72, Address{0x4824, 0x11223344, 0x03, 0x37}, Address{manufacturer("ELS"), 0x12345678, 0x33, 0x03}}, kind: 0},
		{name: "long header", frame: "1944 6850 44332211 0337 72 78563412 AE0C 01 07 2A 00 0000 0413E8030000", want: Header{0x19, SendNoReply, 0x72, adapter, link}, kind: 0},
		{name: "wired", frame: "68151568 0805 72 78563412 AE0C 01 07 2A 00 0000 0413E8030000 5A 16", want: Header{0x15, RespondUserData, 0x72, link, link}, kind: 0},
		{name: "nothing", frame: "", want: Header{}, kind: ErrNotWMBus},
		{name: "L-field of 5", frame: "0544AE0C785634120107 78", want: Header{L: 5}, kind: ErrNotWMBus},
		{name: "ELL cut off", frame: "0D44AE0C785634120107 8D 20 27 01", want: Header{0x0D, SendNoReply, 0x8D, link, link}, kind: ErrTruncated},
		{name: "AFL cut off", frame: "0D44AE0C785634120107 90 0F 00 2C", want: Header{0x0D, SendNoReply, 0x90, link, link}, kind: ErrTruncated},
		{name: "long header cut off", frame: "0D44AE0C785634120107 72 01 02 03", want: Header{0x0D, SendNoReply, 0x72, link, link}, kind: ErrTruncated},
		{name: "mode 7 without extension", frame: "0E44AE0C785634120107 7A 01 00 1007", want: Header{0x0E, SendNoReply, 0x7A, link, link}, kind: ErrTruncated},
	} {
		frame := unhex(t, c.frame)
		if stripped, format, err := Unframe(frame); err == nil && format == FormatA {
			frame = stripped
		}
		got, err := ParseHeader(frame)
		if got != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, got, c.want)
		}
		if c.kind == 0 && err != nil || c.kind != 0 && !errors.Is(err, c.kind) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestParseHeaderAllocatesNothing(t *testing.T) {
	frame, _ := mode5Telegram(t)
	if n := testing.AllocsPerRun(100, func() { _, _ = ParseHeader(frame) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestContents(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		frame   []byte
		records string
		status  string
		kind    Kind
		detail  string
	}{
		{name: "application error", frame: contentFrame(0x70, []byte{0x03}), records: "application_error=3", status: "application error", kind: 0, detail: ""},
		{name: "application error, short header", frame: contentFrame(0x6E, unhex(t, "0102000009")), records: "application_error=9", status: "application error", kind: 0, detail: ""},
		{name: "alarm", frame: contentFrame(0x75, unhex(t, "78563412AE0C0107 01 00 0000 04")), records: "alarm=4", status: "alarm", kind: 0, detail: ""},
		{name: "alarm without a byte", frame: contentFrame(0x71, nil), records: "", status: "alarm", kind: 0, detail: ""},
		{name: "acknowledgement", frame: contentFrame(0x8B, unhex(t, "78563412AE0C0107 01 04 0000")), records: "", status: "low battery", kind: 0, detail: ""},
		{name: "COSEM", frame: contentFrame(0x7D, unhex(t, "010000000102")), records: "", status: "", kind: ErrUnsupported, detail: "CI 7D (COSEM application) carries no readings that can be decoded"},
		{name: "reserved", frame: contentFrame(0x05, unhex(t, "010000000102")), records: "", status: "", kind: ErrUnsupported, detail: "CI 05 (reserved (DLMS)) carries no readings that can be decoded"},
		{name: "set baud rate", frame: contentFrame(0xBB, nil), records: "", status: "", kind: ErrUnsupported, detail: "CI BB (set baud rate) carries no readings that can be decoded"},
		{name: "maker's own", frame: contentFrame(0xA3, unhex(t, "0102")), records: "manufacturer_data=0102", status: "", kind: ErrUnsupported, detail: "CI A3 is manufacturer specific, and there is no known description of what CEN-12345678-01-07 sends with it"},
		{name: "maker's own, empty", frame: contentFrame(0xA3, nil), records: "", status: "", kind: ErrUnsupported, detail: ""},
		{name: "network layer", frame: contentFrame(0x81, unhex(t, "1122 7A 01 00 0000 0413E8030000")), records: "volume=1.000 m³", status: "", kind: 0, detail: ""},
		{name: "network layer, no end found", frame: contentFrame(0x81, unhex(t, "1122 0413E8030000")), records: "", status: "", kind: ErrUnsupported, detail: "CI 81 (network layer) carries no readings that can be decoded"},
	} {
		var telegram Telegram
		err := new(Decoder).Decode(&telegram, c.frame, nil)
		if got := describe(telegram.Records); got != c.records {
			t.Errorf("%s: records %s", c.name, got)
		}
		if got := telegram.Status.String(); got != c.status {
			t.Errorf("%s: status %s", c.name, got)
		}
		if c.kind == 0 && err != nil || c.kind != 0 && (!errors.Is(err, c.kind) || c.detail != "" && telegram.Err.Detail != c.detail || telegram.Err.Offset != 10) {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := telegram.Notes&NoteNetworkLayer != 0; got != (c.name == "network layer") {
			t.Errorf("%s: notes %v", c.name, telegram.Notes.Words())
		}
	}
}

// Every CI-field has a name, and a header as the table of docs/protocol/transport.md#ci-field
// says.
func TestCIFields(t *testing.T) {
	t.Parallel()
	long := []byte{0x53, 0x55, 0x5B, 0x5F, 0x60, 0x64, 0x68, 0x6B, 0x6C, 0x6D, 0x6F, 0x72, 0x73, 0x75, 0x76, 0x7C, 0x7E, 0x80, 0x84, 0x85, 0x87, 0x8B, 0xC0, 0xC2, 0xC3, 0xC5}
	short := []byte{0x5A, 0x61, 0x65, 0x67, 0x6A, 0x6E, 0x74, 0x7A, 0x7B, 0x7D, 0x7F, 0x82, 0x88, 0x8A, 0xC1, 0xC4}
	var want [256]headerForm
	for _, ci := range long {
		want[ci] = headerLong
	}
	for _, ci := range short {
		want[ci] = headerShort
	}
	for ci, field := range ciFields {
		if field.name == "" || field.header != want[ci] {
			t.Errorf("CI %02X is %q with header %d, want %d", ci, field.name, field.header, want[ci])
		}
	}
}

func TestLengths(t *testing.T) {
	t.Parallel()
	whole := unhex(t, "1B44AE0C785634120107 78 0C1378563412 0C0678563412 0B3B112233")
	whole[0] = byte(len(whole) - 1)
	for _, c := range []struct {
		frame   []byte
		records string
		text    string
	}{
		{frame: whole[:len(whole)-1], records: "volume=12345.678 m³; energy=12345678 kWh", text: "wrong length: byte 27: the L-field announces 28 bytes, there are 27: received in part, wait for the next telegram"},
		{frame: whole[:20], records: "volume=12345.678 m³", text: "wrong length: byte 20: the L-field announces 28 bytes, there are 20: received in part, wait for the next telegram"},
		{frame: whole[:10], records: "", text: "wrong length: byte 10: the L-field announces 28 bytes, there are 10: received in part, wait for the next telegram"},
		{frame: append(whole[:28:28], 1, 2), records: "volume=12345.678 m³; energy=12345678 kWh; volume_flow=332.211 m³/h", text: "wrong length: byte 28: the L-field announces 28 bytes, there are 30: the bytes after the telegram are ignored"},
		{frame: append(unhex(t, "68090968 0805780C1378563412 B8 16"), 0), records: "volume=12345.678 m³", text: "wrong length: byte 15: the L-field announces 15 bytes, there are 16: the bytes after the telegram are ignored"},
		{frame: changed(whole, 23, 0xF0), records: "volume=12345.678 m³; energy=12345678 kWh", text: "telegram cut off: byte 23: this record's value has 3 bytes, 2 are left"},
	} {
		var telegram Telegram
		err := new(Decoder).Decode(&telegram, c.frame, nil)
		if got := describe(telegram.Records); got != c.records {
			t.Errorf("%d bytes: %s", len(c.frame), got)
		}
		if err == nil || err.Error() != c.text {
			t.Errorf("%d bytes: %v", len(c.frame), err)
		}
	}
	// What was received in part explains why the key does not open it.
	cut := plainFrame(t, n11)
	var telegram Telegram
	if err := new(Decoder).Decode(&telegram, cut[:40], mustKey(t, key00to0F)); !errors.Is(err, ErrLength) || telegram.Security.Result != WrongKey {
		t.Errorf("%v, %v", err, telegram.Security)
	}
	if err := new(Decoder).Decode(&telegram, cut[:40], nil); !errors.Is(err, ErrNoKey) {
		t.Errorf("%v", err)
	}
}

func TestAFLFields(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		layer string
		want  aflLayer // without span
		ok    bool
	}{
		{name: "control alone", layer: "90 02 0000", want: aflLayer{}, ok: true},
		{name: "all fields", layer: "90 15 003E 65 3412 B30A0000 0102030405060708 1000 FF FF", want: aflLayer{fcl: 0x3E00, hasMCL: true, mcl: 0x65, ki: 0x1234, counterAt: 7, macAt: 11, macSize: 8, lengthAt: 19}, ok: true},
		{name: "message length", layer: "90 07 0038 40 01000000", want: aflLayer{}, ok: false},
		{name: "message length", layer: "90 09 0038 40 01000000 2000", want: aflLayer{fcl: 0x3800, hasMCL: true, mcl: 0x40, counterAt: 5, lengthAt: 9}, ok: true},
		{name: "MAC without MCL", layer: "90 06 0204 01020304", want: aflLayer{fcl: 0x0402, macAt: 4, macSize: 4}, ok: true},
		{name: "MAC and length without MCL", layer: "90 08 0214 01020304 2000", want: aflLayer{fcl: 0x1402, macAt: 4, macSize: 4, lengthAt: 8}, ok: true},
		{name: "too short for its fields", layer: "90 03 002C 25", want: aflLayer{}, ok: false},
		{name: "too short for length without MCL", layer: "90 03 0014 25", want: aflLayer{}, ok: false},
		{name: "length of 1", layer: "90 01 0000", want: aflLayer{}, ok: false},
		{name: "longer than the telegram", layer: "90 05 0000", want: aflLayer{}, ok: false},
	} {
		var l layers
		err := l.readAFL(unhex(t, c.layer))
		got := l.afl
		got.span = span{}
		if got != c.want || (err == nil) != c.ok || err != nil && (err.Kind != ErrTruncated || l.afl.present()) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestMACSizes(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]int{0: 0, 3: 2, 4: 4, 5: 8, 6: 12, 7: 16, 8: 12, 9: 0} {
		if macSizes[code] != want {
			t.Errorf("authentication %d has %d bytes", code, macSizes[code])
		}
	}
}

// fragmentsOf cuts a mode 7 message into telegrams: the first brings MCL and
// counter, the last the MAC.
func fragmentsOf(t testing.TB, key *Key, parts int) [][]byte {
	t.Helper()
	m := Message{Link: Address{manufacturer("XYZ"), 0x12345678, 1, TypeWater}, CI: 0x7A, Mode: ModeAESKDF, Counter: 9, Access: 3,
		Payload: unhex(t, "0C1378563412 426C1F2C 4C1311111100 0B3B123456 0C0678563412 046D32371F15")}
	whole, err := m.Append(nil, key)
	if err != nil {
		t.Fatal(err)
	}
	link, mac, content := whole[1:10], whole[19:27], whole[27:]
	size := (len(content) + parts - 1) / parts
	var list [][]byte
	for n := 1; n <= parts; n++ {
		control, fields := uint16(n), []byte{}
		if n < parts {
			control |= fclMore
		}
		if n == 1 {
			control |= fclMCL | fclMCR
			fields = append(fields, whole[14:19]...)
		}
		if n == parts {
			control |= fclMAC
			fields = append(fields, mac...)
		}
		frame := append([]byte{0}, link...)
		frame = append(frame, ciAFL, byte(2+len(fields)), byte(control), byte(control>>8))
		frame = append(frame, fields...)
		frame = append(frame, content[(n-1)*size:min(n*size, len(content))]...)
		frame[0] = byte(len(frame) - 1)
		list = append(list, frame)
	}
	return list
}

func TestFragments(t *testing.T) {
	t.Parallel()
	key := mustKey(t, key00to0F)
	const want = "volume=12345.678 m³; date=2016-12-31 /1; volume=111.111 m³/1; volume_flow=563.412 m³/h; energy=12345678 kWh; date_time=2008-05-31T23:50"
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 1, 0, 2}, {0, 2, 0, 1}} {
		t.Run(fmt.Sprint(order), func(t *testing.T) {
			t.Parallel()
			frames := fragmentsOf(t, key, 3)
			d := Decoder{Fragments: new(Fragments)}
			var telegram Telegram
			for i, n := range order {
				parts, err := d.Explain(&telegram, frames[n], key)
				checkCoverage(t, frames[n], parts)
				if i < len(order)-1 {
					if !errors.Is(err, ErrFragment) || telegram.Err.Offset != 10 || len(telegram.Records) != 0 {
						t.Fatalf("fragment %d: %v, %s", n+1, err, describe(telegram.Records))
					}
					continue
				}
				if err != nil || telegram.Security != (Security{ModeAESKDF, SecurityOK}) || describe(telegram.Records) != want {
					t.Fatalf("%v, %v, %s", telegram.Security, err, describe(telegram.Records))
				}
			}
			if len(d.Fragments.pending) != 0 {
				t.Errorf("%d messages are still kept", len(d.Fragments.pending))
			}
		})
	}
}

func TestFragmentsNotKept(t *testing.T) {
	t.Parallel()
	frames := fragmentsOf(t, mustKey(t, key00to0F), 2)
	var telegram Telegram
	if err := new(Decoder).Decode(&telegram, frames[0], nil); !errors.Is(err, ErrFragment) || telegram.Err.Detail != "fragment 1 of a message in several telegrams" {
		t.Errorf("no place to keep it: %v", err)
	}
	d := Decoder{Fragments: new(Fragments)}
	tooMany := changed(frames[0], 12, 1^(maxFragments+1))
	if err := d.Decode(&telegram, tooMany, nil); !errors.Is(err, ErrFragment) || len(d.Fragments.pending) != 0 {
		t.Errorf("fragment 17: %v", err)
	}
	// A new message under the same number pushes the old one out.
	_ = d.Decode(&telegram, frames[0], nil)
	other := changed(frames[0], len(frames[0])-1, 1)
	_ = d.Decode(&telegram, other, nil)
	if err := d.Decode(&telegram, frames[1], mustKey(t, key00to0F)); !errors.Is(err, ErrDamaged) {
		t.Errorf("a message of two different ones: %v", err)
	}
	for n := range maxPending + 10 {
		_ = d.Decode(&telegram, changed(frames[0], 4, byte(n)), nil)
	}
	if len(d.Fragments.pending) != maxPending {
		t.Errorf("%d messages are kept", len(d.Fragments.pending))
	}
}

// What was parsed before is not parsed again, and gives the same telegram.
func TestDecodeParsed(t *testing.T) {
	t.Parallel()
	for _, v := range vectors {
		frame, key := plainFrame(t, v.frame), mustKey(t, v.key)
		for _, part := range [][]byte{frame, frame[:len(frame)-3], frame[:9], frame[:12]} {
			checkDecoded(t, &Decoder{}, new(Telegram), part, key)
			checkDecoded(t, &Decoder{}, new(Telegram), part, nil)
		}
		parsed, err := Parse(frame)
		if header, again := ParseHeader(frame); err != nil || again != nil || parsed.Header() != header {
			t.Errorf("%v, %v and %v, %v", parsed.Header(), err, header, again)
		}
	}
}

// A message whose parts hold nothing ends before the transport layer.
func TestFragmentsEmpty(t *testing.T) {
	t.Parallel()
	d := Decoder{Fragments: new(Fragments)}
	var telegram Telegram
	_ = d.Decode(&telegram, unhex(t, "0D44AE0C785634120107 90 02 0140"), nil)
	if err := d.Decode(&telegram, unhex(t, "0D44AE0C785634120107 90 02 0200"), nil); err != nil || len(telegram.Records) != 0 {
		t.Errorf("%v", err)
	}
}
