package batch

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"earshot/collector/state"
	"earshot/collector/store"
)

// Failure is one thing that went wrong at a site.
type Failure struct {
	Site string
	Kind state.Kind // KindNone: of the site as a whole, such as an unreadable list
	Err  error
}

func (f *Failure) Error() string { return f.Site + ": " + f.Err.Error() }

// Unwrap returns what went wrong.
func (f *Failure) Unwrap() error { return f.Err }

// Failures is the error of a batch: every failure of every site, in the order
// of the sites and then of the kinds. errors.Is and errors.As reach each member.
type Failures []*Failure

// join makes Failures of what became of the sites, nil where nothing failed.
func join(results []Result) error {
	var all Failures
	for _, r := range results {
		var own Failures
		for _, err := range members(r.Err) {
			own = append(own, &Failure{Site: r.Site, Kind: kindOf(err), Err: err})
		}
		for _, f := range r.Failures {
			own = append(own, &Failure{Site: r.Site, Kind: f.Kind, Err: f})
		}
		slices.SortStableFunc(own, func(a, b *Failure) int { return cmp.Compare(a.Kind, b.Kind) })
		all = append(all, own...)
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// members are the errors that were joined; a list of bad rows is one.
func members(err error) []error {
	switch joined := err.(type) {
	case nil:
		return nil
	case interface{ Unwrap() []error }:
		all := joined.Unwrap()
		texts := make([]string, len(all))
		for i, e := range all {
			texts[i] = e.Error()
		}
		if strings.Join(texts, "\n") != err.Error() {
			break // more than a mere join
		}
		var out []error
		for _, e := range all {
			out = append(out, members(e)...)
		}
		return out
	}
	return []error{err}
}

// kindOf is the kind of what ended a site.
func kindOf(err error) state.Kind {
	var failure *state.Failure
	var broken *store.Error
	switch {
	case errors.As(err, &failure):
		return failure.Kind
	case errors.As(err, &broken):
		return state.KindStore
	}
	return state.KindNone
}

// Error counts the failures by site and kind: "north: 2 not heard in time, 1
// wrong key; south: 1 store failed".
func (f Failures) Error() string {
	var sites []string
	last := ""
	for _, g := range f.Groups() {
		what := "not commissioned"
		if g.Kind != state.KindNone {
			what = fmt.Sprintf("%d %v", len(g.Failures), g.Kind.Sentinel())
		}
		if g.Site == last && len(sites) > 0 {
			sites[len(sites)-1] += ", " + what
			continue
		}
		sites = append(sites, g.Site+": "+what)
		last = g.Site
	}
	return strings.Join(sites, "; ")
}

// Unwrap returns every member.
func (f Failures) Unwrap() []error {
	errs := make([]error, len(f))
	for i := range f {
		errs[i] = f[i]
	}
	return errs
}

// Group is the failures of one kind at one site.
type Group struct {
	Site     string
	Kind     state.Kind
	Failures []*Failure
}

// Groups returns the failures by site and kind, in their order.
func (f Failures) Groups() []Group {
	var groups []Group
	for _, x := range f {
		if n := len(groups); n == 0 || groups[n-1].Site != x.Site || groups[n-1].Kind != x.Kind {
			groups = append(groups, Group{Site: x.Site, Kind: x.Kind})
		}
		g := &groups[len(groups)-1]
		g.Failures = append(g.Failures, x)
	}
	return groups
}
