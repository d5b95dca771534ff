package tcp

import (
	"time"

	"earshot/device"
)

// SetLineTime shortens how long a peer of l may take for a line.
func SetLineTime(l device.Receiver, d time.Duration) { l.(*Listener).lineTime = d }

// SetQuietTime shortens how long a peer of l is safe from making room.
func SetQuietTime(l device.Receiver, d time.Duration) { l.(*Listener).quietTime = d }

const (
	MaxPeers = maxPeers
	MaxBad   = maxBad
)

// Stream is the decoder of one connection.
type Stream struct{ *stream }

// NewStream returns one that finds out its form by itself.
func NewStream(frame func(device.Frame), trouble func(error)) Stream {
	return Stream{newStream(formUnknown, time.UTC, frame, trouble)}
}

func (s Stream) Feed(b []byte)    { s.feed(b) }
func (s Stream) Message(b []byte) { s.message(b) }
func (s Stream) End()             { s.end() }
func (s Stream) Pending() bool    { return s.pending() }
