package upload

import "bytes"

// Packet is the PUBLISH packet of a message with that Seq, as it is sent.
func Packet(cfg Config, id uint16, seq int64, p Publication) []byte {
	e := newEncoder(cfg)
	var wire bytes.Buffer
	_, _ = e.packet(id, seq, p).WriteTo(&wire) // to memory: it cannot fail
	return wire.Bytes()
}
