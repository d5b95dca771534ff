package words

import (
	"time"

	"earshot/collector/state"
)

// Warning says an event that somebody at the terminal has to see, "" for others.
func (p Printer) Warning(ev state.Event) string {
	switch ev := ev.(type) {
	case state.Trouble:
		return ev.Reason
	case state.ReceiverDown:
		if !ev.Ended {
			return p.say("warning.receiver_down", args{"Receiver": ev.Receiver, "Reason": ev.Reason})
		}
	case state.StoreFailed:
		return ev.Reason
	case state.StoreMended:
		return p.storeMended(ev)
	case state.ClockSet:
		return p.say("warning.clock_set", args{"Back": ev.Back})
	case state.BrokerDown:
		return ev.Reason
	case state.BrokerHeld:
		return ev.Reason
	case state.Refused:
		return ev.Ref + ": " + p.Reason(&ev.Reason)
	}
	return ""
}

func (p Printer) storeMended(ev state.StoreMended) string {
	if ev.Lost > 0 {
		return p.plural("event.store_mended.lost", ev.Lost, nil)
	}
	return p.say("event.store_mended", nil)
}

// Tone is how serious an event is.
type Tone uint8

const (
	Plain  Tone = iota
	Accent      // worth a look
	Good
	Alarm
	Bad
)

// News is what an event says in addition to its changes in the list, "" for
// nothing.
func (p Printer) News(ev state.Event) (Tone, string) {
	switch ev := ev.(type) {
	case state.RoundStarted:
		return Accent, p.plural("news.round_started", len(ev.Reads), args{"Round": ev.Round})
	case state.RoundFinished:
		return p.roundFinished(ev)
	case state.ReceiverDown:
		if !ev.Ended {
			return Bad, p.say("news.receiver_down", args{"Receiver": ev.Receiver, "Reason": ev.Reason})
		}
	case state.Trouble:
		if ev.Notice {
			return Alarm, ev.Reason
		}
	case state.ReceiverBack:
		return Good, p.say("news.receiver_back", args{"Receiver": ev.Receiver, "Away": ev.Away})
	case state.ReceiverDeaf:
		return Bad, p.say("news.receiver_deaf", args{"Receiver": ev.Receiver, "Reason": ev.Reason})
	case state.ReceiverReset:
		if ev.Problem != "" {
			return Bad, p.say("news.receiver_reset.failed", args{"Receiver": ev.Receiver, "Reason": ev.Problem})
		}
		return Accent, p.say("news.receiver_reset", args{"Receiver": ev.Receiver, "Reason": ev.Reason})
	case state.StoreFailed:
		return Bad, p.say("news.store_failed", args{"Reason": ev.Reason})
	case state.StoreMended:
		if ev.Lost > 0 {
			return Alarm, p.storeMended(ev)
		}
		return Good, p.storeMended(ev)
	case state.ClockSet:
		return Alarm, p.say("news.clock_set", args{"Back": ev.Back.Round(time.Second)})
	case state.CampaignResumed:
		text := p.say("news.campaign_resumed", nil)
		if n := len(ev.Changed); n > 0 {
			text += p.plural("news.campaign_resumed.changed", n, nil)
		}
		return Accent, text
	}
	return Plain, ""
}

func (p Printer) roundFinished(ev state.RoundFinished) (Tone, string) {
	a := args{"Round": ev.Round, "Cause": p.Cause(ev.Cause)}
	switch {
	case ev.Cause != state.CauseNone:
		return Bad, p.say("news.round_finished.early", a)
	case ev.Failed == 0:
		return Good, p.say("news.round_finished", a)
	}
	return Alarm, p.plural("news.round_finished.failed", ev.Failed, a)
}
