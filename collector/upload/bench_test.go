package upload_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"earshot/collector/upload"
	"earshot/collector/upload/brokertest"
)

// BenchmarkUpload measures messages a second from the outbox to delivered,
// and where there is a subscriber until all have arrived there.
func BenchmarkUpload(b *testing.B) {
	b.Run("embedded", func(b *testing.B) {
		broker := start(b)
		benchmark(b, upload.Config{Broker: broker.URL()}, fill(b.N), nil)
	})
	b.Run("mosquitto", func(b *testing.B) {
		m := brokertest.StartMosquitto(b)
		benchmark(b, upload.Config{Broker: m.URL()}, fill(b.N), nil)
	})
	b.Run("mosquitto-subscriber", func(b *testing.B) {
		m := brokertest.StartMosquitto(b)
		sub := brokertest.Subscribe(b, m.Addr(), "earshot/#")
		benchmark(b, upload.Config{Broker: m.URL()}, fill(b.N), sub)
	})
	b.Run("mosquitto-subscriber-64", func(b *testing.B) {
		m := brokertest.StartMosquitto(b, "max_inflight_messages 64")
		sub := brokertest.Subscribe(b, m.Addr(), "earshot/#")
		benchmark(b, upload.Config{Broker: m.URL()}, fill(b.N), sub)
	})
	b.Run("mosquitto-store", func(b *testing.B) {
		m := brokertest.StartMosquitto(b)
		s := openStore(b, filepath.Join(b.TempDir(), "site.db"))
		defer func() { _ = s.Close() }()
		commit(b, s, 0, b.N)
		benchmark(b, upload.Config{Broker: m.URL()}, s.Outbox(""), nil)
	})
}

// benchmark uploads what is in the outbox.
func benchmark(b *testing.B, cfg upload.Config, o upload.Outbox, sub *brokertest.Subscriber) {
	b.ReportAllocs()
	b.ResetTimer()
	u, stop := run(b, cfg, o, quiet{})
	left, err := u.Flush(context.Background())
	if sub != nil {
		sub.Wait(b.N)
	}
	b.StopTimer()
	stop()
	if left != 0 || err != nil {
		b.Fatalf("%d of %d remain, %v", left, b.N, err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// quiet is an observer that is not interested.
type quiet struct{}

func (quiet) Connected(string)                      {}
func (quiet) Disconnected(error)                    {}
func (quiet) Delivered(time.Time, []upload.Message) {}
func (quiet) Refused(upload.Message, error)         {}
func (quiet) Held(error)                            {}
