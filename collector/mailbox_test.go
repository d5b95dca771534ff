package collector

import "testing"

func TestMailboxLetsTheOldestOut(t *testing.T) {
	t.Parallel()
	m := newMailbox(2)
	for i := range 2 {
		if _, evicted, ok := m.put(queued{row: i}); evicted || !ok {
			t.Fatalf("frame %d: evicted %v, ok %v", i, evicted, ok)
		}
	}
	if out, evicted, ok := m.put(queued{row: 2}); !evicted || !ok || out.row != 0 {
		t.Errorf("out %d, evicted %v, ok %v; want 0, true, true", out.row, evicted, ok)
	}
	left := m.close()
	if len(left) != 2 || left[0].row != 1 || left[1].row != 2 {
		t.Errorf("left %v, want rows 1 and 2", left)
	}
	if _, _, ok := m.put(queued{}); ok {
		t.Error("a closed mailbox took a frame")
	}
}
