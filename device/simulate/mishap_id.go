package simulate

import (
	"fmt"
	"math/bits"
	"strings"
	"time"

	"earshot/device/wmbus"
)

// lists gives a row another number, provided that it is not that of a meter.
func (b *Building) lists(row int, id wmbus.ID) []int {
	if !b.untouched(row) || id == b.rows[row].ID || b.has(id) {
		return nil
	}
	b.rows[row].ID = id
	return []int{row}
}

func (b *Building) has(id wmbus.ID) bool {
	for _, m := range b.meters {
		if m.Address.ID == id {
			return true
		}
	}
	return false
}

// turnDigits transposes the last two neighbouring digits that differ.
func turnDigits(b *Building, row int, _ *dice) []int {
	id := b.rows[row].ID
	for shift := 4; shift < 28; shift += 4 {
		high, low := id>>(shift+4)&15, id>>shift&15
		turned := id&^(0xFF<<shift) | low<<(shift+4) | high<<shift
		if rows := b.lists(row, turned); rows != nil {
			return rows
		}
	}
	return nil
}

func oneDigit(b *Building, row int, d *dice) []int {
	return b.lists(row, mistype(b.rows[row].ID, d.below(8), d))
}

func twoDigits(b *Building, row int, d *dice) []int {
	first := d.below(8)
	id := mistype(b.rows[row].ID, first, d)
	return b.lists(row, mistype(id, (first+d.between(2, 6))%8, d))
}

// mistype replaces a digit by another one.
func mistype(id wmbus.ID, digit int64, d *dice) wmbus.ID {
	shift := 4 * digit
	other := (id>>shift&15 + wmbus.ID(d.between(1, 9))) % 10
	return id&^(15<<shift) | other<<shift
}

func loseZero(b *Building, row int, _ *dice) []int {
	digits := b.rows[row].ID.String()
	at := strings.IndexByte(digits, '0')
	if at < 0 {
		return nil
	}
	lost := digits[:at] + digits[at+1:]
	id, err := wmbus.ParseID("0" + lost)
	if err != nil || b.lists(row, id) == nil {
		return nil
	}
	b.rows[row].idText = lost
	return []int{row}
}

func hexID(b *Building, row int, _ *dice) []int {
	var n wmbus.ID
	for _, digit := range b.rows[row].ID.String() {
		n = 10*n + wmbus.ID(digit-'0')
	}
	return b.lists(row, n)
}

func reverseID(b *Building, row int, _ *dice) []int {
	return b.lists(row, wmbus.ID(bits.ReverseBytes32(uint32(b.rows[row].ID))))
}

// dinMedia are the first digits of numbers of DIN 43863-5.
var dinMedia = map[string]string{
	"electricity": "1", "heat cost allocator": "4", "cooling": "5", "heat": "6", "gas": "7", "cold water": "8", "water": "8", "warm water": "9",
}

func dinNumber(b *Building, row int, _ *dice) []int {
	r := &b.rows[row]
	digit, known := dinMedia[b.meters[row].Medium()]
	if !b.untouched(row) || !known {
		return nil
	}
	r.idText = fmt.Sprintf("%s%s00%s", digit, r.Manufacturer, r.ID)
	return []int{row}
}

func prefixID(b *Building, row int, d *dice) []int {
	if !b.untouched(row) {
		return nil
	}
	r := &b.rows[row]
	r.idText = []string{"SN ", "No. ", "Z-"}[d.below(3)] + r.ID.String()
	return []int{row}
}

// moduleNumber gives the meter's radio a number of its own.
func moduleNumber(b *Building, row int, d *dice) []int {
	m := b.meters[row]
	if !b.locked(row) {
		return nil
	}
	id := decimal(d.between(10_000_000, 89_999_999))
	if b.has(id) {
		return nil
	}
	m.Address.ID = id
	return []int{row}
}

func listTwice(b *Building, row int, d *dice) []int {
	other := (row + int(d.between(1, 5))) % len(b.rows)
	if !b.untouched(row) || !b.untouched(other) || other <= row || b.rows[other].Manufacturer != b.rows[row].Manufacturer {
		return nil
	}
	b.rows[other].ID = b.rows[row].ID
	return []int{other, row}
}

// twoMakers adds a meter of another maker with the same number, which decides
// nothing in the list.
func twoMakers(b *Building, row int, _ *dice) []int {
	m := b.meters[row]
	if !b.untouched(row) || m.Encrypts() {
		return nil
	}
	kind := waterStar
	if m.model.maker == kind.maker {
		kind = qundis
	}
	b.rows[row].Manufacturer, b.rows[row].Medium = 0, ""
	b.addSender(&kind, m.Address.ID, m.level)
	return []int{row}
}

// addSender adds an unlisted meter with a number.
func (b *Building) addSender(kind *model, id wmbus.ID, level int64) *Meter {
	m := b.newMeter(kind, map[wmbus.ID]bool{})
	m.Address.ID, m.level = id, level
	b.meters = append(b.meters, m)
	return m
}

// makers are taken for each other.
var makers = []string{"KAM", "DME", "ZRI", "EFE", "QDS", "TCH"}

func mistakeMaker(b *Building, row int, d *dice) []int {
	maker, err := wmbus.ParseManufacturer(makers[d.below(int64(len(makers)))])
	if err != nil || !b.untouched(row) || maker == b.rows[row].Manufacturer {
		return nil
	}
	b.rows[row].Manufacturer = maker
	return []int{row}
}

func mistakeMedium(b *Building, row int, d *dice) []int {
	media := []string{"cold water", "heat", "electricity", "heat cost allocator", "gas"}
	medium := media[d.below(int64(len(media)))]
	if !b.untouched(row) || dinMedia[medium] == dinMedia[b.meters[row].Medium()] || strings.Contains(b.meters[row].Medium(), "water") && medium == "cold water" {
		return nil
	}
	b.rows[row].Medium = medium
	return []int{row}
}

// listNeighbours lists a meter next door instead of the row's own.
func listNeighbours(b *Building, row int, _ *dice) []int {
	if !b.untouched(row) {
		return nil
	}
	own := b.meters[row]
	other := b.addSender(own.model, b.newID(uint64(len(b.meters)), b.taken), throw(b.seed, forShadow, uint64(len(b.meters))).between(-9200, -8800))
	r := &b.rows[row]
	r.ID, r.key = other.Address.ID, other.raw
	own.Listed = false
	return []int{row}
}

// replace silences the row's meter. Another one of its make is at its place.
func replace(b *Building, row int, _ *dice) []int {
	if !b.untouched(row) {
		return nil
	}
	old := b.meters[row]
	old.silent, old.silence = true, -time.Hour
	b.addSender(old.model, b.newID(uint64(len(b.meters)), b.taken), old.level)
	return []int{row}
}
