package silence

import "time"

// Outlook is how likely a meter that was not heard should have been heard.
type Outlook struct {
	Expected int           // telegrams that it sent meanwhile
	Chance   int           // percent, that one of them should have been heard
	Left     time.Duration // how much longer its radio has to be listened to before it makes sense to give up; 0 if it does already
}

const (
	// Usual is how many percent of the telegrams of a meter are received if nothing
	// else is known, and Weak of one whose neighbours are received badly.
	Usual = 60
	Weak  = 30
	// enough is the chance, in percent, at which a meter is given up.
	enough = 95
	whole  = 1_000_000
)

// Expect is the outlook for a meter that sends at an interval, after its radio was
// listened to for so long; reception is how many percent of its telegrams are
// received. A meter may pause by plan, which has to be waited for in addition.
func Expect(interval, pause, listened time.Duration, reception int) Outlook {
	counted := max(0, listened-pause)
	n := counted / interval
	miss := int64(whole)
	for range min(n, 1000) {
		miss = miss * int64(100-reception) / 100
	}
	next := miss * int64(100-reception) / 100
	rest := int64((counted - n*interval) / time.Millisecond)
	miss -= (miss - next) * rest / max(1, int64(interval/time.Millisecond))
	out := Outlook{Expected: int(listened / interval), Chance: int(((whole-miss)*100 + whole/2) / whole)}
	out.Left = max(0, pause+Patience(interval, reception)-listened)
	return out
}

// Patience is how long a meter that sends at an interval has to be listened to
// before it makes sense to give up.
func Patience(interval time.Duration, reception int) time.Duration {
	need := time.Duration(0)
	for miss := int64(whole); miss > whole*(100-enough)/100; need += interval {
		next := miss * int64(100-reception) / 100
		if limit := int64(whole * (100 - enough) / 100); next < limit { // the last one counts in part
			return need + interval/1000*time.Duration((miss-limit)*1000/(miss-next)+1)
		}
		miss = next
	}
	return need
}

const (
	// UnknownWait is how long a read waits for a meter of which nothing is known.
	UnknownWait = 30 * time.Second
	// LongestWait bounds how long a read waits for one.
	LongestWait = time.Hour
	// telegrams is how many of a meter's intervals a read lasts. If three of five
	// telegrams are received, 97 of 100 meters are heard within four
	// (docs/protocol/field.md#waiting).
	telegrams = 4
)

// Timeout is how long a read should wait for a meter that sends at an interval; 0
// is not known.
func Timeout(interval time.Duration) time.Duration {
	if interval <= 0 {
		return UnknownWait
	}
	return min(LongestWait, max(UnknownWait, telegrams*interval))
}
