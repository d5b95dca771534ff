package mqttconn

// guard follows the packets of a stream by their fixed headers
// (docs/protocol/mqtt.md#packets): a byte with the type, and the length of the rest in
// one to four bytes of seven bits.
type guard struct {
	most   int // the longest packet, in bytes
	at     guardPlace
	length int
	shift  uint
}

type guardPlace uint8

const (
	atType guardPlace = iota
	atLength
	inPacket
)

// pass reports whether the packets in b, the next piece of the stream, are short
// enough.
func (g *guard) pass(b []byte) bool {
	for len(b) > 0 {
		switch g.at {
		case atType:
			g.at, g.length, g.shift = atLength, 0, 0
			b = b[1:]
		case atLength:
			g.length |= int(b[0]&0x7F) << g.shift
			g.shift += 7
			if more := b[0]&0x80 != 0; !more {
				g.at = inPacket
			} else if g.shift > 21 {
				return false
			}
			if g.length > g.most {
				return false
			}
			b = b[1:]
		default:
			n := min(g.length, len(b))
			g.length -= n
			b = b[n:]
		}
		if g.at == inPacket && g.length == 0 {
			g.at = atType
		}
	}
	return true
}
