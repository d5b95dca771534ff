package text

import (
	"encoding/binary"

	"earshot/device/wmbus"
)

const (
	headerLen = 10 // L, C, M, A
	// minTelegram is the shortest telegram: a header.
	minTelegram = headerLen
	// maxBytes is more than any telegram has: 256 bytes, 17 CRCs of format A,
	// and what receivers append.
	maxBytes = 300
)

// plausible reports whether b, as far as it goes, can be the beginning of a
// telegram: a length of at least a header and a CI-field, a known C-field, a
// manufacturer of three letters (docs/protocol/text.md#raw-bytes).
func plausible(b []byte) bool {
	return (len(b) < 1 || b[0] >= headerLen) &&
		(len(b) < 2 || wmbus.CField(b[1]).Carries()) &&
		(len(b) < 4 || letters(binary.LittleEndian.Uint16(b[2:])))
}

// letters reports whether a manufacturer code is three letters. Bit 15 is ignored.
func letters(m uint16) bool {
	for range 3 {
		if letter := m & 31; letter < 1 || letter > 26 {
			return false
		}
		m >>= 5
	}
	return true
}

// header reports whether b begins with a plausible header and a known CI-field. In
// format A the CI-field follows a CRC.
func header(b []byte) bool {
	return len(b) > headerLen && plausible(b) &&
		(wmbus.KnownCI(b[headerLen]) || len(b) > headerLen+2 && wmbus.KnownCI(b[headerLen+2]))
}

// fit is how well bytes fit their L-field.
type fit uint8

const (
	misfit  fit = iota
	cut         // there are fewer bytes than the L-field announces
	longer      // there are more, and it ends where no telegram may end
	exact       // it ends where a telegram may end
	checked     // its CRCs are correct
)

// candidate is a possible telegram.
type candidate struct {
	fit    fit
	frame  []byte // without CRCs; it may be part of what was measured
	format wmbus.Format
	used   int // bytes
}

// measure says how well b fits the telegram that it may begin with. mayEnd
// reports whether a telegram may end after n bytes; nil: only at len(b).
func measure(b []byte, mayEnd func(n int) bool) candidate {
	if len(b) <= headerLen || !plausible(b) {
		return wired(b)
	}
	if frame, ok := wmbus.AppendStripped(nil, b, wmbus.FormatA); ok {
		return candidate{checked, frame, wmbus.FormatA, wmbus.FormatA.Size(b[0])}
	}
	if frame, ok := wmbus.AppendStripped(nil, b, wmbus.FormatB); ok {
		return candidate{checked, frame, wmbus.FormatB, wmbus.FormatB.Size(b[0])}
	}
	n := int(b[0]) + 1
	switch {
	case wmbus.DamagedA(b):
		return candidate{}
	case wmbus.BeginsA(b):
		return candidate{cut, wmbus.AppendBlocksA(nil, b), wmbus.FormatA, len(b)}
	case !header(b):
		return candidate{}
	case n > len(b):
		return candidate{cut, b, wmbus.FormatPlain, len(b)}
	case n == len(b) || mayEnd != nil && mayEnd(n):
		return candidate{exact, b[:n], wmbus.FormatPlain, n}
	}
	return candidate{longer, b[:n], wmbus.FormatPlain, n}
}

// wired measures a wired long frame by its checksum.
func wired(b []byte) candidate {
	if len(b) < 9 || b[0] != 0x68 || b[3] != 0x68 || b[1] != b[2] {
		return candidate{}
	}
	n := int(b[1]) + 6
	if n > len(b) || b[1] < 3 {
		return candidate{}
	}
	if frame, format, err := wmbus.Unframe(b[:n]); err == nil && format == wmbus.FormatWired {
		return candidate{checked, frame, format, n}
	}
	return candidate{}
}
