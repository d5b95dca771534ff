package wmbus

import "bytes"

// absence says why a record without a value has none, in brackets after "no
// value"; "" where it was sent without bytes.
func (r *Record) absence() string {
	raw := r.Raw()
	var h recordHeader
	switch {
	case len(raw) == 0:
		return ""
	case r.Qualifiers&valueErrors != 0:
		return " (as its VIFE says)"
	case len(bytes.TrimLeft(raw, "\xFF")) == 0:
		return " (all bits are set: none)"
	case r.valueAt == 0 || r.bytes[0]&15 == difSpecial || h.read(r.bytes, 0, TypeOther) != nil:
		return " (invalid)"
	case h.vif.coding == codeDate && (h.data == 5 || h.data >= 9):
		return " (no date is sent like this)"
	case h.vif.coding == codeDate:
		return " (" + dateAbsence(raw) + ")"
	case h.data == 5:
		return " (no number)"
	case h.data >= 9 && h.data != difVariable:
		return " (a digit is above 9)"
	case h.data < 9 && littleEndian(raw) == 1<<(8*len(raw)-1):
		return " (the most negative number: none)"
	}
	return " (invalid)"
}

// dateAbsence says why the bytes of types G, F, I and J are no date or time.
func dateAbsence(raw []byte) string {
	day, mark := 0, -1 // where day, month and year stand, and the byte whose highest bit says "invalid"
	switch len(raw) {
	case 4:
		day, mark = 2, 0
	case 6:
		day, mark = 3, 1
	}
	if mark >= 0 && raw[mark]&0x80 != 0 {
		clear := bytes.Clone(raw)
		clear[mark] &^= 0x80
		if v := decodeDate(clear); v.Valid() {
			return "the meter marks it invalid; it reads " + v.String()
		}
	}
	if len(raw) != 3 && len(raw) >= day+2 && raw[day] == 0 && raw[day+1] == 0 {
		return "not set"
	}
	return "there is no such moment"
}
