package wmbus

import (
	"bytes"
	"errors"
	"testing"
)

// walkByCase is a telegram without data records, and what it says.
type walkByCase struct {
	name     string
	frame    []byte
	key      string
	family   string
	security Security
	status   string
	notes    Notes
	kind     Kind
	offset   int
	records  string // as describe writes them
}

// walkByFrame is a telegram of meter 12345678 with the CI-field and what
// follows it.
func walkByFrame(t testing.TB, maker string, version, typ byte, content string) []byte {
	t.Helper()
	a := Address{Manufacturer: manufacturer(maker), ID: 0x12345678, Version: version, Type: DeviceType(typ)}
	frame := append(a.appendLink([]byte{0, 0x44}), unhex(t, content)...)
	frame[0] = byte(len(frame) - 1)
	return frame
}

func runWalkBy(t *testing.T, cases []walkByCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var d Decoder
			var telegram Telegram
			err := d.Decode(&telegram, c.frame, mustKey(t, c.key))
			if c.kind == 0 && err != nil || c.kind != 0 && !errors.Is(err, c.kind) {
				t.Errorf("error %v, want kind %q", err, c.kind.Word())
			}
			if telegram.Err != nil && telegram.Err.Offset != c.offset {
				t.Errorf("error at %d, want %d", telegram.Err.Offset, c.offset)
			}
			if telegram.Family != c.family {
				t.Errorf("family %q, want %q", telegram.Family, c.family)
			}
			if telegram.Security != c.security {
				t.Errorf("security %v, want %v", telegram.Security, c.security)
			}
			if got := telegram.Status.String(); got != c.status {
				t.Errorf("status %q, want %q", got, c.status)
			}
			if telegram.Notes != c.notes {
				t.Errorf("notes %q, want %q", telegram.Notes.Words(), c.notes.Words())
			}
			if got := describe(telegram.Records); got != c.records {
				t.Errorf("records\n got %s\nwant %s", got, c.records)
			}
			checkBacked(t, &telegram)
			checkDistinct(t, &telegram)
		})
	}
}

// checkBacked fails when a record's bytes are not those of the content at the
// record's offset.
func checkBacked(t *testing.T, telegram *Telegram) {
	t.Helper()
	for i := range telegram.Records {
		r := &telegram.Records[i]
		end := r.Offset + len(r.bytes)
		if end > len(telegram.Plain) || !bytes.Equal(telegram.Plain[r.Offset:end], r.bytes) {
			t.Fatalf("%s at %d is not backed by its bytes", r.Quantity, r.Offset)
		}
		if len(r.bytes) == 0 && r.Value.Valid() && !r.Qualifiers.Has(Derived) {
			t.Fatalf("%s at %d has a value without bytes", r.Quantity, r.Offset)
		}
	}
}

// requireSteady fails when decoding again allocates. Not for parallel tests.
func requireSteady(t *testing.T, cases []walkByCase) {
	t.Helper()
	var d Decoder
	var telegram Telegram
	for _, c := range cases {
		key := mustKey(t, c.key)
		if d.Decode(&telegram, c.frame, key) != nil {
			continue // an error is made anew each time
		}
		if n := testing.AllocsPerRun(10, func() { _ = d.Decode(&telegram, c.frame, key) }); n != 0 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
	}
}

// cutEverywhere decodes the telegrams shortened to every length, with the
// L-field put right, and demands an error where from to below bytes are left
// behind the CI-field.
func cutEverywhere(t *testing.T, cases []walkByCase, from, below int) {
	t.Helper()
	var d Decoder
	var telegram Telegram
	for _, c := range cases {
		for size := linkLen + 1; size < len(c.frame); size++ {
			frame := append([]byte(nil), c.frame[:size]...)
			frame[0] = byte(size - 1)
			err := d.Decode(&telegram, frame, mustKey(t, c.key))
			if left := size - linkLen - 1; left >= from && left < below && err == nil {
				t.Errorf("%s cut to %d bytes: no error", c.name, size)
			}
			checkBacked(t, &telegram)
		}
	}
}

// fuzzWalkBy decodes whatever comes with the address and CI-field of the
// seeds.
func fuzzWalkBy(f *testing.F, cases []walkByCase) {
	for _, c := range cases {
		f.Add(c.frame)
	}
	key := mustKey(f, "00000000000000000000000000000000")
	f.Fuzz(func(t *testing.T, frame []byte) {
		var d Decoder
		var telegram Telegram
		for _, k := range []*Key{nil, key} {
			_ = d.Decode(&telegram, frame, k)
			checkBacked(t, &telegram)
			const most = 64 << 10
			if n := len(telegram.AppendJSON(nil)); n > most && len(frame) <= 256 {
				t.Fatalf("%d bytes of JSON", n)
			}
		}
	})
}
