package text_test

import (
	"math/rand/v2"
	"testing"

	"earshot/device/devicetest"
	"earshot/device/text"
	"earshot/device/wmbus"
)

// random returns bytes that are no telegrams.
func random(seed uint64, n int) []byte {
	r := rand.New(rand.NewPCG(seed, 0))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// TestRandomBytesAreNoTelegrams reads 16 MB from one sender, then the first bytes of
// many senders, with pauses, and datagrams.
func TestRandomBytesAreNoTelegrams(t *testing.T) {
	t.Parallel()
	telegrams, noise := 0, 0
	frame := func([]byte) { telegrams++ }
	skip := func(n int) { noise += n }
	var d text.Binary
	const size = 16 << 20
	for stream := random(1, size); len(stream) > 0; stream = stream[4096:] {
		d.Feed(stream[:4096], frame, skip)
	}
	d.Flush(frame, skip)
	if noise != size || telegrams > 0 {
		t.Errorf("%d telegrams, and %d bytes of %d are noise", telegrams, noise, size)
	}
	for seed := range uint64(1000) {
		var d text.Binary
		b := random(seed+2, 1000)
		d.Feed(b[:300], frame, skip)
		d.Flush(frame, skip)
		d.Feed(b[300:], frame, skip)
		d.Flush(frame, skip)
		d.Message(b[:100], frame, skip)
		b[0] = 99 // the length is right
		d.Message(b[:100], frame, skip)
	}
	if telegrams > 0 {
		t.Errorf("%d telegrams in random bytes of many senders", telegrams)
	}
}

// TestUnusualTelegramsNeedCompany has telegrams whose content says nothing: a
// number that is not decimal, in a layout of its maker's. One of them at the
// beginning, or among noise, may be anything; several that follow each other are
// telegrams.
func TestUnusualTelegramsNeedCompany(t *testing.T) {
	t.Parallel()
	odd := devicetest.Unhex("1444 6850 AF1B 2C3D 70 1F A2 00112233445566778899")
	number := devicetest.Unhex("1444 6850 1112 1314 70 1F A2 00112233445566778899")
	for _, c := range []struct {
		name   string
		pieces [][]byte
		want   string
	}{
		{name: "one", pieces: [][]byte{odd}, want: "21"},
		{name: "three", pieces: [][]byte{join(odd, odd, odd)}, want: "? ? ?"},
		{name: "one with a decimal number, before a pause", pieces: [][]byte{number}, want: "?"},
		{name: "one between others", pieces: [][]byte{join(short, odd, short)}, want: "S ? S"},
		{name: "one among noise", pieces: [][]byte{join(random(1, 100), number, random(2, 100))}, want: "221"},
		{name: "after much noise", pieces: [][]byte{join(make([]byte, 5000), short, short, short)}, want: "5000 S S S"},
		{name: "one after much noise, before a pause", pieces: [][]byte{join(make([]byte, 5000), short)}, want: "5000 S"},
		{name: "noise that could be one, right before one", pieces: [][]byte{join(make([]byte, 5000), odd, short)}, want: "5014 7 S"},
		{name: "one in the midst of much noise", pieces: [][]byte{join(make([]byte, 5000), short, make([]byte, 100))}, want: "5119"},
	} {
		if got := heard(true, c.pieces...); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestEncryptedTelegramsAreFound: what no key opens is a telegram all the same.
func TestEncryptedTelegramsAreFound(t *testing.T) {
	t.Parallel()
	key, err := wmbus.NewKey(random(7, 16))
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []wmbus.SecurityMode{wmbus.ModeAESIV, wmbus.ModeAESKDF} {
		msg := wmbus.Message{Link: wmbus.Address{Manufacturer: 0x5068, ID: 0x12345678, Version: 1, Type: wmbus.TypeWater},
			CI: 0x7A, Access: 1, Mode: mode, Payload: make([]byte, 30)}
		telegram, err := msg.Append(nil, key)
		if err != nil {
			t.Fatal(err)
		}
		if got := heard(false, join(make([]byte, 200), telegram, telegram)); got != "200 ? ?" {
			t.Errorf("mode %v: %q, want both after the noise", mode, got)
		}
	}
}

// BenchmarkBinaryNoise reads random bytes.
func BenchmarkBinaryNoise(b *testing.B) {
	noise := random(1, 1<<20)
	var d text.Binary
	b.SetBytes(int64(len(noise)))
	for b.Loop() {
		d.Feed(noise, func([]byte) {}, func(int) {})
	}
}

// TestNoiseWithPauses: a pause among random bytes is no better place for a telegram to
// begin. A busy sender or reader makes pauses where there are none.
func TestNoiseWithPauses(t *testing.T) {
	t.Parallel()
	const stretches, each = 6000, 1000
	var d text.Binary
	found := 0
	for i := range uint64(stretches) {
		d.Feed(random(i, each), func([]byte) { found++ }, func(int) {})
		d.Flush(func([]byte) { found++ }, func(int) {})
	}
	if found > 0 {
		t.Errorf("%d telegrams in %d random bytes with %d pauses", found, stretches*each, stretches)
	}
	found = 0
	d.Feed(join(short, short), func([]byte) { found++ }, func(int) {})
	if found != 2 {
		t.Error("telegrams after a pause are not found")
	}
}
