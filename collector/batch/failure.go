package batch

import (
	"errors"
	"strings"

	"earshot/collector/state"
	"earshot/collector/store"
)

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
			break // not just a join
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

// join joins the errors of the sites in their order; nil if nothing failed.
func join(results []Result) error {
	var all state.Failures
	for _, r := range results {
		var own []*state.Failure
		for _, err := range members(r.Err) {
			if f, ok := err.(*state.Failure); ok {
				own = append(own, f)
				continue
			}
			own = append(own, &state.Failure{Kind: kindOf(err), Err: err})
		}
		var failures state.Failures
		_ = errors.As(state.Join(append(own, r.Failures...)), &failures) // nil if there is none
		for _, f := range failures {
			at := *f
			at.Site = r.Site
			all = append(all, &at)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}
