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

// deriveKey is the key derivation of security mode 7: CMAC over what the key
// is for, the message counter and the identification number
// (docs/protocol/security.md#mode-7). The key is valid until the next one is derived.
func (t *Telegram) deriveKey(key *Key, purpose byte) *Key {
	l := &t.layers
	t.scratch[0] = purpose
	copy(t.scratch[1:5], t.buf[l.afl.counterAt:])
	idAt := 4
	if l.tpl.addressAt != 0 {
		idAt = l.tpl.addressAt
	}
	copy(t.scratch[5:9], t.buf[idAt:])
	for i := 9; i < aes.BlockSize; i++ {
		t.scratch[i] = 7
	}
	cmac(key.block, &key.cmac, &t.sum, t.scratch[:], nil)
	block, err := aes.NewCipher(t.sum[:])
	if err != nil {
		panic(err) // 16 bytes always are a key
	}
	t.derived.block, t.derived.size = block, aes.BlockSize
	if purpose == deriveMAC {
		t.derived.cmac.set(block)
	}
	t.derivedKey.prepared = &t.derived
	return &t.derivedKey
}

// openAuthenticated checks the MAC of a mode 7 telegram and returns the key
// that decrypts it; no key and no error when the content stands in clear.
func (t *Telegram) openAuthenticated(key *Key, inClear bool) (*Key, *Error) {
	l := &t.layers
	if l.tpl.extension>>4&3 != kdfNone && l.afl.counterAt == 0 {
		if inClear {
			return nil, nil
		}
		t.Security.Result = Unsupported
		return nil, failure(ErrUnsupported, l.tpl.to, "security mode 7 derives its key from a message counter, and this telegram brings none")
	}
	if l.afl.macAt != 0 {
		ok, err := t.macMatches(key)
		switch {
		case err != nil:
			return nil, err
		case !ok && inClear:
			return nil, nil
		case !ok:
			return nil, t.macWrong()
		}
	}
	if l.tpl.extension>>4&3 == kdfNone {
		return key, nil
	}
	return t.deriveKey(key, deriveEncryption), nil
}

// authenticate checks the MAC of a telegram that is not encrypted.
func (t *Telegram) authenticate(key *Key) *Error {
	if t.layers.afl.macAt == 0 || t.layers.afl.counterAt == 0 || key == nil || !key.isAES() {
		return nil
	}
	ok, err := t.macMatches(key)
	if err == nil && !ok {
		err = t.macWrong()
	}
	return err
}

func (t *Telegram) macWrong() *Error {
	t.Security.Result = MACWrong
	t.encrypted = span{t.layers.pos, len(t.buf)}
	return failure(ErrMAC, t.layers.afl.macAt, "the authentication code does not match the content: compare the key with the meter's papers; if it is right, the telegram was altered on its way")
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
