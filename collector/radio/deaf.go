package radio

import (
	"fmt"
	"time"
)

// How long a receiver may hear nothing before it is taken for deaf.
const (
	// amongOthers and enoughOthers: silence while other receivers hear.
	amongOthers  = 30 * time.Second
	enoughOthers = 5
	// alone is the least silence that counts when nobody else hears either.
	alone = 60 * time.Second
	// maxSilence bounds the doubling after resets that did not help.
	maxSilence = 30 * time.Minute
)

// Ear is what is known of one receiver's hearing.
type Ear struct {
	Since  time.Time // of its last telegram, or since it was opened or reset
	Others int       // telegrams that other receivers heard since then
	Resets int       // since it last heard something
}

// Deaf tells, with the reason, whether a receiver has to be taken for deaf.
// longest is the longest time that a meter of the site may take to be heard.
// After each reset that did not help it takes twice as long.
func (e Ear) Deaf(now time.Time, longest time.Duration) (reason string, deaf bool) {
	silence := now.Sub(e.Since)
	patience := func(d time.Duration) time.Duration { return min(d<<min(e.Resets, 10), maxSilence) }
	switch {
	case e.Others >= enoughOthers && silence >= patience(amongOthers):
		return fmt.Sprintf("it has heard nothing for %v while other receivers heard %d telegrams", silence.Round(time.Second), e.Others), true
	case silence >= patience(max(alone, 2*longest)):
		return fmt.Sprintf("it has heard nothing for %v: check its antenna and its link modes", silence.Round(time.Second)), true
	}
	return "", false
}
