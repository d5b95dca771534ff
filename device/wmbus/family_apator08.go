package wmbus

import (
	"encoding/binary"
	"slices"
)

// familyApator08 are the Apator 08 and 172: a bare counter of thirds, and
// bytes whose meaning is not known (docs/protocol/proprietary.md#apator-08).
var familyApator08 = family{
	name: "apator 08",
	models: withCI(slices.Concat(
		models("APT", []int{0x03}, []int{0x03}),
		models("APT", []int{0x0F}, []int{0x0F}),
		models("APT", []int{apator172Version}, []int{0x11}),
	), 0xA0, 0xA0),
	payload: readApator08,
}

const (
	apator172Version = 0x04
	apatorCounter    = 4 // bytes
)

// readApator08 reads the counter: a third of a litre of the Apator 08. That of
// the 172 is taken for a third of a cubic metre, as the only decoder in the
// field does; nothing proves that it is not a third of a litre, too.
func readApator08(t *Telegram) (bool, *Error) {
	if len(t.Plain) < apatorCounter {
		return true, failure(ErrTruncated, len(t.Plain), "the counter of an Apator meter has %d bytes, there are %d", apatorCounter, len(t.Plain))
	}
	exp := -6
	if t.Header.Meter.Version == apator172Version {
		exp = -3
		t.Notes |= NoteUnit
	}
	const thousandths, half = 1000, 1 // of a third; to round to the nearest
	n := int64(binary.LittleEndian.Uint32(t.Plain))
	t.add(Volume, Decimal((n*thousandths+half)/3, exp), UnitM3, 0, apatorCounter)
	t.addUnread(apatorCounter)
	return true, nil
}
