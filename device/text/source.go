package text

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"earshot/device"
)

// Source is an open text source. Lines, Read and Pieces may run once at a time.
type Source struct {
	name   string
	reader io.Reader
	// unblock makes a waiting Read return; nil if Read never waits.
	unblock func()
	// release frees what Open took. It runs when neither reading nor a caller
	// needs the source any more.
	release func() error
	rewind  func() error
	dropped atomic.Uint64

	closed    chan struct{}
	mu        sync.Mutex
	running   bool
	isClosed  bool
	closeOnce sync.Once
}

// Open opens the file that spec names, or standard input. Errors wrap ErrBadSpec if
// spec names neither; otherwise they wrap that of the file system.
func Open(spec device.Spec, opt device.Options) (*Source, error) {
	switch {
	case spec.URL != nil || spec.Path == "":
		return nil, fmt.Errorf("%w %q: %s reads text: name a file (capture.txt:%s) or standard input (stdin:%s)",
			device.ErrBadSpec, spec, spec.Driver, spec.Driver, spec.Driver)
	case spec.Path == device.StdinPath && opt.Stdin == nil:
		return nil, fmt.Errorf("%w %q: standard input is already in use; name a file instead", device.ErrBadSpec, spec)
	case spec.Path == device.StdinPath:
		return openStdin(opt.Stdin), nil
	}
	return openFile(spec)
}

func openFile(spec device.Spec) (*Source, error) {
	// O_NONBLOCK: opening a named pipe without a writer must not block.
	f, err := os.OpenFile(spec.Path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, device.Errorf(device.ErrBadSpec, "cannot open the file of receiver %q: %w; check the path", spec, err)
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		_ = f.Close()
		return nil, fmt.Errorf("%w %q: %s is a folder; name a file in it", device.ErrBadSpec, spec, spec.Path)
	}
	s := newSource(spec.ShortName(), f)
	if canExpire(f) {
		s.unblock = expire(f)
	}
	s.release = f.Close
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() { // a named pipe or a port can be read only once
		s.rewind = func() error {
			_, err := f.Seek(0, io.SeekStart)
			return err
		}
	}
	return s, nil
}

func newSource(name string, r io.Reader) *Source {
	return &Source{name: name, reader: r, closed: make(chan struct{}), release: func() error { return nil }}
}

// Name returns the short name of the source, with which places in errors begin.
func (s *Source) Name() string { return s.name }

// Pace returns the pace of a receiver that passes on what the source holds as fast
// as it is read.
func (s *Source) Pace() device.Pace {
	if s.CanRewind() {
		return device.PaceAtOnce
	}
	return device.PaceInput
}

// CanRewind reports whether Rewind is possible: for files yes, for standard input no.
func (s *Source) CanRewind() bool { return s.rewind != nil }

// Rewind makes the next read begin at the first line.
func (s *Source) Rewind() error {
	if s.rewind == nil {
		return device.Errorf(device.ErrUnsupported, "%s can be read only once: name a file instead", s.name)
	}
	if err := s.rewind(); errors.Is(err, os.ErrClosed) {
		return device.Errorf(device.ErrEnd, "%s was closed", s.name)
	} else if err != nil {
		return device.Errorf(device.ErrGone, "%s cannot be read again (%w): check that it still exists", s.name, err)
	}
	return nil
}

// Close ends reading and frees the source. It may be called twice and
// at any time.
func (s *Source) Close() error {
	var err error
	s.closeOnce.Do(func() {
		s.mu.Lock()
		s.isClosed = true
		idle := !s.running
		close(s.closed)
		s.mu.Unlock()
		if idle {
			err = s.release()
		}
	})
	return err
}

// wasClosed reports whether Close was called.
func (s *Source) wasClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.isClosed
}

// begin marks reading as running, unless the source was closed before.
func (s *Source) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosed || s.running {
		return false
	}
	s.running = true
	return true
}

// finish ends reading, and frees the source if Close came while it ran.
func (s *Source) finish() {
	s.mu.Lock()
	s.running = false
	wasClosed := s.isClosed
	s.mu.Unlock()
	if wasClosed {
		_ = s.release()
	}
}

// Line is one line of a Source.
type Line struct {
	No      int    // from 1
	Text    []byte // without its end; valid only during the call
	TooLong bool   // part of it was skipped: it holds more than maxWord bytes without a separator
	More    bool   // the next line is buffered; if not, reading it may wait
	Last    bool   // nothing follows: it is empty, or has no line end
}

// Lines calls take with each line until the source ends. A line longer than MaxLine
// comes in pieces with the same number, cut between words.
//
// It returns ctx.Err() when ctx is done, even while it waits for a line;
// ErrEnd at the end or after Close; ErrGone when reading fails. The context
// that take gets ends with ctx and with Close.
func (s *Source) Lines(ctx context.Context, take func(ctx context.Context, line Line)) error {
	return s.run(ctx, func(ctx context.Context) error { return s.readAll(ctx, take) })
}

// Pieces is Lines for a source that is not text: it calls take with the bytes as
// they come. The piece is valid only during the call.
func (s *Source) Pieces(ctx context.Context, take func(piece []byte)) error {
	return s.run(ctx, func(ctx context.Context) error {
		buf := make([]byte, pieceSize)
		for {
			n, err := s.reader.Read(buf)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if n > 0 {
				take(buf[:n])
			}
			if err != nil {
				return err
			}
		}
	})
}

// pieceSize is how many bytes Pieces reads at once.
const pieceSize = 4 << 10

// run calls read, which returns only with an error, and translates that error.
func (s *Source) run(ctx context.Context, read func(context.Context) error) error {
	if !s.begin() {
		return device.Errorf(device.ErrEnd, "%s was closed", s.name)
	}
	defer s.finish()
	ctxLines, stop := s.watch(ctx)
	defer stop()
	err := read(ctxLines)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case ctxLines.Err() != nil:
		return device.Errorf(device.ErrEnd, "%s was closed", s.name)
	case errors.Is(err, io.EOF):
		return device.Errorf(device.ErrEnd, "%s: read to its end", s.name)
	default:
		return device.Errorf(device.ErrGone, "reading %s failed (%w): check that it still exists and is intact", s.name, err)
	}
}

// watch derives a context that also ends with Close, and unblocks a waiting
// read when it ends. stop waits for the goroutine.
func (s *Source) watch(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	finished := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case <-finished:
			return
		case <-ctx.Done():
		case <-s.closed:
			cancel()
		}
		if s.unblock != nil {
			s.unblock()
		}
	})
	return ctx, func() {
		close(finished)
		wg.Wait()
		cancel()
	}
}

// readAll returns only with an error: io.EOF at the end.
func (s *Source) readAll(ctx context.Context, take func(context.Context, Line)) error {
	l := lineReader{r: bufio.NewReaderSize(s.reader, MaxLine)}
	if err := l.decode(); err != nil {
		return err
	}
	for no := 1; ; {
		text, whole, err := l.next()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		take(ctx, Line{No: no, Text: text, TooLong: whole && l.tooLong, More: l.more(), Last: err != nil})
		if err != nil {
			return err
		}
		if whole {
			no++
			l.tooLong = false
		}
	}
}
