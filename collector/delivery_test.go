package collector

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eclipse/paho.golang/paho"

	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/collector/upload"
	"earshot/collector/upload/broker"
	"earshot/collector/upload/brokertest"
	"earshot/collector/words"
	"earshot/device"
	"earshot/device/wmbus"
)

// TestClosingFlushesTheOutbox ends a campaign right after its round: what was
// heard is delivered before Run returns.
func TestClosingFlushesTheOutbox(t *testing.T) {
	t.Parallel()
	server, err := broker.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	s := encryptedSite(t, 20)
	cfg := testConfig(t, s, func(ctx context.Context, send func([]byte)) error {
		for _, m := range s.Meters {
			send(waterTelegram(t, m, m.Key, 1))
		}
		<-ctx.Done()
		return ctx.Err()
	})
	cfg.Brokers = []Destination{{Config: upload.Config{Broker: server.URL()}}}
	var readings int64
	farewell := make(chan struct{}) // the last word of the status, which follows all readings
	brokertest.Subscribe(t, server.Addr(), "earshot/#", func(p *paho.Publish) {
		switch {
		case strings.HasSuffix(p.Topic, "/reading"):
			readings++
		case strings.Contains(string(p.Payload), `"reason":"ended"`):
			close(farewell)
		}
	})
	final, roundErr := oneRound(t.Context(), t, cfg)
	if roundErr != nil {
		t.Error(roundErr)
	}
	select {
	case <-farewell:
	case <-time.After(time.Minute):
		t.Fatal("the status does not say that the program has ended")
	}
	if final.Broker.Delivered != 20 || final.Broker.Queued != 0 || readings != 20 {
		t.Errorf("%d delivered, %d queued, the broker got %d; want 20, 0, 20", final.Broker.Delivered, final.Broker.Queued, readings)
	}
	for _, r := range final.Rows {
		if words.English.Verdict(&r.Verdict) != "delivered" {
			t.Errorf("%s: %q", r.Ref, words.English.Verdict(&r.Verdict))
		}
	}
}

// recorder is a store that keeps what it is given.
type recorder struct{ items []store.Item }

func (r *recorder) Commit(_ context.Context, b *store.Batch) error {
	r.items = append(r.items, b.Items...)
	return nil
}

// TestFramesThatWaitTooLongAreLogged fills a read's mailbox that nobody empties.
func TestFramesThatWaitTooLongAreLogged(t *testing.T) {
	t.Parallel()
	s := encryptedSite(t, 1)
	var kept recorder
	writer := store.NewWriter(&kept, store.WriterOptions{})
	board := NewBoard(state.NewState(s, false))
	board.logTo(writer.Put)
	d := newDispatcher(s, board, DefaultKeepUnlisted, time.Now)
	box := newMailbox(readMailbox)
	d.reads[0].Store(box)
	frame := waterTelegram(t, s.Meters[0], s.Meters[0].Key, 1)
	for range readMailbox + 3 {
		sink{dispatcher: d, name: "r"}.Frame(device.Frame{Time: noon, Bytes: frame})
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := writer.Run(ended, t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(kept.items) != 3 {
		t.Errorf("%d telegrams logged, want 3", len(kept.items))
	}
	if got := board.View().Snapshot().Drops[state.DropMailbox]; got != 3 {
		t.Errorf("%d dropped, want 3", got)
	}
	// A read that leaves hands over what it did not look at.
	(&read{campaign: &Campaign{dispatch: d}, row: 0, box: box}).leave()
	if left := d.later.take(); len(left) != readMailbox {
		t.Errorf("%d frames handed over, want %d", len(left), readMailbox)
	}
}

// TestHeaderlessFramesAreLoggedAndTold hands over a frame without a header.
func TestHeaderlessFramesAreLoggedAndTold(t *testing.T) {
	t.Parallel()
	s := encryptedSite(t, 1)
	var kept recorder
	writer := store.NewWriter(&kept, store.WriterOptions{})
	board := NewBoard(state.NewState(s, false))
	board.logTo(writer.Put)
	sink{dispatcher: newDispatcher(s, board, DefaultKeepUnlisted, time.Now), name: "r"}.Frame(device.Frame{Time: noon, Bytes: []byte{1, 2}})
	ended, end := context.WithCancel(t.Context())
	end()
	if err := writer.Run(ended, t.Context()); err != nil || len(kept.items) != 1 {
		t.Errorf("%v, %d telegrams logged, want 1", err, len(kept.items))
	}
	if r := board.View().Snapshot().Receivers; len(r) != 1 || r[0].Trouble != 1 {
		t.Errorf("receivers %+v, want one with one trouble", r)
	}
}

func TestSpeedDividesWaitingTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := encryptedSite(t, 2)
		s.Meters[1].Timeout = 60 * time.Second
		cfg := testConfig(t, s, func(ctx context.Context, _ func([]byte)) error { <-ctx.Done(); return ctx.Err() })
		cfg.Speed = 4
		final, _ := oneRound(t.Context(), t, cfg)
		if a, b := final.Rows[0].Read.After, final.Rows[1].Read.After; a != 7500*time.Millisecond || b != 15*time.Second {
			t.Errorf("timed out after %v and %v, want 7.5s and 15s", a, b)
		}
	})
}

// TestExamineTellsWhatATelegramIs looks at telegrams that are whole but say nothing.
func TestExamineTellsWhatATelegramIs(t *testing.T) {
	t.Parallel()
	s := smallSite(1)
	x := newExaminer(s, true)
	plain := func(ci byte, payload ...byte) device.Frame {
		msg := wmbus.Message{Link: wmbus.Address{Manufacturer: s.Meters[0].Manufacturer, ID: s.Meters[0].ID, Version: 1, Type: wmbus.TypeWater}, CI: ci, Payload: payload}
		frame, err := msg.Append(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return device.Frame{Time: noon, Bytes: frame}
	}
	for _, c := range []struct {
		name  string
		frame device.Frame
		kind  state.Kind
	}{
		{name: "a volume", frame: plain(0x78, 0x04, 0x13, 1, 0, 0, 0), kind: state.KindNone},
		{name: "the maker's own data only", frame: plain(0x78, 0x0F, 1, 2, 3), kind: state.KindUndecodable},
		{name: "an invalid value only", frame: plain(0x78, 0x0C, 0x13, 0xFF, 0xFF, 0xFF, 0xFF), kind: state.KindNoReading},
	} {
		found := judged(x, s, c.frame.Bytes)
		if kind := kindOf(found); kind != c.kind || (found.reading != nil && found.item.Message != nil) != (kind == state.KindNone) {
			t.Errorf("%s: %v, message %v, want %v and nothing to deliver but for a volume", c.name, kind, found.item.Message, c.kind)
		}
	}
}
