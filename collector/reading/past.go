package reading

import (
	"iter"

	"earshot/device/wmbus"
)

// Past yields the stored values of the main register, each with its day ("2006-01-02";
// "" if the meter does not send it): what it was at due dates and month ends, and
// differences between two days. Values of tariffs and inputs are left out.
func (r *Reading) Past() iter.Seq2[*Record, string] {
	return func(yield func(*Record, string) bool) {
		quantity, known := r.mainQuantity()
		if !known {
			return
		}
		for i := range r.Records {
			v := &r.Records[i]
			if v.Quantity != quantity || v.Storage == 0 || v.Tariff != 0 || v.Subunit != 0 || !v.isRegister(v.Qualifiers&(wmbus.Derived|wmbus.BaseConditions)) {
				continue
			}
			day := dayOf(v.Date)
			if day == "" && v.Role != wmbus.RoleDifference {
				day, _ = r.DateOf(v)
			}
			if !yield(v, day) {
				return
			}
		}
	}
}

// mainQuantity is the quantity of the main register: that of the reading, or of the
// stored values if there is none.
func (r *Reading) mainQuantity() (wmbus.Quantity, bool) {
	if main, ok := r.Main(); ok {
		return main.Quantity, true
	}
	stored, ok := r.Stored()
	return stored.Quantity, ok
}

// FromTo is the first and the last day of a difference, "" for what is not known.
func (r *Record) FromTo() (from, to string) { return dayOf(r.From), dayOf(r.Date) }

// dayOf is a day as text, without its time; "" for none.
func dayOf(d wmbus.Day) string {
	if d.None() {
		return ""
	}
	text := d.Value().String()
	return text[:min(len(text), len("2006-01-02"))]
}
