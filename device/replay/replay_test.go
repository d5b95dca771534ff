package replay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/replay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The telegram of docs/protocol/vectors.md#frames, bare and in format B.
const plain, formatB = devicetest.PlainB, devicetest.AirB

var recorded = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func frame(mode device.LinkMode, rssi device.RSSI, after time.Duration) device.Frame {
	return device.Frame{AirTime: recorded.Add(after), Mode: mode, RSSI: rssi, Bytes: devicetest.Unhex(plain)}
}

func TestDriver(t *testing.T) {
	t.Parallel()
	dbm := device.RSSI{Scale: device.ScaleDBm, Value: -62}
	devicetest.Run(t, devicetest.Subject{
		Driver: replay.Driver(),
		Good: []devicetest.Line{
			{Text: `{"time":"2026-03-02T08:00:00.000Z","rssi":-62,"mode":"C1","receiver":"x","hex":"` + plain + `"}`, Want: frame("C1", dbm, 0)},
			{Text: `{"time":"2026-03-02T09:00:10+01:00","rssi":97,"scale":"relative","mode":"t1","hex":"` + formatB + `"}`,
				Want: frame("T1", device.RSSI{Scale: device.ScaleRelative, Value: 97}, 10*time.Second)},
			{Text: `{"hex":"` + strings.ToLower(plain) + `","time":"2026-03-02T08:00:09.5Z","rssi":-61.7,"scale":"dBm","more":[]}`, Want: frame("", dbm, 9500*time.Millisecond)},
			{Text: `  {"time":"2026-03-02T20:00:00Z","hex":"` + plain + `"}`, Want: frame("", device.RSSI{}, 12*time.Hour)},
		},
		Noise: []string{
			`{"time":"2026-03-02T08:00:00.000Z","rssi":-62,"mo`,
			`{"time":"2026-03-02T08:00:00Z","hex":"124"}`,
			`{"time":"2026-03-02T08:00:00Z","hex":"1244"}`,
			`{"time":"2026-03-02T08:00:00Z","hex":"` + plain[:24] + `0` + plain[24:] + `"}`,
		},
		Words: []string{`{"time":"2026-03-02T08:00:00Z"}`, `["a",2]`, `hello to you`},
		Half:  `{"time":"2026-03-02T20:00:00Z","hex":"1244AE`,
	})
}

// write puts a recording into a file: telegrams at these offsets, a bad line
// where the offset is negative.
func write(t *testing.T, offsets ...time.Duration) device.Spec {
	t.Helper()
	var text bytes.Buffer
	w := replay.NewWriter(&text)
	for _, o := range offsets {
		if o == bad {
			text.WriteString("broken\n")
			continue
		}
		if err := w.Write(frame("C1", device.RSSI{}, o)); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "air.jsonl")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return device.Spec{Driver: replay.Name, Path: path}
}

const (
	sec = time.Second
	bad = time.Duration(math.MinInt64)
)

// play returns how long after the start each frame was played; it stops after
// limit frames.
func play(t *testing.T, spec device.Spec, opt device.Options, limit int) ([]time.Duration, []error, error) {
	t.Helper()
	r, err := replay.Open(t.Context(), spec, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	start := time.Now()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	sink := devicetest.Sink{OnFrame: func(n int) {
		if n == limit {
			cancel()
		}
	}}
	err = r.Receive(ctx, &sink)
	var at []time.Duration
	for _, f := range sink.Frames() {
		at = append(at, f.Time.Sub(start))
	}
	return at, sink.Troubles(), err
}

func TestGaps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		recorded []time.Duration
		opt      device.Options
		want     []time.Duration
		troubles int
	}{
		{name: "as recorded", recorded: []time.Duration{0, 3 * sec, bad, 3 * sec, 10 * sec}, opt: device.Options{}, want: []time.Duration{0, 3 * sec, 3 * sec, 10 * sec}, troubles: 1},
		{name: "ten times as fast", recorded: []time.Duration{0, 30 * sec, 100 * sec}, opt: device.Options{Speed: 10}, want: []time.Duration{0, 3 * sec, 10 * sec}, troubles: 0},
		{name: "half as fast", recorded: []time.Duration{0, 30 * sec}, opt: device.Options{Speed: 0.5}, want: []time.Duration{0, 60 * sec}, troubles: 0},
		{name: "without gaps", recorded: []time.Duration{0, 30 * sec, 100 * sec}, opt: device.Options{Speed: math.Inf(1)}, want: []time.Duration{0, 0, 0}, troubles: 0},
		{name: "out of order", recorded: []time.Duration{10 * sec, 9 * sec, 12 * sec}, opt: device.Options{}, want: []time.Duration{0, 0, 2 * sec}, troubles: 0},
		{name: "the clock was set", recorded: []time.Duration{-30 * 365 * 24 * time.Hour, 0, 2 * sec}, opt: device.Options{}, want: []time.Duration{0, 0, 2 * sec}, troubles: 1},
		{name: "the clock was set back", recorded: []time.Duration{0, -48 * time.Hour, -48*time.Hour + sec}, opt: device.Options{}, want: []time.Duration{0, 0, sec}, troubles: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				got, troubles, err := play(t, write(t, c.recorded...), c.opt, -1)
				if !errors.Is(err, device.ErrEnd) || !reflect.DeepEqual(got, c.want) || len(troubles) != c.troubles {
					t.Errorf("played at %v with troubles %v, ended with %v; want %v, %d troubles and ErrEnd", got, troubles, err, c.want, c.troubles)
				}
			})
		})
	}
}

func TestLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		got, troubles, err := play(t, write(t, 0, bad, 4*sec), device.Options{Loop: true, Speed: 2}, 5)
		want := []time.Duration{0, 2 * sec, 2500 * time.Millisecond, 4500 * time.Millisecond, 5 * sec}
		if !errors.Is(err, context.Canceled) || !reflect.DeepEqual(got, want) {
			t.Errorf("played at %v, ended with %v; want %v and Canceled", got, err, want)
		}
		if len(troubles) != 1 {
			t.Errorf("troubles %v, want the bad line once, not once a pass", troubles)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		r, err := replay.New("it", strings.NewReader("broken\n"), device.Options{Loop: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Receive(t.Context(), &devicetest.Sink{}); !errors.Is(err, device.ErrUnsupported) {
			t.Errorf("a recording without telegrams: %v; want ErrUnsupported", err)
		}
	})
}

// What other programs keep is played with the times that it has.
func TestLogsOfOtherPrograms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       []time.Duration
		dropped    uint64
	}{
		{name: "wmbusmeters", text: "(wmbus) started\ntelegram=|" + plain + "|+12\ntelegram=|" + formatB + "|+15\nlog telegram=|" + plain + "|\n", want: []time.Duration{0, 3 * sec, 3 * sec}, dropped: 0},
		{name: "rtl_wmbus", text: "T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x" + plain + "\nrla;T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x" + plain +
			"\nT1;0;1;2019-04-03 19:00:43.000;97;148;12345678;0x" + plain + "\nC1;1;1;2019-04-03 19:00:52.500;97;148;12345678;0x" + plain + ";0x" + plain + "\n",
			want: []time.Duration{0, 10500 * time.Millisecond, 10500 * time.Millisecond}, dropped: 2},
		{name: "all at once", text: plain + "\n" + `{"time":"2026-03-02T08:00:00Z","hex":"` + plain + `"}` + "\ntelegram=|" + plain + "|+5\n" +
			`{"time":"2026-03-02T08:00:02Z","hex":"` + plain + `"}` + "\ntelegram=|" + plain + "|+6", want: []time.Duration{0, 0, 0, 2 * sec, 3 * sec}, dropped: 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			r, err := replay.New("log", strings.NewReader(c.text), device.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var sink devicetest.Sink
			if err := r.Receive(t.Context(), &sink); !errors.Is(err, device.ErrEnd) {
				t.Errorf("%s: ended with %v", c.name, err)
			}
			var at []time.Duration
			for _, f := range sink.Frames() {
				at = append(at, f.Time.Sub(start))
			}
			if !reflect.DeepEqual(at, c.want) || r.Dropped() != c.dropped {
				t.Errorf("%s: played at %v, %d dropped; want %v and %d", c.name, at, r.Dropped(), c.want, c.dropped)
			}
		})
	}
}

func TestNewPlaysWhatIsAtHand(t *testing.T) {
	t.Parallel()
	line := `{"time":"2026-03-02T08:00:00Z","hex":"` + plain + `"}`
	synctest.Test(t, func(t *testing.T) {
		r, err := replay.New("demo", strings.NewReader(line), device.Options{Loop: true})
		if err != nil {
			t.Fatal(err)
		}
		sink := devicetest.Sink{OnFrame: func(n int) {
			if n == 3 {
				_ = r.Close()
			}
		}}
		if err := r.Receive(t.Context(), &sink); !errors.Is(err, device.ErrEnd) || len(sink.Frames()) != 3 || sink.Frames()[2].Receiver != "demo" {
			t.Errorf("%d frames, %v; want 3 by receiver demo and ErrEnd", len(sink.Frames()), err)
		}
	})
	if _, err := replay.New("demo", struct{ io.Reader }{strings.NewReader(line)}, device.Options{Loop: true}); err == nil {
		t.Error("a loop over what cannot be rewound was accepted")
	}
}

func TestCloseInAGap(t *testing.T) {
	t.Parallel()
	for _, loop := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			r, err := replay.Open(t.Context(), write(t, 0, 3600*sec), device.Options{Loop: loop})
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				time.Sleep(sec) // of the bubble's clock
				_ = r.Close()
			}()
			start := time.Now()
			var sink devicetest.Sink
			if err := r.Receive(t.Context(), &sink); !errors.Is(err, device.ErrEnd) || time.Since(start) != sec || len(sink.Troubles()) != 0 {
				t.Errorf("loop %t: Receive ended with %v after %v, troubles %v; want ErrEnd after 1s", loop, err, time.Since(start), sink.Troubles())
			}
		})
	}
}

func TestBadOptions(t *testing.T) {
	t.Parallel()
	spec := write(t, 0)
	for _, c := range []struct {
		spec device.Spec
		opt  device.Options
	}{
		{spec, device.Options{Speed: -1}},
		{spec, device.Options{Speed: math.NaN()}},
		{device.Spec{Driver: replay.Name, Path: device.StdinPath}, device.Options{Loop: true, Stdin: strings.NewReader("")}},
	} {
		if _, err := replay.Open(t.Context(), c.spec, c.opt); !errors.Is(err, device.ErrBadSpec) {
			t.Errorf("Open(%v, %+v): %v, want ErrBadSpec", c.spec, c.opt, err)
		}
	}
}

// What Writer writes, Parse and Read give back.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var text bytes.Buffer
		w := replay.NewWriter(&text)
		var want []device.Frame
		for range rapid.IntRange(0, 5).Draw(t, "frames") {
			f := device.Frame{
				AirTime:  recorded.Add(time.Duration(rapid.Int64Range(-1e12, 1e12).Draw(t, "ms")) * time.Millisecond),
				Receiver: rapid.StringMatching(`[a-zA-Z0-9 _.-]{0,12}`).Draw(t, "receiver"),
				Mode:     rapid.SampledFrom(append(device.LinkModes(), "")).Draw(t, "mode"),
				RSSI:     device.RSSI{Scale: rapid.SampledFrom([]device.RSSIScale{device.ScaleDBm, device.ScaleRelative}).Draw(t, "scale"), Value: rapid.Int16().Draw(t, "rssi")},
				Bytes:    rapid.SliceOfN(rapid.Byte(), 10, 10).Draw(t, "bytes"),
			}
			f.Bytes[0] = 9 // a link layer of a header alone
			f.Time = f.AirTime
			if f.RSSI.Value == math.MinInt16 {
				f.RSSI = device.RSSI{}
			}
			if err := w.Write(f); err != nil {
				t.Fatal(err)
			}
			want = append(want, f)
		}
		got, err := replay.Read(&text)
		if err != nil || fmt.Sprintf("%v", got) != fmt.Sprintf("%v", want) {
			t.Fatalf("read %v, %v\nwant %v", got, err, want)
		}
	})
}

// A meter tells the time of the place it hangs at: the zone must survive.
func TestZoneIsKept(t *testing.T) {
	t.Parallel()
	f := frame("C1", device.RSSI{}, 0)
	f.AirTime = f.AirTime.In(time.FixedZone("", 3600))
	var text bytes.Buffer
	if err := replay.NewWriter(&text).Write(f); err != nil {
		t.Fatal(err)
	}
	got, err := replay.Read(&text)
	if want := "2026-03-02T09:00:00+01:00"; err != nil || got[0].AirTime.Format(time.RFC3339) != want {
		t.Errorf("read back %s, %v; want %s", got[0].AirTime.Format(time.RFC3339), err, want)
	}
}

func TestReadKeepsTheGood(t *testing.T) {
	t.Parallel()
	good := `{"time":"2026-03-02T08:00:00Z","hex":"` + plain + `"}`
	frames, err := replay.Read(strings.NewReader("# demo\n" + good + "\nbroken\n\n" + good))
	if len(frames) != 2 || err == nil || !strings.Contains(err.Error(), "line 3: ") {
		t.Errorf("%d frames, %v; want 2 and line 3 named", len(frames), err)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestWriterSaysWhatFailed(t *testing.T) {
	t.Parallel()
	if err := replay.NewWriter(brokenWriter{}).Write(frame("C1", device.RSSI{}, 0)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("%v, want the writer's own error", err)
	}
}
