package devicetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"earshot/device"
)

// Subject is a driver of a text source, and text for it.
type Subject struct {
	Driver device.Driver
	Good   []Line   // at least three
	Noise  []string // each must be trouble and nothing else
	Words  []string // lines without a telegram: counted, and noted at the end
	Half   string   // a good line cut off in the middle: trouble, and maybe a frame
	NoPath bool     // a Spec without a path is fine too: the driver has a source of its own
}

// Line is a line of text and the frame in it; Receiver and Time are not
// compared.
type Line struct {
	Text string
	Want device.Frame
}

// feed is a way to bring text to the driver.
type feed struct {
	name string
	open func(t *testing.T, d device.Driver, text string) device.Receiver
}

var feeds = []feed{{"file", openFile}, {"stdin", openStdin}}

// start is the clock that stamps frames in the suite.
var start = time.Date(2026, 3, 2, 9, 15, 0, 0, time.UTC)

// Run is the whole suite. The package that calls it should run goleak in its
// TestMain; goroutines that outlive a Receive fail the suite by themselves.
func Run(t *testing.T, s Subject) {
	t.Helper()
	for _, f := range feeds {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			t.Run("every telegram in order, then the end", func(t *testing.T) { t.Parallel(); s.inOrder(t, f) })
			t.Run("noise is named and passed over", func(t *testing.T) { t.Parallel(); s.noise(t, f) })
			t.Run("half a last line", func(t *testing.T) { t.Parallel(); s.half(t, f) })
			t.Run("an empty source", func(t *testing.T) { t.Parallel(); s.empty(t, f) })
			t.Run("cancel at any point", func(t *testing.T) { t.Parallel(); s.cancel(t, f) })
			t.Run("close at any point, twice", func(t *testing.T) { t.Parallel(); s.close(t, f) })
		})
	}
	t.Run("cancel while waiting", func(t *testing.T) { t.Parallel(); s.waiting(t, true) })
	t.Run("close while waiting", func(t *testing.T) { t.Parallel(); s.waiting(t, false) })
	t.Run("what cannot be opened", func(t *testing.T) { t.Parallel(); s.cannotOpen(t) })
}

func openFile(t *testing.T, d device.Driver, text string) device.Receiver {
	t.Helper()
	path := filepath.Join(t.TempDir(), "source.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return mustOpen(t, d, path, nil)
}

func openStdin(t *testing.T, d device.Driver, text string) device.Receiver {
	t.Helper()
	return mustOpen(t, d, device.StdinPath, strings.NewReader(text))
}

func mustOpen(t *testing.T, d device.Driver, path string, stdin io.Reader) device.Receiver {
	t.Helper()
	spec := device.Spec{Driver: d.Name, Path: path}
	r, err := d.Open(t.Context(), spec, device.Options{Stdin: stdin, Now: func() time.Time { return start }})
	if err != nil {
		t.Fatalf("Open(%s): %v", spec, err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// text is the good lines with a line end each.
func (s Subject) text(end string) string {
	var b strings.Builder
	for _, l := range s.Good {
		b.WriteString(l.Text + end)
	}
	return b.String()
}

// receive opens the driver on text and runs Receive, in a bubble: gaps cost no
// time, and a goroutine that it leaves behind fails the test. It returns the
// receiver's name.
func (s Subject) receive(t *testing.T, f feed, text string, sink *Sink, prepare func(device.Receiver, context.CancelFunc)) (string, error) {
	t.Helper()
	var name string
	var err error
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r := f.open(t, s.Driver, text)
		if prepare != nil {
			prepare(r, cancel)
		}
		name, err = r.Info().Name, r.Receive(ctx, sink)
		for range 2 {
			if err := r.Close(); err != nil {
				t.Errorf("Close after Receive: %v", err)
			}
		}
	})
	return name, err
}

func (s Subject) inOrder(t *testing.T, f feed) {
	for _, end := range []string{"\n", "\r\n"} {
		var sink Sink
		// A byte order mark and no last line end, as Windows editors leave it.
		name, err := s.receive(t, f, "\ufeff"+strings.TrimSuffix(s.text(end), end), &sink, nil)
		if !errors.Is(err, device.ErrEnd) {
			t.Errorf("line end %q: Receive ended with %v, want ErrEnd", end, err)
		}
		s.wantGood(t, name, &sink)
		if got := sink.Troubles(); len(got) != 0 {
			t.Errorf("line end %q: troubles %v, want none", end, got)
		}
	}
}

func (s Subject) wantGood(t *testing.T, name string, sink *Sink) {
	t.Helper()
	frames := sink.Frames()
	if len(frames) != len(s.Good) {
		t.Fatalf("%d frames, want %d; troubles: %v", len(frames), len(s.Good), sink.Troubles())
	}
	for i, got := range frames {
		want := s.Good[i].Want
		want.Time, want.Receiver = start, name
		if g, w := describe(got), describe(want); g != w {
			t.Errorf("frame %d:\n got %s\nwant %s", i, g, w)
		}
	}
}

func describe(f device.Frame) string {
	return fmt.Sprintf("%s air %s %s %s %+v %X", f.Time, f.AirTime.UTC(), f.Receiver, f.Mode, f.RSSI, f.Bytes)
}

func (s Subject) noise(t *testing.T, f feed) {
	var text strings.Builder
	var places []string
	no := 0
	add := func(line string) { no++; text.WriteString(line + "\n") }
	bad := func(line string) {
		add(line)
		places = append(places, fmt.Sprintf(":%d: ", no))
	}
	bad(strings.Repeat("A", 1<<20)) // longer than any line may be
	for i, good := range s.Good {
		bad(s.Noise[i%len(s.Noise)])
		if len(s.Words) > 0 {
			add(s.Words[i%len(s.Words)])
		}
		add("")
		add("# a comment")
		add(good.Text)
	}
	for _, n := range s.Noise {
		bad(n)
	}
	add("\x00\xff\xfe\x1b[2J binary")
	var sink Sink
	name, err := s.receive(t, f, text.String(), &sink, nil)
	if !errors.Is(err, device.ErrEnd) {
		t.Errorf("Receive ended with %v, want ErrEnd", err)
	}
	s.wantGood(t, name, &sink)
	troubles := sink.Troubles()
	n := len(troubles) - 1
	if n < 0 || !errors.As(troubles[n], new(*device.Notice)) || !strings.HasPrefix(troubles[n].Error(), name+": ") {
		t.Fatalf("troubles %v, want a notice at the end of the lines without a telegram", troubles)
	}
	troubles = troubles[:n]
	if len(troubles) != len(places) {
		t.Fatalf("%d troubles, want %d: %v", len(troubles), len(places), troubles)
	}
	for i, err := range troubles {
		if !strings.HasPrefix(err.Error(), name+places[i]) {
			t.Errorf("trouble %d is %q, want it to begin with %q", i, err, name+places[i])
		}
		if strings.ContainsAny(err.Error(), "\x00\x1b\n") {
			t.Errorf("trouble %d carries control characters: %q", i, err)
		}
	}
}

func (s Subject) half(t *testing.T, f feed) {
	var sink Sink
	name, err := s.receive(t, f, s.text("\n")+s.Half, &sink, nil)
	if !errors.Is(err, device.ErrEnd) {
		t.Errorf("Receive ended with %v, want ErrEnd", err)
	}
	troubles := sink.Troubles()
	place := fmt.Sprintf("%s:%d: ", name, len(s.Good)+1)
	if len(troubles) != 1 || !strings.HasPrefix(troubles[0].Error(), place) || !strings.Contains(troubles[0].Error(), "cut off") {
		t.Errorf("troubles %v, want one that begins with %q and says it is cut off", troubles, place)
	}
	if got := len(sink.Frames()); got < len(s.Good) {
		t.Errorf("%d frames, want the %d before the half line", got, len(s.Good))
	}
}

func (s Subject) empty(t *testing.T, f feed) {
	if f.name == "file" { // an error that says what the file holds
		for _, text := range s.Words {
			path := filepath.Join(t.TempDir(), "source.txt")
			if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := s.Driver.Open(t.Context(), device.Spec{Driver: s.Driver.Name, Path: path}, device.Options{})
			if !errors.Is(err, device.ErrBadSpec) || !strings.Contains(err.Error(), "source.txt") {
				t.Errorf("a file with %q: Open returned %v, want ErrBadSpec and the file", text, err)
			}
		}
		return
	}
	var sink Sink
	if _, err := s.receive(t, f, "", &sink, nil); !errors.Is(err, device.ErrEnd) {
		t.Errorf("Receive ended with %v, want ErrEnd", err)
	}
	if len(sink.Frames())+len(sink.Troubles()) != 0 {
		t.Errorf("frames %v and troubles %v out of nothing", sink.Frames(), sink.Troubles())
	}
}

func (s Subject) cancel(t *testing.T, f feed) {
	for at := range len(s.Good) {
		var sink Sink
		_, err := s.receive(t, f, s.text("\n"), &sink, func(_ device.Receiver, cancel context.CancelFunc) {
			if at == 0 {
				cancel()
			}
			sink.OnFrame = func(n int) {
				if n == at {
					cancel()
				}
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled at frame %d: Receive ended with %v, want context.Canceled", at, err)
		}
		if got := len(sink.Frames()); got != at {
			t.Errorf("cancelled at frame %d: %d frames", at, got)
		}
	}
}

func (s Subject) close(t *testing.T, f feed) {
	for at := range len(s.Good) {
		var sink Sink
		_, err := s.receive(t, f, s.text("\n"), &sink, func(r device.Receiver, _ context.CancelFunc) {
			closeTwice := func() {
				for range 2 {
					if err := r.Close(); err != nil {
						t.Errorf("Close: %v", err)
					}
				}
			}
			sink.OnFrame = func(n int) {
				if n == at {
					closeTwice()
				}
			}
			if at == 0 {
				closeTwice()
			}
		})
		if !errors.Is(err, device.ErrEnd) {
			t.Errorf("closed at frame %d: Receive ended with %v, want ErrEnd", at, err)
		}
	}
}

// waiting stops a receiver that waits for standard input after its first line.
func (s Subject) waiting(t *testing.T, byContext bool) {
	fileR, fileW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	pipeR, pipeW := io.Pipe()
	sources := []struct {
		in  io.Reader
		out io.WriteCloser
	}{{fileR, fileW}, {pipeR, pipeW}}
	for _, src := range sources {
		t.Cleanup(func() { _ = src.out.Close() })
		r := mustOpen(t, s.Driver, device.StdinPath, src.in)
		ctx, cancel := context.WithCancel(t.Context())
		want := device.ErrEnd
		stop := func() { _ = r.Close() }
		if byContext {
			want, stop = context.Canceled, cancel
		}
		heard := make(chan struct{})
		sink := Sink{OnFrame: func(int) { close(heard) }}
		result := make(chan error)
		go func() { result <- r.Receive(ctx, &sink) }()
		if _, err := io.WriteString(src.out, s.Good[0].Text+"\n"); err != nil {
			t.Fatal(err)
		}
		<-heard
		stop()
		if err := <-result; !errors.Is(err, want) {
			t.Errorf("Receive from a %T ended with %v, want %v", src.in, err, want)
		}
		cancel()
	}
}

func (s Subject) cannotOpen(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name, path string
		want       error
	}{
		{"no such file", filepath.Join(dir, "missing.txt"), fs.ErrNotExist},
		{"a folder", dir, device.ErrBadSpec},
		{"no path", "", device.ErrBadSpec},
		{"standard input that is not free", device.StdinPath, device.ErrBadSpec},
	} {
		if c.path == "" && s.NoPath {
			continue
		}
		r, err := s.Driver.Open(t.Context(), device.Spec{Driver: s.Driver.Name, Path: c.path}, device.Options{})
		if !errors.Is(err, c.want) {
			t.Errorf("%s: Open returned %v, want %v", c.name, err, c.want)
		}
		if err == nil {
			_ = r.Close()
		}
	}
}
