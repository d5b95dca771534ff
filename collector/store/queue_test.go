package store

import "testing"

// TestUnlistedLeaveRoom fills the queue with telegrams of unlisted meters: there is
// room for listed ones, as for actions.
func TestUnlistedLeaveRoom(t *testing.T) {
	t.Parallel()
	const queue = 100
	w := NewWriter(nil, WriterOptions{Queue: queue})
	taken := func(n int, entry func() Entry) (took int) {
		for range n {
			if w.Put(Item{Entry: entry()}) {
				took++
			}
		}
		return took
	}
	if n := taken(2*queue, func() Entry { return &Telegram{} }); n != queue/unlistedShare {
		t.Errorf("%d telegrams of unlisted meters were taken, want %d", n, queue/unlistedShare)
	}
	if n := taken(2*queue, func() Entry { return &Telegram{Meter: "KAM-1"} }); n != queue-queue/unlistedShare {
		t.Errorf("then %d of listed ones were taken, want the rest of the %d", n, queue)
	}
	if n := taken(1, func() Entry { return &Action{} }); n != 1 {
		t.Error("then an action was not taken")
	}
}
