package upload

import (
	"fmt"
	"hash/crc32"
	"strings"
	"unicode"
	"unicode/utf8"
)

// topicBytes is the longest topic that MQTT can carry (docs/protocol/mqtt.md#topics).
const topicBytes = 65535

// levelBytes bounds one level of a topic made by Topic.
const levelBytes = 200

// unnamed stands for an empty name in a topic.
const unnamed = "unnamed"

// Topic returns where the readings of a meter are published:
// earshot/<site>/<meter id>/reading.
//
// Names stay as they are as far as a topic may hold them. What it may not hold
// (+ # / control characters, what is not UTF-8) is written %XX, and % itself
// as %25: different names never share a topic. Names of more than 200 bytes
// are cut and carry a checksum.
func Topic(site, meterID string) string {
	return "earshot/" + level(site) + "/" + level(meterID) + "/reading"
}

// level makes one level of a topic from any name.
func level(name string) string {
	if name == "" {
		return unnamed
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		part := name[i : i+size]
		if mayStand(r, size) {
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

// mayStand reports whether a topic level may hold the rune as it is.
func mayStand(r rune, size int) bool {
	switch {
	case r == utf8.RuneError && size == 1: // not UTF-8
		return false
	case strings.ContainsRune("+#/%", r), unicode.IsControl(r):
		return false
	case unicode.Is(unicode.Noncharacter_Code_Point, r): // MQTT 5, 1.5.4
		return false
	}
	return true
}

// checkTopic returns why a message cannot be published to the topic, or "".
func checkTopic(topic string) string {
	switch {
	case topic == "":
		return "its topic is empty"
	case len(topic) > topicBytes:
		return fmt.Sprintf("its topic has %d bytes, MQTT allows %d", len(topic), topicBytes)
	case strings.ContainsAny(topic, "+#\x00"):
		return fmt.Sprintf("its topic %q holds a wildcard or a zero byte", topic)
	case !utf8.ValidString(topic):
		return fmt.Sprintf("its topic %q is not UTF-8", topic)
	}
	return ""
}

// shorten cuts a level that is too long between two of its characters and
// marks it with a checksum of the whole name.
func shorten(escaped, name string) string {
	if len(escaped) <= levelBytes {
		return escaped
	}
	mark := fmt.Sprintf("%%%08X", crc32.ChecksumIEEE([]byte(name)))
	cut := levelBytes - len(mark)
	for cut > 0 && !utf8.RuneStart(escaped[cut]) {
		cut--
	}
	// An escape is three bytes long; one that begins before the cut goes too.
	if i := strings.LastIndexByte(escaped[:cut], '%'); i >= 0 && i > cut-3 {
		cut = i
	}
	return escaped[:cut] + mark
}

// StatusTopic returns where a gateway says how it stands:
// earshot/<site>/status.
func StatusTopic(site string) string { return "earshot/" + level(site) + "/status" }

// FramesTopic returns where a gateway publishes what it hears:
// earshot/<gateway>/frames.
func FramesTopic(gateway string) string { return "earshot/" + level(gateway) + "/frames" }
