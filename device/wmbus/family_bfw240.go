package wmbus

import "encoding/binary"

// familyBFW240 is the BFW 240 heat cost allocator: no data records, high byte
// first (docs/protocol/proprietary.md#bfw-240).
var familyBFW240 = family{
	name:    "bfw 240",
	models:  withCI(models("BFW", []int{0x02}, []int{0x08}), 0x7A, 0x7A),
	payload: readBFW240,
}

// Offsets, counted from the check bytes.
const (
	bfwPrevious = 4
	bfwCurrent  = 6
	bfwMonths   = 10
	bfwDate     = 37
	bfwSize     = 40

	bfwMonthsNumber = 18
)

func readBFW240(t *Telegram) (bool, *Error) {
	p := t.Plain
	if len(p) < 2 || p[0] != checkByte || p[1] != checkByte {
		return false, nil
	}
	if len(p) < bfwSize {
		return true, failure(ErrTruncated, len(p), "the readings of a BFW 240 have %d bytes, there are %d", bfwSize, len(p))
	}
	t.addBFW(int64(binary.BigEndian.Uint16(p[bfwCurrent:])), bfwCurrent, 2, 0)
	t.addBFW(int64(binary.BigEndian.Uint16(p[bfwPrevious:])), bfwPrevious, 2, 1)
	for i := range bfwMonthsNumber {
		t.addBFWMonth(i)
	}
	t.addBFWDate(p[bfwDate:bfwSize])
	return true, nil
}

func (t *Telegram) addBFW(n int64, at, size int, storage uint64) {
	t.add(HeatCostAllocation, Decimal(n, 0), UnitHCA, at, size).Storage = storage
}

// addBFWMonth adds the reading i months before the latest, which stands last.
// Two share three bytes: the middle one holds the high digits of both, those
// of the first in its high nibble.
func (t *Telegram) addBFWMonth(i int) {
	at := bfwMonths + (bfwMonthsNumber-1-i)/2*3
	b := t.Plain[at : at+3]
	if i%2 == 0 {
		t.addBFW(int64(b[1]&15)<<8|int64(b[2]), at+1, 2, uint64(2+i))
	} else {
		t.addBFW(int64(b[1]>>4)<<8|int64(b[0]), at, 2, uint64(2+i))
	}
}

func (t *Telegram) addBFWDate(b []byte) {
	value := Value{}
	day, okDay := decodeBCD(b[:1])
	month, okMonth := decodeBCD(b[1:2])
	year, okYear := decodeBCD(b[2:3])
	if okDay && okMonth && okYear {
		value, _ = Date(2000+int(year), int(month), int(day))
	}
	t.add(DateQuantity, value, UnitNone, bfwDate, 3)
}
