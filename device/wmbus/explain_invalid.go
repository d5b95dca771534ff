package wmbus

import (
	"bytes"
	"slices"
)

// absence says why a record without a value has none, in brackets after "no
// value"; "" if it was sent without any bytes of a value.
// Source: docs/protocol/records.md#invalid-values.
func (r *Record) absence() string {
	raw := r.Raw()
	device := TypeOther
	if r.Quantity == HeatCostAllocation {
		device = TypeHeatCostAllocator // whose FD 30 is not a date
	}
	var h recordHeader
	sent := r.valueAt > 0 && r.bytes[0]&15 != difSpecial && h.read(r.bytes, 0, device) == nil
	switch variable := sent && h.data == difVariable; {
	case len(raw) == 0 || variable && len(raw) == 1:
		return ""
	case r.Qualifiers&valueErrors != 0:
		return " (as its VIFE says)"
	case variable && h.vif.coding == codeDate:
		return " (a form of date that is not read)"
	case variable:
		return " (invalid)"
	case !slices.ContainsFunc(raw, func(b byte) bool { return b != 0xFF }):
		return " (all bits are set: none)"
	case !sent:
		return " (invalid)"
	case h.vif.coding == codeDate && (h.data == 5 || h.data >= 9):
		return " (a form of date that is not read)"
	case h.vif.coding == codeDate:
		return " (" + dateAbsence(raw) + ")"
	case h.data == 5:
		return " (not a number)"
	case h.data >= 9:
		return " (a digit is above 9)"
	case littleEndian(raw) == 1<<(8*len(raw)-1):
		return " (the most negative number: none)"
	case h.absent(littleEndian(raw), len(raw)):
		return " (the greatest number: the sensor is broken or missing)"
	}
	return " (invalid)"
}

// dateAbsence says why the bytes of types G, F, I and J are not a date or time.
func dateAbsence(raw []byte) string {
	day, mark := -1, -1 // offsets of day, month and year, and the byte whose highest bit says "invalid"
	switch len(raw) {
	case 2:
		day = 0
	case 3: // a time of day
	case 4:
		day, mark = 2, 0
	case 6:
		day, mark = 3, 1
	default:
		return "a form of date that is not read"
	}
	if mark >= 0 && raw[mark]&0x80 != 0 {
		clear := bytes.Clone(raw)
		clear[mark] &^= 0x80
		if v := decodeDate(clear); v.Valid() {
			return "the meter marks it invalid; it reads " + v.String()
		}
	}
	if day >= 0 && raw[day] == 0 && raw[day+1] == 0 {
		return "not set"
	}
	return "a moment that does not exist, that recurs, or that is after 2099"
}
