package collector

import (
	"context"
	"testing"
	"time"

	"earshot/collector/state"
)

// BenchmarkRound runs a round with 10,000 meters that send one encrypted
// telegram each, through decoding, state and store.
func BenchmarkRound(b *testing.B) {
	const meters = 10000
	s := encryptedSite(b, meters)
	frames := make([][]byte, meters)
	for i, m := range s.Meters {
		frames[i] = waterTelegram(b, m, m.Key, int64(i))
	}
	events := 0
	b.ResetTimer()
	for b.Loop() {
		final, err := oneRound(b.Context(), b, testConfig(b, s, func(ctx context.Context, send func([]byte)) error {
			for _, f := range frames {
				send(f)
			}
			<-ctx.Done()
			return ctx.Err()
		}))
		if err != nil || final.Counts.Passed() != meters {
			b.Fatalf("%v, %d passed", err, final.Counts.Passed())
		}
		events += int(final.Generation)
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*meters), "ns/telegram")
}

// BenchmarkExamine makes events and a reading of one mode-5 telegram.
func BenchmarkExamine(b *testing.B) {
	s := encryptedSite(b, 1)
	frame := waterTelegram(b, s.Meters[0], s.Meters[0].Key, 6408)
	x := newExaminer(s, true)
	f := (&air{name: "air"}).frame(frame, time.Unix(0, 0))
	b.ReportAllocs()
	for b.Loop() {
		if x.examine(queued{frame: f}).reading == nil {
			b.Fatal("no reading")
		}
	}
}

// BenchmarkSnapshot takes a picture of 10,000 rows of which 50 have changed.
func BenchmarkSnapshot(b *testing.B) {
	board := NewBoard(state.NewState(smallSite(10000), false))
	view := board.View()
	refs := make([]string, 50)
	for i, r := range view.Snapshot().Rows[:50] {
		refs[i] = r.Ref
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, ref := range refs {
			board.Post(heard(after(0), ref, -60))
		}
		_ = view.Snapshot()
	}
}
