package wmbus

import (
	"bytes"
	"encoding/json"
	"testing"
)

// addVectors seeds a fuzz target with the published telegrams.
func addVectors(f *testing.F, add func(frame, key []byte)) {
	f.Helper()
	for _, v := range vectors {
		frame, _, err := Unframe(unhex(f, v.frame))
		if err != nil {
			f.Fatal(err)
		}
		add(frame, unhex(f, v.key))
	}
	for _, frame := range hostileFrames(f) {
		add(frame, nil)
	}
	add(unhex(f, "1944304C72242421D401A2013D4013DD8B46A4999C1293E582CC"), nil)
	mode10, key := mode10Frame(f)
	add(mode10, key.raw[:])
	qundis, key := qundisFrame(f)
	add(qundis, key.raw[:])
	add(rfmFrame(f, 0x53, "0C13 78563412", "00000000000000 150908310125"), nil)
	add(unhex(f, "2344860678563412 0507 B602AABB 7A01000000 0413E8030000 02FD170000"), nil) // Apator's block
	add(unhex(f, "681F1F68 080176 12345678 0421 01 07 2A000000 0C1312345678 026C2C1F 0D780441424344 2F 0002 16"), nil)
	add(unhex(f, "68090968 0805780C1378563412 B8 16"), nil)
}

func FuzzLinkLayer(f *testing.F) {
	addVectors(f, func(frame, _ []byte) {
		f.Add(frame)
		f.Add(AppendFormatA(nil, frame))
		if b, err := AppendFormatB(nil, frame); err == nil {
			f.Add(b)
		}
	})
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		frame, format, err := Unframe(raw)
		if !bytes.Equal(raw, before) {
			t.Fatal("Unframe changed its input")
		}
		switch {
		case err != nil:
		case format == FormatA:
			if again := AppendFormatA(nil, frame); !bytes.HasPrefix(raw, again) {
				t.Fatalf("%X became %X, and that %X", raw, frame, again)
			}
		case format == FormatB:
			if again, err := AppendFormatB(nil, frame); err != nil || !bytes.Equal(raw, again) {
				t.Fatalf("%X became %X, and that %X, %v", raw, frame, again, err)
			}
		case !bytes.Equal(raw, frame):
			t.Fatalf("%v: %X became %X", format, raw, frame)
		}
		h, err := ParseHeader(raw)
		if err == nil && !isWired(raw) && (h.L != raw[0] || h.C != CField(raw[1])) {
			t.Fatalf("header %+v of %X", h, raw)
		}
	})
}

// checkDecoded holds what is true of every decoded telegram.
func checkDecoded(t *testing.T, d *Decoder, telegram *Telegram, frame []byte, key *Key) {
	t.Helper()
	before := bytes.Clone(frame)
	err := d.Decode(telegram, frame, key)
	if !bytes.Equal(frame, before) {
		t.Fatal("Decode changed its input")
	}
	telegram.Repeated()
	if (err == nil) != (telegram.Err == nil) {
		t.Fatalf("Decode returns %v, Err is %v", err, telegram.Err)
	}
	if telegram.Err != nil && (telegram.Err.Kind.Word() == "" || telegram.Err.Offset < 0 || telegram.Err.Offset > max(len(frame), len(telegram.buf), len(telegram.full))) {
		t.Fatalf("error %#v in %d bytes", telegram.Err, len(frame))
	}
	if len(telegram.Records) > maxRecords {
		t.Fatalf("%d records", len(telegram.Records))
	}
	if !telegram.Security.Result.Readable() && len(telegram.Records) > 0 && !telegram.partly {
		t.Fatalf("%d records of a telegram that is %s", len(telegram.Records), telegram.Security.Result)
	}
	for i := range telegram.Records {
		r := &telegram.Records[i]
		if n := len(r.bytes); r.valueAt > n || r.Offset < 0 || r.valueAt > 0 && r.Offset+n > len(telegram.Plain) {
			t.Fatalf("record %d has %d bytes at %d of %d", i, n, r.Offset, len(telegram.Plain))
		}
		if r.Quantity >= quantityCount || r.Unit >= unitCount {
			t.Fatalf("record %d is %d in %d", i, r.Quantity, r.Unit)
		}
	}
	text := telegram.AppendJSON(nil)
	if !json.Valid(text) || len(text) > 64<<10 {
		t.Fatalf("%d bytes of JSON: %s", len(text), text)
	}
	for _, c := range text {
		if c < 0x20 || c == 0x7F {
			t.Fatalf("control character in %q", text)
		}
	}
	var fresh Telegram
	_ = (&Decoder{}).Decode(&fresh, frame, key)
	if d.Templates == nil && !bytes.Equal(text, fresh.AppendJSON(nil)) {
		t.Fatalf("used before: %s\n      fresh: %s", text, fresh.AppendJSON(nil))
	}
	if d.Templates == nil && d.Fragments == nil {
		parsed, _ := Parse(frame)
		_ = d.DecodeParsed(&fresh, frame, &parsed, key)
		if again := fresh.AppendJSON(nil); !bytes.Equal(text, again) || fresh.Header != telegram.Header {
			t.Fatalf("decoded: %s\n parsed: %s", text, again)
		}
	}
	parts, _ := d.Explain(&fresh, frame, key)
	checkCoverage(t, frame, parts)
	for i := range parts {
		if bytes.ContainsFunc(parts[i].Meaning, isControl) {
			t.Fatalf("control character in %q", parts[i].Meaning)
		}
	}
}

func FuzzTelegram(f *testing.F) {
	addVectors(f, func(frame, key []byte) { f.Add(frame, key) })
	f.Fuzz(func(t *testing.T, frame, rawKey []byte) {
		key, err := NewKey(rawKey)
		if err != nil {
			key = nil
		}
		var telegram Telegram
		var d Decoder
		checkDecoded(t, &d, &telegram, frame, key)
		checkDecoded(t, &d, &telegram, frame, nil)
		header, err := ParseHeader(frame)
		if err == nil && telegram.Err == nil && header != telegram.Header {
			t.Fatalf("ParseHeader %+v, Decode %+v", header, telegram.Header)
		}
		with := Decoder{Templates: new(Templates), Fragments: new(Fragments)}
		checkDecoded(t, &with, &telegram, frame, key)
	})
}

// FuzzSealed seals content in every way that is verified, and turns a bit of the
// telegram. Sealed content opens to itself; nothing is read of a telegram of
// which a bit changed that is covered.
func FuzzSealed(f *testing.F) {
	for mode := range byte(4) {
		f.Add(mode, unhex(f, waterRecords), uint32(7), uint16(200))
		f.Add(mode, unhex(f, "0C1378563412"), uint32(1<<31), uint16(170))
	}
	f.Fuzz(func(t *testing.T, mode byte, content []byte, counter uint32, turned uint16) {
		m := Message{
			Link: Address{manufacturer("XYZ"), ID(counter), byte(turned), TypeWater}, CI: 0x7A, Access: byte(counter), Counter: counter,
			Payload: bytes.Trim(content[:min(len(content), 180)], "\x2F"), // fillers: encrypted or not, they are not read
		}
		m.Meter = m.Link
		switch mode & 3 {
		case 0:
			m.Mode = ModeAESCCM
		case 1:
			m.Mode, m.CI = ModeAESCCM, 0x72
		case 2:
			m.Mode = ModeAESKDF
		case 3:
			m.CI, m.ELL = 0x78, ELL{CI: 0x8D, Access: m.Access, Session: SessionAESCTR | counter&(1<<29-1)}
		}
		key := mustKey(t, key00to0F)
		frame, err := m.Append(nil, key)
		if err != nil || len(m.Payload) == 0 {
			return
		}
		var telegram Telegram
		var d Decoder
		checkDecoded(t, &d, &telegram, frame, key)
		if telegram.Security.Result != SecurityOK || !bytes.HasPrefix(bytes.TrimLeft(telegram.Plain, "\x2F"), m.Payload) {
			t.Fatalf("%v: %X became %X", telegram.Security, m.Payload, telegram.Plain)
		}
		at := 16 + int(turned)%(8*len(frame)-16)
		other := changed(frame, at/8, 1<<(at%8))
		checkDecoded(t, &d, &telegram, other, key)
		address := at/8 < linkLen
		first := linkLen + 1 // behind the CI-field: another one has another layout
		switch mode & 3 {
		case 1:
			address = false // that of the transport header is covered
		case 2:
			address = at/8 >= 4 && at/8 < 8 // the number
			first = linkLen + 4             // the MCL: the bits before it say what is there
		case 3:
			first = linkLen + 3 // the session number: CC and the access number are not covered
		}
		if (address || at/8 >= first) && telegram.Security.Result == SecurityOK {
			t.Fatalf("bit %d of %X changed: %v", at, frame, telegram.Security)
		}
	})
}

// contentFrame is a telegram of a maker without families that carries content
// in clear, as it is.
func contentFrame(ci byte, content []byte) []byte {
	content = content[:min(len(content), maxFrame-11)]
	frame := append([]byte{byte(10 + len(content)), 0x44, 0xAE, 0x0C, 0x78, 0x56, 0x34, 0x12, 0x01, 0x07, ci}, content...)
	return frame
}

func FuzzRecords(f *testing.F) {
	addVectors(f, func(frame, key []byte) {
		var t Telegram
		k, _ := NewKey(key)
		if (&Decoder{}).Decode(&t, frame, k) == nil {
			f.Add(bytes.Clone(t.Plain))
		}
	})
	f.Fuzz(func(t *testing.T, content []byte) {
		frame := contentFrame(0x78, content)
		var telegram Telegram
		var d Decoder
		checkDecoded(t, &d, &telegram, frame, nil)
		at := 0
		for i := range telegram.Records {
			r := &telegram.Records[i]
			if r.Qualifiers.Has(Derived) {
				continue
			}
			for at < r.Offset && telegram.Plain[at] == difFiller {
				at++
			}
			if r.Offset != at {
				t.Fatalf("record %d begins at %d, the one before ended at %d", i, r.Offset, at)
			}
			if got := append(append([]byte{}, r.Header()...), r.Raw()...); !bytes.Equal(got, telegram.Plain[at:at+len(got)]) {
				t.Fatalf("record %d is %X", i, got)
			}
			at += len(r.Header()) + len(r.Raw())
		}
	})
}

func FuzzCompact(f *testing.F) {
	f.Add(unhex(f, "02FF207100041308190000441308190000615B7F616713"), unhex(f, "EDA8E475710009190000091900007F16"))
	f.Add(unhex(f, "02F9FF15011104061765000004EEFF07BFA8000004EEFF08D24F00000414B1FB000002FD170000026CE919426CFF184406F76400004414E8FA0000043B0B0000000259DB11025D1C0B"), unhex(f, "DD82928301"))
	f.Add(unhex(f, "0DFD110341424301FD0C05"), unhex(f, "0000"))
	f.Fuzz(func(t *testing.T, full, compact []byte) {
		d := Decoder{Templates: new(Templates)}
		var telegram, short Telegram
		checkDecoded(t, &d, &telegram, contentFrame(0x78, full), nil)
		checkDecoded(t, &d, &short, contentFrame(0x79, compact), nil)
		full = bytes.Trim(full, "\x2F")
		made, err := AppendCompact(nil, full)
		if err != nil || len(full) > 200 || len(full) == 0 {
			return
		}
		if err := d.Decode(&telegram, contentFrame(0x78, full), nil); err != nil {
			return
		}
		if err := d.Decode(&short, contentFrame(0x79, made), nil); err != nil {
			t.Fatalf("compact frame of %X: %v", full, err)
		}
		if want, got := AppendRecordsJSON(nil, telegram.Records), AppendRecordsJSON(nil, short.Records); !bytes.Equal(want, got) {
			t.Fatalf("%X\nfull    %s\ncompact %s", full, want, got)
		}
	})
}
