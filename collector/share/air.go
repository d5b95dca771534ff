package share

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"earshot/device"
	"earshot/device/wmbus"
)

const (
	// maxUnlisted bounds how many unlisted meters are remembered.
	maxUnlisted = 4096
	// maxNotices bounds how many notices wait to be printed.
	maxNotices = 256
)

// air counts what no site expects.
type air struct {
	mu     sync.Mutex
	known  map[wmbus.Address]int
	meters []Unlisted
	more   int
}

// Unlisted is a meter on the air that no site expects.
type Unlisted struct {
	Address     wmbus.Address
	Telegrams   int
	First, Last time.Time
	Receiver    string      // the one that heard it last
	RSSI        device.RSSI // signal of the last telegram
}

// unlisted counts a telegram that no site expects.
func (a *air) unlisted(meter wmbus.Address, f device.Frame) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i, ok := a.known[meter]
	switch {
	case ok:
	case len(a.meters) >= maxUnlisted:
		a.more++
		return
	default:
		if a.known == nil {
			a.known = map[wmbus.Address]int{}
		}
		i = len(a.meters)
		a.known[meter] = i
		a.meters = append(a.meters, Unlisted{Address: meter, First: f.Time})
	}
	s := &a.meters[i]
	s.Telegrams++
	s.Last, s.Receiver, s.RSSI = f.Time, f.Receiver, f.RSSI
}

// Report is what a hub has heard for all sites together.
type Report struct {
	Receivers []Receiver
	// Unlisted are the meters that no site expects, in the order in which they
	// were first heard.
	Unlisted []Unlisted
	// More are telegrams of unlisted meters beyond the number that is remembered.
	More int
}

// Receiver is what one receiver has heard, and why it stopped.
type Receiver struct {
	Info      device.Info
	Telegrams int64
	Troubles  int
	Trouble   string // the last one
	Reason    string // why it stopped listening, "" if it listens or has ended normally
	// Discarded are telegrams kept for a site that did not listen yet, and
	// replaced by newer ones of the same meter.
	Discarded int
}

// Report returns what has been heard so far.
func (h *Hub) Report() Report {
	h.air.mu.Lock()
	out := Report{Unlisted: slices.Clone(h.air.meters), More: h.air.more}
	h.air.mu.Unlock()
	for _, s := range h.shared {
		out.Receivers = append(out.Receivers, s.report())
	}
	return out
}

func (s *shared) report() Receiver {
	r := Receiver{Info: s.receiver.Info(), Telegrams: s.receiver.Telegrams(), Reason: why(s.reason())}
	for _, to := range s.subscribers {
		r.Discarded += to.superseded()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Troubles, r.Trouble = s.troubles, s.trouble
	return r
}

// why says why a receiver is down, if that is a fault.
func why(err error) string {
	if err == nil || errors.Is(err, device.ErrEnd) || errors.Is(err, context.Canceled) {
		return ""
	}
	return err.Error()
}

// notices holds messages for the user until they are printed.
type notices struct {
	mu      sync.Mutex
	texts   []string
	missed  int
	changed chan struct{}
}

func (n *notices) add(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.texts) < maxNotices {
		n.texts = append(n.texts, fmt.Sprintf(format, args...))
	} else {
		n.missed++
	}
	select {
	case n.changed <- struct{}{}:
	default: // already latched
	}
}

// Noticed has a value when Notices has something to return: a latch.
func (h *Hub) Noticed() <-chan struct{} { return h.notices.changed }

// Notices returns and removes the notices since the last call, and how many
// more were dropped.
func (h *Hub) Notices() (texts []string, missed int) {
	n := &h.notices
	n.mu.Lock()
	defer n.mu.Unlock()
	texts, missed = n.texts, n.missed
	n.texts, n.missed = nil, 0
	return texts, missed
}
