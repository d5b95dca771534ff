package collector

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/collector/upload"
	"earshot/device"
	"earshot/device/wait"
	"earshot/device/wmbus"
)

// courier delivers on the clock of the test, as a broker of moods would: it is
// slow, refuses some messages and never acknowledges others.
type courier struct {
	random   *rand.Rand
	name     string
	outbox   upload.Outbox
	observer upload.Observer
	wake     chan struct{}
	aside    map[int64]bool
}

func (c *courier) Wake() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}
func (c *courier) Await(context.Context) error        { return nil }
func (c *courier) Flush(context.Context) (int, error) { return 0, nil }
func (c *courier) Broker() string                     { return c.name }

func (c *courier) Run(ctx context.Context) error {
	c.observer.Connected(c.Broker())
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-c.wake:
		}
		if wait.For(ctx, time.Duration(c.random.IntN(3000))*time.Millisecond) != nil {
			return nil
		}
		pending, err := c.outbox.Pending(ctx, 0, 50)
		if err != nil {
			return err
		}
		var done []upload.Message
		for _, m := range pending {
			switch mood := c.random.IntN(10); {
			case c.aside[m.Seq]:
			case mood == 0:
				c.aside[m.Seq] = true
				c.observer.Refused(m, fmt.Errorf("quota exceeded"))
			case mood < 7:
				done = append(done, m)
			}
		}
		if len(done) == 0 {
			continue
		}
		at := time.Now()
		if err := c.outbox.Acknowledge(ctx, at, seqsOf(done)); err != nil {
			return err
		}
		if c.random.IntN(2) == 0 { // told later than committed
			_ = wait.For(ctx, time.Duration(c.random.IntN(500))*time.Millisecond)
		}
		c.observer.Delivered(at, done)
	}
}

func seqsOf(messages []upload.Message) []int64 {
	seqs := make([]int64, len(messages))
	for i, m := range messages {
		seqs[i] = m.Seq
	}
	return seqs
}

// chance makes a campaign of everything that can happen, by a seed.
type chance struct {
	*rand.Rand
	seed   uint64
	played atomic.Uint64 // how many receivers were opened
	site   site.Site
	frames [][]byte // of what is on the air
	mu     sync.Mutex
	clock  time.Duration // how far the clock is off

	corrected int                // rows
	used      int                // keys that were found
	codes     map[state.Code]int // what was seen on the way
}

func (c *chance) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.clock)
}

func (c *chance) setClock(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clock = d
}

func newChance(t testing.TB, seed uint64) *chance {
	c := &chance{Rand: rand.New(rand.NewPCG(seed, 1)), seed: seed}
	c.site = encryptedSite(t, 2+c.IntN(10))
	meters := slices.Clone(c.site.Meters)
	for range 200 {
		i := c.IntN(len(meters))
		m := meters[i]
		switch c.IntN(12) {
		case 0: // of an unlisted meter, perhaps with two digits swapped
			m.ID = wmbus.ID(0x10000000 + c.IntN(0x100))
		case 1:
			c.frames = append(c.frames, []byte{1, 2, 3})
			continue
		case 2: // a key of another meter
			m.Key = meters[c.IntN(len(meters))].Key
		case 3: // a compact frame
			msg := wmbus.Message{Link: wmbus.Address{Manufacturer: m.Manufacturer, ID: m.ID, Version: 1, Type: wmbus.TypeWater}, CI: 0x79, Payload: []byte{0x34, 0x12, 0, 0, 1, 2, 3, 4}}
			frame, err := msg.Append(nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			c.frames = append(c.frames, frame)
			continue
		}
		c.frames = append(c.frames, waterTelegram(t, m, m.Key, int64(1000+c.IntN(3))-int64(c.IntN(12)/11*1020)))
	}
	for i := range c.site.Meters {
		m := &c.site.Meters[i]
		m.Timeout = time.Duration(1+c.IntN(20)) * time.Second
		switch c.IntN(6) {
		case 0:
			m.Key = site.Key{}
		case 1:
			m.Key = c.site.Meters[c.IntN(len(c.site.Meters))].Key
		}
	}
	if c.IntN(2) == 0 && len(meters) <= 10 { // two digits of an ID are swapped in the list
		c.site.Meters[1].ID = 0x10000010
	}
	return c
}

// play sends frames, now and then many at once, with a clock that jumps.
func (c *chance) play(name string) *air {
	// Receivers are opened side by side, and again: the others' chance is not theirs.
	random := rand.New(rand.NewPCG(c.seed, 2+c.played.Add(1)))
	return &air{name: name, play: func(ctx context.Context, send func([]byte)) error {
		for {
			if err := wait.For(ctx, time.Duration(random.IntN(1500))*time.Millisecond); err != nil {
				return err
			}
			for range 1 + random.IntN(2)*random.IntN(12) {
				send(c.frames[random.IntN(len(c.frames))])
			}
			if random.IntN(9) == 0 { // more than a mailbox holds
				for range 3 * readMailbox {
					send(c.frames[0])
				}
			}
			if random.IntN(20) == 0 {
				return device.ErrGone
			}
		}
	}}
}

// config is one session of the campaign.
func (c *chance) config(path string, brokers int) Config {
	cfg := Config{
		Load:      func(context.Context) (site.Site, error) { return c.site, nil },
		StorePath: path, Timeout: 5 * time.Second, Now: c.now, KeepUnlisted: int(c.seed % 3),
	}
	for _, name := range []string{"air", "ether"} {
		cfg.Receivers = append(cfg.Receivers, func(context.Context) (device.Receiver, error) {
			return &stamped{air: c.play(name), now: c.now}, nil
		})
	}
	for _, name := range []string{"moody", "grumpy"}[:brokers] {
		cfg.Brokers = append(cfg.Brokers, Destination{Config: upload.Config{Broker: &url.URL{Scheme: "mqtt", Host: name + ":1883"}}})
	}
	cfg.newUploader = func(of upload.Config, outbox upload.Outbox, observer upload.Observer) (uploader, error) {
		return &courier{random: rand.New(rand.NewPCG(c.Uint64(), 3)), name: of.Broker.String(), outbox: outbox, observer: observer,
			wake: make(chan struct{}, 1), aside: map[int64]bool{}}, nil
	}
	return cfg
}

// stamped is a receiver whose frames have the time of another clock.
type stamped struct {
	*air
	now func() time.Time
}

func (s *stamped) Receive(ctx context.Context, sink device.Sink) error {
	zone := time.FixedZone("CET", 3600)
	return s.play(ctx, func(frame []byte) { sink.Frame(s.frame(frame, s.now().In(zone))) })
}

// session runs one session: rounds, some beside each other, and notes.
func (c *chance) session(ctx context.Context, t *testing.T, cfg Config) state.Snapshot {
	var view *View
	err := Run(ctx, cfg, func(ctx context.Context, campaign *Campaign) error {
		view = campaign.View()
		var rounds sync.WaitGroup
		for range 1 + c.IntN(3) {
			refs := []string{c.site.Meters[c.IntN(len(c.site.Meters))].Ref(), c.site.Meters[0].Ref()}
			rounds.Go(func() { _ = campaign.Read(ctx) })
			_ = wait.For(ctx, time.Duration(c.IntN(9000))*time.Millisecond)
			rounds.Go(func() { _ = campaign.ReadAgain(ctx, refs) })
			if c.IntN(3) == 0 {
				campaign.Note(refs[0], "behind the boiler")
			}
			c.look(campaign, view.Snapshot())
			if c.IntN(3) == 0 {
				c.setClock(time.Duration(c.IntN(3)-1) * time.Hour)
			}
			_ = wait.For(ctx, time.Duration(c.IntN(9000))*time.Millisecond)
		}
		if c.IntN(2) == 0 {
			rounds.Wait()
			return nil
		}
		ending, cancel := context.WithCancel(ctx) // leaving in the middle of rounds
		defer cancel()
		rounds.Go(func() { _ = campaign.Round(ending) })
		_ = wait.For(ctx, time.Second)
		cancel()
		rounds.Wait()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return view.Snapshot()
}

// look counts verdicts, and takes meters that look like silent rows for those.
func (c *chance) look(campaign *Campaign, now state.Snapshot) {
	for _, r := range now.Rows {
		c.codes[r.Verdict.Code]++
		if r.Near != nil && r.Heard.Count == 0 && c.seed%2 == 0 {
			campaign.Correct(r.Ref, r.Near.Address)
			c.corrected++
		}
		switch {
		case c.seed%4 == 3 && r.KeyUsable():
			campaign.UseKey(context.Background(), r.Ref, state.UseFound)
			c.used++
		case c.seed%4 == 3 && r.KeyFound && c.IntN(3) == 0:
			campaign.UseKey(context.Background(), r.Ref, state.UseListed)
		}
	}
}

// replayed applies the log of the last campaign in a store, which must also prove
// its verdicts to others.
func replayed(t *testing.T, path string, list site.Site) (*replay, store.Campaign) {
	t.Helper()
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all, err := db.Campaigns(t.Context())
	if err != nil || len(all) == 0 {
		t.Fatal(len(all), err)
	}
	last := all[len(all)-1]
	provable(t, list, db.CampaignLog(t.Context(), last.ID))
	r := newReplay(list, newExaminer(list, false))
	if err := r.run(db.CampaignLog(t.Context(), last.ID)); err != nil {
		t.Fatal(err)
	}
	return r, last
}

// TestSettledTimes writes times into the log's form and back.
func TestSettledTimes(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Copenhagen")
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{{}, noon, noon.In(zone), noon.AddDate(0, 4, 0).In(zone), time.Now(), noon.In(time.FixedZone("IST", 19800))} {
		f := device.Frame{Time: settled(noon.In(zone)), AirTime: settled(at)}
		entry := logged(f, "")
		entry.Time, entry.AirTime = entry.Time.UTC(), entry.AirTime.UTC() // as the store gives them back
		back := frameOf(entry)
		if back.AirTime != f.AirTime && back.AirTime.String() != f.AirTime.String() || back.Time.String() != f.Time.String() {
			t.Errorf("%v comes back as %v, and %v as %v", f.AirTime, back.AirTime, f.Time, back.Time)
		}
		if !at.IsZero() && (at.Format(time.RFC3339Nano) != f.AirTime.Format(time.RFC3339Nano) || f.AirTime.String() != f.AirTime.Round(0).String()) {
			t.Errorf("%v is settled as %v", at, f.AirTime)
		}
	}
}

// TestReplay runs campaigns of chance over several sessions: the log applied
// again has the verdicts that the screen had, at the end and wherever a table
// of verdicts was noted on the way.
func TestReplay(t *testing.T) {
	ended, seen := map[state.Code]int{}, map[state.Code]int{} // at the end of each session, and on the way
	evicted, compared, corrected, used := 0, 0, 0, 0
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newChance(t, seed)
				c.codes = seen
				path := t.TempDir() + "/chance.db"
				var campaign int64
				for session := range 3 {
					live := c.session(t.Context(), t, c.config(path, c.IntN(3)))
					again, of := replayed(t, path, c.site)
					got, want := again.state.Verdicts(), live.Verdicts()
					if !bytes.Equal(got, want) {
						t.Errorf("session %d\nlive\n%s\nreplayed\n%s", session, want, got)
					}
					if len(again.differing) > 0 || again.skipped > 0 {
						t.Errorf("session %d: verdicts differ at %v, %d not compared", session, again.differing, again.skipped)
					}
					if got, want := again.state.Snapshot(), live; got.Store.Telegrams != want.Store.Telegrams || got.Store.Readings != want.Store.Readings ||
						got.Broker.Delivered != want.Broker.Delivered || got.Broker.Queued != want.Broker.Queued || got.Drops != want.Drops {
						t.Errorf("session %d: store %+v, broker %+v, drops %v replayed; live %+v, %+v, %v", session, got.Store, got.Broker, got.Drops, want.Store, want.Broker, want.Drops)
					}
					if session > 0 && of.ID != campaign {
						t.Errorf("session %d is of campaign %d, want %d", session, of.ID, campaign)
					}
					campaign = of.ID
					for _, r := range live.Rows {
						ended[r.Verdict.Code]++
					}
					corrected, c.corrected, used, c.used = corrected+c.corrected, 0, used+c.used, 0
					evicted += live.Drops[state.DropMailbox]
					compared += again.compared
				}
			})
		})
	}
	for _, code := range []state.Code{state.CodeOK, state.CodeSending, state.CodeTimedOut, state.CodeNoKey, state.CodeWrongKey, state.CodeImplausible, state.CodeRefused} {
		// A refused reading is soon followed by another one, so few end with that.
		if ended[code] == 0 && (code != state.CodeRefused || seen[code] == 0) {
			t.Errorf("no meter ended as %v: the campaigns prove little", code)
		}
	}
	if compared < 30 || evicted == 0 || corrected == 0 || used == 0 {
		t.Errorf("%d tables were compared, %d frames evicted, %d rows corrected, %d keys used", compared, evicted, corrected, used)
	}
	t.Logf("%v, on the way %v, %d evicted, %d corrected, %d tables compared", ended, seen, evicted, corrected, compared)
}

// Tables that other rules made are neither right nor wrong.
func TestOtherVerdictRules(t *testing.T) {
	t.Parallel()
	list := smallSite(1)
	r := newReplay(list, newExaminer(list, false))
	r.session = &state.Session{}
	r.fingerprint = r.session.Fingerprint
	r.compare(1, loggedVerdicts{state.VerdictRules - 1, "other"})
	r.compare(2, loggedVerdicts{state.VerdictRules, "other"})
	r.compare(3, loggedVerdicts{state.VerdictRules, r.state.Digest()})
	if r.skipped != 1 || r.compared != 1 || len(r.differing) != 1 || r.differing[0] != 2 {
		t.Errorf("%d skipped, %d compared, differing %v", r.skipped, r.compared, r.differing)
	}
}
