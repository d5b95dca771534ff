package wmbus

import "slices"

// Record is one data record: what it is, and its value.
type Record struct {
	Value      Value
	Quantity   Quantity
	Of         Quantity // with quantities such as LimitExceedCount: of what; else Unknown
	Unit       Unit
	Function   Function
	Per        Per
	Subunit    uint16
	Tariff     uint32
	Storage    uint64
	Qualifiers Qualifiers
	// Role is what storage, tariff, subunit or qualifiers make of the record. Date is
	// when a stored value was; with RoleDifference it is the end and From the
	// beginning. Index tells records apart that differ in nothing else, from 1 on;
	// it is 0 for all others.
	Role       RecordRole
	Index      uint16
	From, Date Day
	// Offset is where the record begins in Telegram.Plain.
	Offset  int
	bytes   []byte // header and value, in Telegram.Plain; only a value for records that a family made
	valueAt int    // where in bytes the value begins
}

// maxRecords bounds what one telegram can make: more than any has, and less
// than 64 kB of JSON.
const maxRecords = 340

// Header is the raw DIF, DIFEs, VIF and VIFEs; empty for records that were
// not sent as such. It points into Telegram.Plain.
func (r *Record) Header() []byte { return r.bytes[:r.valueAt] }

// Raw is the raw value, for values of variable length with their length byte.
// It points into Telegram.Plain.
func (r *Record) Raw() []byte { return r.bytes[r.valueAt:] }

// Current reports whether this is the plain current value of its quantity: not
// stored, no maximum, no tariff or subunit, nothing qualified.
func (r *Record) Current() bool {
	return r.Storage == 0 && r.Tariff == 0 && r.Subunit == 0 && r.Function == Instantaneous && r.Qualifiers == 0 && r.Per == PerNothing
}

// readRecords reads data records until the end of p and appends them to
// t.Records, whose offsets count from p. The Error's offset does, too.
func (t *Telegram) readRecords(p []byte, at int) *Error {
	device := t.Header.Meter.Kind()
	var h recordHeader
	for at < len(p) {
		dif := p[at]
		if dif == difFiller {
			at++
			continue
		}
		if dif&15 == difSpecial {
			return t.readSpecial(p, at)
		}
		if err := h.read(p, at, device); err != nil {
			return err
		}
		end, err := h.valueEnd(p)
		if err != nil {
			return err
		}
		if len(t.Records) == maxRecords {
			return failure(ErrRecord, at, "more than %d records: the rest is ignored", maxRecords)
		}
		t.addRecord(&h, p[h.start:end])
		at = end
	}
	return nil
}

// valueEnd returns where the value of the record ends; an error if it is incomplete.
func (h *recordHeader) valueEnd(p []byte) (int, *Error) {
	n := dataLength[h.data]
	if h.data == difVariable {
		if h.end == len(p) {
			return 0, failure(ErrTruncated, h.start, "the telegram ends before the length of this record's value")
		}
		length, ok := variableLength(p[h.end])
		if !ok {
			return 0, failure(ErrRecord, h.end, "%02X is reserved as the length of a value: these are not data records, or they were received with errors", p[h.end])
		}
		n += length
	}
	if h.end+n > len(p) {
		return 0, failure(ErrTruncated, h.start, "this record's value has %d bytes, %d are left", n, len(p)-h.end)
	}
	return h.end + n, nil
}

func (t *Telegram) addRecord(h *recordHeader, bytes []byte) {
	valueAt := h.end - h.start
	r := t.newRecord() // field by field: this is where decoding spends its time
	t.value(&r.Value, h, bytes[valueAt:])
	r.Quantity, r.Of, r.Unit, r.Function, r.Per = h.vif.quantity, h.of, h.vif.unit, h.function, h.per
	r.Subunit, r.Tariff, r.Storage, r.Qualifiers = h.subunit, h.tariff, h.storage, h.qualifiers
	r.Role, r.Index, r.From, r.Date = RoleNone, 0, Day{}, Day{}
	r.Offset, r.bytes, r.valueAt = h.start, bytes, valueAt
	t.has.note(r)
}

// contents is what there is among the records that the generic reader made: most
// telegrams need not be searched for the rare things.
type contents struct {
	quantities [quantityCount/64 + 1]uint64
	qualifiers Qualifiers
	keys       [4]uint64 // a bit for each of 256 keys
	alike      bool      // two records have the same key
	storages   uint64    // the bits of all storage numbers
	special    bool      // the maker's data at the end
}

func (c *contents) has(q Quantity) bool { return c.quantities[q>>6]&(1<<(q&63)) != 0 }

// note adds a record.
func (c *contents) note(r *Record) {
	c.quantities[r.Quantity>>6] |= 1 << (r.Quantity & 63)
	c.qualifiers |= r.Qualifiers
	key := r.key()
	word, bit := key>>6&3, uint64(1)<<(key&63)
	c.alike = c.alike || c.keys[word]&bit != 0
	c.keys[word] |= bit
	c.storages |= r.Storage
}

// newRecord appends a record and returns it; its fields may still be those of
// an earlier telegram, all are to be set. When there are maxRecords already,
// the record returned is not kept.
func (t *Telegram) newRecord() *Record {
	n := len(t.Records)
	switch {
	case n >= maxRecords:
		return &t.spare
	case n < cap(t.Records):
		t.Records = t.Records[:n+1]
	default:
		t.Records = append(t.Records, Record{})
	}
	return &t.Records[n]
}

// readSpecial reads what follows a DIF whose low nibble is F.
func (t *Telegram) readSpecial(p []byte, at int) *Error {
	switch p[at] {
	case difMaker, difMakerMore:
		t.MoreFollows = p[at] == difMakerMore
		if at+1 == len(p) {
			return nil
		}
		r := t.newRecord()
		*r = Record{
			Quantity: ManufacturerData, Value: Value{kind: BytesValue, text: p[at+1:]},
			Offset: at, bytes: p[at:], valueAt: 1,
		}
		t.has.special = true
		return nil
	case difGlobalReadout:
		return failure(ErrRecord, at, "7F asks for a global readout: this is a command to a meter, not a reading")
	}
	return failure(ErrRecord, at, "%02X is reserved as a DIF: these are not data records, or they were received with errors", p[at])
}

// Label returns the text of a text VIF, "" for other records.
func (r *Record) Label() string {
	if r.Quantity != TextQuantity || r.valueAt == 0 {
		return ""
	}
	return string(r.appendLabel(nil))
}

func (r *Record) appendLabel(dst []byte) []byte {
	var h recordHeader
	if h.read(r.bytes, 0, TypeOther) != nil || h.labelEnd == 0 {
		return dst
	}
	return appendLatin1(dst, r.bytes[h.labelAt:h.labelEnd])
}

// turnValues reverses the values in t.Plain that CI 76 sends high byte first, so that
// they can be read like all others. Those of variable length are left as they are.
// Source: docs/protocol/transport.md#high-byte-first.
func (t *Telegram) turnValues() {
	p := t.Plain
	var h recordHeader
	for at := 0; at < len(p); {
		if p[at] == difFiller {
			at++
			continue
		}
		if p[at]&15 == difSpecial || h.read(p, at, TypeOther) != nil {
			return
		}
		end, err := h.valueEnd(p)
		if err != nil {
			return
		}
		if h.data != difVariable {
			slices.Reverse(p[h.end:end])
		}
		at = end
	}
}
