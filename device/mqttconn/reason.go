package mqttconn

import "fmt"

// MQTT 5 reason codes that the program acts on (docs/protocol/mqtt.md#reason-codes).
const (
	CodeSuccess       = 0x00
	CodeNoSubscriber  = 0x10
	CodeUnspecified   = 0x80 // this and higher codes are errors
	CodeTopic         = 0x90
	CodeTooLarge      = 0x95
	CodePayloadFormat = 0x99
	CodeRetain        = 0x9A
	CodeQoS           = 0x9B
)

// Treatment says what to do with a message after the broker's answer.
type Treatment uint8

const (
	TryAgain  Treatment = iota // a few times, then set aside
	Delivered                  // the broker has it
	SetAside                   // the broker will not take this message
	HoldAll                    // the broker takes nothing now: pause, then continue with it
)

// Reason is what a reason code of CONNACK, PUBACK, SUBACK or DISCONNECT means.
type Reason struct {
	Code      byte
	Treatment Treatment
	// Lasting means that a connection or subscription is refused until
	// somebody changes something.
	Lasting bool
	// Words follow "the broker …: ", and Advice follows "; ".
	Words, Advice string
}

const (
	seeLog   = "see the broker's log"
	retrying = "earshot will retry"
)

// reasons lists the known codes
// (docs/protocol/mqtt.md#reason-codes).
var reasons = []Reason{
	{Code: CodeSuccess, Treatment: Delivered, Words: "accepted"},
	{Code: CodeNoSubscriber, Treatment: Delivered, Words: "accepted, but without a subscriber", Advice: "start the consumer"},
	{Code: CodeUnspecified, Treatment: TryAgain, Words: "it gives no reason", Advice: seeLog},
	{Code: 0x81, Treatment: SetAside, Words: "malformed packet", Advice: seeLog},
	{Code: 0x82, Treatment: SetAside, Words: "protocol error", Advice: seeLog},
	{Code: 0x83, Treatment: TryAgain, Words: "implementation-specific error", Advice: seeLog},
	{Code: 0x84, Treatment: TryAgain, Lasting: true, Words: "it does not speak MQTT 5", Advice: "use a broker that does, such as Mosquitto 2"},
	{Code: 0x85, Treatment: TryAgain, Words: "it does not accept the client identifier", Advice: "choose another one"},
	{Code: 0x86, Treatment: TryAgain, Lasting: true, Words: "wrong user name or password", Advice: "correct them"},
	{Code: 0x87, Treatment: SetAside, Lasting: true, Words: "not authorised", Advice: "allow it for this user on the broker"},
	{Code: 0x88, Treatment: HoldAll, Words: "not available now", Advice: retrying},
	{Code: 0x89, Treatment: HoldAll, Words: "busy", Advice: retrying},
	{Code: 0x8A, Treatment: TryAgain, Lasting: true, Words: "this client is banned", Advice: "ask the operator of the broker"},
	{Code: 0x8B, Treatment: HoldAll, Words: "shutting down", Advice: retrying},
	{Code: 0x8D, Treatment: TryAgain, Words: "it received nothing from this program in time", Advice: "check the network"},
	{Code: 0x8E, Treatment: TryAgain, Words: "another program connected with the same client identifier", Advice: "stop the other one or choose another identifier"},
	{Code: 0x8F, Treatment: TryAgain, Lasting: true, Words: "it does not accept the topic filter", Advice: "choose another topic"},
	{Code: CodeTopic, Treatment: SetAside, Words: "it does not accept the topic", Advice: "choose another name for the site"},
	{Code: 0x91, Treatment: TryAgain, Words: "packet identifier in use", Advice: retrying},
	{Code: 0x93, Treatment: TryAgain, Words: "too many messages at a time", Advice: "lower the number of messages in flight"},
	{Code: CodeTooLarge, Treatment: SetAside, Words: "larger than it accepts", Advice: "raise the message size limit of the broker"},
	{Code: 0x96, Treatment: HoldAll, Words: "too many messages in a short time", Advice: retrying},
	{Code: 0x97, Treatment: HoldAll, Words: "its quota is used up", Advice: "raise the quota on the broker"},
	{Code: 0x98, Treatment: TryAgain, Words: "an administrator ended the connection", Advice: "ask the operator of the broker"},
	{Code: CodePayloadFormat, Treatment: SetAside, Words: "it does not accept the payload format", Advice: seeLog},
	{Code: CodeRetain, Treatment: SetAside, Words: "it keeps no retained messages", Advice: "allow them on the broker"},
	{Code: CodeQoS, Treatment: SetAside, Words: "it does not acknowledge messages (no QoS 1)", Advice: "use a broker that does, such as Mosquitto"},
	{Code: 0x9C, Treatment: TryAgain, Words: "it refers to another server", Advice: "ask for its address"},
	{Code: 0x9D, Treatment: TryAgain, Words: "the server has moved", Advice: "ask for its new address"},
	{Code: 0x9E, Treatment: TryAgain, Lasting: true, Words: "it allows no shared subscriptions", Advice: "subscribe without $share"},
	{Code: 0x9F, Treatment: HoldAll, Words: "too many connections in a short time", Advice: retrying},
	{Code: 0xA2, Treatment: TryAgain, Lasting: true, Words: "it allows no wildcards", Advice: "name a topic without + and #"},
}

// ReasonOf returns what a code means. Unlisted codes below 0x80 are a success, as
// MQTT 5 defines (2.4); messages answered with other unlisted codes are retried.
func ReasonOf(code byte) Reason {
	for _, r := range reasons {
		if r.Code == code {
			return r
		}
	}
	if code < CodeUnspecified {
		return Reason{Code: code, Treatment: Delivered, Words: "accepted"}
	}
	return Reason{Code: code, Words: "it answered with an unknown reason code", Advice: seeLog}
}

// MayPass reports whether the broker may accept the same message later.
func (r Reason) MayPass() bool { return r.Treatment == HoldAll || r.Treatment == TryAgain }

// Sentence joins the words, the broker's own text (reason string), the code and
// the advice.
func (r Reason) Sentence(text string) string {
	said := ""
	if text = Printable(text); text != "" {
		said = fmt.Sprintf(", it says %q", text)
	}
	return fmt.Sprintf("%s (reason code 0x%02X%s); %s", r.Words, r.Code, said, r.Advice)
}
