package seal

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"aead.dev/minisign"
	qr "github.com/piglig/go-qr"
)

// PublicKey is the public half of the key that signs. The zero value is no key.
type PublicKey struct{ in minisign.PublicKey }

// IsZero says that there is none.
func (k PublicKey) IsZero() bool { return k.Equal(PublicKey{}) }

// Equal reports whether two keys are the same.
func (k PublicKey) Equal(other PublicKey) bool { return k.in.Equal(other.in) }

// String is the key as minisign takes it: "RWQ…", 56 characters.
func (k PublicKey) String() string { return k.in.String() }

// ID is the short name of the key that minisign shows. It tells keys apart and
// proves nothing.
func (k PublicKey) ID() string { return fmt.Sprintf("%016X", k.in.ID()) }

// File is the key as a file that `minisign -p` reads.
func (k PublicKey) File() []byte {
	return fmt.Appendf(nil, "untrusted comment: minisign public key %s\n%s\n", k.ID(), k)
}

// raw are the bytes of the key, without its ID.
func (k PublicKey) raw() []byte {
	all, _ := base64.StdEncoding.DecodeString(k.String())
	return all[len(all)-ed25519.PublicKeySize:]
}

// The letters of Words: each word has five, which stand for 16 bits. They can be
// spoken, and sound alike in many languages. Source: D. S. Wilkerson, "A Proposal
// for Proquints", arXiv:0901.4016.
const (
	consonants = "bdfghjklmnprstvz"
	vowels     = "aiou"
)

// wordCount is how many words a key has: one for two of its bytes, and a last one
// by which a misheard word is noticed.
const wordCount = ed25519.PublicKeySize/2 + 1

// Words is the key as 17 words that can be read out, such as "lusab babad …". The
// last one is made of the others.
func (k PublicKey) Words() []string { return spell(k.raw()) }

func spell(key []byte) []string {
	words := make([]string, 0, wordCount)
	sum := sha256.Sum256(key)
	for pair := range chunks(append(bytes.Clone(key), sum[0], sum[1])) {
		n := uint(pair[0])<<8 | uint(pair[1])
		words = append(words, string([]byte{consonants[n>>12&15], vowels[n>>10&3], consonants[n>>6&15], vowels[n>>4&3], consonants[n&15]}))
	}
	return words
}

// chunks yields pairs of bytes.
func chunks(b []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for ; len(b) >= 2; b = b[2:] {
			if !yield(b[:2]) {
				return
			}
		}
	}
}

// QR is a QR code of the key as minisign takes it: rows of dark modules, with the
// quiet zone around it.
func (k PublicKey) QR() ([][]bool, error) {
	code, err := qr.EncodeText(k.String(), qr.Medium)
	if err != nil {
		return nil, err
	}
	const quiet = 4
	rows := make([][]bool, code.Size()+2*quiet)
	for y := range rows {
		rows[y] = make([]bool, len(rows))
		for x := range rows[y] {
			rows[y][x] = code.Module(x-quiet, y-quiet)
		}
	}
	return rows, nil
}

// ErrPublicKey is wrapped by errors about a public key that somebody gave.
var ErrPublicKey = errors.New("it is not a public key")

// Pin is a public key that somebody gave, to compare others with.
type Pin struct{ words string }

// IsZero says that none was given.
func (p Pin) IsZero() bool { return p.words == "" }

// Matches reports whether a key is the one given; any is if none was.
func (p Pin) Matches(k PublicKey) bool { return p.IsZero() || p.words == strings.Join(k.Words(), " ") }

// ParsePin reads a public key as it is printed: its words, the text that minisign
// takes, or the content of minisign's file. The error wraps ErrPublicKey.
func ParsePin(text string) (Pin, error) {
	text = strings.TrimSpace(text)
	var key minisign.PublicKey
	if err := key.UnmarshalText([]byte(text)); err == nil {
		if key.String() != lastLine(text) {
			return Pin{}, fmt.Errorf("%w: it has characters that it should not have", ErrPublicKey)
		}
		return Pin{strings.Join(PublicKey{key}.Words(), " ")}, nil
	}
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' })
	if len(words) != wordCount {
		return Pin{}, fmt.Errorf("%w: write its %d words, or the text that begins with RW", ErrPublicKey, wordCount)
	}
	raw := make([]byte, 0, 2*wordCount)
	for i, word := range words {
		n, ok := unspell(word)
		if !ok {
			return Pin{}, fmt.Errorf("%w: word %d, %.10q, cannot be one of it", ErrPublicKey, i+1, word)
		}
		raw = append(raw, byte(n>>8), byte(n))
	}
	if again := spell(raw[:ed25519.PublicKeySize]); again[wordCount-1] != words[wordCount-1] {
		return Pin{}, fmt.Errorf("%w: one of its words is wrong, or two are exchanged: the last word does not fit the others", ErrPublicKey)
	}
	return Pin{strings.Join(words, " ")}, nil
}

// lastLine is the key in a file of minisign's.
func lastLine(text string) string { return text[strings.LastIndexByte(text, '\n')+1:] }

// unspell reads one word.
func unspell(word string) (n uint, ok bool) {
	if len(word) != 5 {
		return 0, false
	}
	for i := range len(word) {
		letters, bits := consonants, 4
		if i%2 == 1 {
			letters, bits = vowels, 2
		}
		at := strings.IndexByte(letters, word[i])
		if at < 0 {
			return 0, false
		}
		n = n<<bits | uint(at)
	}
	return n, true
}
