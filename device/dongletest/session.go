package dongletest

import (
	"io"
	"slices"
	"sync"
	"time"
)

// line is the host's end of a port.
type line interface {
	io.ReadWriteCloser
	// opened waits until the host has the port open, again after a failed Read;
	// false: never, or done is closed.
	opened(done <-chan struct{}, again bool) bool
	// closed drops what the host left unread when it closed the port, as the kernel does.
	closed()
	// isOpen reports whether the host has it open now.
	isOpen() bool
	// baud is the host's baud rate, 0 if it cannot be known.
	baud() int
}

// plainLine is a pipe to a host.
type plainLine struct{ io.ReadWriteCloser }

func (plainLine) opened(_ <-chan struct{}, again bool) bool { return !again }
func (plainLine) closed()                                   {}
func (plainLine) isOpen() bool                              { return true }
func (plainLine) baud() int                                 { return 0 }

const (
	// queued bounds the answers and telegrams that wait.
	queued = 64
	// bitsPerByte counts start and stop bit.
	bitsPerByte = 10
	// slack is how far the writer may lag behind the baud rate and still catch up.
	slack = 10 * time.Millisecond
)

// session is the time from being plugged in to being pulled.
type session struct {
	dongle  *Dongle
	line    line
	done    chan struct{}
	wg      sync.WaitGroup
	answers chan []byte
	output  chan output
	idleAt  time.Time // when the wire has carried all there was
}

// output is what the writer is to write.
type output struct {
	raw     []byte
	written chan<- bool // nil if nobody waits
}

func newSession(d *Dongle, l line) *session {
	s := &session{dongle: d, line: l, done: make(chan struct{}), answers: make(chan []byte, queued), output: make(chan output, queued)}
	s.wg.Go(s.readLoop)
	s.wg.Go(s.answerLoop)
	s.wg.Go(s.writeLoop)
	return s
}

// end closes the line and waits for the goroutines.
func (s *session) end() {
	close(s.done)
	_ = s.line.Close()
	s.wg.Wait()
}

// readLoop takes requests to the firmware.
func (s *session) readLoop() {
	buf := make([]byte, 4096)
	for again := false; s.line.opened(s.done, again); again = true {
		if half := s.dongle.opened(); half != nil {
			s.put(output{raw: half})
		}
		for {
			n, err := s.line.Read(buf)
			if n > 0 {
				s.answer(s.dongle.heard(slices.Clone(buf[:n]), s.line.baud()))
			}
			if err != nil {
				break
			}
		}
		s.line.closed()
		s.dongle.hungUp()
	}
}

func (s *session) answer(answers [][]byte) {
	for _, a := range answers {
		select {
		case s.answers <- a:
		case <-s.done:
			return
		}
	}
}

// answerLoop holds answers back as long as the faults say.
func (s *session) answerLoop() {
	for {
		var answer []byte
		select {
		case answer = <-s.answers:
		case <-s.done:
			return
		}
		d := s.dongle
		d.mu.Lock()
		delay := d.board.faults.AnswerDelay
		d.mu.Unlock()
		if !s.sleep(delay) {
			return
		}
		d.mu.Lock()
		var all []byte
		for _, f := range d.board.faults.Between {
			if raw := d.telegram(f); raw != nil {
				all = append(all, raw...)
				d.board.count.Telegrams++
			}
		}
		all = slices.Concat(all, d.board.faults.Noise, answer)
		silent := d.board.faults.Silent
		d.mu.Unlock()
		if !silent {
			s.put(output{raw: all})
		}
	}
}

// put queues for the writer; false when the dongle was pulled.
func (s *session) put(o output) bool {
	select {
	case s.output <- o:
		return true
	case <-s.done:
		return false
	}
}

// write writes raw and tells whether all of it went to the host.
func (s *session) write(raw []byte) bool {
	written := make(chan bool, 1)
	if !s.put(output{raw, written}) {
		return false
	}
	select {
	case ok := <-written:
		return ok
	case <-s.done:
		return false
	}
}

// writeLoop writes to the host, at the pace of the baud rate.
func (s *session) writeLoop() {
	for {
		select {
		case o := <-s.output:
			ok := s.line.isOpen() && s.writeOut(o.raw)
			if o.written != nil {
				o.written <- ok
			} else if !ok {
				s.dongle.dropped()
			}
		case <-s.done:
			return
		}
	}
}

func (s *session) writeOut(raw []byte) bool {
	d := s.dongle
	d.mu.Lock()
	faults, paced, baud := d.board.faults, d.board.settings.Paced, d.board.baud
	if rate := d.misheardAt(s.line.baud()); rate != 0 {
		raw = mishear(raw, baud, rate)
	}
	d.mu.Unlock()
	size := len(raw)
	if faults.PieceSize > 0 {
		size = faults.PieceSize
	}
	for i := 0; i < len(raw); i += size {
		piece := raw[i:min(i+size, len(raw))]
		if i > 0 && !s.sleep(faults.PieceGap) {
			return false
		}
		if paced && !s.pace(len(piece), baud) {
			return false
		}
		if _, err := s.line.Write(piece); err != nil {
			return false
		}
	}
	return true
}

// pace waits until n more bytes have passed the wire.
func (s *session) pace(n, baud int) bool {
	now := time.Now()
	if now.Sub(s.idleAt) > slack {
		s.idleAt = now
	}
	s.idleAt = s.idleAt.Add(time.Duration(n) * bitsPerByte * time.Second / time.Duration(baud))
	return s.sleep(s.idleAt.Sub(now))
}

// sleep waits; false when the dongle was pulled.
func (s *session) sleep(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.done:
		return false
	}
}
