package dongle

import "earshot/device/wmbus"

// headerLen is L, C, manufacturer, address.
const headerLen = 10

// Bare finds telegrams in a stream that has nothing around them: each is its
// L-field and as many bytes, the next one follows. Nothing marks where one
// begins, so what looks like a header decides. The zero value is ready.
type Bare struct {
	inStep bool // the last byte that was used up ended a telegram
}

// Next looks at the beginning of b. found: a telegram of used bytes begins
// there, of which the last extra ones are not counted by its L-field. Not
// found: used bytes of noise, or 0 where more bytes are needed.
func (d *Bare) Next(b []byte, extra int) (found bool, used int) {
	for used < len(b) {
		rest := b[used:]
		if !begins(rest) {
			d.inStep = false
			used++
			continue
		}
		if used > 0 {
			return false, used // what was skipped is a message of its own
		}
		n := 1 + int(rest[0]) + extra
		follows := len(rest) >= n && begins(rest[n:])
		sure := d.inStep || certain(rest)
		if sure && len(rest) < n {
			return false, 0
		}
		if !follows { // it was cut off, or is the middle of another one
			if at := nextCertain(rest[:min(n, len(rest))]); at > 0 {
				d.inStep = false
				return false, at
			}
		}
		switch {
		case follows || sure:
			d.inStep = true
			return true, n
		case len(rest) >= n:
			return false, 1
		}
		return false, 0
	}
	return false, used
}

// Lost says that bytes were taken in between that were no telegram.
func (d *Bare) Lost() { d.inStep = false }

// begins tells whether b can be the beginning of a telegram, as far as it goes.
func begins(b []byte) bool {
	return (len(b) < 1 || b[0] >= headerLen-1) && (len(b) < 2 || wmbus.CField(b[1]).Carries())
}

// certain tells whether b begins with what noise hardly holds by chance: a
// header with three letters and a decimal number, and a usual CI-field.
func certain(b []byte) bool {
	if len(b) <= headerLen || !begins(b) {
		return false
	}
	for m, i := uint16(b[2])|uint16(b[3])<<8, 0; i < 3; m, i = m>>5, i+1 {
		if letter := m & 31; letter < 1 || letter > 26 {
			return false
		}
	}
	for _, x := range b[4:8] {
		if x>>4 > 9 || x&15 > 9 {
			return false
		}
	}
	switch ci := b[headerLen]; ci {
	case 0x72, 0x78, 0x79, 0x7A, 0x7B, 0x7F, 0x86, 0x8C, 0x8D, 0x8E, 0x8F, 0x90:
		return true
	default:
		return ci >= 0xA0 && ci <= 0xB7 // the maker's own
	}
}

// nextCertain finds where, behind its first byte, b certainly holds a header; 0
// where it does not.
func nextCertain(b []byte) int {
	for i := 1; i < len(b); i++ {
		if certain(b[i:]) {
			return i
		}
	}
	return 0
}
