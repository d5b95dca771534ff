package share

import (
	"context"
	"sync"
	"time"

	"earshot/device"
	"earshot/device/wmbus"
)

// view returns the receiver as site i sees it.
func (s *shared) view(ctx context.Context, i int) (device.Receiver, error) {
	if reopened(s.receiver.Info()) {
		r, err := s.receiver.Open(ctx)
		if err != nil {
			return nil, err
		}
		return reader{Receiver: r, hub: s.hub, site: i}, nil
	}
	return &view{shared: s, site: i, info: s.receiver.Info(), closed: make(chan struct{})}, nil
}

// reopened reports whether each site reads a receiver on its own, from its
// beginning: a file can wait, so its telegrams need not be kept.
func reopened(info device.Info) bool { return info.File && info.Pace.Recorded() }

// view is a receiver as one site sees it: it receives what is meant for that site.
type view struct {
	shared *shared
	site   int
	info   device.Info
	closed chan struct{}
	once   sync.Once
}

// Info implements device.Receiver.
func (v *view) Info() device.Info { return v.info }

// Receive implements device.Receiver. Telegrams kept for the site come first.
// It ends with the error that the receiver itself ended with, ErrGone if the
// hub is about to open it again, or a panic of sink (*crash.Error).
func (v *view) Receive(ctx context.Context, sink device.Sink) error {
	own := v.shared.subscribers[v.site]
	down := v.shared.whenDown()
	own.attach(sink)
	defer own.detach()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-v.closed:
		return device.Errorf(device.ErrEnd, "%s was closed", v.info.Name)
	case bug := <-own.broken:
		return bug
	case <-down:
		return v.shared.reason()
	}
}

// Close implements device.Receiver: the receiver itself stays open for the
// other sites.
func (v *view) Close() error {
	v.once.Do(func() { close(v.closed) })
	return nil
}

// Reopen implements device.Reopener: it waits until the hub has the receiver
// back, or given up on it.
func (v *view) Reopen(ctx context.Context) (device.Receiver, error) {
	select {
	case <-v.shared.whenSettled():
		return v.shared.view(ctx, v.site)
	case <-ctx.Done():
		return nil, device.Errorf(device.ErrGone, "%s is not back", v.info.Name)
	}
}

// reader is a file of telegrams that one site reads on its own.
type reader struct {
	device.Receiver
	hub  *Hub
	site int
}

// Receive implements device.Receiver.
func (r reader) Receive(ctx context.Context, sink device.Sink) error {
	return r.Receiver.Receive(ctx, own{r.hub, r.site, sink})
}

// own passes on telegrams that are meant for one site.
type own struct {
	hub  *Hub
	site int
	sink device.Sink
}

// Frame implements device.Sink.
func (o own) Frame(f device.Frame) {
	head, err := wmbus.ParseHeader(f.Bytes)
	if err != nil {
		return // the hub reports it
	}
	for _, to := range o.hub.takers(head, f) {
		if to.site == o.site {
			o.sink.Frame(f)
		}
	}
}

// Played implements device.Player.
func (o own) Played(position time.Duration) {
	if p, ok := o.sink.(device.Player); ok {
		p.Played(position)
	}
}

// Trouble implements device.Sink: the hub reads the file too, and reports it.
func (o own) Trouble(error) {}
