package collector

import (
	"context"
	"iter"
	"time"

	"earshot/collector/reading"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device"
	"earshot/device/wmbus"
)

// Verification is the result of replaying the log of a campaign.
type Verification struct {
	State    *state.State
	Compared int // number of logged tables of verdicts that came out the same
	// Skipped are those that could not be compared: they were made with
	// another list or other rules, or entries of the log had been lost
	// before.
	Skipped   int
	Differing []int64 // the entries of the log with a table that came out differently
	// OtherList says that the campaign was last run with another list.
	OtherList bool
	// List is the list of the last session as the log has it: rows and fingerprints of
	// keys.
	List []state.ListRow
}

// Watcher is called with each telegram of a row of the list in the order of the log:
// its entry, what it was decoded to and the reading in it, nil if it has none. The
// telegram and its records are valid until it returns.
type Watcher func(row int, e *store.Telegram, t *wmbus.Telegram, r *reading.Reading)

// Verify replays the log of a campaign with the list of its last session and
// compares the verdicts with the logged ones. Watchers see its telegrams meanwhile.
func Verify(list site.Site, log iter.Seq2[store.Entry, error], watchers ...Watcher) (Verification, error) {
	r := newReplay(list, newExaminer(list, false))
	if len(watchers) > 0 {
		r.examiner.seen = func(row int, t *wmbus.Telegram, read *reading.Reading) {
			for _, watch := range watchers {
				watch(row, r.entryNow, t, read)
			}
		}
	}
	if err := r.run(log); err != nil {
		return Verification{}, err
	}
	v := Verification{State: r.state, Compared: r.compared, Skipped: r.skipped, Differing: r.differing}
	if r.session != nil {
		v.OtherList, v.List = r.session.Fingerprint != r.fingerprint, r.session.List
	}
	return v, nil
}

// Sample is what one telegram of a meter said.
type Sample struct {
	Time     time.Time // when it was on the air, as far as that is known
	Receiver string
	RSSI     device.RSSI
	Value    reading.Record // the main register; without a value if the telegram had none
}

// History is what the last telegrams of a row in this campaign said, oldest first: at
// most maxKept and those that are not committed yet. It reads the store.
func (c *Campaign) History(ctx context.Context, ref string) ([]Sample, error) {
	frames, row, err := c.held(ctx, ref)
	key, t, decoder := c.keyOf(row), new(wmbus.Telegram), c.frozen()
	samples := make([]Sample, 0, len(frames))
	for _, f := range frames {
		s := Sample{Time: f.Time, Receiver: f.Receiver, RSSI: f.RSSI}
		if !f.AirTime.IsZero() && f.AirTime.Before(f.Time) {
			s.Time = f.AirTime
		}
		if _ = decoder.Decode(t, f.Bytes, key); failure(t).Kind == state.KindNone {
			s.Value, _ = reading.New(t, f).Main()
		}
		samples = append(samples, s)
	}
	return samples, err
}

// held are the telegrams of a row that can be looked at, and its index; -1 if there is
// no such row.
func (c *Campaign) held(ctx context.Context, ref string) (frames []device.Frame, row int, err error) {
	row, listed := c.rowOf[ref]
	if !listed {
		return nil, -1, nil
	}
	stored, err := c.db.Telegrams(ctx, c.campaign, []string{ref}, maxKept)
	return c.board.kept(row, stored[ref]), row, err
}

// frozen is a decoder that learns nothing: what is looked at again is not in the log.
func (c *Campaign) frozen() wmbus.Decoder {
	return wmbus.Decoder{Templates: c.examiner.decoder.Templates, Frozen: true}
}

// keyOf is the key that a row is read with, nil for none.
func (c *Campaign) keyOf(row int) *wmbus.Key {
	if row < 0 {
		return nil
	}
	c.examining.Lock()
	defer c.examining.Unlock()
	return c.examiner.keys[row]
}

// Dissect says what every byte of a row's telegram is, decrypted if the row's key opens
// it.
func (c *Campaign) Dissect(ref string, telegram []byte) []wmbus.Part {
	row, listed := c.rowOf[ref]
	if !listed {
		row = -1
	}
	decoder := c.frozen()
	parts, _ := decoder.Explain(new(wmbus.Telegram), telegram, c.keyOf(row)) // the parts say what is wrong
	return parts
}

// TryKey says how many of the encrypted telegrams of a row that can be looked at a key
// opens.
func (c *Campaign) TryKey(ctx context.Context, ref string, key site.Key) (opens, of int) {
	frames, _, _ := c.held(ctx, ref) // without the store: the last ones
	t, decoder := new(wmbus.Telegram), c.frozen()
	for _, f := range frames {
		_ = decoder.Decode(t, f.Bytes, key.Prepared())
		switch result := t.Security.Result; {
		case result == wmbus.SecurityOK && !publicly(t, key.Prepared()):
			opens++
			of++
		case result == wmbus.WrongKey || result == wmbus.MACWrong || result == wmbus.NoKey:
			of++
		}
	}
	return opens, of
}
