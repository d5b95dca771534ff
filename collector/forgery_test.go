package collector

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/collector/site"
	"earshot/collector/words"
)

// TestForgery: for random meters with keys, forged plain telegrams before, between
// and after the real ones change neither reading nor base nor verdict, and are
// told.
func TestForgery(t *testing.T) {
	t.Parallel()
	list := encryptedSite(t, 1)
	m := list.Meters[0]
	tried := 0
	property := func(p *rapid.T) {
		real, forged := newJudge(list), newJudge(list)
		litres, plain, sealed := int64(rapid.IntRange(0, 1e6).Draw(p, "litres")), 0, 0
		rounds := rapid.IntRange(1, 3).Draw(p, "rounds")
		for round := 1; round <= rounds; round++ {
			if round > 1 {
				real.begin(round)
				forged.begin(round)
			}
			for range rapid.IntRange(1, 6).Draw(p, "telegrams") {
				forge := rapid.Bool().Draw(p, "forged")
				frame := waterTelegram(t, m, m.Key, litres)
				if forge {
					plain++
					value := int64(rapid.Int32Min(-math.MaxInt32).Draw(p, "value")) // the least one is no value
					frame = waterTelegram(t, m, site.Key{}, value)
				} else {
					sealed++
					litres += int64(rapid.IntRange(0, 10).Draw(p, "more"))
				}
				forged.hear("r", frame)
				real.now = forged.now
				if !forge {
					real.now = real.now.Add(-time.Second)
					real.hear("r", frame)
				}
			}
			if sealed == 0 {
				return // only plain ones: see TestOnlyPlainTelegrams
			}
			real.end()
			forged.end()
		}
		tried++
		a, b := real.row(), forged.row()
		alarms := strings.Join(words.English.Alarms(&b.Verdict), "; ")
		if told := strings.Contains(alarms, fmt.Sprintf("plain telegrams with this number (%d)", plain)); told != (plain > 0) {
			p.Fatalf("%d forged: %q", plain, alarms)
		}
		if a.Verdict.Code != b.Verdict.Code {
			p.Fatalf("verdict %v, without forgery %v", b.Verdict.Code, a.Verdict.Code)
		}
		ra, _ := a.Shown()
		rb, _ := b.Shown()
		if ra == nil || rb == nil || !bytes.Equal(ra.Encode(), rb.Encode()) {
			p.Fatalf("reading %v, without forgery %v", rb, ra)
		}
		for i := range real.kept {
			if !bytes.Equal(real.kept[i].item.Reading.Payload, forged.kept[i].item.Reading.Payload) {
				p.Fatalf("another reading is kept")
			}
		}
		if len(real.kept) != len(forged.kept) {
			p.Fatalf("%d readings are kept, without forgery %d", len(forged.kept), len(real.kept))
		}
	}
	for range 10 { // 100 meters each
		rapid.Check(t, property)
	}
	if tried < 100 {
		t.Errorf("%d were tried", tried)
	}
}
