package upload

import (
	"fmt"

	"earshot/device/mqttconn"
)

// answer is what became of a message: the broker's reason code, or one of ours.
type answer struct {
	message Message
	code    byte
	text    string // the broker's reason string, or our words
	own     bool   // not from the broker: text says it all
	// unechoed: acknowledged, but it did not come back as it was sent.
	unechoed bool
}

// reason returns what the answer means.
func (a answer) reason() mqttconn.Reason {
	if a.unechoed {
		return notPassedOn
	}
	return mqttconn.ReasonOf(a.code)
}

// notPassedOn is what it means that a message does not come back.
var notPassedOn = mqttconn.Reason{
	Treatment: mqttconn.TryAgain, Words: "it acknowledges it but does not pass it on (echo check)",
	Advice: "check its access rules, quotas and plugins",
}

// words say what the broker's answer means.
func (a answer) words() string {
	if a.unechoed {
		return fmt.Sprintf("%s: %s; %s", notPassedOn.Words, a.text, notPassedOn.Advice)
	}
	return a.reason().Sentence(a.text)
}
