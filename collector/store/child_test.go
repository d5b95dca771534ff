package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"earshot/device"
)

// child starts this test binary as one of the children and returns what it
// prints. It is killed when the test ends.
func child(t *testing.T, part, dir string) (*exec.Cmd, *bufio.Reader) {
	t.Helper()
	cmd := exec.Command(must[string](t)(os.Executable()), dir)
	cmd.Env = append(os.Environ(), childVar+"="+part)
	cmd.Stderr = os.Stderr
	out := must[io.ReadCloser](t)(cmd.StdoutPipe())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd, bufio.NewReader(out)
}

// childCommits commits whole items without end and says so after each commit.
func childCommits(dir string) error {
	s, err := Open(context.Background(), filepath.Join(dir, "site.db"))
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		items := make([]Item, 5)
		for i := range items {
			items[i] = Item{Entry: telegram(5*n + i), Reading: reading(5*n + i), Message: message(5*n + i)}
		}
		if err := s.Commit(context.Background(), &Batch{Items: items}); err != nil {
			return err
		}
		fmt.Println(items[4].Entry.Position())
	}
}

// TestKilled kills a process that commits all the time, again and again:
// whatever it has said to be stored is there, and whole.
func TestKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	told := int64(0)
	for round := range 10 {
		cmd, out := child(t, "commit", dir)
		for range 5 + 3*round {
			if _, err := fmt.Fscanln(out, &told); err != nil {
				t.Fatal(err)
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for { // it may have said more before it died
			if _, err := fmt.Fscanln(out, &told); err != nil {
				break
			}
		}
		_ = cmd.Wait()

		s := must[*Store](t)(Open(t.Context(), filepath.Join(dir, "site.db")))
		counts := must[Counts](t)(s.Counts(t.Context()))
		if counts.Telegrams < told || counts.Telegrams%5 != 0 || counts.Pending != counts.Telegrams {
			t.Errorf("%d telegrams were told to be stored, there are %+v", told, counts)
		}
		if n := int64(len(readLog(t, s, 0))); n != counts.Telegrams {
			t.Errorf("the log has %d entries, want %d", n, counts.Telegrams)
		}
		told = counts.Telegrams
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// childHalfway commits one telegram and dies in the middle of the next
// transaction, which has been written to the disk already.
func childHalfway(dir string) error {
	s, err := Open(context.Background(), filepath.Join(dir, "site.db"))
	if err != nil {
		return err
	}
	if err := s.Commit(context.Background(), &Batch{Items: []Item{{Entry: telegram(1), Message: message(1)}}}); err != nil {
		return err
	}
	for _, statement := range []string{"PRAGMA cache_size = 10", "BEGIN IMMEDIATE"} {
		if _, err := s.conn.ExecContext(context.Background(), statement); err != nil {
			return err
		}
	}
	items := make([]Item, 5000)
	for i := range items {
		items[i] = Item{Entry: telegram(i), Message: message(i), Reading: reading(i)}
	}
	for _, step := range s.work(&Batch{Items: items}).steps() {
		if err := step(context.Background()); err != nil {
			return err
		}
	}
	fmt.Println("halfway")
	select {} // until it is killed
}

func TestKilledHalfway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd, out := child(t, "halfway", dir)
	if line, err := out.ReadString('\n'); line != "halfway\n" {
		t.Fatal(line, err)
	}
	if size := must[os.FileInfo](t)(os.Stat(filepath.Join(dir, "site.db-wal"))).Size(); size < 500_000 {
		t.Errorf("only %d bytes were written before the commit: this proves nothing", size)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	s := must[*Store](t)(Open(t.Context(), filepath.Join(dir, "site.db")))
	defer s.Close()
	if got, want := must[Counts](t)(s.Counts(t.Context())), (Counts{Telegrams: 1, Pending: 1}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	next := &Message{Topic: "t"}
	commit(t, s, Item{Message: next})
	if next.Seq != 2 {
		t.Errorf("the next message has the number %d, want 2", next.Seq)
	}
}

// childLocks writes until it is killed.
func childLocks(dir string) error {
	s, err := Open(context.Background(), filepath.Join(dir, "site.db"))
	if err != nil {
		return err
	}
	if _, err := s.conn.ExecContext(context.Background(), "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	fmt.Println("locked")
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	<-interrupted.Done() // until it is killed; a bare select{} is a deadlock to the runtime
	return nil
}

func TestLocked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "site.db")
	s := must[*Store](t)(Open(t.Context(), path))
	defer s.Close()
	cmd, out := child(t, "lock", dir)
	if line, err := out.ReadString('\n'); line != "locked\n" {
		t.Fatal(line, err)
	}
	want := "store " + path + ": another program is writing to the file: end that program, then retry"
	if _, err := Open(t.Context(), path); !errors.Is(err, ErrLocked) || err.Error() != want {
		t.Errorf("opening: %v", err)
	}
	item := Item{Entry: telegram(1)}
	if err := s.Commit(t.Context(), &Batch{Items: []Item{item}}); !errors.Is(err, ErrLocked) || err.Error() != want {
		t.Errorf("commit: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Commit(ctx, &Batch{Items: []Item{item}}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("commit with a deadline: %v", err)
	}
	if _, err := s.Counts(t.Context()); err != nil {
		t.Errorf("reading while another writes: %v", err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	commit(t, s, item)
	if item.Entry.Position() != 1 {
		t.Errorf("position %d", item.Entry.Position())
	}
}

// childReads tries stores that it may not write.
func childReads(dir string) error {
	for _, path := range []string{"written/site.db", "empty/site.db", "file/site.db", "closed/site.db"} {
		s, err := Open(context.Background(), filepath.Join(dir, path))
		if !errors.Is(err, ErrReadOnly) {
			if err == nil {
				err = s.Commit(context.Background(), &Batch{Items: []Item{{Entry: &Telegram{RSSI: device.RSSI{}}}}})
			}
			return fmt.Errorf("%s: %w", path, err)
		}
		if !strings.HasPrefix(err.Error(), "store "+filepath.Join(dir, path)+": the file or its directory cannot be written: give") {
			return err
		}
	}
	return nil
}
