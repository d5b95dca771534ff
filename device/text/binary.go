package text

// maxUnreported is how many bytes of noise are reported even if no telegram comes: a
// source that sends nothing else would never be reported.
const maxUnreported = 256

// Binary finds the telegrams in a stream. It holds back at most one, of 256
// bytes. The zero value is ready; it is for one goroutine.
type Binary struct {
	buf     []byte
	inStep  bool // the last byte taken ended a telegram
	skipped int  // bytes of noise skipped so far
}

// Feed takes the next bytes of the stream. It passes each telegram, which the caller
// may keep, to frame, and to noise how many bytes before it belonged to none; if
// there are many, even if no telegram has come.
func (d *Binary) Feed(piece []byte, frame func([]byte), noise func(bytes int)) {
	d.buf = append(d.buf, piece...)
	d.scan(false, frame, noise)
	if d.skipped > maxUnreported {
		d.tell(noise)
	}
}

// Flush is called when the stream has ended or paused longer than it may within a
// telegram: a telegram that has begun is not one, or lost its end. The rest is
// searched for another.
func (d *Binary) Flush(frame func([]byte), noise func(bytes int)) {
	d.scan(true, frame, noise)
	d.tell(noise)
}

// Pending reports whether a telegram has begun and not ended.
func (d *Binary) Pending() bool { return len(d.buf) > 0 }

func (d *Binary) scan(paused bool, frame func([]byte), noise func(int)) {
	rest := d.buf
	for len(rest) > 0 {
		verdict := d.judge(rest)
		if verdict == wait && !paused {
			break
		}
		if verdict != telegram {
			d.inStep = false
			d.skipped++
			rest = rest[1:]
			continue
		}
		d.tell(noise)
		n := int(rest[0]) + 1
		frame(append([]byte(nil), rest[:n]...))
		d.inStep = true
		rest = rest[n:]
	}
	d.buf = append(d.buf[:0], rest...)
}

func (d *Binary) tell(noise func(int)) {
	if d.skipped > 0 {
		noise(d.skipped)
	}
	d.skipped = 0
}

// verdict is what the next bytes are.
type verdict uint8

const (
	none     verdict = iota // no telegram begins here
	wait                    // one may begin here; more bytes are needed
	telegram                // one begins here, and is whole
)

// judge says whether a telegram begins with the first byte.
func (d *Binary) judge(b []byte) verdict {
	if !plausible(b) {
		return none
	}
	n := int(b[0]) + 1
	switch {
	case len(b) < n:
		return wait
	// Out of step, what looks like a header may be the middle of a telegram.
	case d.inStep || certain(b) || plausible(b[n:]):
		return telegram
	}
	return none
}

// certain reports whether a header is more than plausible, with what noise hardly
// holds by chance: a number of decimal digits, and a CI-field of the transport or
// extended link layer.
func certain(b []byte) bool {
	for _, x := range b[4:8] {
		if x>>4 > 9 || x&15 > 9 {
			return false
		}
	}
	switch b[headerLen] {
	case 0x72, 0x78, 0x79, 0x7A, 0x7B, 0x7F, 0x8C, 0x8D, 0x8E, 0x8F, 0x86, 0x90:
		return true
	}
	return b[headerLen] >= 0xA0 && b[headerLen] <= 0xB7 // manufacturer specific
}

// IsBinary reports whether the first bytes of a sender are binary rather than text:
// more than a few of them do not occur in text. At least 11 bytes are needed for a
// reliable answer.
func IsBinary(b []byte) bool {
	n := 0
	for _, c := range b {
		if c >= 0x7F || c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			n++
		}
	}
	return 4*n > len(b)
}
