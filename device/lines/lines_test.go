package lines_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/lines"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, stdin io.Reader) *lines.Source {
	t.Helper()
	s, err := lines.Open(device.Spec{Driver: "test", Path: device.StdinPath}, device.Options{Stdin: stdin})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// each reads a whole text and returns the lines, joined by |.
func each(t *testing.T, stdin io.Reader, sink device.Sink) (string, error) {
	t.Helper()
	var got []string
	err := open(t, stdin).Each(t.Context(), sink, func(_ context.Context, line []byte) error {
		got = append(got, string(line))
		return nil
	})
	return strings.Join(got, "|"), err
}

func TestEach(t *testing.T) {
	t.Parallel()
	fits := strings.Repeat("x", lines.MaxLine)
	for _, c := range []struct{ name, text, want, trouble string }{
		{"line ends", "a\nb\r\nc", "a|b|c", ""},
		{"blank lines and comments", "\n \t\n#x\n  # y\na #z\n\n", "a #z", ""},
		{"byte order mark", "\xef\xbb\xbfa\n\xef\xbb\xbfb", "a|\xef\xbb\xbfb", ""},
		{"longest line", fits + "\n" + fits + "\r\n" + fits, fits + "|" + fits + "|" + fits, ""},
		{"a byte too long", "a\n" + fits + "x\nb", "a|b", "stdin:2: the line is longer than 65536 bytes and was skipped"},
		{"far too long", fits + fits + fits + "\nb", "b", "stdin:1: the line is longer than 65536 bytes and was skipped"},
		{"far too long and cut off", "a\n" + fits + fits, "a", "stdin:2: the line is longer than 65536 bytes and was skipped (the last line has no line end: it may be cut off)"},
	} {
		var sink devicetest.Sink
		got, err := each(t, strings.NewReader(c.text), &sink)
		if got != c.want || !errors.Is(err, device.ErrEnd) {
			t.Errorf("%s: lines of %d bytes, ended with %v; want %d bytes and ErrEnd", c.name, len(got), err, len(c.want))
		}
		trouble := ""
		for _, err := range sink.Troubles() {
			trouble += err.Error()
		}
		if trouble != c.trouble {
			t.Errorf("%s: trouble %q, want %q", c.name, trouble, c.trouble)
		}
	}
}

func TestUTF16IsSaid(t *testing.T) {
	t.Parallel()
	var sink devicetest.Sink
	got, err := each(t, strings.NewReader("\xff\xfe1\x002\x00\r\x00\n\x00"), &sink)
	if got != "" || !errors.Is(err, device.ErrUnsupported) || !strings.Contains(err.Error(), "save it as UTF-8") {
		t.Errorf("lines %q, %v; want ErrUnsupported and what to do", got, err)
	}
}

type failing struct{ io.Reader }

func (f failing) Read(p []byte) (int, error) {
	if n, err := f.Reader.Read(p); err == nil {
		return n, nil
	}
	return 0, os.ErrPermission
}

func TestReadErrorIsGone(t *testing.T) {
	t.Parallel()
	var sink devicetest.Sink
	got, err := each(t, failing{strings.NewReader("a\nb\n")}, &sink)
	if got != "a|b" || !errors.Is(err, device.ErrGone) || !errors.Is(err, os.ErrPermission) {
		t.Errorf("lines %q, %v; want a|b, ErrGone and the reason", got, err)
	}
}

// endless never ends its line; only the context can end reading it.
type endless struct{ onRead func() }

func (e endless) Read(p []byte) (int, error) {
	e.onRead()
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestEndlessLineCanBeCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	reads := 0
	s := open(t, endless{func() {
		if reads++; reads == 10 {
			cancel()
		}
	}})
	if err := s.Each(ctx, &devicetest.Sink{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v, want Canceled", err)
	}
}

func TestRewind(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, []byte("1\n2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := lines.Open(device.Spec{Driver: "test", Path: path}, device.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for range 2 {
		if err := s.Each(t.Context(), &devicetest.Sink{}, func(_ context.Context, line []byte) error {
			got.Write(line)
			return nil
		}); !errors.Is(err, device.ErrEnd) {
			t.Errorf("Each: %v", err)
		}
		if err := s.Rewind(); err != nil {
			t.Errorf("Rewind: %v", err)
		}
	}
	if got.String() != "1212" {
		t.Errorf("read %q, want 1212", got.String())
	}
	_ = s.Close()
	if err := s.Rewind(); !errors.Is(err, device.ErrEnd) {
		t.Errorf("Rewind after Close: %v, want ErrEnd", err)
	}
	if err := open(t, strings.NewReader("")).Rewind(); !errors.Is(err, device.ErrUnsupported) {
		t.Errorf("Rewind of standard input: %v, want ErrUnsupported", err)
	}
}

func TestParseHex(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want, says string }{
		{"12aF", "\x12\xaf", ""},
		{" 1|2_a\tF ", "\x12\xaf", ""},
		{"123", "", "3 hex digits are an odd number"},
		{"12g4", "", "'g' at column 3"},
		{" |_", "", "no hex digits"},
		{"12\x1b", "", `'\x1b' at column 3`},
	} {
		got, err := lines.ParseHex([]byte(c.text))
		if string(got) != c.want || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("ParseHex(%q) = %x, %v; want %x, %q", c.text, got, err, c.want, c.says)
		}
	}
}
