package wmbus

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[key]"

// Key is a meter's key, prepared for use: its cipher schedule and CMAC
// subkeys are computed once. It may be used by several goroutines. No format,
// encoder or log handler ever prints it.
type Key struct {
	*prepared // behind a pointer, so that no print of a struct around it follows
}

type prepared struct {
	block cipher.Block // AES-128 or DES
	raw   [16]byte
	size  int
	cmac  cmacSubkeys // AES only
}

// NewKey prepares an AES-128 key of 16 bytes, or one of 8 bytes for DES and
// PRIOS. The bytes are copied. Any other length is ErrBadKey.
func NewKey(raw []byte) (*Key, error) {
	k := &Key{&prepared{size: len(raw)}}
	var err error
	switch len(raw) {
	case aes.BlockSize:
		k.block, err = aes.NewCipher(raw)
	case des.BlockSize:
		k.block, err = des.NewCipher(raw)
	default:
		return nil, fmt.Errorf("%w: it has %d bytes; AES keys have 16 (32 hex digits), DES keys 8 (16 hex digits)", ErrBadKey, len(raw))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadKey, err)
	}
	copy(k.raw[:], raw)
	if k.IsAES() {
		k.cmac.set(k.block)
	}
	return k, nil
}

// IsAES reports whether it is a key for AES, of 16 bytes, and none of PRIOS.
func (k *Key) IsAES() bool { return k.size == aes.BlockSize }

// Variant is the key with its bytes changed: change gets a copy of them, which it
// must not keep, and returns those of the other key. It is nil if they are none.
func (k *Key) Variant(change func(raw []byte) []byte) *Key {
	raw := k.raw
	other, err := NewKey(change(raw[:k.size]))
	clear(raw[:])
	if err != nil {
		return nil
	}
	return other
}

// Equal compares two keys in constant time; a nil key equals only nil.
func (k *Key) Equal(other *Key) bool {
	if k == nil || other == nil {
		return k == other
	}
	return k.size == other.size && subtle.ConstantTimeCompare(k.raw[:], other.raw[:]) == 1
}

// Fingerprint is eight hex digits of the key's SHA-256: enough to show in a
// report which of two keys was used, too little to find the key.
func (k *Key) Fingerprint() string {
	sum := sha256.Sum256(k.raw[:k.size])
	return string(appendHex(nil, sum[:4]))
}

// String and the methods below redact the key in every format.
func (Key) String() string { return redacted }

// GoString redacts %#v.
func (Key) GoString() string { return redacted }

// Format redacts every verb, %x and %d included.
func (Key) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// MarshalText redacts encodings made of text, JSON included.
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON redacts JSON.
func (Key) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue redacts slog.
func (Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// KeyHex is the key as 32 or 16 upper case hex digits, "" for nil: for lists of
// meters, which are the only place that a key is written to.
func KeyHex(k *Key) string {
	if k == nil {
		return ""
	}
	return string(appendHex(nil, k.raw[:k.size]))
}
