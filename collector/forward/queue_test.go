package forward

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/collector/upload"
)

// The queue is the naive one: a list of which the oldest go.
func TestQueue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 8).Draw(t, "limit")
		q := newQueue("earshot/g/frames", limit)
		var last int64
		var open []int64          // that wait
		place := map[int64]bool{} // that have been put and not been answered
		var sent, refused int
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				last++
				full := q.Put(time.Unix(last, 0), fmt.Append(nil, last))
				open, place[last] = append(open, last), true
				// Done ones keep their place until all before them are.
				var gone bool
				for len(open) > 0 && last-open[0] >= int64(limit) {
					open, gone = open[1:], true
				}
				if full != gone {
					t.Fatalf("full %t, want %t", full, gone)
				}
			},
			"answer": func(t *rapid.T) {
				if len(place) == 0 {
					return // nothing to answer
				}
				seqs := make([]int64, 0, len(place))
				for seq := range place {
					seqs = append(seqs, seq)
				}
				slices.Sort(seqs)
				seq := rapid.SampledFrom(seqs).Draw(t, "seq") // also one that had to go
				delete(place, seq)
				open = slices.DeleteFunc(open, func(s int64) bool { return s == seq })
				if rapid.Bool().Draw(t, "refused") {
					refused++
					q.refuse(seq)
				} else if sent++; q.Acknowledge(t.Context(), time.Now(), []int64{seq}) != nil {
					t.Fatal("not acknowledged")
				}
			},
			"": func(t *rapid.T) {
				after := rapid.Int64Range(0, last+1).Draw(t, "after")
				page, err := q.Pending(t.Context(), after, 3)
				var got, want []int64
				for _, m := range page {
					got = append(got, m.Seq)
					if string(m.Payload) != fmt.Sprint(m.Seq) || m.Topic != "earshot/g/frames" {
						t.Fatalf("message %+v", m)
					}
				}
				for _, seq := range open {
					if seq > after && len(want) < 3 {
						want = append(want, seq)
					}
				}
				if err != nil || !slices.Equal(got, want) {
					t.Fatalf("pending after %d: %v, %v; want %v", after, got, err, want)
				}
				c := countsOf(q)
				if c.Waiting != len(open) || c.Forwarded != sent || c.Refused != refused || c.Waiting+c.Forwarded+c.Refused+c.Dropped != int(last) {
					t.Fatalf("counts %+v; want %d waiting, %d sent, %d refused of %d", c, len(open), sent, refused, last)
				}
			},
		})
	})
}

var _ upload.Outbox = (*queue)(nil)

// countsOf is what a queue has counted.
func countsOf(q *queue) Counts {
	var c Counts
	q.fill(&c)
	return c
}
