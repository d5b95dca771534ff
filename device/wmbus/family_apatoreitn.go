package wmbus

import "encoding/binary"

// familyApatorEITN is the Apator E.ITN 30 heat cost allocator: one block, in
// the longer telegram after bytes whose meaning is not known
// (docs/protocol/proprietary.md#eitn-30).
var familyApatorEITN = family{
	name:    "apator e.itn 30",
	models:  withCI(append(models("APA", []int{0x04}, []int{0x08}), models("APT", []int{0x04}, []int{0x08})...), eitnShort, eitnLong),
	payload: readApatorEITN,
}

// Offsets in the block.
const (
	eitnLong        = 0xB6
	eitnShort       = 0xA0
	eitnSeason      = 0
	eitnPrevious    = 3
	eitnSealBroken  = 5
	eitnCurrent     = 7
	eitnCurrentDate = 9
	eitnPreviousAvg = 11
	eitnCurrentAvg  = 13
	eitnEnd         = 15
)

func readApatorEITN(t *Telegram) (bool, *Error) {
	at := 0
	switch t.layers.tpl.ci {
	case eitnShort:
	case eitnLong:
		if len(t.Plain) == 0 {
			return true, failure(ErrTruncated, 0, "the telegram ends before the length of its first part")
		}
		at = 1 + int(t.Plain[0])
		if at < len(t.Plain) && t.Plain[at] != eitnShort {
			return false, nil
		}
		at++
	default:
		return false, nil
	}
	if len(t.Plain) < at+eitnEnd {
		return true, failure(ErrTruncated, len(t.Plain), "the readings of an E.ITN 30 have %d bytes and begin at byte %d here, there are %d bytes", eitnEnd, at, len(t.Plain))
	}
	t.readEITN(at)
	return true, nil
}

// readEITN reads the block that begins at t.Plain[at].
func (t *Telegram) readEITN(at int) {
	t.addEITNReading(at+eitnCurrent, 0)
	t.add(DateQuantity, techemDate(t.Plain[at+eitnCurrentDate:]), UnitNone, at+eitnCurrentDate, 2)
	t.addEITNReading(at+eitnPrevious, 1)
	t.addEITNSeason(at + eitnSeason)
	t.addEITNTemperature(at+eitnCurrentAvg, 0)
	t.addEITNTemperature(at+eitnPreviousAvg, 1)
	if broken := at + eitnSealBroken; binary.LittleEndian.Uint16(t.Plain[broken:]) != 0 {
		t.Status.Add(StatusTamper)
		t.add(EventDate, techemDate(t.Plain[broken:]), UnitNone, broken, 2)
	}
	if at > 2 {
		t.add(ManufacturerData, Value{kind: BytesValue, text: t.Plain[1 : at-1]}, UnitNone, 1, at-2)
	}
	t.addUnread(at + eitnEnd)
}

func (t *Telegram) addEITNReading(at int, storage uint64) {
	n := binary.LittleEndian.Uint16(t.Plain[at:])
	t.add(HeatCostAllocation, Decimal(int64(n), 0), UnitHCA, at, 2).Storage = storage
}

// addEITNSeason adds the day on which a period begins every year: a date whose
// year is not sent.
func (t *Telegram) addEITNSeason(at int) {
	n := int(binary.LittleEndian.Uint16(t.Plain[at:]))
	v, _ := Date(0, n>>5&15, n&31)
	t.add(StartDate, v, UnitNone, at, 2).Of = HeatCostAllocation
}

// addEITNTemperature adds an average, in 1/256 of a degree.
func (t *Telegram) addEITNTemperature(at int, storage uint64) {
	n := int16(binary.LittleEndian.Uint16(t.Plain[at:]))
	r := t.add(RoomTemperature, Float(float64(n)/256, 64), UnitCelsius, at, 2)
	r.Storage, r.Qualifiers = storage, Average
}
