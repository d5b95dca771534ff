package wmbus

import (
	"crypto/aes"
	"encoding/binary"
	"time"
)

// familyApatorNA1 is the Apator NA-1 water module: one block of AES without a
// transport header (docs/protocol/proprietary.md#apator-na-1).
var familyApatorNA1 = family{
	name:    "apator na-1",
	models:  withCI(models("APA", []int{0x14}, []int{0x07}), 0xA0, 0xA1),
	open:    openApatorNA1,
	payload: readApatorNA1,
}

// Offsets after the CI-field; those in the block count from there,
// too.
const (
	na1Access        = 0
	na1Status        = 1
	na1Block         = 2
	na1Total         = 3
	na1Seconds       = 7
	na1Age           = 11
	na1Delta         = 13
	na1StatusNow     = 16
	na1StatusHistory = 17
	na1End           = 18
)

// The flags of the three status bytes (docs/protocol/status.md#apator-na-1).
var (
	na1FlagsOfTelegram = []flag{
		{bits: 0x01 | 0x02 | 0x10, status: statusNone}, // summer time, of the past, no commands
		{bits: 0x04, status: StatusOverflow}, {bits: 0x08, status: StatusConnection}, {bits: 0x20, status: StatusCommissioning},
		{bits: 0x40, status: StatusTemperatureRange}, {bits: 0x80, status: StatusService},
	}
	na1FlagsNow = []flag{
		{bits: 0x01, status: StatusLowBattery}, {bits: 0x02, status: StatusMagnet}, {bits: 0x04, status: StatusRemoved}, {bits: 0x08, status: StatusLeak},
		{bits: 0x10, status: StatusNoConsumption}, {bits: 0x20, status: StatusReverseFlow}, {bits: 0x40, status: StatusOverflow}, {bits: 0x80, status: StatusUnderflow},
	}
	na1FlagsHistory = []flag{
		{bits: 0x01, status: StatusEndOfLifeNear}, {bits: 0x02, status: StatusTamperEarlier}, {bits: 0x04, status: StatusRemovedEarlier},
		{bits: 0x08, status: StatusLeakEarlier}, {bits: 0x20, status: StatusReverseFlowEarlier}, {bits: 0x10 | 0x40 | 0x80, status: statusNone},
	}
)

// openApatorNA1 decrypts the block with the key given, or with the all-zero
// one. One check byte is all there is to tell a right key: that is not enough
// to trust a key that nobody entered.
func openApatorNA1(t *Telegram, key *Key) *Error {
	t.Security.Mode = ModeAESIV
	p, at := t.Plain, t.layers.pos
	if len(p) < na1End {
		return failure(ErrTruncated, len(p), "an Apator NA-1 telegram has at least %d bytes here, there are %d", na1End, len(p))
	}
	t.Access, t.HasAccess = p[na1Access], true
	t.layers.tpl.access = p[na1Access]
	block := p[na1Block:na1End]
	t.encrypted = span{at + na1Block, at + na1End}
	switch {
	case key == nil && t.opensNA1(apatorKey, block):
		t.Security.Result = CannotTell
		t.Notes |= NotePublicKey
		return nil
	case key == nil:
		t.Security.Result = NoKey
		return failure(ErrNoKey, na1Block, "%s needs the key of meter %s: enter it, or ask the supplier of the meter for it", t.Security.Mode.Name(), t.Header.Meter)
	case key.IsAES() && t.opensNA1(key, block):
		t.Security.Result = SecurityOK
		return nil
	}
	t.Security.Result = WrongKey
	return failure(ErrWrongKey, na1Block, "opened with the key given, the content does not begin with the check byte 2F: compare the key with the meter's papers")
}

// opensNA1 decrypts the block in place when it comes out with the check byte.
func (t *Telegram) opensNA1(key *Key, block []byte) bool {
	var sealed [aes.BlockSize]byte
	copy(sealed[:], block)
	t.startIV(ModeAESIV)
	t.decryptCBC(key, block)
	if block[0] == checkByte {
		return true
	}
	copy(block, sealed[:])
	return false
}

func readApatorNA1(t *Telegram) (bool, *Error) {
	const litre = -3
	p := t.Plain
	packed := binary.LittleEndian.Uint32(p[na1Total:])
	total := na1Litres(packed)
	now := na1Time(binary.LittleEndian.Uint32(p[na1Seconds:]))
	t.add(Volume, Decimal(total, litre), UnitM3, na1Total, 4)
	t.add(DateTimeQuantity, now, UnitNone, na1Seconds, 4)

	// The reading at the end of a past period: how many hours ago, how much less.
	age := int(p[na1Age]) | int(p[na1Age+1]>>2)<<8
	delta := na1Zeros(int64(p[na1Age+1]&3)|int64(littleEndian(p[na1Delta:na1Delta+3]))<<2, packed)
	if delta <= total {
		t.add(Volume, Decimal(total-delta, litre), UnitM3, na1Age+1, 4).Storage = 1
	}
	t.add(ActualityDuration, Decimal(int64(age), 0), UnitHour, na1Age, 2).Storage = 1
	t.add(DateTimeQuantity, now.later(UnitHour, -age), UnitNone, na1Age, 2).Storage = 1

	t.addWord(uint64(p[na1Status]), na1FlagsOfTelegram)
	t.addWord(uint64(p[na1StatusNow]), na1FlagsNow)
	t.addWord(uint64(p[na1StatusHistory]), na1FlagsHistory)
	t.add(StatusFlags, Decimal(int64(p[na1StatusNow]), 0), UnitNone, na1StatusNow, 1)
	t.add(StatusFlags, Decimal(int64(p[na1StatusHistory]), 0), UnitNone, na1StatusHistory, 1).Storage = 1
	t.add(InfoFlags, Decimal(int64(p[na1Status]), 0), UnitNone, na1Status, 1)
	t.addUnread(na1End)
	return true, nil
}

// na1Litres unpacks a volume: the low digit in bits 0 to 3, zeros to append in
// bits 4 and 5, the rest from bit 8 on.
func na1Litres(packed uint32) int64 {
	return na1Zeros(int64(packed>>8)*16+int64(packed&15), packed)
}

// na1Zeros appends as many zeros to a number as a packed volume says.
func na1Zeros(n int64, packed uint32) int64 {
	for range packed >> 4 & 3 {
		n *= 10
	}
	return n
}

// na1Time counts seconds from the beginning of 2000.
func na1Time(seconds uint32) Value {
	moment := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(seconds) * time.Second)
	m := Moment{Year: moment.Year(), Month: int(moment.Month()), Day: moment.Day(), HasSecond: true}
	m.Hour, m.Minute, m.Second = moment.Clock()
	v, _ := DateTime(m)
	return v
}
