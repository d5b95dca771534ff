package collector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device"
	recordings "earshot/device/replay"
	"earshot/device/simulate"
)

// TestSilenceIsTheSameAtAnySpeed: buildings with meters that are silent, slow, or
// asleep give the same verdicts however fast they are played, and so does the log.
func TestSilenceIsTheSameAtAnySpeed(t *testing.T) {
	t.Parallel()
	codes := map[state.SilenceCode]int{}
	for seed := range uint64(3) {
		b := simulate.Random(seed, simulate.NeverHeard, simulate.Slow, simulate.OfficeHours)
		atOnce, played := playSilent(t, b, math.Inf(1)), playSilent(t, b, 300)
		for i, x := range atOnce {
			if x.Silence != nil {
				codes[x.Silence.Code]++
			}
			if one, other := silenceText(x), silenceText(played[i]); one != other {
				t.Errorf("seed %d, row %d: the verdict depends on the speed: %s, %s", seed, i, one, other)
			}
		}
	}
	if codes[state.SilenceOff] == 0 || codes[state.SilenceCalendar] == 0 {
		t.Errorf("silences %v: nothing to compare", codes)
	}
}

// silenceText is a verdict without times of this machine's clock.
func silenceText(v *state.Verdict) string {
	if v.Silence == nil {
		return v.Code.String()
	}
	x := *v.Silence
	x.Until, x.Judged = time.Time{}, time.Time{}
	return fmt.Sprintf("%v %+v", v.Code, x)
}

// playSilent runs a campaign on two minutes of a building, replays its log, and
// returns the verdicts.
func playSilent(t *testing.T, b *simulate.Building, speed float64) (verdicts []*state.Verdict) {
	t.Helper()
	dir := t.TempDir()
	var air bytes.Buffer
	for f := range b.Telegrams(0, 2*time.Minute) {
		fmt.Fprintf(&air, "{\"time\":%q,\"rssi\":%d,\"mode\":%q,\"hex\":\"%X\"}\n", f.AirTime.Format(time.RFC3339Nano), f.RSSI.Value, f.Mode, f.Bytes)
	}
	file := filepath.Join(dir, "air.jsonl")
	if err := os.WriteFile(file, air.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	list := site.Site{Name: "x"}
	for i, r := range b.Rows() {
		list.Meters = append(list.Meters, site.Meter{Row: i + 2, ID: r.ID, Manufacturer: r.Manufacturer, Medium: r.Medium, Place: site.Place(r.Place)})
	}
	cfg := Config{
		Load: func(context.Context) (site.Site, error) { return list, nil },
		Receivers: []device.Open{func(ctx context.Context) (device.Receiver, error) {
			return recordings.Driver().Open(ctx, device.Spec{Driver: recordings.Name, Path: file}, device.Options{Speed: speed})
		}},
		StorePath: filepath.Join(dir, "store.db"), TimeoutAuto: true, Speed: speed,
	}
	err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
		_ = c.Collect(ctx, UntilDeadline)
		for _, r := range c.View().Snapshot().Rows {
			verdicts = append(verdicts, &r.Verdict)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.OpenReader(t.Context(), cfg.StorePath)
	if err != nil {
		t.Fatal(err)
	}
	v, err := Verify(list, db.CampaignLog(t.Context(), 1))
	if err = errors.Join(err, db.Close()); err != nil || len(v.Differing) > 0 || v.Compared == 0 {
		t.Errorf("the log gives other verdicts in entries %v, the same %d times: %v", v.Differing, v.Compared, err)
	}
	return verdicts
}

// BenchmarkSilence is a round of 10,000 meters in which none is heard.
func BenchmarkSilence(b *testing.B) {
	const meters = 10_000
	building := simulate.New(1, simulate.Options{Meters: meters})
	list := site.Site{Name: "x"}
	for i, m := range building.Meters() {
		list.Meters = append(list.Meters, site.Meter{Row: i + 2, ID: m.Address.ID, Manufacturer: m.Address.Manufacturer, Medium: m.Medium(), Place: site.Place{Floor: "1"}})
	}
	at := state.At{Time: building.Start()}
	for b.Loop() {
		s := state.NewState(list, false)
		s.Apply(state.ReceiverUp{At: at, Info: device.Info{Name: "x"}})
		s.Apply(state.UnlistedHeard{At: at, Reception: state.Reception{Receiver: "x"}})
		for i := range list.Meters {
			s.Apply(state.TimedOut{At: state.At{Time: at.Time.Add(time.Minute)}, Ref: list.Meters[i].Ref(), After: time.Minute})
		}
		s.Apply(state.RoundFinished{At: state.At{Time: at.Time.Add(time.Minute)}, Round: 1})
	}
}
