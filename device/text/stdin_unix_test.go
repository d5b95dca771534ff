//go:build unix

package text_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"earshot/device"
	"earshot/device/text"
)

// A pipe in blocking mode, as the shell makes standard input: its reads do not
// expire, and only cancelreader can end one.
func TestStopWaitingForTheRealStdin(t *testing.T) {
	t.Parallel()
	for _, byContext := range []bool{true, false} {
		var fd [2]int
		if err := syscall.Pipe(fd[:]); err != nil {
			t.Fatal(err)
		}
		in, out := os.NewFile(uintptr(fd[0]), "stdin"), os.NewFile(uintptr(fd[1]), "writer")
		s := open(t, in)
		ctx, cancel := context.WithCancel(t.Context())
		heard, result := make(chan string), make(chan error)
		go func() {
			result <- s.Lines(ctx, func(_ context.Context, l text.Line) { heard <- string(l.Text) })
		}()
		if _, err := out.WriteString("one\n"); err != nil {
			t.Fatal(err)
		}
		if got := <-heard; got != "one" {
			t.Errorf("heard %q, want one", got)
		}
		want := device.ErrEnd
		if byContext {
			want = context.Canceled
			cancel()
		} else if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-result; !errors.Is(err, want) {
			t.Errorf("Lines ended with %v, want %v", err, want)
		}
		cancel()
		_, _ = in.Close(), out.Close()
	}
}

// TestNamedPipeIsHeardOnce says that a named pipe is no file that could be read
// again, or by several.
func TestNamedPipeIsHeardOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := text.Open(device.Spec{Driver: "test", Path: path}, device.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.CanRewind() {
		t.Error("a named pipe is taken for a file")
	}
}
