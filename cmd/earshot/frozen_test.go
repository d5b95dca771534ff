package main

import (
	"context"
	"io"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/creack/pty"

	"earshot/collector"
	"earshot/collector/site"
	"earshot/collector/upload"
	"earshot/collector/upload/broker"
	"earshot/device"
	"earshot/device/wmbus"
	"earshot/tui"
)

// flood is a receiver that hears 1,000 telegrams a second for a while.
type flood struct {
	frames [][]byte
	total  int
	sent   atomic.Int64
	done   chan struct{} // closed when all are sent
}

func (f *flood) Info() device.Info { return device.Info{Name: "flood", Driver: "test"} }
func (f *flood) Close() error      { return nil }
func (f *flood) Receive(ctx context.Context, sink device.Sink) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	start := time.Now()
	for n := 0; n < f.total; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		for due := int(time.Since(start) / time.Millisecond); n < min(due, f.total); n++ {
			sink.Frame(device.Frame{Time: time.Now(), Receiver: "flood", Bytes: f.frames[n%len(f.frames)]})
			f.sent.Add(1)
		}
	}
	close(f.done)
	<-ctx.Done()
	return ctx.Err()
}

// floodSite has meters that send their volume in clear.
func floodSite(t testing.TB, meters int) (site.Site, [][]byte) {
	t.Helper()
	s := site.Site{Name: "flood"}
	frames := make([][]byte, meters)
	for i := range meters {
		id := wmbus.ID(0x10000000 + i)
		s.Meters = append(s.Meters, site.Meter{Row: i + 2, ID: id})
		msg := wmbus.Message{
			Link: wmbus.Address{Manufacturer: 0x2C2D, ID: id, Version: 1, Type: wmbus.TypeWater}, CI: 0x7A,
			Payload: []byte{0x04, 0x13, byte(i), byte(i >> 8), 0, 0},
		}
		frame, err := msg.Append(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		frames[i] = frame
	}
	return s, frames
}

// TestFrozenTerminal stops reading the terminal for two seconds while 1,000
// telegrams a second come in: the screen may stand still, nothing else may.
func TestFrozenTerminal(t *testing.T) {
	t.Parallel()
	const total = 4000
	s, frames := floodSite(t, 200)
	radio := &flood{frames: frames, total: total, done: make(chan struct{})}
	server, err := broker.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	terminal, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	defer tty.Close()
	if err := pty.Setsize(terminal, &pty.Winsize{Rows: 30, Cols: 100}); err != nil {
		t.Fatal(err)
	}
	frozen, thawed := make(chan struct{}), make(chan struct{})
	go readWithPause(terminal, radio, frozen, thawed)

	var view *collector.View
	var before, during collector.Snapshot
	err = collector.Run(t.Context(), collector.Config{
		Load:      func(context.Context) (site.Site, error) { return s, nil },
		StorePath: filepath.Join(t.TempDir(), "s.db"),
		Broker:    &upload.Config{Broker: server.URL()},
		Receivers: []collector.Opener{{Name: "flood", Open: func(context.Context) (device.Receiver, error) { return radio, nil }}},
		Grace:     20 * time.Second,
	}, func(ctx context.Context, c *collector.Campaign) error {
		view = c.View()
		ctx, leave := context.WithCancel(ctx)
		actions := &screenActions{ctx: ctx, campaign: c}
		actions.readAll()
		go func() {
			<-frozen
			before = view.Snapshot()
			<-thawed
			during = view.Snapshot()
			<-radio.done
			leave()
		}()
		_ = tui.Run(ctx, tui.Config{Source: c.View(), Actions: actions}, tui.Terminal{Input: tty, Output: tty, Environ: []string{"TERM=xterm-256color", "LANG=C.UTF-8"}})
		actions.rounds.Wait()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	final := view.Snapshot()
	if stored := during.Store.Telegrams - before.Store.Telegrams; stored < 100 { // far fewer than come, for the race detector on a busy machine; none would be a stop
		t.Errorf("%d telegrams were stored while the terminal stood still for 2 s, want many of 2000", stored)
	}
	if final.Drops != (collector.Snapshot{}).Drops {
		t.Errorf("dropped: %v", final.Drops)
	}
	if final.Store.Telegrams != total || final.Broker.Delivered != total || final.Broker.Queued != 0 {
		t.Errorf("%d sent, %d stored, %d delivered, %d queued", total, final.Store.Telegrams, final.Broker.Delivered, final.Broker.Queued)
	}
	if got := server.Counts().Received; got < total {
		t.Errorf("the broker got %d messages of %d", got, total)
	}
}

// readWithPause reads a terminal, but for two seconds after the first 1,000 telegrams.
func readWithPause(terminal io.Reader, radio *flood, frozen, thawed chan struct{}) {
	buf := make([]byte, 4096)
	paused := false
	for {
		if _, err := terminal.Read(buf); err != nil {
			return
		}
		if !paused && radio.sent.Load() > 1000 {
			paused = true
			close(frozen)
			<-time.After(2 * time.Second) // the terminal's user presses Ctrl-S
			close(thawed)
		}
	}
}
