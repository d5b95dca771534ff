package wmbus

// makerMeaning is what a manufacturer's code means: the single VIFE behind FF,
// after a VIF of the quantity base, in the subunit. It is a line of a family's
// table.
type makerMeaning struct {
	base     Quantity // Unknown if FF is the VIF itself
	code     byte
	quantity Quantity // what it is; Unknown leaves quantity and unit
	unit     Unit
	exp      int8       // the value counts 10^exp of the unit; with quantity only
	unsigned bool       // a binary value has no sign
	add      Qualifiers // what it is beyond that
	keep     bool       // the record stays marked as the maker's own
}

// nameMakerCodes applies a family's table to the records that the generic
// reader made.
func (t *Telegram) nameMakerCodes(table []makerMeaning) {
	for i := range t.Records {
		r := &t.Records[i]
		if r.Qualifiers&MakerVIFE == 0 {
			continue
		}
		code := r.makerCode()
		if len(code) == 2 && code[1] == 0 { // some makers end the row of VIFEs with an empty one
			code = code[:1]
		}
		if len(code) != 1 {
			continue
		}
		for j := range table {
			if m := &table[j]; m.code == code[0]&^extensionBit && m.base == r.Quantity {
				m.name(r)
				break
			}
		}
	}
}

func (m *makerMeaning) name(r *Record) {
	if m.unsigned {
		if n, ok := r.unsigned(); ok {
			r.Value = Decimal(int64(n), 0)
		}
	}
	if m.quantity != Unknown {
		r.Quantity, r.Unit = m.quantity, m.unit
		if r.Value.kind == NumberValue {
			r.Value.exp += int16(m.exp)
		}
	}
	r.Qualifiers |= m.add
	if !m.keep {
		r.Qualifiers &^= MakerVIFE
	}
}

// unsigned is the raw value of a record as a binary number without sign; ok is
// false when it was not sent as an integer, or has 64 bits or more.
func (r *Record) unsigned() (n uint64, ok bool) {
	if r.valueAt > 0 {
		switch r.bytes[0] & 15 {
		case 1, 2, 3, 4, 6:
			return littleEndian(r.Raw()), true
		}
	}
	return 0, false
}

// makerData finds the bytes that follow DIF 0F, where they begin in t.Plain,
// and whether there are any.
func (t *Telegram) makerData() (data []byte, at int, ok bool) {
	for i := len(t.Records) - 1; i >= 0; i-- {
		if r := &t.Records[i]; r.Quantity == ManufacturerData && r.valueAt == 1 && r.bytes[0]&15 == difSpecial {
			return r.Raw(), r.Offset + 1, true
		}
	}
	return nil, 0, false
}
