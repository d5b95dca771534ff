package collector

import (
	"time"

	"earshot/collector/keeper"
	"earshot/collector/radio"
	"earshot/collector/state"
	"earshot/device"
)

// ear is what one receiver hears, under the name that it has now.
type ear struct {
	name string
	keeper.Ear
}

// newKeeper returns who looks after the receivers of the campaign.
func (c *Campaign) newKeeper() *keeper.Keeper {
	ears := make([]*keeper.Ear, len(c.receivers))
	for i, a := range c.receivers {
		ears[i] = &a.ear.Ear
	}
	return keeper.New(keeper.Config{
		Longest: c.longest, ResetEvery: c.cfg.ResetEvery, Speed: c.cfg.Speed, Missing: c.board.missing, Now: c.now,
	}, ears)
}

// gone and back note from when to when a receiver did not listen.
func (c *Campaign) gone(receiver string, since time.Time) { c.presence.Gone(receiver, since) }

func (c *Campaign) back(was, receiver string, at time.Time) {
	if away := c.presence.Back(was, receiver, at); away > 0 {
		c.board.Post(state.ReceiverBack{At: state.At{Time: at}, Receiver: receiver, Away: away})
	}
}

// turnsOf is how many turns the link modes take: see keeper.Turns.
func turnsOf(receivers []*attached) int {
	all := make([]device.Receiver, len(receivers))
	for i, a := range receivers {
		all[i] = a.receiver
	}
	return keeper.Turns(all)
}

// missing counts the meters that have not passed, by the link mode they were
// last heard in.
func (b *Board) missing() radio.Missing {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := radio.Missing{}
	for _, r := range b.state.Rows() {
		if r.Chain[state.StepPlausible] != state.StepDone {
			out[r.Mode]++
		}
	}
	return out
}
