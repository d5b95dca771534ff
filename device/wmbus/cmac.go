package wmbus

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
)

// cmacSubkeys are K1 and K2 of RFC 4493.
type cmacSubkeys struct{ k1, k2 [aes.BlockSize]byte }

// set derives the subkeys of a key.
func (s *cmacSubkeys) set(block cipher.Block) {
	s.k1 = [aes.BlockSize]byte{}
	block.Encrypt(s.k1[:], s.k1[:])
	double(&s.k1)
	s.k2 = s.k1
	double(&s.k2)
}

// double multiplies by x in GF(2^128).
func double(b *[aes.BlockSize]byte) {
	carry := b[0] >> 7
	for i := range len(b) - 1 {
		b[i] = b[i]<<1 | b[i+1]>>7
	}
	b[15] = b[15]<<1 ^ 0x87*carry
}

// cmac computes AES-CMAC (RFC 4493) of head followed by body into sum, which
// must live on the heap for the call to allocate nothing.
func cmac(block cipher.Block, subkeys *cmacSubkeys, sum *[aes.BlockSize]byte, head, body []byte) {
	*sum = [aes.BlockSize]byte{}
	n := 0 // bytes of the current block
	for _, part := range [2][]byte{head, body} {
		for len(part) > 0 {
			if n == aes.BlockSize {
				block.Encrypt(sum[:], sum[:])
				n = 0
			}
			used := subtle.XORBytes(sum[n:], sum[n:], part)
			n += used
			part = part[used:]
		}
	}
	if n == aes.BlockSize {
		subtle.XORBytes(sum[:], sum[:], subkeys.k1[:])
	} else {
		sum[n] ^= 0x80
		subtle.XORBytes(sum[:], sum[:], subkeys.k2[:])
	}
	block.Encrypt(sum[:], sum[:])
}
