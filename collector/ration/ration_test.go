package ration

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"earshot/device/wait"
)

var rule = Rule{Burst: 2, Pause: wait.Backoff{First: 10 * time.Second, Most: 40 * time.Second}}

// TestTake has messages come once a second, then none, then one.
func TestTake(t *testing.T) {
	t.Parallel()
	var r Ration[string]
	start := time.Now()
	var shown []string
	take := func(second, count int) {
		if m, ok := r.Take("store", rule, "full", count, start.Add(time.Duration(second)*time.Second)); ok {
			shown = append(shown, fmt.Sprintf("%d %v", second, m))
		}
	}
	for second := range 120 {
		take(second, 1)
	}
	if at, ok := r.Next(); !ok || at.Sub(start) != 151*time.Second {
		t.Errorf("the next is due after %v, %v", at.Sub(start), ok)
	}
	if due := r.Due(start.Add(150 * time.Second)); due != nil {
		t.Errorf("too early: %v", due)
	}
	if due := r.Due(start.Add(151 * time.Second)); len(due) != 1 || due[0].String() != "full (7 more like this)" {
		t.Errorf("due: %v", due)
	}
	take(160, 1) // calm, after 119
	take(161, 5)
	take(162, 5)
	take(150, 1) // the clock was set back
	take(160, 1)
	want := "0 full|1 full|11 full (9 more like this)|31 full (19 more like this)|71 full (39 more like this)|111 full (39 more like this)|160 full|161 full (4 more like this)|160 full (6 more like this)"
	if got := strings.Join(shown, "|"); got != want {
		t.Errorf("\n%s, want\n%s", got, want)
	}
	if rest := r.Rest(start); rest != nil {
		t.Errorf("rest: %v", rest)
	}
}

// TestKinds: kinds are apart, and bounded.
func TestKinds(t *testing.T) {
	t.Parallel()
	var r Ration[int]
	now, shown := time.Now(), 0
	for key := range 10 * maxKinds {
		if _, ok := r.Take(key, rule, "x", 1, now); ok {
			shown++
		}
	}
	if shown != maxKinds+rule.Burst || len(r.kinds) != maxKinds {
		t.Errorf("%d are shown, %d kinds are known", shown, len(r.kinds))
	}
	if rest := r.Rest(now); len(rest) != 1 || rest[0].More != 9*maxKinds-rule.Burst-1 {
		t.Errorf("%v", rest)
	}
	if _, ok := r.Take(-1, rule, "x", 1, now.Add(time.Hour)); !ok || len(r.kinds) != 1 {
		t.Errorf("calm kinds are kept: %d", len(r.kinds))
	}
}
