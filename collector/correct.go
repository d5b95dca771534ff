package collector

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"earshot/collector/keys"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device"
	"earshot/device/wmbus"
)

// Correct assigns an unlisted meter to a row of the list that has a wrong ID,
// and examines its last telegram again. It applies to this campaign; the list
// is not changed, and the row says what to correct in it. The zero address
// withdraws a correction: the row starts again. A row that was heard itself
// is not changed.
func (c *Campaign) Correct(ref string, to wmbus.Address) {
	c.correcting.Lock()
	defer c.correcting.Unlock()
	text := ""
	if to.ID != 0 {
		text = state.RefOf(to)
	}
	c.examining.Lock() // a frame is examined before or after, not in between
	last, heard := c.board.lastOf(to)
	c.act(ref, state.ActCorrection, text)
	corrected := c.applyCorrections()
	c.examining.Unlock()
	for row := range corrected {
		c.detective.forget(suspect{row: row})
	}
	c.detective.forget(suspect{row: unlistedRow, meter: to})
	if row := c.rowOf[ref]; heard && state.SameMeter(corrected[row], to) {
		header, _ := wmbus.ParseHeader(last.Bytes) // it has a header: it was found unlisted by it
		c.dispatch.deliver(queued{row: row, ref: ref, header: header, frame: last, fate: store.FateAgain})
	}
}

// applyCorrections assigns telegrams of corrected meters to their rows, and
// returns the corrections by row.
func (c *Campaign) applyCorrections() map[int]wmbus.Address {
	meters, corrected := slices.Clone(c.site.Meters), c.board.corrections()
	for row := range meters {
		if to, ok := corrected[row]; ok {
			meters[row].Manufacturer, meters[row].ID = to.Manufacturer, to.ID
		}
		c.examiner.ids[row].Store(uint32(meters[row].ID))
	}
	index := site.NewIndex(meters)
	c.dispatch.index.Store(index)
	if c.cfg.Claims != nil {
		c.cfg.Claims.index.Store(index)
	}
	return corrected
}

// Claim stores that an unlisted meter belongs into the list, at a place; Disclaim takes
// that back. The list itself is not changed.
func (c *Campaign) Claim(of wmbus.Address, place string) {
	c.act(state.RefOf(of), state.ActClaim, place)
}

// Disclaim takes Claim back.
func (c *Campaign) Disclaim(of wmbus.Address) { c.act(state.RefOf(of), state.ActDisclaim, "") }

// Ignore stores that an unlisted meter is somebody else's, or that it may be one of the
// list after all. Later campaigns of the site know it.
func (c *Campaign) Ignore(of wmbus.Address, yes bool) {
	what := state.ActHeed
	if yes {
		what = state.ActIgnore
	}
	c.act(state.RefOf(of), what, "")
}

// UseKey reads a row with the key that was found for it (state.UseFound), or with
// that of the list again (state.UseListed), and opens the telegrams again that were
// kept. It applies to this campaign; the list is not changed, and the row says what to
// correct in it. Rows that have each other's keys change both.
func (c *Campaign) UseKey(ctx context.Context, ref, which string) {
	c.changeKey(ctx, ref, which, func(int) {})
}

// EnterKey reads a row with a key that the installer typed, and opens the telegrams
// again that were kept. It applies to this session: the log holds the key's fingerprint
// only, so the next one needs it in the list.
func (c *Campaign) EnterKey(ctx context.Context, ref string, key site.Key) {
	if !key.IsZero() {
		c.changeKey(ctx, ref, state.UseEntered+key.Fingerprint(), func(row int) { c.examiner.typed[row] = key })
	}
}

// changeKey notes which key a row is read with; before prepares that.
func (c *Campaign) changeKey(ctx context.Context, ref, which string, before func(row int)) {
	c.correcting.Lock()
	defer c.correcting.Unlock()
	row, listed := c.rowOf[ref]
	if !listed {
		return
	}
	c.examining.Lock()
	before(row)
	c.act(ref, state.ActKey, which)
	changed := c.board.useKeys(c.examiner)
	c.examining.Unlock()
	for _, row := range append(changed, row) {
		c.detective.forget(suspect{row: row})
	}
	c.openKept(ctx, changed)
}

// useKeys gives the examiner the keys that rows are read with, and returns those that
// have another one now.
func (b *Board) useKeys(x *examiner) []int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return x.useKeys(b.state)
}

// Undo takes back the installer's last action about a row.
func (c *Campaign) Undo(ctx context.Context, ref string) {
	switch what := c.board.undoable(ref); what {
	case "":
	case state.ActCorrection:
		c.Correct(ref, wmbus.Address{})
		_ = c.ReadAgain(ctx, []string{ref}) // the board has every failure
	case state.ActKey:
		c.UseKey(ctx, ref, state.UseListed)
		_ = c.ReadAgain(ctx, []string{ref})
	default:
		c.act(ref, state.ActUndo, what)
	}
}

// undoable is the last action about a row, "" if there is none to undo.
func (b *Board) undoable(ref string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state.Undoable(ref)
}

// LongerTime makes the reads of a row wait twice as long as before, and reads it again.
func (c *Campaign) LongerTime(ctx context.Context, ref string) error {
	row, listed := c.rowOf[ref]
	if !listed {
		return nil
	}
	c.act(ref, state.ActLongerTime, (2 * c.limit(row, 1)).String())
	return c.ReadAgain(ctx, []string{ref})
}

// maxKept is how many telegrams of a meter are opened again.
const maxKept = 256

// openKept opens telegrams that were kept from before the key was known, with their
// time.
func (c *Campaign) openKept(ctx context.Context, rows []int) {
	if len(rows) == 0 {
		return
	}
	refs := make([]string, len(rows))
	for i, row := range rows {
		refs[i] = c.dispatch.refs[row]
	}
	stored, err := c.db.Telegrams(ctx, c.campaign, refs, maxKept)
	if err != nil {
		c.fault(state.KindStore, err)
	}
	for i, row := range rows {
		c.examining.Lock()
		for _, f := range c.board.kept(row, stored[refs[i]]) {
			if header, err := wmbus.ParseHeader(f.Bytes); err == nil {
				found := c.examiner.look(queued{row: row, ref: refs[i], header: header, frame: f, fate: store.FateKept})
				c.board.take(&found)
			}
		}
		c.examining.Unlock()
		c.settle(row)
	}
}

// kept are the telegrams of a row: those that the store has, and the last ones, which
// it may not have yet.
func (b *Board) kept(row int, stored []*store.Telegram) (out []device.Frame) {
	b.mu.Lock()
	defer b.mu.Unlock()
	recent := b.state.Row(row).Recent
	for _, t := range stored {
		if len(recent) == 0 || t.Time.Before(recent[0].Time) {
			out = append(out, frameOf(t))
		}
	}
	for i := range recent {
		out = append(out, recent[i].Frame())
	}
	return out
}

// lastOf is the last telegram of an unlisted meter.
func (b *Board) lastOf(meter wmbus.Address) (f device.Frame, heard bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state.LastOf(meter)
}

// corrections are the corrected rows, and the meters that they mean.
func (b *Board) corrections() map[int]wmbus.Address {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state.Corrections()
}

// Claims knows which telegrams are a site's, for receivers that several sites
// share. Its methods may be called from several goroutines.
type Claims struct {
	index    atomic.Pointer[site.Index] // corrected rows by their corrected IDs
	meters   []site.Meter
	mu       sync.Mutex
	searcher *keys.Searcher
	examiner *examiner
	known    map[wmbus.Address]*resemblance // unlisted meters that were compared with the list
}

// resemblance is what is known of an unlisted meter.
type resemblance struct {
	near, sure bool
	times      int
}

// NewClaims returns the claims of a site.
func NewClaims(s site.Site) *Claims {
	x := newExaminer(s, false)
	c := &Claims{meters: s.Meters, searcher: keys.New(s, x.decoder.Templates), examiner: x, known: map[wmbus.Address]*resemblance{}}
	c.index.Store(site.NewIndex(s.Meters))
	return c
}

// Expects returns the row of the meter that a telegram is of, as an index of
// the site's meters; false if the site does not expect it. The dispatcher
// uses the same rule.
func (c *Claims) Expects(h wmbus.Header) (row int, ok bool) {
	return c.index.Load().Expects(h)
}

// Resembles reports whether an unlisted telegram may be from a meter that the
// list has with a slip in its number; sure: the key of that row opens it.
func (c *Claims) Resembles(h wmbus.Header, f device.Frame) (near, sure bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	like := c.known[h.Meter]
	switch {
	case like == nil && len(c.known) >= state.MaxUnlisted:
		return false, false
	case like == nil:
		like = &resemblance{}
		c.known[h.Meter] = like
	}
	if like.times++; like.sure || like.times > maxSearches {
		return like.near, like.sure
	}
	ev := c.examiner.unlisted(h.Meter, f)
	var keyed []int
	for row := range c.meters {
		switch why := site.Alike(&c.meters[row], h.Meter); {
		case why == site.LikeNone:
		case ev.Encrypted && !c.meters[row].Key.IsZero():
			keyed = append(keyed, row)
		case !why.Weak():
			like.near = true
		}
	}
	if owners, _ := c.searcher.Owners(keyed, [][]byte{f.Bytes}, func() bool { return true }); len(owners) > 0 {
		like.near, like.sure = true, true
	}
	return like.near, like.sure
}
