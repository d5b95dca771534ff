package store

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"earshot/device"
)

// noon is the time at which all tests happen.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 123456789, time.UTC)

func commit(t testing.TB, s *Store, items ...Item) {
	t.Helper()
	if err := s.Commit(t.Context(), &Batch{Items: items}); err != nil {
		t.Fatal(err)
	}
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func readLog(t testing.TB, s *Store, after int64) []Entry {
	t.Helper()
	var all []Entry
	for e, err := range s.Log(t.Context(), after) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func telegram(i int) *Telegram {
	return &Telegram{Time: noon.Add(time.Duration(i) * time.Second), Receiver: "ttyUSB0", Mode: "C1",
		RSSI: device.RSSI{Scale: device.ScaleDBm, Value: -62}, Meter: fmt.Sprintf("KAM-%08d", i), Bytes: []byte{0x2c, 0x44, byte(i)}}
}

func message(i int) *Message {
	return &Message{Meter: fmt.Sprintf("KAM-%08d", i), Topic: fmt.Sprintf("earshot/site/%d/reading", i), Time: noon, Payload: fmt.Appendf(nil, `{"n":%d}`, i)}
}

func reading(i int) *Reading {
	return &Reading{Meter: fmt.Sprintf("KAM-%08d", i), Time: noon, Payload: fmt.Appendf(nil, `{"v":%d}`, i), Telegram: []byte{byte(i)}}
}

// TestKeeps puts one of everything in, opens the file again and finds it all.
func TestKeeps(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a site? 100% #1.db")
	s := must[*Store](t)(Open(t.Context(), path))
	zone := time.FixedZone("CET", 3600)
	first := Item{
		Entry:   &Telegram{Time: noon.In(zone), AirTime: noon.Add(-time.Hour), Receiver: "ttyUSB0", Mode: "T1", RSSI: device.RSSI{Scale: device.ScaleRelative, Value: 136}, Meter: "KAM-1", Bytes: []byte{1, 0, 2}},
		Reading: &Reading{Meter: "KAM-1", Time: noon, Payload: []byte(`{"v":1}`), Telegram: []byte{1, 0, 2}},
		Message: &Message{Meter: "KAM-1", Topic: "a/b", Time: noon, Payload: []byte("p")},
	}
	commit(t, s, first, Item{Entry: &Action{Time: noon, Meter: "KAM-1", Kind: "note", Text: "behind the shaft: Køkken\x00"}},
		Item{Entry: &Mark{Time: noon, Kind: "round_started", Data: []byte(`{"round":1}`)}}, Item{})
	commit(t, s, Item{Entry: &Telegram{Time: noon, Receiver: "r"}}, Item{Entry: &Mark{Kind: "empty"}}, Item{Entry: &Action{}})
	if err := s.Acknowledge(t.Context(), "", noon.Add(time.Minute), []int64{first.Message.Seq}); err != nil {
		t.Fatal(err)
	}
	commit(t, s, Item{Message: message(2)})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left := must[[]string](t)(filepath.Glob(filepath.Dir(path) + "/*")); !slices.Equal(left, []string{path}) {
		t.Errorf("a closed store leaves %v", left)
	}

	s = must[*Store](t)(Open(t.Context(), path))
	defer s.Close()
	want := []Entry{
		&Telegram{Seq: 1, Time: noon, AirTime: noon.Add(-time.Hour), Receiver: "ttyUSB0", Mode: "T1", RSSI: device.RSSI{Scale: device.ScaleRelative, Value: 136}, Meter: "KAM-1", Bytes: []byte{1, 0, 2}},
		&Action{Seq: 2, Time: noon, Meter: "KAM-1", Kind: "note", Text: "behind the shaft: Køkken\x00"},
		&Mark{Seq: 3, Time: noon, Kind: "round_started", Data: []byte(`{"round":1}`)},
		&Telegram{Seq: 4, Time: noon, Receiver: "r"},
		&Mark{Seq: 5, Kind: "empty"},
		&Action{Seq: 6},
		&Delivery{Seq: 7, Time: noon.Add(time.Minute), Message: 1, Meter: "KAM-1"},
	}
	if got := readLog(t, s, 0); !reflect.DeepEqual(got, want) {
		t.Errorf("log\n got %s\nwant %s", show(got), show(want))
	}
	if got := readLog(t, s, 5); !reflect.DeepEqual(got, want[5:]) {
		t.Errorf("log after 5: %s", show(got))
	}
	if first.Entry.Position() != 1 {
		t.Errorf("the first entry was told to be at %d", first.Entry.Position())
	}
	if got := must[[]Action](t)(s.Actions(t.Context())); !reflect.DeepEqual(got, []Action{*want[1].(*Action), *want[5].(*Action)}) {
		t.Errorf("actions %+v", got)
	}
	if got := must[[]Reading](t)(s.LastReadings(t.Context())); !reflect.DeepEqual(got, []Reading{*first.Reading}) {
		t.Errorf("readings %+v", got)
	}
	second := *message(2)
	second.Seq = 2
	if got := must[[]Message](t)(s.Pending(t.Context(), "", 0, 10)); !reflect.DeepEqual(got, []Message{second}) {
		t.Errorf("outbox %+v", got)
	}
	if got, want := must[Counts](t)(s.Counts(t.Context())), (Counts{Telegrams: 2, Actions: 2, Marks: 2, Readings: 1, Pending: 1, Delivered: 1}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	if s.Path() != path {
		t.Errorf("path %s", s.Path())
	}
}

func show(entries []Entry) string {
	text := ""
	for _, e := range entries {
		text += fmt.Sprintf("\n  %+v", e)
	}
	return text
}

// TestLastReading lets readings come out of order, within a batch and across.
func TestLastReading(t *testing.T) {
	t.Parallel()
	s := open(t)
	at := func(meter string, seconds int) Item {
		return Item{Reading: &Reading{Meter: meter, Time: noon.Add(time.Duration(seconds) * time.Second), Payload: fmt.Append(nil, seconds)}}
	}
	last := func() string {
		text := ""
		for _, r := range must[[]Reading](t)(s.LastReadings(t.Context())) {
			text += fmt.Sprintf("%s:%s ", r.Meter, r.Payload)
		}
		return text
	}
	for _, step := range []struct {
		items []Item
		want  string
	}{
		{[]Item{at("b", 5), at("a", 1), at("b", 9), at("b", 7)}, "a:1 b:9 "},
		{[]Item{at("b", 8), at("a", 2)}, "a:2 b:9 "},
		{[]Item{{Reading: &Reading{Meter: "a", Payload: []byte("none")}}, at("c", 3)}, "a:2 b:9 c:3 "},
		{[]Item{{Reading: &Reading{Meter: "c", Time: noon.Add(3 * time.Second), Payload: []byte("again")}}}, "a:2 b:9 c:again "},
	} {
		commit(t, s, step.items...)
		if got := last(); got != step.want {
			t.Errorf("last readings %s, want %s", got, step.want)
		}
	}
}

// TestOutbox fills the outbox with more than fits into memory pages, empties
// it, and fills it again.
func TestOutbox(t *testing.T) {
	t.Parallel()
	const n = 6000
	s := open(t)
	fill := func() {
		for i := 0; i < n; i += 1000 {
			items := make([]Item, 1000)
			for j := range items {
				items[j].Message = message(i + j)
			}
			commit(t, s, items...)
			if first := items[0].Message.Seq; items[999].Message.Seq != first+999 {
				t.Fatalf("messages %d to %d", first, items[999].Message.Seq)
			}
		}
	}
	drain := func(want int64) (seqs []int64) {
		var after int64
		for {
			page := must[[]Message](t)(s.Pending(t.Context(), "", after, 777))
			for _, m := range page {
				if m.Seq != want || m.Topic != message(int((want-1)%n)).Topic {
					t.Fatalf("message %d (%s), want %d", m.Seq, m.Topic, want)
				}
				want++
				seqs = append(seqs, m.Seq)
			}
			if len(page) < 777 {
				return seqs
			}
			after = seqs[len(seqs)-1]
		}
	}
	fill()
	first, _ := pages(t, s)
	if got := must[Counts](t)(s.Counts(t.Context())).Pending; got != n {
		t.Errorf("%d pending, want %d", got, n)
	}
	seqs := drain(1)
	if len(seqs) != n {
		t.Fatalf("%d messages, want %d", len(seqs), n)
	}
	if err := s.Acknowledge(t.Context(), "", noon, append([]int64{999999, 1, 1}, seqs...)); err != nil {
		t.Fatal(err)
	}
	if err := s.Acknowledge(t.Context(), "", noon, seqs[:10]); err != nil { // the broker says it twice
		t.Fatal(err)
	}
	if got, want := must[Counts](t)(s.Counts(t.Context())), (Counts{Delivered: n}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	if log := readLog(t, s, 0); len(log) != n || log[0].(*Delivery).Message != 1 || log[0].(*Delivery).Meter != "KAM-00000000" || log[n-1].(*Delivery).Message != n {
		t.Errorf("%d deliveries, %+v to %+v", len(log), log[0], log[len(log)-1])
	}
	emptied, free := pages(t, s)
	fill()
	if again := drain(n + 1); len(again) != n {
		t.Errorf("%d messages the second time", len(again))
	}
	if filled, _ := pages(t, s); filled-emptied > first-free+16 {
		t.Errorf("%d pages with a full outbox, %d emptied of which %d are free, %d full again: free ones are not used", first, emptied, free, filled)
	}
}

// pages are those of the file, and those of them that are free.
func pages(t *testing.T, s *Store) (all, free int) {
	t.Helper()
	for pragma, to := range map[string]*int{"page_count": &all, "freelist_count": &free} {
		if err := s.conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(to); err != nil {
			t.Fatal(err)
		}
	}
	return all, free
}

// TestLogPages reads a log of several pages while it grows: what was there at
// the beginning comes, in order, once.
func TestLogPages(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, logPage - 1, logPage, logPage + 1, 2*logPage + 500} {
		s := open(t)
		items := make([]Item, n)
		for i := range items {
			items[i].Entry = telegram(i)
		}
		commit(t, s, items...)
		want := int64(0)
		for e, err := range s.Log(t.Context(), 0) {
			want++
			if err != nil || e.Position() != want || e.(*Telegram).Meter != items[want-1].Entry.(*Telegram).Meter {
				t.Fatalf("entry %d: %+v, %v", want, e, err)
			}
			if want%logPage == 1 {
				commit(t, s, Item{Entry: telegram(0)})
			}
		}
		if want != int64(n) {
			t.Errorf("%d entries, want %d", want, n)
		}
	}
	s := open(t)
	commit(t, s, Item{Entry: telegram(0)}, Item{Entry: telegram(1)})
	for range s.Log(t.Context(), 0) {
		break // stopping early is fine
	}
}

// TestLogOrder commits random items and finds the log in their order.
func TestLogOrder(t *testing.T) {
	t.Parallel()
	s := open(t)
	var want []Entry
	var pending []int64
	rapid.Check(t, func(r *rapid.T) {
		items := make([]Item, rapid.IntRange(1, 200).Draw(r, "items"))
		for i := range items {
			at := noon.Add(time.Duration(rapid.IntRange(-9, 9).Draw(r, "at")))
			switch rapid.IntRange(0, 4).Draw(r, "kind") {
			case 0:
				items[i].Entry = &Telegram{Time: at, Receiver: "r", Bytes: rapid.SliceOfN(rapid.Byte(), 1, 9).Draw(r, "bytes")}
			case 1:
				items[i].Entry = &Action{Time: at, Kind: "note", Text: rapid.StringN(0, 9, -1).Draw(r, "text")}
			case 2:
				items[i].Entry = &Mark{Time: at, Kind: "mark"}
			case 3:
				if len(pending) > 0 {
					items[i].Entry = &Delivery{Time: at, Message: pending[0]}
					pending = pending[1:]
				}
			}
			if rapid.Bool().Draw(r, "message") {
				items[i].Message = &Message{Topic: "t", Meter: "m"}
			}
		}
		commit(t, s, items...)
		for _, item := range items {
			if item.Entry != nil {
				want = append(want, item.Entry)
			}
			if item.Message != nil {
				pending = append(pending, item.Message.Seq)
			}
		}
	})
	if got := readLog(t, s, 0); !reflect.DeepEqual(got, want) {
		t.Error("the log is not what was committed")
	}
	if got := must[Counts](t)(s.Counts(t.Context())).Pending; got != int64(len(pending)) {
		t.Errorf("%d messages pending, want %d", got, len(pending))
	}
}
