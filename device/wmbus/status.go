package wmbus

import "math/bits"

// Status is one thing that a meter says about itself.
type Status uint8

// The vocabulary: what the transport layer's status byte, the error flags and
// the flags of the families are translated to (docs/protocol/status.md). The order is that of outputs.
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
	StatusLeakEarlier
	StatusTamperEarlier
	StatusReverseFlowEarlier
	StatusSmokeEarlier
	StatusBusy
	StatusMaker5
	StatusMaker6
	StatusMaker7
	statusCount
)

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
	StatusLeakEarlier: "leak earlier", StatusTamperEarlier: "tamper earlier",
	StatusReverseFlowEarlier: "reverse flow earlier", StatusSmokeEarlier: "smoke alarm earlier",
	StatusBusy: "busy", StatusMaker5: "manufacturer status 20", StatusMaker6: "manufacturer status 40", StatusMaker7: "manufacturer status 80",
}

// String is the word that every output writes: "low battery".
func (s Status) String() string {
	if s < statusCount {
		return statusWords[s]
	}
	return ""
}

// StatusSet is a set of Status.
type StatusSet uint64

// noteMask holds what is worth knowing but asks for no action: what is over,
// and what only the maker can read.
const noteMask = 1<<StatusLeakEarlier | 1<<StatusTamperEarlier | 1<<StatusReverseFlowEarlier | 1<<StatusSmokeEarlier |
	1<<StatusBusy | 1<<StatusMaker5 | 1<<StatusMaker6 | 1<<StatusMaker7

// StatusOf builds a set.
func StatusOf(list ...Status) StatusSet {
	var s StatusSet
	for _, one := range list {
		s.Add(one)
	}
	return s
}

// Add puts one status into the set.
func (s *StatusSet) Add(one Status) { *s |= 1 << one }

// Has tells whether the set holds one status.
func (s StatusSet) Has(one Status) bool { return s&(1<<one) != 0 }

// Alarms is the part of the set that somebody should act on.
func (s StatusSet) Alarms() StatusSet { return s &^ noteMask }

// Alarm tells whether somebody should act.
func (s StatusSet) Alarm() bool { return s.Alarms() != 0 }

// First is the first of the set in the fixed order of the vocabulary; the set
// must not be empty.
func (s StatusSet) First() Status { return Status(bits.TrailingZeros64(uint64(s))) }

// Remove takes one status out of the set.
func (s *StatusSet) Remove(one Status) { *s &^= 1 << one }

// Words lists the set in the fixed order of the vocabulary; nil when empty.
func (s StatusSet) Words() []string {
	var words []string
	for rest := s; rest != 0; rest &= rest - 1 {
		words = append(words, Status(bits.TrailingZeros64(uint64(rest))).String())
	}
	return words
}

// String lists the words, separated by commas.
func (s StatusSet) String() string {
	var dst []byte
	for rest := s; rest != 0; rest &= rest - 1 {
		if dst != nil {
			dst = append(dst, ", "...)
		}
		dst = append(dst, Status(bits.TrailingZeros64(uint64(rest))).String()...)
	}
	return string(dst)
}

// ParseStatus finds a status by its word.
func ParseStatus(word string) (Status, bool) {
	for s, w := range statusWords {
		if w == word {
			return Status(s), true
		}
	}
	return 0, false
}

// AppendStatusJSON writes the words as a JSON list.
func AppendStatusJSON(dst []byte, s StatusSet) []byte {
	dst = append(dst, '[')
	for rest := s; rest != 0; rest &= rest - 1 {
		if rest != s {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, Status(bits.TrailingZeros64(uint64(rest))).String()...)
		dst = append(dst, '"')
	}
	return append(dst, ']')
}

// transportStatus translates the status byte of the transport layer
// (EN 13757-7; docs/protocol/status.md#status-byte).
func transportStatus(b byte) StatusSet {
	var s StatusSet
	switch b & 3 {
	case 1:
		s.Add(StatusBusy)
	case 2:
		s.Add(StatusApplicationError)
	case 3:
		s.Add(StatusAlarm)
	}
	for bit, status := range [...]Status{
		2: StatusLowBattery, 3: StatusPermanentError, 4: StatusTemporaryError,
		5: StatusMaker5, 6: StatusMaker6, 7: StatusMaker7,
	} {
		if bit >= 2 && b&(1<<bit) != 0 {
			s.Add(status)
		}
	}
	return s
}
