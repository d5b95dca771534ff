package upload

import (
	"context"
	"time"

	"earshot/collector/store"
)

var _ Outbox = store.Outbox{}

// Message is one message of the outbox. Its Seq numbers the messages in the
// order of their commits.
type Message = store.Message

// Outbox is the durable queue that is uploaded. Its methods are called from
// two goroutines at a time.
type Outbox interface {
	// Pending returns at most limit messages that have not been acknowledged
	// and whose Seq is greater than after, in the order of Seq.
	Pending(ctx context.Context, after int64, limit int) ([]Message, error)
	// Acknowledge commits that the broker has had these messages since at.
	Acknowledge(ctx context.Context, at time.Time, seqs []int64) error
}

// Observer is notified about messages and the connection. Its methods are
// called one at a time, from the goroutine of Run, and must not block. Errors
// are sentences for the user.
type Observer interface {
	// Connected says that the broker (as a URL) has accepted the connection.
	Connected(broker string)
	// Disconnected says why there is no connection. It is called when one is
	// lost, and when the reason for which none comes about changes.
	Disconnected(err error)
	// Delivered says that the broker acknowledged these messages and that the
	// outbox has committed it, with the time at. They are in the order of Seq.
	Delivered(at time.Time, messages []Message)
	// Refused says that the broker will not take this message. It was set
	// aside: this Run does not send it again, and it stays in the outbox
	// unless the observer has it taken out. errors.Is(err, ErrRefused).
	Refused(message Message, err error)
	// Held says that uploading pauses although the broker is connected
	// (errors.Is ErrHeld or ErrOutbox): nothing is lost, uploading resumes by itself.
	Held(err error)
}
