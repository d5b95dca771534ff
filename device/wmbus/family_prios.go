package wmbus

import "encoding/binary"

// familyPRIOS are Diehl IZAR radio modules with the proprietary PRIOS
// telegram: scrambled by an LFSR with public keys (docs/protocol/proprietary.md#prios).
var familyPRIOS = family{
	name:    "prios",
	models:  withCI(forMakers("SAP", "DME", "HYD", "EWT", "SPL"), 0xA0, 0xA7),
	address: priosAddress,
	open:    openPRIOS,
	payload: readPRIOS,
	marks: []mark{
		{3, 1, RoleHeader, "VIF", "of the volumes"},
		{priosScrambled, 1, RoleCheck, "check byte", "4B: opened with the right key"},
	},
}

const (
	priosCheck     = 0x4B
	priosScrambled = 4 // in the payload: three bytes of flags and the VIF stand in clear
	priosTotal     = 5 // bytes with the check and the total
	priosFull      = 11
)

// priosAddress: all but SAP send version and type before the number.
func priosAddress(frame []byte) Address {
	a := linkAddress(frame[2:])
	if a.Manufacturer.letters() == manufacturerSAP {
		a.Version, a.Type = 0, TypeWater
		return a
	}
	a.Version, a.Type = frame[4], DeviceType(frame[5])
	a.ID = ID(binary.LittleEndian.Uint32(frame[6:]))
	return a
}

var manufacturerSAP = manufacturer("SAP")

func openPRIOS(t *Telegram, key *Key) *Error {
	t.Security.Mode = ModePRIOS
	p := t.Plain
	if len(p) < priosScrambled+priosTotal {
		return failure(ErrTruncated, 0, "a PRIOS telegram has at least %d bytes here, there are %d", priosScrambled+priosTotal, len(p))
	}
	t.encrypted = span{t.layers.pos + priosScrambled, len(t.buf)}
	if t.tryPRIOS(key, func(word uint32) bool { return unscramble(p[priosScrambled:], word) }) {
		return nil
	}
	return t.needsPRIOS(priosScrambled)
}

// tryPRIOS tries the meter's own key of 8 bytes, if there is one, and the public
// ones, and sets the result. A key for AES is for other telegrams of the meter.
// open takes the start value of the register and reports whether that was right.
func (t *Telegram) tryPRIOS(key *Key, open func(word uint32) bool) bool {
	t.Security.Result = SecurityOK
	given := key
	if key != nil && key.IsAES() {
		key = nil
	}
	if key != nil && open(t.priosWord(key)) {
		return true
	}
	for _, public := range &priosKeys {
		if open(t.priosWord(public)) {
			if key != nil && !key.Equal(public) {
				t.notePublic(key)
			}
			return true
		}
	}
	t.Security.Result = WrongKey
	if given == nil {
		t.Security.Result = NoKey
	}
	return false
}

// needsPRIOS is the failure of a telegram that tryPRIOS did not open.
func (t *Telegram) needsPRIOS(at int) *Error {
	kind := ErrWrongKey
	if t.Security.Result == NoKey {
		kind = ErrNoKey
	}
	return failure(kind, at, "neither of the public PRIOS keys opens it: the meter has a key of its own, enter its 8 bytes")
}

// priosWord is the start value of the register.
func (t *Telegram) priosWord(key *Key) uint32 {
	word := binary.BigEndian.Uint32(key.raw[:]) ^ binary.BigEndian.Uint32(key.raw[4:])
	return word ^ binary.BigEndian.Uint32(t.buf[2:]) ^ binary.BigEndian.Uint32(t.buf[6:]) ^ binary.BigEndian.Uint32(t.buf[10:])
}

// unscramble opens b in place when its first byte comes out as the check.
func unscramble(b []byte, register uint32) bool {
	first := nextPRIOS(register)
	if b[0]^byte(first) != priosCheck {
		return false
	}
	scramble(b, register)
	return true
}

// nextPRIOS runs the feedback shift register (taps 1, 2, 11, 31) by a byte. Of its
// eight new bits, taps XORs what the register held; each new bit is its own of those,
// and the new bits two and three places before it.
func nextPRIOS(r uint32) uint32 {
	taps := byte(r>>24) ^ byte(r>>4) ^ byte(r<<5) ^ byte(r<<6)
	return r<<8 | uint32(taps^taps>>2^taps>>3^taps>>4^taps>>7)
}

func readPRIOS(t *Telegram) (bool, *Error) {
	t.addPRIOSVolumes(t.Plain)
	t.addPRIOSFlags(t.Plain)
	if t.Header.Link.Manufacturer.letters() == manufacturerSAP {
		t.addSAPNumber()
	}
	return true, nil
}

// addPRIOSVolumes reads the total, and what a full telegram adds: the total
// at the last billing day, and that day. Litres, which the VIF in the clear
// part confirms as 13; other VIFs are seen but their meaning is not settled.
func (t *Telegram) addPRIOSVolumes(p []byte) {
	const litre, vifLitre = -3, 0x13
	if p[3] != vifLitre {
		t.Notes |= NoteUnit
	}
	at := priosScrambled + 1
	t.add(Volume, Decimal(int64(binary.LittleEndian.Uint32(p[at:])), litre), UnitM3, at, 4)
	if len(p) < priosScrambled+priosFull {
		return
	}
	r := t.add(Volume, Decimal(int64(binary.LittleEndian.Uint32(p[at+4:])), litre), UnitM3, at+4, 4)
	r.Storage = 1
	r = t.add(DateQuantity, decodeTypeG(p[at+8:]), UnitNone, at+8, 2)
	r.Storage = 1
}

// priosFlags are the bits of the second and third byte in clear
// (docs/protocol/status.md#prios).
var priosFlags = [2][8]Status{
	{7: StatusLeak, 6: StatusLeakEarlier, 5: StatusBlocked},
	{
		7: StatusReverseFlow, 6: StatusUnderflow, 5: StatusOverflow, 4: StatusSubmerged,
		3: StatusMagnet, 2: StatusTamperEarlier, 1: StatusTamper, 0: StatusTamperEarlier,
	},
}

func (t *Telegram) addPRIOSFlags(p []byte) {
	t.add(TransmissionPeriod, Decimal(4<<(p[0]&15), 0), UnitSecond, 0, 1)
	t.add(BatteryLife, Decimal(int64(p[1]&31)*5, -1), UnitYear, 1, 1)
	t.add(StatusFlags, Decimal(int64(p[2]), 0), UnitNone, 2, 1)
	if p[0]&0x80 != 0 {
		t.Status.Add(StatusAlarm)
	}
	for bit := 5; bit < 8; bit++ {
		if p[1]&(1<<bit) != 0 {
			t.Status.Add(priosFlags[0][bit])
		}
	}
	for bit := range 8 {
		if p[2]&(1<<bit) != 0 {
			t.Status.Add(priosFlags[1][bit])
		}
	}
}

// addSAPNumber adds the serial number that Sappel prints on its meters:
// supplier, year, meter and diameter letters before the digits.
func (t *Telegram) addSAPNumber() {
	b := t.buf
	number := int(b[7]&3)<<24 | int(b[6])<<16 | int(b[5])<<8 | int(b[4])
	var text [12]byte
	dst := append(text[:0], '@'+(b[9]&15)<<1|b[8]>>7)
	dst = appendDigits(dst, number/1000000, 2)
	dst = append(dst, '@'+b[8]&0x7C>>2, '@'+(b[8]&3)<<3|b[7]>>5)
	dst = append(dst, ' ')
	t.addText(SerialNumber, appendDigits(dst, number%1000000, 6), 0, 0).Qualifiers = Derived
}
