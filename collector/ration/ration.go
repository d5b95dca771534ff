package ration

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"earshot/device/wait"
)

// Rule says how often messages of a kind are shown.
type Rule struct {
	// Burst is how many are shown at once. It starts again after none has come for
	// the longest pause.
	Burst int
	// Pause is the time between two of those that follow.
	Pause wait.Backoff
}

// The rules for what is about a part of the program.
var (
	// Vital is for what has to be known soon: a receiver, store or broker that is
	// lost.
	Vital = Rule{Burst: 5, Pause: wait.Backoff{First: 10 * time.Second, Most: time.Minute}}
	// Usual is for everything else.
	Usual = Rule{Burst: 5, Pause: wait.Backoff{First: 10 * time.Second, Most: time.Hour}}
	// Stream is for events that another program reads.
	Stream = Rule{Burst: 10, Pause: wait.Backoff{First: time.Second, Most: time.Minute}}
)

// maxKinds bounds the kinds that are counted apart; those beyond it are one kind.
const maxKinds = 256

// Message is one that is shown.
type Message struct {
	Text string
	More int // how many of its kind were not shown since the one before
}

func (m Message) String() string {
	if m.More == 0 {
		return m.Text
	}
	return fmt.Sprintf("%s (%d more like this)", m.Text, m.More)
}

// Ration counts messages by kind. The zero value has counted none. Its methods may
// be called from several goroutines.
type Ration[K comparable] struct {
	mu    sync.Mutex
	kinds map[K]*kind
	other kind
}

// kind is what is known of one kind.
type kind struct {
	rule  Rule
	shown int       // in a row
	last  time.Time // when one was shown
	came  time.Time // when one came
	text  string    // the latest that was not shown
	more  int       // how many were not shown
}

// Take counts a message, which may stand for several, and returns what is shown of
// it now; ok is false for nothing.
func (r *Ration[K]) Take(key K, rule Rule, text string, count int, now time.Time) (m Message, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := r.kind(key, now)
	if k.rule = rule; now.Sub(k.came) >= rule.Pause.Most {
		k.shown = 0
	}
	k.came = now
	if now.Before(k.last) {
		k.last = now // the clock was set back
	}
	if now.Before(k.due()) {
		k.text, k.more = text, k.more+count
		return Message{}, false
	}
	m = Message{Text: text, More: k.more + count - 1}
	k.show(now)
	return m, true
}

// Due returns the latest messages of the kinds that have some which were not shown
// and whose pause is over.
func (r *Ration[K]) Due(now time.Time) []Message {
	return r.release(now, func(k *kind) bool { return !now.Before(k.due()) })
}

// Rest returns the latest message of each kind that has some which were not shown.
func (r *Ration[K]) Rest(now time.Time) []Message {
	return r.release(now, func(*kind) bool { return true })
}

// Next returns when Due will have something; false if nothing was held back.
func (r *Ration[K]) Next() (at time.Time, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.each(func(k *kind) {
		if due := k.due(); k.more > 0 && (!ok || due.Before(at)) {
			at, ok = due, true
		}
	})
	return at, ok
}

func (r *Ration[K]) release(now time.Time, of func(*kind) bool) (out []Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.each(func(k *kind) {
		if k.more > 0 && of(k) {
			out = append(out, Message{Text: k.text, More: k.more - 1})
			k.show(now)
		}
	})
	slices.SortFunc(out, func(a, b Message) int { return strings.Compare(a.Text, b.Text) }) // a map has no order
	return out
}

// each calls do for every kind; the caller holds the lock.
func (r *Ration[K]) each(do func(*kind)) {
	for _, k := range r.kinds {
		do(k)
	}
	do(&r.other)
}

// kind finds a kind. If there are too many, those that are calm are forgotten.
func (r *Ration[K]) kind(key K, now time.Time) *kind {
	if k := r.kinds[key]; k != nil {
		return k
	}
	if len(r.kinds) >= maxKinds {
		for other, k := range r.kinds {
			if k.more == 0 && now.Sub(k.came) >= k.rule.Pause.Most {
				delete(r.kinds, other)
			}
		}
	}
	if len(r.kinds) >= maxKinds {
		return &r.other
	}
	if r.kinds == nil {
		r.kinds = map[K]*kind{}
	}
	r.kinds[key] = &kind{}
	return r.kinds[key]
}

// due is when the next message may be shown.
func (k *kind) due() time.Time {
	return k.last.Add(k.rule.Pause.After(k.shown - k.rule.Burst + 1))
}

// show notes that a message is shown.
func (k *kind) show(now time.Time) {
	k.shown++
	k.last, k.text, k.more = now, "", 0
}
