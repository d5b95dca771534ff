package mqttconn

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"earshot/device/printable"

	"github.com/eclipse/paho.golang/packets"
)

// The kinds of errors. The text of an error is one sentence for the user;
// errors.Is finds its kind and its cause.
var (
	// ErrUnreachable: nothing answers at the address.
	ErrUnreachable = errors.New("broker not reachable")
	// ErrRejected: the broker answers but rejects this program
	// (login, certificate, protocol).
	ErrRejected = errors.New("broker rejects the connection")
	// ErrLost: there was a connection and it ended.
	ErrLost = errors.New("connection to the broker lost")
)

// ErrNotMQTT means that the other side sent something other than MQTT 5 packets.
var ErrNotMQTT = errors.New("it sent something other than MQTT 5")

// ErrNoQoS means that the broker cannot acknowledge messages, so delivery cannot be
// proven.
var ErrNoQoS = errors.New("the server's maximum QoS is 0")

// Failure is an error whose text is one sentence, with its kind and its cause.
type Failure struct {
	Kind  error
	Text  string
	Cause error // may be nil
	// Lasting means that retrying does not help until somebody changes
	// something.
	Lasting bool
}

func (f *Failure) Error() string { return f.Text }

// Unwrap makes errors.Is find the kind and the cause.
func (f *Failure) Unwrap() []error {
	if f.Cause == nil {
		return []error{f.Kind}
	}
	return []error{f.Kind, f.Cause}
}

// Failf makes a Failure of a kind; cause may be nil.
func Failf(kind, cause error, format string, args ...any) *Failure {
	return &Failure{Kind: kind, Cause: cause, Text: fmt.Sprintf(format, args...)}
}

// lasting is Failf for a failure that retrying does not solve.
func lasting(kind, cause error, format string, args ...any) *Failure {
	f := Failf(kind, cause, format, args...)
	f.Lasting = true
	return f
}

// DialError says why Dial failed. broker, here and below, is the address as it is
// shown, such as mqtt://host:1883. trust completes a sentence: what to do if the
// authority of the broker's certificate is unknown.
func DialError(broker, trust string, err error) *Failure {
	var (
		dns       *net.DNSError
		authority x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
		hostname  x509.HostnameError
		header    tls.RecordHeaderError
		web       *webError
	)
	switch {
	case errors.As(err, &dns):
		return Failf(ErrUnreachable, err, "the host of the broker %s is not known: check the name and the network", broker)
	case errors.As(err, &authority):
		return lasting(ErrRejected, err, "the certificate of the broker %s comes from an authority that is not known here: %s", broker, trust)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return Failf(ErrRejected, err, "the certificate of the broker %s is not valid now (it is from %s to %s, the clock here says %s): have it renewed, or set the clock right",
			broker, invalid.Cert.NotBefore.Format(time.DateOnly), invalid.Cert.NotAfter.Format(time.DateOnly), time.Now().Format(time.DateOnly))
	case errors.As(err, &web):
		return Failf(ErrRejected, err, "the broker %s %s instead of opening a WebSocket for MQTT: check port and path, and whether its WebSocket listener is on", broker, web.text)
	case errors.As(err, &hostname):
		return lasting(ErrRejected, err, "the certificate of the broker %s is not valid (%v): use the host name in it", broker, err)
	case errors.As(err, &invalid):
		return Failf(ErrRejected, err, "the certificate of the broker %s is not valid (%v): check the host name, the certificate and the clock", broker, err)
	case errors.As(err, &header):
		return lasting(ErrRejected, err, "the broker %s does not speak TLS on this port: use mqtt:// or another port", broker)
	case alert(err) != "":
		return alertError(broker, err)
	}
	return Failf(ErrUnreachable, err, "nothing answers at %s (%s): check address and network", broker, Brief(err))
}

// alert returns the TLS alert that the broker sent, or "". A broker that requires a
// certificate and gets none reports it only after the handshake.
func alert(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return op.Err.Error()
	}
	return ""
}

// alertError says why a broker ended TLS.
func alertError(broker string, err error) *Failure {
	return Failf(ErrRejected, err, "the broker %s does not accept the TLS connection (%s): check this program's own certificate and its key, and which authority issued it", broker, alert(err))
}

// ConnectError says why a broker that accepted the connection did not accept
// CONNECT. code is that of its CONNACK, or 0, and text its reason string.
func ConnectError(broker string, code byte, text string, err error) *Failure {
	var op *net.OpError
	hungUp := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &op)
	switch {
	case code >= CodeUnspecified:
		f := Failf(ErrRejected, err, "the broker %s rejects the connection: %s", broker, ReasonOf(code).Sentence(text))
		f.Lasting = ReasonOf(code).Lasting
		return f
	case alert(err) != "":
		return alertError(broker, err)
	case errors.Is(err, ErrNoQoS):
		return Failf(ErrRejected, err, "the broker %s cannot be used: %s", broker, ReasonOf(CodeQoS).Sentence(""))
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return Failf(ErrUnreachable, err, "the broker %s accepts the connection but does not answer: check that this is an MQTT port", broker)
	case hungUp && (strings.HasPrefix(broker, "mqtts:") || strings.HasPrefix(broker, "wss:")):
		return Failf(ErrRejected, err, "the broker %s hung up on CONNECT: check that it speaks MQTT 5, and whether it requires a client certificate, or another one", broker)
	case hungUp:
		return Failf(ErrRejected, err, "the broker %s hung up on CONNECT: check that it speaks MQTT 5, and whether this port needs mqtts://", broker)
	}
	return Failf(ErrUnreachable, err, "the broker %s does not answer CONNECT as MQTT 5 does (%s): check host and port", broker, Brief(err))
}

// LostError says why a connection ended; err is that of Conn.Why.
func LostError(broker string, err error) *Failure {
	var known *Failure
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Failf(ErrLost, err, "the broker %s closed the connection", broker)
	}
	return Failf(ErrLost, err, "the connection to the broker %s is lost (%s)", broker, Brief(err))
}

// DisconnectError says why the broker sent DISCONNECT.
func DisconnectError(broker string, code byte, text string) *Failure {
	return Failf(ErrLost, nil, "the broker %s ended the connection: %s", broker, ReasonOf(code).Sentence(text))
}

// ReasonString returns the text that a broker may add to a reason code.
func ReasonString(p *packets.Properties) string {
	if p == nil {
		return ""
	}
	return p.ReasonString
}

// Brief returns the innermost text of a network error, without addresses.
func Brief(err error) string {
	var op *net.OpError
	for errors.As(err, &op) && op.Err != nil {
		err = op.Err
	}
	var call *os.SyscallError
	if errors.As(err, &call) {
		err = call.Err
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return "no answer in time"
	}
	return Printable(err.Error())
}

// Printable makes a text of the broker fit for a terminal, and short.
func Printable(text string) string {
	const most = 200
	return printable.Short(text, most)
}
