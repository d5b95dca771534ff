package dongle

import "earshot/device/wmbus"

// headerLen is L, C, manufacturer, address.
const headerLen = 10

// Bare finds telegrams in a stream without framing: each is an L-field and that many
// bytes, followed by the next. Nothing marks the beginning of a telegram, so it is
// recognised by its header. The zero value is ready.
type Bare struct {
	inStep bool // the last byte that was used up ended a telegram
}

// Next looks at the beginning of b. If found, b begins with a telegram of used bytes,
// the last extra of which its L-field does not count. If not, b begins with used
// bytes of noise, or more bytes are needed (0).
func (d *Bare) Next(b []byte, extra int) (found bool, used int) {
	for used < len(b) {
		rest := b[used:]
		if !begins(rest) {
			d.inStep = false
			used++
			continue
		}
		if used > 0 {
			return false, used // the skipped bytes are a separate message
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

// Lost is called when the caller used up bytes that were not a telegram.
func (d *Bare) Lost() { d.inStep = false }

// begins reports whether b, as far as it goes, can be the beginning of a telegram.
func begins(b []byte) bool {
	return (len(b) < 1 || b[0] >= headerLen-1) && (len(b) < 2 || wmbus.CField(b[1]).Carries())
}

// certain reports whether b begins with what noise hardly holds by chance: a header
// with three letters and a decimal number, and a common CI-field.
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
		return ci >= 0xA0 && ci <= 0xB7 // manufacturer specific
	}
}

// nextCertain returns the index after the first byte at which b certainly holds a
// header; 0 if there is none.
func nextCertain(b []byte) int {
	for i := 1; i < len(b); i++ {
		if certain(b[i:]) {
			return i
		}
	}
	return 0
}
