package main

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"earshot/collector/upload/brokertest"
)

// tortureBySymlink starts the program again and again by links to the store of
// one that runs, which is killed now and then: there is one owner at a time.
func tortureBySymlink(t *testing.T, dice *rand.Rand) {
	tortureByNames(t, dice, func(c *tortured) []string {
		for link, target := range map[string]string{
			"link.db": "site.db", "twice.db": filepath.Join(c.dir, "link.db"), "directory": ".",
		} {
			if err := os.Symlink(target, c.path(link)); err != nil {
				t.Fatal(err)
			}
		}
		return []string{"link.db", "twice.db", filepath.Join("directory", "site.db"), filepath.Join("directory", "twice.db")}
	}, exitFailed, "another earshot (process ")
}

// tortureByHardLink does the same by a second name of the file: nobody gets it
// until it has one name again.
func tortureByHardLink(t *testing.T, dice *rand.Rand) {
	tortureByNames(t, dice, func(c *tortured) []string {
		if err := os.Link(c.path("site.db"), c.path("hard.db")); err != nil {
			t.Fatal(err)
		}
		return []string{"hard.db", "site.db"}
	}, exitUsage, "is the same file")
}

// tortureByNames runs a campaign, and the program with other names of its store
// meanwhile, which must end with a code and a message. Nothing that the campaign
// has shown is lost.
func tortureByNames(t *testing.T, dice *rand.Rand, name func(*tortured) []string, code int, says string) {
	c := newTortured(t)
	got := &consumer{ids: map[string]received{}}
	brokertest.Subscribe(t, c.broker.Addr(), "earshot/+/+/reading", got.take)
	s := c.new()
	ended := make(chan struct{})
	c.more = []string{"--speed", "1"} // it ends when it is killed
	go func() {
		defer close(ended)
		c.live(s, time.Hour)
	}()
	for range 200 { // it has to make its store first
		if info, err := os.Stat(c.path("site.db")); err == nil && info.Size() > 0 {
			break
		}
		<-time.After(20 * time.Millisecond)
	}
	names := name(c)
	last := 1 + dice.IntN(10)
	for tried := 0; ; tried++ {
		if tried == last {
			killOwner(t, c.path("site.db.lock"))
			<-ended
			break
		}
		var errs bytes.Buffer
		cmd := c.command(names[tried%len(names)], c.broker.URL().String())
		cmd.Stderr = &errs
		err := cmd.Run()
		if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != code || !strings.Contains(errs.String(), says) {
			t.Errorf("by %s: %v, %s", cmd.Args, err, errs.String())
		}
	}
	if err := os.Remove(c.path("hard.db")); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	c.more = nil
	c.live(s, 0)
	c.settle(s, got)
	c.check(s, got)
}

// killOwner kills the process that a lock file names.
func killOwner(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.Trim(string(text), "\x00\n"))
	if err != nil || pid == os.Getpid() {
		t.Fatalf("the lock file names %q", text)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}
