package wmbus

import (
	"crypto/aes"
	"crypto/subtle"
	"encoding/binary"
)

// Bits of the ELL communication control field CC that an IV leaves out: hop
// count (proved by vectors) and repeated access (some readers leave it out
// too; docs/protocol/security.md#ell-encryption).
const (
	ccHop      = 0x10
	ccRepeated = 0x02
)

// openELL checks the payload CRC of the extended link layer in t.buf, and
// decrypts what follows it where that is encrypted.
func (t *Telegram) openELL(key *Key) *Error {
	e := &t.layers.ell
	switch {
	case e.crcAt == 0:
		return nil
	case e.payloadOK(t.buf):
		if e.encryption() != 0 {
			t.Security = Security{ModeELL, NotEncrypted}
		}
		return nil
	case e.encryption() == 0:
		return failure(ErrCRC, e.crcAt, "the payload checksum of the extended link layer is wrong: received with errors, wait for the next telegram")
	}
	t.Security.Mode = ModeELL
	t.encrypted = span{e.crcAt, len(t.buf)}
	switch {
	case e.encryption() != 1:
		t.Security.Result = Unsupported
		return failure(ErrUnsupported, e.crcAt-4, "encryption %d of the extended link layer is reserved", e.encryption())
	case key == nil:
		t.Security.Result = NoKey
		return failure(ErrNoKey, e.crcAt, "%s needs the key of meter %s: enter it, or ask the supplier of the meter for it", ModeELL.Name(), t.Header.Link)
	case !key.isAES():
		t.Security.Result = WrongKey
		return failure(ErrWrongKey, e.crcAt, "%s needs a key of %d bytes, the one given has %d", ModeELL.Name(), aes.BlockSize, key.size)
	}
	if !t.tryELL(key) {
		t.Security.Result = WrongKey
		return failure(ErrWrongKey, e.crcAt, "opened with the key given, the payload checksum of the extended link layer does not match: compare the key with the meter's papers")
	}
	t.Security.Result = SecurityOK
	return nil
}

// tryELL decrypts with the addresses and control bits that an IV may be made
// of, until the payload CRC is right.
func (t *Telegram) tryELL(key *Key) bool {
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
			t.applyCTR(key, at, e.cc&^clear) // back to what was received
		}
	}
	return false
}

// applyCTR adds the key stream to everything from the payload CRC on. The IV
// is M, A, CC, session number, frame number 0, block counter.
func (t *Telegram) applyCTR(key *Key, addressAt int, cc byte) {
	e := &t.layers.ell
	t.iv = [aes.BlockSize]byte{}
	copy(t.iv[:8], t.buf[addressAt:])
	t.iv[8] = cc
	binary.LittleEndian.PutUint32(t.iv[9:], e.session)
	for body := t.buf[e.crcAt:]; len(body) > 0; {
		key.block.Encrypt(t.scratch[:], t.iv[:])
		body = body[subtle.XORBytes(body, body, t.scratch[:]):]
		t.iv[15]++
	}
}
