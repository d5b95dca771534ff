package wmbus

import (
	"encoding/binary"
	"iter"
	"math/bits"
	"strconv"
	"strings"
)

// Status is one thing that a meter says about itself.
type Status uint8

// The vocabulary: what the transport layer's status byte, the error flags and
// the flags of the families are translated to (docs/protocol/status.md). The
// order is that of outputs. These are the alarms: somebody should act.
const (
	StatusSmokeAlarm Status = iota
	StatusLeak
	StatusBurst
	StatusDry
	StatusReverseFlow
	StatusBlocked
	StatusOverflow
	StatusUnderflow
	StatusTamper
	StatusMagnet
	StatusRemoved
	StatusSubmerged
	StatusFrost
	StatusOverheated
	StatusNoSupply
	StatusFlowSensor
	StatusTemperatureSensor
	StatusAirInPipe
	StatusWrongDirection
	StatusSmokeChamber
	StatusObstacle
	StatusSounder
	StatusClock
	StatusMemory
	StatusAlarm
	StatusPermanentError
	StatusTemporaryError
	StatusApplicationError
	StatusLowBattery
	StatusOpened
	StatusConnection
	StatusEndOfLife
	StatusHardware
	StatusMeasuring
	StatusFlowRange
	StatusTemperatureRange
	StatusHumidityRange
	StatusPressureRange
	StatusVoltageRange
	StatusCurrentRange
	StatusFrequencyRange
	StatusWiring
	StatusBackwardEnergy
	StatusOversized
	StatusUndersized
	StatusNotConfigured
	StatusNotProtected
	StatusVerification
	StatusNoConsumption
	StatusUnusualConsumption
	StatusLeakOrIdle
	StatusSurroundings
	StatusMakerFlag // what only the maker can read: StatusSet.Maker
	alarmCount      // at most firstNote
)

// firstNote is the first status that is a note.
const firstNote = 64

// The notes: worth knowing, but nobody has to act. They are over, or normal.
const (
	StatusLeakEarlier Status = firstNote + iota
	StatusBurstEarlier
	StatusDryEarlier
	StatusTamperEarlier
	StatusRemovedEarlier
	StatusBlockedEarlier
	StatusReverseFlowEarlier
	StatusSmokeEarlier
	StatusEndOfLifeNear
	StatusBusy
	StatusTest
	StatusReset
	StatusSaving
	StatusCommissioning
	StatusService
	statusCount
)

// statusNone is for bits of which the meaning is known but is neither an alarm
// nor a note: the kind of device, summer time.
const statusNone = statusCount

var statusWords = [statusCount]string{
	StatusSmokeAlarm: "smoke alarm", StatusLeak: "leak", StatusBurst: "burst", StatusDry: "dry",
	StatusReverseFlow: "reverse flow", StatusBlocked: "blocked", StatusOverflow: "overflow", StatusUnderflow: "underflow",
	StatusTamper: "tamper", StatusMagnet: "magnetic tamper", StatusRemoved: "removed", StatusSubmerged: "submerged",
	StatusFrost: "frost", StatusOverheated: "overheated", StatusNoSupply: "no supply",
	StatusFlowSensor: "flow sensor error", StatusTemperatureSensor: "temperature sensor error",
	StatusAirInPipe: "air in pipe", StatusWrongDirection: "wrong flow direction",
	StatusSmokeChamber: "smoke chamber error", StatusObstacle: "obstacle", StatusSounder: "sounder error",
	StatusClock: "clock error", StatusMemory: "memory error", StatusAlarm: "alarm",
	StatusPermanentError: "permanent error", StatusTemporaryError: "temporary error",
	StatusApplicationError: "application error", StatusLowBattery: "low battery",
	StatusOpened: "opened", StatusConnection: "connection lost", StatusEndOfLife: "end of life",
	StatusHardware: "hardware error", StatusMeasuring: "measuring error", StatusFlowRange: "flow out of range",
	StatusTemperatureRange: "temperature out of range", StatusHumidityRange: "humidity out of range",
	StatusPressureRange: "pressure out of range", StatusVoltageRange: "voltage out of range",
	StatusCurrentRange: "current out of range", StatusFrequencyRange: "frequency out of range",
	StatusWiring: "wiring error", StatusBackwardEnergy: "energy backward",
	StatusOversized: "oversized", StatusUndersized: "undersized",
	StatusNotConfigured: "not configured", StatusNotProtected: "not protected", StatusVerification: "verification expired",
	StatusNoConsumption: "no consumption", StatusUnusualConsumption: "unusual consumption",
	StatusLeakOrIdle: "leak or no use", StatusSurroundings: "surroundings changed", StatusMakerFlag: "maker's flag",
	StatusLeakEarlier: "leak earlier", StatusBurstEarlier: "burst earlier", StatusDryEarlier: "dry earlier",
	StatusTamperEarlier: "tamper earlier", StatusRemovedEarlier: "removed earlier", StatusBlockedEarlier: "blocked earlier",
	StatusReverseFlowEarlier: "reverse flow earlier", StatusSmokeEarlier: "smoke alarm earlier",
	StatusEndOfLifeNear: "end of life near", StatusBusy: "busy", StatusTest: "test", StatusReset: "restarted",
	StatusSaving: "saving mode", StatusCommissioning: "commissioning mode", StatusService: "service",
}

// String returns the word that every output writes: "low battery".
func (s Status) String() string {
	if s < statusCount {
		return statusWords[s]
	}
	return ""
}

// Alarm reports whether somebody should act.
func (s Status) Alarm() bool { return s < alarmCount }

// Statuses are all statuses, in the order of outputs.
func Statuses() []Status {
	var list []Status
	for s := range statusCount {
		if s.String() != "" {
			list = append(list, s)
		}
	}
	return list
}

// StatusSet is a set of Status. The zero value is the empty set, and sets
// compare with ==.
type StatusSet struct {
	alarms, notes uint64
	maker         MakerFlags
}

// MakerFlags are the bits behind StatusMakerFlag: those of the transport
// layer's status byte, and those of words of flags.
type MakerFlags struct {
	Status byte
	Word   uint64
}

// StatusOf builds a set.
func StatusOf(list ...Status) StatusSet {
	var s StatusSet
	for _, one := range list {
		s.Add(one)
	}
	return s
}

// Add puts one status into the set.
func (s *StatusSet) Add(one Status) {
	switch {
	case one < alarmCount:
		s.alarms |= 1 << one
	case one >= firstNote && one < statusCount:
		s.notes |= 1 << (one - firstNote)
	}
}

// AddMaker adds StatusMakerFlag with its bits, if there are any.
func (s *StatusSet) AddMaker(flags MakerFlags) {
	if flags != (MakerFlags{}) {
		s.maker.Status |= flags.Status
		s.maker.Word |= flags.Word
		s.Add(StatusMakerFlag)
	}
}

// Maker is the bits behind StatusMakerFlag.
func (s StatusSet) Maker() MakerFlags { return s.maker }

// AddAll puts another set into the set.
func (s *StatusSet) AddAll(other StatusSet) {
	s.alarms, s.notes = s.alarms|other.alarms, s.notes|other.notes
	s.AddMaker(other.maker)
}

// Has reports whether the set holds one status.
func (s StatusSet) Has(one Status) bool {
	if one < firstNote {
		return s.alarms&(1<<one) != 0
	}
	return s.notes&(1<<(one-firstNote)) != 0
}

// Empty reports whether the set holds nothing.
func (s StatusSet) Empty() bool { return s.alarms|s.notes == 0 }

// Alarms is the part of the set that somebody should act on.
func (s StatusSet) Alarms() StatusSet {
	s.notes = 0
	return s
}

// Alarm reports whether somebody should act.
func (s StatusSet) Alarm() bool { return s.alarms != 0 }

// All yields the set in the fixed order of the vocabulary.
func (s StatusSet) All() iter.Seq[Status] {
	return func(yield func(Status) bool) {
		for one, ok := s.next(0); ok; one, ok = s.next(one + 1) {
			if !yield(one) {
				return
			}
		}
	}
}

// next is the first status of the set that is not before from.
func (s StatusSet) next(from Status) (one Status, ok bool) {
	if from < firstNote {
		if rest := s.alarms >> from << from; rest != 0 {
			return Status(bits.TrailingZeros64(rest)), true
		}
		from = firstNote
	}
	from -= firstNote
	rest := s.notes >> from << from
	return firstNote + Status(bits.TrailingZeros64(rest)), rest != 0
}

// Words lists the set in the fixed order of the vocabulary; nil when empty.
func (s StatusSet) Words() []string {
	var words []string
	for one := range s.All() {
		words = append(words, string(s.appendWord(nil, one)))
	}
	return words
}

// String lists the words, separated by commas.
func (s StatusSet) String() string { return string(s.append(nil, "", ", ")) }

// append lists the words between quotes.
func (s StatusSet) append(dst []byte, quote, comma string) []byte {
	first := true
	for one, ok := s.next(0); ok; one, ok = s.next(one + 1) {
		if !first {
			dst = append(dst, comma...)
		}
		first = false
		dst = append(s.appendWord(append(dst, quote...), one), quote...)
	}
	return dst
}

func (s StatusSet) appendWord(dst []byte, one Status) []byte {
	dst = append(dst, one.String()...)
	if one == StatusMakerFlag {
		dst = s.maker.append(dst)
	}
	return dst
}

// String returns the bits as they follow the word: " 0x20", " 0x0104", or
// both with a slash between them; "" if there are none.
func (f MakerFlags) String() string { return string(f.append(nil)) }

func (f MakerFlags) append(dst []byte) []byte {
	separator := " 0x"
	if f.Status != 0 {
		dst = appendHex(append(dst, separator...), []byte{f.Status})
		separator = "/0x"
	}
	if f.Word != 0 {
		var store [8]byte
		binary.BigEndian.PutUint64(store[:], f.Word)
		word := store[:]
		for len(word) > 2 && word[0] == 0 {
			word = word[1:]
		}
		dst = appendHex(append(dst, separator...), word)
	}
	return dst
}

// ParseStatus finds a status by its word.
func ParseStatus(word string) (Status, bool) {
	for s, w := range statusWords {
		if w == word && w != "" {
			return Status(s), true
		}
	}
	return 0, false
}

// AddWord adds what Words wrote, in this version or an earlier one. known is
// false for other words.
func (s *StatusSet) AddWord(word string) (known bool) {
	const earlier = "manufacturer status "
	if digits, is := strings.CutPrefix(word, earlier); is {
		word = statusWords[StatusMakerFlag] + " 0x" + digits
	}
	if digits, is := strings.CutPrefix(word, statusWords[StatusMakerFlag]+" 0x"); is {
		flags, ok := parseMakerFlags(digits)
		s.AddMaker(flags)
		return ok
	}
	one, known := ParseStatus(word)
	if known {
		s.Add(one)
	}
	return known
}

// parseMakerFlags reads what MakerFlags.append writes, without the first 0x.
func parseMakerFlags(text string) (flags MakerFlags, ok bool) {
	const statusDigits = 2
	for part := range strings.SplitSeq(text, "/0x") {
		n, err := strconv.ParseUint(part, 16, 64)
		switch {
		case err != nil:
			return MakerFlags{}, false
		case len(part) == statusDigits:
			flags.Status |= byte(n)
		default:
			flags.Word |= n
		}
	}
	return flags, flags != (MakerFlags{})
}

// AppendStatusJSON writes the words as a JSON list.
func AppendStatusJSON(dst []byte, s StatusSet) []byte {
	return append(s.append(append(dst, '['), `"`, ","), ']')
}
