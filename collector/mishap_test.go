package collector

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"earshot/collector/imports"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/collector/words"
	"earshot/device"
	"earshot/device/simulate"
)

// minRight and maxWrong are bounds of what is measured, in per cent of the mishaps.
const (
	minRight = 91.5
	maxWrong = 0.5
)

// roundTime is how long each building is listened to.
const roundTime = 5 * time.Minute

// recording plays the telegrams of a building without gaps.
type recording struct {
	building *simulate.Building
	at       atomic.Int64 // position
	start    time.Time
}

func (r *recording) Info() device.Info {
	return device.Info{Name: "simulated", Driver: "replay", Pace: device.PaceRecorded, Unchecked: true}
}
func (r *recording) Close() error { return nil }
func (r *recording) now() time.Time {
	return r.start.Add(time.Duration(r.at.Load()))
}

// Receive implements device.Receiver.
func (r *recording) Receive(ctx context.Context, sink device.Sink) error {
	player := sink.(device.Player)
	played := func(at time.Duration) error {
		player.Played(at)
		r.at.Store(int64(at))
		return ctx.Err()
	}
	for f := range r.building.Telegrams(0, roundTime+30*time.Second) {
		if err := played(f.AirTime.Sub(r.start)); err != nil {
			return err
		}
		f.Receiver, f.Time = "simulated", f.AirTime
		sink.Frame(f)
	}
	if err := played(roundTime + time.Minute); err != nil {
		return err
	}
	return device.ErrEnd
}

// commissioned is a building as a campaign has judged it.
type commissioned struct {
	rows map[int]*state.Row // by line of the list
	bad  map[int]string     // the column that cannot be read, by line

	list   site.Site
	traced []Traced // its log with what was found
}

// commission runs a campaign on what is received in a building.
func commission(t *testing.T, b *simulate.Building) commissioned {
	t.Helper()
	var text bytes.Buffer
	if err := simulate.WriteList(&text, b.Rows()); err != nil {
		t.Fatal(err)
	}
	out := commissioned{rows: map[int]*state.Row{}, bad: map[int]string{}}
	read, err := imports.Read(&text, "building.csv", imports.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range read.Rejected {
		out.bad[bad.Line] = bad.Reasons[0].Column
	}
	list := site.Site{Name: "building"}
	for i := range read.Rows {
		list.Meters = append(list.Meters, read.Rows[i].Meter)
	}
	air := &recording{building: b, start: b.Start()}
	history := b.History()
	for i := range history {
		history[i].Time = history[i].AirTime
	}
	cfg := Config{
		Load:      func(context.Context) (site.Site, error) { return list, nil },
		Receivers: []device.Open{func(context.Context) (device.Receiver, error) { return air, nil }},
		StorePath: filepath.Join(t.TempDir(), "store.db"), History: history, Timeout: roundTime, Speed: math.Inf(1), Now: air.now,
	}
	err = Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error {
		_ = c.Collect(ctx, UntilDeadline)
		for _, r := range c.View().Snapshot().Rows {
			out.rows[r.Line] = r
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
	defer db.Close()
	out.list, out.traced = list, provable(t, list, db.CampaignLog(t.Context(), 1))
	return out
}

// The columns of the table.
const (
	isRight = iota
	isWrong
	isSymptom
	isMissed
)

// judged says how well a mishap was named, and by what.
func (c commissioned) judged(m simulate.Mishap) (column int, by []string) {
	known := names[m.Kind]
	for _, row := range m.Rows {
		line := row + 2
		var shown []string
		if column, bad := c.bad[line]; bad {
			shown = []string{"list " + column}
		} else if r := c.rows[line]; r != nil {
			shown = signs(r, m.Meter.Address)
		}
		by = append(by, shown...)
	}
	has := func(want []string) bool {
		return slices.ContainsFunc(want, func(w string) bool { return slices.Contains(by, w) })
	}
	switch {
	case has(known.cause):
		return isRight, by
	case has(known.symptom):
		return isSymptom, by
	case !slices.ContainsFunc(by, func(sign string) bool { return sign != passed }):
		return isMissed, by
	}
	return isWrong, by
}

// tally counts the columns of each kind, and healthy rows that were blamed.
type tally struct {
	mu       sync.Mutex
	counts   map[simulate.Kind]*[4]int
	examples map[simulate.Kind]string
	healthy  int
	blamed   []string
}

func (y *tally) add(seed uint64, b *simulate.Building, c commissioned) {
	y.mu.Lock()
	defer y.mu.Unlock()
	struck := map[int]simulate.Kind{}
	for _, m := range b.Mishaps() {
		if m.Trap() {
			continue
		}
		for _, row := range m.Rows {
			struck[row] = m.Kind
		}
		column, by := c.judged(m)
		if y.counts[m.Kind] == nil {
			y.counts[m.Kind] = new([4]int)
		}
		y.counts[m.Kind][column]++
		if column != isRight && y.examples[m.Kind] == "" {
			y.examples[m.Kind] = fmt.Sprintf("seed %d row %d: %s", seed, m.Row, strings.Join(by, ", "))
		}
	}
	traps := map[int]simulate.Kind{}
	for _, m := range b.Mishaps() {
		if m.Trap() {
			traps[m.Row] = m.Kind
		}
	}
	for i := range b.Rows() {
		r := c.rows[i+2]
		if struck[i] != "" || r == nil {
			continue
		}
		y.healthy++
		if !r.Verdict.Passed() || len(r.Verdict.Alarms) > 0 {
			y.blamed = append(y.blamed, fmt.Sprintf("seed %d row %d (%s): %s", seed, i, cmp.Or(traps[i], "healthy"), words.English.InFull(&r.Verdict)))
		}
	}
}

// table is what was counted as text, and the sums.
func (y *tally) table() (text string, sum [4]int) {
	var out strings.Builder
	fmt.Fprintf(&out, "%-20s %6s %6s %8s %7s\n", "kind", "right", "wrong", "symptom", "missed")
	for _, kind := range simulate.Kinds() {
		n := y.counts[kind]
		if n == nil {
			continue
		}
		fmt.Fprintf(&out, "%-20s %6d %6d %8d %7d   %s\n", kind, n[isRight], n[isWrong], n[isSymptom], n[isMissed], y.examples[kind])
		for i := range sum {
			sum[i] += n[i]
		}
	}
	all := float64(sum[isRight]+sum[isWrong]+sum[isSymptom]+sum[isMissed]) / 100
	fmt.Fprintf(&out, "%-20s %6d %6d %8d %7d   %.1f %% right, %.1f %% wrong\n", "all", sum[isRight], sum[isWrong], sum[isSymptom], sum[isMissed],
		float64(sum[isRight])/all, float64(sum[isWrong])/all)
	fmt.Fprintf(&out, "%d healthy meters, %d blamed\n", y.healthy, len(y.blamed))
	return out.String(), sum
}

// TestVerdictsOfMishaps commissions 200 random buildings, with one to ten mishaps
// each, and counts how often the row named the cause. EARSHOT_BUILDINGS is how many,
// or first:last.
func TestVerdictsOfMishaps(t *testing.T) {
	t.Parallel()
	first, last := 0, 200
	if spec := os.Getenv("EARSHOT_BUILDINGS"); spec != "" {
		from, to, ranged := strings.Cut(spec, ":")
		if !ranged {
			from, to = "0", spec
		}
		first, _ = strconv.Atoi(from)
		last, _ = strconv.Atoi(to)
	}
	y := &tally{counts: map[simulate.Kind]*[4]int{}, examples: map[simulate.Kind]string{}}
	for seed := first; seed < last; seed++ {
		b := simulate.Random(uint64(seed))
		y.add(uint64(seed), b, commission(t, b))
	}
	text, sum := y.table()
	t.Log("\n" + text)
	for _, blamed := range y.blamed {
		t.Error(blamed)
	}
	all := float64(sum[isRight]+sum[isWrong]+sum[isSymptom]+sum[isMissed]) / 100
	if right, wrong := float64(sum[isRight])/all, float64(sum[isWrong])/all; right < minRight || wrong > maxWrong {
		t.Errorf("%.1f %% right and %.1f %% wrong, want at least %.1f and at most %.1f", right, wrong, minRight, maxWrong)
	}
}
