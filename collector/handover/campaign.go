package handover

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"iter"
	"time"

	"earshot/collector"
	"earshot/collector/evidence"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
)

// Campaign is a campaign that was read again from its log.
type Campaign struct {
	List     site.Site // with its keys; a document has their fingerprints only
	Info     store.Campaign
	Snapshot state.Snapshot
	Evidence []evidence.Meter // by row

	Actions     []store.Action // in the order of the log
	Telegrams   int            // in the log, without those that are in it for a second time
	Entries     int
	LogSHA256   string // of all entries, see hashEntry
	First, Last time.Time
	Zone        *time.Location // of the times at which telegrams were received

	Compared  int // tables of verdicts in the log that came out the same
	Skipped   int // … that could not be compared
	Differing []int64
	OtherList bool // it was last run with another list
	// OtherRules says that verdicts in the log were made by the rules of another version.
	OtherRules bool
}

// Read applies the log of a campaign again. list is the site with its keys, log its
// entries as store.CampaignLog yields them. The error is that of the log, or an
// *store.EntryError for an entry that makes no sense.
func Read(list site.Site, info store.Campaign, log iter.Seq2[store.Entry, error]) (*Campaign, error) {
	c, _, err := read(list, info, log, func(e store.Entry) store.Entry { return e }, collector.Verify)
	return c, err
}

// ReadTraced is Read for a log with findings, see collector.VerifyTraced.
func ReadTraced(list site.Site, info store.Campaign, log iter.Seq2[collector.Traced, error]) (*Campaign, collector.Verification, error) {
	return read(list, info, log, func(t collector.Traced) store.Entry { return t.Entry }, collector.VerifyTraced)
}

// read applies a log again and counts what is in it meanwhile.
func read[E any](list site.Site, info store.Campaign, log iter.Seq2[E, error], entry func(E) store.Entry,
	verify func(site.Site, iter.Seq2[E, error], ...collector.Watcher) (collector.Verification, error)) (*Campaign, collector.Verification, error) {
	c := &Campaign{List: list, Info: info, Zone: time.UTC}
	sum := sha256.New()
	found := evidence.New(keyed(list))
	v, err := verify(list, func(yield func(E, error) bool) {
		for e, err := range log {
			if err == nil {
				c.count(entry(e))
				hashEntry(sum, entry(e))
			}
			if !yield(e, err) {
				return
			}
		}
	}, found.See)
	if err != nil {
		return nil, v, err
	}
	c.Evidence = found.Meters()
	c.LogSHA256 = hex.EncodeToString(sum.Sum(nil))
	c.Snapshot = v.State.Snapshot()
	c.Compared, c.Skipped, c.Differing, c.OtherList = v.Compared, v.Skipped, v.Differing, v.OtherList
	return c, v, nil
}

// count notes what the document says of the log itself.
func (c *Campaign) count(entry store.Entry) {
	c.Entries++
	switch e := entry.(type) {
	case *store.Telegram:
		if e.Fate.Repeats() {
			return
		}
		if c.Telegrams == 0 {
			c.Zone = time.FixedZone(zoneName(e.Zone), e.Zone)
		}
		c.Telegrams++
		if c.First.IsZero() || e.Time.Before(c.First) {
			c.First = e.Time
		}
		if e.Time.After(c.Last) {
			c.Last = e.Time
		}
	case *store.Action:
		c.Actions = append(c.Actions, *e)
	case *store.Mark:
		var verdicts struct{ Rules int }
		if e.Kind == "verdicts" && json.Unmarshal(e.Data, &verdicts) == nil {
			c.OtherRules = c.OtherRules || verdicts.Rules != state.VerdictRules
		}
	}
}

// zoneName is "UTC+01:00" for an offset in seconds.
func zoneName(offset int) string {
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return fmt.Sprintf("UTC%c%02d:%02d", sign, offset/3600, offset/60%60)
}

// hashEntry adds an entry of the log to a hash: its kind, number and members, one
// line each.
func hashEntry(h hash.Hash, entry store.Entry) {
	switch e := entry.(type) {
	case *store.Telegram:
		fmt.Fprintf(h, "telegram %d %d %d %q %q %d %d %q %x %d %d %d %d\n", e.Seq, e.Time.UnixNano(), unixNano(e.AirTime), e.Receiver, e.Mode,
			e.RSSI.Scale, e.RSSI.Value, e.Meter, e.Bytes, e.Round, e.Fate, e.Zone, e.AirZone)
	case *store.Action:
		fmt.Fprintf(h, "action %d %d %q %q %q\n", e.Seq, e.Time.UnixNano(), e.Meter, e.Kind, e.Text)
	case *store.Mark:
		fmt.Fprintf(h, "mark %d %d %q %q\n", e.Seq, e.Time.UnixNano(), e.Kind, e.Data)
	case *store.Delivery:
		fmt.Fprintf(h, "delivery %d %d %q %d %q %d\n", e.Seq, e.Time.UnixNano(), e.Broker, e.Message, e.Meter, e.Round)
	}
}

// unixNano is 0 for no time.
func unixNano(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// acts yields the actions of one kind about a row, the latest first; of all rows if ref is "".
func (c *Campaign) acts(kind, ref string) iter.Seq[store.Action] {
	return func(yield func(store.Action) bool) {
		for i := len(c.Actions) - 1; i >= 0; i-- {
			a := c.Actions[i]
			if a.Kind == kind && a.Meter == ref && !yield(a) {
				return
			}
		}
	}
}

// at is a time in the zone of the place, to the second.
func (c *Campaign) at(t time.Time) time.Time { return t.In(c.Zone).Truncate(time.Second) }

// known is at, nil for no time.
func (c *Campaign) known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = c.at(t)
	return &t
}

// keyed says which rows of a list have a key.
func keyed(list site.Site) []bool {
	out := make([]bool, len(list.Meters))
	for i := range list.Meters {
		out[i] = !list.Meters[i].Key.IsZero()
	}
	return out
}
