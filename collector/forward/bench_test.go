package forward_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"earshot/collector/forward"
	"earshot/collector/upload"
	"earshot/collector/upload/brokertest"
	"earshot/device"
	"earshot/device/mqtt"
)

// fleetFrames is how many telegrams all gateways of BenchmarkFleet hear.
const fleetFrames = 96_000

// BenchmarkFleet has gateways forward what they hear through one Mosquitto, as
// it comes from the package, to one receiver (or several, each of which gets
// everything, as those that share a list do). All run on this machine.
func BenchmarkFleet(b *testing.B) {
	for _, c := range []struct{ gateways, receivers int }{{1, 1}, {8, 1}, {32, 1}, {8, 3}} {
		b.Run(fmt.Sprintf("gateways=%d/receivers=%d", c.gateways, c.receivers), func(b *testing.B) {
			for range b.N {
				fleet(b, c.gateways, c.receivers)
			}
		})
	}
}

func fleet(b *testing.B, gateways, receivers int) {
	b.StopTimer()
	m := brokertest.StartMosquitto(b)
	ctx, cancel := context.WithCancel(b.Context())
	var listening sync.WaitGroup
	all := &tally{want: int64(fleetFrames * receivers), done: make(chan struct{})}
	for range receivers {
		spec, err := device.ParseSpec(m.URL().String() + "/earshot/+/frames")
		if err != nil {
			b.Fatal(err)
		}
		r, err := mqtt.Open(ctx, spec, device.Options{})
		if err != nil {
			b.Fatal(err)
		}
		listening.Go(func() { _ = r.Receive(ctx, all) })
	}
	each := fleetFrames / gateways
	var runs []*running
	var hear []func(int)
	for i := range gateways {
		radio := newRadio("ttyUSB0")
		runs = append(runs, start(b, forward.Config{Gateway: fmt.Sprintf("gw%d", i), Broker: upload.Config{Broker: m.URL()}, Queue: each}, radio))
		hear = append(hear, radio.hear(b))
	}
	for _, r := range runs {
		r.kind(forward.KindBrokerUp)
	}
	began := time.Now()
	b.StartTimer()
	for n := range each {
		for _, h := range hear {
			h(n)
		}
	}
	select {
	case <-all.done:
	case <-time.After(5 * time.Minute):
		b.Fatalf("%d of %d came", all.got.Load(), all.want)
	}
	b.StopTimer()
	b.ReportMetric(fleetFrames/time.Since(began).Seconds(), "frames/s")
	for _, r := range runs {
		if c := r.end(); c.Dropped > 0 || c.Waiting > 0 {
			b.Errorf("%+v", c)
		}
	}
	cancel()
	listening.Wait()
	m.Stop()
}

// tally is a sink that counts.
type tally struct {
	got  atomic.Int64
	want int64
	done chan struct{}
}

func (t *tally) Trouble(error) {}
func (t *tally) Frame(device.Frame) {
	if t.got.Add(1) == t.want {
		close(t.done)
	}
}
