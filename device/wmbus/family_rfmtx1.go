package wmbus

// familyRFMTX1 are the BMeters RFM-TX1 radio modules. Their configuration word
// announces a security mode, but the first record is only masked: no key is
// needed (docs/protocol/proprietary.md#rfm-tx1).
var familyRFMTX1 = family{
	name:    "rfm-tx1",
	models:  withConfig(models("BMT", []int{0x05}, []int{0x07}), rfmConfig),
	open:    openRFMTX1,
	payload: readRFMTX1,
	marks:   []mark{{rfmMasked, rfmClock - rfmMasked, RoleUnread, "not known", ""}},
}

const (
	rfmConfig = 0x1006
	rfmMasked = 6  // bytes: a record of the volume
	rfmClock  = 13 // behind it seven bytes that are not known
	rfmEnd    = 19 // behind the clock: the calendar
)

// rfmMasks are the masks, by the low nibble of the access number.
var rfmMasks = [16][rfmMasked]byte{
	{0x75, 0x96, 0x7A, 0x10, 0x1A, 0x0A}, {0x5B, 0x7F, 0x70, 0x13, 0x22, 0x13}, {0xB3, 0x18, 0xB9, 0x0B, 0x8E, 0x99}, {0x8E, 0x7D, 0x79, 0x07, 0x4A, 0x16},
	{0xB5, 0x91, 0x07, 0x9A, 0xCB, 0x69}, {0xB8, 0xA3, 0x32, 0xA1, 0x39, 0x0E}, {0xBD, 0x80, 0x9C, 0x7E, 0x60, 0x99}, {0x27, 0x5C, 0xB4, 0xC4, 0x80, 0xA3},
	{0x30, 0xD0, 0x0A, 0xCE, 0x19, 0x03}, {0xC2, 0x4C, 0xF0, 0x05, 0xA5, 0x86}, {0x54, 0x4B, 0x16, 0x98, 0x11, 0x5E}, {0x4B, 0xEE, 0x0C, 0xC9, 0x7D, 0xA2},
	{0x87, 0xCA, 0x4A, 0x48, 0xE4, 0x1F}, {0xC4, 0x87, 0x77, 0x2E, 0x8A, 0xE8}, {0xE3, 0x30, 0xBD, 0x78, 0x57, 0x8C}, {0xA4, 0x9A, 0x39, 0x6F, 0x28, 0x05},
}

// openRFMTX1 takes the mask off the first record, which is a volume in BCD.
func openRFMTX1(t *Telegram, _ *Key) *Error {
	if len(t.Plain) < rfmEnd {
		return failure(ErrTruncated, len(t.Plain), "an RFM-TX1 telegram has at least %d bytes here, there are %d", rfmEnd, len(t.Plain))
	}
	for i, mask := range rfmMasks[t.Access&15] {
		t.Plain[i] ^= t.Access ^ mask
	}
	if t.Plain[0] != 0x0C || t.Plain[1] != 0x13 {
		return failure(ErrUnsupported, 0, "without its mask the content does not begin with a volume: sent by another kind of module, or received with errors")
	}
	return nil
}

func readRFMTX1(t *Telegram) (bool, *Error) {
	err := t.readRecords(t.Plain[:rfmMasked], 0)
	var digits [6]int // second, minute, hour, day, month, year
	value, ok := Value{}, true
	for i := range digits {
		n, valid := decodeBCD(t.Plain[rfmClock+i : rfmClock+i+1])
		digits[i], ok = int(n), ok && valid
	}
	if ok {
		value, _ = DateTime(Moment{
			Second: digits[0], Minute: digits[1], Hour: digits[2], HasSecond: true,
			Day: digits[3], Month: digits[4], Year: 2000 + digits[5],
		})
	}
	t.add(DateTimeQuantity, value, UnitNone, rfmClock, len(digits))
	if len(t.Plain) >= rfmEnd+calendarSize {
		t.addCalendar(rfmEnd, Uncertain)
	}
	return true, err
}
