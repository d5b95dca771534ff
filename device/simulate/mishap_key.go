package simulate

import (
	"fmt"
	"slices"

	"earshot/device/wmbus"
)

// locked reports whether the list has the key of a row's meter, and no mishap has
// struck it.
func (b *Building) locked(row int) bool {
	return b.untouched(row) && b.rows[row].hasKey && b.meters[row].Encrypts()
}

func mistakeKey(b *Building, row int, d *dice) []int {
	if !b.locked(row) {
		return nil
	}
	d.bytes(b.rows[row].key[:])
	return []int{row}
}

// swapKeys swaps the keys of consecutive rows, such as those of the cold and the
// warm water meter of a bath.
func swapKeys(b *Building, row int, _ *dice) []int { return b.shiftKeys(row, 2) }

func rotateKeys(b *Building, row int, _ *dice) []int { return b.shiftKeys(row, 3) }

// shiftKeys moves the keys of n consecutive rows on by one.
func (b *Building) shiftKeys(row, n int) (rows []int) {
	for i := range n {
		if !b.locked(row + i) {
			return nil
		}
		rows = append(rows, row+i)
	}
	last := b.rows[row+n-1].key
	for i := row + n - 1; i > row; i-- {
		b.rows[i].key = b.rows[i-1].key
	}
	b.rows[row].key = last
	return rows
}

func forgetKey(b *Building, row int, _ *dice) []int {
	if !b.locked(row) {
		return nil
	}
	b.rows[row].hasKey = false
	return []int{row}
}

func copyKey(b *Building, row int, _ *dice) []int {
	if !b.locked(row) || row == 0 || !b.rows[row-1].hasKey || b.rows[row-1].key == b.rows[row].key {
		return nil
	}
	b.rows[row].key = b.rows[row-1].key
	return []int{row}
}

func shortenKey(b *Building, row int, d *dice) []int {
	if !b.locked(row) {
		return nil
	}
	digits := fmt.Sprintf("%X", b.rows[row].key[:])
	at := d.below(int64(len(digits)))
	b.rows[row].keyText = digits[:at] + digits[at+1:]
	return []int{row}
}

func reverseKey(b *Building, row int, _ *dice) []int {
	if !b.locked(row) {
		return nil
	}
	slices.Reverse(b.rows[row].key[:])
	return []int{row}
}

// nibble returns the shift of a hex digit of a key within its byte.
func nibble(digit int64) int { return int(4 * (1 - digit%2)) }

func mistypeKey(b *Building, row int, d *dice) []int {
	if !b.locked(row) {
		return nil
	}
	digit := d.below(32)
	b.rows[row].key[digit/2] ^= byte(d.between(1, 15)) << nibble(digit)
	return []int{row}
}

func turnKey(b *Building, row int, d *dice) []int {
	if !b.locked(row) {
		return nil
	}
	key := &b.rows[row].key
	for digit := d.below(31); ; digit = (digit + 1) % 31 {
		one, other := key[digit/2]>>nibble(digit)&15, key[(digit+1)/2]>>nibble(digit+1)&15
		if one != other {
			key[digit/2] ^= (one ^ other) << nibble(digit)
			key[(digit+1)/2] ^= (one ^ other) << nibble(digit+1)
			return []int{row}
		}
	}
}

// placeholders are what people write if they have no key.
var placeholders = [][16]byte{
	{}, {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
	{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F},
	{0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF},
	{0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF},
}

func fillKey(b *Building, row int, d *dice) []int {
	if !b.locked(row) {
		return nil
	}
	b.rows[row].key = placeholders[d.below(int64(len(placeholders)))]
	return []int{row}
}

// defaultKey gives the meter the key that its maker published; the list has another.
func defaultKey(b *Building, row int, _ *dice) []int {
	m := b.meters[row]
	if !b.locked(row) || m.model.security != wmbus.ModeAESIV {
		return nil
	}
	for _, key := range wmbus.PublishedKeys(m.Address.Manufacturer) {
		if key.IsAES() {
			m.key = key
			return []int{row}
		}
	}
	return nil
}

func lockPlain(b *Building, row int, d *dice) []int {
	if !b.untouched(row) || b.meters[row].Encrypts() {
		return nil
	}
	b.rows[row].hasKey = true
	d.bytes(b.rows[row].key[:])
	return []int{row}
}
