package collector

import (
	"time"

	"earshot/collector/state"
	"earshot/device"
)

// following is the sink of a receiver that is also told how its receiver
// fares: by the campaign itself, or by a hub that looks after a receiver which
// several campaigns share (a share.Follower).
type following struct {
	sink
	campaign *Campaign
}

// following returns the sink of a receiver.
func (c *Campaign) following(a *attached) following {
	name := a.ear.name
	return following{sink{dispatcher: c.dispatch, ear: a.ear, back: func(at time.Time) { c.back(name, name, at) }}, c}
}

// Deaf notes that the receiver answers and has heard nothing since a time.
func (f following) Deaf(since time.Time, reason string) {
	f.campaign.board.Post(state.ReceiverDeaf{At: state.At{Time: f.now()}, Receiver: f.ear.name, Reason: reason})
	f.campaign.gone(f.ear.name, since)
	if !f.ear.Deafen(since) {
		f.back(f.now()) // it has heard something meanwhile
	}
}

// Hears notes that a deaf receiver hears again, be it nothing for this site.
func (f following) Hears(at time.Time) {
	if f.ear.Recover() {
		f.back(at)
	}
}

// Restarted notes that it was reset, or why it could not be.
func (f following) Restarted(why string, err error) {
	ev := state.ReceiverReset{At: state.At{Time: f.now()}, Receiver: f.ear.name, Reason: why}
	if err != nil {
		f.campaign.fault(state.KindDevice, err)
		ev.Problem = err.Error()
	}
	f.campaign.board.Post(ev)
}

// Tuned notes which link modes it listens to now, or why it could not be tuned.
func (f following) Tuned(modes []device.LinkMode, err error) {
	at := state.At{Time: f.now()}
	if err != nil {
		f.campaign.fault(state.KindDevice, err)
		f.campaign.board.Post(state.Trouble{At: at, Receiver: f.ear.name, Reason: err.Error()})
		return
	}
	f.campaign.board.Post(state.ReceiverTuned{At: at, Receiver: f.ear.name, Modes: modes})
}
