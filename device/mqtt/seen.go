package mqtt

import (
	"hash/maphash"

	"github.com/eclipse/paho.golang/paho"

	"earshot/device/mqttconn"
)

const (
	// keptMessages bounds how many are remembered: more than gateways have in
	// flight when a broker restarts.
	keptMessages = 8192
)

// seen holds the messages that came last. It is for one goroutine at a time.
type seen struct {
	seed  maphash.Seed
	known map[uint64]bool
	order [keptMessages]uint64
	next  int
}

func newSeen() *seen { return &seen{seed: maphash.MakeSeed(), known: map[uint64]bool{}} }

// before notes a message and reports whether it came before.
func (s *seen) before(topic, id string) bool {
	var h maphash.Hash
	h.SetSeed(s.seed)
	_, _ = h.WriteString(topic)
	_ = h.WriteByte(0)
	_, _ = h.WriteString(id)
	sum := h.Sum64()
	if s.known[sum] {
		return true
	}
	delete(s.known, s.order[s.next])
	s.known[sum], s.order[s.next] = true, sum
	s.next = (s.next + 1) % keptMessages
	return false
}

// twice reports whether a gateway's message came before, and counts those that did:
// both broker and gateway send again what was not acknowledged in time.
func (r *Receiver) twice(p *paho.Publish) bool {
	if p.Properties == nil || mqttconn.GatewayOf(p.Topic) == "" {
		return false
	}
	id := p.Properties.User.Get(mqttconn.PropertyMessageID)
	if id == "" || !r.seen.before(p.Topic, id) {
		return false
	}
	r.inbox.unreported.Add(1)
	return true
}
