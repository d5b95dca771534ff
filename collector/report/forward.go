package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"earshot/collector/forward"
	"earshot/collector/ration"
	"earshot/collector/words"
	"earshot/device/printable"
)

// ForwardJSON writes events as JSON Lines.
func ForwardJSON(w io.Writer) func(forward.Event) {
	encoder := json.NewEncoder(w)
	return func(ev forward.Event) { _ = encoder.Encode(ev) } // an error means that nobody reads it: forwarding continues
}

// ForwardText writes events as sentences.
func ForwardText(w io.Writer, lang *words.Language) func(forward.Event) {
	return func(ev forward.Event) {
		if text := eventText(lang, ev); text != "" {
			fmt.Fprintf(w, "earshot: %s\n", printable.Text(text))
		}
	}
}

// eventText is an event as a sentence.
func eventText(lang *words.Language, ev forward.Event) string {
	switch ev.Kind {
	case forward.KindReceiverUp:
		return lang.Say("forward.listens", words.Args{"Receiver": ev.Receiver})
	case forward.KindReceiverDown:
		return lang.Say("forward.stopped", words.Args{"Receiver": ev.Receiver, "Text": strings.TrimPrefix(ev.Reason, ev.Receiver+": ")})
	case forward.KindBrokerUp:
		return lang.Say("forward.connected", words.Args{"Broker": ev.Broker})
	case forward.KindProgress:
		return countsText(lang, *ev.Counts)
	case forward.KindEnded:
		text := countsText(lang, *ev.Counts)
		if ev.Counts.Waiting > 0 {
			text += lang.Say("forward.lost", nil)
		}
		return text
	}
	return ration.Message{Text: ev.Reason, More: ev.More}.String()
}

// countsText is the counts in words; less important ones are left out if they
// are 0.
func countsText(lang *words.Language, c forward.Counts) string {
	parts := []string{
		lang.Say("forward.heard", words.Args{"Count": c.Heard}), lang.Say("forward.forwarded", words.Args{"Count": c.Forwarded}), lang.Say("forward.waiting", words.Args{"Count": c.Waiting}),
	}
	for _, p := range []struct {
		n    int
		name string
	}{{c.Dropped, "dropped"}, {c.Refused, "refused"}, {c.Twice, "twice"}, {c.Trouble, "trouble"}, {c.Untold, "untold"}} {
		if p.n > 0 {
			parts = append(parts, lang.Say("forward."+p.name, words.Args{"Count": p.n}))
		}
	}
	return strings.Join(parts, ", ")
}
