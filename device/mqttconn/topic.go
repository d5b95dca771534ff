package mqttconn

import (
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// MaxTopic is the longest topic that MQTT can carry, in bytes (docs/protocol/mqtt.md#topics).
	MaxTopic = 65535
	// maxLevel bounds one level of a topic made by Level.
	maxLevel = 200
	// maxGateway bounds the name of a gateway, in bytes.
	maxGateway = 64
)

// PropertyMessageID is the user property that identifies a message: it is the same
// each time a message is sent and differs between messages.
const PropertyMessageID = "message-id"

// unnamed stands for an empty name in a topic.
const unnamed = "unnamed"

// TopicFlaw returns why nothing can be published to a topic, as a phrase that
// completes "the topic …", or "" if it is valid.
func TopicFlaw(topic string) string {
	switch {
	case topic == "":
		return "is empty"
	case len(topic) > MaxTopic:
		return fmt.Sprintf("has %d bytes, MQTT allows %d", len(topic), MaxTopic)
	case !utf8.ValidString(topic):
		return fmt.Sprintf("holds a character that is not UTF-8 (%.100q), which no topic can hold: remove it", topic)
	}
	for _, r := range topic {
		switch {
		case r == '+' || r == '#':
			return "holds one of the wildcards + and #, to which nothing can be published: name the topic itself"
		case !allowed(r):
			return fmt.Sprintf("holds the character %q, which no topic can hold: remove it", r)
		}
	}
	return ""
}

// allowed reports whether a topic may hold a character: NUL is forbidden, the
// others should not be used (docs/protocol/mqtt.md#topics).
func allowed(r rune) bool {
	return !unicode.IsControl(r) && !unicode.Is(unicode.Noncharacter_Code_Point, r)
}

// CheckFilter checks a topic filter, which may have wildcards and be a shared
// subscription (docs/protocol/mqtt.md#topics). The error is one sentence.
func CheckFilter(filter string) error {
	levels := strings.Split(filter, "/")
	if levels[0] == "$share" {
		if len(levels) < 3 || levels[1] == "" || strings.ContainsAny(levels[1], "+#") || levels[2] == "" && len(levels) == 3 {
			return errors.New("a shared subscription is written as $share/GROUP/TOPIC, such as $share/readers/earshot/+/frames")
		}
		levels = levels[2:]
	}
	for i, level := range levels {
		switch {
		case level == "+", level == "#" && i == len(levels)-1, level == "" && filter != "":
			levels[i] = "x" // the rest must be a topic
		case strings.Contains(level, "#"):
			return errors.New("# stands for all levels that follow: it must be the whole last level")
		case strings.Contains(level, "+"):
			return errors.New("+ stands for one level of the topic: it must be a whole level")
		}
	}
	if flaw := TopicFlaw(strings.Join(levels, "/")); flaw != "" {
		return errors.New("the topic " + flaw)
	}
	return nil
}

// CheckGateway checks the name of a gateway, which becomes a level of a topic
// unchanged. The error is one sentence.
func CheckGateway(name string) error {
	switch {
	case name == "":
		return errors.New("the gateway has no name: choose one, such as cellar")
	case len(name) > maxGateway:
		return fmt.Errorf("the gateway's name has %d bytes: choose one of at most %d", len(name), maxGateway)
	case TopicFlaw(name) != "", strings.ContainsAny(name, "/%"):
		return fmt.Errorf("the gateway's name %.80q holds one of + # / %% or an unprintable character: choose another", name)
	}
	return nil
}

// Topic returns the topic of a meter's readings:
// earshot/<site>/<meter id>/reading.
func Topic(site, meterID string) string {
	return "earshot/" + Level(site) + "/" + Level(meterID) + "/reading"
}

// StatusTopic returns the topic of a gateway's status:
// earshot/<site>/status.
func StatusTopic(site string) string { return "earshot/" + Level(site) + "/status" }

// FramesTopic returns the topic of the telegrams that a gateway receives:
// earshot/<gateway>/frames.
func FramesTopic(gateway string) string { return "earshot/" + Level(gateway) + "/frames" }

// GatewayOf returns the gateway that publishes its frames on a topic, or "" if it
// is not such a topic.
func GatewayOf(topic string) string {
	name, ok := strings.CutPrefix(topic, "earshot/")
	if !ok {
		return ""
	}
	name, ok = strings.CutSuffix(name, "/frames")
	if !ok || CheckGateway(name) != nil {
		return ""
	}
	return name
}

// Level makes one level of a topic from any name.
//
// Characters that a topic may not hold (+ # / control characters, invalid UTF-8)
// are written %XX, and % itself %25, so that different names never share a topic.
// Names of more than 200 bytes are cut and end with a checksum.
func Level(name string) string {
	if name == "" {
		return unnamed
	}
	plain := func(r rune) bool { return r > ' ' && r < 0x7F && r != '+' && r != '#' && r != '/' && r != '%' }
	if len(name) <= maxLevel && !strings.ContainsFunc(name, func(r rune) bool { return !plain(r) }) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		part := name[i : i+size]
		if allowed(r) && !strings.ContainsRune("+#/%", r) && (r != utf8.RuneError || size > 1) {
			b.WriteString(part)
		} else {
			for _, c := range []byte(part) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		}
		i += size
	}
	return shorten(b.String(), name)
}

// shorten cuts a level that is too long between two of its characters and appends
// a checksum of the whole name.
func shorten(escaped, name string) string {
	if len(escaped) <= maxLevel {
		return escaped
	}
	mark := fmt.Sprintf("%%%08X", crc32.ChecksumIEEE([]byte(name)))
	cut := maxLevel - len(mark)
	for cut > 0 && !utf8.RuneStart(escaped[cut]) {
		cut--
	}
	// An escape is three bytes long; one that begins before the cut is dropped
	// too.
	if i := strings.LastIndexByte(escaped[:cut], '%'); i >= 0 && i > cut-3 {
		cut = i
	}
	return escaped[:cut] + mark
}
