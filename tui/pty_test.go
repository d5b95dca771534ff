//go:build unix

package tui

import (
	"context"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

// copyAll copies until the end, and returns what it copied. Each piece is a
// signal in painted, which is a latch.
func copyAll(to io.Writer, from io.Reader, painted chan<- struct{}) string {
	var all strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		all.Write(buf[:n])
		_, _ = to.Write(buf[:n])
		select {
		case painted <- struct{}{}:
		default:
		}
		if err != nil {
			return all.String()
		}
	}
}

// TestPseudoTerminal shows the screen on a real terminal device, with an
// emulated terminal at its other end: the picture is there, a key arrives, and
// the device is left as it was.
func TestPseudoTerminal(t *testing.T) {
	t.Parallel()
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatalf("no pseudo terminal: %v", err)
	}
	defer tty.Close()
	if err := pty.Setsize(tty, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	before, err := term.GetState(tty.Fd())
	if err != nil {
		t.Fatal(err)
	}
	emulator := vt10x.New(vt10x.WithSize(80, 24))
	raw := make(chan string, 1)
	var copying sync.WaitGroup
	painted := make(chan struct{}, 1)
	copying.Go(func() { raw <- copyAll(emulator, master, painted) })

	w, cfg := liveConfig(t)
	ended := make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	go func() {
		ended <- Run(ctx, cfg, Terminal{Input: tty, Output: tty, Environ: append(os.Environ(), "TERM=xterm-256color", "LANG=en_GB.UTF-8", "LC_ALL=")})
	}()
	w.board.Post(w.passed("KAM-76348799", -60, 6408)...)
	until := func(text string) {
		t.Helper()
		for !strings.Contains(emulator.String(), text) {
			select {
			case <-painted:
			case <-ctx.Done():
				t.Fatalf("%q never came to the screen:\n%s", text, emulator.String())
			}
		}
	}
	until("6.408 m³")
	_, _ = io.WriteString(master, "?")
	until("keys and signs")
	_, _ = io.WriteString(master, "q")
	if err := <-ended; err != nil {
		t.Errorf("Run returned %v", err)
	}
	after, err := term.GetState(tty.Fd())
	if err != nil {
		t.Fatal(err)
	}
	if *after != *before {
		t.Errorf("the terminal's settings were not restored: %+v, before %+v", after, before)
	}
	_ = tty.Close()
	_ = master.Close()
	copying.Wait()
	if out := <-raw; !strings.Contains(out, "\x1b[?1049l") {
		t.Error("the alternate screen was not left")
	}
}
