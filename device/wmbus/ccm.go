package wmbus

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
)

// ccm is AES-CCM (RFC 3610) with a nonce of 13 bytes, that is L = 2. It is here
// because the standard library has none, and the one of pion/dtls makes five
// allocations a telegram. It must live on the heap for the calls to allocate
// nothing.
type ccm struct {
	counter, stream, sum [aes.BlockSize]byte
}

const (
	ccmNonce     = 13
	ccmLengthLen = aes.BlockSize - 1 - ccmNonce // L
	ccmHasAAD    = 0x40
)

// crypt encrypts or decrypts text in place.
func (c *ccm) crypt(block cipher.Block, nonce *[ccmNonce]byte, text []byte) {
	c.start(nonce, ccmLengthLen-1, 0)
	for n := uint16(1); len(text) > 0; n++ {
		binary.BigEndian.PutUint16(c.counter[1+ccmNonce:], n)
		block.Encrypt(c.stream[:], c.counter[:])
		text = text[subtle.XORBytes(text, text, c.stream[:]):]
	}
}

// tag computes the tag, of which the first size bytes count, over aad, of less
// than 65,280 bytes, and text in clear. It is valid until the next call.
func (c *ccm) tag(block cipher.Block, nonce *[ccmNonce]byte, aad, text []byte, size int) []byte {
	flags := byte((size-2)/2)<<3 | ccmLengthLen - 1
	if len(aad) > 0 {
		flags |= ccmHasAAD
	}
	c.start(nonce, flags, uint16(len(text)))
	block.Encrypt(c.sum[:], c.counter[:])
	if len(aad) > 0 {
		c.sum[0] ^= byte(len(aad) >> 8)
		c.sum[1] ^= byte(len(aad))
		n := subtle.XORBytes(c.sum[2:], c.sum[2:], aad)
		block.Encrypt(c.sum[:], c.sum[:])
		c.absorb(block, aad[n:])
	}
	c.absorb(block, text)
	c.start(nonce, ccmLengthLen-1, 0)
	block.Encrypt(c.stream[:], c.counter[:])
	subtle.XORBytes(c.sum[:], c.sum[:], c.stream[:])
	return c.sum[:size]
}

// start makes the block that begins the authentication (B0) or the key stream
// (A0).
func (c *ccm) start(nonce *[ccmNonce]byte, flags byte, last uint16) {
	c.counter[0] = flags
	copy(c.counter[1:], nonce[:])
	binary.BigEndian.PutUint16(c.counter[1+ccmNonce:], last)
}

// absorb continues the CBC-MAC, with the last block filled up with zeros.
func (c *ccm) absorb(block cipher.Block, b []byte) {
	for len(b) > 0 {
		b = b[subtle.XORBytes(c.sum[:], c.sum[:], b):]
		block.Encrypt(c.sum[:], c.sum[:])
	}
}
