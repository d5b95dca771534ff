package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"earshot/assets"
	"earshot/collector/store"
	"earshot/collector/store/storetest"
	"earshot/device/dongletest"
)

// endMost is how long a test waits for an end that has a deadline: what
// TimeoutStopSec of the unit file gives.
const endMost = 20 * time.Second

// TestUnitGivesTimeToEnd compares the deadline with that of the service manager.
func TestUnitGivesTimeToEnd(t *testing.T) {
	t.Parallel()
	given := regexp.MustCompile(`(?m)^TimeoutStopSec=(\d+)$`).FindStringSubmatch(assets.SystemdUnit())
	if given == nil || given[1] != fmt.Sprint(endMost.Seconds()) || endWithin+sayWithin >= endMost {
		t.Errorf("the unit file gives %q, the end takes up to %v", given, endWithin+sayWithin)
	}
}

// fullPipe is an end of a pipe that takes nothing any more, and that nobody reads.
func fullPipe(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = r.Close(), w.Close() })
	_ = w.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
	for err == nil {
		_, err = w.Write(make([]byte, 4096))
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	return w
}

// smallPipe is a pipe that holds 4 kB.
func smallPipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = r.Close(), w.Close() })
	const setPipeSize = 1031 // F_SETPIPE_SZ of fcntl(2)
	if _, _, errno := syscall.RawSyscall(syscall.SYS_FCNTL, w.Fd(), setPipeSize, 4096); errno != 0 {
		t.Fatal(errno)
	}
	return r, w
}

// asked is a program that is asked to end.
type asked struct {
	code int
	took time.Duration
	errs string
}

// end asks a running program to end, and waits for it.
func end(t *testing.T, cmd *exec.Cmd, signal syscall.Signal) asked {
	t.Helper()
	start := time.Now()
	if err := cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	late := time.AfterFunc(2*endMost, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	_ = cmd.Wait()
	a := asked{code: cmd.ProcessState.ExitCode(), took: time.Since(start)}
	if errs, ok := cmd.Stderr.(*bytes.Buffer); ok {
		a.errs = errs.String()
	}
	if a.took > endMost {
		t.Errorf("%v: it ended after %v", signal, a.took)
	}
	return a
}

// start starts a program whose errors are kept.
func start(t *testing.T, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	if cmd.Stderr == nil {
		cmd.Stderr = &bytes.Buffer{}
	}
	inherited := make(chan os.Signal, 1)
	signal.Notify(inherited, syscall.SIGHUP, syscall.SIGINT) // ignored by a test in the background, and so by its children until they take signals
	err := cmd.Start()
	signal.Stop(inherited)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil { // the test gave up
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	return cmd
}

// untilStored waits until a store holds telegrams.
func untilStored(ctx context.Context, t *testing.T, path string, telegrams int) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for stored := -1; stored < telegrams; {
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatalf("%d telegrams are stored, want %d", stored, telegrams)
		}
		if db, err := store.OpenReader(ctx, path); err == nil {
			counts, _ := db.Counts(ctx)
			stored = int(counts.Telegrams)
			_ = db.Close()
		}
	}
}

// TestSlowBlockedOutput asks a campaign to end whose standard output takes nothing:
// everything is stored and the campaign is closed; only the output is missing,
// which is said.
func TestSlowBlockedOutput(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		for _, json := range []bool{true, false} {
			t.Run(fmt.Sprintf("%v json=%v", signal, json), func(t *testing.T) {
				t.Parallel()
				c := newCellar(t)
				cmd := c.program("--headless", "--until", "forever", "--timeout", "10m", fmt.Sprintf("--json=%v", json))
				cmd.Stdout = fullPipe(t)
				start(t, cmd)
				radio := c.receiver()
				c.send(radio, "12345678")
				untilStored(c.ctx, t, c.store, 1)
				a := end(t, cmd, signal)
				if want := "in the middle of printing the result (is standard output read?); everything stored is safe"; a.code != exitFailed || !strings.Contains(a.errs, want) {
					t.Errorf("exit code %d: %s", a.code, a.errs)
				}
				if n, marks := c.telegrams(), c.marks(); n != 1 || !strings.Contains(marks, "round_finished") || !strings.Contains(marks, "verdicts") {
					t.Errorf("%d telegrams are stored; %s", n, marks)
				}
			})
		}
	}
}

// TestSlowStoppedReader has a reader of the events that stops reading, and
// standard error in the same pipe.
func TestSlowStoppedReader(t *testing.T) {
	t.Parallel()
	c := newCellar(t)
	cmd := c.program("--headless", "--json", "--until", "forever", "--timeout", "10m")
	r, w := smallPipe(t)
	cmd.Stdout, cmd.Stderr = w, w
	start(t, cmd)
	_ = w.Close()
	if _, err := io.ReadFull(r, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	radio := c.receiver()
	const sent = 200
	for range sent {
		c.send(radio, "12345678")
	}
	untilStored(c.ctx, t, c.store, sent)
	if a := end(t, cmd, syscall.SIGTERM); a.code != exitFailed {
		t.Errorf("exit code %d", a.code)
	}
	if n := c.telegrams(); n != sent {
		t.Errorf("%d telegrams are stored, want %d", n, sent)
	}
}

// TestSlowBatchBlockedOutput is TestSlowBlockedOutput with two sites.
func TestSlowBatchBlockedOutput(t *testing.T) {
	t.Parallel()
	c := newCellar(t)
	dir := t.TempDir()
	attic := filepath.Join(dir, "attic.csv")
	if err := os.WriteFile(attic, []byte("id\n12345678\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(c.ctx, "/proc/self/exe", "run", "--headless", "--json", "--site", c.list, "--site", attic, "--store", dir,
		"--receiver", "tcp://"+c.radio.Addr().String(), "--timeout", "10m")
	cmd.Args[0] = "earshot" // as which the test binary is the program
	cmd.Stdout = fullPipe(t)
	start(t, cmd)
	c.send(c.receiver(), "12345678")
	for _, name := range []string{"cellar", "attic"} {
		untilStored(c.ctx, t, filepath.Join(dir, name+".db"), 1)
	}
	if a := end(t, cmd, syscall.SIGTERM); a.code != exitFailed || !strings.Contains(a.errs, "everything stored is safe") {
		t.Errorf("exit code %d: %s", a.code, a.errs)
	}
	for _, name := range []string{"cellar", "attic"} {
		c.store = filepath.Join(dir, name+".db")
		if n, marks := c.telegrams(), c.marks(); n != 1 || !strings.Contains(marks, "round_finished") || !strings.Contains(marks, "verdicts") {
			t.Errorf("%s: %d telegrams are stored; %s", name, n, marks)
		}
	}
}

// TestSlowOtherCommandsEnd blocks the output of the commands that print without
// end.
func TestSlowOtherCommandsEnd(t *testing.T) {
	t.Parallel()
	mute := newDoor(t, "").url()
	for name, command := range map[string]struct {
		args []string
		says string // at the end
	}{
		"decode":       {args: []string{"decode", "-"}, says: "everything stored is safe"},
		"record":       {args: []string{"record", "--receiver", "stdin:hexline", "-o", "-"}, says: "that were heard and not written"},
		"forward":      {args: []string{"forward", "--json", "--every", "5ms", "--receiver", "stdin:hexline", "--gateway", "cellar", "--mqtt", mute}, says: "the broker has not acknowledged"},
		"store export": {args: []string{"store", "export", "--format", "jsonl"}, says: "everything stored is safe"},
	} {
		t.Run(name, func(t *testing.T) {
			args := command.args
			t.Parallel()
			if name == "store export" {
				c := newCellar(t)
				run := start(t, c.program("--headless", "--until", "forever", "--timeout", "10m"))
				radio := c.receiver()
				for range 200 {
					c.send(radio, "12345678")
				}
				untilStored(c.ctx, t, c.store, 200)
				end(t, run, syscall.SIGTERM)
				args = append(args, c.store)
			}
			cmd := exec.CommandContext(t.Context(), "/proc/self/exe", args...)
			cmd.Args[0] = "earshot" // as which the test binary is the program
			r, w := smallPipe(t)
			cmd.Stdout = w
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			start(t, cmd)
			var feeding sync.WaitGroup
			defer feeding.Wait()
			defer in.Close()
			feeding.Go(func() {
				for err := error(nil); err == nil; {
					_, err = io.WriteString(in, "1244AE0C7856341201078C2027780B13436587\n")
				}
			})
			if _, err := io.ReadFull(r, make([]byte, 10)); err != nil { // it prints
				t.Fatal(err)
			}
			<-time.After(time.Second) // it fills whatever it has in between
			if a := end(t, cmd, syscall.SIGTERM); a.code != exitFailed || !strings.Contains(a.errs, "after it was asked to") || !strings.Contains(a.errs, command.says) {
				t.Errorf("exit code %d: %s", a.code, a.errs)
			}
		})
	}
}

// TestMuteBroker: the readings wait in the store.
func TestMuteBroker(t *testing.T) {
	t.Parallel()
	c := newCellar(t)
	cmd := start(t, c.program("--headless", "--until", "forever", "--timeout", "10m", "--mqtt", newDoor(t, "").url()))
	c.send(c.receiver(), "12345678")
	untilStored(c.ctx, t, c.store, 1)
	if a := end(t, cmd, syscall.SIGTERM); a.code != exitNotPassed {
		t.Errorf("exit code %d: %s", a.code, a.errs)
	}
	if counts, err := c.opened().Counts(t.Context()); err != nil || counts.Pending != 1 {
		t.Errorf("%+v %v", counts, err)
	}
}

// TestSilentDongle asks to end while a dongle hangs: at the start, and after it has
// worked.
func TestSilentDongle(t *testing.T) {
	t.Parallel()
	for _, f := range dongletest.Families() {
		for name, hung := range map[string]bool{"from the start": true, "later": false} {
			t.Run(string(f)+" "+name, func(t *testing.T) {
				t.Parallel()
				c := newCellar(t)
				dongle, err := dongletest.Start(f, dongletest.Settings{Dir: t.TempDir(), Faults: dongletest.Faults{Silent: hung}})
				if err != nil {
					t.Fatal(err)
				}
				defer dongle.Close()
				cmd := start(t, c.program("--headless", "--json", "--until", "forever", "--timeout", "10m", "--receiver", dongle.Path()+":"+string(f)))
				_ = c.receiver()
				if !hung {
					for !dongle.State().Open || len(dongle.State().Modes) == 0 {
						<-time.After(20 * time.Millisecond)
					}
					dongle.Set(func(f *dongletest.Faults) { f.Silent = true })
				}
				<-time.After(500 * time.Millisecond) // whatever it does then
				if a := end(t, cmd, syscall.SIGTERM); a.code == exitFailed || a.code < 0 {
					t.Errorf("exit code %d: %s", a.code, a.errs)
				}
			})
		}
	}
}

// TestSlowFullDisk asks to end while the disk is full: what could not be stored is
// named.
func TestSlowFullDisk(t *testing.T) {
	storetest.OnSmallDisk(t, "1m", func(dir string) {
		c := newCellar(t)
		c.store = filepath.Join(dir, "site.db")
		cmd := start(t, c.program("--headless", "--until", "forever", "--timeout", "10m"))
		radio := c.receiver()
		c.send(radio, "12345678")
		untilStored(c.ctx, t, c.store, 1)
		storetest.Fill(t, filepath.Join(dir, "ballast"))
		for range 100 {
			c.send(radio, "12345679")
		}
		<-time.After(2 * time.Second) // the first commit fails
		a := end(t, cmd, syscall.SIGTERM)
		if a.code != exitNotPassed || !strings.Contains(a.errs, "items could not be stored: store "+c.store+": the disk is full: free some space") {
			t.Errorf("exit code %d: %s", a.code, a.errs)
		}
		if err := os.Remove(filepath.Join(dir, "ballast")); err != nil {
			t.Fatal(err)
		}
		if n := c.telegrams(); n < 1 {
			t.Errorf("%d telegrams are stored", n)
		}
	})
}

// TestSlowFrozenScreen asks to end while the terminal takes no output.
func TestSlowFrozenScreen(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			c := newCellar(t)
			cmd := c.program("--timeout", "10m")
			terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 300, Rows: 100}) // the first picture fills it
			if err != nil {
				t.Fatal(err)
			}
			defer terminal.Close()
			c.send(c.receiver(), "12345678")
			untilStored(c.ctx, t, c.store, 1)
			<-time.After(time.Second)
			if a := end(t, cmd, signal); a.code != exitNotPassed {
				t.Errorf("exit code %d after %v", a.code, a.took)
			}
			if marks := c.marks(); !strings.Contains(marks, "round_finished") || !strings.Contains(marks, "verdicts") {
				t.Errorf("the campaign was not closed: %s", marks)
			}
		})
	}
}
