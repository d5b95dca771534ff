package upload

import "fmt"

// MQTT 5 reason codes that are acted upon (docs/protocol/mqtt.md#reason-codes).
const (
	codeSuccess        = 0x00
	codeNoSubscriber   = 0x10
	codeUnspecified    = 0x80
	codeMalformed      = 0x81
	codeProtocol       = 0x82
	codeImplementation = 0x83
	codeVersion        = 0x84
	codeClientID       = 0x85
	codeLogin          = 0x86
	codeNotAuthorized  = 0x87
	codeUnavailable    = 0x88
	codeBusy           = 0x89
	codeBanned         = 0x8A
	codeShuttingDown   = 0x8B
	codeKeepAlive      = 0x8D
	codeTakenOver      = 0x8E
	codeTopic          = 0x90
	codeIdentifier     = 0x91
	codeReceiveMaximum = 0x93
	codeTooLarge       = 0x95
	codeRate           = 0x96
	codeQuota          = 0x97
	codeAdministrative = 0x98
	codePayloadFormat  = 0x99
	codeRetain         = 0x9A
	codeQoS            = 0x9B
	codeOtherServer    = 0x9C
	codeServerMoved    = 0x9D
	codeConnectionRate = 0x9F
)

// treatment is what is done with a message after the broker's answer.
type treatment uint8

const (
	tryAgain  treatment = iota // a few times, then set aside
	delivered                  // the broker has it
	setAside                   // the broker will not take this message
	holdAll                    // the broker takes nothing now: pause, then go on with it
)

// reasonCode is what a reason code of PUBACK, CONNACK or DISCONNECT means.
type reasonCode struct {
	code      byte
	treatment treatment
	// words complete "the broker …: "; advice completes "; ".
	words, advice string
}

var reasonCodes = []reasonCode{
	{codeSuccess, delivered, "accepted", ""},
	{codeNoSubscriber, delivered, "accepted, but nobody has subscribed to it", "start the consumer"},
	{codeUnspecified, tryAgain, "it gives no reason", "look into the log of the broker"},
	{codeMalformed, setAside, "it finds the packet malformed", "look into the log of the broker"},
	{codeProtocol, setAside, "it sees an error in the protocol", "look into the log of the broker"},
	{codeImplementation, tryAgain, "it does not accept it", "look into the log of the broker"},
	{codeVersion, tryAgain, "it does not speak MQTT 5", "use a broker that does, such as Mosquitto 2"},
	{codeClientID, tryAgain, "it does not accept the client identifier", "choose another one"},
	{codeLogin, tryAgain, "user name or password are wrong", "correct them"},
	{codeNotAuthorized, setAside, "not authorised", "allow it for this user on the broker"},
	{codeUnavailable, holdAll, "it is not available now", "it will be tried again"},
	{codeBusy, holdAll, "it is busy", "it will be tried again"},
	{codeBanned, tryAgain, "this client is banned", "ask who runs the broker"},
	{codeShuttingDown, holdAll, "it is shutting down", "it will be tried again"},
	{codeKeepAlive, tryAgain, "it has not heard from this program in time", "check the network"},
	{codeTakenOver, tryAgain, "another program connected with the same client identifier", "end the other one or choose another identifier"},
	{codeTopic, setAside, "it does not accept the topic", "choose another name for the site"},
	{codeIdentifier, tryAgain, "it has the packet identifier in use", "it will be tried again"},
	{codeReceiveMaximum, tryAgain, "too many messages at a time", "lower the number of messages in flight"},
	{codeTooLarge, setAside, "larger than it accepts", "raise the message size limit of the broker"},
	{codeRate, holdAll, "too many messages in a short time", "it will be tried again"},
	{codeQuota, holdAll, "its quota is used up", "raise the quota on the broker"},
	{codeAdministrative, tryAgain, "an administrator ended the connection", "ask who runs the broker"},
	{codePayloadFormat, setAside, "it does not accept the payload format", "look into the log of the broker"},
	{codeRetain, setAside, "it keeps no retained messages", "allow them on the broker"},
	{codeQoS, setAside, "it does not acknowledge messages (no QoS 1)", "use a broker that does, such as Mosquitto"},
	{codeOtherServer, tryAgain, "another server is to be used", "ask for its address"},
	{codeServerMoved, tryAgain, "the server has moved", "ask for its new address"},
	{codeConnectionRate, holdAll, "too many connections in a short time", "it will be tried again"},
}

// notPassedOn is what it means that a message does not come back.
var notPassedOn = reasonCode{
	treatment: tryAgain, words: "it acknowledges it but does not pass it on (echo check)",
	advice: "look at its access rules, quotas and plugins",
}

// words are what the broker's answer means, in words.
func (a answer) words() string {
	if a.unechoed {
		return fmt.Sprintf("%s: %s; %s", notPassedOn.words, a.text, notPassedOn.advice)
	}
	return a.reason().sentence(a.text)
}

// maybeLater reports whether the broker may take the message another time.
func (r reasonCode) maybeLater() bool { return r.treatment == holdAll || r.treatment == tryAgain }

// reasonOf returns what a code means. Codes below 0x80 that are not listed are
// a success, as MQTT 5 defines (2.4); others are tried again.
func reasonOf(code byte) reasonCode {
	for _, r := range reasonCodes {
		if r.code == code {
			return r
		}
	}
	if code < codeUnspecified {
		return reasonCode{code: code, treatment: delivered, words: "accepted"}
	}
	return reasonCode{code: code, words: "it answered with an unknown reason code", advice: "look into the log of the broker"}
}

// sentence joins words, the broker's own text, code and advice.
func (r reasonCode) sentence(text string) string {
	said := ""
	if text = printable(text); text != "" {
		said = fmt.Sprintf(", it says %q", text)
	}
	return fmt.Sprintf("%s (reason code 0x%02X%s); %s", r.words, r.code, said, r.advice)
}
