package wmbus

import "encoding/binary"

// familyZenner0B are Zenner and Minol water meters of version 0B: three words
// of manufacturer data (docs/protocol/proprietary.md#zenner-0b).
var familyZenner0B = family{
	name:   "zenner 0b",
	models: models("ZRI", []int{0x0B}, []int{0x07, 0x16}),
	refine: refineZenner0B,
}

// Offsets in the manufacturer data.
const (
	zennerStatus = 0
	zennerDue    = 4
	zennerTotal  = 8
	zennerSize   = 12
)

func refineZenner0B(t *Telegram) {
	data, at, ok := t.makerData()
	if !ok || len(data) < zennerSize {
		return
	}
	status := binary.LittleEndian.Uint32(data[zennerStatus:])
	t.addWord(uint64(status), nil) // what the bits say is not known
	t.addZennerVolume(at+zennerTotal, 0)
	t.addZennerVolume(at+zennerDue, 1)
	t.add(InfoFlags, Decimal(int64(status), 0), UnitNone, at+zennerStatus, 4)
}

// addZennerVolume adds a counter of 256ths of a litre.
func (t *Telegram) addZennerVolume(at int, storage uint64) {
	const m3, exp = 390625, -11 // 1/256000
	n := int64(binary.LittleEndian.Uint32(t.Plain[at:]))
	t.add(Volume, Decimal(n*m3, exp).trim(), UnitM3, at, 4).Storage = storage
}
