package mqtt

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"strings"
	"unicode"

	"earshot/device"
)

// The schemes, which are the names of the drivers in a Spec.
const (
	Name    = "mqtt"
	TLSName = "mqtts"
)

// Drivers are the entries for the list of drivers.
func Drivers() []device.Driver {
	return []device.Driver{{
		Name:  Name,
		About: "telegrams that bridges publish to an MQTT broker: hex, rtl_wmbus or JSON (mqtt://broker/topic)",
		Open:  Open,
	}, {
		Name:  TLSName,
		About: "the same over TLS (mqtts://user:password@broker/topic)",
		Open:  Open,
	}}
}

// target is what a Spec says. It holds the password and is never printed.
type target struct {
	addr     string // host:port
	host     string
	tls      bool
	topic    string
	user     string
	password []byte
	clientID string
}

// parse reads the URL of a Spec. Errors wrap ErrBadSpec.
func parse(spec device.Spec) (*target, error) {
	u := spec.URL
	if u == nil {
		return nil, fmt.Errorf("%w %q: write it as a URL: mqtt://broker/topic", device.ErrBadSpec, spec)
	}
	t := &target{host: u.Hostname(), tls: u.Scheme == TLSName, topic: strings.TrimPrefix(u.Path, "/")}
	if err := checkFilter(t.topic); err != nil {
		return nil, fmt.Errorf("%w %q: %w", device.ErrBadSpec, spec, err)
	}
	if u.RawQuery != "" {
		return nil, fmt.Errorf("%w %q: no ? may stand in it", device.ErrBadSpec, spec)
	}
	port := u.Port()
	switch {
	case port == "" && t.tls:
		port = "8883"
	case port == "":
		port = "1883"
	}
	t.addr = net.JoinHostPort(t.host, port)
	t.user = u.User.Username()
	if p, ok := u.User.Password(); ok {
		t.password = []byte(p)
	}
	t.clientID = "earshot-receiver-" + strings.ToLower(rand.Text()[:10]) // two of one name would throw each other out
	return t, nil
}

// checkFilter holds the rules of topic filters (docs/protocol/mqtt.md#topics).
func checkFilter(filter string) error {
	if filter == "" {
		return errors.New("the topic is missing after the broker, such as mqtt://broker/wmbus/+/telegram")
	}
	levels := strings.Split(filter, "/")
	if levels[0] == "$share" { // MQTT 5, 4.8.2
		if len(levels) < 3 || levels[1] == "" || strings.ContainsAny(levels[1], "+#") || levels[2] == "" && len(levels) == 3 {
			return errors.New("a shared subscription is written as $share/GROUP/TOPIC, such as $share/readers/earshot/+/frames")
		}
		levels = levels[2:]
	}
	for i, level := range levels {
		switch {
		case strings.Contains(level, "#") && (level != "#" || i != len(levels)-1):
			return errors.New("# stands for all that follows: it may only be the last level of the topic, by itself")
		case strings.Contains(level, "+") && level != "+":
			return errors.New("+ stands for one level of the topic: it must be a level by itself")
		}
	}
	return nil
}

// maxGatewayName bounds the name of a gateway, in bytes.
const maxGatewayName = 64

// gatewayOf returns the gateway whose frames are published on a topic, "" where
// it is another topic.
func gatewayOf(topic string) string {
	name, ok := strings.CutPrefix(topic, "earshot/")
	if !ok {
		return ""
	}
	name, ok = strings.CutSuffix(name, "/frames")
	if !ok || len(name) > maxGatewayName || strings.Contains(name, "/") || strings.ContainsFunc(name, unicode.IsControl) {
		return ""
	}
	return name
}
