package wmbus

import "encoding/binary"

// familyQundis are the QUNDIS allocators, water and heat meters with the
// walk-by telegram: CI 78 and one long record of the maker's own, standard
// records around it (docs/protocol/proprietary.md#qundis).
var familyQundis = family{
	name:   "qundis",
	models: withCI(forMakers("QDS", "LSE"), 0x78, 0x78),
	refine: refineQundis,
}

// qundisHeader is the header of the record, with the length of its value.
var qundisHeader = [...]byte{0x0D, 0xFF, 0x5F, qundisSize}

// Where things stand in the value.
const (
	qundisStatus    = 0
	qundisMark      = 1
	qundisAccess    = 2
	qundisConfig    = 3
	qundisVIF       = 9
	qundisErrorDate = 10
	qundisCurrent   = 12
	qundisDueDate   = 16
	qundisDue       = 18
	qundisMonthDate = 22
	qundisMonth     = 24
	qundisMonths    = 28
	qundisSize      = 0x35

	qundisMarkValue    = 0x82
	qundisMonthsNumber = 12
	qundisNoMonth      = 0x8000
)

// refineQundis takes the long record apart. It stays in the list, raw.
func refineQundis(t *Telegram) {
	for i := range t.Records {
		r := &t.Records[i]
		if len(r.bytes) == len(qundisHeader)+qundisSize && string(r.bytes[:len(qundisHeader)]) == string(qundisHeader[:]) {
			t.readQundis(r.Offset + len(qundisHeader))
			return
		}
	}
}

// readQundis reads the value that begins at t.Plain[at].
func (t *Telegram) readQundis(at int) {
	d := t.Plain[at : at+qundisSize]
	if d[qundisMark] != qundisMarkValue {
		return
	}
	t.StatusByte = d[qundisStatus]
	t.Status |= transportStatus(d[qundisStatus])
	t.Access, t.HasAccess = d[qundisAccess], true
	t.Config = binary.LittleEndian.Uint16(d[qundisConfig:])
	if mode := SecurityMode(t.Config >> 8 & 31); mode != ModeNone {
		t.Security = Security{Mode: mode, Result: Unsupported}
		t.encrypted = span{t.layers.pos + at + qundisVIF, t.layers.pos + at + qundisSize}
		return
	}
	v := primaryVIF[d[qundisVIF]&0x7F]
	switch {
	case d[qundisVIF]&extensionBit != 0:
		return
	case v.quantity != Volume && v.quantity != Energy && v.quantity != HeatCostAllocation:
		return
	}
	t.addQundisReading(&v, at+qundisCurrent, 0)
	t.addQundisReading(&v, at+qundisDue, 1)
	t.addQundisDate(at+qundisDueDate, 1)
	t.addQundisReading(&v, at+qundisMonth, 2)
	t.addQundisDate(at+qundisMonthDate, 2)
	t.addQundisDate(at+qundisErrorDate, 0).Function = DuringError
	t.addQundisMonths(&v, at+qundisMonths)
}

func (t *Telegram) addQundisReading(v *vif, at int, storage uint64) {
	value := Value{}
	if n, ok := decodeBCD(t.Plain[at : at+4]); ok {
		value = Decimal(n, int(v.exp))
	}
	t.add(v.quantity, value, v.unit, at, 4).Storage = storage
}

func (t *Telegram) addQundisDate(at int, storage uint64) *Record {
	r := t.add(DateQuantity, decodeTypeG(t.Plain[at:at+2]), UnitNone, at, 2)
	r.Storage = storage
	return r
}

// addQundisMonths adds by how much the register grew in each month, the last
// one that of the month reading. An allocator's register falls to 0 with the
// due date, and the difference over that month is negative.
//
// Volumes are counted in ten times the unit of the readings: only so do they
// add up to the difference between the month reading and the due reading. No
// document says so, which is why the unit is noted as uncertain.
func (t *Telegram) addQundisMonths(v *vif, at int) {
	exp := int(v.exp)
	if v.quantity == Volume {
		exp++
		t.Notes |= NoteUnit
	}
	for i := range qundisMonthsNumber {
		from := at + 2*(qundisMonthsNumber-1-i)
		raw := binary.LittleEndian.Uint16(t.Plain[from:])
		value := Value{}
		if raw != qundisNoMonth {
			value = Decimal(int64(int16(raw)), exp)
		}
		r := t.add(PeriodConsumption, value, v.unit, from, 2)
		r.Of, r.Storage = v.quantity, uint64(2+i)
	}
}
