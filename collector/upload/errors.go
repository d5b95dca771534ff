package upload

import (
	"errors"
	"time"

	"earshot/device/mqttconn"
)

// The kinds of errors of the uploader, in addition to mqttconn's
// ErrUnreachable, ErrRejected and ErrLost, after which the connection is
// tried again. Each text is one sentence for the user; errors.Is finds the
// sentinel and the cause.
var (
	// ErrSilent: the broker takes messages but acknowledges none. The
	// connection was closed and is opened again.
	ErrSilent = errors.New("broker acknowledges nothing")
	// ErrRefused: the broker does not take this message. It was set aside.
	ErrRefused = errors.New("message refused by the broker")
	// ErrHeld: the broker takes nothing at the moment. It is tried again
	// after a pause.
	ErrHeld = errors.New("broker asks to wait")
	// ErrOutbox: the outbox cannot be read or written. It is tried again.
	ErrOutbox = errors.New("outbox fails")
)

// failf makes an error of a kind.
func failf(kind, cause error, format string, args ...any) error {
	return mqttconn.Failf(kind, cause, format, args...)
}

// kept adds to a temporary failure that nothing is lost.
func kept(f *mqttconn.Failure) error {
	if f.Kind != mqttconn.ErrUnreachable && f.Kind != mqttconn.ErrLost {
		return f
	}
	with := *f
	with.Text += "; waiting messages are kept and sent later"
	return &with
}

// silentError is for a broker that acknowledges nothing.
func silentError(broker string, patience time.Duration) *mqttconn.Failure {
	return mqttconn.Failf(ErrSilent, nil, "the broker %s takes messages but has acknowledged none for %s: check whether it is overloaded or stuck; the messages are sent again", broker, patience)
}
