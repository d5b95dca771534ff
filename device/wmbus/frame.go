package wmbus

import "slices"

// Format says how a frame's link layer is checked.
type Format uint8

// The frame formats of EN 13757-4, and the wired one of EN 13757-2.
const (
	FormatPlain Format = iota // no CRCs: a receiver removed them
	FormatA                   // modes S, T, R, and C and N with format A
	FormatB                   // modes C and N with format B
	FormatWired               // 68 L L 68 … checksum 16
)

// String returns a short name: "A", "B", "no CRCs", "wired".
func (f Format) String() string {
	return [...]string{"no CRCs", "A", "B", "wired"}[f&3]
}

const (
	linkLen     = 10 // L, C, M, A: block 1 of format A, and what every frame begins with
	blockLen    = 16 // further blocks of format A
	bFirstLen   = 126
	bSecondFrom = bFirstLen + 2
	maxFrame    = 256 // an L-field of FF, and itself
)

// Unframe removes the link-layer CRCs from a frame of format A or B and returns it
// with the L-field that it has without them. A frame without CRCs is returned
// unchanged, and so is a wired long frame if its checksum is correct. The error is an
// *Error of kind ErrNotWMBus, ErrLength or ErrCRC; with ErrLength, the frame holds
// what there is and may still be decoded.
// Source: docs/protocol/linklayer.md#format-a.
func Unframe(raw []byte) ([]byte, Format, error) {
	if len(raw) < linkLen {
		return nil, FormatPlain, failure(ErrNotWMBus, 0, "%d bytes are too few for a telegram, which begins with a header of %d", len(raw), linkLen)
	}
	if isWired(raw) {
		return raw, FormatWired, checkWired(raw)
	}
	total := int(raw[0]) + 1
	if frame, ok := stripA(nil, raw); ok {
		return frame, FormatA, nil
	}
	if len(raw) == total {
		if frame, ok := stripB(nil, raw); ok {
			return frame, FormatB, nil
		}
		return raw, FormatPlain, nil
	}
	if len(raw) == formatASize(total) && isDamagedA(raw) {
		return nil, FormatA, failure(ErrCRC, brokenBlock(raw), "the checksum of this block is wrong: received with errors, wait for the next telegram")
	}
	return raw, FormatPlain, failure(ErrLength, 0, "the L-field announces %d bytes, there are %d", total, len(raw))
}

// Size is the number of bytes on air of a frame whose L-field on air is l, CRCs
// included.
func (f Format) Size(l byte) int {
	if f == FormatA {
		return formatASize(int(l) + 1)
	}
	return int(l) + 1
}

// AppendStripped appends raw, which is in format A or B, without its CRCs to dst, for
// receivers that know the format. It allocates nothing if dst has room for 256 bytes.
// It returns false if raw is too short or a CRC is wrong.
func AppendStripped(dst, raw []byte, f Format) ([]byte, bool) {
	switch {
	case len(raw) < linkLen || len(raw) < f.Size(raw[0]):
		return dst, false
	case f == FormatA:
		return stripA(dst, raw)
	case f == FormatB:
		return stripB(dst, raw[:f.Size(raw[0])])
	}
	return dst, false
}

// formatASize is the number of bytes on air of a frame of n bytes in format A.
func formatASize(n int) int {
	blocks := 1
	if n > linkLen {
		blocks += (n - linkLen + blockLen - 1) / blockLen
	}
	return n + 2*blocks
}

// stripA appends the frame without its CRCs, and tells whether all were there
// and right. Bytes after the frame (a receiver's RSSI) are left out.
func stripA(dst, raw []byte) ([]byte, bool) {
	left := int(raw[0]) + 1
	if left < linkLen || len(raw) < formatASize(left) || !crcAt(raw, 0, linkLen) {
		return dst, false
	}
	frame := slices.Grow(dst, left)
	for size, pos := linkLen, 0; left > 0; size = blockLen {
		size = min(size, left)
		if !crcAt(raw, pos, size) {
			return dst, false
		}
		frame = append(frame, raw[pos:pos+size]...)
		pos += size + 2
		left -= size
	}
	return frame, true
}

// isDamagedA reports whether raw, which has the length of a frame of format A but
// not its checksums, is one that was received with errors: the checksum of one
// block is right, or no CI-field stands where a frame without checksums has it.
// Otherwise it is such a frame, with bytes behind it.
func isDamagedA(raw []byte) bool {
	return DamagedA(raw) || int(raw[0]) < linkLen || ciFields[raw[linkLen]].content == contentUnreadable
}

// brokenBlock is the offset of the first block of format A that fails.
func brokenBlock(raw []byte) int {
	left := int(raw[0]) + 1
	pos := 0
	for size := linkLen; left > 0; size = blockLen {
		size = min(size, left)
		if !crcAt(raw, pos, size) {
			return pos
		}
		pos += size + 2
		left -= size
	}
	return pos
}

// stripB appends the frame without its one or two CRCs, and tells whether they
// were right. Frames of 129 and 130 bytes do not exist: the second block would be
// shorter than its CRC.
func stripB(dst, raw []byte) ([]byte, bool) {
	n, start := len(raw), len(dst)
	if n <= bSecondFrom {
		if n < linkLen+2 || !crcAt(raw, 0, n-2) {
			return dst, false
		}
		frame := append(slices.Grow(dst, n-2), raw[:n-2]...)
		frame[start] -= 2
		return frame, true
	}
	if n <= bSecondFrom+2 || !crcAt(raw, 0, bFirstLen) || !crcAt(raw, bSecondFrom, n-2-bSecondFrom) {
		return dst, false
	}
	frame := append(slices.Grow(dst, n-4), raw[:bFirstLen]...)
	frame = append(frame, raw[bSecondFrom:n-2]...)
	frame[start] -= 4
	return frame, true
}

// crcAt reports whether the two bytes after raw[pos:pos+size] are its CRC, high
// byte first.
func crcAt(raw []byte, pos, size int) bool {
	end := pos + size
	return end+2 <= len(raw) && crc16(raw[pos:end]) == uint16(raw[end])<<8|uint16(raw[end+1])
}

func appendCRC(dst, block []byte) []byte {
	crc := crc16(block)
	return append(dst, byte(crc>>8), byte(crc))
}

// AppendFormatA appends frame, which has no CRCs, as sent on air in format A. A frame
// shorter than its header is appended unchanged.
func AppendFormatA(dst, frame []byte) []byte {
	if len(frame) < linkLen {
		return append(dst, frame...)
	}
	for size := linkLen; len(frame) > 0; size = blockLen {
		size = min(size, len(frame))
		dst = appendCRC(append(dst, frame[:size]...), frame[:size])
		frame = frame[size:]
	}
	return dst
}

// AppendFormatB appends frame, which has no CRCs, as sent on air in format B, with
// the L-field that counts them. ErrBadMessage: with its CRCs it is
// longer than an L-field can say, or its second block would be empty.
func AppendFormatB(dst, frame []byte) ([]byte, error) {
	n := len(frame)
	if n < linkLen || n > maxFrame-4 {
		return dst, failure(ErrBadMessage, 0, "format B carries %d to %d bytes, not %d", linkLen, maxFrame-4, n)
	}
	start := len(dst)
	if n <= bFirstLen {
		dst = append(dst, frame...)
		dst[start] = byte(n + 1)
		return appendCRC(dst, dst[start:]), nil
	}
	dst = append(dst, frame[:bFirstLen]...)
	dst[start] = byte(n + 3)
	dst = appendCRC(dst, dst[start:])
	dst = append(dst, frame[bFirstLen:]...)
	return appendCRC(dst, frame[bFirstLen:]), nil
}

// isWired reports whether raw is a wired long frame (68 L L 68) and not a wireless one
// with the same L-field: the length must fit the second byte
// (docs/protocol/linklayer.md#header).
func isWired(raw []byte) bool {
	return len(raw) >= 9 && raw[0] == 0x68 && raw[3] == 0x68 && raw[1] == raw[2] && int(raw[1])+6 <= len(raw) && raw[1] >= 3
}

// checkWired verifies the sum and the stop byte of a wired long frame.
func checkWired(raw []byte) error {
	end := int(raw[1]) + 4
	var sum byte
	for _, b := range raw[4:end] {
		sum += b
	}
	if raw[end] != sum {
		return failure(ErrCRC, end, "the checksum of the wired frame is %02X, its bytes add up to %02X", raw[end], sum)
	}
	if raw[end+1] != 0x16 {
		return failure(ErrNotWMBus, end+1, "a wired frame ends with 16, not %02X", raw[end+1])
	}
	return nil
}

// BeginsA reports whether raw begins with a block of format A whose CRC is right.
func BeginsA(raw []byte) bool { return crcAt(raw, 0, linkLen) }

// DamagedA reports whether raw is a frame of format A of which some blocks are
// right and others are not. If no block is right, it has no CRCs.
func DamagedA(raw []byte) bool {
	if len(raw) < linkLen || len(raw) < formatASize(int(raw[0])+1) {
		return false
	}
	left, good, bad := int(raw[0])+1, false, false
	for size, pos := linkLen, 0; left > 0; size = blockLen {
		size = min(size, left)
		if crcAt(raw, pos, size) {
			good = true
		} else {
			bad = true
		}
		pos += size + 2
		left -= size
	}
	return good && bad
}

// AppendBlocksA appends to dst the blocks of format A that raw begins with and
// that are whole and right, without their CRCs.
func AppendBlocksA(dst, raw []byte) []byte {
	left := int(raw[0]) + 1
	for size, pos := linkLen, 0; left > 0; size = blockLen {
		size = min(size, left)
		if !crcAt(raw, pos, size) {
			break
		}
		dst = append(dst, raw[pos:pos+size]...)
		pos += size + 2
		left -= size
	}
	return dst
}
