//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"earshot/device"
	"earshot/device/simulate"
)

// BenchmarkFirstFrame starts the real program in a terminal until the first row of the
// list is on the screen. The dongle is not there, and the broker takes the connection and
// says nothing. The budgets are 60 ms, and 120 ms with 10,000 rows.
func BenchmarkFirstFrame(b *testing.B) {
	broker, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer broker.Close()
	for _, rows := range []int{48, 10_000} {
		b.Run(fmt.Sprint(rows, " rows"), func(b *testing.B) {
			ctx, cancel := context.WithTimeout(b.Context(), 2*time.Minute)
			defer cancel()
			c := &cellar{t: b, ctx: ctx}
			var took []time.Duration
			for b.Loop() {
				b.StopTimer()
				dir := b.TempDir()
				list := bytes.NewBufferString("id,note\n")
				for i := range rows {
					fmt.Fprintf(list, "%d,\n", 10_000_000+i)
				}
				if err := os.WriteFile(filepath.Join(dir, "list.csv"), list.Bytes(), 0o600); err != nil {
					b.Fatal(err)
				}
				cmd := screenOf(c, dir, "--receiver", filepath.Join(dir, "absent")+":im871a", "--mqtt", "mqtt://"+broker.Addr().String())
				b.StartTimer()
				start := time.Now()
				w := c.window(cmd)
				w.until("10000000")
				took = append(took, time.Since(start))
				b.StopTimer()
				w.kill()
				b.StartTimer()
			}
			reportTimes(b, took)
		})
	}
}

// BenchmarkKey presses keys in the real program with 1,000 meters, of which 100
// telegrams a second come in, until the cursor has moved on the screen. The budgets of
// the 99th percentile are 60 ms, and 300 ms on a link of 5 kB/s.
func BenchmarkKey(b *testing.B) {
	for _, link := range []struct {
		name string
		rate int // bytes a second; 0: as fast as the terminal
		env  string
	}{
		{name: "local", env: "SSH_CONNECTION="},
		{name: "5 kB a second", rate: 5000, env: "SSH_CONNECTION=192.0.2.1 50000 192.0.2.2 22"},
	} {
		b.Run(link.name, func(b *testing.B) {
			ctx, cancel := context.WithTimeout(b.Context(), 2*time.Minute)
			defer cancel()
			c := &cellar{t: b, ctx: ctx}
			dir := b.TempDir()
			const building = "1000@100:simulate"
			writeBuilding(b, building, filepath.Join(dir, "list.csv"))
			cmd := screenOf(c, dir, "--receiver", building, "--stay=false", "--timeout", "10m")
			cmd.Env = append(cmd.Env, link.env)
			var total atomic.Int64
			w := c.window(cmd, func(p []byte) {
				if total.Add(int64(len(p))); link.rate > 0 {
					time.Sleep(time.Duration(len(p)) * time.Second / time.Duration(link.rate))
				}
			})
			defer w.kill()
			w.until("listening")
			w.press("ssss") // as listed: no row moves
			time.Sleep(3 * time.Second)
			before, start := total.Load(), time.Now()
			var took []time.Duration
			for b.Loop() {
				for i := range 50 {
					was := cursorLine(w)
					pressed := time.Now()
					w.press([]string{"\x1b[B", "\x1b[A"}[i%2])
					for cursorLine(w) == was {
						select {
						case <-w.painted:
						case <-ctx.Done():
							b.Fatalf("the cursor stays:\n%s", w.screen.String())
						}
					}
					took = append(took, time.Since(pressed))
					time.Sleep(time.Duration(100+37*i%90) * time.Millisecond) // at any time between two frames
				}
			}
			reportTimes(b, took)
			b.ReportMetric(float64(total.Load()-before)/time.Since(start).Seconds(), "B/s")
		})
	}
}

// screenOf is the program with a list and a store in a directory.
func screenOf(c *cellar, dir string, args ...string) *exec.Cmd {
	c.list, c.store = filepath.Join(dir, "list.csv"), filepath.Join(dir, "site.db")
	self, err := os.Executable()
	if err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.CommandContext(c.ctx, self, append([]string{"run", "--site", c.list, "--store", c.store}, args...)...)
	cmd.Args[0] = "earshot" // as which the test binary is the program
	cmd.Env = append(os.Environ(), "SSH_CONNECTION=", "TERM=xterm-256color", "LANG=C.UTF-8", "LC_ALL=", "NO_COLOR=")
	return cmd
}

// writeBuilding writes the list of a simulated building.
func writeBuilding(b *testing.B, building, path string) {
	b.Helper()
	spec, err := device.ParseSpec(building)
	if err != nil {
		b.Fatal(err)
	}
	r, err := simulate.Open(b.Context(), spec, device.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	var list bytes.Buffer
	if err := simulate.WriteList(&list, r.(*simulate.Receiver).Building().Rows()); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, list.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
}

// kill ends the program of a window.
func (w *window) kill() {
	_ = w.cmd.Process.Kill()
	w.hangUp()
	_ = w.cmd.Wait()
}

// cursorLine is the line of the screen with the cursor, -1 if there is none.
func cursorLine(w *window) int {
	return slices.IndexFunc(strings.Split(w.screen.String(), "\n"), func(line string) bool { return strings.HasPrefix(line, "▸") || strings.HasPrefix(line, "▌") })
}

// reportTimes reports the median and the 99th percentile.
func reportTimes(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	for name, share := range map[string]int{"p50-ms": 50, "p99-ms": 99} {
		at := took[min(len(took)*share/100, len(took)-1)]
		b.ReportMetric(float64(at.Microseconds())/1000, name)
	}
}
