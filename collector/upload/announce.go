package upload

import (
	"math/rand/v2"
	"slices"
	"time"
)

// announcer is what the sender knows of announcements. The broker keeps them,
// but a consumer that has just started may have looked before they were there:
// then all are made again, after a pause.
type announcer struct {
	all    map[string]Announcement // by topic: the latest of this run
	known  map[string]int          // by topic: the version that was sent on this connection
	births int                     // how often a consumer was born
	due    time.Time               // when all are made again; zero for not
	again  []string                // topics that are still to be made again
}

func newAnnouncer() announcer {
	return announcer{all: map[string]Announcement{}, known: map[string]int{}}
}

// hear notes how often a consumer was born; pause is how long it is given.
func (a *announcer) hear(births int, pause time.Duration) {
	if births != a.births {
		a.births = births
		a.due = time.Now().Add(pause - rand.N(pause/2+1))
	}
}

// announce sends an announcement, unless this version was sent on this
// connection. errNoRoom says that it was not sent.
func (s *sender) announce(a Announcement) error {
	if version, sent := s.known[a.Topic]; sent && version == a.Version {
		return nil
	}
	if err := s.session.announce(s.epoch, Publication{Topic: a.Topic, Payload: a.Payload(), Retain: true}); err != nil {
		return err
	}
	s.all[a.Topic], s.known[a.Topic] = a, a.Version
	return nil
}

// repeat makes all announcements again when that is due. errNoRoom says that
// some are yet to come.
func (s *sender) repeat() error {
	if !s.due.IsZero() && !time.Now().Before(s.due) {
		s.due = time.Time{}
		clear(s.known)
		s.again = s.again[:0]
		for topic := range s.all {
			s.again = append(s.again, topic)
		}
		slices.Sort(s.again)
	}
	for ; len(s.again) > 0; s.again = s.again[1:] {
		if err := s.announce(s.all[s.again[0]]); err != nil {
			return err
		}
	}
	return nil
}
