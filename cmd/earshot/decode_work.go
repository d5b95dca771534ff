package main

import (
	"runtime"
	"sync"
	"sync/atomic"

	"earshot/device/text"
	"earshot/device/wmbus"
)

// decodeWork decodes telegrams on all cores and prints them in the order in
// which they were added. Telegrams travel in batches: workers decode them,
// the writer prints one batch after the other. The writer resolves what
// depends on templates of compact frames, so that the output is that of a
// single goroutine.
type decodeWork struct {
	job       *decodeJob
	templates wmbus.Templates
	next      *decodeBatch      // being filled
	free      chan *decodeBatch // their number bounds memory
	work      chan *decodeBatch
	ordered   chan *decodeBatch // the same batches, for the writer
	workers   sync.WaitGroup
	written   chan struct{} // closed when the writer has ended
	broken    atomic.Bool   // the output cannot be written any more
	failed    int           // owned by the writer until written is closed
	err       error         // owned by the writer, too
}

const (
	batchTelegrams = 32
	batchBytes     = 32 << 10 // bytes from which on a batch is full
)

// decodeBatch is a number of telegrams, and later what is printed.
type decodeBatch struct {
	items  []decodeItem
	frames []byte // of all items
	out    []byte
	failed int // telegrams that could not be decoded completely

	changes  uint64 // version of the templates when decoding began
	teaches  bool   // a telegram brought a template
	compact  bool   // a telegram needs templates
	finished chan struct{}
}

// decodeItem is where a telegram stands in a batch, or why there is none.
type decodeItem struct {
	from, to int
	line     int // of the input; 0: it has no lines
	format   wmbus.Format
	behind   int // bytes after it that belong to no telegram
	err      error
}

// start starts the workers and the writer.
func (d *decodeJob) start() *decodeWork {
	n := runtime.GOMAXPROCS(0)
	most := 2*n + 2
	w := &decodeWork{
		job: d, free: make(chan *decodeBatch, most), work: make(chan *decodeBatch, most),
		ordered: make(chan *decodeBatch, most), written: make(chan struct{}),
	}
	for range most {
		w.free <- &decodeBatch{finished: make(chan struct{}, 1)}
	}
	for range n {
		w.workers.Go(func() {
			s := batchDecoder{decodeJob: d, decoder: wmbus.Decoder{Templates: &w.templates, Frozen: true}}
			for b := range w.work {
				s.decode(b)
				b.finished <- struct{}{}
			}
		})
	}
	go w.write()
	return w
}

// add takes a telegram. It waits while too many are in progress.
func (w *decodeWork) add(t text.Telegram) {
	b := w.batch()
	from := len(b.frames)
	b.frames = append(b.frames, t.Bytes...)
	w.put(decodeItem{from: from, to: len(b.frames), line: t.Line, format: t.Format, behind: t.Behind})
}

// trouble takes an input error between two telegrams.
func (w *decodeWork) trouble(err error) { w.put(decodeItem{err: err}) }

func (w *decodeWork) put(item decodeItem) {
	b := w.batch()
	b.items = append(b.items, item)
	if len(b.items) == batchTelegrams || len(b.frames) >= batchBytes {
		w.flush()
	}
}

func (w *decodeWork) batch() *decodeBatch {
	if w.next == nil {
		w.next = <-w.free
	}
	return w.next
}

// flush prints what was added without waiting for more.
func (w *decodeWork) flush() {
	if w.next == nil {
		return
	}
	w.work <- w.next
	w.ordered <- w.next
	w.next = nil
}

// close waits until all is printed. failed counts the telegrams that could
// not be decoded completely; err is why the output failed.
func (w *decodeWork) close() (failed int, err error) {
	w.flush()
	close(w.work)
	close(w.ordered)
	w.workers.Wait()
	<-w.written
	return w.failed, w.err
}

// write prints the batches in their order.
func (w *decodeWork) write() {
	defer close(w.written)
	again := batchDecoder{decodeJob: w.job, decoder: wmbus.Decoder{Templates: &w.templates}}
	for b := range w.ordered {
		<-b.finished
		if b.teaches || b.compact && b.changes != w.templates.Changes() {
			again.decode(b)
		}
		w.failed += b.failed
		if w.err == nil {
			_, w.err = w.job.out.Write(b.out)
			w.broken.Store(w.err != nil)
		}
		b.items, b.frames = b.items[:0], b.frames[:0]
		w.free <- b
	}
}

// batchDecoder decodes batches and formats them; each belongs to one
// goroutine.
type batchDecoder struct {
	*decodeJob
	decoder  wmbus.Decoder
	telegram wmbus.Telegram
}

// decode decodes the telegrams of a batch.
func (s *batchDecoder) decode(b *decodeBatch) {
	b.out, b.failed = b.out[:0], 0
	b.changes, b.teaches, b.compact = s.decoder.Templates.Changes(), false, false
	for _, item := range b.items {
		ok := false
		if item.err != nil {
			b.out = s.appendUnreadable(b.out, item.err)
		} else {
			ok = s.one(b, item)
		}
		if !ok {
			b.failed++
		}
	}
}

// one decodes one telegram; ok is false if it could not be decoded completely.
func (s *batchDecoder) one(b *decodeBatch, item decodeItem) (ok bool) {
	frame := b.frames[item.from:item.to]
	head, err := wmbus.Parse(frame)
	var key *wmbus.Key
	if err == nil {
		key = s.key(head.Header())
	}
	if s.json {
		err = s.decoder.DecodeParsed(&s.telegram, frame, &head, key)
		b.out = append(s.telegram.AppendJSON(b.out), '\n')
	} else {
		parts, failure := s.decoder.Explain(&s.telegram, frame, key)
		b.out = s.appendExplained(b.out, &s.telegram, parts, item)
		err = failure
	}
	b.teaches = b.teaches || s.telegram.Teaches()
	b.compact = b.compact || s.telegram.UsesTemplates()
	return err == nil
}

// key finds the key of the meter that sent a frame, nil if the list has none.
func (d *decodeJob) key(h wmbus.Header) *wmbus.Key {
	row, ok := d.index.Expects(h)
	if !ok {
		return nil
	}
	return d.meters[row].Key.Prepared()
}
