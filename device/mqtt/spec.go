package mqtt

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"

	"earshot/device"
	"earshot/device/mqttconn"
)

// The schemes, which are also the names of the drivers in a Spec.
const (
	Name    = "mqtt"
	TLSName = "mqtts"
)

// Drivers returns the entries for the list of drivers.
func Drivers() []device.Driver {
	return []device.Driver{{
		Name:  Name,
		About: "telegrams that bridges publish to an MQTT broker: hex, rtl_wmbus or JSON (mqtt://broker/topic)",
		Open:  Open,
	}, {
		Name:  TLSName,
		About: "the same over TLS (mqtts://broker/topic)",
		Open:  Open,
	}}
}

// target is what a Spec says. It holds the password and is never printed.
type target struct {
	address  *url.URL // of the broker, without user and topic
	topic    string
	user     string
	password mqttconn.Password
	clientID string
}

// parse reads the URL of a Spec. Errors wrap ErrBadSpec.
func parse(spec device.Spec) (*target, error) {
	u := spec.URL
	if u == nil {
		return nil, fmt.Errorf("%w %q: write it as a URL: mqtt://broker/topic", device.ErrBadSpec, spec)
	}
	t := &target{topic: strings.TrimPrefix(u.Path, "/"), user: u.User.Username()}
	if t.topic == "" {
		return nil, fmt.Errorf("%w %q: the topic is missing after the broker; example: mqtt://broker/wmbus/+/telegram", device.ErrBadSpec, spec)
	}
	if u.RawQuery != "" {
		return nil, fmt.Errorf("%w %q: it must not contain ?", device.ErrBadSpec, spec)
	}
	var err error
	if t.address, err = mqttconn.ParseAddress(u.Scheme + "://" + u.Host); err != nil {
		return nil, fmt.Errorf("%w %q: %w", device.ErrBadSpec, spec, err)
	}
	if err := mqttconn.CheckFilter(t.topic); err != nil {
		return nil, fmt.Errorf("%w %q: %w", device.ErrBadSpec, spec, err)
	}
	if p, ok := u.User.Password(); ok {
		t.password = mqttconn.NewPassword(p)
	}
	t.clientID = "earshot-receiver-" + strings.ToLower(rand.Text()[:10]) // the broker disconnects one of two clients with the same id
	return t, nil
}
