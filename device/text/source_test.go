package text_test

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
	"earshot/device/text"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, stdin io.Reader) *text.Source {
	t.Helper()
	s, err := text.Open(device.Spec{Driver: "test", Path: device.StdinPath}, device.Options{Stdin: stdin})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// each reads a whole text and returns the lines, joined by |, with * behind
// those that are not whole.
func each(t *testing.T, stdin io.Reader) (string, error) {
	t.Helper()
	var got []string
	no := 1
	err := open(t, stdin).Lines(t.Context(), func(_ context.Context, l text.Line) {
		if l.No < no || l.No > no+1 {
			t.Errorf("line %d behind line %d", l.No, no)
		}
		no = l.No
		mark := ""
		if l.TooLong {
			mark = "*"
		}
		got = append(got, string(l.Text)+mark)
	})
	return strings.Join(got, "|"), err
}

func TestLines(t *testing.T) {
	t.Parallel()
	fits := strings.Repeat("x", text.MaxLine-1)
	words := strings.Repeat("1234567 ", text.MaxLine/8)
	for _, c := range []struct{ name, text, want string }{
		{name: "line ends", text: "a\nb\r\nc", want: "a|b|c"},
		{name: "blank lines", text: "\n \t\na\n\n", want: "| \t|a||"},
		{name: "byte order mark", text: "\xef\xbb\xbfa\n\xef\xbb\xbfb", want: "a|\xef\xbb\xbfb"},
		{name: "UTF-16", text: "\xff\xfe1\x002\x00\r\x00\n\x003\x00", want: "12|3"},
		{name: "UTF-16, high byte first", text: "\xfe\xff\x001\x002\x00\n\x003", want: "12|3"},
		{name: "longest line", text: fits + "\n" + fits + "\n" + fits, want: fits + "|" + fits + "|" + fits},
		{name: "a word too long", text: "a\n" + fits + "xxx\nb", want: "a||*|b"},
		{name: "a word far too long", text: fits + fits + fits + " end\nb", want: "||| end*|b"},
		{name: "a long line of words", text: words + "abc\nb", want: words + "|abc|b"},
		{name: "a long line with a word at the cut", text: "x" + words + "abc\nb", want: "x" + words[:len(words)-8] + "|1234567 abc|b"},
		{name: "objects stay whole", text: "{" + words[:len(words)-16] + "},{12 345678901234567890}\nb", want: "{" + words[:len(words)-16] + "}|,{12 345678901234567890}|b"},
	} {
		got, err := each(t, strings.NewReader(c.text))
		if got != c.want || !errors.Is(err, device.ErrEnd) {
			t.Errorf("%s: %d bytes …%.60q, ended with %v; want %d bytes …%.60q and ErrEnd", c.name, len(got), got[max(0, len(got)-60):], err, len(c.want), c.want[max(0, len(c.want)-60):])
		}
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
	got, err := each(t, failing{strings.NewReader("a\nb\n")})
	if got != "a|b|" || !errors.Is(err, device.ErrGone) || !errors.Is(err, os.ErrPermission) {
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
	if err := s.Lines(ctx, func(context.Context, text.Line) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v, want Canceled", err)
	}
}

func TestRewind(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, []byte("1\n2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := text.Open(device.Spec{Driver: "test", Path: path}, device.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for range 2 {
		if err := s.Lines(t.Context(), func(_ context.Context, l text.Line) { got.Write(l.Text) }); !errors.Is(err, device.ErrEnd) {
			t.Errorf("Lines: %v", err)
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
