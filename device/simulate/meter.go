package simulate

import (
	"math"
	"time"

	"earshot/device"
	"earshot/device/wmbus"
)

// Meter is one meter that transmits. It does not change.
type Meter struct {
	Address wmbus.Address
	Place   Place
	Listed  bool // false: a neighbour's meter

	model *model
	index uint64 // in the building; its random numbers depend on it
	seed  uint64
	raw   [16]byte
	key   *wmbus.Key // nil if it does not encrypt

	interval, phase time.Duration // telegram n begins at phase + n·interval + jitter
	access          byte          // access number of telegram 0
	start, daily    int64         // register at offset 0, and its growth per day
	warmth          int64         // determines the temperatures it sends
	level           int64         // average level at the receiver, in 1/100 dBm

	faults
}

// Encrypts reports whether its telegrams need a key.
func (m *Meter) Encrypts() bool { return m.key != nil }

// Medium returns what it measures, in the words of device/wmbus.
func (m *Meter) Medium() string { return m.Address.Medium() }

// register returns the main register at an offset, in the unit of its make.
func (m *Meter) register(at time.Duration) int64 {
	const day = int64(24 * time.Hour / time.Second)
	v := m.start + m.daily*int64(at/time.Second)/day
	switch {
	case at < m.changedAt:
		v += m.drop
	case m.factor > 0:
		v *= m.factor
	}
	return max(0, v)
}

// jitter returns how much later than planned telegram n begins. Without it, two
// meters with the same interval could collide for ever.
func (m *Meter) jitter(n int64) time.Duration {
	return time.Duration(throw(m.seed, forJitter, m.index, uint64(n)).below(int64(m.interval / 40)))
}

// begins returns the offset at which telegram n begins.
func (m *Meter) begins(n int64) time.Duration {
	return m.phase + time.Duration(n)*m.interval + m.jitter(n)
}

// firstFrom returns the number of the first telegram that begins at or after an
// offset.
func (m *Meter) firstFrom(at time.Duration) int64 {
	n := int64(math.Floor(float64(at-m.phase)/float64(m.interval))) - 1
	for m.begins(n) < at {
		n++
	}
	return n
}

// fullEvery: a Kamstrup meter sends the record headers in every eighth telegram.
const fullEvery = 8

// telegram encodes telegram n, which begins at start, without link-layer CRCs. full
// makes it a full frame even if a compact one is due.
func (m *Meter) telegram(n int64, start time.Time, full bool) []byte {
	at := moment{offset: m.begins(n), clock: start.Add(m.begins(n) + m.skew)}
	msg := wmbus.Message{Link: m.Address, Access: m.access + byte(n), Status: m.status}
	records := m.model.say(nil, m, at)
	switch {
	case m.bare:
		msg.C, msg.ELL = wmbus.AccessNoReply, wmbus.ELL{CI: ciELLShort, Access: msg.Access}
	case m.unreadable:
		msg.CI, msg.Config, msg.Payload = ciShortHeader, modeOfTLS<<8, m.noise(n, records)
	case m.model.security == wmbus.ModeELL:
		msg.ELL = wmbus.ELL{CI: ciELLSession, CC: ccSynchronous | m.hopBit(ccHop), Access: msg.Access, Session: m.session(n, at.clock)}
		msg.CI, msg.Payload = ciNoHeader, records
		if compact, err := wmbus.AppendCompact(nil, records); err == nil && !full && (m.compact || (n+int64(m.access))%fullEvery != 0) {
			msg.CI, msg.Payload = ciCompact, compact
		}
	default:
		msg.CI, msg.Mode, msg.Payload, msg.Config = ciShortHeader, m.model.security, records, uint16(m.hopBit(configHop))
	}
	if m.adapter.ID != 0 && msg.CI == ciShortHeader {
		msg.CI, msg.Link, msg.Meter = ciLongHeader, m.adapter, m.Address
	}
	frame, err := msg.Append(nil, m.key)
	if err != nil {
		// The makes are a table of this package: an error here is a bug, and the
		// tests encode each of them.
		panic("simulate: " + m.model.maker + ": " + err.Error())
	}
	if full {
		return frame // of an earlier round, when nothing was wrong
	}
	return m.garbled(n, frame)
}

// CI-fields and control bits of the telegrams (docs/protocol/transport.md#ci-field).
const (
	ciELLShort    = 0x8C
	ciELLSession  = 0x8D
	ciLongHeader  = 0x72
	ciNoHeader    = 0x78
	ciCompact     = 0x79
	ciShortHeader = 0x7A
	ccSynchronous = 0x20
	ccHop         = 0x10
	configHop     = 0x01
	modeOfTLS     = 13
)

// session returns the session number of telegram n: minutes, and a count within the
// minute. It never repeats, so no key stream is used twice.
func (m *Meter) session(n int64, clock time.Time) uint32 {
	epoch := time.Date(2013, 1, 1, 0, 0, 0, 0, clock.Location())
	minutes := uint32(clock.Sub(epoch)/time.Minute) & (1<<25 - 1)
	return wmbus.SessionAESCTR | minutes<<4 | uint32(n)&15
}

// airTime returns how long a frame of n bytes, CRCs not counted, is on the air
// (docs/protocol/linklayer.md#time-on-air). Modes T send format A, modes C format B.
func airTime(mode device.LinkMode, n int) time.Duration {
	const chip = 10 * time.Microsecond // 100 kcps
	const preamble, postambleT = 48, 4
	if mode == "C1" {
		crcs := 2
		if n+crcs > 128 {
			crcs = 4
		}
		return time.Duration(64+8*(n+crcs)) * chip
	}
	blocks := 1 + (n-10+15)/16
	return time.Duration(preamble+12*(n+2*blocks)+postambleT) * chip
}
