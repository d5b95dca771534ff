package wmbus

// tailLen is the size of a checksum that a receiver left after the telegram.
const tailLen = 2

// endsInChecksum reports whether the last bytes of frame are the link layer's
// checksum of its last block. Some gateways remove all checksums of format A but
// that one, and count it in the L-field. err is the result of reading the content:
// content that is records to its very end has none
// (docs/protocol/linklayer.md#checksum-left-behind).
func (t *Telegram) endsInChecksum(frame []byte, err *Error) bool {
	l := &t.layers
	switch {
	case err != nil && (err.Kind == ErrRecord || err.Kind == ErrTruncated):
	case len(t.Records) == 0 || t.Records[len(t.Records)-1].Quantity != ManufacturerData:
		return false
	}
	switch {
	case l.wired || l.message || t.Cut() || l.tail > 0 || l.family != nil && l.family.open != nil && l.family.payload != nil:
		return false
	case l.size < t.plainAt+tailLen || t.encrypted.to > l.size-tailLen:
		return false
	}
	end := l.size - tailLen
	block := (end-linkLen-1)/blockLen*blockLen + linkLen
	return block < end && crcAt(frame, block, end-block)
}

// dropTail forgets what was read of the content, and the checksum behind it.
// status and notes are those from before it was read.
func (t *Telegram) dropTail(status StatusSet, notes Notes) {
	t.layers.tail = tailLen
	t.Plain = t.buf[t.plainAt : t.layers.size-tailLen]
	t.Records, t.text, t.MoreFollows = t.Records[:0], t.text[:0], false
	t.Status, t.Notes = status, notes|NoteTail
}

// strayByte reports whether one byte follows a telegram whose data records end
// where the L-field says: added by a receiver, it proves nothing about the key.
func (t *Telegram) strayByte(frame []byte) bool {
	l := &t.layers
	return !l.wired && len(frame) == int(l.header.L)+2 && len(t.Records) > 0 && l.tpl.field != nil && l.tpl.field.content == contentRecords
}
