package text

import (
	"bufio"
	"bytes"
	"regexp"
	"testing"
	"time"
)

// found runs one part of a reader on a text and checks what it finds.
func found(t *testing.T, text []byte, part func(r *Reader)) []Telegram {
	t.Helper()
	r := NewReader(time.UTC, func(Telegram) {}, func(int, error) {})
	part(r)
	for _, tg := range r.found {
		if len(tg.Bytes) < headerLen || len(tg.Bytes) > len(text) || tg.from < 0 || tg.to < tg.from || tg.to > len(text) {
			t.Fatalf("%q gives %+v", text, tg)
		}
	}
	return r.found
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"mode":"T","rssi":-71,"frame":"1244AE0C7856341201078C2027780B13436587"}`, `[[{"a":[1,"2",{"hex":null}]}]] {"hex":"12"}`,
		`{"time":1772438442,"waited":1e3,"HEX":"{\"hex\":\"1244AE0C7856341201078C2027780B13436587\"}"}`, `{"\ud800":"\u0000"}`, `[`, `{"a":1}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) == 0 {
			return
		}
		found(t, text, func(r *Reader) {
			handled, err := r.json(text, 0)
			if handled && err == nil && len(r.found) == 0 {
				t.Fatalf("%q: handled, but there is nothing", text)
			}
			if !handled && len(r.found) > 0 {
				t.Fatalf("%q: found, but not handled", text)
			}
		})
	})
}

func FuzzRTL(f *testing.F) {
	for _, s := range []string{
		"T1;1;1;2026-03-02 08:00:42.000;97;148;12345678;0x1244AE0C7856341201078C2027780B13436587", "C1;1;1;;-61;;;0x14", ";;;;;;;0x", "T1;0;0;;;;;0x00",
		"x T1;1;1;;;;;0x1444AE0C7856341201078C2027780B13436587;0x12",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		found(t, text, func(r *Reader) {
			if handled, err := r.rtl(text); handled && err == nil && len(r.found) == 0 && r.Counts.Dropped == 0 {
				t.Fatalf("%q: handled, but there is nothing", text)
			}
		})
	})
}

func FuzzEncoded(f *testing.F) {
	for _, s := range []string{
		`b'\x12D\xae\x0cxV4\x12\x01\x07\x8c '`, `"\x12\x44\`, `\101\x4`, "EkSuDHhWNBIBB4wgJ3gLE0Nlhw==", "18, 68, 174, 12, 120, 86, 52, 18, 1, 7, 140, 32, 39, 120, 11, 19, 67, 101, 135", "1,2,,3,999",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		found(t, text, func(r *Reader) { r.escaped(text, 0) })
		found(t, text, func(r *Reader) { r.base64(text) })
		found(t, text, func(r *Reader) { r.decimal(text) })
	})
}

func FuzzSymbols(f *testing.F) {
	for _, s := range [][]byte{
		{0x38, 0xD7, 0x1C, 0x8D, 0xC5, 0xA5, 0xB0, 0xD4, 0xD6, 0x2C, 0xE5, 0x8B, 0x35, 0x35, 0x9A, 0xC9, 0xA4, 0xE4}, bytes.Repeat([]byte{0x55}, 200),
		append([]byte{0x54, 0x3D, 0x54, 0xCD}, bytes.Repeat([]byte{0x9A}, 30)...),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		found(t, b, func(r *Reader) { _ = r.symbol(b, 0, len(b)) })
		for place := range min(20, 8*len(b)) {
			if n := len(chips(b).threeOfSix(place, maxBytes)); 12*n > 8*len(b) {
				t.Fatalf("%d bytes in %d", n, len(b))
			}
			if n := len(chips(b).manchester(place, maxBytes)); 16*n > 8*len(b) {
				t.Fatalf("%d bytes in %d", n, len(b))
			}
		}
	})
}

func FuzzAround(f *testing.F) {
	for _, s := range []string{"2026-03-02T10:00:42.123+02:00", "[08:00:42] RSSI: -51 dBm Mode: T1", "0000-00-00 00:00:00", "rssi_dbm=-1e9 dBm", "|+12"} {
		f.Add([]byte(s), []byte("|+1.5 -70dBm"))
	}
	f.Fuzz(func(t *testing.T, before, after []byte) {
		var tg Telegram
		NewReader(time.UTC, nil, nil).around(&tg, before, after)
		if tg.Offset < 0 || tg.AirTime.Year() > 9999 {
			t.Fatalf("%q %q gives %+v", before, after, tg)
		}
		if got := NewReader(time.UTC, nil, nil).dumped(before); len(got) > 2*len(before)+2 {
			t.Fatalf("%q became %q", before, got)
		}
	})
}

// FuzzLines says that what is cut into lines and pieces is the text again, but
// for line ends and words that are too long.
func FuzzLines(f *testing.F) {
	f.Add([]byte("a\nb\r\nc"), uint16(1))
	f.Add(bytes.Repeat([]byte("{12 3456789},"), 20), uint16(3))
	f.Add([]byte("\n0\r\r"), uint16(195))
	ends := regexp.MustCompile("\r+\n")
	f.Fuzz(func(t *testing.T, text []byte, repeat uint16) {
		text = bytes.Repeat(text, min(int(repeat), 1+(1<<18)/(len(text)+1)))
		l := lineReader{r: bufio.NewReaderSize(bytes.NewReader(text), MaxLine)}
		var got []byte
		skipped := false
		for {
			piece, whole, err := l.next()
			if len(piece) > MaxLine+maxWord {
				t.Fatalf("a piece of %d bytes", len(piece))
			}
			got = append(got, piece...)
			skipped = skipped || l.tooLong
			if whole {
				got = append(got, '\n')
			}
			if err != nil {
				break
			}
		}
		want := append(ends.ReplaceAll(text, []byte("\n")), '\n')
		if got := ends.ReplaceAll(got, []byte("\n")); !skipped && !bytes.Equal(bytes.TrimRight(got, "\r\n"), bytes.TrimRight(want, "\r\n")) {
			t.Fatalf("%d bytes came back as %d", len(want), len(got))
		}
	})
}
