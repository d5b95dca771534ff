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
	"earshot/collector/state"
	"earshot/collector/upload"
	"earshot/collector/upload/broker"
	"earshot/device"
	"earshot/device/wmbus"
	"earshot/tui"
)

// flood is a receiver that hears 1,000 telegrams a second for a while. On a machine
// that cannot store as many it hears no more than a second's worth beyond those.
type flood struct {
	frames [][]byte
	total  int
	sent   atomic.Int64
	view   atomic.Pointer[collector.View]
	done   chan struct{} // closed when all are sent
}

func (f *flood) Info() device.Info { return device.Info{Name: "flood", Driver: "test"} }
func (f *flood) Close() error      { return nil }

// stored is how many of its telegrams are on the disk.
func (f *flood) stored() int {
	view := f.view.Load()
	if view == nil {
		return 0
	}
	return int(view.Snapshot().Store.Telegrams)
}

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
		for due := min(int(time.Since(start)/time.Millisecond), f.stored()+1000); n < min(due, f.total); n++ {
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

// TestFrozenTerminal stops reading the terminal while 1,000 telegrams a second
// come in: the screen may stand still, nothing else may.
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
	frozen, thaw := make(chan struct{}), make(chan struct{})
	go readWithPause(terminal, radio, frozen, thaw)

	var view *collector.View
	var before, during state.Snapshot
	err = collector.Run(t.Context(), collector.Config{
		Load:      func(context.Context) (site.Site, error) { return s, nil },
		StorePath: filepath.Join(t.TempDir(), "s.db"),
		Brokers:   []collector.Destination{{Config: upload.Config{Broker: server.URL()}}},
		Receivers: []device.Open{func(context.Context) (device.Receiver, error) { return radio, nil }},
		Grace:     5 * time.Minute,
	}, func(ctx context.Context, c *collector.Campaign) error {
		view = c.View()
		radio.view.Store(c.View())
		ctx, leave := context.WithCancel(ctx)
		actions := &screenActions{ctx: ctx, campaign: c}
		actions.readAll()
		go func() {
			defer leave()
			<-frozen
			before = view.Snapshot()
			during = watchFrozen(view, before)
			close(thaw)
			<-radio.done
		}()
		_ = tui.Run(ctx, tui.Config{Source: c.View(), Actions: actions}, tui.Terminal{Input: tty, Output: tty, Environ: []string{"TERM=xterm-256color", "LANG=C.UTF-8"}})
		actions.rounds.Wait()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	final := view.Snapshot()
	if stored := during.Store.Telegrams - before.Store.Telegrams; stored < frozenStored {
		t.Errorf("%d telegrams were stored while the terminal stood still, want %d", stored, frozenStored)
	}
	if final.Drops != (state.Snapshot{}).Drops {
		t.Errorf("dropped: %v", final.Drops)
	}
	if final.Store.Telegrams != total || final.Broker.Delivered != total || final.Broker.Queued != 0 {
		t.Errorf("%d sent, %d stored, %d delivered, %d queued", total, final.Store.Telegrams, final.Broker.Delivered, final.Broker.Queued)
	}
	if got := server.Counts().Received; got < total {
		t.Errorf("the broker got %d messages of %d", got, total)
	}
}

// What goes on behind a frozen terminal: at least so many telegrams are stored,
// and it is frozen for at least so long. A busy machine may take longer for them.
const (
	frozenStored = 1000
	frozenFor    = 2 * time.Second
	frozenLimit  = 2 * time.Minute
)

// watchFrozen looks at a campaign whose terminal stands still until enough was stored.
func watchFrozen(view *collector.View, before state.Snapshot) state.Snapshot {
	least, most := time.After(frozenFor), time.After(frozenLimit)
	beat := time.NewTicker(50 * time.Millisecond)
	defer beat.Stop()
	<-least
	for {
		now := view.Snapshot()
		if now.Store.Telegrams-before.Store.Telegrams >= frozenStored {
			return now
		}
		select {
		case <-beat.C:
		case <-most:
			return now
		}
	}
}

// readWithPause reads a terminal, but after the first 1,000 telegrams not before it may go on.
func readWithPause(terminal io.Reader, radio *flood, frozen, thaw chan struct{}) {
	buf := make([]byte, 4096)
	paused := false
	for {
		if _, err := terminal.Read(buf); err != nil {
			return
		}
		if !paused && radio.sent.Load() > 1000 {
			paused = true
			close(frozen)
			<-thaw // the terminal's user presses Ctrl-Q after Ctrl-S
		}
	}
}
