package simulate

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is what is wrong with a meter or with its row in the list.
type Kind string

// The kinds of mishaps, worded for summaries.
const (
	// Keys of the list.
	WrongKey    Kind = "wrong key"         // the list has a key that nobody has
	SwappedKeys Kind = "swapped keys"      // two rows have each other's key
	RotatedKeys Kind = "rotated keys"      // the keys of three rows have moved on by one
	NoKey       Kind = "no key"            // the meter encrypts and the list has no key
	CopiedKey   Kind = "copied key"        // the key of the row above was copied
	ShortKey    Kind = "short key"         // a digit of the key is missing
	ReversedKey Kind = "reversed key"      // the bytes of the key are in reverse order
	MistypedKey Kind = "mistyped key"      // a digit of the key is wrong
	TurnedKey   Kind = "turned key digits" // two neighbouring digits of the key are transposed
	Placeholder Kind = "placeholder key"   // the list has what somebody filled in for a key
	DefaultKey  Kind = "default key"       // the meter has the key that its maker published
	PlainKey    Kind = "needless key"      // the list has a key, and the meter does not encrypt

	// Numbers of the list, and what else it says.
	TurnedDigit  Kind = "turned digits"     // two neighbouring digits of the ID are transposed
	OneDigit     Kind = "one digit wrong"   // of the ID
	TwoDigits    Kind = "two digits wrong"  // of the ID
	LostZero     Kind = "lost zero"         // a zero of the ID is missing
	HexID        Kind = "hex of the ID"     // the ID was taken for a decimal number, and written in hex
	ReversedID   Kind = "reversed ID"       // the bytes of the ID are in reverse order
	DINNumber    Kind = "DIN number"        // the list has the number of DIN 43863-5
	PrefixedID   Kind = "prefixed ID"       // letters before the ID
	ModuleNumber Kind = "module's number"   // the radio sends its own number, and the list has the meter's
	TwiceListed  Kind = "listed twice"      // a row has the ID of another one
	TwoMakers    Kind = "two makers"        // a meter of another maker has the same ID
	WrongMaker   Kind = "wrong maker"       // in the list
	WrongMedium  Kind = "wrong medium"      // in the list
	Neighbours   Kind = "neighbour's meter" // the row is that of a meter next door
	Replaced     Kind = "replaced"          // another meter is there now

	// The radio.
	Forged      Kind = "forged"            // somebody sends plain telegrams with the ID of the meter
	NeverHeard  Kind = "never heard"       // the meter stopped sending an hour before
	Slow        Kind = "slow"              // it sends every quarter of an hour
	OfficeHours Kind = "working hours"     // its radio is off now
	HeardLate   Kind = "heard late"        // the row's timeout ends before the meter's first telegram
	WeakSignal  Kind = "edge of reception" // most telegrams are lost
	CutOff      Kind = "cut off"           // its telegrams arrive cut off
	FlippedBits Kind = "flipped bits"      // they arrive with flipped bits
	CompactOnly Kind = "compact only"      // it never sends its format
	UnknownMode Kind = "unsupported mode"  // it encrypts in a mode that nobody can read
	AccessOnly  Kind = "access number"     // it sends its access number only

	// What the meter says.
	Leak        Kind = "leak"              // an alarm
	Burst       Kind = "burst"             // an alarm
	LowBattery  Kind = "low battery"       // an alarm
	ReverseFlow Kind = "reverse flow"      // an alarm
	Tamper      Kind = "tamper"            // an alarm
	Dry         Kind = "dry"               // an alarm
	Implausible Kind = "implausible"       // the register shows less than days ago
	ZeroReading Kind = "zero"              // the register of a used meter shows nothing
	Jumped      Kind = "jumped"            // the register shows far more than days ago
	SameTwice   Kind = "same twice"        // two meters show the same
	ColdFlow    Kind = "flow below return" // the sensors of a heat meter are swapped
	ClockHours  Kind = "clock hours off"   // the meter's clock is wrong
	ClockYears  Kind = "clock years off"   // it was never set
	OutOfRange  Kind = "out of range"      // a value that cannot be
	WrongUnit   Kind = "wrong unit"        // its register counts ten times or more what it did
	WrongDue    Kind = "wrong due date"    // its due date is in the future

	// Traps: nothing is wrong.
	IdleHeat     Kind = "idle heat meter"  // its return is warmer than its flow, and nothing flows
	Cooling      Kind = "cooling"          // its flow is colder than its return
	SetDay       Kind = "set day"          // an allocator begins again at zero
	NewMeter     Kind = "new meter"        // it shows nothing yet
	NoSummerTime Kind = "no summer time"   // its clock keeps winter time
	Faint        Kind = "faint"            // received well enough
	Repeated     Kind = "heard repeatedly" // through a repeater
	Adapter      Kind = "radio adapter"    // under an adapter's address
)

// Mishap is one row, or a few, that an installer has to act on, unless it is a trap.
type Mishap struct {
	Kind  Kind
	Row   int    // index in Rows
	Rows  []int  // all that it strikes
	Meter *Meter // the meter that is really there
}

// Trap reports whether nothing is wrong.
func (m Mishap) Trap() bool { return slices.Contains(traps, m.Kind) }

var traps = []Kind{IdleHeat, Cooling, SetDay, NewMeter, NoSummerTime, Faint, Repeated, Adapter}

// String says what happened and where.
func (m Mishap) String() string {
	return fmt.Sprintf("%s: %s %s", m.Kind, m.Meter.Address, m.Meter.Place)
}

// kindOf maps each kind to what it does to a row: it returns the rows that it
// strikes, nil and nothing done if the row does not suit it.
var kinds = []struct {
	kind  Kind
	apply func(b *Building, row int, d *dice) []int
}{
	{WrongKey, mistakeKey}, {SwappedKeys, swapKeys}, {RotatedKeys, rotateKeys}, {NoKey, forgetKey}, {CopiedKey, copyKey}, {ShortKey, shortenKey},
	{ReversedKey, reverseKey}, {MistypedKey, mistypeKey}, {TurnedKey, turnKey}, {Placeholder, fillKey}, {DefaultKey, defaultKey}, {PlainKey, lockPlain},
	{TurnedDigit, turnDigits}, {OneDigit, oneDigit}, {TwoDigits, twoDigits}, {LostZero, loseZero}, {HexID, hexID}, {ReversedID, reverseID},
	{DINNumber, dinNumber}, {PrefixedID, prefixID}, {ModuleNumber, moduleNumber}, {TwiceListed, listTwice}, {TwoMakers, twoMakers},
	{WrongMaker, mistakeMaker}, {WrongMedium, mistakeMedium}, {Neighbours, listNeighbours}, {Replaced, replace},
	{Forged, forge}, {NeverHeard, fallSilent}, {Slow, beSlow}, {OfficeHours, keepHours}, {HeardLate, beLate}, {WeakSignal, fade},
	{CutOff, cutOff}, {FlippedBits, flipBits}, {CompactOnly, beCompact}, {UnknownMode, unknownMode}, {AccessOnly, accessOnly},
	{Leak, flag(infoLeak)}, {Burst, flag(infoBurst)}, {ReverseFlow, flag(infoReverse)}, {Dry, flag(infoDry)}, {Tamper, tamper}, {LowBattery, drainBattery},
	{Implausible, runBackwards}, {ZeroReading, showZero}, {Jumped, jump}, {SameTwice, showSame}, {ColdFlow, swapSensors},
	{ClockHours, hoursOff}, {ClockYears, yearsOff}, {OutOfRange, outOfRange}, {WrongUnit, wrongUnit}, {WrongDue, wrongDue},
	{IdleHeat, idleHeat}, {Cooling, isCooling}, {SetDay, setDay}, {NewMeter, isNew}, {NoSummerTime, noSummerTime}, {Faint, faint}, {Repeated, repeated}, {Adapter, adapt},
}

// Kinds returns every kind, in the order of the documentation.
func Kinds() []Kind {
	all := make([]Kind, len(kinds))
	for i := range kinds {
		all[i] = kinds[i].kind
	}
	return all
}

// ParseKind reads a kind as it is worded, with dashes for spaces if you like.
func ParseKind(text string) (Kind, error) {
	for i := range kinds {
		if k := kinds[i].kind; text == string(k) || text == k.Word() {
			return k, nil
		}
	}
	return "", fmt.Errorf("no mishap is called %q", text)
}

// Word returns the kind in one word, as ParseKind reads it.
func (k Kind) Word() string {
	return strings.ToLower(strings.NewReplacer(" ", "-", "'", "").Replace(string(k)))
}

// placed are the mishaps of Søndergade 12, and the places at which they happen.
var placed = []struct {
	kind  Kind
	place Place
}{
	{SwappedKeys, Place{"A", "1", "tv", "bath"}},
	{HeardLate, Place{"A", "2", "tv", "living room"}},
	{Leak, Place{"A", "3", "tv", "bath"}},
	{LowBattery, Place{"A", "3", "th", "living room"}},
	{Implausible, Place{"B", "st", "tv", "bath"}},
	{TurnedDigit, Place{"B", "1", "tv", "bath"}},
	{NoKey, Place{"B", "1", "th", "kitchen"}},
	{NeverHeard, Place{"B", "2", "th", "kitchen"}},
	{WrongKey, Place{"B", "3", "tv", "bath"}},
	{WeakSignal, Place{"B", "3", "th", "living room"}},
}

// applyPlaced applies every mishap whose place the building has.
func (b *Building) applyPlaced() {
	for _, p := range placed {
		if row := slices.IndexFunc(b.rows, func(r Row) bool { return r.Place == p.place }); row >= 0 {
			b.strike(p.kind, row)
		}
	}
}

// apply applies each kind to a row that suits it, if there is one, which no other
// mishap has struck.
func (b *Building) apply(kinds []Kind) {
	for n, kind := range kinds {
		row := throw(b.seed, forMishap, uint64(n)).below(int64(len(b.rows)))
		for range b.rows {
			if b.strike(kind, int(row)) {
				break
			}
			row = (row + 1) % int64(len(b.rows))
		}
	}
}

// strike applies a kind to a row, and reports whether it suits.
func (b *Building) strike(kind Kind, row int) bool {
	if b.struck[row] {
		return false
	}
	for i := range kinds {
		if kinds[i].kind != kind {
			continue
		}
		meter := b.meters[row]
		rows := kinds[i].apply(b, row, throw(b.seed, forWrongKey, uint64(row)))
		for _, r := range rows {
			b.struck[r] = true
		}
		if rows != nil {
			b.mishaps = append(b.mishaps, Mishap{Kind: kind, Row: row, Rows: rows, Meter: meter})
		}
		return rows != nil
	}
	return false
}

// untouched reports whether there is such a row, and no mishap has struck it.
func (b *Building) untouched(row int) bool {
	return row >= 0 && row < len(b.rows) && !b.struck[row]
}
