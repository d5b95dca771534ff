package dongle

import (
	"context"
	"errors"
	"fmt"
	"time"

	"earshot/device"
	"earshot/device/port"
)

const (
	// maxBuffer is larger than any message of any family: 255 bytes in hex with
	// CRCs and framing.
	maxBuffer = 4096
	// tick is how long a read waits before the context and requests are checked.
	tick = 200 * time.Millisecond
	// noisePause is the least time between two troubles about noise.
	noisePause = 10 * time.Second
)

// Link is the open port of one dongle and the messages that come from it. It is
// used by one goroutine at a time.
type Link struct {
	AllowFlash bool // settings in flash may be written

	port      port.Port
	name      string // of the receiver, in texts
	protocol  Protocol
	stale     time.Duration
	deliver   func(Message) // a telegram
	tell      func(error)   // reports something to the user
	memory    []byte        // of buffer
	buffer    []byte        // bytes read and not used yet
	lastByte  time.Time
	lastEmpty time.Time // of a read that found nothing; a program that was suspended finds old bytes
	lastSent  time.Time
	lastSign  time.Time // of a message other than noise
	timeout   time.Duration
	noise     noise
}

// noise is what was skipped and not reported yet.
type noise struct {
	bytes  int
	tell   bool // the dongle was found and set up, so report noise
	told   time.Time
	broken uint64
}

// Tell reports something to the user, as a device.Notice.
func (l *Link) Tell(err error) { l.tell(&device.Notice{Err: fmt.Errorf("%s: %w", l.name, err)}) }

// Send writes to the dongle.
func (l *Link) Send(request []byte) error {
	l.lastSent = time.Now()
	if _, err := l.port.Write(request); err != nil {
		return l.gone(err)
	}
	return nil
}

// Exchange sends a request and waits at most wait for an answer that match accepts.
// Telegrams that come before it are delivered; other answers are dropped. The error
// wraps device.ErrNoAnswer on timeout and device.ErrGone if the port is lost.
func (l *Link) Exchange(ctx context.Context, request []byte, wait time.Duration, match func(Message) bool) (Message, error) {
	if err := l.Send(request); err != nil {
		return Message{}, err
	}
	return l.Await(ctx, wait, match)
}

// Await waits for an answer as Exchange does, without a request.
func (l *Link) Await(ctx context.Context, wait time.Duration, match func(Message) bool) (Message, error) {
	deadline := time.Now().Add(wait)
	for {
		m, ok, err := l.next(ctx, deadline)
		switch {
		case err != nil:
			return Message{}, err
		case !ok:
			return Message{}, device.ErrNoAnswer
		case m.Kind == Answer && match(m):
			m.Body = append([]byte(nil), m.Body...)
			return m, nil
		}
	}
}

// Pause waits for d while telegrams are delivered.
func (l *Link) Pause(ctx context.Context, d time.Duration) error {
	_, err := l.Await(ctx, d, func(Message) bool { return false })
	if errors.Is(err, device.ErrNoAnswer) {
		return nil
	}
	return err
}

// Flush drops bytes that were received but not read.
func (l *Link) Flush() error {
	l.buffer = l.buffer[:0]
	return l.gone(l.port.Flush())
}

// SetBaud changes the line speed and drops what came at the old one.
func (l *Link) SetBaud(baud int) error {
	if err := l.port.SetBaud(baud); err != nil {
		return l.gone(err)
	}
	return l.Flush()
}

// SetDTR sets the line that restarts an Arduino. Ports without it ignore it.
func (l *Link) SetDTR(on bool) { _ = l.port.SetDTR(on) }

// next returns the next answer, or ok = false at the deadline. It also delivers and
// returns telegrams. Bytes that wait at the port are read even after the deadline,
// since on a busy machine this program is late, not the dongle.
func (l *Link) next(ctx context.Context, deadline time.Time) (m Message, ok bool, err error) {
	for late := false; ; {
		if m, used := l.decode(); used > 0 {
			if m.Kind == Telegram || m.Kind == Answer {
				return m, true, nil
			}
			continue
		}
		if err := ctx.Err(); err != nil {
			return Message{}, false, err
		}
		left := time.Until(deadline)
		if left <= 0 {
			if late {
				return Message{}, false, nil
			}
			late, left = true, 0
		}
		if err := l.read(min(left, tick)); err != nil {
			return Message{}, false, err
		}
	}
}

// decode takes the next message from the buffer; used is 0 when there is none.
func (l *Link) decode() (Message, int) {
	if len(l.buffer) == 0 {
		l.quiet()
		return Message{}, 0
	}
	m, used := l.protocol.Decode(l.buffer)
	if used == 0 {
		l.quiet()
		switch {
		case len(l.buffer) >= maxBuffer, l.lastEmpty.Sub(l.lastByte) > l.stale:
			m, used = Message{Kind: Noise}, 1 // the message here never ends: look for the next
		default:
			return Message{}, 0
		}
	}
	switch m.Kind {
	case Noise:
		l.noise.bytes += used
	case Broken:
		l.noise.broken++
		l.noise.bytes += used
	default:
		l.lastSign = l.lastByte
		l.quiet()
	}
	if m.Kind == Telegram {
		l.deliver(m)
	}
	l.buffer = l.buffer[used:]
	return m, used
}

// quiet reports the noise that was skipped, but not too often.
func (l *Link) quiet() {
	if !l.noise.tell || l.noise.bytes == 0 { // checked first, since reading the clock costs more than a telegram
		return
	}
	now := time.Now()
	if !l.noise.told.IsZero() && now.Sub(l.noise.told) < noisePause {
		return
	}
	l.tell(fmt.Errorf("%s: skipped %d bytes that are not a message of this dongle; if this continues, check the cable and the driver's name", l.name, l.noise.bytes))
	l.noise.bytes, l.noise.told = 0, now
}

// read waits at most d for bytes and appends them to the buffer.
func (l *Link) read(d time.Duration) error {
	if d != l.timeout {
		if err := l.port.SetReadTimeout(d); err != nil {
			return l.gone(err)
		}
		l.timeout = d
	}
	if cap(l.buffer)-len(l.buffer) < maxBuffer {
		l.buffer = l.memory[:copy(l.memory, l.buffer)]
	}
	n, err := l.port.Read(l.buffer[len(l.buffer):cap(l.buffer)])
	if n > 0 {
		l.buffer = l.buffer[:len(l.buffer)+n]
		l.lastByte = time.Now()
	} else if err == nil {
		l.lastEmpty = time.Now()
	}
	if err != nil {
		return l.gone(err)
	}
	return nil
}

// settled drops the noise so far: while a dongle is being identified, partial
// messages and bytes at another line speed are normal.
func (l *Link) settled() { l.noise.bytes, l.noise.tell = 0, true }

// gone says that the port is lost.
func (l *Link) gone(err error) error {
	if err == nil {
		return nil
	}
	return device.Errorf(device.ErrGone, "%s: its port is lost (%w): plug it in again", l.name, err)
}
