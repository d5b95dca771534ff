package store

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"earshot/device"
)

func open(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "site.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// BenchmarkCommit commits batches of 1000 telegrams; "whole" has a reading
// and a message with each. The figure is ns a telegram.
func BenchmarkCommit(b *testing.B) {
	const size = 1000
	bytes := make([]byte, 78)
	payload := make([]byte, 300)
	for _, whole := range []bool{false, true} {
		b.Run(map[bool]string{false: "telegrams", true: "whole"}[whole], func(b *testing.B) {
			s := open(b)
			batch := Batch{Items: make([]Item, size)}
			now := time.Now()
			for i := range batch.Items {
				meter := fmt.Sprintf("KAM-%08d", i)
				batch.Items[i].Entry = &Telegram{Time: now, AirTime: now, Receiver: "ttyUSB0", Mode: "C1",
					RSSI: device.RSSI{Scale: device.ScaleDBm, Value: -70}, Meter: meter, Bytes: bytes}
				if whole {
					batch.Items[i].Reading = &Reading{Meter: meter, Time: now, Payload: payload, Telegram: bytes}
					batch.Items[i].Message = &Message{Meter: meter, Topic: "earshot/site/" + meter + "/reading", Time: now, Payload: payload}
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Commit(b.Context(), &batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/telegram")
		})
	}
}
