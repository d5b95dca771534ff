package equipment

import (
	"cmp"
	"strings"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
	"earshot/tui/look"
)

// tones are the styles of news.
var tones = map[words.Tone]look.Token{words.Plain: look.Plain, words.Accent: look.Accent, words.Good: look.Good, words.Alarm: look.Alarm, words.Bad: look.Failed}

// entryOf is the entry of an event; known is false for those that say nothing by
// themselves.
func entryOf(ev state.Event, l *look.Look) (e entry, known bool) {
	e.at = ev.When()
	if e.kind, e.about = frequent(ev); e.kind != kindAll {
		e.name, e.ev = ev.Name(), ev
		return e, true
	}
	e.kind, e.tone, e.text = wording(ev, l)
	return e, e.text != ""
}

// frequent is the kind of an event that comes with telegrams, and the meter that it is
// about; kindAll for other events, and for those that may say nothing.
func frequent(ev state.Event) (k kind, about string) {
	switch ev := ev.(type) {
	case state.Heard, state.HeardAlso, state.UnlistedHeard:
		return kindTelegram, ""
	case state.Decoded:
		if words.Tells(ev.Reading) {
			return kindMeter, ev.Ref
		}
	case state.Failed:
		return kindMeter, ev.Ref
	case state.TimedOut:
		return kindMeter, ev.Ref
	case state.Delivered:
		if len(ev.Refs) == 1 {
			return kindDelivery, ev.Refs[0]
		}
		return kindDelivery, ""
	}
	return kindAll, ""
}

// wording is an event in words, "" if it says nothing.
func wording(ev state.Event, l *look.Look) (k kind, tone look.Token, text string) {
	for _, of := range []func(state.Event, *words.Language, *look.Look) (kind, look.Token, string){receiverEvent, deliveryEvent, meterEvent, campaignEvent} {
		if k, tone, text = of(ev, l.Lang, l); text != "" {
			break
		}
	}
	return k, tone, text
}

// receiverEvent is what receivers bring, "" for other events.
func receiverEvent(ev state.Event, lang *words.Language, l *look.Look) (kind, look.Token, string) {
	tone, news := lang.News(ev)
	switch ev := ev.(type) {
	case state.ReceiverUp:
		modes := ""
		if len(ev.Info.Modes) > 0 {
			modes = lang.Say("equipment.event.receiver_up.to", words.Args{"Modes": device.JoinModes(ev.Info.Modes, ", ")})
		}
		return kindReceiver, look.Good, lang.Say("equipment.event.receiver_up", words.Args{"Receiver": ev.Info.Name, "Modes": modes})
	case state.ReceiverTuned:
		return kindReceiver, look.Dim, lang.Say("equipment.event.receiver_tuned", words.Args{"Receiver": ev.Receiver, "Modes": device.JoinModes(ev.Modes, ", ")})
	case state.ReceiverDown:
		if ev.Ended {
			return kindReceiver, look.Plain, lang.Say("equipment.event.receiver_ended", words.Args{"Receiver": ev.Receiver})
		}
		return kindReceiver, look.Failed, news
	case state.ReceiverBack, state.ReceiverDeaf, state.ReceiverReset:
		return kindReceiver, tones[tone], news
	case state.Trouble:
		return kindReceiver, look.Alarm, lang.Say("equipment.event.trouble", words.Args{"Receiver": ev.Receiver, "Reason": ev.Reason})
	case state.Heard:
		return kindTelegram, look.Plain, telegram("equipment.event.heard", ev.Ref, ev.Reception, lang, l)
	case state.HeardAlso:
		return kindTelegram, look.Dim, telegram("equipment.event.heard", ev.Ref, ev.Reception, lang, l)
	case state.UnlistedHeard:
		return kindTelegram, look.Dim, telegram("equipment.event.heard.unlisted", state.RefOf(ev.Address), ev.Reception, lang, l)
	case state.Dropped:
		return kindReceiver, look.Alarm, lang.Say("equipment.event.dropped", words.Args{"Count": ev.Count, "What": ev.What.String()})
	}
	return 0, 0, ""
}

func telegram(name, ref string, r state.Reception, lang *words.Language, l *look.Look) string {
	return lang.Say(name, words.Args{"Meter": ref, "Signal": l.RSSI(r.RSSI), "Mode": string(r.Mode), "Receiver": r.Receiver, "Bytes": len(r.Bytes)})
}

// deliveryEvent is what store and brokers say, "" for other events.
func deliveryEvent(ev state.Event, lang *words.Language, _ *look.Look) (kind, look.Token, string) {
	tone, news := lang.News(ev)
	switch ev := ev.(type) {
	case state.BrokerUp:
		return kindDelivery, look.Good, lang.Say("equipment.event.broker_up", words.Args{"Broker": ev.Broker})
	case state.BrokerDown:
		return kindDelivery, look.Failed, lang.Say("equipment.event.broker_down", words.Args{"Broker": ev.Broker, "Reason": strings.TrimPrefix(ev.Reason, ev.Broker+": ")})
	case state.BrokerHeld:
		return kindDelivery, look.Alarm, lang.Say("equipment.event.broker_held", words.Args{"Broker": ev.Broker, "Reason": ev.Reason})
	case state.Delivered:
		return kindDelivery, look.Good, lang.Plural("equipment.event.delivered", len(ev.Refs), words.Args{"Meter": strings.Join(ev.Refs[:min(1, len(ev.Refs))], "")})
	case state.Refused:
		return kindDelivery, look.Failed, lang.Say("equipment.event.refused", words.Args{"Meter": ev.Ref, "Reason": lang.Reason(&ev.Reason)})
	case state.StoreFailed, state.StoreMended:
		return kindDelivery, tones[tone], news
	}
	return 0, 0, ""
}

// meterEvent is what became of meters, and what the installer did about them, "" for
// other events.
func meterEvent(ev state.Event, lang *words.Language, _ *look.Look) (kind, look.Token, string) {
	switch ev := ev.(type) {
	case state.Decoded:
		if !words.Tells(ev.Reading) {
			return 0, 0, ""
		}
		return kindMeter, look.Good, lang.Say("equipment.event.decoded", words.Args{"Meter": ev.Ref, "Reading": lang.Reading(ev.Reading)})
	case state.Failed:
		return kindMeter, look.Pick(ev.Final, look.Failed, look.Alarm), lang.Say("equipment.event.failed", words.Args{"Meter": ev.Ref, "Reason": lang.Reason(&ev.Reason)})
	case state.TimedOut:
		return kindMeter, look.TimedOut, lang.Say("equipment.event.timed_out", words.Args{"Meter": ev.Ref, "After": lang.Duration(ev.After)})
	case state.KeyFound:
		return kindMeter, look.Accent, lang.Say("equipment.event.key_found", words.Args{"Meter": ev.Ref})
	case state.Recognised:
		return kindMeter, look.Accent, lang.Say("equipment.event.recognised", words.Args{"Meter": ev.Ref, "Other": state.RefOf(ev.Address)})
	case state.Noted:
		return kindAction, look.Plain, action(ev, lang)
	}
	return 0, 0, ""
}

// action is what the installer did.
func action(ev state.Noted, lang *words.Language) string {
	name := "equipment.action." + ev.What
	switch {
	case ev.What == state.ActCorrection && ev.Text == "":
		name += ".none"
	case ev.What == state.ActKey && ev.Text == state.UseListed:
		name += ".listed"
	}
	a := words.Args{"Meter": cmp.Or(ev.Ref, lang.Say("equipment.action.site", nil)), "Text": ev.Text, "What": ev.What}
	if text := lang.Say(name, a); text != name {
		return text
	}
	return lang.Say("equipment.action.other", a)
}

// campaignEvent is what concerns the whole campaign, "" for other events.
func campaignEvent(ev state.Event, lang *words.Language, _ *look.Look) (kind, look.Token, string) {
	tone, news := lang.News(ev)
	switch ev := ev.(type) {
	case state.CampaignStarted:
		return kindCampaign, look.Accent, lang.Say("equipment.event.campaign_started", words.Args{"Number": int(ev.Campaign)})
	case state.CampaignEnded:
		return kindCampaign, look.Accent, lang.Say("equipment.event.campaign_ended", nil)
	case state.CampaignResumed, state.RoundStarted, state.RoundFinished, state.ClockSet:
		return kindCampaign, tones[tone], news
	}
	return 0, 0, ""
}
