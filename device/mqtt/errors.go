package mqtt

import (
	"crypto/tls"
	"crypto/x509"
	"errors"

	"earshot/device"
)

// refusals are the reason codes of MQTT 5 (docs/protocol/mqtt.md#reason-codes) about which something can be
// done here; others are told by number.
var refusals = map[byte]string{
	0x84: "it does not speak MQTT 5: use a broker that does, such as Mosquitto 2",
	0x86: "user name or password are wrong: correct them in the URL",
	0x87: "this user may not do that: allow it on the broker, or name another user in the URL",
	0x8A: "this machine is banned: ask who runs the broker",
	0x8F: "it does not accept this topic: choose another",
	0xA2: "it allows no wildcards: name a topic without + and #",
}

// passing are the reason codes that may be gone another time.
var passing = map[byte]string{
	0x88: "it is not available now",
	0x89: "it is busy",
	0x8B: "it is shutting down",
	0x8D: "it heard nothing in time",
	0x97: "its quota is used up",
	0x98: "an administrator ended the connection",
	0x9F: "too many connections in a short time",
}

// refusal is the error for a reason code: ErrUnsupported, or ErrGone where it
// may be gone another time.
func refusal(code byte) error {
	if words, ok := refusals[code]; ok {
		return device.Errorf(device.ErrUnsupported, "%s (reason code 0x%02X)", words, code)
	}
	words, ok := passing[code]
	if !ok {
		words = "look into the log of the broker"
	}
	return device.Errorf(device.ErrGone, "%s (reason code 0x%02X)", words, code)
}

// dialError says why there is no connection.
func dialError(spec device.Spec, err error) error {
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &authority):
		return device.Errorf(device.ErrUnsupported, "the certificate of %s is of no authority that this machine knows: name its file in SSL_CERT_FILE", spec)
	case errors.As(err, &name):
		return device.Errorf(device.ErrUnsupported, "the certificate of %s is for another host (%w): use the name that stands in it", spec, err)
	case errors.As(err, &record):
		return device.Errorf(device.ErrUnsupported, "%s does not speak TLS at this port: use mqtt:// or another port", spec)
	}
	return device.Errorf(device.ErrGone, "cannot connect to the broker %s (%w): check host and port, and whether it runs", spec, err)
}
