package collector

import (
	"context"
	"errors"
	"sync"

	"earshot/collector/keeper"
	"earshot/collector/state"
	"earshot/device"
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
		up := state.ReceiverUp{At: state.At{Time: c.now()}, Info: info}
		if a.ear.name != info.Name {
			up.Was = a.ear.name
		}
		c.standing(up)
		c.back(a.ear.name, info.Name, c.now())
		a.ear.name = info.Name
		err := c.keeper.Receive(ctx, a.receiver, &a.ear.Ear, c.following(a))
		_ = closeQuietly(a.receiver) // what it may say is no news after err
		switch {
		case ctx.Err() != nil:
			return false
		case errors.Is(err, device.ErrEnd):
			c.presence.Ended(info.Name)
			c.standing(state.ReceiverDown{At: state.At{Time: c.now()}, Receiver: info.Name, Reason: err.Error(), Ended: true})
			return false
		}
		if err == nil {
			err = device.ErrGone
		}
		c.fault(state.KindDevice, err)
		c.gone(info.Name, c.now())
		c.standing(state.ReceiverDown{At: state.At{Time: c.now()}, Receiver: info.Name, Reason: err.Error()})
		if !errors.Is(err, device.ErrGone) {
			return ctx.Err() == nil
		}
		if !c.reopen(ctx, a) {
			if ctx.Err() != nil {
				return false
			}
			c.standing(state.ReceiverDown{At: state.At{Time: c.now()}, Receiver: info.Name, Reason: keeper.GivenUp(err).Error()})
			return true
		}
	}
}

// standing posts what the status at the brokers tells, too.
func (c *Campaign) standing(ev state.Event) {
	c.board.Post(ev)
	c.uploads.Restate()
}

// reopen tries until the receiver is back. false: ctx ended, or it stayed away.
func (c *Campaign) reopen(ctx context.Context, a *attached) bool {
	r, ok := keeper.Reopen(ctx, a.receiver, a.Open, func(err error) { c.fault(state.KindDevice, err) })
	if ok {
		a.receiver = r
	}
	return ok
}
