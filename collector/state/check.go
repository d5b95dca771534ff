package state

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"time"

	"earshot/collector/reading"
)

// The years of times in a log. Later ones cannot be written as JSON once
// something is added to them.
const (
	firstYear = 1
	lastYear  = 9000
)

// Check returns what makes no sense in an event that was read from a log, nil if
// Apply can take it. The log of a damaged store may say anything.
func Check(ev Event) error {
	if err := checkTimes(ev.When()); err != nil {
		return err
	}
	switch ev := ev.(type) {
	case RoundStarted:
		for _, r := range ev.Reads {
			if err := cmp.Or(checkRef(r.Ref), checkTimes(r.Until)); err != nil {
				return err
			}
		}
		return cmp.Or(checkNumber("round", int64(ev.Round), 1), checkTimes(ev.Deadline))
	case RoundFinished:
		return cmp.Or(checkNumber("round", int64(ev.Round), 0), checkNumber("number of failures", int64(ev.Failed), 0))
	case Failed:
		return cmp.Or(checkRef(ev.Ref), checkTimes(ev.Reason.Day))
	case TimedOut:
		return checkRef(ev.Ref)
	case Decoded:
		return cmp.Or(checkRef(ev.Ref), checkReading(ev.Reading))
	case Cached:
		return cmp.Or(checkRef(ev.Ref), checkReading(ev.Reading))
	case StoreMended:
		return cmp.Or(checkTimes(ev.Since), checkNumber("number of lost entries", int64(ev.Lost), 0))
	case Refused:
		return cmp.Or(checkTimes(ev.Reading, ev.Reason.Day), checkNumber("round", int64(ev.Round), -1))
	case CampaignStarted:
		return ev.check()
	case CampaignResumed:
		return ev.check()
	case CampaignEnded:
		return checkNumber("campaign", ev.Campaign, 0)
	}
	return nil
}

func (s *Session) check() error {
	for _, b := range s.Brokers {
		if err := checkNumber("number of queued readings", int64(b.Queued), 0); err != nil {
			return err
		}
	}
	return cmp.Or(checkNumber("campaign", s.Campaign, 0), checkNumber("number of queued readings", int64(s.Queued), 0))
}

func checkReading(r *reading.Reading) error {
	if r == nil {
		return errors.New("it has no reading")
	}
	return checkTimes(r.Time, r.AirTime)
}

func checkRef(ref string) error {
	if ref == "" {
		return errors.New("it names no meter")
	}
	return nil
}

func checkNumber(what string, n, least int64) error {
	if n < least || n > math.MaxInt32 {
		return fmt.Errorf("its %s is %d", what, n)
	}
	return nil
}

// checkTimes checks times, of which zero is one that is not known.
func checkTimes(times ...time.Time) error {
	for _, t := range times {
		if year := t.Year(); year < firstYear || year > lastYear {
			return fmt.Errorf("it is of the year %d", year)
		}
	}
	return nil
}
