package wmbus

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func drawAddress(r *rapid.T, name string) Address {
	letters := []byte{'A', 'A', 'A'}
	for i := range letters {
		letters[i] = byte(rapid.IntRange('A', 'Z').Draw(r, name+" letter"))
	}
	return Address{
		// XYZ and the like: no maker whose families read the content their own way.
		Manufacturer: manufacturer("X" + string(letters[1:])),
		ID:           ID(rapid.Uint32().Draw(r, name+" id")),
		Version:      rapid.Byte().Draw(r, name+" version"),
		Type:         DeviceType(rapid.SampledFrom([]int{2, 4, 6, 7, 8, 0x16, 0x37}).Draw(r, name+" type")),
	}
}

// drawn is one random record: how it is written and what it must read as.
type drawn struct {
	bytes  []byte
	record Record
}

// drawRecord draws a record of any of the encoder's kinds.
func drawRecord(r *rapid.T) drawn {
	h := Head{
		Function: Function(rapid.IntRange(0, 3).Draw(r, "function")),
		Storage:  rapid.SampledFrom([]uint64{0, 1, 2, 31, 1<<41 - 1}).Draw(r, "storage"),
		Tariff:   rapid.SampledFrom([]uint32{0, 1, 15, 1<<20 - 1}).Draw(r, "tariff"),
		Subunit:  rapid.SampledFrom([]uint16{0, 1, 1<<10 - 1}).Draw(r, "subunit"),
	}
	want := Record{Function: h.Function, Storage: h.Storage, Tariff: h.Tariff, Subunit: h.Subunit}
	vif := func(q Quantity, u Unit, exp int) {
		code, ok := VIF(q, u, exp)
		if !ok {
			r.Fatalf("no VIF for %v in 10^%d %v", q, exp, u)
		}
		h.VIF, want.Quantity, want.Unit = code, q, u
	}
	number := func(low, high int64) int64 { return rapid.Int64Range(low, high).Draw(r, "number") }
	var b []byte
	switch rapid.IntRange(0, 7).Draw(r, "kind") {
	case 0:
		exp := rapid.IntRange(-6, 1).Draw(r, "exponent")
		vif(Volume, UnitM3, exp)
		size := rapid.SampledFrom([]int{1, 2, 3, 4, 6, 8}).Draw(r, "size")
		limit := int64(1)<<(8*size-1) - 1
		n := number(-limit, limit)
		b, want.Value = h.Int(nil, size, n), Decimal(n, exp)
		if n == -1 && size > 3 && h.Storage > 0 {
			want.Value = Value{} // a storage that was not written
		}
	case 1:
		vif(Energy, UnitKWh, 0)
		digits := rapid.SampledFrom([]int{2, 4, 6, 8, 12}).Draw(r, "digits")
		high := int64(1)
		for range digits - 1 {
			high *= 10
		}
		n := number(-(high - 1), 10*high-1)
		b, want.Value = h.BCD(nil, digits, n), Decimal(n, 0)
	case 2:
		vif(DateQuantity, UnitNone, 0)
		m := drawMoment(r)
		want.Value, _ = Date(m.Year, m.Month, m.Day)
		b = h.Date(nil, m)
	case 3:
		vif(DateTimeQuantity, UnitNone, 0)
		m := drawMoment(r)
		if !m.HasSecond {
			m.Second = 0
		}
		want.Value, _ = DateTime(m)
		b = h.DateTime(nil, m)
	case 4:
		vif(Voltage, UnitVolt, 0)
		f := rapid.Float32().Draw(r, "real")
		b, want.Value = h.Real(nil, f), Float(float64(f), 32)
	case 5:
		vif(CustomerLocation, UnitNone, 0)
		s := rapid.StringMatching(`[ -~À-ÿ]{1,20}`).Draw(r, "text")
		b, want.Value = h.Text(nil, s), Text(s)
	case 6:
		vif(Power, UnitKW, 3)
		b = h.Empty(nil)
	default:
		vif(ErrorFlags, UnitNone, 0)
		n := number(0, 0xFFFF)
		b, want.Value = h.Int(nil, 2, n), Decimal(n, 0)
	}
	return drawn{b, want}
}

func drawMoment(r *rapid.T) Moment {
	m := Moment{
		Year: rapid.IntRange(2000, lastYear).Draw(r, "year"), Month: rapid.IntRange(1, 12).Draw(r, "month"),
		Hour: rapid.IntRange(0, 23).Draw(r, "hour"), Minute: rapid.IntRange(0, 59).Draw(r, "minute"), Second: rapid.IntRange(0, 59).Draw(r, "second"),
		HasSecond: rapid.Bool().Draw(r, "seconds"), Summer: rapid.Bool().Draw(r, "summer"),
	}
	m.Day = rapid.IntRange(1, daysIn(m.Year, m.Month)).Draw(r, "day")
	return m
}

func sameRecord(got *Record, want *Record) bool {
	return got.Quantity == want.Quantity && got.Unit == want.Unit && got.Function == want.Function && got.Storage == want.Storage &&
		got.Tariff == want.Tariff && got.Subunit == want.Subunit && got.Value.Equal(want.Value) && got.Qualifiers == 0
}

// drawMessage draws a message without content, and how it is secured.
func drawMessage(r *rapid.T) (m Message, want Security) {
	m = Message{
		C: SendNoReply, Link: drawAddress(r, "link"), Meter: drawAddress(r, "meter"),
		CI:     rapid.SampledFrom([]byte{0x72, 0x7A, 0x78}).Draw(r, "CI"),
		Access: rapid.Byte().Draw(r, "access"), Status: rapid.Byte().Draw(r, "status"),
		Counter: rapid.Uint32().Draw(r, "counter"), MACSize: rapid.SampledFrom([]int{0, 2, 4, 8, 12, 16}).Draw(r, "MAC"),
	}
	if m.CI != 0x78 {
		m.Mode = rapid.SampledFrom([]SecurityMode{ModeNone, ModeDES, ModeAESIV, ModeAESKDF, ModeAESCCM}).Draw(r, "mode")
	}
	if m.Mode != ModeNone {
		want = Security{m.Mode, SecurityOK}
	}
	if m.Mode == ModeNone || rapid.Bool().Draw(r, "ELL") {
		m.ELL = ELL{CI: rapid.SampledFrom([]byte{0, ciELL1, ciELL2, ciELL3, ciELL4}).Draw(r, "ELL CI"), CC: rapid.Byte().Draw(r, "CC"), Access: m.Access, Partner: drawAddress(r, "partner")}
		if m.ELL.hasSession() && m.Mode != ModeDES && rapid.Bool().Draw(r, "encrypted") {
			m.ELL.Session = SessionAESCTR | rapid.Uint32Range(0, 1<<29-1).Draw(r, "session")
			if m.Mode == ModeNone {
				want = Security{ModeELL, SecurityOK}
			}
		}
	}
	return m, want
}

// TestEncodeDecode: what the encoder writes is what the decoder reads, in all
// modes, with every header, with and without link-layer CRCs.
func TestEncodeDecode(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		m, want := drawMessage(r)
		keySize := 16
		if m.Mode == ModeDES {
			keySize = 8
		}
		rawKey := rapid.SliceOfN(rapid.Byte(), keySize, keySize).Draw(r, "key")
		key, err := NewKey(rawKey)
		if err != nil {
			r.Fatal(err)
		}
		var records []drawn
		for range rapid.IntRange(1, 6).Draw(r, "records") {
			d := drawRecord(r)
			if len(m.Payload)+len(d.bytes) > 150 {
				break
			}
			records = append(records, d)
			m.Payload = append(m.Payload, d.bytes...)
		}
		if (m.Mode == ModeAESIV || m.Mode == ModeAESKDF) && rapid.Bool().Draw(r, "tail in clear") {
			d := drawRecord(r)
			records = append(records, d)
			m.Clear = d.bytes
		}
		prefix := []byte("before")
		out, err := m.Append(prefix, key)
		if err != nil {
			r.Fatal(err)
		}
		if !bytes.HasPrefix(out, prefix) {
			r.Fatalf("Append lost what was there: %X", out)
		}
		frame := out[len(prefix):]
		for _, air := range onAir(r, frame) {
			got, _, err := Unframe(air)
			if err != nil || !bytes.Equal(got, frame) {
				r.Fatalf("%X became %X, %v", frame, got, err)
			}
		}
		var telegram Telegram
		if err := new(Decoder).Decode(&telegram, frame, key); err != nil {
			r.Fatalf("%X: %v", frame, err)
		}
		checkMessage(r, &m, &telegram, want, records)
		checkCut(r, frame, key, records)
		if want.Result == SecurityOK {
			checkWrongKey(r, &m, frame, rawKey)
		}
	})
}

// onAir is the frame in both formats.
func onAir(r *rapid.T, frame []byte) [][]byte {
	list := [][]byte{AppendFormatA(nil, frame), frame}
	if b, err := AppendFormatB(nil, frame); err == nil {
		list = append(list, b)
	} else if len(frame) <= 252 {
		r.Fatal(err)
	}
	return list
}

func checkMessage(r *rapid.T, m *Message, got *Telegram, want Security, records []drawn) {
	meter := m.Link
	if m.CI == 0x72 {
		meter = m.Meter
	}
	if got.Header.Link != m.Link || got.Header.Meter != meter || got.Header.C != m.C || got.Header.CI != m.CI {
		r.Fatalf("header %+v of %+v", got.Header, m)
	}
	if got.Security != want {
		r.Fatalf("security %v, want %v", got.Security, want)
	}
	if m.CI != 0x78 && (got.Access != m.Access || got.StatusByte != m.Status) {
		r.Fatalf("access %d, status %02X", got.Access, got.StatusByte)
	}
	for one := range statusOfByte(m.Status).All() { // records may say more
		if m.CI != 0x78 && !got.Status.Has(one) {
			r.Fatalf("status %02X %v", got.StatusByte, got.Status)
		}
	}
	if len(got.Records) != len(records) {
		r.Fatalf("%d records of %d: %s", len(got.Records), len(records), describe(got.Records))
	}
	for i := range records {
		if !sameRecord(&got.Records[i], &records[i].record) {
			r.Fatalf("record %d: %s\nwant %s", i, describe(got.Records[i:i+1]), describe([]Record{records[i].record}))
		}
	}
}

// checkCut: of a telegram that is cut off anywhere nothing is read but what was
// sent, nothing is learnt, and every byte is explained.
func checkCut(r *rapid.T, frame []byte, key *Key, records []drawn) {
	cut := frame[:rapid.IntRange(1, len(frame)-1).Draw(r, "cut")]
	d := Decoder{Templates: new(Templates)}
	var telegram Telegram
	parts, err := d.Explain(&telegram, cut, key)
	if err == nil || d.Templates.Len() != 0 || len(telegram.Records) > len(records) {
		r.Fatalf("%X, cut to %X: error %v, %d templates, %s", frame, cut, err, d.Templates.Len(), describe(telegram.Records))
	}
	for i := range telegram.Records {
		if !sameRecord(&telegram.Records[i], &records[i].record) {
			r.Fatalf("%X, cut to %X: record %d: %s\nsent was %s", frame, cut, i, describe(telegram.Records[i:i+1]), describe([]Record{records[i].record}))
		}
	}
	if err := uncovered(cut, parts); err != nil {
		r.Fatalf("%X: %v", cut, err)
	}
}

// checkWrongKey: with one bit of the key turned, nothing opens.
func checkWrongKey(r *rapid.T, m *Message, frame, rawKey []byte) {
	wrong := bytes.Clone(rawKey)
	wrong[rapid.IntRange(0, len(wrong)-1).Draw(r, "byte")] ^= 2 // DES ignores bit 0
	key, err := NewKey(wrong)
	if err != nil {
		r.Fatal(err)
	}
	var telegram Telegram
	err = new(Decoder).Decode(&telegram, frame, key)
	kind := ErrWrongKey
	if m.Mode == ModeAESKDF && m.ELL.Session == 0 {
		kind = ErrMAC
	}
	// Once in 65536 the shortest checks pass by chance, or the encrypted bytes
	// look like check bytes themselves, or what a wrong key makes of a short
	// telegram looks like a damaged one.
	chance := telegram.Security.Result.Readable() || errors.Is(err, ErrDamaged)
	if !errors.Is(err, kind) && !chance {
		r.Fatalf("error %v with a wrong key, want kind %s", err, kind.Word())
	}
	if err != nil && len(telegram.Records) != 0 && !chance {
		r.Fatalf("records in spite of %v", err)
	}
}

func TestMessageRefuses(t *testing.T) {
	t.Parallel()
	aesKey, desKey := mustKey(t, "000102030405060708090A0B0C0D0E0F"), mustKey(t, "0001020304050607")
	for _, c := range []struct {
		name string
		m    Message
		key  *Key
		kind Kind
		text string
	}{
		{name: "no key", m: Message{CI: 0x7A, Mode: ModeAESIV}, key: nil, kind: ErrNoKey, text: "encrypted, and no key is known: byte 10: a key is needed to build security mode_5"},
		{name: "no key for the ELL", m: Message{CI: 0x78, ELL: ELL{CI: ciELL2, Session: SessionAESCTR}}, key: nil, kind: ErrNoKey, text: ""},
		{name: "DES key for AES", m: Message{CI: 0x7A, Mode: ModeAESIV}, key: desKey, kind: ErrBadMessage, text: ""},
		{name: "AES key for DES", m: Message{CI: 0x7A, Mode: ModeDES}, key: aesKey, kind: ErrBadMessage, text: ""},
		{name: "DES key for the ELL", m: Message{CI: 0x78, ELL: ELL{CI: ciELL4, Session: SessionAESCTR}}, key: desKey, kind: ErrBadMessage, text: ""},
		{name: "no header for the mode", m: Message{CI: 0x78, Mode: ModeAESIV}, key: aesKey, kind: ErrBadMessage, text: "cannot be encoded: byte 10: security mode_5 needs a transport header, which CI 78 does not have"},
		{name: "mode that cannot be built", m: Message{CI: 0x7A, Mode: ModeAESGCM}, key: aesKey, kind: ErrBadMessage, text: ""},
		{name: "ELL that cannot be built", m: Message{CI: 0x78, ELL: ELL{CI: ciELLVar}}, key: nil, kind: ErrBadMessage, text: ""},
		{name: "MAC of 5 bytes", m: Message{CI: 0x7A, Mode: ModeAESKDF, MACSize: 5}, key: aesKey, kind: ErrBadMessage, text: ""},
		{name: "too long", m: Message{CI: 0x78, Payload: make([]byte, 246)}, key: nil, kind: ErrBadMessage, text: "cannot be encoded: byte 256: 257 bytes are more than an L-field can count"},
	} {
		out, err := c.m.Append([]byte{1}, c.key)
		if !errors.Is(err, c.kind) {
			t.Errorf("%s: error %v, want kind %s", c.name, err, c.kind.Word())
		}
		if c.text != "" && err.Error() != c.text {
			t.Errorf("%s: %q", c.name, err)
		}
		if len(out) != 1 {
			t.Errorf("%s: %d bytes", c.name, len(out))
		}
	}
}

func TestMessageWithoutTransport(t *testing.T) {
	t.Parallel()
	m := Message{C: SendInstallation, Link: Address{manufacturer("KAM"), 0x76348799, 0x1B, TypeColdWater}}
	frame, err := m.Append(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := unhex(t, "09462D2C998734761B16"); !bytes.Equal(frame, want) {
		t.Fatalf("%X, want %X", frame, want)
	}
	var telegram Telegram
	if err := new(Decoder).Decode(&telegram, frame, nil); err != nil || telegram.Header.Meter.String() != "KAM-76348799-1B-16" {
		t.Fatalf("%v, %v", telegram.Header, err)
	}
}
