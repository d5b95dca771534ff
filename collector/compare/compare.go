package compare

import (
	"cmp"
	"slices"
	"time"

	"earshot/collector/decimal"
	"earshot/collector/reading"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device"
	"earshot/device/wmbus"
)

// Side is one of the two campaigns.
type Side struct {
	Campaign int64           // its number in the store
	Snap     state.Snapshot  // at its end
	List     []state.ListRow // as the log has it: fingerprints of keys
}

// Schema is the version of the comparison. Members are added without raising it.
const Schema = 1

// Comparison is what changed.
type Comparison struct {
	Schema    int              `json:"schema"`
	Before    Info             `json:"before"`
	After     Info             `json:"after"`
	Summary   Summary          `json:"summary"`
	Rows      []Row            `json:"rows"`      // those that changed, in the order of the later list, removed ones last
	Receivers []ReceiverChange `json:"receivers"` // those that changed
}

// Info is what is compared.
type Info struct {
	Campaign int64      `json:"campaign"`
	Site     string     `json:"site"`
	Started  time.Time  `json:"started"`
	Ended    *time.Time `json:"ended,omitempty"` // none while it is not finished
	Meters   int        `json:"meters"`
	Passed   int        `json:"passed"`
}

// Summary counts rows.
type Summary struct {
	Added     int `json:"added"`
	Removed   int `json:"removed"`
	Replaced  int `json:"replaced"`
	Same      int `json:"same"`     // nothing changed but an advanced reading
	Repaired  int `json:"repaired"` // passed only in the later campaign
	Broken    int `json:"broken"`   // passed only in the earlier one
	Verdicts  int `json:"verdicts_changed"`
	Advanced  int `json:"readings_advanced"`
	Backwards int `json:"readings_backwards"`
	Still     int `json:"readings_unchanged"`
	Better    int `json:"signals_better"`
	Worse     int `json:"signals_worse"`
	Keys      int `json:"keys_changed"`
}

// Kind is what became of a row.
type Kind string

// The kinds.
const (
	Added    Kind = "added"
	Removed  Kind = "removed"
	Replaced Kind = "replaced" // another meter in its place
	Changed  Kind = "changed"
)

// Row is a row that changed.
type Row struct {
	Kind    Kind           `json:"kind"`
	Ref     string         `json:"meter"`              // of the later list; of the earlier one if it was removed
	Was     string         `json:"replaces,omitempty"` // the meter that was there before
	Line    int            `json:"line"`
	Place   site.Place     `json:"place"`
	Verdict *VerdictChange `json:"verdict,omitempty"`
	Reading *ReadingChange `json:"reading,omitempty"`
	Signal  *SignalChange  `json:"signal,omitempty"`
	Key     *KeyChange     `json:"key,omitempty"`
}

// VerdictChange is a verdict that changed.
type VerdictChange struct {
	Before state.Code `json:"before"`
	After  state.Code `json:"after"`
}

// Direction is how a value changed.
type Direction string

// The directions.
const (
	Advanced  Direction = "advanced"
	Backwards Direction = "backwards"
	Unchanged Direction = "unchanged"
	Restarted Direction = "restarted" // a heat cost allocator, after its due date
	Better    Direction = "better"
	Worse     Direction = "worse"
)

// ReadingChange is the main register in both campaigns.
type ReadingChange struct {
	Before    decimal.Number `json:"before"`
	After     decimal.Number `json:"after"`
	Change    decimal.Number `json:"change"`
	Unit      string         `json:"unit,omitempty"`
	Direction Direction      `json:"direction"`
}

// SignalChange is the median of the best receiver in both campaigns, in dBm.
type SignalChange struct {
	Before    int16     `json:"before_dbm"`
	After     int16     `json:"after_dbm"`
	Direction Direction `json:"direction"`
}

// KeyChange is a key that changed, by its fingerprints; "" for none.
type KeyChange struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// ReceiverChange is a receiver that was added, removed or has other firmware.
type ReceiverChange struct {
	Kind     Kind   `json:"kind"`
	Name     string `json:"name"`
	Driver   string `json:"type"`
	Serial   string `json:"serial,omitempty"`
	Firmware string `json:"firmware,omitempty"`
	Was      string `json:"firmware_before,omitempty"`
}

// signalStep is the least difference that counts: single medians jump by less.
// Source: docs/readiness.md#compare (ours).
const signalStep = 6

// Campaigns compares two campaigns.
func Campaigns(before, after *Side) Comparison {
	c := Comparison{Schema: Schema, Before: before.info(), After: after.info(), Rows: []Row{}, Receivers: receivers(before.Snap.Receivers, after.Snap.Receivers)}
	earlier := index(before.Snap.Rows)
	gone := map[string]*state.Row{}
	now := index(after.Snap.Rows)
	for ref, r := range earlier {
		if now[ref] == nil {
			gone[ref] = r
		}
	}
	replaced := replacements(before.Snap.Rows, after.Snap.Rows, earlier, gone)
	keysBefore, keysAfter := before.keys(), after.keys()
	for _, r := range after.Snap.Rows {
		row := Row{Kind: Changed, Ref: r.Ref, Line: r.Line, Place: r.Place}
		old := earlier[r.Ref]
		switch {
		case old != nil:
			row.Key = keyChange(keysBefore[r.Ref], keysAfter[r.Ref])
			row.Reading = readings(old, r)
			c.count(&row)
		case replaced[r.Ref] != nil:
			old = replaced[r.Ref]
			row.Kind, row.Was = Replaced, old.Ref
			delete(gone, old.Ref)
			c.Summary.Replaced++
		default:
			row.Kind = Added
			c.Summary.Added++
		}
		if old != nil {
			row.Verdict, row.Signal = c.verdicts(old, r), c.signals(old, r)
		}
		if row.matters() {
			c.Rows = append(c.Rows, row)
		} else {
			c.Summary.Same++
		}
	}
	for _, r := range before.Snap.Rows {
		if gone[r.Ref] != nil {
			c.Rows = append(c.Rows, Row{Kind: Removed, Ref: r.Ref, Line: r.Line, Place: r.Place})
			c.Summary.Removed++
		}
	}
	return c
}

func (s *Side) info() Info {
	i := Info{Campaign: s.Campaign, Site: s.Snap.Site, Started: s.Snap.Campaign.Started, Meters: len(s.Snap.Rows), Passed: s.Snap.Counts.Passed()}
	if end := s.Snap.Campaign.Ended; !end.IsZero() {
		i.Ended = &end
	}
	return i
}

// keys are the fingerprints of keys by meter.
func (s *Side) keys() map[string]string {
	out := make(map[string]string, len(s.List))
	for _, r := range s.List {
		out[r.Ref] = r.Key
	}
	return out
}

func index(rows []*state.Row) map[string]*state.Row {
	out := make(map[string]*state.Row, len(rows))
	for _, r := range rows {
		out[r.Ref] = r
	}
	return out
}

// spot is where a meter is, and what it measures.
type spot struct {
	place  site.Place
	medium string
}

// replacements are the meters that others took the place of: the only new one and the
// only one that is gone of a place and medium.
func replacements(before, after []*state.Row, earlier, gone map[string]*state.Row) map[string]*state.Row {
	olds, news := map[spot][]*state.Row{}, map[spot][]*state.Row{}
	for _, r := range before {
		if gone[r.Ref] != nil && r.Place != (site.Place{}) {
			olds[spot{r.Place, kind(r.Medium)}] = append(olds[spot{r.Place, kind(r.Medium)}], r)
		}
	}
	for _, r := range after {
		if earlier[r.Ref] == nil {
			news[spot{r.Place, kind(r.Medium)}] = append(news[spot{r.Place, kind(r.Medium)}], r)
		}
	}
	out := map[string]*state.Row{}
	for at, new := range news {
		if old := olds[at]; len(new) == 1 && len(old) == 1 {
			out[new[0].Ref] = old[0]
		}
	}
	return out
}

// kinds are media that are one for a place: a meter says one, a list the other.
var kinds = map[string]string{"cooling": "heat", "heat/cooling": "heat", "hot water": "warm water"}

func kind(medium string) string { return cmp.Or(kinds[medium], medium) }

// matters reports whether more changed than that the reading advanced.
func (r *Row) matters() bool {
	back := r.Reading != nil && r.Reading.Direction != Advanced
	return r.Kind != Changed || r.Verdict != nil || r.Signal != nil || r.Key != nil || back
}

// count counts what changed of a row that is in both lists.
func (c *Comparison) count(r *Row) {
	if r.Key != nil {
		c.Summary.Keys++
	}
	if r.Reading == nil {
		return
	}
	switch r.Reading.Direction {
	case Advanced, Restarted:
		c.Summary.Advanced++
	case Backwards:
		c.Summary.Backwards++
	case Unchanged:
		c.Summary.Still++
	}
}

func (c *Comparison) verdicts(old, now *state.Row) *VerdictChange {
	was, is := old.Verdict.Passed(), now.Verdict.Passed()
	if is && !was {
		c.Summary.Repaired++
	}
	if was && !is {
		c.Summary.Broken++
	}
	if old.Verdict.Code == now.Verdict.Code {
		return nil
	}
	c.Summary.Verdicts++
	return &VerdictChange{old.Verdict.Code, now.Verdict.Code}
}

func (c *Comparison) signals(old, now *state.Row) *SignalChange {
	was, known := old.Heard.RSSI.Median()
	is, knownToo := now.Heard.RSSI.Median()
	if !known || !knownToo || old.Heard.RSSI.Scale != device.ScaleDBm || now.Heard.RSSI.Scale != device.ScaleDBm {
		return nil // other scales are never compared
	}
	switch {
	case is >= was+signalStep:
		c.Summary.Better++
		return &SignalChange{was, is, Better}
	case is <= was-signalStep:
		c.Summary.Worse++
		return &SignalChange{was, is, Worse}
	}
	return nil
}

func keyChange(before, after string) *KeyChange {
	if before == after {
		return nil
	}
	return &KeyChange{before, after}
}

// readings compares the main registers; nil if they cannot be compared.
func readings(old, now *state.Row) *ReadingChange {
	was, before := register(old.Reading)
	is, after := register(now.Reading)
	if before.None() || after.None() || was.Quantity != is.Quantity || was.Unit != is.Unit {
		return nil
	}
	out := &ReadingChange{Before: before, After: after, Change: after.Minus(before), Unit: is.Unit.String(), Direction: Unchanged}
	switch {
	case out.Change.Sign() > 0:
		out.Direction = Advanced
	case out.Change.Sign() < 0 && now.Medium == wmbus.TypeHeatCostAllocator.Medium():
		out.Direction = Restarted
	case out.Change.Sign() < 0:
		out.Direction = Backwards
	}
	return out
}

func register(r *reading.Reading) (reading.Record, decimal.Number) {
	if r == nil {
		return reading.Record{}, decimal.Number{}
	}
	main, ok := r.Main()
	if !ok {
		return reading.Record{}, decimal.Number{}
	}
	return main, decimal.Of(main.Value)
}

// receivers compares receivers, by their serial number if they have one.
func receivers(before, after []state.Receiver) []ReceiverChange {
	out := []ReceiverChange{}
	same := func(a, b *device.Info) bool {
		if a.Serial != "" || b.Serial != "" {
			return a.Driver == b.Driver && a.Serial == b.Serial
		}
		return a.Name == b.Name && a.Driver == b.Driver
	}
	find := func(list []state.Receiver, r *device.Info) int {
		return slices.IndexFunc(list, func(o state.Receiver) bool { return same(&o.Info, r) })
	}
	change := func(kind Kind, r *device.Info, was string) {
		out = append(out, ReceiverChange{Kind: kind, Name: r.Name, Driver: r.Driver, Serial: r.Serial, Firmware: r.Firmware, Was: was})
	}
	for i := range after {
		r := &after[i].Info
		switch at := find(before, r); {
		case at < 0:
			change(Added, r, "")
		case before[at].Info.Firmware != r.Firmware:
			change(Changed, r, before[at].Info.Firmware)
		}
	}
	for i := range before {
		if find(after, &before[i].Info) < 0 {
			change(Removed, &before[i].Info, "")
		}
	}
	return out
}
