package words

import (
	"testing"
	"time"

	"earshot/collector/site"
	"earshot/collector/state"
)

// BenchmarkVerdict: a screen or a stream of events says thousands of verdicts a
// second.
func BenchmarkVerdict(b *testing.B) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	verdicts := []state.Verdict{
		{Code: state.CodeOK, Stage: state.StageDelivered},
		{Code: state.CodeWrongKey, Mutual: true, Line: 10, FitsLine: 11},
		{Code: state.CodeTimedOut, Near: &state.Near{Why: site.LikeDigit}},
		{Code: state.CodeNotJudged, Away: 3 * time.Minute, After: 10 * time.Minute},
		{Code: state.CodeTimedOut, Silence: &state.Silence{Code: state.SilenceEarly, Until: now.Add(time.Hour), Judged: now}},
	}
	b.ReportAllocs()
	for i := range b.N {
		English.Verdict(&verdicts[i%len(verdicts)])
	}
}

// BenchmarkRead: the first sentence of a program waits for this.
func BenchmarkRead(b *testing.B) {
	for range b.N {
		readTable("da")
	}
}
