package wmbus

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"
)

// docs/protocol/compact.md#templates
func TestPublicTemplates(t *testing.T) {
	t.Parallel()
	for signature, fields := range map[uint16]int{
		0xA8ED: 5, 0xC412: 5, 0x0905: 10, 0x36D4: 10, 0x61EB: 5, 0xD2F7: 5, 0xDD34: 3, 0x7C0E: 3, 0xA9F3: 11, 0x8400: 17,
		0xF1E7: 6, 0x52C2: 6, 0x6DE2: 6, 0xB34D: 12, 0xE7A2: 19, 0xAE5A: 12, 0x8C13: 4, 0x2274: 5, 0x73DE: 6,
		0xDD07: 4, 0x29C7: 7, 0x052D: 20, 0x3947: 38, 0xBC6B: 9,
	} {
		tpl := publicTemplates[signature]
		if tpl == nil || len(tpl.fields) != fields {
			t.Errorf("signature %04X: %+v, want %d fields", signature, tpl, fields)
		}
	}
	if len(publicTemplates) != 24 {
		t.Errorf("%d templates", len(publicTemplates))
	}
}

const (
	fullLV    = "5C442D2C06357260190C8D207B70032F21271D7802F9FF15011104061765000004EEFF07BFA8000004EEFF08D24F00000414B1FB000002FD170000026CE919426CFF184406F76400004414E8FA0000043B0B0000000259DB11025D1C0B"
	compactLV = "3F442D2C06357260190C8D207C71032F21255C79DD829283011117650000BFA80000D24F0000B1FB00000000E919FF18F7640000E8FA00000B000000DB111C0B"
)

// docs/protocol/vectors.md#compact-frames: a compact frame is read once its full frame was
// heard, of any meter.
func TestLearn(t *testing.T) {
	t.Parallel()
	d := Decoder{Templates: new(Templates)}
	var telegram Telegram
	err := d.Decode(&telegram, unhex(t, compactLV), nil)
	if !errors.Is(err, ErrNeedFormat) || telegram.Err.Offset != 20 || telegram.Err.Detail != "a compact frame with signature 82DD: its values can be read once a full frame of this kind of meter has been received" || len(telegram.Records) != 0 {
		t.Fatalf("%v", err)
	}
	full := unhex(t, fullLV)
	if err := d.Decode(&telegram, full, nil); err != nil || d.Templates.Len() != 1 {
		t.Fatalf("%v, %d templates", err, d.Templates.Len())
	}
	want := AppendRecordsJSON(nil, telegram.Records)
	if err := d.Decode(&telegram, full, nil); err != nil || d.Templates.Len() != 1 {
		t.Fatalf("the same again: %v, %d templates", err, d.Templates.Len())
	}
	if err := d.Decode(&telegram, unhex(t, compactLV), nil); err != nil || telegram.Notes != 0 {
		t.Fatalf("%v, %v", err, telegram.Notes.Words())
	}
	if got := AppendRecordsJSON(nil, telegram.Records); !bytes.Equal(got, want) {
		t.Errorf("compact %s\nfull    %s", got, want)
	}
	if r := telegram.Records[1]; r.Quantity != Energy || r.Value.String() != "25879" || r.Unit != UnitKWh {
		t.Errorf("energy is %s", describe(telegram.Records[1:2]))
	}
	// Without a place to keep templates only the public ones are known.
	if err := new(Decoder).Decode(&telegram, unhex(t, compactLV), nil); !errors.Is(err, ErrNeedFormat) {
		t.Errorf("%v", err)
	}
}

// docs/protocol/vectors.md#compact-frames, of a Multical 302: the public signature is enough.
func TestCompactWithPublicSignature(t *testing.T) {
	t.Parallel()
	var telegram Telegram
	err := new(Decoder).Decode(&telegram, unhex(t, "25442D2C6767676730048D203AD2684020D81579E7F1D5902C00000000006300007F2A130000"), nil)
	const want = "energy=44 kWh; energy=0 kWh/1; volume=0.99 m³; date=2019-10-31 /1; power=1.9 kW"
	if got := describe(telegram.Records[:5]); err != nil || got != want {
		t.Errorf("%v, %s", err, got)
	}
}

// Check bytes stand before a compact frame that is not encrypted, too.
func TestCompactBehindCheckBytes(t *testing.T) {
	t.Parallel()
	const full, want = "02FF200000 041387D61200 441310270000", "unknown=0 manufacturer_vife; volume=1234.567 m³; volume=10.000 m³/1"
	for name, content := range map[string][]byte{
		"with":    append([]byte{checkByte, checkByte}, compactOf(t, full)...),
		"without": compactOf(t, full),
	} {
		var telegram Telegram
		frame := contentFrame(0x79, content)
		parts, err := new(Decoder).Explain(&telegram, frame, nil)
		checkCoverage(t, frame, parts)
		if got := describe(telegram.Records); err != nil || got != want || telegram.Notes != 0 {
			t.Errorf("%s: %v, %s, notes %q", name, err, got, telegram.Notes.Words())
		}
	}
	// The signature of an unknown frame is the one behind the check bytes.
	var telegram Telegram
	err := new(Decoder).Decode(&telegram, contentFrame(0x79, append([]byte{checkByte, checkByte}, compactOf(t, "0413E8030000 0D7803434241")...)), nil)
	if !errors.Is(err, ErrNeedFormat) || telegram.Err.Offset != 13 {
		t.Errorf("%v", err)
	}
	// Headers that were learnt and have the signature 2F2F.
	tpl, _ := newTemplate(unhex(t, "0413"))
	tpl.signature = 0x2F2F
	d := Decoder{Templates: new(Templates)}
	d.Templates.keep(tpl)
	content := append([]byte{checkByte, checkByte}, compactOf(t, "0413E8030000")[2:]...)
	if err := d.Decode(&telegram, contentFrame(0x79, content), nil); err != nil || describe(telegram.Records) != "volume=1.000 m³" {
		t.Errorf("%v, %s", err, describe(telegram.Records))
	}
}

// A signature whose headers are only likely: read with a note when the checksum
// of the whole frame fits, and not otherwise.
func TestCompactLikely(t *testing.T) {
	t.Parallel()
	compact := compactOf(t, "02FF200100 041387D61200 441310270000 426C 7E3B 523B 3200 615B 0C 5167 11 8101E7FF0F 02 06FF1B 010203040506")
	var telegram Telegram
	if err := new(Decoder).Decode(&telegram, contentFrame(0x79, compact), nil); err != nil || telegram.Notes != NoteFormat ||
		describe(telegram.Records[1:4]) != "volume=1234.567 m³; volume=10.000 m³/1; date=2027-11-30 /1" {
		t.Errorf("%v, notes %q, %s", err, telegram.Notes.Words(), describe(telegram.Records))
	}
	if err := new(Decoder).Decode(&telegram, contentFrame(0x79, changed(compact, 6, 1)), nil); !errors.Is(err, ErrRecord) || len(telegram.Records) > 0 {
		t.Errorf("another checksum: %v, %s", err, describe(telegram.Records))
	}
}

func compactOf(t testing.TB, full string) []byte {
	t.Helper()
	b, err := AppendCompact(nil, unhex(t, full))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCompactTrouble(t *testing.T) {
	t.Parallel()
	const full = "0413E8030000 0D7803434241 426C1F2C"
	compact := compactOf(t, full)
	for _, c := range []struct {
		name    string
		content []byte
		kind    Kind
		at      int
		records string
		notes   Notes
	}{
		{name: "as sent", content: compact, kind: 0, at: 0, records: "volume=1.000 m³; fabrication_number=ABC; date=2016-12-31 /1", notes: 0},
		{name: "fillers behind", content: append(bytes.Clone(compact), 0x2F, 0x2F), kind: 0, at: 0, records: "volume=1.000 m³; fabrication_number=ABC; date=2016-12-31 /1", notes: 0},
		{name: "one value changed", content: changed(compact, 4, 1), kind: 0, at: 0, records: "volume=1.001 m³; fabrication_number=ABC; date=2016-12-31 /1", notes: NoteCompactCRC},
		{name: "one byte more", content: append(bytes.Clone(compact), 1), kind: ErrRecord, at: 11, records: "", notes: 0},
		{name: "one byte less", content: compact[:len(compact)-1], kind: ErrRecord, at: 11, records: "", notes: 0},
		{name: "cut in the text", content: compact[:10], kind: ErrRecord, at: 11, records: "", notes: 0},
		{name: "cut before the text", content: compact[:8], kind: ErrRecord, at: 11, records: "", notes: 0},
		{name: "length of the text reserved", content: changed(compact, 8, 0xFC), kind: ErrRecord, at: 11, records: "", notes: 0},
		{name: "checksums cut off", content: compact[:3], kind: ErrTruncated, at: 11, records: "", notes: 0},
	} {
		d := Decoder{Templates: new(Templates)}
		var telegram Telegram
		if err := d.Decode(&telegram, contentFrame(0x78, unhex(t, full)), nil); err != nil {
			t.Fatal(err)
		}
		err := d.Decode(&telegram, contentFrame(0x79, c.content), nil)
		if c.kind == 0 && err != nil || c.kind != 0 && (!errors.Is(err, c.kind) || telegram.Err.Offset != c.at) {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := describe(telegram.Records); got != c.records || telegram.Notes != c.notes {
			t.Errorf("%s: %s, notes %v", c.name, got, telegram.Notes.Words())
		}
	}
}

// Two kinds of meters with one signature: the checksum of the full frame
// tells them apart, and the meter that sent the template where that does not.
func TestSharedSignature(t *testing.T) {
	t.Parallel()
	a, ok := newTemplate(unhex(t, "0413"))
	b, _ := newTemplate(unhex(t, "0406"))
	if !ok {
		t.Fatal("no template")
	}
	meter := Address{manufacturer("CEN"), 0x12345678, 1, TypeWater}
	b.signature, b.meter = a.signature, meter
	s := new(Templates)
	s.keep(a)
	s.keep(b)
	d := Decoder{Templates: s}
	var telegram Telegram
	for full, want := range map[string]string{"0413E8030000": "volume=1.000 m³", "0406E8030000": "energy=1000 kWh"} {
		content := append([]byte{byte(a.signature), byte(a.signature >> 8)}, compactOf(t, full)[2:]...)
		if err := d.Decode(&telegram, contentFrame(0x79, content), nil); err != nil || describe(telegram.Records) != want || telegram.Notes != 0 {
			t.Errorf("%v, %s", err, describe(telegram.Records))
		}
		content[2] ^= 1
		if err := d.Decode(&telegram, contentFrame(0x79, content), nil); err != nil || describe(telegram.Records) != "energy=1000 kWh" || telegram.Notes != NoteCompactCRC {
			t.Errorf("wrong checksum: %v, %s", err, describe(telegram.Records))
		}
	}
}

func TestTemplatesAreBounded(t *testing.T) {
	t.Parallel()
	s := new(Templates)
	add := func(headers string, signature uint16) {
		tpl, ok := newTemplate(unhex(t, headers))
		if !ok {
			t.Fatal(headers)
		}
		tpl.signature = signature
		s.keep(tpl)
	}
	for n := range maxTemplates + 10 {
		add(fmt.Sprintf("04%02X04%02X", n%100, n/100), uint16(n))
	}
	if s.Len() != maxTemplates || s.known[9] != nil || s.known[10] == nil {
		t.Errorf("%d templates, the tenth kept %v", s.Len(), s.known[9] != nil)
	}
	for n := range maxPerSignature + 2 {
		add(fmt.Sprintf("02%02X", n), 500)
	}
	list := s.known[500]
	if len(list) != maxPerSignature || !bytes.Equal(list[0].headers, []byte{2, 2}) {
		t.Errorf("%d templates with one signature", len(list))
	}
}

func TestNotLearnt(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"manufacturer data": "0413E8030000 0F0102", "broken": "0413E8030000 04", "empty": "2F2F", "public": "02FF200000 041300000000 441300000000",
	} {
		d := Decoder{Templates: new(Templates)}
		var telegram Telegram
		_ = d.Decode(&telegram, contentFrame(0x78, unhex(t, content)), nil)
		if d.Templates.Len() != 0 {
			t.Errorf("%s: learnt", name)
		}
	}
	if tpl, ok := newTemplate(nil); ok {
		t.Errorf("no headers make %+v", tpl)
	}
	for _, headers := range []string{"0F", "04", "2F0413"} {
		if tpl, ok := newTemplate(unhex(t, headers)); ok {
			t.Errorf("%s makes %+v", headers, tpl)
		}
	}
}

func TestFormatFrame(t *testing.T) {
	t.Parallel()
	const full = "0413E8030000 0D7803434241 426C1F2C"
	headers := unhex(t, "0413 0D78 426C")
	content, err := AppendFormat(nil, unhex(t, full))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"length with the signature": content,
		"length of the headers":     changed(content, 0, 8^6),
		"length of everything":      changed(content, 0, 8^9),
		"no sense in the length":    changed(content, 0, 8^0xFF),
		"fillers behind":            append(bytes.Clone(content), 0x2F),
	} {
		d := Decoder{Templates: new(Templates)}
		var telegram Telegram
		parts, err := d.Explain(&telegram, contentFrame(0x69, content), nil)
		checkCoverage(t, contentFrame(0x69, content), parts)
		if err != nil || d.Templates.Len() != 1 || !bytes.Equal(d.Templates.order[0].headers, headers) {
			t.Errorf("%s: %v, %d templates", name, err, d.Templates.Len())
			continue
		}
		_ = d.Decode(&telegram, contentFrame(0x69, content), nil)
		if d.Templates.Len() != 1 {
			t.Errorf("%s: learnt twice", name)
		}
		if err := d.Decode(&telegram, contentFrame(0x79, compactOf(t, full)), nil); err != nil || describe(telegram.Records) != "volume=1.000 m³; fabrication_number=ABC; date=2016-12-31 /1" {
			t.Errorf("%s: %v, %s", name, err, describe(telegram.Records))
		}
	}
	var telegram Telegram
	if err := new(Decoder).Decode(&telegram, contentFrame(0x69, content), nil); err != nil {
		t.Errorf("no place to keep it: %v", err)
	}
	if err := new(Decoder).Decode(&telegram, contentFrame(0x69, changed(content, 4, 1)), nil); !errors.Is(err, ErrCRC) || telegram.Err.Offset != 11 {
		t.Errorf("changed: %v", err)
	}
	if err := new(Decoder).Decode(&telegram, contentFrame(0x69, content[:2]), nil); !errors.Is(err, ErrTruncated) {
		t.Errorf("cut: %v", err)
	}
}

func TestAppendCompactRefuses(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"0F01", "2F0413E8030000", "04", "041301", "0D78CA"} {
		if b, err := AppendCompact([]byte{1}, unhex(t, content)); !errors.Is(err, ErrBadMessage) || len(b) != 1 {
			t.Errorf("%s: compact %X, %v", content, b, err)
		}
		if b, err := AppendFormat([]byte{1}, unhex(t, content)); !errors.Is(err, ErrBadMessage) || len(b) != 1 {
			t.Errorf("%s: format %X, %v", content, b, err)
		}
	}
}

// Many goroutines learn and read at once; run with -race.
func TestTemplatesConcurrently(t *testing.T) {
	t.Parallel()
	d := Decoder{Templates: new(Templates), Fragments: new(Fragments)}
	full, compact := contentFrame(0x78, unhex(t, "0413E8030000 426C1F2C")), contentFrame(0x79, compactOf(t, "0413E8030000 426C1F2C"))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			var telegram Telegram
			for n := range 200 {
				if err := d.Decode(&telegram, full, nil); err != nil {
					t.Error(err)
				}
				if err := d.Decode(&telegram, compact, nil); err != nil || len(telegram.Records) != 2 {
					t.Error(err)
				}
				_ = d.Decode(&telegram, contentFrame(0x78, []byte{4, byte(n % 90), 1, 2, 3, 4}), nil)
			}
		})
	}
	wg.Wait()
}
