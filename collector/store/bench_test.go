package store

import (
	"fmt"
	"math/rand/v2"
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

// BenchmarkGateway commits what a gateway with 10,000 meters does four times a
// second: 75 telegrams with their readings and messages, which the uploader
// then reads from the outbox and acknowledges.
func BenchmarkGateway(b *testing.B) {
	const size, meters = 75, 10_000
	s := open(b)
	if err := s.UseBrokers(b.Context(), "mqtt://broker:1883"); err != nil {
		b.Fatal(err)
	}
	outbox := s.Outbox("mqtt://broker:1883")
	frame, payload := make([]byte, 45), make([]byte, 700)
	var after int64
	b.ReportAllocs()
	for b.Loop() {
		batch := Batch{Items: make([]Item, size)}
		now := time.Now()
		for i := range batch.Items {
			meter := fmt.Sprintf("KAM-%08d", rand.IntN(meters))
			batch.Items[i] = Item{
				Entry: &Telegram{Time: now, AirTime: now, Receiver: "ttyUSB0", Mode: "C1",
					RSSI: device.RSSI{Scale: device.ScaleDBm, Value: -70}, Meter: meter, Bytes: frame},
				Reading: &Reading{Meter: meter, Time: now, Payload: payload, Telegram: frame},
				Message: &Message{Meter: meter, Topic: "earshot/site/" + meter + "/reading", Time: now, Payload: payload},
			}
		}
		if err := s.Commit(b.Context(), &batch); err != nil {
			b.Fatal(err)
		}
		page, err := outbox.Pending(b.Context(), after, 256)
		if err != nil || len(page) != size {
			b.Fatalf("%d messages wait, %v", len(page), err)
		}
		seqs := make([]int64, size)
		for i, m := range page {
			seqs[i] = m.Seq
		}
		after = seqs[size-1]
		if err := outbox.Acknowledge(b.Context(), now, seqs); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/telegram")
}
