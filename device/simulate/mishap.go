package simulate

import (
	"fmt"
	"time"

	"earshot/device/wmbus"
)

// Kind is what is wrong with a meter or with its row in the list.
type Kind string

// The kinds of mishaps, worded for summaries.
const (
	WrongKey    Kind = "wrong key"         // the list has another key than the meter
	SwappedKeys Kind = "swapped keys"      // two rows have each other's key
	TurnedDigit Kind = "turned digits"     // two neighbouring digits of the ID are transposed in the list
	NeverHeard  Kind = "never heard"       // the meter stopped sending an hour before
	HeardLate   Kind = "heard late"        // the row's timeout ends before the meter's first telegram
	WeakSignal  Kind = "edge of reception" // most telegrams are lost
	Leak        Kind = "leak"              // an alarm
	LowBattery  Kind = "low battery"       // an alarm
	Implausible Kind = "implausible"       // the register shows less than days ago
	NoKey       Kind = "no key"            // the meter encrypts and the list has no key
)

// Mishap is one row that an installer has to act on.
type Mishap struct {
	Kind  Kind
	Row   int    // index in Rows
	Meter *Meter // the meter that is really there
	Other int    // the other row of swapped keys; otherwise Row
}

// String says what happened and where.
func (m Mishap) String() string {
	return fmt.Sprintf("%s: %s %s", m.Kind, m.Meter.Address, m.Meter.Place)
}

// lateTimeout and lateFirst: the row waits ten seconds, and the meter's first
// telegram comes after fourteen.
const (
	lateTimeout = 10 * time.Second
	lateFirst   = 14 * time.Second
)

// edgeLevel is the level of a meter at the edge of reception, in 1/100 dBm.
const edgeLevel = -9720

// placedMishap is a mishap and the place at which it happens.
type placedMishap struct {
	kind  Kind
	place Place
	apply func(b *Building, row int)
}

var placedMishaps = []placedMishap{
	{SwappedKeys, Place{"A", "1", "tv", "bath"}, (*Building).swapKeys},
	{HeardLate, Place{"A", "2", "tv", "living room"}, (*Building).beLate},
	{Leak, Place{"A", "3", "tv", "bath"}, (*Building).leak},
	{LowBattery, Place{"A", "3", "th", "living room"}, (*Building).drainBattery},
	{Implausible, Place{"B", "st", "tv", "bath"}, (*Building).runBackwards},
	{TurnedDigit, Place{"B", "1", "tv", "bath"}, (*Building).turnDigits},
	{NoKey, Place{"B", "1", "th", "kitchen"}, (*Building).forgetKey},
	{NeverHeard, Place{"B", "2", "th", "kitchen"}, (*Building).fallSilent},
	{WrongKey, Place{"B", "3", "tv", "bath"}, (*Building).mistakeKey},
	{WeakSignal, Place{"B", "3", "th", "living room"}, (*Building).fade},
}

// applyMishaps applies every mishap whose place the building has.
func (b *Building) applyMishaps() {
	for _, f := range placedMishaps {
		for i := range b.rows {
			if b.rows[i].Place != f.place {
				continue
			}
			m := Mishap{Kind: f.kind, Row: i, Meter: b.meters[i], Other: i}
			if f.kind == SwappedKeys {
				m.Other = i + 1
			}
			f.apply(b, i)
			b.mishaps = append(b.mishaps, m)
			break
		}
	}
}

// swapKeys swaps the keys of the cold and the warm water meter of a bath, which are
// consecutive rows.
func (b *Building) swapKeys(row int) {
	if row+1 < len(b.rows) {
		b.rows[row].key, b.rows[row+1].key = b.rows[row+1].key, b.rows[row].key
	}
}

func (b *Building) beLate(row int) {
	b.rows[row].Timeout = lateTimeout
	b.meters[row].phase = lateFirst
}

func (b *Building) leak(row int) { b.meters[row].info |= infoLeak }

// statusLowPower is bit 2 of the transport layer's status byte.
const statusLowPower = 0x04

func (b *Building) drainBattery(row int) { b.meters[row].status |= statusLowPower }

// runBackwards makes the register show less than before, as if the meter was
// replaced by a used one under the old number.
func (b *Building) runBackwards(row int) {
	b.meters[row].drop = 312_000
	b.meters[row].dropAt = -time.Hour
}

// turnDigits transposes the last two neighbouring digits that differ, provided the
// result is not the number of another meter.
func (b *Building) turnDigits(row int) {
	id := b.rows[row].ID
	for shift := 4; shift < 28; shift += 4 {
		high, low := id>>(shift+4)&15, id>>shift&15
		turned := id&^(0xFF<<shift) | low<<(shift+4) | high<<shift
		if high != low && !b.has(turned) {
			b.rows[row].ID = turned
			return
		}
	}
}

func (b *Building) has(id wmbus.ID) bool {
	for _, m := range b.meters {
		if m.Address.ID == id {
			return true
		}
	}
	return false
}

func (b *Building) forgetKey(row int) { b.rows[row].hasKey = false }

func (b *Building) fallSilent(row int) {
	b.meters[row].silent, b.meters[row].silence = true, -time.Hour
}

func (b *Building) mistakeKey(row int) {
	throw(b.seed, forWrongKey, uint64(row)).bytes(b.rows[row].key[:])
}

func (b *Building) fade(row int) {
	b.meters[row].level = edgeLevel
	b.rows[row].Note = "behind the steel cabinet"
}

// isSilent reports whether the meter has stopped transmitting at an offset.
func (m *Meter) isSilent(at time.Duration) bool { return m.silent && at >= m.silence }
