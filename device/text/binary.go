package text

import "earshot/device/wmbus"

// maxUnreported is how many bytes of noise are reported even if no telegram comes: a
// source that sends nothing else would never be reported.
const maxUnreported = 256

// Binary finds the telegrams in a stream (docs/protocol/text.md#raw-bytes). It holds
// back a few, of 256 bytes each. The zero value is ready; it is for one goroutine.
type Binary struct {
	buf      []byte
	inStep   bool // the last byte taken ended a telegram
	past     bool // bytes of noise have come since the last telegram or pause
	noise    int  // how many since the last telegram; a pause lets little of it be forgotten
	skipped  int  // … that were not reported yet
	decoder  wmbus.Decoder
	telegram wmbus.Telegram
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
	d.past = false
	if d.noise <= littleNoise {
		d.noise = 0
	}
}

// Message takes bytes that came as a whole, such as a datagram. They may include
// their link-layer CRCs.
func (d *Binary) Message(m []byte, frame func([]byte), noise func(bytes int)) {
	whole, format, err := wmbus.Unframe(m)
	switch {
	case err != nil, format == wmbus.FormatPlain && d.weigh(m, needAtOnce)+weightPause < needAtOnce:
		d.Feed(m, frame, noise)
		d.Flush(frame, noise)
	default:
		frame(append([]byte(nil), whole...))
	}
}

// Pending reports whether a telegram has begun and not ended.
func (d *Binary) Pending() bool { return len(d.buf) > 0 }

func (d *Binary) scan(paused bool, frame func([]byte), noise func(int)) {
	rest := d.buf
	for len(rest) > 0 {
		verdict := d.judge(rest, paused)
		if verdict == wait {
			break
		}
		if verdict != telegram {
			d.inStep = false
			d.past = true
			d.skipped++
			d.noise++
			rest = rest[1:]
			continue
		}
		d.tell(noise)
		n := int(rest[0]) + 1
		frame(append([]byte(nil), rest[:n]...))
		d.inStep, d.past, d.noise = true, false, 0
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

// How unlikely it is that random bytes hold this by chance: the negative logarithm
// of the probability, in tenths.
const (
	weightHeader = 16 // a plausible header with a known CI-field
	weightNumber = 33 // … and a number of decimal digits
	weightSound  = 59 // … and content that can be decoded, or is encrypted as the header says
	weightPause  = 24 // a telegram ends exactly where the stream pauses
)

// The weight of a telegram, or of several that follow each other, that is needed
// while the stream is not in step.
const (
	needAtOnce  = 45          // at the beginning and around a pause
	needSoon    = weightSound // after little noise, such as the rest of a telegram
	needLate    = 130         // after more: among many bytes there are many chances
	littleNoise = 400         // bytes
)

// judge says whether a telegram begins with the first byte.
func (d *Binary) judge(b []byte, paused bool) verdict {
	if !plausible(b) {
		return none
	}
	need := needAtOnce
	switch {
	case d.inStep:
		need = weightHeader
	case !d.past:
	case d.noise > littleNoise:
		need = needLate
	default:
		need = needSoon
	}
	weight := 0
	for weight < need {
		switch {
		case len(b) > 0 && len(b) > int(b[0]):
			n := int(b[0]) + 1
			w := d.weigh(b[:n], need)
			if w == 0 || w == weightHeader && weight == 0 && d.past {
				return none // what follows may be a telegram, and this the noise before it
			}
			weight += w
			b = b[n:]
		case !plausible(b):
			return none
		case !paused:
			return wait
		case len(b) > 0:
			return none
		default:
			need = needAtOnce
			if !d.past {
				need -= weightPause
			}
			if weight < need {
				return none
			}
		}
	}
	return telegram
}

// weigh says how unlikely it is that random bytes hold this telegram, 0 for none. It
// looks no further once that is enough.
func (d *Binary) weigh(b []byte, enough int) int {
	switch {
	case !plausible(b) || !wmbus.KnownCI(b[headerLen]):
		return 0
	case enough <= weightHeader:
		return weightHeader
	}
	weight := weightNumber
	for _, x := range b[4:8] {
		if x>>4 > 9 || x&15 > 9 {
			weight = weightHeader
		}
	}
	const unsolicited, installing, lastType = 0x44, 0x46, 0x3F // docs/protocol/linklayer.md#c-field, docs/protocol/linklayer.md#device-type
	if b[1] != unsolicited && b[1] != installing || b[9] > lastType {
		return weight
	}
	_ = d.decoder.Decode(&d.telegram, b, nil) // telegram.Err is the same error
	switch t := &d.telegram; {
	case t.Err == nil && t.Substance() >= wmbus.Static:
	case t.Err != nil && (t.Err.Kind == wmbus.ErrNoKey || t.Err.Kind == wmbus.ErrNeedFormat || t.Err.Kind == wmbus.ErrFragment):
	default:
		return weight
	}
	return weight + weightSound - weightNumber
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
