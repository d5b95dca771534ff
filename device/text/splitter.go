package text

import (
	"bytes"
	"fmt"
)

// Splitter assembles lines from pieces, for sources that must act on every piece at
// once: a connection whose other end may never end its line. It holds at most
// MaxLine bytes.
type Splitter struct {
	held     []byte // the beginning of a line
	skipping bool   // the line is too long: its rest is dropped
}

// Feed takes a piece and calls line with each whole line, without its end. An
// error comes once for each line longer than MaxLine, as soon as it is that
// long; its rest is skipped. The lines are valid during the call.
func (s *Splitter) Feed(piece []byte, line func([]byte)) error {
	var tooLong error
	for len(piece) > 0 {
		part, rest, whole := bytes.Cut(piece, []byte{'\n'})
		piece = rest
		switch {
		case s.skipping:
		case len(s.held)+len(part) > MaxLine:
			s.held, s.skipping = s.held[:0], true
			tooLong = fmt.Errorf("the line is longer than %d bytes and was skipped", MaxLine)
		case whole && len(s.held) == 0:
			line(bytes.TrimSuffix(part, []byte{'\r'}))
		case whole:
			s.held = append(s.held, part...)
			line(bytes.TrimSuffix(s.held, []byte{'\r'}))
			s.held = s.held[:0]
		default:
			s.held = append(s.held, part...)
		}
		if whole {
			s.skipping = false
		}
	}
	return tooLong
}

// Pending reports whether a line has begun and not ended.
func (s *Splitter) Pending() bool { return len(s.held) > 0 || s.skipping }

// End calls line with the rest, when nothing more will come.
func (s *Splitter) End(line func([]byte)) {
	if rest := bytes.TrimSuffix(s.held, []byte{'\r'}); len(rest) > 0 {
		line(rest)
	}
	s.held, s.skipping = s.held[:0], false
}
