package collector

import (
	"testing"

	"earshot/device"
)

// TestPlaybackForgetsReads begins many rounds on standard input, where reads end
// by the clock of this machine: those that are over are not kept.
func TestPlaybackForgetsReads(t *testing.T) {
	t.Parallel()
	p := newPlayback(nil, []device.Info{{Pace: device.PaceInput}})
	for range 100 {
		r := &read{box: newMailbox(readMailbox)}
		p.begin([]*read{r})
		r.box.close()
	}
	if len(p.reads) > 1 {
		t.Errorf("%d reads are kept, of which one was the last", len(p.reads))
	}
}
