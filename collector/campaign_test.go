package collector

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"earshot/collector/crash"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
	"earshot/device/wait"
	"earshot/device/wmbus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// meterKey is the key of a test meter, different for each.
func meterKey(t testing.TB, i int) site.Key {
	t.Helper()
	key, err := site.NewKey(fmt.Appendf(nil, "key of metr%05d", i))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// encryptedSite is smallSite with a key for each meter.
func encryptedSite(t testing.TB, n int) site.Site {
	t.Helper()
	s := smallSite(n)
	for i := range s.Meters {
		s.Meters[i].Key = meterKey(t, i)
	}
	return s
}

// waterTelegram is a mode-5 telegram of meter i of encryptedSite with the volume in litres.
func waterTelegram(t testing.TB, m site.Meter, key site.Key, litres int64) []byte {
	t.Helper()
	code, ok := wmbus.VIF(wmbus.Volume, wmbus.UnitM3, -3)
	if !ok {
		t.Fatal("no VIF for litres")
	}
	head := wmbus.Head{VIF: code}
	msg := wmbus.Message{
		Link: wmbus.Address{Manufacturer: m.Manufacturer, ID: m.ID, Version: 1, Type: wmbus.TypeWater},
		CI:   0x7A, Access: 1, Mode: wmbus.ModeAESIV, Payload: head.Int(nil, 4, litres),
	}
	if key.IsZero() {
		msg.Mode = wmbus.ModeNone
	}
	frame, err := msg.Append(nil, key.Prepared())
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

// air is a receiver that plays a script on the clock of the test.
type air struct {
	name string
	pace device.Pace
	play func(ctx context.Context, send func(frame []byte)) error
}

func (a *air) Info() device.Info { return device.Info{Name: a.name, Driver: "test", Pace: a.pace} }
func (a *air) Close() error      { return nil }
func (a *air) Receive(ctx context.Context, sink device.Sink) error {
	return a.play(ctx, func(frame []byte) { sink.Frame(a.frame(frame, time.Now())) })
}

func (a *air) frame(bytes []byte, at time.Time) device.Frame {
	return device.Frame{Time: at, AirTime: at, Receiver: a.name, Mode: "T1", RSSI: device.RSSI{Scale: device.ScaleDBm, Value: -60}, Bytes: bytes}
}

// wait waits on the test's clock.
// testConfig is a campaign of a site that hears what play sends.
func testConfig(t testing.TB, s site.Site, play func(ctx context.Context, send func([]byte)) error) Config {
	return Config{
		Load:      func(context.Context) (site.Site, error) { return s, nil },
		StorePath: filepath.Join(t.TempDir(), "test.db"),
		Receivers: []device.Open{func(context.Context) (device.Receiver, error) { return &air{name: "air", play: play}, nil }},
	}
}

// oneRound runs a campaign of one round and returns its final state and error.
func oneRound(ctx context.Context, t testing.TB, cfg Config) (final state.Snapshot, roundErr error) {
	t.Helper()
	var view *View
	if err := Run(ctx, cfg, func(ctx context.Context, c *Campaign) error {
		view = c.View()
		roundErr = c.Round(ctx)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return view.Snapshot(), roundErr
}

// TestTenOfAThousandFail has ten meters fail in six ways among a thousand.
func TestTenOfAThousandFail(t *testing.T) {
	const meters = 1000
	var runs []string
	for range 2 {
		synctest.Test(t, func(t *testing.T) {
			s := encryptedSite(t, meters)
			frames := make([][]byte, meters)
			for i, m := range s.Meters {
				frames[i] = waterTelegram(t, m, m.Key, int64(1000+i))
			}
			breakTen(t, &s, frames)
			final, roundErr := oneRound(t.Context(), t, testConfig(t, s, func(ctx context.Context, send func([]byte)) error {
				for _, f := range frames {
					if err := wait.For(ctx, 20*time.Millisecond); err != nil {
						return err
					}
					if f != nil {
						send(f)
					}
				}
				<-ctx.Done()
				return ctx.Err()
			}))
			runs = append(runs, checkTen(t, roundErr, final))
		})
	}
	if runs[0] != runs[1] {
		t.Errorf("the order of results is not stable:\n%s\n%s", runs[0], runs[1])
	}
}

// broken are the rows that fail, by kind.
var broken = map[state.Kind][]int{
	state.KindTimeout:     {100, 101, 900}, // 900 sends compact frames only
	state.KindNoKey:       {200, 201},
	state.KindWrongKey:    {300, 301},
	state.KindUndecodable: {400, 401},
	state.KindImplausible: {500},
}

func breakTen(t testing.TB, s *site.Site, frames [][]byte) {
	plain := func(m site.Meter, ci byte, payload []byte) []byte {
		msg := wmbus.Message{Link: wmbus.Address{Manufacturer: m.Manufacturer, ID: m.ID, Version: 1, Type: wmbus.TypeWater}, CI: ci, Payload: payload}
		frame, err := msg.Append(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return frame
	}
	frames[100], frames[101] = nil, nil
	frames[900] = plain(s.Meters[900], 0x79, []byte{0x34, 0x12, 0, 0, 1, 2, 3, 4})
	s.Meters[200].Key, s.Meters[201].Key = site.Key{}, site.Key{}
	s.Meters[300].Key, s.Meters[301].Key = meterKey(t, 77777), meterKey(t, 77778)
	frames[400] = plain(s.Meters[400], 0x78, []byte{0x04})       // cut off in its first record
	frames[401] = plain(s.Meters[401], 0x78, []byte{0x04, 0x13}) // no value
	frames[500] = waterTelegram(t, s.Meters[500], s.Meters[500].Key, -5)
}

func checkTen(t testing.TB, roundErr error, final state.Snapshot) string {
	var all state.Failures
	if !errors.As(roundErr, &all) {
		t.Fatalf("the round's error is %T %v, want Failures", roundErr, roundErr)
	}
	for _, g := range all.Groups() {
		want := broken[g.Kind]
		if len(g.Failures) != len(want) {
			t.Errorf("%v: %d failures, want %d", g.Kind, len(g.Failures), len(want))
			continue
		}
		for i, f := range g.Failures {
			if f.Row != want[i]+2 {
				t.Errorf("%v: failure %d is line %d, want %d", g.Kind, i, f.Row, want[i]+2)
			}
		}
	}
	for _, target := range []error{state.ErrTimeout, state.ErrNoKey, state.ErrWrongKey, state.ErrUndecodable, state.ErrImplausible, // our kinds
		wmbus.ErrNoKey, wmbus.ErrWrongKey, wmbus.ErrTruncated, wmbus.ErrNeedFormat} { // their causes
		if !errors.Is(roundErr, target) {
			t.Errorf("errors.Is does not reach %v", target)
		}
	}
	if len(all) != 10 {
		t.Errorf("%d failures, want 10: %v", len(all), roundErr)
	}
	if got := final.Counts.Passed(); got != 990 {
		t.Errorf("%d meters passed, want 990", got)
	}
	if final.Store.Readings != 990 || final.Store.Telegrams != 998 {
		t.Errorf("%d readings of %d telegrams stored, want 990 of 998", final.Store.Readings, final.Store.Telegrams)
	}
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintln(&b, f)
	}
	for _, r := range final.Rows {
		fmt.Fprintln(&b, r.Ref, words.English.Verdict(&r.Verdict))
	}
	return b.String()
}

func TestLateMeter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 2)
		s.Meters[0].Timeout = 10 * time.Second
		frames := [][]byte{waterTelegram(t, s.Meters[0], s.Meters[0].Key, 5), waterTelegram(t, s.Meters[1], s.Meters[1].Key, 6)}
		final, roundErr := oneRound(t.Context(), t, testConfig(t, s, func(ctx context.Context, send func([]byte)) error {
			_ = wait.For(ctx, 14*time.Second)
			send(frames[0])
			_ = wait.For(ctx, 2*time.Second)
			send(frames[1])
			<-ctx.Done()
			return ctx.Err()
		}))
		if !errors.Is(roundErr, state.ErrTimeout) {
			t.Errorf("round error %v, want a timeout", roundErr)
		}
		if v := final.Rows[0].Verdict; words.English.Verdict(&v) != "ok, heard late" || !v.Passed() {
			t.Errorf("verdict %q, want it heard late", words.English.Verdict(&v))
		}
		if after := final.Rows[0].Read.After; after != 10*time.Second {
			t.Errorf("it timed out after %v, want 10s", after)
		}
		if took := final.Round.Finished.Sub(final.Round.Started); took != 16*time.Second {
			t.Errorf("the round took %v, want 16s: it ends with its last read", took)
		}
	})
}

func TestCachedReadingOfTheLastCampaign(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 1)
		frame := waterTelegram(t, s.Meters[0], s.Meters[0].Key, 6408)
		cfg := testConfig(t, s, func(ctx context.Context, send func([]byte)) error {
			send(frame)
			<-ctx.Done()
			return ctx.Err()
		})
		if _, err := oneRound(t.Context(), t, cfg); err != nil {
			t.Fatal(err)
		}
		silent := testConfig(t, s, func(ctx context.Context, _ func([]byte)) error { <-ctx.Done(); return ctx.Err() })
		silent.StorePath = cfg.StorePath
		final, _ := oneRound(t.Context(), t, silent)
		reading, cached := final.Rows[0].Shown()
		if !cached || !strings.HasPrefix(words.English.Verdict(&final.Rows[0].Verdict), "due by ") {
			t.Fatalf("cached %v, verdict %q", cached, words.English.Verdict(&final.Rows[0].Verdict))
		}
		if v, ok := reading.Main(); !ok || v.String() != "6.408" || v.Unit != wmbus.UnitM3 {
			t.Errorf("cached reading %s, want 6.408 m³", v.Text())
		}
	})
}

func TestCancelEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := encryptedSite(t, 50)
		err := Run(ctx, testConfig(t, s, func(ctx context.Context, _ func([]byte)) error { <-ctx.Done(); return ctx.Err() }),
			func(ctx context.Context, c *Campaign) error {
				time.AfterFunc(5*time.Second, cancel)
				if err := c.Round(ctx); err != nil {
					t.Errorf("cancelled reads are failures: %v", err)
				}
				return ctx.Err()
			})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v, want context.Canceled", err)
		}
	})
}

// TestSignalLeavesNoVerdicts ends a round as signal.NotifyContext does: its
// cause is an error of its own.
func TestSignalLeavesNoVerdicts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		var view *View
		_ = Run(ctx, testConfig(t, encryptedSite(t, 3), func(ctx context.Context, _ func([]byte)) error { <-ctx.Done(); return ctx.Err() }),
			func(ctx context.Context, c *Campaign) error {
				view = c.View()
				time.AfterFunc(5*time.Second, func() { cancel(errors.New("terminated signal received")) })
				return c.Round(ctx)
			})
		final := view.Snapshot()
		if n := final.Counts.ByCode[state.CodeWaiting]; n != 3 || final.Round.Cause != state.CauseCancelled {
			t.Errorf("%d of 3 reads were left without a verdict, cause %q", n, final.Round.Cause)
		}
	})
}

func TestNotesAreThereAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 1)
		silent := func(ctx context.Context, _ func([]byte)) error { <-ctx.Done(); return ctx.Err() }
		cfg := testConfig(t, s, silent)
		write := func(_ context.Context, c *Campaign) error { c.Note(s.Meters[0].Ref(), "behind the boiler"); return nil }
		if err := Run(t.Context(), cfg, write); err != nil {
			t.Fatal(err)
		}
		again := testConfig(t, s, silent)
		again.StorePath = cfg.StorePath
		_, _ = oneRound(t.Context(), t, again)
		final, _ := oneRound(t.Context(), t, again)
		if n := final.Rows[0].Notes; len(n) != 1 || n[0].Text != "behind the boiler" {
			t.Errorf("notes %v", n)
		}
	})
}

func TestStartIsUndoneWhenATaskFails(t *testing.T) {
	t.Parallel()
	closed := make(chan struct{})
	cfg := testConfig(t, smallSite(1), nil)
	cfg.Receivers[0] = func(context.Context) (device.Receiver, error) { return &closing{closed: closed}, nil }
	cfg.Load = func(context.Context) (site.Site, error) { return site.Site{}, errors.New("list.csv: it is empty") }
	err := Run(t.Context(), cfg, func(context.Context, *Campaign) error { t.Error("use was called"); return nil })
	if err == nil || err.Error() != "list.csv: it is empty" {
		t.Errorf("error %v, want the list's", err)
	}
	select {
	case <-closed:
	default:
		t.Error("the receiver was not closed")
	}
}

type closing struct {
	air
	closed chan struct{}
}

func (c *closing) Close() error { close(c.closed); return nil }

func TestPanicEndsTheCampaignAsAnError(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t, smallSite(1), func(context.Context, func([]byte)) error { panic("oops") })
	err := Run(t.Context(), cfg, func(ctx context.Context, c *Campaign) error { _ = c.Round(ctx); <-ctx.Done(); return nil })
	var p *crash.Error
	if !errors.As(err, &p) || p.Value != "oops" {
		t.Errorf("error %v, want the panic", err)
	}
}

func TestSwappedKeysAndTransposedID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 6)
		frames := make([][]byte, 6)
		for i, m := range s.Meters {
			frames[i] = waterTelegram(t, m, m.Key, 10)
		}
		s.Meters[1].Key, s.Meters[2].Key = s.Meters[2].Key, s.Meters[1].Key
		s.Meters[4].ID = 0x10000040 // 10000004 on the air
		final, _ := oneRound(t.Context(), t, testConfig(t, s, func(ctx context.Context, send func([]byte)) error {
			for _, f := range frames {
				send(f)
			}
			<-ctx.Done()
			return ctx.Err()
		}))
		for row, want := range map[int]string{
			0: "ok",
			1: "wrong key: lines 3 and 4 swapped?",
			2: "wrong key: lines 3 and 4 swapped?",
			4: "timed out: is it 10000004? its key fits",
		} {
			if got := words.English.Verdict(&final.Rows[row].Verdict); got != want {
				t.Errorf("row %d: %q, want %q", row, got, want)
			}
		}
	})
}
