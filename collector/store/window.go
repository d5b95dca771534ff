package store

import (
	"slices"
	"sync"
)

// maxWindow is how many messages a window holds.
const maxWindow = 512

// window holds the latest messages of the outbox, so that an uploader that
// keeps up with the commits does not read back from the file. Its zero value
// is empty: then the file is read.
type window struct {
	mu      sync.Mutex
	waiting []waiting // in the order of Seq, without gaps
	next    int64     // the Seq after the last one; 0 if nothing is known
}

// waiting is a message with the brokers that have not acknowledged it yet. A
// message for which no broker waits keeps its place until all before it are
// gone.
type waiting struct {
	Message
	brokers []string
}

// forget empties the window.
func (w *window) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting, w.next = nil, 0
}

// add takes the messages of a commit, as they would be read from the file.
func (w *window) add(messages []*Message, brokers []string) {
	if len(messages) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next != messages[0].Seq {
		w.waiting = nil
	}
	for _, m := range messages[max(0, len(messages)-maxWindow):] {
		w.waiting = append(w.waiting, waiting{Message: *m, brokers: brokers})
		last := &w.waiting[len(w.waiting)-1]
		last.Time = stored(m.Time)
		if len(m.Payload) == 0 {
			last.Payload = nil
		}
	}
	w.next = messages[len(messages)-1].Seq + 1
	w.advance(len(w.waiting) - maxWindow)
}

// advance forgets the first n messages.
func (w *window) advance(n int) {
	if n > 0 {
		clear(w.waiting[:n]) // so that the payloads can be freed
		w.waiting = w.waiting[n:]
	}
}

// acknowledge notes that a broker has a message.
func (w *window) acknowledge(broker string, seq int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := seq - (w.next - int64(len(w.waiting)))
	if i < 0 || i >= int64(len(w.waiting)) {
		return
	}
	m := &w.waiting[i]
	m.brokers = slices.DeleteFunc(slices.Clone(m.brokers), func(b string) bool { return b == broker })
	n := 0
	for n < len(w.waiting) && len(w.waiting[n].brokers) == 0 {
		n++
	}
	w.advance(n)
}

// pending is Store.Pending; false if the window does not reach back that far.
func (w *window) pending(broker string, after int64, limit int) ([]Message, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	first := w.next - int64(len(w.waiting))
	if w.next == 0 || after+1 < first {
		return nil, false
	}
	var page []Message
	for _, m := range w.waiting[min(after+1-first, int64(len(w.waiting))):] {
		if len(page) == limit {
			break
		}
		if slices.Contains(m.brokers, broker) {
			page = append(page, m.Message)
		}
	}
	return page, true
}
