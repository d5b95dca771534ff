package wmbus

import (
	"crypto/aes"
	"crypto/subtle"
)

// OMS security profile D, security mode 10: AES-128-CCM with a key derived from
// a message counter. Source: docs/protocol/security.md#mode-10.
const (
	ccmExtension = 6 // bytes behind the configuration word: its extension and the message counter
	ccmTag       = 8

	// The extension of the meters that are known: a tag of 8 bytes, the derived
	// key. The low nibble is the number of the key. What other bits mean is not
	// public: such telegrams are tried, and their tag decides.
	ccmKnown     = 0x0110
	ccmKeyNumber = 0x000F
)

// openCCM decrypts the content with the key and verifies its tag before using any of
// it.
func (t *Telegram) openCCM(key *Key) *Error {
	at := t.layers.pos
	t.encrypted = span{at, len(t.buf)}
	switch {
	case key == nil:
		return t.needsKey(at)
	case !key.IsAES():
		return t.otherKeySize(key, at)
	case len(t.buf)-at < ccmTag || t.Cut():
		t.Security.Result = Damaged
		return failure(ErrTruncated, len(t.buf), "the telegram ends before its authentication tag, without which it is not used")
	}
	if t.tryCCM(key) {
		t.Security.Result = SecurityOK
		t.tagAt = len(t.buf) - ccmTag
		return nil
	}
	if t.Security.Result == Damaged {
		return t.damaged(at, "the key opens the content, but the authentication tag does not match it")
	}
	if t.layers.tpl.extension&^ccmKeyNumber != ccmKnown {
		t.Security.Result = Unsupported
		return failure(ErrUnsupported, t.layers.tpl.to, "the extension %04X of the configuration word of security mode 10 is not known, and the key given does not open it as usual", t.layers.tpl.extension)
	}
	t.Security.Result = WrongKey
	return failure(ErrWrongKey, at, "the authentication tag does not match the key given: compare the key with the meter's papers")
}

// tryCCM decrypts in place if the tag is right. The address in the nonce and
// the number in the key derivation are those of the link layer; of a telegram
// with a long header perhaps those of the meter, for which no public telegram
// is known: both are tried.
func (t *Telegram) tryCCM(key *Key) bool {
	l := &t.layers
	if l.tpl.addressAt != 0 {
		var meter [8]byte
		l.header.Meter.appendLink(meter[:0])
		if t.openWithNonce(key, &meter) {
			return true
		}
	}
	return t.openWithNonce(key, (*[8]byte)(t.buf[2:linkLen]))
}

// openWithNonce decrypts with an address, as the link layer sends it. If the
// tag is wrong the content stays as it was received.
func (t *Telegram) openWithNonce(key *Key, address *[8]byte) bool {
	derived, tagAt := t.ccmKey(key, address), len(t.buf)-ccmTag
	content := t.buf[t.layers.pos:tagAt]
	t.ccm.crypt(derived.block, &t.nonce, content)
	tag := t.ccm.tag(derived.block, &t.nonce, t.ccmHeader(), content, ccmTag)
	if subtle.ConstantTimeCompare(tag, t.buf[tagAt:]) == 1 {
		return true
	}
	if t.beginsUsual(content, 3) {
		t.Security.Result = Damaged
	}
	t.ccm.crypt(derived.block, &t.nonce, content)
	return false
}

// ccmKey sets t.nonce and returns the key of the telegram. The nonce is the
// address, 0, and the message counter, high byte first.
func (t *Telegram) ccmKey(key *Key, address *[8]byte) *Key {
	at := t.layers.tpl.counterAt
	t.nonce = [ccmNonce]byte{}
	copy(t.nonce[:], address[:])
	for i := range 4 {
		t.nonce[ccmNonce-1-i] = t.buf[at+i]
	}
	if t.layers.tpl.extension>>4&3 == kdfNone {
		return key
	}
	return t.deriveFrom(key, deriveEncryption, t.buf[at:at+4], address[2:6])
}

// ccmHeader is what the tag covers in clear: the transport header up to the
// extension of the configuration word, without the message counter.
func (t *Telegram) ccmHeader() []byte { return t.buf[t.layers.tpl.from:t.layers.tpl.counterAt] }

// sealCCM is the encoder's side: it encrypts content, which ends t.buf before
// the room for its tag, and sets that.
func (t *Telegram) sealCCM(key *Key) {
	address := (*[8]byte)(t.buf[2:linkLen])
	if t.layers.tpl.addressAt != 0 {
		address = new([8]byte)
		t.layers.header.Meter.appendLink(address[:0])
	}
	derived, tagAt := t.ccmKey(key, address), len(t.buf)-ccmTag
	content := t.buf[t.layers.pos:tagAt]
	copy(t.buf[tagAt:], t.ccm.tag(derived.block, &t.nonce, t.ccmHeader(), content, ccmTag))
	t.ccm.crypt(derived.block, &t.nonce, content)
}

// needsKey is the failure of a telegram that cannot be opened for want of a key.
func (t *Telegram) needsKey(at int) *Error {
	t.Security.Result = NoKey
	return failure(ErrNoKey, at, "%s needs the key of meter %s: enter it, or ask the supplier of the meter for it", t.Security.Mode.Name(), t.Header.Meter)
}

// otherKeySize is the failure of a key whose length the security mode does not
// use.
func (t *Telegram) otherKeySize(key *Key, at int) *Error {
	t.Security.Result = WrongKey
	return failure(ErrWrongKey, at, "%s needs a key of %d bytes, the one given has %d", t.Security.Mode.Name(), t.keySize(t.Security.Mode), key.size)
}

func (t *Telegram) keySize(mode SecurityMode) int {
	if mode == ModeDES {
		return 8
	}
	return aes.BlockSize
}
