package imports

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"regexp"
	"strings"

	"earshot/collector/imports/finding"
	"earshot/collector/imports/table"
	"earshot/collector/site"
)

// keyCell is what the cell of a key says. No part of it is the key as text.
type keyCell struct {
	key   site.Key
	steps []finding.Code
	code  finding.Code // the refusal or notice, "" for none
	count int          // digits of a refused key
}

// Sizes of keys as text.
const (
	aesDigits   = 32
	desDigits   = 16
	base64Long  = 24 // with == at the end
	base64Short = 22
	keptDigits  = 15 // that a spreadsheet keeps of a number
)

var keySeparators = strings.NewReplacer(" ", "", "-", "", ":", "", "_", "", ",", "", ";", "", ".", "")

var (
	hexPrefixes  = regexp.MustCompile(`(?i)\\x|0x`)
	base64Form   = regexp.MustCompile(`^[A-Za-z0-9+/_-]{22}(==)?$`)
	typingErrors = strings.NewReplacer("O", "0", "o", "0", "l", "1", "I", "1", "i", "1", "S", "5", "s", "5")
	keyLabel     = regexp.MustCompile(`(?i)^(?:aes(?:-?128)?(?:[ -]?key)?|key|dek|nøgle|schlüssel|klucz|nyckel|clé|hex)\s*[:=]\s*`)
)

// parseKey reads a key as suppliers write it. It never cuts, fills or repeats
// digits.
func parseKey(c table.Cell) (k keyCell) {
	if len(c.Text) == aesDigits && isHex(c.Text) && c.Kind == table.Text {
		return k.digits(c.Text)
	}
	switch c.Kind {
	case table.Date, table.Number:
		if isZero(c.Text) {
			return k
		}
		return keyCell{code: finding.KeyNumber}
	case table.Fault:
		return keyCell{code: finding.KeyFault}
	case table.Formula:
		return keyCell{code: finding.NotCalculated}
	}
	p := compacted(c.Text)
	k.step(p.fullWidth, finding.FullWidth)
	k.step(p.blanks, finding.Blanks)
	k.step(p.marks, finding.Marks)
	text := p.text
	switch {
	case text == "":
		return keyCell{}
	case strings.Trim(text, "#") == "":
		return keyCell{code: finding.KeyHashes}
	case text[0] == '#' && len(text) < 9:
		return keyCell{code: finding.KeyFault}
	case isNoValue(text) || strings.Trim(text, "-?. _/") == "":
		return keyCell{}
	case sciencePattern.MatchString(text) && strings.ContainsAny(text, "+.,"):
		return keyCell{code: finding.KeyNumber}
	}
	return k.written(text)
}

// isZero reports whether a cell is a number that stands for nothing.
func isZero(text string) bool { return strings.Trim(text, "0") == "" }

func (k *keyCell) step(done bool, code finding.Code) {
	if done {
		k.steps = append(k.steps, code)
	}
}

// written reads a key that is not just its digits.
func (k *keyCell) written(text string) keyCell {
	bare := strings.Trim(text, "{}[]()<>\"'` ,;")
	bare = keyLabel.ReplaceAllString(bare, "")
	if base64Form.MatchString(bare) && !isHex(bare) {
		raw, err := base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/", "=", "").Replace(bare))
		if err == nil && len(raw) == 16 {
			k.step(true, finding.KeyBase64)
			key, err := site.NewKey(raw)
			if err == nil {
				k.key = key
				return *k
			}
		}
	}
	digits := keySeparators.Replace(bare)
	if stripped := hexPrefixes.ReplaceAllString(digits, ""); stripped != digits && (isHex(stripped) || hexPrefixes.MatchString(digits[:2])) {
		k.step(true, finding.KeyPrefix)
		digits = keySeparators.Replace(strings.NewReplacer("\"", "", "'", "").Replace(stripped))
	} else if digits != text {
		k.step(true, finding.KeySeparators)
	}
	if len(digits) == aesDigits && !isHex(digits) {
		if right := typingErrors.Replace(digits); isHex(right) {
			k.step(true, finding.KeyLetters)
			digits = right
		}
	}
	if isHex(digits) {
		return k.digits(digits)
	}
	return k.plain(text)
}

// digits takes hex digits.
func (k *keyCell) digits(text string) keyCell {
	switch n := len(text); {
	case (n == aesDigits || n == desDigits) && isZero(text):
		return keyCell{code: finding.KeyZeros}
	case n == aesDigits && strings.Count(strings.ToUpper(text), strings.ToUpper(text[:1])) == n:
		return keyCell{code: finding.KeyPlaceholder}
	case n > keptDigits+2 && isDigits(text) && isZero(text[keptDigits+2:]):
		return keyCell{code: finding.KeyRounded}
	case n < aesDigits && n != desDigits:
		return keyCell{code: finding.KeyShort, count: n}
	case n > aesDigits:
		return keyCell{code: finding.KeyLong, count: n}
	}
	raw, err := hex.DecodeString(text)
	if err == nil {
		k.key, err = site.NewKey(raw)
	}
	if err != nil {
		return keyCell{code: finding.KeyCharacter}
	}
	return *k
}

// plain takes a key that is written as 16 characters, if it can be no other.
func (k *keyCell) plain(text string) keyCell {
	key, err := site.ParseKey(text)
	switch {
	case err == nil:
		return keyCell{key: key}
	case errors.Is(err, site.ErrKeyPlain):
		return keyCell{code: finding.KeyPlain}
	}
	digits := 0
	for _, r := range text {
		if isHex(string(r)) {
			digits++
		}
	}
	return keyCell{code: finding.KeyCharacter, count: digits}
}

// keyAlone is a key between other characters, as on a label or in a message.
var keyAlone = regexp.MustCompile(`(?:^|[^0-9A-Za-z])([0-9A-Fa-f]{32})(?:[^0-9A-Za-z]|$)`)

// TypedKey reads a key that somebody typed, pasted or scanned, as keys in lists are read.
// The refusal says why it is none; its code is "" if it is one. It holds no part of the
// text.
func TypedKey(text string) (site.Key, finding.Finding) {
	k := parseKey(table.Cell{Text: strings.TrimSpace(text)})
	if found := keyAlone.FindAllStringSubmatch(text, 2); k.key.IsZero() && len(found) == 1 {
		k = parseKey(table.Cell{Text: found[0][1]})
	}
	if k.key.IsZero() && k.code == "" {
		k.code = finding.KeyShort
	}
	return k.key, finding.Finding{Code: k.code, Count: k.count}
}
