package wmbus

import "encoding/binary"

// layers is where each layer of a telegram stands: what can be found without
// a key, and the rest once the extended link layer has been opened.
type layers struct {
	header  Header
	wired   bool
	message bool // one of several telegrams that make a message
	size    int  // bytes that belong to the telegram, the wired checksum and stop byte left out
	check   int  // check bytes before the signature of a compact frame
	tail    int  // the last of them that are a checksum of the link layer
	pos     int  // where the next layer begins
	linked  bool // the link layers have been read
	opened  bool // the layers behind them too, but for the content

	ell   ellLayer
	nwl   span
	block span // of Apator, before the transport layer
	afl   aflLayer
	tpl   tplLayer

	family *family // of the meter
}

// span is a range of bytes; empty when the layer is not there.
type span struct{ from, to int }

// ellLayer is the extended link layer (docs/protocol/transport.md#extended-link-layer).
type ellLayer struct {
	span
	ci        byte
	cc        byte
	access    byte
	addressAt int // of M2 and A2, 0 if there are none
	session   uint32
	crcAt     int  // of the payload CRC, 0 if there is none
	intact    bool // the payload CRC, if there is one, matches as received
}

// encryption is bits 29 to 31 of the session number: 0 none, 1 AES-CTR.
func (e *ellLayer) encryption() uint32 { return e.session >> 29 }

// tplLayer is the transport layer (docs/protocol/transport.md#transport-header).
type tplLayer struct {
	span      // the CI-field and the header, without the configuration's extension
	ci        byte
	field     *ciField
	addressAt int // 0 if there is none
	access    byte
	status    byte
	config    uint16
	extension uint16 // of modes 7, 10 and 13
	counterAt int    // of the message counter of mode 10, 0 if there is none
}

// mode is bits 8 to 12 of the configuration word.
func (t *tplLayer) mode() SecurityMode {
	if t.field.header == headerNone {
		return ModeNone
	}
	return SecurityMode(t.config >> 8 & 31)
}

// outer reads the link layer and the extended link layer of a frame. When it
// fails, the header holds what was there.
func (l *layers) outer(frame []byte) *Error {
	*l = layers{}
	if isWired(frame) {
		return l.wiredLink(frame)
	}
	if len(frame) < linkLen {
		return failure(ErrNotWMBus, 0, "%d bytes are too few for a telegram, which begins with a header of %d", len(frame), linkLen)
	}
	l.header.L = frame[0]
	if int(frame[0]) < linkLen-1 {
		return failure(ErrNotWMBus, 0, "an L-field of %d is too small for a telegram, which has at least %d", frame[0], linkLen-1)
	}
	l.header.C = CField(frame[1])
	l.header.Link = linkAddress(frame[2:])
	l.header.Meter = l.header.Link
	l.size = min(int(frame[0])+1, len(frame))
	l.pos = linkLen
	if l.pos == l.size {
		return nil
	}
	l.header.CI = frame[l.pos]
	switch l.header.CI {
	case ciELL1, ciELL2, ciELL3, ciELL4:
		return l.readELL(frame[:l.size])
	}
	return nil
}

// wiredLink reads 68 L L 68 C A. The address A is a number on the wire, not a
// meter's.
func (l *layers) wiredLink(frame []byte) *Error {
	l.wired = true
	l.header.L, l.header.C = frame[1], CField(frame[4])
	l.size = int(frame[1]) + 4
	l.pos = 6
	l.header.CI = frame[l.pos]
	return nil
}

// ellSizes are the lengths of the layers 8C to 8F, with their CI-field
// (docs/protocol/transport.md#extended-link-layer).
var ellSizes = [4]byte{3, 9, 11, 17}

// readELL reads the extended link layer at l.pos.
func (l *layers) readELL(frame []byte) *Error {
	e := &l.ell
	e.ci = frame[l.pos]
	size := int(ellSizes[e.ci-ciELL1])
	if l.pos+size > len(frame) {
		return failure(ErrTruncated, l.pos, "the extended link layer has %d bytes, %d are left", size, len(frame)-l.pos)
	}
	e.span = span{l.pos, l.pos + size}
	e.cc, e.access = frame[l.pos+1], frame[l.pos+2]
	if e.ci == ciELL3 || e.ci == ciELL4 {
		e.addressAt = l.pos + 3
	}
	if e.ci == ciELL2 || e.ci == ciELL4 {
		e.crcAt = e.to - 2
		e.session = binary.LittleEndian.Uint32(frame[e.to-6:])
	}
	l.pos = e.to
	l.header.CI = 0 // unknown as long as the layer is not open
	e.intact = e.crcAt != 0 && e.payloadOK(frame)
	if !e.encrypted() && l.pos < len(frame) {
		l.header.CI = frame[l.pos]
	}
	return nil
}

// payloadOK reports whether the payload CRC matches as the bytes stand.
func (e *ellLayer) payloadOK(frame []byte) bool {
	return crc16(frame[e.to:]) == binary.LittleEndian.Uint16(frame[e.crcAt:])
}

// encrypted reports whether what follows the layer is. A telegram that was
// stored in clear keeps the mark, but its payload CRC matches.
func (e *ellLayer) encrypted() bool {
	return e.crcAt != 0 && e.encryption() != 0 && !e.intact
}

// inner reads what follows an opened extended link layer: network layer,
// authentication layer and the header of the transport layer.
func (l *layers) inner(frame []byte) *Error {
	if l.pos < len(frame) && frame[l.pos] == ciNetwork {
		l.skipNetwork(frame)
	}
	l.skipApator(frame)
	if l.pos < len(frame) && frame[l.pos] == ciAFL {
		if err := l.readAFL(frame); err != nil {
			return err
		}
	}
	if l.pos == len(frame) {
		return nil
	}
	l.header.CI = frame[l.pos]
	if l.afl.fragment() > 1 {
		return nil // in the middle of a message
	}
	return l.readTPL(frame)
}

// skipNetwork skips the network layer, whose layout no public source
// gives (docs/protocol/transport.md#network-layer): to the next byte that can
// begin the layer above.
func (l *layers) skipNetwork(frame []byte) {
	const most = 16
	for at := l.pos + 2; at < min(l.pos+most, len(frame)); at++ {
		switch frame[at] {
		case ciAFL, 0x72, 0x73, 0x78, 0x79, 0x7A, 0x7B, 0x8A, 0x8B:
			l.nwl = span{l.pos, at}
			l.pos = at
			return
		}
	}
}

// skipApator skips the block that some Apator meters send before the
// transport layer: CI B6, a length, and bytes whose meaning is not public. The
// heat cost allocators, which send CI A0 behind it, are a family.
// Source: docs/protocol/transport.md#apator-block.
func (l *layers) skipApator(frame []byte) {
	if l.pos+1 >= len(frame) || frame[l.pos] != eitnLong {
		return
	}
	switch l.header.Link.Manufacturer.letters() {
	case manufacturerAPA, manufacturerAPT:
	default:
		return
	}
	end := l.pos + 2 + int(frame[l.pos+1])
	if end < len(frame) && ciFields[frame[end]].content == contentRecords {
		l.block = span{l.pos, end}
		l.pos = end
	}
}

var manufacturerAPA, manufacturerAPT = manufacturer("APA"), manufacturer("APT")

// readTPL reads the transport header at l.pos.
func (l *layers) readTPL(frame []byte) *Error {
	t := &l.tpl
	t.ci = frame[l.pos]
	t.field = &ciFields[t.ci]
	size := [...]int{headerNone: 1, headerShort: 5, headerLong: 13}[t.field.header]
	if l.pos+size > len(frame) {
		at := l.pos
		t.field = nil
		return failure(ErrTruncated, at, "the transport header has %d bytes, %d are left", size, len(frame)-at)
	}
	t.span = span{l.pos, l.pos + size}
	l.pos = t.to
	if t.field.header == headerLong {
		t.addressAt = t.from + 1
		l.header.Meter = t.address(frame)
		if l.wired {
			l.header.Link = l.header.Meter
		}
	}
	if t.field.header != headerNone {
		t.access, t.status = frame[t.to-4], frame[t.to-3]
		t.config = binary.LittleEndian.Uint16(frame[t.to-2:])
		if t.ci == ciHighFirst {
			t.config = binary.BigEndian.Uint16(frame[t.to-2:])
		}
	}
	return l.readExtension(frame)
}

// address reads the address of a long transport header.
func (t *tplLayer) address(frame []byte) Address {
	b := frame[t.addressAt:]
	if t.ci == ciHighFirst {
		return Address{
			ID: ID(binary.BigEndian.Uint32(b)), Manufacturer: Manufacturer(binary.BigEndian.Uint16(b[4:])),
			Version: b[6], Type: DeviceType(b[7]),
		}
	}
	return transportAddress(b)
}

// readExtension reads what some security modes add to the configuration word.
// Source: docs/protocol/security.md#configuration-word.
func (l *layers) readExtension(frame []byte) *Error {
	t := &l.tpl
	size := 0
	switch t.mode() {
	case ModeAESKDF, ModeTLS:
		size = 1
	case ModeAESCCM:
		size = ccmExtension
	}
	if l.pos+size > len(frame) {
		return failure(ErrTruncated, l.pos, "the telegram ends before the extension of its configuration word")
	}
	switch size {
	case 1:
		t.extension = uint16(frame[l.pos])
	case ccmExtension:
		t.extension = binary.LittleEndian.Uint16(frame[l.pos:])
		t.counterAt = l.pos + 2
	}
	l.pos += size
	return nil
}

// lengthError compares the L-field with the bytes there are.
func (l *layers) lengthError(frame []byte) *Error {
	want := int(l.header.L) + 1
	if l.wired {
		want = int(l.header.L) + 6
	}
	switch {
	case len(frame) < want:
		return failure(ErrLength, len(frame), "the L-field announces %d bytes, there are %d: received in part, wait for the next telegram", want, len(frame))
	case len(frame) > want:
		return failure(ErrLength, want, "the L-field announces %d bytes, there are %d: the bytes after the telegram are ignored", want, len(frame))
	}
	return nil
}

// Parsed is what can be read of a frame without a key: the sender and the position of
// the layers. It is a value, without pointers into the frame.
type Parsed struct {
	layers layers
	err    *Error
}

// Header is what Parse found.
func (p *Parsed) Header() Header { return p.layers.header }

// Parse reads the sender and the meter of a frame as far as they are in clear. It
// needs no key and allocates nothing unless it fails.
// frame has no link-layer CRCs. The error is an *Error of kind ErrNotWMBus or
// ErrTruncated; the Header holds what was there. Decoder.DecodeParsed continues.
func Parse(frame []byte) (Parsed, error) {
	var p Parsed
	if p.err = p.layers.parse(frame); p.err != nil {
		return p, p.err
	}
	return p, nil
}

// ParseHeader is Parse without what DecodeParsed needs.
func ParseHeader(frame []byte) (Header, error) {
	var l layers
	if err := l.parse(frame); err != nil {
		return l.header, err
	}
	return l.header, nil
}

// parse reads what is in clear.
func (l *layers) parse(frame []byte) *Error {
	if err := l.outer(frame); err != nil {
		return err
	}
	l.linked = true
	if l.ell.crcAt != 0 && !l.ell.intact {
		return nil // encrypted or broken
	}
	return l.parseInner(frame[:l.size])
}

// parseInner reads what follows the extended link layer, in clear.
func (l *layers) parseInner(frame []byte) *Error {
	l.opened = true
	err := l.inner(frame)
	l.findMeter(frame)
	return err
}
