package text_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/text"
)

// However the text is cut into pieces, its lines are the same.
func TestSplitterPieces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.StringMatching(`[a-z ]{0,9}`), 1, 6).Draw(t, "lines")
		want = append(want, "end")
		joined := strings.Join(want, rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "end"))
		var got []string
		keep := func(l []byte) { got = append(got, string(l)) }
		var s text.Splitter
		for len(joined) > 0 {
			n := rapid.IntRange(1, len(joined)).Draw(t, "n")
			if err := s.Feed([]byte(joined[:n]), keep); err != nil {
				t.Fatal(err)
			}
			joined = joined[n:]
		}
		if !s.Pending() {
			t.Fatal("the last line has no end, and Pending denies it")
		}
		s.End(keep)
		if strings.Join(got, "|") != strings.Join(want, "|") || s.Pending() {
			t.Fatalf("lines %q, want %q", got, want)
		}
	})
}

func TestSplitterEndlessLine(t *testing.T) {
	t.Parallel()
	var s text.Splitter
	var got []string
	keep := func(l []byte) { got = append(got, string(l)) }
	piece := []byte(strings.Repeat("x", 10000))
	told := 0
	for range 1000 {
		if s.Feed(piece, keep) != nil {
			told++
		}
	}
	if told != 1 || !s.Pending() {
		t.Errorf("told %d times, want once", told)
	}
	if err := s.Feed([]byte("x\nafter\n"), keep); err != nil || strings.Join(got, "|") != "after" {
		t.Errorf("lines %q, %v; want the one after the long one", got, err)
	}
	fits := strings.Repeat("y", text.MaxLine)
	if err := s.Feed([]byte(fits+"\n"), keep); err != nil || got[len(got)-1] != fits {
		t.Errorf("the longest line was refused: %v", err)
	}
}

func TestReporterIsBounded(t *testing.T) {
	t.Parallel()
	var sink devicetest.Sink
	unreported := 0
	reporter := text.NewReporter("gw", &sink, func() { unreported++ })
	bad := errors.New("bad")
	for range 100 {
		reporter.Trouble(bad)
	}
	got := sink.Troubles()
	if len(got) != 10 || unreported != 90 || got[0].Error() != "gw: bad" || !strings.Contains(got[9].Error(), "further errors") || !errors.Is(got[9], bad) {
		t.Errorf("%d told, %d not: %v", len(got), unreported, got)
	}
	reporter.Telegram()
	reporter.Trouble(bad)
	if len(sink.Troubles()) != 11 || unreported != 90 {
		t.Error("after a telegram trouble is news again")
	}
}

func TestPieces(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	err := open(t, strings.NewReader("a\x00\nb")).Pieces(t.Context(), func(p []byte) { got.Write(p) })
	if got.String() != "a\x00\nb" || !errors.Is(err, device.ErrEnd) {
		t.Errorf("read %q, %v; want every byte and ErrEnd", got.String(), err)
	}
}
