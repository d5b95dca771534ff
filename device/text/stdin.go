package text

import (
	"io"
	"os"
	"time"

	"github.com/muesli/cancelreader"

	"earshot/device"
)

// openStdin reads r, the program's standard input. How a waiting Read is ended
// depends on what r is:
//
//   - a file whose reads can expire (a pipe made by this program): by deadline;
//   - another file (the real standard input): cancelreader waits with epoll,
//     kqueue or select, so the Read itself never blocks; on Windows this works
//     for a console only, a pipe there ends with its writer;
//   - another reader with Close (io.PipeReader, a socket): it is closed;
//   - a reader without Close: nothing can end it, and Lines ends with the Read.
func openStdin(r io.Reader) *Source {
	s := newSource(device.StdinPath, r)
	f, isFile := r.(*os.File)
	switch closer, canClose := r.(io.Closer); {
	case isFile && canExpire(f):
		s.unblock = expire(f)
	case isFile && neverWaits(f):
	case isFile:
		if cr, err := cancelreader.NewReader(f); err == nil {
			s.reader = cr
			s.unblock = func() { cr.Cancel() }
			s.release = cr.Close
		}
	case canClose:
		s.unblock = func() { _ = closer.Close() }
	}
	return s
}

// FromReader returns a Source that reads r under a name, for texts that are neither
// a file nor standard input: embedded ones, answers of a server. A waiting Read ends
// as for standard input. Rewind works if r is an io.Seeker.
func FromReader(name string, r io.Reader) *Source {
	s := openStdin(r)
	s.name = name
	if seeker, ok := r.(io.Seeker); ok {
		s.rewind = func() error {
			_, err := seeker.Seek(0, io.SeekStart)
			return err
		}
	}
	return s
}

// canExpire reports whether reads of f obey deadlines.
func canExpire(f *os.File) bool { return f.SetReadDeadline(time.Time{}) == nil }

// expire makes a waiting Read of f return, and all later ones.
func expire(f *os.File) func() {
	return func() { _ = f.SetReadDeadline(time.Unix(1, 0)) }
}

// neverWaits reports whether f is a regular file, which epoll cannot watch.
func neverWaits(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}
