package collector

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"earshot/device"
)

// A receiver that is lost is opened again after pauses that double, and given
// up when it stays away for longer than the limit.
const (
	firstReopen = 500 * time.Millisecond
	lastReopen  = 5 * time.Second
	reopenLimit = 2 * time.Minute
)

// receiveAll runs all receivers from the first round on until ctx ends. When none of them is left it
// rings the bell that ends the round.
func (c *Campaign) receiveAll(ctx context.Context, receivers []*attached) error {
	select {
	case <-c.tuned.ctx.Done():
	case <-ctx.Done():
	}
	var all, files sync.WaitGroup
	faulty := make([]bool, len(receivers))
	for i, a := range receivers {
		ended := func() {}
		if a.receiver.Info().AtOnce {
			files.Add(1)
			ended = files.Done
		}
		all.Go(func() {
			defer c.rescue()
			defer ended()
			faulty[i] = c.keepReceiving(ctx, a)
		})
	}
	files.Wait()
	c.read.ring(nil)
	all.Wait()
	cause := errEnded
	for _, bad := range faulty {
		if bad {
			cause = errLost
		}
	}
	if ctx.Err() == nil {
		c.lost.ring(cause)
	}
	return nil
}

// keepReceiving receives until ctx ends, the source is at its end, or the
// device stays away. faulty says that it was the last.
func (c *Campaign) keepReceiving(ctx context.Context, a *attached) (faulty bool) {
	for {
		info := a.receiver.Info()
		up := ReceiverUp{At: At{c.now()}, Info: info}
		if a.ear.name != info.Name {
			up.Was = a.ear.name
		}
		c.standing(up)
		c.back(a.ear.name, info.Name, c.now())
		a.ear.name = info.Name
		err := c.receive(ctx, a)
		_ = closeQuietly(a.receiver) // what it may say is no news after err
		switch {
		case ctx.Err() != nil:
			return false
		case errors.Is(err, device.ErrEnd):
			c.presence.Ended(info.Name)
			c.standing(ReceiverDown{At: At{c.now()}, Receiver: info.Name, Reason: err.Error(), Ended: true})
			return false
		}
		if err == nil {
			err = device.ErrGone
		}
		c.fault(KindDevice, err)
		c.gone(info.Name, c.now())
		c.standing(ReceiverDown{At: At{c.now()}, Receiver: info.Name, Reason: err.Error()})
		if !errors.Is(err, device.ErrGone) || !c.reopen(ctx, a) {
			c.giveUpOn(ctx, info.Name, err)
			return ctx.Err() == nil
		}
	}
}

// receive receives, looks after the receiver and lets its link modes take
// turns, until it ends.
func (c *Campaign) receive(ctx context.Context, a *attached) error {
	beside, cancel := context.WithCancel(ctx)
	var scope sync.WaitGroup
	defer scope.Wait()
	defer cancel()
	for _, loop := range []func(context.Context, *attached){c.supervise, c.sweep} {
		if a.receiver.Info().AtOnce {
			break // a file needs neither
		}
		scope.Go(func() {
			defer c.rescue()
			loop(beside, a)
		})
	}
	return a.receiver.Receive(ctx, c.following(a))
}

// standing posts what the status at the brokers tells, too.
func (c *Campaign) standing(ev Event) {
	c.board.Post(ev)
	c.uploads.Restate()
}

// giveUpOn tells that a receiver will not be tried again.
func (c *Campaign) giveUpOn(ctx context.Context, name string, err error) {
	if ctx.Err() == nil && errors.Is(err, device.ErrGone) {
		reason := fmt.Sprintf("%v; given up after %v: plug it in and start again", err, reopenLimit)
		c.standing(ReceiverDown{At: At{c.now()}, Receiver: name, Reason: reason})
	}
}

// reopen tries until the receiver is back. false: ctx ended, or it stayed away.
func (c *Campaign) reopen(ctx context.Context, a *attached) bool {
	ctx, cancel := context.WithTimeout(ctx, reopenLimit)
	defer cancel()
	for pause := firstReopen; ; pause = min(2*pause, lastReopen) {
		again := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			again.Stop()
			return false
		case <-again.C:
		}
		r, err := a.again(ctx)
		if err == nil {
			a.receiver = r
			return true
		}
		c.fault(KindDevice, err)
	}
}

// again opens a lost receiver: where it can, it looks for itself, even under
// another port name.
func (a *attached) again(ctx context.Context) (device.Receiver, error) {
	if r, ok := a.receiver.(device.Reopener); ok {
		return r.Reopen(ctx)
	}
	return a.Open(ctx)
}
