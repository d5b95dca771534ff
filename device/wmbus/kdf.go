package wmbus

import (
	"crypto/aes"
	"crypto/subtle"
)

// The first byte of the key derivation's input: what the key is for, on the
// way from the meter. 10 and 11 are the way back.
const (
	deriveEncryption = 0x00
	deriveMAC        = 0x01
)

// kdfNone means that the meter's key is used as it is; 1 is the derivation.
// Bits 4 and 5 of the configuration word's extension.
const kdfNone = 0

// derivedKey is a key that was derived from another, and from what.
type derivedKey struct {
	prepared
	key  Key // of prepared
	from *prepared
	seed [aes.BlockSize]byte
}

// deriveKey is the key derivation of security modes 7 and 10: CMAC over what
// the key is for, the message counter and the identification number. The key is
// valid until the next one is derived for the same purpose. A telegram that
// comes again, or by another receiver, derives nothing: crypto/aes allocates a
// new cipher.
// Source: docs/protocol/security.md#key-derivation.
func (t *Telegram) deriveKey(key *Key, purpose byte) *Key {
	counterAt, idAt := t.layers.afl.counterAt, 4
	if t.layers.tpl.counterAt != 0 {
		counterAt = t.layers.tpl.counterAt
	}
	if t.layers.tpl.addressAt != 0 {
		idAt = t.layers.tpl.addressAt
	}
	return t.deriveFrom(key, purpose, t.buf[counterAt:counterAt+4], t.buf[idAt:idAt+4])
}

// deriveFrom derives from a message counter and an identification number, as
// sent.
func (t *Telegram) deriveFrom(key *Key, purpose byte, counter, id []byte) *Key {
	t.scratch[0] = purpose
	copy(t.scratch[1:5], counter)
	copy(t.scratch[5:9], id)
	for i := 9; i < aes.BlockSize; i++ {
		t.scratch[i] = 7
	}
	d := &t.derived[purpose]
	if d.from == key.prepared && d.seed == t.scratch {
		return &d.key
	}
	d.from, d.seed = key.prepared, t.scratch
	cmac(key.block, &key.cmac, &t.sum, t.scratch[:], nil)
	block, err := aes.NewCipher(t.sum[:])
	if err != nil {
		panic(err) // 16 bytes are always a valid key
	}
	d.block, d.size = block, aes.BlockSize
	if purpose == deriveMAC {
		d.cmac.set(block)
	}
	d.key.prepared = &d.prepared
	return &d.key
}

// openAuthenticated checks the MAC of a mode 7 telegram and returns the key
// that decrypts it; no key and no error if the content is in clear.
func (t *Telegram) openAuthenticated(key *Key, inClear bool) (*Key, *Error) {
	l := &t.layers
	if l.tpl.extension>>4&3 != kdfNone && l.afl.counterAt == 0 {
		if inClear {
			return nil, nil
		}
		t.Security.Result = Unsupported
		return nil, failure(ErrUnsupported, l.tpl.to, "security mode 7 derives its key from a message counter, and this telegram has none")
	}
	if l.afl.macAt != 0 {
		ok, err := t.macMatches(key)
		switch {
		case err != nil:
			return nil, err
		case !ok && inClear:
			return nil, nil
		case !ok:
			return nil, t.macWrong(key)
		}
	}
	if l.tpl.extension>>4&3 == kdfNone {
		return key, nil
	}
	return t.deriveKey(key, deriveEncryption), nil
}

// authenticate checks the MAC of a telegram that is not encrypted.
func (t *Telegram) authenticate(key *Key) *Error {
	if t.layers.afl.macAt == 0 || t.layers.afl.counterAt == 0 || key == nil || !key.IsAES() {
		return nil
	}
	ok, err := t.macMatches(key)
	if err == nil && !ok {
		err = t.macWrong(nil)
	}
	return err
}

// macWrong is the failure of a wrong MAC. If the content nevertheless opens
// with key, the telegram was damaged, not the key wrong.
func (t *Telegram) macWrong(key *Key) *Error {
	t.encrypted = span{t.layers.pos, len(t.buf)}
	if t.Cut() {
		t.Security.Result = Damaged
		return failure(ErrTruncated, len(t.buf), "the telegram is cut off: its authentication code cannot match, so it is not used")
	}
	if key != nil {
		if t.layers.tpl.extension>>4&3 != kdfNone {
			key = t.deriveKey(key, deriveEncryption)
		}
		t.startIV(ModeAESKDF)
		if t.opensToCheckBytes(key, t.buf[t.layers.pos:]) {
			return t.damaged(t.layers.afl.macAt, "the key opens the content, but the authentication code does not match it")
		}
	}
	t.Security.Result = MACWrong
	return failure(ErrMAC, t.layers.afl.macAt, "the authentication code does not match the content: compare the key with the meter's papers; if it is right, the telegram was altered in transit")
}

// macMatches computes the CMAC over MCL, MCR, ML and everything from the
// transport layer's CI-field on, as received.
func (t *Telegram) macMatches(key *Key) (bool, *Error) {
	a := &t.layers.afl
	if a.macSize == 0 || a.macSize > len(t.sum) || a.mcl&15 == mclGMAC {
		t.Security.Result = Unsupported
		return false, failure(ErrUnsupported, a.from, "authentication %d of the authentication layer cannot be checked", a.mcl&15)
	}
	macKey := key
	if a.counterAt != 0 {
		macKey = t.deriveKey(key, deriveMAC)
	}
	head := append(t.scratch[:0], a.mcl)
	if a.counterAt != 0 {
		head = append(head, t.buf[a.counterAt:a.counterAt+4]...)
	}
	if a.lengthAt != 0 {
		head = append(head, t.buf[a.lengthAt:a.lengthAt+2]...)
	}
	cmac(macKey.block, &macKey.cmac, &t.sum, head, t.buf[t.layers.tpl.from:])
	return subtle.ConstantTimeCompare(t.sum[:a.macSize], t.buf[a.macAt:a.macAt+a.macSize]) == 1, nil
}
