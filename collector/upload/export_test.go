package upload

// Packet is the PUBLISH packet of a message with that Seq.
func Packet(cfg Config, id uint16, seq int64, p Publication) []byte {
	e := newEncoder(cfg)
	return e.packet(id, seq, p)
}
