package receivers

import (
	"fmt"
	"testing"
	"time"
)

// TestQuota has two receivers, whose hours are their own, and gateways that somebody
// makes up.
func TestQuota(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 12, 59, 0, 0, time.UTC)
	now := start
	reported := map[string]int{}
	reports := 0
	q := NewQuota(3, func() time.Time { return now }, func(receiver string, count int, _ time.Time) {
		reported[receiver] += count
		reports++
	})
	hear := func(receiver string, n int) (stored int) {
		for range n {
			if q.Room(receiver, now) {
				stored++
			} else {
				q.Skip(receiver)
			}
		}
		return stored
	}
	for _, c := range []struct {
		receiver string
		at       time.Duration
		n, want  int
	}{
		{receiver: "a", at: 0, n: 10, want: 3},
		{receiver: "b", at: 0, n: 2, want: 2},
		{receiver: "b", at: 30 * time.Second, n: 2, want: 1},
		{receiver: "a", at: time.Minute, n: 10, want: 3}, // 13:00
		{receiver: "a", at: time.Hour, n: 10, want: 0},   // 13:59
		{receiver: "a", at: 0, n: 10, want: 3},           // the clock was set back
	} {
		now = start.Add(c.at)
		if got := hear(c.receiver, c.n); got != c.want {
			t.Errorf("%s after %v: %d stored, want %d", c.receiver, c.at, got, c.want)
		}
	}
	q.Conclude()
	q.Conclude()
	if reported["a"] != 31 || reported["b"] != 1 {
		t.Errorf("reported %v, want 31 of a and 1 of b", reported)
	}
	if reports > 8 {
		t.Errorf("%d reports", reports)
	}
	stored := 0
	for i := range 1000 {
		stored += hear(fmt.Sprint("gateway ", i), 3)
	}
	if want := 3*(maxQuotas-2) + 3; stored != want || len(q.each) > maxQuotas+1 {
		t.Errorf("of 1000 receivers %d are stored, want %d; %d are remembered", stored, want, len(q.each))
	}
}
