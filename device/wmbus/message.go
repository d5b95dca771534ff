package wmbus

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
)

// Message is a telegram to be built, for simulators and tests
// (docs/protocol/transport.md#order-of-layers).
type Message struct {
	C    CField // 0 is SND-NR
	Link Address
	ELL  ELL // none while its CI is 0
	// CI of the transport layer: 72, 7A, 78, 79 and so on, which decides on
	// the transport header; 0 ends the telegram before it.
	CI     byte
	Meter  Address // with a long transport header
	Access byte
	Status byte
	// Mode is none, 2, 5, 7 or 10; with 7 comes an authentication layer with the
	// message Counter and a CMAC of MACSize bytes (0 is 8), with 10 the Counter
	// and a tag.
	Mode    SecurityMode
	Config  uint16 // further bits of the configuration word
	Counter uint32
	MACSize int
	// Payload is the data records, without check bytes. Those and the filling
	// come with the Mode.
	Payload []byte
	// Clear follows the encrypted part.
	Clear []byte
}

// ELL is the extended link layer of a Message. With Session's bits 29 to 31
// at 1 (SessionAESCTR) it encrypts what follows.
type ELL struct {
	CI      byte // 8C, 8D, 8E or 8F
	CC      byte
	Access  byte
	Partner Address // with 8E and 8F
	Session uint32  // with 8D and 8F
}

// SessionAESCTR marks a session number as encrypted.
const SessionAESCTR = 1 << 29

// Append appends the telegram without link-layer CRCs and sets its L-field.
// key is needed with an encrypting ELL or a Mode, and not used otherwise. The
// error is of kind ErrBadMessage or ErrNoKey; dst then comes back as it was.
func (m *Message) Append(dst []byte, key *Key) ([]byte, error) {
	if err := m.check(key); err != nil {
		return dst, err
	}
	start := len(dst)
	c := m.C
	if c == 0 {
		c = SendNoReply
	}
	frame := append(dst, 0, byte(c))
	frame = m.Link.appendLink(frame)
	ellAt := len(frame)
	frame = m.ELL.append(frame)
	if m.CI != 0 {
		frame = m.appendTransport(frame, start, key)
	}
	if m.ELL.hasSession() {
		m.ELL.seal(frame[start:], ellAt-start, key)
	}
	n := len(frame) - start
	if n > maxFrame {
		return dst, failure(ErrBadMessage, maxFrame, "%d bytes are more than an L-field can count", n)
	}
	frame[start] = byte(n - 1)
	return frame, nil
}

// check finds what cannot be built.
func (m *Message) check(key *Key) error {
	ellEncrypts := m.ELL.hasSession() && m.ELL.Session>>29 == 1
	header := ciFields[m.CI].header
	switch {
	case m.ELL.CI != 0 && (m.ELL.CI < ciELL1 || m.ELL.CI > ciELL4):
		return failure(ErrBadMessage, linkLen, "%02X is not an extended link layer that can be built", m.ELL.CI)
	case m.Mode != ModeNone && (m.CI == 0 || header == headerNone):
		return failure(ErrBadMessage, linkLen, "security %s needs a transport header, which CI %02X does not have", m.Mode, m.CI)
	case m.Mode != ModeNone && m.Mode != ModeDES && m.Mode != ModeAESIV && m.Mode != ModeAESKDF && m.Mode != ModeAESCCM:
		return failure(ErrBadMessage, linkLen, "security %s cannot be built", m.Mode)
	case (m.Mode != ModeNone || ellEncrypts) && key == nil:
		return failure(ErrNoKey, linkLen, "a key is needed to build security %s", m.Mode)
	case ellEncrypts && !key.IsAES(), m.Mode != ModeNone && (m.Mode == ModeDES) == key.IsAES():
		return failure(ErrBadMessage, linkLen, "security %s needs a key of another length than %d bytes", m.Mode, key.size)
	case m.Mode == ModeAESCCM && len(m.Clear) > 0:
		return failure(ErrBadMessage, linkLen, "security %s encrypts everything, nothing may follow in clear", m.Mode)
	case m.Mode == ModeAESKDF && m.authentication() == 0:
		return failure(ErrBadMessage, linkLen, "a MAC has 2, 4, 8, 12 or 16 bytes, not %d", m.MACSize)
	}
	return nil
}

// authentication is the low nibble of the MCL for the MAC's size, 0 for none.
func (m *Message) authentication() byte {
	size := m.MACSize
	if size == 0 {
		size = 8
	}
	for code := byte(3); code < mclGMAC; code++ {
		if macSizes[code] == size {
			return code
		}
	}
	return 0
}

func (e *ELL) hasSession() bool { return e.CI == ciELL2 || e.CI == ciELL4 }

func (e *ELL) append(dst []byte) []byte {
	if e.CI == 0 {
		return dst
	}
	dst = append(dst, e.CI, e.CC, e.Access)
	if e.CI == ciELL3 || e.CI == ciELL4 {
		dst = e.Partner.appendLink(dst)
	}
	if e.hasSession() {
		dst = binary.LittleEndian.AppendUint32(dst, e.Session)
		dst = append(dst, 0, 0)
	}
	return dst
}

// seal sets the payload CRC of the layer at ellAt and encrypts from there on.
func (e *ELL) seal(frame []byte, ellAt int, key *Key) {
	layer := ellLayer{ci: e.CI, cc: e.CC, session: e.Session}
	layer.from, layer.to = ellAt, ellAt+len(e.append(nil))
	layer.crcAt = layer.to - 2
	binary.LittleEndian.PutUint16(frame[layer.crcAt:], crc16(frame[layer.to:]))
	if layer.encryption() == 1 {
		t := Telegram{workspace: new(workspace), buf: frame, layers: layers{ell: layer}}
		t.applyCTR(key, 2, e.CC&^ccHop)
	}
}

// mclCounter says in the MCL that a message counter is there.
const mclCounter = 0x20

// appendTransport appends the authentication layer that mode 7 needs, the
// transport header and the content.
func (m *Message) appendTransport(frame []byte, start int, key *Key) []byte {
	var afl aflLayer
	if m.Mode == ModeAESKDF {
		mcl := mclCounter | m.authentication()
		size := macSizes[mcl&15]
		at := len(frame)
		frame = append(frame, ciAFL, byte(7+size), 0, (fclMCL|fclMCR|fclMAC)>>8, mcl)
		afl = aflLayer{span: span{at, at + 9 + size}, hasMCL: true, mcl: mcl, counterAt: len(frame), macAt: len(frame) + 4, macSize: size}
		frame = binary.LittleEndian.AppendUint32(frame, m.Counter)
		frame = append(frame, make([]byte, size)...)
	}
	t := Telegram{workspace: new(workspace), layers: layers{afl: afl, header: Header{Link: m.Link, Meter: m.Meter}}}
	tpl := &t.layers.tpl
	tpl.from, tpl.field, tpl.access = len(frame), &ciFields[m.CI], m.Access
	frame = append(frame, m.CI)
	if tpl.field.header == headerLong {
		tpl.addressAt = len(frame)
		frame = m.Meter.appendTransport(frame)
	}
	content := m.sealedContent(key)
	if tpl.field.header != headerNone {
		frame = append(frame, m.Access, m.Status)
		frame = binary.LittleEndian.AppendUint16(frame, m.configuration(len(content)))
	}
	switch m.Mode {
	case ModeAESKDF:
		frame = append(frame, 1<<4) // key derivation 1
	case ModeAESCCM:
		tpl.extension, tpl.counterAt = ccmKnown, len(frame)+2
		frame = binary.LittleEndian.AppendUint16(frame, tpl.extension)
		frame = binary.LittleEndian.AppendUint32(frame, m.Counter)
	}
	at := len(frame)
	frame = append(frame, content...)
	if m.Mode == ModeAESCCM {
		frame = append(frame, make([]byte, ccmTag)...)
	}
	t.rebase(frame, start)
	t.layers.pos = at - start
	m.encrypt(&t, key, frame[at:])
	frame = append(frame, m.Clear...)
	if m.Mode == ModeAESKDF {
		t.buf = frame[start:]
		macKey := t.deriveKey(key, deriveMAC)
		a := &t.layers.afl
		head := append([]byte{a.mcl}, t.buf[a.counterAt:a.counterAt+4]...)
		cmac(macKey.block, &macKey.cmac, &t.sum, head, t.buf[t.layers.tpl.from:])
		copy(t.buf[a.macAt:a.macAt+a.macSize], t.sum[:])
	}
	return frame
}

// rebase turns offsets in a buffer into offsets in the frame that begins at
// start of it.
func (t *Telegram) rebase(buffer []byte, start int) {
	t.buf = buffer[start:]
	t.layers.tpl.from -= start
	t.layers.afl.counterAt -= start
	t.layers.afl.macAt -= start
	for _, at := range []*int{&t.layers.tpl.addressAt, &t.layers.tpl.counterAt} {
		if *at != 0 {
			*at -= start
		}
	}
}

// sealedContent is the payload as it stands before encryption: with check
// bytes and filled up to whole blocks where the mode needs it.
func (m *Message) sealedContent(key *Key) []byte {
	if m.Mode == ModeNone || m.Mode == ModeAESCCM {
		return m.Payload
	}
	content := append([]byte{checkByte, checkByte}, m.Payload...)
	for len(content)%key.block.BlockSize() != 0 {
		content = append(content, difFiller)
	}
	return content
}

func (m *Message) configuration(encrypted int) uint16 {
	config := m.Config | uint16(m.Mode)<<8
	switch m.Mode {
	case ModeDES:
		config |= uint16(encrypted & 0xFF)
	case ModeAESCCM:
		config |= 0xFF // all that follows
	case ModeAESIV, ModeAESKDF:
		if blocks := encrypted / aes.BlockSize; blocks <= 15 {
			config |= uint16(blocks) << 4
		}
	}
	return config
}

// encrypt encrypts the content in place.
func (m *Message) encrypt(t *Telegram, key *Key, content []byte) {
	switch m.Mode {
	case ModeNone:
		return
	case ModeAESCCM:
		t.sealCCM(key)
		return
	case ModeAESKDF:
		key = t.deriveKey(key, deriveEncryption)
	}
	t.startIV(m.Mode)
	cipher.NewCBCEncrypter(key.block, t.iv[:key.block.BlockSize()]).CryptBlocks(content, content)
}
