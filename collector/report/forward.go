package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"earshot/collector/forward"
	"earshot/collector/ration"
	"earshot/device/printable"
)

// ForwardJSON writes events as JSON Lines.
func ForwardJSON(w io.Writer) func(forward.Event) {
	encoder := json.NewEncoder(w)
	return func(ev forward.Event) { _ = encoder.Encode(ev) } // an error means that nobody reads it: forwarding continues
}

// ForwardText writes events as sentences.
func ForwardText(w io.Writer) func(forward.Event) {
	return func(ev forward.Event) {
		if text := eventText(ev); text != "" {
			fmt.Fprintf(w, "earshot: %s\n", printable.Text(text))
		}
	}
}

// eventText is an event as a sentence.
func eventText(ev forward.Event) string {
	switch ev.Kind {
	case forward.KindReceiverUp:
		return ev.Receiver + " listens"
	case forward.KindReceiverDown:
		return ev.Receiver + " stopped: " + strings.TrimPrefix(ev.Reason, ev.Receiver+": ")
	case forward.KindBrokerUp:
		return "connected to " + ev.Broker
	case forward.KindProgress:
		return countsText(*ev.Counts)
	case forward.KindEnded:
		text := countsText(*ev.Counts)
		if ev.Counts.Waiting > 0 {
			text += "; telegrams still waiting are lost"
		}
		return text
	}
	return ration.Message{Text: ev.Reason, More: ev.More}.String()
}

// countsText is the counts in words; less important ones are left out if they
// are 0.
func countsText(c forward.Counts) string {
	parts := []string{fmt.Sprintf("%d telegrams heard", c.Heard), fmt.Sprintf("%d forwarded", c.Forwarded), fmt.Sprintf("%d waiting", c.Waiting)}
	for _, p := range []struct {
		n    int
		text string
	}{
		{c.Dropped, "dropped because the queue was full"}, {c.Refused, "refused by the broker"},
		{c.Twice, "heard by another receiver, too"}, {c.Trouble, "troubles"}, {c.Untold, "events not reported"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.text))
		}
	}
	return strings.Join(parts, ", ")
}
