package report

import (
	"context"
	"errors"
	"slices"
	"strings"

	"earshot/collector/site"
)

// Message is what is printed of an error: one line for each of those that were
// joined.
func Message(err error) string {
	var texts []string
	for _, e := range leaves(err) {
		if text := e.Error(); !errors.Is(e, context.Canceled) && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	if len(texts) == 0 {
		return "stopped; everything stored is safe"
	}
	return strings.Join(texts, "\n")
}

// leaves splits joined errors, except lists that are one error to the user,
// such as site.BadRows.
func leaves(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if _, list := err.(*site.BadRows); !ok || list {
		return []error{err}
	}
	if strings.Join(texts(joined.Unwrap()), "\n") != err.Error() { // not just a join
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, leaves(e)...)
	}
	return all
}

func texts(errs []error) []string {
	out := make([]string, len(errs))
	for i, e := range errs {
		out[i] = e.Error()
	}
	return out
}
