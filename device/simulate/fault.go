package simulate

import (
	"time"

	"earshot/device/wmbus"
)

// faults are what is wrong with a meter, or unusual. The zero value is a sound one.
type faults struct {
	info    int64 // word of flags among its records
	status  byte  // of the transport layer
	silent  bool  // it stops transmitting at silence
	silence time.Duration

	drop      int64         // by how much its register falls at changedAt
	factor    int64         // by which it is multiplied from then on; 0 is 1
	changedAt time.Duration // offset

	skew    time.Duration // its clock is ahead
	amiss   int64         // added to a temperature or a voltage, in the unit of its make
	swapped bool          // the sensors of flow and return are swapped
	idle    bool          // nothing flows
	dueDate time.Duration // its due date is later
	isNew   bool          // it was just mounted

	compact    bool          // it never sends the record headers
	unreadable bool          // it encrypts in a mode that nobody can read
	bare       bool          // it sends its access number only
	repeated   bool          // a repeater passes its telegrams on
	adapter    wmbus.Address // … or an adapter, under its own address
	cut        bool          // its telegrams arrive cut off
	flips      bool          // most of them arrive with flipped bits
}

// isSilent reports whether the meter has stopped transmitting at an offset.
func (m *Meter) isSilent(at time.Duration) bool { return m.silent && at >= m.silence }

// hopBit is the bit that a repeater sets, if one passes the telegrams on.
func (m *Meter) hopBit(bit byte) byte {
	if m.repeated {
		return bit
	}
	return 0
}

// temperatures are those of flow and return, from what they would be.
func (m *Meter) temperatures(flow, back int64) (int64, int64) {
	switch {
	case m.idle: // the pipe cools down, and the return may be warmer
		flow, back = 240, 246
	case m.swapped:
		flow, back = back, flow
	}
	return flow + m.amiss, back
}

// flows is a flow or a power, nothing while the meter is idle.
func (m *Meter) flows(v int64) int64 {
	if m.idle {
		return 0
	}
	return v
}

// noise is what nobody can read, as long as records.
func (m *Meter) noise(n int64, records []byte) []byte {
	out := make([]byte, len(records))
	throw(m.seed, forNoise, m.index, uint64(n)).bytes(out)
	return out
}

// headLength is how many bytes of a telegram nothing happens to, so that the meter
// is recognised.
const headLength = 12

// garbled is a telegram as it arrives.
func (m *Meter) garbled(n int64, frame []byte) []byte {
	d := throw(m.seed, forNoise, m.index, uint64(n))
	switch {
	case m.cut:
		return frame[:len(frame)*3/5]
	case m.flips && d.chance(0.7):
		for range d.between(1, 4) {
			frame[d.between(headLength, int64(len(frame)-1))] ^= 1 << d.below(8)
		}
	}
	return frame
}
