package building

import (
	"cmp"
	"slices"

	"earshot/collector/site"
	"earshot/collector/state"
)

// fold is what the installer said of a flat.
type fold uint8

const (
	foldAuto  fold = iota // folded together with its neighbours as soon as it is done
	foldShut              // folded
	foldOpen              // not folded, even if it is done
	foldApart             // folded, but on its own line, even if it is done
)

// flat is one flat's part of the order.
type flat struct {
	place    site.Place // without a room
	from, to int        // in the order
	fold     fold
	tally
}

// tally is how far the meters of a flat, or of several, are.
type tally struct {
	meters, done int
	wrong        int        // a step failed
	alarms       int        // done, to look at
	first, last  *state.Row // of those to look at
}

func (t *tally) add(r *state.Row) {
	t.meters++
	switch {
	case !done(r):
		if r.Verdict.Mark == state.MarkFailed {
			t.wrong++
		}
		return
	case len(r.Verdict.Alarms) > 0:
		t.alarms++
		if t.first == nil {
			t.first = r
		}
		t.last = r
	}
	t.done++
}

// plus adds another tally.
func (t *tally) plus(u *tally) {
	t.meters += u.meters
	t.done += u.done
	t.wrong += u.wrong
	t.alarms += u.alarms
	t.first = cmp.Or(t.first, u.first)
	t.last = cmp.Or(u.last, t.last)
}

// flatOf is the flat of a place.
func flatOf(p site.Place) site.Place {
	p.Room = ""
	return p
}

// arrange puts rows into the order of a walk through the building, and cuts it into flats.
// If down is set, the walk is from the last flat to the first. Folds of flats that were
// there before are kept.
func arrange(rows []*state.Row, down bool, before []flat) (order []int, flats []flat) {
	order = make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		p, q := rows[a].Place, rows[b].Place
		c := flatOf(p).Compare(flatOf(q))
		if down {
			c = -c
		}
		return cmp.Or(c, p.Compare(q))
	})
	folds := map[site.Place]fold{}
	for i := range before {
		folds[before[i].place] = before[i].fold
	}
	for at, i := range order {
		place := flatOf(rows[i].Place)
		if n := len(flats); n == 0 || flats[n-1].place != place {
			flats = append(flats, flat{place: place, from: at, fold: folds[place]})
		}
		flats[len(flats)-1].to = at + 1
	}
	return order, flats
}
