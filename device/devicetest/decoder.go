package devicetest

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"earshot/device/dongle"
)

// Decoder is a dongle.Protocol's Decode.
type Decoder func(buffer []byte) (dongle.Message, int)

// Decoded is a message, where it began, and how many bytes it used up.
type Decoded struct {
	dongle.Message
	At, Used int
}

// Drain decodes a stream to its end, as package dongle does: what never ends is
// given up byte by byte. It fails the test if Decode uses up more than there
// is, or nothing of what it says is a message. Bodies are copies.
func Drain(t testing.TB, decode Decoder, stream []byte) []Decoded {
	t.Helper()
	var all []Decoded
	for at := 0; at < len(stream); {
		m, used := decode(stream[at:])
		if used < 0 || used > len(stream)-at || used == 0 && m.Kind != dongle.Noise {
			t.Fatalf("Decode(%X) used up %d bytes as %+v", stream[at:], used, m)
		}
		if used == 0 {
			m, used = dongle.Message{}, 1
		}
		m.Body = bytes.Clone(m.Body)
		all = append(all, Decoded{m, at, used})
		at += used
	}
	return all
}

// InPieces decodes a stream that arrives in pieces, as r draws them. Bodies are
// copies.
func InPieces(r *rapid.T, decode Decoder, stream []byte) []dongle.Message {
	var all []dongle.Message
	var buffer []byte
	for len(stream) > 0 {
		n := rapid.IntRange(1, len(stream)).Draw(r, "piece")
		buffer, stream = append(buffer, stream[:n]...), stream[n:]
		for {
			m, used := decode(buffer)
			if used == 0 {
				break
			}
			m.Body = bytes.Clone(m.Body)
			all, buffer = append(all, m), buffer[used:]
		}
	}
	return all
}

// FindsAfterNoise fails the test if a telegram after noise is not found,
// unless the noise holds the beginning of what is a message with it.
func FindsAfterNoise(t testing.TB, decode Decoder, noise, telegram []byte, want dongle.Message) {
	t.Helper()
	stream := append(bytes.Clone(noise), telegram...)
	for _, d := range Drain(t, decode, stream) {
		switch {
		case d.Kind == dongle.Noise || d.Kind == dongle.Broken && d.At+d.Used <= len(noise):
		case d.At < len(noise) && d.At+d.Used > len(noise):
			return
		case d.At == len(noise) && d.Kind == dongle.Telegram:
			if !bytes.Equal(d.Body, want.Body) || d.Length != want.Length || d.RSSI != want.RSSI || d.Mode != want.Mode {
				t.Errorf("behind the noise %X came %+v, want %+v", noise, d.Message, want)
			}
			return
		}
	}
	t.Errorf("the telegram behind the noise %X was not found", noise)
}

// ByteByByte fails the test if a message that arrives in pieces is not the
// one that it is as a whole.
func ByteByByte(t testing.TB, decode Decoder, whole []byte) {
	t.Helper()
	for n := range len(whole) {
		if n == 0 {
			continue
		}
		if m, used := decode(whole[:n]); used != 0 {
			t.Fatalf("Decode of the first %d bytes of %X used up %d as %+v, want to wait for more", n, whole, used, m)
		}
	}
	if _, used := decode(whole); used != len(whole) {
		t.Errorf("Decode(%X) used up %d bytes", whole, used)
	}
}
