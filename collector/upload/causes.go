package upload

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
	"unicode"
)

// What an error of the uploader is about. Each text is one sentence for the
// user; errors.Is finds the sentinel and what lies beneath it.
var (
	// ErrUnreachable: nobody answers at the address. It is tried again.
	ErrUnreachable = errors.New("broker not reachable")
	// ErrRejected: the broker answers but does not let this program in
	// (login, certificate, protocol). It is tried again, but needs the user.
	ErrRejected = errors.New("broker rejects the connection")
	// ErrLost: there was a connection and it ended. It is tried again.
	ErrLost = errors.New("connection to the broker lost")
	// ErrSilent: the broker takes messages but acknowledges none. The
	// connection was given up and is made anew.
	ErrSilent = errors.New("broker acknowledges nothing")
	// ErrRefused: the broker does not take this message. It was set aside.
	ErrRefused = errors.New("message refused by the broker")
	// ErrHeld: the broker takes nothing now. It is tried again after a pause.
	ErrHeld = errors.New("broker asks to wait")
	// ErrOutbox: the outbox cannot be read or written. It is tried again.
	ErrOutbox = errors.New("outbox fails")
)

// failure is an error whose text is one sentence, with its kind and its cause.
type failure struct {
	kind  error
	text  string
	cause error // may be nil
}

func (f *failure) Error() string { return f.text }

func (f *failure) Unwrap() []error {
	if f.cause == nil {
		return []error{f.kind}
	}
	return []error{f.kind, f.cause}
}

// fail makes a failure of a kind.
func fail(kind, cause error, format string, args ...any) error {
	return &failure{kind: kind, cause: cause, text: fmt.Sprintf(format, args...)}
}

// dialFailure finds the words for a connection that did not come about.
func dialFailure(broker string, err error) error {
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
		return fail(ErrUnreachable, err, "the host of the broker %s is not known: check the name and the network; what waits is kept and sent later", broker)
	case errors.As(err, &authority):
		return fail(ErrRejected, err, "the certificate of the broker %s comes from an authority that is not known here: name the authority's certificate", broker)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fail(ErrRejected, err, "the certificate of the broker %s is not valid now (it is from %s to %s, the clock here says %s): have it renewed, or set the clock right",
			broker, invalid.Cert.NotBefore.Format(time.DateOnly), invalid.Cert.NotAfter.Format(time.DateOnly), time.Now().Format(time.DateOnly))
	case errors.As(err, &web):
		return fail(ErrRejected, err, "the broker %s %s instead of opening a WebSocket for MQTT: check port and path, and whether its WebSocket listener is on", broker, web.text)
	case errors.As(err, &invalid), errors.As(err, &hostname):
		return fail(ErrRejected, err, "the certificate of the broker %s is not valid (%v): check the host name, the certificate and the clock", broker, err)
	case errors.As(err, &header):
		return fail(ErrRejected, err, "the broker %s does not speak TLS on this port: use mqtt:// or another port", broker)
	case alert(err) != "":
		return alertFailure(broker, err)
	}
	return fail(ErrUnreachable, err, "nobody answers at %s (%s): check address and network; what waits is kept and sent later", broker, brief(err))
}

// alert returns what the broker says is wrong with TLS, or "". Where it asks
// for a certificate that is not there, it says so only after the handshake.
func alert(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		return op.Err.Error()
	}
	return ""
}

// alertFailure finds the words for a broker that ends TLS.
func alertFailure(broker string, err error) error {
	return fail(ErrRejected, err, "the broker %s does not accept the TLS connection (%s): check this program's own certificate and its key, and who issued it", broker, alert(err))
}

// greetingFailure finds the words for a broker that answered the connection
// but not the MQTT greeting; code is the one of CONNACK, or 0.
func greetingFailure(broker string, code byte, text string, err error) error {
	var op *net.OpError
	switch {
	case code >= codeUnspecified:
		return fail(ErrRejected, err, "the broker %s rejects the connection: %s", broker, reasonOf(code).sentence(text))
	case alert(err) != "":
		return alertFailure(broker, err)
	case errors.Is(err, errQoS):
		return fail(ErrRejected, err, "the broker %s cannot be used: %s", broker, reasonOf(codeQoS).sentence(""))
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return fail(ErrUnreachable, err, "the broker %s accepts the connection but does not answer: check whether it is an MQTT port; what waits is kept and sent later", broker)
	case (errors.Is(err, io.EOF) || errors.As(err, &op)) && (strings.HasPrefix(broker, "mqtts:") || strings.HasPrefix(broker, "wss:")):
		return fail(ErrRejected, err, "the broker %s hung up on the greeting: check that it speaks MQTT 5, and whether it wants a certificate of this program, or another one", broker)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &op):
		return fail(ErrRejected, err, "the broker %s hung up on the greeting: check that it speaks MQTT 5 and whether this port wants mqtts://", broker)
	}
	return fail(ErrUnreachable, err, "the connection to the broker %s failed in the greeting (%s); what waits is kept and sent later", broker, brief(err))
}

// lostFailure finds the words for the end of a connection.
func lostFailure(broker string, err error) error {
	var known *failure
	if errors.As(err, &known) {
		return err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fail(ErrLost, err, "the broker %s closed the connection; readings are kept and sent when it is back", broker)
	}
	return fail(ErrLost, err, "the connection to the broker %s is lost (%s); readings are kept and sent when it is back", broker, brief(err))
}

// silentFailure finds the words for a broker that acknowledges nothing.
func silentFailure(broker string, patience time.Duration) error {
	return fail(ErrSilent, nil, "the broker %s takes messages but has acknowledged none for %s: look whether it is overloaded or stuck; they are sent again", broker, patience)
}

// endedFailure finds the words for a DISCONNECT of the broker.
func endedFailure(broker string, code byte, text string) error {
	return fail(ErrLost, nil, "the broker %s ended the connection: %s", broker, reasonOf(code).sentence(text))
}

// brief returns the innermost text of a network error, without addresses.
func brief(err error) string {
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
	return printable(err.Error())
}

// printable returns text of the broker bounded and without control characters.
func printable(text string) string {
	const most = 200
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return text
}
