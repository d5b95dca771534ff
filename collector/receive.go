package collector

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"earshot/collector/crash"
	"earshot/collector/receivers"
	"earshot/collector/state"
	"earshot/device"
)

// receive runs all receivers from the first round until ctx ends. If none is
// left before, the round ends.
func (c *Campaign) receive(ctx context.Context) error {
	select {
	case <-c.tuned.ctx.Done():
	case <-ctx.Done():
	}
	var unread atomic.Int64 // files of telegrams
	for _, r := range c.group.Members() {
		if r.Info().Pace == device.PaceAtOnce {
			unread.Add(1)
		}
	}
	if unread.Load() == 0 {
		c.read.raise(nil)
	}
	c.playback.ctx = ctx
	defer c.playback.finish() // after the round knows why
	err := c.group.Run(ctx, func(i int) receivers.Observer {
		return &receiving{sink: sink{dispatcher: c.dispatch}, campaign: c, unread: &unread, number: i}
	})
	switch {
	case ctx.Err() != nil:
	case err != nil:
		c.lost.raise(errLost)
	default:
		c.lost.raise(errEnded)
	}
	return nil
}

// receiving is the campaign as one receiver sees it. It implements
// receivers.Observer, called by the campaign's own receivers, or by a hub
// whose receivers several campaigns share.
type receiving struct {
	sink
	campaign *Campaign
	number   int // of the receiver
	pace     device.Pace
	unread   *atomic.Int64 // number of files of telegrams that have not ended
}

// at is the current time for events. Frame implements device.Sink.
func (h *receiving) Frame(f device.Frame) {
	if h.pace.Waits() {
		h.campaign.playback.take(h.sink, f)
		return
	}
	h.sink.Frame(f)
}

// Played implements device.Player.
func (h *receiving) Played(position time.Duration) { h.campaign.playback.played(h.number, position) }

func (h *receiving) at() state.At { return state.At{Time: h.now()} }

// Up notes that the receiver receives.
func (h *receiving) Up(was string, info device.Info) {
	h.name, h.pace = info.Name, info.Pace
	up := state.ReceiverUp{At: h.at(), Info: info}
	if was != info.Name {
		up.Was = was
	}
	h.campaign.standing(up)
	h.back(was, up.Time)
}

// Missing notes that it could not be opened at the start, and is tried again.
func (h *receiving) Missing(info device.Info, err error) {
	h.name = info.Name
	h.Lost(err)
}

// Lost notes that it is gone and will be opened again.
func (h *receiving) Lost(err error) {
	h.NotOpened(err)
	h.campaign.presence.Gone(h.name, h.now())
	h.down(err)
}

// NotOpened notes why it could not be opened again.
func (h *receiving) NotOpened(err error) { h.campaign.fault(state.KindDevice, err) }

// Ended notes that it will not receive any more.
func (h *receiving) Ended(err error) {
	h.campaign.playback.end(h.number)
	if h.pace == device.PaceAtOnce && h.unread.Add(-1) == 0 {
		h.campaign.read.raise(nil)
	}
	switch bug := (*crash.Error)(nil); {
	case err == nil: // the campaign ends
	case errors.As(err, &bug):
		h.campaign.broken.raise(bug)
	case errors.Is(err, device.ErrEnd):
		h.campaign.presence.Ended(h.name)
		h.down(err)
	case errors.Is(err, receivers.ErrGivenUp):
		h.down(err) // Lost has noted the rest
	default:
		h.Lost(err)
	}
}

func (h *receiving) down(err error) {
	h.campaign.standing(state.ReceiverDown{At: h.at(), Receiver: h.name, Reason: err.Error(), Ended: errors.Is(err, device.ErrEnd)})
}

// back notes that it listens again, if it did not.
func (h *receiving) back(was string, at time.Time) {
	if away := h.campaign.presence.Back(was, h.name, at); away > 0 {
		h.campaign.board.Post(state.ReceiverBack{At: state.At{Time: at}, Receiver: h.name, Away: away})
	}
}

// Deaf notes that it answers and has heard nothing since a time.
func (h *receiving) Deaf(since time.Time, reason string) {
	h.campaign.board.Post(state.ReceiverDeaf{At: h.at(), Receiver: h.name, Reason: reason})
	h.campaign.presence.Gone(h.name, since)
}

// Hears notes that it hears again, even if not for this site.
func (h *receiving) Hears(at time.Time) { h.back(h.name, at) }

// Restarted notes that it was reset, or why it could not be.
func (h *receiving) Restarted(why string, err error) {
	ev := state.ReceiverReset{At: h.at(), Receiver: h.name, Reason: why}
	if err != nil {
		h.NotOpened(err)
		ev.Problem = err.Error()
	}
	h.campaign.board.Post(ev)
}

// Tuned notes which link modes it listens to now, or why it could not be tuned.
func (h *receiving) Tuned(modes []device.LinkMode, err error) {
	if err != nil {
		h.NotOpened(err)
		h.campaign.board.Post(state.Trouble{At: h.at(), Receiver: h.name, Reason: err.Error()})
		return
	}
	h.campaign.board.Post(state.ReceiverTuned{At: h.at(), Receiver: h.name, Modes: modes})
}

// standing posts an event that also changes the status at the brokers.
func (c *Campaign) standing(ev state.Event) {
	c.board.Post(ev)
	c.uploads.Restate()
}

// missing counts the meters that have not passed, by the link mode they were
// last heard in.
func (b *Board) missing() receivers.Missing {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := receivers.Missing{}
	for _, r := range b.state.Rows() {
		if r.Chain[state.StepPlausible] != state.StepDone {
			out[r.Mode]++
		}
	}
	return out
}
