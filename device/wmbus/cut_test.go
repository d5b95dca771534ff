package wmbus

import (
	"strings"
	"testing"
)

// sentBefore fails unless the records that were read of a cut telegram are the
// first of those that were sent.
func sentBefore(t *testing.T, cut, whole *Telegram, size int) {
	t.Helper()
	if got, sent := describe(cut.Records), describe(whole.Records); !strings.HasPrefix(sent+"; ", got+"; ") && got != "" {
		t.Errorf("of %d bytes: %s\nsent was %s", size, got, sent)
	}
}

// Whatever the configuration word announces, what was not decrypted is not read.
func TestCutInsideABlock(t *testing.T) {
	t.Parallel()
	for name, announced := range map[string]byte{"as many blocks as there are": 4, "all blocks": 0, "more blocks than there are": 9} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			frame, key := mode5Telegram(t)
			const config = 13
			frame[config] = frame[config]&15 | announced<<4
			var whole, cut Telegram
			_ = new(Decoder).Decode(&whole, frame, key)
			if whole.Security.Result != SecurityOK || len(whole.Records) != 11 {
				t.Fatalf("%v, %d records", whole.Security.Result, len(whole.Records))
			}
			for size := 15; size < len(frame); size++ {
				d := Decoder{Templates: new(Templates)}
				parts, err := d.Explain(&cut, frame[:size], key)
				sentBefore(t, &cut, &whole, size)
				checkCoverage(t, frame[:size], parts)
				if result := cut.Security.Result; err == nil || result != SecurityOK && size >= 15+16 || result == WrongKey || d.Templates.Len() != 0 {
					t.Errorf("of %d bytes: %v, error %v, %d templates", size, result, err, d.Templates.Len())
				}
				if clear := outline(parts); strings.Contains(clear, "in clear:") {
					t.Errorf("of %d bytes:\n%s", size, clear)
				}
			}
		})
	}
}

// Nothing of a compact frame is read that was not decrypted.
func TestCutCompactFrame(t *testing.T) {
	t.Parallel()
	full := unhex(t, "0413E8030000 4413E7030000 0423E6030000 04FD17E5030000")
	for tail := range 12 {
		payload := append([]byte{}, full...)
		headers := "04134413042304FD17"
		values := "E8030000E7030000E6030000E5030000"
		for range tail {
			payload, headers, values = append(payload, 0x01, 0x0B, 0x07), headers+"010B", values+"07"
		}
		frame, key := mode5Telegram(t)
		m := Message{Link: Address{manufacturer("ELS"), 0x12345678, 0x33, TypeHeat}, CI: 0x7B, Access: 0x2A, Mode: ModeAESIV}
		sum, signature := crc16(payload), crc16(unhex(t, headers))
		m.Payload = append([]byte{byte(signature), byte(signature >> 8), byte(sum), byte(sum >> 8)}, unhex(t, values)...)
		frame, err := m.Append(frame[:0], key)
		if err != nil {
			t.Fatal(err)
		}
		d := Decoder{Templates: new(Templates)}
		tpl, ok := newTemplate(unhex(t, headers))
		if !ok {
			t.Fatal("no template")
		}
		d.Templates.keep(tpl)
		var whole, cut Telegram
		if err := d.Decode(&whole, frame, key); err != nil || len(whole.Records) != 4+tail {
			t.Fatalf("%d records, error %v", len(whole.Records), err)
		}
		for size := 15; size < len(frame); size++ {
			parts, err := d.Explain(&cut, frame[:size], key)
			if err == nil {
				t.Errorf("of %d bytes of %d: no error", size, len(frame))
			}
			sentBefore(t, &cut, &whole, size)
			checkCoverage(t, frame[:size], parts)
		}
	}
}
