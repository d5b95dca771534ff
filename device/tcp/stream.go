package tcp

import (
	"bytes"
	"fmt"
	"time"

	"earshot/device"
	"earshot/device/text"
)

// form is the format in which a sender sends.
type form uint8

const (
	formUnknown form = iota // to be recognised
	formText
	formRaw
)

// maxSilent is how many lines in a row may hold no telegram before that is reported.
const maxSilent = 10

// sniffed is how many bytes are needed to tell binary from text.
const sniffed = 11

// stream parses what one sender sends, as it comes. It does no I/O and is for one
// goroutine.
type stream struct {
	form    form
	start   []byte // received before the form was known
	split   text.Splitter
	text    *text.Reader
	lines   int
	raw     text.Binary
	bad     int // lines in a row without a telegram
	frame   func(device.Frame)
	trouble func(error)
	endless bool // a line was too long
}

func newStream(f form, zone *time.Location, frame func(device.Frame), trouble func(error)) *stream {
	s := &stream{form: f, frame: frame, trouble: trouble}
	s.text = text.NewReader(zone, func(t text.Telegram) {
		s.bad = 0
		s.frame(t.Frame)
		if t.Err != nil {
			s.trouble(t.Err)
		}
	}, func(_ int, err error) { s.trouble(err) })
	return s
}

// feed takes the next bytes.
func (s *stream) feed(piece []byte) {
	if s.form == formUnknown {
		s.start = append(s.start, piece...)
		if len(s.start) < sniffed && bytes.IndexByte(s.start, '\n') < 0 {
			return
		}
		piece = s.recognise()
	}
	s.take(piece)
}

// recognise determines the form and returns the bytes received so far.
func (s *stream) recognise() []byte {
	start := bytes.TrimPrefix(s.start, []byte("\xef\xbb\xbf"))
	s.form, s.start = formText, nil
	if text.IsBinary(start) {
		s.form = formRaw
	}
	return start
}

func (s *stream) take(piece []byte) {
	if s.form == formRaw {
		s.raw.Feed(piece, s.bytes, s.noise)
	} else if err := s.split.Feed(piece, s.line); err != nil {
		s.endless = true
		s.trouble(err)
	}
}

// pending reports whether a line or telegram has begun and not ended.
func (s *stream) pending() bool {
	return len(s.start) > 0 || s.raw.Pending() || s.split.Pending()
}

// pause is called when nothing came for longer than a pause within a telegram. A
// line may take longer, since a person may type it.
func (s *stream) pause() {
	if s.form == formUnknown {
		s.take(s.recognise())
	}
	s.raw.Flush(s.bytes, s.noise)
}

// end is called when nothing more will come.
func (s *stream) end() {
	s.pause()
	s.split.End(s.line)
	s.text.End()
}

// message takes a whole message, a datagram. Binary ones may include their
// link-layer CRCs.
func (s *stream) message(m []byte) {
	if s.form == formRaw || s.form == formUnknown && text.IsBinary(m) {
		s.raw.Message(m, s.bytes, s.noise)
		return
	}
	if err := s.split.Feed(m, s.line); err != nil {
		s.trouble(err)
	}
	s.split.End(s.line)
	s.text.End()
}

func (s *stream) bytes(b []byte) {
	s.bad = 0
	s.frame(device.Frame{Bytes: b})
}

func (s *stream) noise(n int) {
	s.trouble(text.Noise(n))
}

// line takes one line. Lines without a telegram are counted.
func (s *stream) line(line []byte) {
	before := s.text.Counts.None
	s.lines++
	s.text.Line(s.lines, line)
	if s.text.Counts.None > before {
		if s.bad++; s.bad == maxSilent {
			s.trouble(fmt.Errorf("the last %d lines hold no telegram (%s)", s.bad, s.text.Counts.Why))
		}
	}
}
