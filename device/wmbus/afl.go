package wmbus

import "encoding/binary"

// aflLayer is the authentication and fragmentation layer (docs/protocol/transport.md#afl).
type aflLayer struct {
	span
	fcl       uint16
	hasMCL    bool
	mcl       byte
	ki        uint16
	counterAt int // of the message counter MCR, 0 if there is none
	macAt     int // of the MAC, 0 if there is none
	macSize   int
	lengthAt  int // of the message length ML, 0 if there is none
}

// The bits of the fragmentation control field FCL (docs/protocol/transport.md#afl).
const (
	fclMore = 0x4000
	fclMCL  = 0x2000
	fclML   = 0x1000
	fclMCR  = 0x0800
	fclMAC  = 0x0400
	fclKI   = 0x0200
)

// macSizes are the lengths of the MAC by the low nibble of the MCL; 0 is none
// or reserved.
var macSizes = [16]int{3: 2, 4: 4, 5: 8, 6: 12, 7: 16, 8: 12}

const mclGMAC = 8

// fragment returns the number of the fragment, from 1; 0 if it has none.
func (a *aflLayer) fragment() int { return int(a.fcl & 0xFF) }

// more reports whether further fragments follow.
func (a *aflLayer) more() bool { return a.fcl&fclMore != 0 }

// fragmented reports whether the telegram is one of several.
func (a *aflLayer) fragmented() bool { return a.more() || a.fragment() > 1 }

// readAFL reads the layer at l.pos.
func (l *layers) readAFL(frame []byte) *Error {
	a := &l.afl
	at := l.pos
	if at+4 > len(frame) || at+2+int(frame[at+1]) > len(frame) || frame[at+1] < 2 {
		return failure(ErrTruncated, at, "the authentication layer is longer than the telegram")
	}
	end := at + 2 + int(frame[at+1])
	a.fcl = binary.LittleEndian.Uint16(frame[at+2:])
	pos := at + 4
	field := func(bit uint16, size int) int {
		if a.fcl&bit == 0 {
			return 0
		}
		pos += size
		return pos - size
	}
	if mcl := field(fclMCL, 1); mcl != 0 && mcl < end {
		a.hasMCL, a.mcl = true, frame[mcl]
	}
	keyAt := field(fclKI, 2)
	a.counterAt = field(fclMCR, 4)
	a.macSize = macSizes[a.mcl&15]
	if !a.hasMCL && a.fcl&fclMAC != 0 { // the MCL came with another fragment: the MAC fills the rest
		a.macSize = end - pos
		if a.fcl&fclML != 0 {
			a.macSize -= 2
		}
	}
	a.macAt = field(fclMAC, max(a.macSize, 0))
	a.lengthAt = field(fclML, 2)
	if pos > end || a.macSize < 0 {
		*a = aflLayer{}
		return failure(ErrTruncated, at, "the fields of the authentication layer are longer than its length of %d bytes", end-at-2)
	}
	if keyAt != 0 {
		a.ki = binary.LittleEndian.Uint16(frame[keyAt:])
	}
	a.span = span{at, end}
	l.pos = end
	return nil
}
