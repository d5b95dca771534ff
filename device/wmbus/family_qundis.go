package wmbus

import (
	"encoding/binary"
	"slices"
)

// familyQundis are the QUNDIS allocators, water and heat meters with the
// walk-by telegram: CI 78 and one long record of the maker's own, standard
// records around it (docs/protocol/proprietary.md#qundis).
var familyQundis = family{
	name:   "qundis",
	models: withCI(forMakers("QDS", "LSE"), 0x78, 0x78),
	open:   openQundis,
	refine: refineQundis,
}

// qundisHeader is the header of the record, with the length of its value.
var qundisHeader = [...]byte{0x0D, 0xFF, 0x5F, qundisSize}

// Offsets in the value.
const (
	qundisStatus    = 0
	qundisMark      = 1
	qundisAccess    = 2
	qundisConfig    = 3
	qundisSealed    = 5 // what follows may be encrypted
	qundisFixed     = 7
	qundisKind      = 8
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

// qundisEncrypted is the configuration word of an encrypted block, as sent.
var qundisEncrypted = [2]byte{0x00, 0x35}

// openQundis decrypts the block of the encrypted generation, which the block
// itself announces: the transport layer is in clear.
// Source: docs/protocol/security.md#qundis.
func openQundis(t *Telegram, key *Key) *Error {
	if err := t.authenticate(key); err != nil {
		return shift(err, -t.layers.pos)
	}
	at := t.findQundis()
	if at < 0 || t.Plain[at+qundisMark] != qundisMarkValue {
		return nil
	}
	d := t.Plain[at : at+qundisSize]
	mode := SecurityMode(d[qundisConfig+1] & 31)
	if mode == ModeNone {
		return nil
	}
	t.Access, t.HasAccess = d[qundisAccess], true
	t.Security.Mode = ModeAESIV
	t.encrypted = span{t.plainAt + at + qundisSealed, t.plainAt + at + qundisSize}
	t.partly = true
	switch {
	case [2]byte(d[qundisConfig:]) != qundisEncrypted:
		t.Security = Security{Mode: mode, Result: Unsupported}
		return failure(ErrUnsupported, at+qundisConfig, "the block of the manufacturer announces an encryption that is not known: %X", d[qundisConfig:qundisConfig+2])
	case key == nil:
		return t.needsKey(at + qundisSealed)
	case !key.IsAES():
		return t.otherKeySize(key, at+qundisSealed)
	}
	copy(t.iv[:8], t.buf[2:linkLen])
	for i := 8; i < len(t.iv); i++ {
		t.iv[i] = d[qundisAccess]
	}
	t.full = append(t.full[:0], d[qundisSealed:]...)
	t.decryptCBC(key, d[qundisSealed:])
	right, of := qundisChecks(d)
	if right == of {
		t.Security.Result, t.partly = SecurityOK, false
		return nil
	}
	copy(d[qundisSealed:], t.full)
	if right == of-1 {
		t.partly = false
		return t.damaged(at+qundisSealed, "the content of the block is not what QUNDIS meters send, but nearly")
	}
	t.Security.Result = WrongKey
	return failure(ErrWrongKey, at+qundisSealed, "opened with the key given, the block is not what QUNDIS meters send: compare the key with the meter's papers")
}

// qundisChecks counts the bytes of a decrypted block that are what they always
// are.
func qundisChecks(d []byte) (right, of int) {
	checks := [...]bool{
		d[qundisFixed] == 0x07,
		d[qundisKind] == 0xB0 || d[qundisKind] == 0xC0 || d[qundisKind] == 0xC1, // allocator, heat, water
		d[qundisSize-1] == difFiller,
		qundisUnit(d) != nil,
	}
	for _, ok := range checks {
		if ok {
			right++
		}
	}
	return right, len(checks)
}

// qundisUnit is what the values of a block are; nil if that is not known.
func qundisUnit(d []byte) *vif {
	v := &primaryVIF[d[qundisVIF]&^extensionBit]
	if d[qundisVIF]&extensionBit != 0 || v.quantity != Volume && v.quantity != Energy && v.quantity != HeatCostAllocation {
		return nil
	}
	return v
}

// findQundis is where in t.Plain the value of the long record begins; -1 if
// there is none.
func (t *Telegram) findQundis() int {
	defer func(text []byte) { t.Records, t.text, t.MoreFollows = t.Records[:0], text, false }(t.text)
	_ = t.readRecords(t.Plain, 0)
	for i := range t.Records {
		if r := &t.Records[i]; r.isQundis() {
			return r.Offset + len(qundisHeader)
		}
	}
	return -1
}

func (r *Record) isQundis() bool {
	return len(r.bytes) == len(qundisHeader)+qundisSize && string(r.bytes[:len(qundisHeader)]) == string(qundisHeader[:])
}

// qundisProven are the VIFs whose differences are known to add up to the
// readings: 0.1 and 1 kWh, 0.1 MJ, litres, and units.
var qundisProven = []byte{0x05, 0x06, 0x0D, 0x13, 0x6E}

// refineQundis takes the long record apart. It stays in the list, raw.
func refineQundis(t *Telegram) {
	for i := range t.Records {
		r := &t.Records[i]
		if r.isQundis() && !t.partly {
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
	t.addTransportStatus(d[qundisStatus])
	t.Access, t.HasAccess = d[qundisAccess], true
	t.Config = binary.LittleEndian.Uint16(d[qundisConfig:])
	v := qundisUnit(d)
	if v == nil {
		return
	}
	t.addQundisReading(v, at+qundisCurrent, 0)
	t.addQundisReading(v, at+qundisDue, 1)
	t.addQundisDate(at+qundisDueDate, 1)
	t.addQundisReading(v, at+qundisMonth, 2).Role = RoleMonthEnd
	t.addQundisDate(at+qundisMonthDate, 2).Role = RoleMonthEnd
	t.addQundisDate(at+qundisErrorDate, 0).Function = DuringError
	t.addQundisMonths(v, at+qundisMonths)
}

func (t *Telegram) addQundisReading(v *vif, at int, storage uint64) *Record {
	value := Value{}
	if n, ok := decodeBCD(t.Plain[at : at+4]); ok {
		value = Decimal(n, int(v.exp))
	}
	r := t.add(v.quantity, value, v.unit, at, 4)
	r.Storage = storage
	return r
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
// add up to the difference between the month reading and the due reading. With
// other VIFs than qundisProven the unit is noted as uncertain.
func (t *Telegram) addQundisMonths(v *vif, at int) {
	exp := int(v.exp)
	if v.quantity == Volume {
		exp++
	}
	if !slices.Contains(qundisProven, t.Plain[at-qundisMonths+qundisVIF]) {
		t.Notes |= NoteUnit
	}
	end := decodeTypeG(t.Plain[at-qundisMonths+qundisMonthDate:][:2])
	for i := range qundisMonthsNumber {
		from := at + 2*(qundisMonthsNumber-1-i)
		raw := binary.LittleEndian.Uint16(t.Plain[from:])
		value := Value{}
		if raw != qundisNoMonth {
			value = Decimal(int64(int16(raw)), exp)
		}
		r := t.add(PeriodConsumption, value, v.unit, from, 2)
		r.Of, r.Storage = v.quantity, uint64(firstMonth+i)
		begin := end.later(UnitMonth, -1)
		r.From, r.Date = DayOf(begin), DayOf(end)
		end = begin
		if v.quantity == HeatCostAllocation && value.n < 0 {
			t.addQundisRestart(at-qundisMonths, from, i)
		}
	}
}

// addQundisRestart adds what was consumed in the month behind the due date, i
// months before the last one, whose negative difference is at from: the reading
// at the due date is missing in it. The block begins at.
func (t *Telegram) addQundisRestart(at, from, i int) {
	d := t.Plain[at:]
	due, month := decodeTypeG(d[qundisDueDate:qundisDue]), decodeTypeG(d[qundisMonthDate:qundisMonth])
	reading, ok := decodeBCD(d[qundisDue : qundisDue+4])
	if before := month.later(UnitMonth, -i-1); !ok || !before.Valid() || !before.Equal(due) {
		return
	}
	difference := int64(int16(binary.LittleEndian.Uint16(t.Plain[from:])))
	r := t.add(PeriodConsumption, Decimal(difference+reading, 0), UnitHCA, from, 2)
	r.Of, r.Storage, r.Qualifiers = HeatCostAllocation, uint64(firstMonth+i), Derived
	r.From, r.Date = DayOf(due), DayOf(month.later(UnitMonth, -i))
}
