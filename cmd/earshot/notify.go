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
	"earshot/collector/report"
	"earshot/collector/state"
)

// manager is the service manager that started this program, by the protocol of
// sd_notify(3): datagrams of NAME=value lines to the socket that it names. That
// is all of the protocol, so there is no library for it here.
type manager struct {
	socket   string
	watchdog time.Duration // it ends a program that does not report for so long; 0: it does not watch
}

// tellEvery is how often the manager is told how the campaign stands, where no
// watchdog asks for more.
const tellEvery = 10 * time.Second

// managerOf finds the manager in the environment; nil where there is none.
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

// tell sends lines to the manager. That it cannot be reached is no reason to
// end: it will say so itself.
func (m *manager) tell(lines ...string) {
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: m.socket, Net: "unixgram"})
	if err != nil {
		return
	}
	defer conn.Close()
	_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = conn.Write([]byte(strings.Join(lines, "\n")))
}

// watch tells the manager that the campaign runs and how it stands, until the
// function it returns is called, and then that it ends. The watchdog is fed only
// after every loop of the campaign has answered.
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
		every := tellEvery
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

// report feeds the watchdog where the campaign has a pulse, and says how it
// stands where that is news.
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
		status += "stuck: " + report.Plain(strings.TrimSuffix(err.Error(), ": "+context.DeadlineExceeded.Error()))
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

// standing is how a campaign stands, in one line.
func standing(s state.Snapshot) string {
	text := fmt.Sprintf("%d of %d meters passed, %d heard, round %d", s.Counts.Passed(), s.Counts.Meters, s.Counts.Heard, s.Round.Number)
	if s.Store.Reason != "" {
		text += "; store: " + report.Plain(s.Store.Reason)
	}
	if s.Broker.Queued > 0 {
		text += fmt.Sprintf("; %d readings wait for the broker", s.Broker.Queued)
	}
	return text
}
