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
	"earshot/device/printable"
	"earshot/device/wmbus"
)

// signalStep is the least difference that counts: single medians jump by less.
// Source: docs/readiness.md#compare (ours).
const signalStep = 6

// Campaigns compares two campaigns.
func Campaigns(before, after *Side) Comparison {
	c := Comparison{Schema: Schema, Before: before.info(), After: after.info(), Rows: []Row{}, Receivers: receivers(before.Snap.Receivers, after.Snap.Receivers)}
	olds, news := before.rows(), after.rows()
	earlier, now := index(olds), index(news)
	gone := map[string]*state.Row{}
	for ref, r := range earlier {
		if now[ref] == nil {
			gone[ref] = r
		}
	}
	replaced := replacements(olds, news, earlier, gone)
	keysBefore, keysAfter := keys(before.List), keys(after.List)
	otherKey := map[string]bool{}
	before.otherKeys(otherKey)
	after.otherKeys(otherKey)
	for _, r := range news {
		row := Row{Kind: Changed, Ref: r.Ref, Line: r.Line, Place: r.Place, Where: printable.Text(r.Place.String())}
		old := earlier[r.Ref]
		switch {
		case old != nil:
			row.Key = keyChange(keysBefore[r.Ref], keysAfter[r.Ref])
			if otherKey[r.Ref] {
				c.count(&row)
				old = nil // its telegrams of that time cannot be opened with the key of today
				break
			}
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
		if row.matters(c.long()) {
			c.Rows = append(c.Rows, row)
		} else {
			c.Summary.Same++
		}
	}
	for _, r := range olds {
		if gone[r.Ref] != nil {
			c.Rows = append(c.Rows, Row{Kind: Removed, Ref: r.Ref, Line: r.Line, Place: r.Place, Where: printable.Text(r.Place.String())})
			c.Summary.Removed++
		}
	}
	return c
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

// standstill is after how long a register that stands still is named.
// Source: docs/readiness.md#compare (ours).
const standstill = 7 * 24 * time.Hour

// long reports whether so much time is between the campaigns that registers should have
// advanced.
func (c *Comparison) long() bool { return c.After.Started.Sub(c.Before.Started).Abs() >= standstill }

// matters reports whether more changed than that the reading advanced.
func (r *Row) matters(long bool) bool {
	back := r.Reading != nil && r.Reading.Direction != Advanced && (long || r.Reading.Direction != Unchanged)
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
	if before.None() || after.None() || !slices.Contains(counted, is.Quantity) || was.Quantity != is.Quantity || was.Unit != is.Unit {
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

// counted are the quantities of registers that only grow.
var counted = []wmbus.Quantity{wmbus.Energy, wmbus.Volume, wmbus.HeatCostAllocation, wmbus.TotalUnits, wmbus.Mass, wmbus.PulseCount}

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
