package words

import (
	"time"

	"earshot/collector/state"
)

// Warning says an event that somebody at the terminal has to see, "" for others.
func (l *Language) Warning(ev state.Event) string {
	switch ev := ev.(type) {
	case state.Trouble:
		return ev.Reason
	case state.ReceiverDown:
		if !ev.Ended {
			return l.Say("warning.receiver_down", Args{"Receiver": ev.Receiver, "Reason": ev.Reason})
		}
	case state.StoreFailed:
		return ev.Reason
	case state.StoreMended:
		return l.storeMended(ev)
	case state.ClockSet:
		return l.Say("warning.clock_set", Args{"Back": ev.Back})
	case state.BrokerDown:
		return ev.Reason
	case state.BrokerHeld:
		return ev.Reason
	case state.Refused:
		return ev.Ref + ": " + l.Reason(&ev.Reason)
	}
	return ""
}

func (l *Language) storeMended(ev state.StoreMended) string {
	if ev.Lost > 0 {
		return l.Plural("event.store_mended.lost", ev.Lost, nil)
	}
	return l.Say("event.store_mended", nil)
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
func (l *Language) News(ev state.Event) (Tone, string) {
	switch ev := ev.(type) {
	case state.RoundStarted:
		return Accent, l.Plural("news.round_started", len(ev.Reads), Args{"Round": ev.Round})
	case state.RoundFinished:
		return l.roundFinished(ev)
	case state.ReceiverDown:
		if !ev.Ended {
			return Bad, l.Say("news.receiver_down", Args{"Receiver": ev.Receiver, "Reason": ev.Reason})
		}
	case state.Trouble:
		if ev.Notice {
			return Alarm, ev.Reason
		}
	case state.ReceiverBack:
		return Good, l.Say("news.receiver_back", Args{"Receiver": ev.Receiver, "Away": ev.Away})
	case state.ReceiverDeaf:
		return Bad, l.Say("news.receiver_deaf", Args{"Receiver": ev.Receiver, "Reason": ev.Reason})
	case state.ReceiverReset:
		if ev.Problem != "" {
			return Bad, l.Say("news.receiver_reset.failed", Args{"Receiver": ev.Receiver, "Reason": ev.Problem})
		}
		return Accent, l.Say("news.receiver_reset", Args{"Receiver": ev.Receiver, "Reason": ev.Reason})
	case state.StoreFailed:
		return Bad, l.Say("news.store_failed", Args{"Reason": ev.Reason})
	case state.StoreMended:
		if ev.Lost > 0 {
			return Alarm, l.storeMended(ev)
		}
		return Good, l.storeMended(ev)
	case state.ClockSet:
		return Alarm, l.Say("news.clock_set", Args{"Back": ev.Back.Round(time.Second)})
	case state.CampaignResumed:
		text := l.Say("news.campaign_resumed", nil)
		if n := len(ev.Changed); n > 0 {
			text += l.Plural("news.campaign_resumed.changed", n, nil)
		}
		return Accent, text
	}
	return Plain, ""
}

func (l *Language) roundFinished(ev state.RoundFinished) (Tone, string) {
	a := Args{"Round": ev.Round, "Cause": l.Cause(ev.Cause)}
	switch {
	case ev.Cause != state.CauseNone:
		return Bad, l.Say("news.round_finished.early", a)
	case ev.Failed == 0:
		return Good, l.Say("news.round_finished", a)
	}
	return Alarm, l.Plural("news.round_finished.failed", ev.Failed, a)
}
