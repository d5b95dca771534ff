package wmbus

import "encoding/binary"

// familyApator162 is the Apator 162 water module: registers, each a number and
// as many bytes as that number says (docs/protocol/proprietary.md#apator-162).
var familyApator162 = family{
	name:    "apator 162",
	models:  models("APA", []int{0x05}, []int{0x06, 0x07}),
	payload: readApator162,
}

// The registers that are understood, and what stands before the first.
const (
	apator162Faults    = 0x01
	apator162Total     = 0x10
	apator162Days      = 0x43
	apator162Past      = 0x71 // the first of twelve: one byte, then readings at the end of months
	apator162PastLast  = 0x7C
	apator162PastCount = apator162Past - 2 // what a register's number exceeds the number of its readings by
	apator162Lead      = 8                 // 0F and seven bytes of status and date, which older modules do not send
)

// apator162Sizes is how many bytes follow the number of a register; 0: there
// is no such register.
var apator162Sizes = makeApator162Sizes([]apator162Range{
	{0x00, 0x00, 4}, {0x01, 0x01, 3}, {0x10, 0x10, 4}, {0x11, 0x11, 2}, {0x40, 0x40, 6}, {0x41, 0x41, 2}, {0x42, 0x42, 4},
	{0x43, 0x43, 2}, {0x44, 0x44, 3}, {0x80, 0x84, 10}, {0x85, 0x85, 11}, {0x86, 0x87, 10}, {0x88, 0x88, 11}, {0x8A, 0x8A, 9},
	{0x8B, 0x8C, 6}, {0x8E, 0x8E, 7}, {0x8F, 0x8F, 11}, {0xA0, 0xA1, 4}, {0xA2, 0xA2, 1}, {0xA3, 0xA3, 7}, {0xA4, 0xA4, 4},
	{0xA5, 0xA5, 1}, {0xA6, 0xA6, 3}, {0xA7, 0xA8, 2}, {0xA9, 0xA9, 1}, {0xAA, 0xAD, 2}, {0xAF, 0xAF, 1}, {0xB0, 0xB0, 5},
	{0xB1, 0xB1, 8}, {0xB2, 0xB2, 16}, {0xB3, 0xB3, 8}, {0xB4, 0xB4, 2}, {0xB5, 0xB5, 16}, {0xB6, 0xBF, 3}, {0xC0, 0xC7, 3},
	{0xD0, 0xD0, 3}, {0xD3, 0xD3, 3}, {0xF0, 0xF0, 4},
})

// apator162Range is registers of one size.
type apator162Range struct{ first, last, size byte }

func makeApator162Sizes(ranges []apator162Range) *[256]byte {
	sizes := new([256]byte)
	for _, r := range ranges {
		for n := int(r.first); n <= int(r.last); n++ {
			sizes[n] = r.size
		}
	}
	for n := byte(apator162Past); n <= apator162PastLast; n++ {
		sizes[n] = 1 + 4*(n-apator162PastCount)
	}
	return sizes
}

func readApator162(t *Telegram) (bool, *Error) {
	p, at := t.Plain, 0
	if len(p) >= 2 && p[0] == checkByte && p[1] == checkByte {
		at = 2
	}
	from := at
	if at < len(p) && p[at] == difMaker {
		at += apator162Lead
	}
	found := findApator162(p, at)
	if found.total == 0 {
		return false, nil
	}
	const litre = -3
	total := binary.LittleEndian.Uint32(p[found.total:])
	t.add(Volume, Decimal(int64(total), litre), UnitM3, found.total, 4)
	if at := found.past; at != 0 {
		if n := int(p[at-1]) - apator162PastCount; t.monthEndsFall(at+1, n, uint64(total)) {
			t.addMonthEnds(at+1, n, Value{}, 0)
		}
	}
	if at := found.days; at != 0 {
		t.add(OperatingTime, Decimal(int64(binary.LittleEndian.Uint16(p[at:])), 0), UnitDay, at, 2)
	}
	if at := found.faults; at != 0 {
		t.add(ErrorFlags, Decimal(int64(littleEndian(p[at:at+3])), 0), UnitNone, at, 3)
	}
	t.addUnread(from)
	return true, nil
}

// apator162Found is where the values of registers are, 0 for none.
type apator162Found struct{ total, faults, days, past int }

// findApator162 walks through the registers that begin at p[at]. The list ends
// with a number that does not belong to a register: filling bytes and a checksum follow.
func findApator162(p []byte, at int) (found apator162Found) {
	for at < len(p) {
		number, size := p[at], int(apator162Sizes[p[at]])
		if size == 0 || at+1+size > len(p) {
			break
		}
		at++
		switch {
		case number == apator162Total:
			found.total = at
		case number == apator162Faults:
			found.faults = at
		case number == apator162Days:
			found.days = at
		case number >= apator162Past && number <= apator162PastLast:
			found.past = at
		}
		at += size
	}
	return found
}
