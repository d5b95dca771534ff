package plain

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/muesli/cancelreader"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device/printable"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// Source provides the snapshots; *collector.View is one. Snapshot is called by one
// goroutine at a time.
type Source interface {
	Snapshot() state.Snapshot
	Changed() <-chan struct{}
}

// Config is what Run needs.
type Config struct {
	Source  Source
	Actions screen.Actions // nil: commands only show
	Lang    *words.Language
	ASCII   bool
	In      io.Reader // of commands, a line each
	Out     io.Writer
	Now     func() time.Time
}

// maxCommand bounds a line that is typed.
const maxCommand = 4096

// settle is how long changes are gathered before they are printed: a telegram that is
// heard, decoded and stored is one line.
const settle = 300 * time.Millisecond

// Run prints what happens and obeys what is typed until somebody quits, the input ends
// (nil), or ctx ends (its cause). It has no goroutine left when it returns.
func Run(ctx context.Context, cfg Config) error {
	in, err := cancelreader.NewReader(cfg.In)
	if err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	typed := make(chan string)
	reading, done := context.WithCancel(ctx)
	var reader sync.WaitGroup
	reader.Go(func() {
		defer close(typed)
		lines := bufio.NewReaderSize(in, maxCommand)
		for {
			line, err := readLine(lines)
			if err != nil {
				return
			}
			select {
			case typed <- line:
			case <-reading.Done():
				return
			}
		}
	})
	defer reader.Wait()
	defer in.Cancel()
	defer done()

	s := newSession(cfg)
	s.take(cfg.Source.Snapshot())
	var due <-chan time.Time // when what has changed is printed, nil if nothing has
	for !s.over {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case line, open := <-typed:
			if !open {
				return s.err
			}
			s.typed(line)
		case <-cfg.Source.Changed():
			if due == nil {
				due = time.After(settle)
			}
		case <-due:
			due = nil
			s.take(cfg.Source.Snapshot())
		}
	}
	return s.err
}

// readLine reads a line; what is beyond maxCommand is left out.
func readLine(r *bufio.Reader) (string, error) {
	line, more, err := r.ReadLine()
	text := string(line)
	for more && err == nil {
		_, more, err = r.ReadLine()
	}
	return text, err
}

// session is what Run remembers.
type session struct {
	cfg  Config
	lang *words.Language
	host *screen.Host
	said map[string]string // by Ref, what was printed of a row's state
	seen map[string]uint64 // … and the version of the row
	sure *screen.Binding   // the question that yes answers
	over bool
	err  error // of the output
}

func newSession(cfg Config) *session {
	set := look.Unicode
	if cfg.ASCII {
		set = look.ASCII
	}
	l := look.New(set, look.ThemeFor("none", 0, nil), cfg.Lang)
	s := &session{cfg: cfg, lang: l.Lang, host: screen.NewHost(l, cfg.Now), said: map[string]string{}, seen: map[string]uint64{}}
	s.host.Actions = cfg.Actions
	return s
}

// print prints a line of text from anywhere.
func (s *session) print(text string) {
	if text == "" || s.err != nil {
		return
	}
	_, s.err = fmt.Fprintln(s.cfg.Out, s.host.Look.Text(strings.TrimSpace(printable.Text(text))))
	s.over = s.over || s.err != nil
}

// say prints a message.
func (s *session) say(name string, a words.Args) { s.print(s.lang.Say(name, a)) }
