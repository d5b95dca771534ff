package dongletest

import "math"

// mishear returns what a UART set to the baud rate to makes of bytes sent at
// the rate from: it takes the first low level for a start bit and samples in
// the middle of what it thinks is a bit (8N1).
func mishear(sent []byte, from, to int) []byte {
	if from <= 0 || to <= 0 || from == to {
		return sent
	}
	step := float64(from) / float64(to) // a bit of the receiver in bits of the sender
	end := len(sent) * bitsPerByte
	var heard []byte
	for at := 0.0; ; {
		start := int(math.Ceil(at))
		for start < end && levelAt(sent, start) == 1 {
			start++
		}
		if start >= end {
			return heard
		}
		var b byte
		for bit := range 8 {
			b |= levelAt(sent, start+int((1.5+float64(bit))*step)) << bit
		}
		heard = append(heard, b)
		at = float64(start) + 9.5*step
		for int(at) < end && levelAt(sent, int(at)) == 0 { // no stop bit: wait for the line to rise
			at++
		}
	}
}

// levelAt is the level of the line at bit i: start bit, eight data bits from
// the lowest on, stop bit; idle is high.
func levelAt(sent []byte, i int) byte {
	if i >= len(sent)*bitsPerByte {
		return 1
	}
	switch bit := i % bitsPerByte; bit {
	case 0:
		return 0
	case bitsPerByte - 1:
		return 1
	default:
		return sent[i/bitsPerByte] >> (bit - 1) & 1
	}
}
