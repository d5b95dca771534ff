package main

import (
	"bytes"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestSlowManyRows runs a round of 100,000 meters of which none is heard: each has its
// event and its row in the summary, and memory holds the rows, not what is said about
// them.
func TestSlowManyRows(t *testing.T) {
	t.Parallel()
	const meters, most = 100_000, 780 // MB; 560 of them are keys, rows, reads and their stacks
	dir := t.TempDir()
	var rows bytes.Buffer
	fmt.Fprintln(&rows, "id,manufacturer,medium,key,entrance,floor,apartment,room")
	for i := range meters {
		fmt.Fprintf(&rows, "%08d,KAM,water,%x,A,%d,%d,kitchen\n", 10_000_000+i, floodKey(i), i%10, i%1000)
	}
	list := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(list, rows.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	run := startHeadless(t, "--site", list, "--store", filepath.Join(dir, "site.db"), "--receiver", "tcp-listen://127.0.0.1:0", "--timeout", "5s")
	defer func() { _ = run.cmd.Process.Kill() }()
	peak := make(chan int, 1)
	go func() { // until it ends
		most := 0
		for now := range watch(run.cmd.Process.Pid, 50*time.Millisecond) {
			most = max(most, now["VmHWM"])
		}
		peak <- most / 1000
	}()
	timedOut, shown := 0, 0
	code := run.each(t, func(l told) {
		switch l.Event {
		case "timed_out":
			timedOut++
		case "missed":
			timedOut += l.Count
		case "summary":
			shown = len(l.Rows)
		}
	})
	memory := <-peak
	t.Logf("%d MB resident", memory)
	if code != 1 || timedOut != meters || shown != meters {
		t.Errorf("exit code %d, %d of %d meters timed out, %d are in the summary; %s", code, timedOut, meters, shown, run.errs.String())
	}
	if memory > most {
		t.Errorf("%d MB were resident, want %d at most", memory, most)
	}
}

// watch yields what /proc says of a process, again and again until it has ended: numbers
// by their name in its status, such as VmHWM in kB or Threads.
func watch(pid int, every time.Duration) iter.Seq[map[string]int] {
	return func(yield func(map[string]int) bool) {
		for {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			if err != nil || !bytes.Contains(status, []byte("VmHWM:")) {
				return
			}
			now := map[string]int{}
			for line := range strings.Lines(string(status)) {
				name, rest, _ := strings.Cut(line, ":")
				if fields := strings.Fields(rest); len(fields) > 0 {
					now[name], _ = strconv.Atoi(fields[0])
				}
			}
			if !yield(now) {
				return
			}
			<-time.After(every)
		}
	}
}
