package wmbus

import "sync"

// Fragments collects messages that a meter sends in several telegrams
// (docs/protocol/transport.md#fragments). It is bounded, forgets the oldest first, and may be
// used by several goroutines. The zero value is ready.
type Fragments struct {
	mu      sync.Mutex
	pending []*message // the oldest first
}

const (
	maxPending   = 64 // messages of which parts are still missing
	maxFragments = 16 // of one message
)

// message holds the received parts of one message.
type message struct {
	sender Address
	parts  [maxFragments]part
	last   int // the number of the last fragment, 0 while not heard
}

// part is one fragment: its authentication layer and what follows.
type part struct {
	layer   aflLayer
	afl     []byte
	payload []byte
}

// reassemble stores the fragment in t. If no other is missing, t.buf becomes the
// whole message and its transport layer is read.
func (d *Decoder) reassemble(t *Telegram) *Error {
	l := &t.layers
	n := l.afl.fragment()
	if d.Fragments == nil || n == 0 || n > maxFragments {
		return failure(ErrFragment, l.afl.from, "fragment %d of a message in several telegrams", n)
	}
	whole := d.Fragments.take(l.header.Link, part{
		layer:   l.afl,
		afl:     append([]byte(nil), t.buf[l.afl.from:l.afl.to]...),
		payload: append([]byte(nil), t.buf[l.afl.to:]...),
	})
	if whole == nil {
		return failure(ErrFragment, l.afl.from, "fragment %d of a message in several telegrams: not all others have been received yet", n)
	}
	t.join(whole)
	if l.pos == len(t.buf) {
		return nil
	}
	l.header.CI = t.buf[l.pos]
	err := l.readTPL(t.buf)
	t.Header = l.header
	return err
}

// take adds a part and returns the message when it is complete. A fragment
// with the same number and other content starts a new message.
func (f *Fragments) take(sender Address, p part) *message {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := -1
	for i, m := range f.pending {
		if m.sender == sender {
			at = i
		}
	}
	n := p.layer.fragment() - 1
	if at < 0 || f.pending[at].parts[n].afl != nil && string(f.pending[at].parts[n].payload) != string(p.payload) {
		if at >= 0 {
			f.drop(at)
		} else if len(f.pending) == maxPending {
			f.drop(0)
		}
		at = len(f.pending)
		f.pending = append(f.pending, &message{sender: sender})
	}
	m := f.pending[at]
	m.parts[n] = p
	if !p.layer.more() {
		m.last = n + 1
	}
	if m.last == 0 {
		return nil
	}
	for _, have := range m.parts[:m.last] {
		if have.afl == nil {
			return nil
		}
	}
	f.drop(at)
	return m
}

func (f *Fragments) drop(at int) {
	f.pending = append(f.pending[:at:at], f.pending[at+1:]...)
}

// join makes t.buf the message: the link layer, the authentication layers of
// its fragments, and their payloads. The fields of the layer are taken from
// the fragments that bring them.
func (t *Telegram) join(m *message) {
	l := &t.layers
	start := l.afl.from
	t.buf = t.buf[:start]
	var whole aflLayer
	for _, p := range m.parts[:m.last] {
		a, move := p.layer, len(t.buf)-p.layer.from
		t.buf = append(t.buf, p.afl...)
		whole.fcl |= a.fcl &^ (fclMore | 0xFF)
		if a.hasMCL {
			whole.hasMCL, whole.mcl = true, a.mcl
		}
		if a.counterAt != 0 {
			whole.counterAt = a.counterAt + move
		}
		if a.lengthAt != 0 {
			whole.lengthAt = a.lengthAt + move
		}
		if a.macAt != 0 {
			whole.macAt, whole.macSize = a.macAt+move, a.macSize
		}
	}
	whole.span = span{start, len(t.buf)}
	for _, p := range m.parts[:m.last] {
		t.buf = append(t.buf, p.payload...)
	}
	l.afl = whole
	l.tpl = tplLayer{}
	l.pos = whole.to
}
