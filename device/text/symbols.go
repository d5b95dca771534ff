package text

import (
	"errors"

	"earshot/device"
	"earshot/device/wmbus"
)

// Some receivers print the undecoded signal: the chips after the sync word
// (docs/protocol/linklayer.md#symbols). A decoding counts only if it gives a frame with
// correct CRCs.

// minSymbols is the length in bytes of the first block of format A in 3-out-of-6
// code.
const minSymbols = 18

// maxLead is how many bits of preamble may precede the telegram.
const maxLead = 16 * 8

var errNoSymbols = errors.New("no radio symbols")

// sixes is the 3-out-of-6 code: the chips of each nibble.
var sixes = [16]byte{
	0b010110, 0b001101, 0b001110, 0b001011, 0b011100, 0b011001, 0b011010, 0b010011,
	0b101100, 0b100101, 0b100110, 0b100011, 0b110100, 0b110001, 0b110010, 0b101001,
}

// chips is a string of bits, the most significant first.
type chips []byte

func (c chips) bits() int { return 8 * len(c) }

// at returns the n bits, at most 8, that begin at place.
func (c chips) at(place, n int) byte {
	var v byte
	for i := place; i < place+n; i++ {
		v = v<<1 | c[i/8]>>(7-i%8)&1
	}
	return v
}

// symbol reads a telegram written as radio symbols. The error is errNoSymbols if it
// is not one; other errors mean that part of it is wrong or missing.
func (r *Reader) symbol(b []byte, from, to int) error {
	if len(b) < minSymbols || plausible(b) {
		return errNoSymbols
	}
	c := chips(b)
	var trouble error
	for lead := 0; lead < min(maxLead, c.bits()-8*minSymbols+1); lead++ {
		if frame, format, mode := c.nrz(lead); frame != nil {
			r.addSymbols(frame, format, mode, from, to)
			return nil
		}
		for _, code := range []struct {
			name string
			mode device.LinkMode
			read func(chips, int, int) []byte
		}{{"3-out-of-6", "T1", chips.threeOfSix}, {"Manchester", "S1", chips.manchester}} {
			if begin := code.read(c, lead, 4); len(begin) < 4 || !plausible(begin) {
				continue
			}
			raw := code.read(c, lead, maxBytes)
			if frame, ok := wmbus.AppendStripped(nil, raw, wmbus.FormatA); ok {
				r.addSymbols(frame, wmbus.FormatA, code.mode, from, to)
				return nil
			}
			if trouble == nil && wmbus.BeginsA(raw) {
				trouble = errors.New("these are raw " + code.name + " symbols of a telegram that was cut off or received with errors")
			}
		}
	}
	if trouble != nil {
		return trouble
	}
	return errNoSymbols
}

func (r *Reader) addSymbols(frame []byte, format wmbus.Format, mode device.LinkMode, from, to int) {
	r.add(candidate{fit: checked, frame: frame, format: format}, from, to)
	r.found[len(r.found)-1].Mode = mode
}

// threeOfSix decodes as many bytes as are valid in the code (mode T), at most most.
func (c chips) threeOfSix(place, most int) []byte {
	var values [64]byte // of a symbol, plus 1; 0 means invalid
	for v, s := range sixes {
		values[s] = byte(v) + 1
	}
	var out []byte
	for ; place+12 <= c.bits() && len(out) < most; place += 12 {
		high, low := values[c.at(place, 6)], values[c.at(place+6, 6)]
		if high == 0 || low == 0 {
			break
		}
		out = append(out, (high-1)<<4|(low-1))
	}
	return out
}

// manchester decodes as many bytes as are valid in the code (mode S), at most most.
// Which chips mean 1 is a matter of convention, so the header decides.
func (c chips) manchester(place, most int) []byte {
	var out []byte
	for ; place+16 <= c.bits() && len(out) < most; place += 16 {
		var v byte
		for i := range 8 {
			pair := c.at(place+2*i, 2)
			if pair != 0b01 && pair != 0b10 {
				return polarised(out)
			}
			v = v<<1 | pair&1
		}
		out = append(out, v)
	}
	return polarised(out)
}

// polarised inverts all bits if only that gives a telegram.
func polarised(b []byte) []byte {
	if len(b) < 4 || plausible(b) {
		return b
	}
	for i := range b {
		b[i] = ^b[i]
	}
	return b
}

// syncWords are the sync words of modes without a line code, and the format that
// they announce.
var syncWords = []struct {
	chips  string
	format wmbus.Format
	mode   device.LinkMode
}{
	{"\x54\x3D\x54\xCD", wmbus.FormatA, "C1"},
	{"\x54\x3D\x54\x3D", wmbus.FormatB, "C1"},
	{"\xF6\x8D", wmbus.FormatA, ""}, // mode N, whose channel is not known
	{"\xF6\x72", wmbus.FormatB, ""},
}

// nrz reads a frame after a sync word; nil if there is none.
func (c chips) nrz(place int) (frame []byte, format wmbus.Format, mode device.LinkMode) {
	for _, sync := range syncWords {
		if !c.begin(place, sync.chips) {
			continue
		}
		var raw []byte
		for p := place + 8*len(sync.chips); p+8 <= c.bits() && len(raw) < maxBytes; p += 8 {
			raw = append(raw, c.at(p, 8))
		}
		if frame, ok := wmbus.AppendStripped(nil, raw, sync.format); ok {
			return frame, sync.format, sync.mode
		}
	}
	return nil, 0, ""
}

// begin reports whether the chips at place are these bytes.
func (c chips) begin(place int, bytes string) bool {
	if place+8*len(bytes) > c.bits() {
		return false
	}
	for i := range len(bytes) {
		if c.at(place+8*i, 8) != bytes[i] {
			return false
		}
	}
	return true
}

// symbols looks for radio symbols in a text with other words.
func (r *Reader) symbols(text []byte) error {
	var trouble error
	s := &r.chains
	s.each(text, func() {
		for _, a := range s.atoms {
			if err := r.symbol(s.bytes(a.from, a.to), a.start, a.end); !errors.Is(err, errNoSymbols) {
				trouble = err
			}
		}
	})
	return trouble
}
