package imports

import (
	"regexp"
	"strconv"
	"strings"

	"earshot/collector/imports/finding"
	"earshot/collector/imports/table"
	"earshot/collector/label"
	"earshot/device/wmbus"
)

// number is what the cell of a meter's number says.
type number struct {
	id    wmbus.ID
	maker wmbus.Manufacturer // 0: not said
	steps []finding.Code     // repairs, in their order
	code  finding.Code       // the refusal, "" for none
	count int                // digits of a refused one
	open  string             // a maker's name with several codes
}

// What a number may look like. Dates come before separators, which would make
// numbers of them.
var (
	datePattern    = regexp.MustCompile(`^(\d{1,4})[./-](\d{1,2})[./-](\d{2,4})\.?(?:[ T]\d{1,2}:\d{2}.*)?$`)
	monthPattern   = regexp.MustCompile(`(?i)^\d{1,2}[. -]+[a-zæøåäöüéû]{3,9}\.?[ -]+\d{2,4}$`)
	sciencePattern = regexp.MustCompile(`^(\d+)(?:[.,](\d+))?[eE](\+?)(\d{1,3})$`)
	decimalPattern = regexp.MustCompile(`^(\d{4,8})[.,]0+$`)
	groupPattern   = regexp.MustCompile(`^\d{1,3}(?:([., '])\d{3})(?:[., ']\d{3})*$`)
	prefixPattern  = regexp.MustCompile(`^([A-Za-z]{3})(?:\s*[-_:/ ]\s*|)([0-9].*)$`)
	labelWord      = regexp.MustCompile(`^[^0-9=+]*?([\pL][\pL/. °-]*)[.:#=\s°]+(\S.*)$`)
	twoPattern     = regexp.MustCompile(`\d{8}\b.*[^0-9].*\b\d{8}\b`)
)

// noBlanks removes what may stand between the digits of a number.
var noBlanks = strings.NewReplacer(" ", "", "-", "", "_", "")

// parseNumber reads a meter's number. It never makes eight digits of more, nor
// digits of a date or of a rounded number.
func parseNumber(c table.Cell) (n number) {
	if len(c.Text) <= 8 && isDigits(c.Text) && c.Kind < table.Date {
		return n.digits(c.Text)
	}
	switch c.Kind {
	case table.Date:
		return number{code: finding.NumberDate}
	case table.Fault:
		return number{code: finding.NumberFault}
	case table.Formula:
		return number{code: finding.NotCalculated}
	}
	k := compacted(c.Text)
	n.step(k.fullWidth, finding.FullWidth)
	n.step(k.blanks, finding.Blanks)
	n.step(k.marks, finding.Marks)
	text := k.text
	switch {
	case c.Text == "" || text == "":
		return number{code: finding.NumberMissing}
	case strings.Trim(text, "#") == "" && len(text) > 2:
		return number{code: finding.NumberHashes}
	case text[0] == '#' && text != "#" && !isDigits(text[1:]):
		return number{code: finding.NumberFault}
	case isNoValue(text) || strings.Trim(text, "xX?*-_. ") == "":
		return number{code: finding.NumberPlaceholder}
	case isDateText(text):
		return number{code: finding.NumberDate}
	}
	if n.structured(text) {
		return n
	}
	return n.written(text)
}

func (n *number) step(done bool, code finding.Code) {
	if done {
		n.steps = append(n.steps, code)
	}
}

// isDateText reports whether a text is a day that exists.
func isDateText(text string) bool {
	if monthPattern.MatchString(text) {
		return true
	}
	m := datePattern.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	first, _ := strconv.Atoi(m[1])
	second, _ := strconv.Atoi(m[2])
	third, _ := strconv.Atoi(m[3])
	day := func(d, m int) bool { return d >= 1 && d <= 31 && m >= 1 && m <= 12 }
	switch {
	case len(m[1]) == 4:
		return len(m[3]) == 2 && first >= 1900 && first < 2100 && (day(third, second) || day(second, third))
	case len(m[1]) > 2 || len(m[3]) == 3:
		return false
	}
	return day(first, second) || day(second, first)
}

// labelForms are what is said about the forms of labels.
var labelForms = map[label.Form]finding.Code{label.FormDIN: finding.DIN, label.FormKamstrup: finding.KamstrupLabel, label.FormAddress: finding.Address}

// structured reads the forms that say more than a number: printed DIN numbers,
// Kamstrup's label, addresses.
func (n *number) structured(text string) bool {
	digits, maker, form := label.Structured(text)
	return form != label.FormNone && n.take(digits, maker, labelForms[form])
}

func (n *number) take(digits, maker string, code finding.Code) bool {
	if n.step(true, code); maker != "" {
		n.maker, _ = wmbus.ParseManufacturer(maker)
	}
	*n = n.digits(digits)
	return true
}

// written reads a number as people and spreadsheets write it.
func (n *number) written(text string) number {
	text = n.prefixes(text)
	if strings.ContainsAny(text, "*!") {
		return number{code: finding.NumberPattern}
	}
	if m := sciencePattern.FindStringSubmatch(text); m != nil && (m[2] != "" || m[3] != "") {
		exponent, _ := strconv.Atoi(m[4])
		if len(m[1]) != 1 || len(m[2]) != exponent {
			if tail := strings.TrimRight(m[2], "0"); len(m[1]) == 1 && len(tail) <= exponent && len(m[2]) >= exponent && exponent > 0 {
				m[2] = m[2][:exponent] // 1.234567800E+07
			} else {
				return number{code: finding.NumberRounded}
			}
		}
		n.step(true, finding.Expanded)
		return n.digits(m[1] + m[2])
	}
	if m := decimalPattern.FindStringSubmatch(text); m != nil {
		n.step(true, finding.DecimalsDropped)
		return n.digits(m[1])
	}
	if m := groupPattern.FindStringSubmatch(text); m != nil && strings.Trim(text, "0123456789"+m[1]) == "" && len(text) > 4 {
		n.step(true, finding.Separators)
		return n.digits(strings.ReplaceAll(text, m[1], ""))
	}
	if labelled := twoPattern.MatchString(text); labelled {
		return number{code: finding.NumberTwo}
	}
	plain := noBlanks.Replace(text)
	n.step(plain != text, finding.Separators)
	return n.digits(plain)
}

// prefixes removes label words, the maker and 0x.
func (n *number) prefixes(text string) string {
	for range 3 {
		if rest, ok := strings.CutPrefix(text, "0x"); ok && isHex(rest) {
			n.step(true, finding.HexPrefix)
			text = rest
		} else if rest, ok := strings.CutPrefix(text, "0X"); ok && isHex(rest) {
			n.step(true, finding.HexPrefix)
			text = rest
		}
		m := labelWord.FindStringSubmatch(text)
		if m != nil && isLabel(m[1]) {
			n.step(true, finding.LabelRemoved)
			text = m[2]
			continue
		}
		if p := prefixPattern.FindStringSubmatch(text); p != nil && n.maker == 0 && !isLabel(p[1]) && !isHexID(text) {
			if maker, err := wmbus.ParseManufacturer(p[1]); err == nil {
				n.maker = maker
				n.step(true, finding.MakerSplit)
				text = p[2]
				continue
			}
		}
		if m != nil && n.maker == 0 {
			if maker, open, ok := makerByName(m[1]); ok {
				n.maker, n.open = maker, open
				n.step(true, finding.MakerSplit)
				text = m[2]
				continue
			}
		}
		return text
	}
	return text
}

// isHexID reports whether eight characters are a hex number, such as ABC12345.
func isHexID(text string) bool { return len(text) == 8 && isHex(text) }

// isLabel reports whether words before a number say that it is one.
func isLabel(text string) bool {
	for _, s := range words().senses[normal(text)] {
		if s.field == Number {
			return true
		}
	}
	switch normal(text) {
	case "ser", "snr", "serno", "sernr", "din", "nummer", "numer", "number", "znr", "wz", "wmz", "lnr", "mnr", "idnr", "idno":
		return true
	}
	return false
}

// digits makes a number of what should be digits by now.
func (n *number) digits(text string) number {
	const least, wanted = 4, 8
	switch {
	case !isHex(text):
		return number{code: finding.NumberText}
	case len(text) == wanted:
	case !isDigits(text) && (len(text) == 32 || len(text) == 16) || len(text) == 32:
		return number{code: finding.NumberKey, count: len(text)}
	case !isDigits(text):
		return number{code: finding.NumberText}
	case len(text) < least:
		return number{code: finding.NumberShort, count: len(text)}
	case len(text) < wanted:
		text = strings.Repeat("0", wanted-len(text)) + text
		n.step(true, finding.ZerosRestored)
	default:
		return number{code: finding.NumberLong, count: len(text)}
	}
	id, err := wmbus.ParseID(text)
	if err != nil {
		return number{code: finding.NumberText}
	}
	switch text = id.String(); text {
	case "00000000", "FFFFFFFF":
		return number{code: finding.NumberPlaceholder}
	}
	n.id = id
	return *n
}
