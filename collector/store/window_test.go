package store

import (
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"
	"time"
)

// What the window answers is what the file would.
func TestWindow(t *testing.T) {
	t.Parallel()
	all := []string{"mqtt://a", "mqtt://b", "mqtt://c"}
	for seed := range uint64(8) {
		random := rand.New(rand.NewPCG(seed, 0))
		s, err := OpenInMemory(t.Context(), "x")
		if err != nil {
			t.Fatal(err)
		}
		seq := int64(0)
		for range 60 {
			switch random.IntN(8) {
			case 0:
				first := random.IntN(2)
				err = s.UseBrokers(t.Context(), all[first:first+1+random.IntN(2)]...)
			case 1, 2, 3:
				b := &Batch{Items: make([]Item, []int{1, 3, 10, 80, maxWindow + 5}[random.IntN(5)])}
				for i := range b.Items {
					b.Items[i].Message = &Message{Meter: strconv.Itoa(i), Topic: "x", Payload: make([]byte, i%2), Time: time.Unix(int64(i), 1).In(time.FixedZone("", 3600))}
				}
				err = s.Commit(t.Context(), b)
				seq = b.Items[len(b.Items)-1].Message.Seq
			default:
				var seqs []int64
				for range random.IntN(60) {
					seqs = append(seqs, max(1, seq+1-random.Int64N(100)))
				}
				err = s.Acknowledge(t.Context(), all[random.IntN(3)], time.Now(), seqs)
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, broker := range all {
				for _, back := range []int64{-1, 0, 1, 7, 300, maxWindow, maxWindow + 1, 2000} {
					compareWindow(t, s, broker, max(0, seq-back), 1+random.IntN(100))
				}
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// compareWindow asks the window, and then the file.
func compareWindow(t *testing.T, s *Store, broker string, after int64, limit int) {
	t.Helper()
	got, known := s.window.pending(broker, after, limit)
	if !known {
		return
	}
	next := s.window.next
	s.window.next = 0
	want, err := s.Pending(t.Context(), broker, after, limit)
	s.window.next = next
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%s after %d, at most %d: the window has %d, the file %d (%v)", broker, after, limit, len(got), len(want), err)
	}
}
