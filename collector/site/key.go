package site

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"earshot/device/printable"
	"earshot/device/wmbus"
)

// Key is the key of a meter: 16 bytes for AES-128, or 8 for DES and PRIOS.
// The zero Key is "no key". It may be copied and used by several goroutines.
//
// Every format shows its fingerprint instead. If methods are not called, as
// for an unexported Key in a struct or in the traceback of a panic, only a
// pointer's address is shown.
type Key struct {
	in *keyCase
}

// keyCase adds an indirection that package fmt never follows: for a wrong
// verb it prints what the first pointer points to.
type keyCase struct {
	key   *wmbus.Key // nil if only the fingerprint is known
	print string     // the fingerprint of such a key
}

const (
	aesDigits = 32 // hex digits of an AES key
	desDigits = 16 // hex digits of a DES key
	plainSize = 16 // characters of an AES key written as such
	printSize = 4  // bytes of a fingerprint
	// plainOdd is how many of those must not be hex digits, so that a
	// mistyped DES key is not taken for a plain AES key.
	plainOdd = 4
)

// errors about a key never contain its characters.
var (
	errKeyNumber = errors.New("the spreadsheet has turned the key into a number: format the column as text, enter the key again and export the list again")
	ErrKeyPlain  = errors.New("key has 16 characters, some of which are not hex digits: write it as 32 hex digits (0-9, A-F)")
)

// NewKey makes a key of 16 or 8 bytes, which are copied.
func NewKey(raw []byte) (Key, error) {
	k, err := wmbus.NewKey(raw)
	if err != nil {
		return Key{}, err
	}
	return Key{&keyCase{key: k}}, nil
}

// ParseFingerprint makes a key of which only the fingerprint is known: eight hex
// digits, as Fingerprint writes them. It opens nothing. An empty text is no key.
func ParseFingerprint(text string) (Key, error) {
	if raw, err := hex.DecodeString(text); err != nil || len(raw) != printSize || text != strings.ToUpper(text) {
		if text == "" {
			return Key{}, nil
		}
		return Key{}, errors.New("the fingerprint of a key has eight hex digits, 0 to 9 and A to F")
	}
	return Key{&keyCase{print: text}}, nil
}

// ParseKey reads a key as suppliers write it: 32 hex digits (AES) or 16
// (DES), in either case, with spaces, dashes, colons or underscores between
// them, and an optional 0x before them; or an AES key as 16 plain characters,
// of which at least four are not hex digits. An empty text and "-", "none"
// and "NOKEY" mean no key: the zero Key. The error says what is wrong without
// any of the text.
func ParseKey(text string) (Key, error) {
	text = strings.TrimSpace(text)
	switch strings.ToLower(text) {
	case "", "-", "none", "nokey":
		return Key{}, nil
	}
	digits := keySeparators.Replace(text)
	if len(digits) > 2 && strings.EqualFold(digits[:2], "0x") {
		digits = digits[2:]
	}
	raw, err := hex.DecodeString(digits)
	switch {
	case err == nil && (len(digits) == aesDigits || len(digits) == desDigits):
		return NewKey(raw)
	case len(text) == plainSize && isPrintable(text) && countOdd(digits) >= plainOdd:
		return NewKey([]byte(text))
	case isNumber(text):
		return Key{}, errKeyNumber
	case len(text) == plainSize && isPrintable(text) && countOdd(digits) > 0:
		return Key{}, ErrKeyPlain
	case countOdd(digits) > 0:
		return Key{}, fmt.Errorf("key has a character at position %d that is not a hex digit: correct it; an AES key has 32 of the digits 0-9 and A-F",
			1+utf8.RuneCountInString(text[:strings.IndexFunc(text, isOdd)]))
	}
	return Key{}, fmt.Errorf("key has %d hex digits, an AES key has 32: %s", len(digits), fewOrMany(len(digits)))
}

// separators may stand between the digits of a key.
const separators = " -:_\u00a0"

var keySeparators = strings.NewReplacer(" ", "", "-", "", ":", "", "_", "", "\u00a0", "")

func fewOrMany(digits int) string {
	switch {
	case digits < desDigits:
		return "ask for the whole key"
	case digits < aesDigits:
		return "check whether digits were lost in copying"
	}
	return "check whether digits were copied twice"
}

// isOdd reports whether a rune is neither a hex digit nor a separator.
func isOdd(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF"+separators, r) }

func countOdd(s string) int {
	n := 0
	for _, r := range s {
		if isOdd(r) {
			n++
		}
	}
	return n
}

// isPrintable reports whether a text is printable ASCII without spaces.
func isPrintable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// isNumber reports whether a text is a large number as spreadsheets write it:
// 1.23E+31, 1,23E+31.
func isNumber(s string) bool {
	mantissa, exponent, found := strings.Cut(strings.ToUpper(s), "E+")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789.,") == "" }
	return found && digits(mantissa) && digits(exponent)
}

// IsZero says that there is no key.
func (k Key) IsZero() bool { return k.in == nil }

// Known says that there is a key, and not only its fingerprint.
func (k Key) Known() bool { return k.in != nil && k.in.key != nil }

// Prepared is the key for the decoder; nil if there is none, or it is not known.
func (k Key) Prepared() *wmbus.Key {
	if k.in == nil {
		return nil
	}
	return k.in.key
}

// Equal compares two keys in constant time, by their fingerprints if only those
// are known.
func (k Key) Equal(other Key) bool {
	if k.Known() && other.Known() {
		return k.in.key.Equal(other.in.key)
	}
	return k.Fingerprint() == other.Fingerprint()
}

// Fingerprint is eight hex digits that distinguish keys in a report without
// revealing them; "" if there is no key.
func (k Key) Fingerprint() string {
	switch {
	case k.IsZero():
		return ""
	case k.Known():
		return k.in.key.Fingerprint()
	}
	return k.in.print
}

// String is the fingerprint in words. The methods below do the same.
func (k Key) String() string {
	if k.IsZero() {
		return "[no key]"
	}
	return "[key " + k.Fingerprint() + "]"
}

// GoString redacts %#v.
func (k Key) GoString() string { return k.String() }

// Format redacts every verb, including %x and %d.
func (k Key) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, k.String()) }

// MarshalText redacts encodings made of text, including JSON and map keys.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// LogValue redacts slog.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// HoldsKey reports whether a free text holds a key: 32 hex digits in a row, or in
// groups of even length between separators (as in 00:11:22 or 0x00, 0x11), of
// which at least one is a letter, since numbers may follow each other.
func HoldsKey(text string) bool {
	if len(text) < aesDigits {
		return false
	}
	text = hexMarks.Replace(norm.NFKC.String(printable.Text(text)))
	digits, letters, gap := 0, false, 0
	for text != "" {
		group := text[:len(text)-len(strings.TrimLeft(text, "0123456789abcdefABCDEF"))]
		if len(group) == 0 { // a separator, or something else
			r, size := utf8.DecodeRuneInString(text)
			text = text[size:]
			if gap++; unicode.IsLetter(r) || unicode.IsDigit(r) || gap > maxGap {
				digits, letters = 0, false
			}
			continue
		}
		text, gap = text[len(group):], 0
		if len(group)%2 == 1 && len(group) < aesDigits {
			digits, letters = 0, false
			continue
		}
		digits += len(group)
		letters = letters || strings.Trim(group, "0123456789") != ""
		if len(group) >= aesDigits || digits >= aesDigits && letters {
			return true
		}
	}
	return false
}

// hexMarks are the marks of hex digits.
var hexMarks = strings.NewReplacer("0x", " ", "0X", " ")

// maxGap is how many separators may stand between two groups of a key's digits.
const maxGap = 4
