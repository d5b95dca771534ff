package tcp

import (
	"bytes"
	"time"

	"earshot/device"
	"earshot/device/lines"
	"earshot/device/raw"
	"earshot/device/telegramtext"
	"earshot/device/wmbus"
)

// form is what a sender sends.
type form uint8

const (
	formUnknown form = iota // to be recognised
	formText
	formRaw
)

// sniffed is how many bytes are needed to tell binary from text.
const sniffed = 11

// stream takes apart what one sender sends, as it comes. It is pure, and for
// one goroutine.
type stream struct {
	form    form
	start   []byte // what came before the form was known
	split   lines.Splitter
	text    *telegramtext.Decoder
	raw     raw.Decoder
	frame   func(device.Frame)
	trouble func(error)
	endless bool // a line was longer than any may be
}

func newStream(f form, zone *time.Location, frame func(device.Frame), trouble func(error)) *stream {
	return &stream{form: f, text: telegramtext.NewDecoder(zone), frame: frame, trouble: trouble}
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

// recognise settles the form and returns what has come so far.
func (s *stream) recognise() []byte {
	start := bytes.TrimPrefix(s.start, []byte("\xef\xbb\xbf"))
	s.form, s.start = formText, nil
	if raw.Binary(start) {
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

// pending reports whether something was begun that has not ended.
func (s *stream) pending() bool {
	return len(s.start) > 0 || s.raw.Pending() || s.split.Pending()
}

// pause says that nothing came for longer than within a telegram. A line may
// take longer: a person may type it.
func (s *stream) pause() {
	if s.form == formUnknown {
		s.take(s.recognise())
	}
	s.raw.Flush(s.bytes, s.noise)
}

// end says that nothing more will come.
func (s *stream) end() {
	s.pause()
	s.split.End(s.line)
}

// message takes a message that is whole: a datagram. Binary ones may have their
// link-layer CRCs.
func (s *stream) message(m []byte) {
	if s.form == formRaw || s.form == formUnknown && raw.Binary(m) {
		frame, _, err := wmbus.Unframe(m)
		if err == nil {
			s.bytes(bytes.Clone(frame))
			return
		}
		s.raw.Feed(m, s.bytes, s.noise)
		s.raw.Flush(s.bytes, s.noise)
		return
	}
	if err := s.split.Feed(m, s.line); err != nil {
		s.trouble(err)
	}
	s.split.End(s.line)
}

func (s *stream) bytes(b []byte) { s.frame(device.Frame{Bytes: b}) }

func (s *stream) noise(n int) { s.trouble(raw.Noise(n)) }

// line takes one line; blank lines and # comments say nothing.
func (s *stream) line(line []byte) {
	if line = bytes.TrimSpace(line); len(line) == 0 || line[0] == '#' {
		return
	}
	if err := s.text.Decode(line, func(t telegramtext.Telegram) { s.frame(t.Frame) }); err != nil {
		s.trouble(err)
	}
}
