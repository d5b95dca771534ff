package wmbus

import (
	"crypto/aes"
	"crypto/subtle"
	"encoding/binary"
)

// Bits of the ELL communication control field CC that an IV omits: hop
// count (proved by vectors) and repeated access (some readers omit it too; docs/protocol/security.md#ell-encryption).
const (
	ccHop      = 0x10
	ccRepeated = 0x02
)

// configHop is the hop bit of the configuration word in modes 0 and 5.
const configHop = 0x0001

// Repeated reports whether a repeater passed the telegram on, as the hop bit says
// (docs/protocol/security.md#configuration-word).
func (t *Telegram) Repeated() bool {
	l := &t.layers
	if l.ell.present() {
		return l.ell.cc&ccHop != 0
	}
	if l.tpl.field == nil || l.tpl.field.header == headerNone {
		return false
	}
	mode := l.tpl.mode()
	return (mode == ModeNone || mode == ModeAESIV) && l.tpl.config&configHop != 0
}

// openELL checks the payload CRC of the extended link layer in t.buf, and
// decrypts what follows it if that is encrypted.
func (d *Decoder) openELL(t *Telegram, key *Key) *Error {
	e := &t.layers.ell
	switch {
	case e.crcAt == 0:
		return nil
	case e.intact:
		if e.encryption() != 0 && !d.openIntact(t, key) {
			t.Security = Security{ModeELL, NotEncrypted}
		}
		return nil
	case e.encryption() == 0:
		t.Security.Result = Damaged
		return failure(ErrCRC, e.crcAt, "the payload checksum of the extended link layer is wrong: received with errors, wait for the next telegram")
	}
	t.Security.Mode = ModeELL
	t.encrypted = span{e.crcAt, len(t.buf)}
	switch {
	case e.encryption() != 1:
		t.Security.Result = Unsupported
		return failure(ErrUnsupported, e.crcAt-4, "encryption %d of the extended link layer is reserved", e.encryption())
	case key == nil:
		return t.needsKey(e.crcAt)
	case !key.IsAES():
		return t.otherKeySize(key, e.crcAt)
	}
	if !d.tryELL(t, key) {
		if t.Cut() {
			t.Security.Result = Damaged
			return failure(ErrTruncated, len(t.buf), "the telegram is cut off: its payload checksum cannot match, so it is not used")
		}
		if t.Security.Result == Damaged {
			return t.damaged(e.crcAt, "the payload checksum of the extended link layer does not match, but the data after it is this meter's")
		}
		t.Security.Result = WrongKey
		return failure(ErrWrongKey, e.crcAt, "opened with the key given, the payload checksum of the extended link layer does not match: compare the key with the meter's papers")
	}
	t.Security.Result = SecurityOK
	return nil
}

// openIntact decrypts what is marked as encrypted although its payload CRC is right
// as received, and reports whether that yields a right one: of encrypted
// telegrams, one in 65,536 has that CRC by chance. What can be read in clear is in
// clear.
func (d *Decoder) openIntact(t *Telegram, key *Key) bool {
	l := &t.layers
	e := &l.ell
	if key == nil || !key.IsAES() || e.encryption() != 1 || d.recognises(t, t.buf[e.to:]) {
		return false
	}
	parsed := *l
	*l = layers{}
	_ = l.outer(t.buf) // it was parsed before
	l.linked = true
	if !d.tryELL(t, key) {
		*l, t.Security = parsed, Security{}
		return false
	}
	t.encrypted, t.Security = span{e.crcAt, len(t.buf)}, Security{ModeELL, SecurityOK}
	return true
}

// tryELL decrypts with the addresses and control bits that an IV may be made
// of, until the payload CRC is right. t.Security.Result is Damaged if it never
// was but the key seems to be.
func (d *Decoder) tryELL(t *Telegram, key *Key) bool {
	e := &t.layers.ell
	addresses := [2]int{2, e.addressAt}
	for _, clear := range [2]byte{ccHop, ccHop | ccRepeated} {
		if clear != ccHop && e.cc&ccRepeated == 0 {
			break // the same IV again
		}
		for _, at := range addresses {
			if at == 0 {
				continue
			}
			t.applyCTR(key, at, e.cc&^clear)
			if e.payloadOK(t.buf) {
				return true
			}
			if d.recognises(t, t.buf[e.to:]) {
				t.Security.Result = Damaged
			}
			t.applyCTR(key, at, e.cc&^clear) // back to what was received
		}
	}
	return false
}

// applyCTR adds the key stream to everything from the payload CRC on. The IV
// is M, A, CC, session number, frame number 0, block counter.
func (t *Telegram) applyCTR(key *Key, addressAt int, cc byte) {
	t.startCTR(addressAt, cc)
	for body := t.buf[t.layers.ell.crcAt:]; len(body) > 0; {
		key.block.Encrypt(t.scratch[:], t.iv[:])
		body = body[subtle.XORBytes(body, body, t.scratch[:]):]
		t.iv[15]++
	}
}

// startCTR sets t.iv to the first counter block.
func (t *Telegram) startCTR(addressAt int, cc byte) {
	t.iv = [aes.BlockSize]byte{}
	copy(t.iv[:8], t.buf[addressAt:])
	t.iv[8] = cc
	binary.LittleEndian.PutUint32(t.iv[9:], t.layers.ell.session)
}
