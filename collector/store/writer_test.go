package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// disk is a store in a synctest bubble: it takes time, and fails when told to.
type disk struct {
	takes time.Duration

	mu      sync.Mutex
	fails   error
	start   time.Time
	commits []string // when and how much
	kept    []int64  // Time of each telegram, in seconds
}

func (d *disk) Commit(ctx context.Context, b *Batch) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d.takes):
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	verdict := "stored"
	if d.fails != nil {
		verdict = d.fails.Error()
	}
	d.commits = append(d.commits, fmt.Sprintf("%v: %d %s", time.Since(d.start), len(b.Items), verdict))
	if d.fails != nil {
		return d.fails
	}
	for _, item := range b.Items {
		if tg, ok := item.Entry.(*Telegram); ok {
			d.kept = append(d.kept, int64(tg.Time.Sub(noon)/time.Second))
		}
	}
	return nil
}

func (d *disk) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fails = err
}

func (d *disk) told() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.commits)
}

// endGrace is how long the writer of inBubble may take to end.
const endGrace = 5 * time.Second

// inBubble runs a writer on a disk; stop ends its context, and after endGrace
// the hard one, and returns what Run returned.
func inBubble(t *testing.T, d *disk, opt WriterOptions, test func(w *Writer, stop func() error)) {
	synctest.Test(t, func(t *testing.T) {
		d.start = time.Now()
		w := NewWriter(d, opt)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		hard, cut := context.WithCancel(context.WithoutCancel(ctx))
		defer cut()
		go func() { ended <- w.Run(ctx, hard) }()
		stopped := false
		stop := func() error {
			stopped = true
			cancel()
			defer time.AfterFunc(endGrace, cut).Stop()
			return <-ended
		}
		test(w, stop)
		if !stopped {
			if err := stop(); err != nil {
				t.Error(err)
			}
		}
		cancel()
	})
}

func put(t *testing.T, w *Writer, from, n int) {
	t.Helper()
	for i := range n {
		if !w.Put(Item{Entry: telegram(from + i)}) {
			t.Fatalf("telegram %d was dropped", from+i)
		}
	}
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func numbers(n int) []int64 {
	all := make([]int64, n)
	for i := range all {
		all[i] = int64(i)
	}
	return all
}

// TestWriterAge commits what came within 250 ms of the first item together.
func TestWriterAge(t *testing.T) {
	t.Parallel()
	var d disk
	var stored []string
	opt := WriterOptions{OnCommit: func(b *Batch) { stored = append(stored, fmt.Sprint(len(b.Items))) }}
	inBubble(t, &d, opt, func(w *Writer, stop func() error) {
		time.Sleep(time.Second)
		put(t, w, 0, 1)
		time.Sleep(100 * time.Millisecond)
		put(t, w, 1, 2)
		time.Sleep(149 * time.Millisecond)
		put(t, w, 3, 1)
		synctest.Wait()
		same(t, "before 250 ms", d.told(), nil)
		if got := w.Waiting(); got != 4 {
			t.Errorf("%d items wait", got)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		same(t, "after 250 ms", d.told(), []string{"1.25s: 4 stored"})
		time.Sleep(time.Hour)
		put(t, w, 4, 1)
		time.Sleep(time.Second)
		same(t, "the next one", d.told(), []string{"1.25s: 4 stored", "1h0m1.5s: 1 stored"})
		if err := stop(); err != nil {
			t.Error(err)
		}
		same(t, "told as stored", stored, []string{"4", "1"})
	})
	if !slices.Equal(d.kept, numbers(5)) {
		t.Errorf("kept %v", d.kept)
	}
}

// TestWriterSlowDisk lets items become old while a commit takes its time: they
// do not wait once more.
func TestWriterSlowDisk(t *testing.T) {
	t.Parallel()
	d := disk{takes: time.Second}
	inBubble(t, &d, WriterOptions{}, func(w *Writer, _ func() error) {
		put(t, w, 0, 1)
		time.Sleep(300 * time.Millisecond)
		put(t, w, 1, 1) // during the commit
		time.Sleep(850 * time.Millisecond)
		put(t, w, 2, 1)
		time.Sleep(5 * time.Second)
		same(t, "commits", d.told(), []string{"1.25s: 1 stored", "2.25s: 2 stored"})
	})
}

// TestWriterRows commits at once when enough items wait.
func TestWriterRows(t *testing.T) {
	t.Parallel()
	d := disk{takes: time.Millisecond}
	inBubble(t, &d, WriterOptions{MaxRows: 10}, func(w *Writer, _ func() error) {
		put(t, w, 0, 9)
		time.Sleep(time.Millisecond)
		synctest.Wait()
		same(t, "9 items", d.told(), nil)
		put(t, w, 9, 1)
		synctest.Wait()
		put(t, w, 10, 25) // during the commit: the writer finds them together
		time.Sleep(time.Millisecond)
		synctest.Wait()
		same(t, "10 items", d.told(), []string{"2ms: 10 stored"})
		time.Sleep(time.Millisecond)
		synctest.Wait()
		same(t, "25 items", d.told(), []string{"2ms: 10 stored", "3ms: 25 stored"})
	})
}

// TestWriterBusy commits less often when there is much.
func TestWriterBusy(t *testing.T) {
	t.Parallel()
	d := disk{takes: time.Millisecond}
	inBubble(t, &d, WriterOptions{}, func(w *Writer, _ func() error) {
		put(t, w, 0, busyRows-1)
		time.Sleep(2 * time.Second)
		for i := range 100 { // 67 a second
			put(t, w, busyRows-1+2*i, 2)
			time.Sleep(30 * time.Millisecond)
		}
		time.Sleep(2 * time.Second)
		same(t, "commits", d.told(), []string{"251ms: 15 stored", "3.001s: 68 stored", "4.021s: 68 stored", "5.041s: 64 stored"})
	})
}

// TestWriterFails keeps a batch that cannot be stored, tells each attempt, and
// drops only what the queue cannot hold: telegrams first.
func TestWriterFails(t *testing.T) {
	t.Parallel()
	var d disk
	full := errors.New("full")
	d.fail(full)
	var told []error
	opt := WriterOptions{Queue: 20, OnError: func(err error, b *Batch) {
		if len(b.Items) != 1 {
			t.Errorf("a batch of %d", len(b.Items))
		}
		told = append(told, err)
	}}
	inBubble(t, &d, opt, func(w *Writer, _ func() error) {
		put(t, w, 0, 1)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		same(t, "attempts", d.told(), []string{"250ms: 1 full", "500ms: 1 full", "1s: 1 full", "2s: 1 full", "4s: 1 full", "8s: 1 full"})
		put(t, w, 1, 20)
		if w.Put(Item{Entry: telegram(99)}) {
			t.Error("a telegram is taken by a full queue")
		}
		for _, item := range []Item{{Entry: &Action{}}, {Entry: &Mark{}}, {Entry: &Delivery{}}, {Message: message(1)}} {
			if !w.Put(item) {
				t.Errorf("%+v is not taken", item)
			}
		}
		for range reserve - 4 {
			w.Put(Item{Entry: &Action{}})
		}
		if w.Put(Item{Entry: &Action{}}) {
			t.Error("an action is taken although the reserve is full too")
		}
		if got := w.Dropped(); got != 2 {
			t.Errorf("%d dropped, want 2", got)
		}
		d.fail(nil)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		same(t, "after mending", d.told()[6:], []string{"13s: 1 stored", "13s: 4116 stored"})
		for _, err := range told {
			if !errors.Is(err, full) {
				t.Errorf("told %v", err)
			}
		}
		if len(told) != 6 {
			t.Errorf("told %d times", len(told))
		}
	})
	if !slices.Equal(d.kept, numbers(21)) {
		t.Errorf("kept %v", d.kept)
	}
}

// TestWriterEnds commits what is left when its context ends, wherever it is.
func TestWriterEnds(t *testing.T) {
	t.Parallel()
	for name, pause := range map[string]time.Duration{"at once": 0, "gathering": 100 * time.Millisecond, "committing": 300 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := disk{takes: 100 * time.Millisecond}
			inBubble(t, &d, WriterOptions{}, func(w *Writer, stop func() error) {
				put(t, w, 0, 2)
				time.Sleep(pause)
				put(t, w, 2, 1)
				if err := stop(); err != nil {
					t.Error(err)
				}
				if w.Put(Item{Entry: telegram(9)}) || w.Dropped() != 1 {
					t.Error("an item is taken after the end")
				}
			})
			if !slices.Equal(d.kept, numbers(3)) {
				t.Errorf("kept %v", d.kept)
			}
		})
	}
}

// TestWriterEndsFailing gives up when the grace is over and says what is lost
// and why.
func TestWriterEndsFailing(t *testing.T) {
	t.Parallel()
	locked := errors.New("locked")
	for name, c := range map[string]struct {
		takes, pause, mended time.Duration
		want                 string
		after                time.Duration // at most
	}{
		"for good":        {takes: 0, pause: time.Second, mended: time.Hour, want: "3 items could not be stored: locked", after: 5 * time.Second},
		"mended in time":  {takes: 0, pause: time.Second, mended: 2 * time.Second, want: "", after: 3750 * time.Millisecond},
		"cut by the end":  {takes: 3 * time.Second, pause: 4 * time.Second, mended: time.Hour, want: "3 items could not be stored: locked", after: 5 * time.Second},
		"nothing in time": {takes: 6 * time.Second, pause: 0, mended: time.Hour, want: "3 items could not be stored: the store did not answer in time", after: 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := disk{takes: c.takes}
			d.fail(locked)
			inBubble(t, &d, WriterOptions{}, func(w *Writer, stop func() error) {
				put(t, w, 0, 2)
				time.Sleep(c.pause)
				put(t, w, 2, 1)
				mend := time.AfterFunc(c.mended, func() { d.fail(nil) })
				defer mend.Stop()
				begin := time.Now()
				err := stop()
				if got := fmt.Sprint(err); got != c.want && (c.want != "" || err != nil) {
					t.Errorf("Run says %v, want %s", err, c.want)
				}
				if took := time.Since(begin); took > c.after {
					t.Errorf("it took %v, want %v", took, c.after)
				}
			})
		})
	}
}

// TestWriterStore puts from several goroutines into a real store.
func TestWriterStore(t *testing.T) {
	t.Parallel()
	s := open(t)
	const n = 5000
	stored := 0
	w := NewWriter(s, WriterOptions{OnCommit: func(b *Batch) {
		for _, item := range b.Items {
			if item.Entry.Position() == 0 || item.Message.Seq == 0 {
				t.Error("an item without a place is told to be stored")
			}
		}
		stored += len(b.Items)
	}, OnError: func(err error, _ *Batch) { t.Error(err) }})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx, t.Context()) }()
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for i := range n / 4 {
				if i := g*n/4 + i; !w.Put(Item{Entry: telegram(i), Reading: reading(i), Message: message(i)}) {
					t.Errorf("telegram %d was dropped", i)
				}
			}
		})
	}
	group.Wait()
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if stored != n {
		t.Errorf("%d told to be stored, want %d", stored, n)
	}
	if got, want := must[Counts](t)(s.Counts(t.Context())), (Counts{Telegrams: n, Readings: n, Pending: n}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
}

func BenchmarkPut(b *testing.B) {
	w := NewWriter(&disk{}, WriterOptions{Queue: 1 << 40})
	item := Item{Entry: telegram(1)}
	b.ReportAllocs()
	for b.Loop() {
		w.Put(item)
		if w.Waiting() == 1000 {
			w.take(false)
		}
	}
}
