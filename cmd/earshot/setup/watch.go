package setup

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"earshot/device"
	"earshot/device/all"
	"earshot/device/detect"
	"earshot/device/port"
	"earshot/device/wait"
	"earshot/tui/setup"
)

const (
	// lookEvery is how often the ports are listed.
	lookEvery = time.Second
	// gather is the least time between two pictures.
	gather = 300 * time.Millisecond
)

// Watching says where to look for dongles; the zero value looks at the USB ports of
// this machine.
type Watching struct {
	Ports func() ([]device.Port, error)
	Find  func(context.Context, device.Port) detect.Finding
	Open  func(context.Context, device.Spec) (device.Receiver, error)
}

func (w Watching) withDefaults() Watching {
	if w.Ports == nil {
		w.Ports = port.List
	}
	if w.Find == nil {
		w.Find = func(ctx context.Context, p device.Port) detect.Finding {
			opt := device.Options{Ports: func() ([]device.Port, error) { return []device.Port{p}, nil }}
			found, err := detect.Find(ctx, detect.Config{Families: all.Dongles(), Options: opt})
			if err != nil || len(found) == 0 {
				return detect.Finding{Port: p, Err: err}
			}
			return found[0]
		}
	}
	if w.Open == nil {
		w.Open = func(ctx context.Context, s device.Spec) (device.Receiver, error) {
			return all.Open(ctx, s, device.Options{})
		}
	}
	return w
}

// watcher asks every USB port what is there, and listens with what can receive.
type watcher struct {
	Watching
	changed chan struct{}
	mu      sync.Mutex
	looked  bool
	ports   map[string]*plugged // by path
}

// plugged is what is at a port.
type plugged struct {
	setup.Receiver
	cancel context.CancelFunc
}

func newWatcher(w Watching) *watcher {
	return &watcher{Watching: w.withDefaults(), changed: make(chan struct{}, 1), ports: map[string]*plugged{}}
}

// run watches until ctx ends. Then every port is closed.
func (w *watcher) run(ctx context.Context) {
	var listening sync.WaitGroup
	defer listening.Wait()
	for {
		found, err := w.Ports()
		if err != nil {
			found = nil // the set-up says that there is none; the campaign will say why
		}
		w.compare(ctx, found, &listening)
		if wait.For(ctx, lookEvery) != nil {
			return
		}
	}
}

// compare starts to watch new ports, and forgets those that are gone.
func (w *watcher) compare(ctx context.Context, found []device.Port, listening *sync.WaitGroup) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.looked {
		w.looked = true
		w.latch()
	}
	for path, p := range w.ports {
		if !slices.ContainsFunc(found, func(f device.Port) bool { return f.Path == path }) {
			p.cancel()
			delete(w.ports, path)
			w.latch()
		}
	}
	for _, f := range found {
		if w.ports[f.Path] != nil || f.USB == "" { // anything may be wired to a port that is none of USB
			continue
		}
		inner, cancel := context.WithCancel(ctx)
		p := &plugged{setup.Receiver{Port: f.Path, Asking: true}, cancel}
		w.ports[f.Path] = p
		w.latch()
		listening.Go(func() {
			defer cancel()
			w.listen(inner, f, p)
		})
	}
}

func (w *watcher) latch() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// change changes what is known of a port.
func (w *watcher) change(p *plugged, do func(*setup.Receiver)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do(&p.Receiver)
	w.latch()
}

// listen asks what is at a port, and counts what that receives.
func (w *watcher) listen(ctx context.Context, at device.Port, p *plugged) {
	found := w.Find(ctx, at)
	if ctx.Err() != nil {
		return
	}
	w.change(p, func(r *setup.Receiver) {
		r.Asking = false
		r.What = strings.TrimSpace(found.Product + " " + found.Firmware)
		if len(found.Sets) > 0 {
			r.Modes = device.JoinModes(found.Sets[0], ", ")
		}
		switch {
		case found.Err != nil:
			r.Problem = found.Err.Error()
		case found.Driver == "":
			r.Problem = at.Path + ": no dongle that earshot knows"
		}
	})
	if !found.Usable() {
		return
	}
	receiver, err := w.Open(ctx, device.Spec{Driver: found.Driver, Path: at.Path})
	if err == nil {
		err = receiver.Receive(ctx, counting{w, p})
		_ = receiver.Close()
	}
	if ctx.Err() == nil && err != nil {
		w.change(p, func(r *setup.Receiver) { r.Problem = err.Error() })
	}
}

// counting counts telegrams.
type counting struct {
	w *watcher
	p *plugged
}

func (c counting) Frame(device.Frame) { c.w.change(c.p, func(r *setup.Receiver) { r.Telegrams++ }) }
func (c counting) Trouble(error)      {}

// next waits for a change, and returns what is attached, by port.
func (w *watcher) next(done <-chan struct{}) (attached []setup.Receiver) {
	select {
	case <-w.changed:
	case <-done:
		return nil
	}
	pause := time.NewTimer(gather)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-done:
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.ports {
		attached = append(attached, p.Receiver)
	}
	slices.SortFunc(attached, func(a, b setup.Receiver) int { return strings.Compare(a.Port, b.Port) })
	return attached
}
