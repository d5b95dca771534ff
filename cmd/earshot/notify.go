package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"earshot/collector"
	"earshot/collector/state"
	"earshot/device/printable"
)

// manager is the service manager that started this program. It speaks the
// protocol of sd_notify(3): datagrams of NAME=value lines to a socket that
// the environment names. This is the whole protocol, so no library is needed.
type manager struct {
	socket   string
	watchdog time.Duration // the manager ends a program that does not report for this long; 0: never
}

// reportEvery is how often the campaign's status is sent, unless the watchdog
// needs it more often.
const reportEvery = 10 * time.Second

// managerOf finds the manager in the environment; nil if there is none.
func managerOf(getenv func(string) string) *manager {
	m := &manager{socket: getenv("NOTIFY_SOCKET")}
	if m.socket == "" {
		return nil
	}
	usec, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64)
	if pid := getenv("WATCHDOG_PID"); err == nil && usec > 0 && (pid == "" || pid == strconv.Itoa(os.Getpid())) {
		m.watchdog = time.Duration(usec) * time.Microsecond
	}
	return m
}

// send sends lines to the manager. A manager that cannot be reached notices
// that itself, so errors are ignored.
func (m *manager) tell(lines ...string) {
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: m.socket, Net: "unixgram"})
	if err != nil {
		return
	}
	defer conn.Close()
	_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = conn.Write([]byte(strings.Join(lines, "\n")))
}

// watch reports to the manager that the campaign runs and its status, until
// the function it returns is called, and then that it ends. The watchdog is
// fed only after every loop of the campaign has answered.
func (m *manager) watch(ctx context.Context, c *collector.Campaign) (stop func()) {
	if m == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	m.tell("READY=1")
	watching.Go(func() {
		view := c.View()
		defer view.Close()
		every := reportEvery
		if m.watchdog > 0 {
			every = min(every, m.watchdog/3)
		}
		ticks := time.NewTicker(every)
		defer ticks.Stop()
		for last := ""; ; {
			last = m.report(ctx, every, c.Pulse, view, last)
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
			}
		}
	})
	return func() {
		cancel()
		watching.Wait()
		m.tell("STOPPING=1", "STATUS=closing: what was heard is stored and sent")
	}
}

// report feeds the watchdog if the campaign has a pulse, and sends the status
// if it changed.
func (m *manager) report(ctx context.Context, patience time.Duration, pulse func(context.Context) error, view *collector.View, last string) string {
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := pulse(waiting)
	if ctx.Err() != nil {
		return last
	}
	var lines []string
	status := "STATUS="
	if err != nil {
		status += "stuck: " + printable.Text(strings.TrimSuffix(err.Error(), ": "+context.DeadlineExceeded.Error()))
	} else {
		lines = append(lines, "WATCHDOG=1")
		status += standing(view.Snapshot())
	}
	if status != last {
		lines = append(lines, status)
	}
	if len(lines) > 0 {
		m.tell(lines...)
	}
	return status
}

// standing is the status of a campaign in one line.
func standing(s state.Snapshot) string {
	text := fmt.Sprintf("%d of %d meters passed, %d heard, round %d", s.Counts.Passed(), s.Counts.Meters, s.Counts.Heard, s.Round.Number)
	if s.Store.Reason != "" {
		text += "; store: " + printable.Text(s.Store.Reason)
	}
	if s.Broker.Queued > 0 {
		text += fmt.Sprintf("; %d readings wait for the broker", s.Broker.Queued)
	}
	return text
}
