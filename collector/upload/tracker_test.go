package upload_test

import (
	"maps"
	"sync"

	"github.com/eclipse/paho.golang/packets"

	"earshot/collector/upload"
)

// tracker proves what was acknowledged: it watches the packets of a proxy.
type tracker struct {
	mu     sync.Mutex
	sent   map[[2]int]string // payload by line and packet identifier
	acked  map[string]bool
	flying int // now, on the latest line
	most   int // that were in flight at a time
	line   int
}

func newTracker() *tracker { return &tracker{sent: map[[2]int]string{}, acked: map[string]bool{}} }

// see notes publishes on their way out and acknowledgements that get through.
func (w *tracker) see(line int, toBroker bool, packet *packets.ControlPacket) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if line != w.line {
		w.line, w.flying = line, 0
	}
	key := [2]int{line, int(packet.PacketID())}
	switch p := packet.Content.(type) {
	case *packets.Publish:
		if toBroker {
			w.sent[key] = string(p.Payload)
			w.flying++
			w.most = max(w.most, w.flying)
		}
	case *packets.Puback:
		if !toBroker {
			w.acked[w.sent[key]] = true
			w.flying--
		}
	}
}

func (w *tracker) has(m upload.Message) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.acked[string(m.Payload)]
}

// all returns what has been acknowledged.
func (w *tracker) all() map[string]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.acked)
}
