package simulate

import (
	"cmp"
	"container/heap"
	"iter"
	"math"
	"time"

	"earshot/device"
)

const (
	// sensitivity is the level in 1/100 dBm at which a dongle reads half of the
	// telegrams, and edge how steeply that changes around it, in 1/100 dB. In the
	// field, frames can be decoded down to a little below −97 dBm (docs/protocol/field.md#signal).
	sensitivity = -9850
	edge        = 120
	// capture is by how much, in 1/100 dB, the louder of two overlapping telegrams
	// must stand out to be received.
	capture = 800
	// fading is the standard deviation from telegram to telegram.
	fading = 200
	// longestOnAir is longer than any telegram in mode T or C takes.
	longestOnAir = 50 * time.Millisecond
	// perfectLevel is the weakest level of a radio that loses nothing.
	perfectLevel = -9000
)

// transmission is one telegram on the air.
type transmission struct {
	meter      *Meter
	start, end time.Duration
	level      int64
	frame      []byte
	lost       bool
}

// Telegrams yields the telegrams that are received of all that begin at or after
// from and before to, in the order in which they begin. AirTime and Time are Start
// plus the offset of their end. Consecutive windows yield the same as one window.
func (b *Building) Telegrams(from, to time.Duration) iter.Seq[device.Frame] {
	return func(yield func(device.Frame) bool) {
		for t := range b.transmissions(from, to) {
			if t.start < from || t.lost || !b.received(&t) {
				continue
			}
			if !yield(b.frame(&t)) {
				return
			}
		}
	}
}

func (b *Building) frame(t *transmission) device.Frame {
	at := b.start.Add(t.end.Truncate(time.Millisecond))
	return device.Frame{
		Time:    at,
		AirTime: at,
		Mode:    t.meter.model.mode,
		RSSI:    device.RSSI{Scale: device.ScaleDBm, Value: int16(math.Round(float64(t.level) / 100))},
		Bytes:   t.frame,
	}
}

// transmissions yields all transmissions that begin in the window or shortly
// before, with collisions marked.
func (b *Building) transmissions(from, to time.Duration) iter.Seq[transmission] {
	to = min(to, math.MaxInt64-longestOnAir)
	return func(yield func(transmission) bool) {
		queue := b.schedule(from - longestOnAir)
		var onAir []transmission // in the order in which they begin
		for len(queue) > 0 {
			// The first one after the window can still collide with the last in it.
			t := queue.next(b)
			for len(onAir) > 0 && onAir[0].end <= t.start {
				if onAir[0].start < to && !yield(onAir[0]) {
					return
				}
				onAir = onAir[1:]
			}
			if t.start >= to+longestOnAir {
				break
			}
			for i := range onAir {
				b.collide(&onAir[i], &t)
			}
			onAir = append(onAir, t)
		}
		for _, t := range onAir {
			if t.start < to && !yield(t) {
				return
			}
		}
	}
}

// collide marks what is lost if two transmissions overlap: both use 868.95 MHz, and
// only one that is much louder is received.
func (b *Building) collide(first, second *transmission) {
	if b.perfect || first.end <= second.start {
		return
	}
	first.lost = first.lost || first.level < second.level+capture
	second.lost = second.lost || second.level < first.level+capture
}

// received draws whether a telegram without a collision is received.
func (b *Building) received(t *transmission) bool {
	if b.perfect {
		return true
	}
	chance := 1 / (1 + math.Exp(float64(sensitivity-t.level)/edge))
	return throw(b.seed, forReception, t.meter.index, uint64(t.start)).chance(chance)
}

// turn is the next telegram of a meter.
type turn struct {
	meter *Meter
	n     int64
	at    time.Duration
}

// schedule orders the meters by the start of their next telegram (container/heap).
type schedule []turn

func (b *Building) schedule(from time.Duration) schedule {
	queue := make(schedule, 0, len(b.meters))
	for _, m := range b.meters {
		n := m.firstFrom(from)
		if t := (turn{m, n, m.begins(n)}); !m.isSilent(t.at) {
			queue = append(queue, t)
		}
	}
	heap.Init(&queue)
	return queue
}

// next takes the next telegram and schedules its meter's following one.
func (q *schedule) next(b *Building) transmission {
	now := (*q)[0]
	m := now.meter
	t := transmission{meter: m, start: now.at, frame: m.telegram(now.n, b.start, false)}
	t.end = t.start + airTime(m.model.mode, len(t.frame))
	t.level = m.level + throw(b.seed, forFading, m.index, uint64(now.n)).normal(fading)
	if b.perfect {
		t.level = max(t.level, perfectLevel)
	}
	if at := m.begins(now.n + 1); m.isSilent(at) {
		heap.Pop(q)
	} else {
		(*q)[0] = turn{m, now.n + 1, at}
		heap.Fix(q, 0)
	}
	return t
}

// Len, Less, Swap, Push and Pop implement heap.Interface. Telegrams that begin at
// the same moment are in the order of their meters.
func (q schedule) Len() int { return len(q) }

func (q schedule) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(q[i].at, q[j].at), cmp.Compare(q[i].meter.index, q[j].meter.index)) < 0
}

func (q schedule) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

func (q *schedule) Push(x any) { *q = append(*q, x.(turn)) }

func (q *schedule) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
