package label

import (
	"regexp"
	"strconv"
	"strings"

	"earshot/device/wmbus"
)

// Form is a form in which a number is written that says more than the number.
type Form uint8

const (
	FormNone     Form = iota
	FormDIN           // 14 characters of DIN 43863-5: medium, maker, block, number
	FormKamstrup      // number/device code/year
	FormAddress       // secondary address, or that of wmbusmeters
)

// medium begins a number of DIN 43863-5; some print the device type instead, in two
// hex digits.
const medium = `(?:[0-9E]|[0-3][0-9A-F])`

// The forms.
var (
	dinPattern      = regexp.MustCompile(`^` + medium + `([A-Z]{3})\d{2}(\d{8})$`)
	kamstrupPattern = regexp.MustCompile(`^([0-9A-Fa-f]{8})\s*/\s*[0-9A-Za-z]{1,4}\s*/\s*\d{2,4}$`)
	fullPattern     = regexp.MustCompile(`(?i)^([0-9A-F]{8})(?:\.(?:M=([A-Z]{3})|V=[0-9A-F]{1,2}|T=[0-9A-F]{1,2}))+$`)
	makerPart       = regexp.MustCompile(`(?i)\.M=([A-Z]{3})`)
)

// noBlanks removes what may stand between the digits of a number.
var noBlanks = strings.NewReplacer(" ", "", "-", "", "_", "")

// Structured reads a text that has one of the forms: the eight digits of the number and
// the three letters of the maker, "" if the form does not say it.
func Structured(text string) (digits, maker string, form Form) {
	upper := strings.ToUpper(text)
	if first, _, _ := strings.Cut(upper, " "); first != upper {
		if m := dinPattern.FindStringSubmatch(first); m != nil {
			return m[2], m[1], FormDIN
		}
	}
	if m := dinPattern.FindStringSubmatch(noBlanks.Replace(upper)); m != nil {
		return m[2], m[1], FormDIN
	}
	if fields := strings.Fields(upper); len(fields) > 4 { // in groups, and the radio module behind it
		if m := dinPattern.FindStringSubmatch(strings.Join(fields[:5], "")); m != nil {
			return m[2], m[1], FormDIN
		}
	}
	if m := kamstrupPattern.FindStringSubmatch(text); m != nil {
		return m[1], "", FormKamstrup
	}
	if m := fullPattern.FindStringSubmatch(text); m != nil {
		if part := makerPart.FindStringSubmatch(text); part != nil {
			maker = part[1]
		}
		return m[1], maker, FormAddress
	}
	return secondary(strings.ReplaceAll(upper, " ", ""))
}

// secondary reads 16 hex digits as a secondary address, if their maker is one and the
// number is decimal.
func secondary(digits string) (number, maker string, form Form) {
	if len(digits) != 16 || !isHex(digits) || !isDecimal(digits[:8]) {
		return "", "", FormNone
	}
	code, _ := strconv.ParseUint(digits[10:12]+digits[8:10], 16, 16)
	kind, _ := strconv.ParseUint(digits[14:], 16, 8)
	if m := wmbus.Manufacturer(code); IsMaker(m) && kind < deviceTypes {
		return digits[:8], m.String(), FormAddress
	}
	return "", "", FormNone
}

// deviceTypes is how many types of devices the standard has room for.
const deviceTypes = 0x40

// IsMaker reports whether a code is three letters.
func IsMaker(m wmbus.Manufacturer) bool {
	return m&0x8000 == 0 && !strings.Contains(m.String(), "?")
}

func isDecimal(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func isHex(s string) bool { return s != "" && strings.Trim(s, "0123456789ABCDEFabcdef") == "" }
