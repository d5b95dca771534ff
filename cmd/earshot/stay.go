package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/muesli/cancelreader"
	"github.com/spf13/cobra"

	"earshot/cmd/earshot/setup"
	"earshot/collector"
	"earshot/collector/imports"
	"earshot/collector/site"
	"earshot/collector/store"
	"earshot/device/wait"
	"earshot/tui"
)

const (
	// handOverWait is how long an earshot that stayed may take to close: end
	// its round, commit, and empty its outbox.
	handOverWait = 30 * time.Second
	// lockRetry is how often the lock is tried meanwhile.
	lockRetry = 100 * time.Millisecond
)

// stayQuestion is asked if the terminal may get lost.
const stayQuestion = "This is an SSH session. Continue collecting if the connection breaks? [y/N] "

// askStay asks whether to continue when the terminal is lost, over SSH and if
// no flag decides it.
func (f *runFlags) askStay(cmd *cobra.Command, s streams) error {
	in, terminal := s.in.(*os.File)
	terminal = terminal && term.IsTerminal(in.Fd())
	if terminal && !f.output.headless && !cmd.Flags().Changed("stay") && os.Getenv("SSH_CONNECTION") != "" {
		fmt.Fprint(s.err, stayQuestion)
		answer, err := readLine(cmd.Context(), in)
		if err != nil {
			fmt.Fprintln(s.err)
			return err
		}
		f.collect.stay = strings.HasPrefix(strings.ToLower(strings.TrimSpace(answer)), "y")
	}
	if f.collect.stay {
		s.signals.stay()
	}
	return nil
}

// maxLine bounds an answer.
const maxLine = 256

// readLine reads a line and nothing after it: the rest belongs to the screen.
func readLine(ctx context.Context, in *os.File) (string, error) {
	r, err := cancelreader.NewReader(in)
	if err != nil {
		return "", fmt.Errorf("standard input: %w", err)
	}
	defer r.Close()
	defer context.AfterFunc(ctx, func() { r.Cancel() })()
	var line []byte
	for char := make([]byte, 1); len(line) < maxLine; line = append(line, char[0]) {
		n, err := r.Read(char)
		switch {
		case ctx.Err() != nil:
			return "", context.Cause(ctx)
		case n > 0 && char[0] == '\n', errors.Is(err, io.EOF):
			return string(line), nil
		case err != nil:
			return "", fmt.Errorf("standard input: %w", err)
		}
	}
	return string(line), nil
}

// takeOver asks an earshot that stayed on the site after its terminal was
// lost to close, and waits for it. One that has its terminal is left alone:
// the campaign then finds its store in use. The list is read first, so that a
// bad list does not end the earshot that works.
func takeOver(ctx context.Context, cfg *collector.Config, tell io.Writer) error {
	first := holder(cfg.StorePath)
	if first == nil || !first.Offered {
		return nil
	}
	list, err := cfg.Load(ctx)
	if err != nil {
		return err
	}
	cfg.Load = func(context.Context) (site.Site, error) { return list, nil }
	if wait.For(ctx, lockRetry) != nil {
		return context.Cause(ctx)
	}
	// A process that has just got the lock has not written its number yet, so
	// the lock may name one that has ended. A process is ended only if it is
	// named twice.
	if now := holder(cfg.StorePath); now == nil || *now != *first {
		return nil
	}
	fmt.Fprintf(tell, "earshot: process %d stayed on this site after its terminal was lost; taking over\n", first.PID)
	start := time.Now()
	process, err := os.FindProcess(first.PID)
	if err == nil {
		err = process.Signal(syscall.SIGTERM)
	}
	if err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("process %d works on this site and cannot be asked to hand over: %w; end it first", first.PID, err)
	}
	for time.Since(start) < handOverWait {
		if now := holder(cfg.StorePath); now == nil || now.PID != first.PID {
			fmt.Fprintf(tell, "earshot: process %d handed over after %v; its campaign continues here\n", first.PID, time.Since(start).Round(lockRetry))
			return nil
		}
		if wait.For(ctx, lockRetry) != nil {
			return context.Cause(ctx)
		}
	}
	return fmt.Errorf("process %d works on this site and has not handed over within %v: end it (kill %d) and start again", first.PID, handOverWait, first.PID)
}

// holder is the process that uses a store, nil if there is none. Other errors
// of the store are left to the campaign.
func holder(path string) *store.InUseError {
	if _, err := os.Stat(store.LockPath(path)); err != nil {
		return nil // the store was never used
	}
	lock, err := store.Acquire(path)
	if err == nil {
		_ = lock.Release()
		return nil
	}
	var held *store.InUseError
	errors.As(err, &held)
	return held
}

// setUp is earshot without a command: the set-up, and then the campaign or the demo that
// was chosen. Without a terminal it is the help.
func setUp(cmd *cobra.Command, s streams) error {
	var out outputFlags
	if out.checkTerminal(s) != nil {
		return cmd.Help()
	}
	env := setup.Env{Lang: s.lang, Store: func(list string) (string, error) { return storePath("", imports.NameOf(list)) }, Check: func(names []string) error {
		f := runFlags{receivers: receiverFlags{names: names}}
		return f.checkReceivers()
	}}
	ssh := os.Getenv("SSH_CONNECTION") != ""
	chosen, err := setup.Run(cmd.Context(), env, tui.Config{ASCII: out.ascii, Lang: s.lang}, ssh, func(err error) { fmt.Fprintf(s.err, "earshot: %v\n", err) })
	if err != nil || chosen == nil {
		return err
	}
	next, flags := newRun(s), setup.Flags(chosen)
	if chosen.Demo {
		next, flags = newDemo(s), nil
	}
	if password := chosen.Server.Password; !password.IsZero() {
		if err := os.Setenv(passwordVariable, string(password.Reveal())); err != nil {
			return err
		}
	}
	next.SetContext(cmd.Context())
	if err := next.ParseFlags(flags); err != nil {
		return err
	}
	return next.RunE(next, nil)
}
