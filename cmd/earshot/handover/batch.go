package handover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"earshot/collector/handover"
	"earshot/collector/imports"
	"earshot/collector/site"
	"earshot/collector/store"
)

// maxParallel bounds --parallel: each site has a store and a log in memory.
const maxParallel = 5

// result is what became of one site of a batch.
type result struct {
	files []string
	doc   *handover.Document
	err   error
}

// batch makes the protocols of several sites. What fails at one disturbs no other; all
// failures are joined, by kind.
func (f *flags) batch(ctx context.Context, env Env, wanted wanted, all []form, folder bool) error {
	if f.parallel < 1 || f.parallel > maxParallel {
		return usageError("--parallel %d: must be 1 to %d", f.parallel, maxParallel)
	}
	if f.name != "" || f.campaign != 0 || f.details != "" {
		return usageError("--name, --campaign and --details work with one site only, and %d are named", len(f.sites))
	}
	for i, list := range f.sites {
		if n := slices.IndexFunc(f.sites, func(other string) bool { return imports.NameOf(other) == imports.NameOf(list) }); n < i {
			return usageError("%s and %s would have the same name and the same store: rename one of them", f.sites[n], list)
		}
	}
	var reading sync.Mutex // one list after the other: it may ask for a password
	read := env.List
	env.List = func(c store.Campaign, path, name string) (site.Site, error) {
		reading.Lock()
		defer reading.Unlock()
		return read(c, path, name)
	}
	results := make([]result, len(f.sites))
	var group errgroup.Group
	group.SetLimit(f.parallel)
	for i, list := range f.sites {
		group.Go(func() error {
			j := job{list: list, wanted: wanted}
			if f.store != "" {
				j.store = filepath.Join(f.store, imports.NameOf(list)+".db")
			}
			results[i] = f.one(ctx, env, j, all, folder)
			return nil
		})
	}
	_ = group.Wait() // each has its error in its result
	return f.conclude(env, results)
}

// one makes and writes the protocol of one site.
func (f *flags) one(ctx context.Context, env Env, j job, all []form, folder bool) (r result) {
	m, err := j.make(ctx, env)
	if err != nil {
		return result{err: err}
	}
	r.doc = m.doc
	if r.files, err = m.write(ctx, all, f.output, folder, f.force); err != nil {
		r.err = j.failed(kindWriting, err)
	}
	return r
}

// conclude prints a line for each site and joins what failed.
func (f *flags) conclude(env Env, results []result) error {
	var failures []*failure
	draft := false
	for i, r := range results {
		name := imports.NameOf(f.sites[i])
		var one *failure
		switch {
		case errors.As(r.err, &one):
			failures = append(failures, one)
		case r.err != nil:
			failures = append(failures, &failure{site: name, kind: kindStore, err: r.err})
		default:
			fmt.Fprintf(env.Out, "%s: %s %s\n", name, r.doc.Summary.Headline, strings.Join(r.files, ", "))
			draft = draft || r.doc.State == handover.Draft
		}
	}
	switch {
	case len(failures) > 0:
		fmt.Fprintf(env.Out, "%d of %d protocols were made\n", len(results)-len(failures), len(results))
		return joined(failures)
	case draft:
		return ErrDraft
	}
	return nil
}

// joined are failures of sites, one a line, by kind and then by site.
type joined []*failure

func (all joined) Error() string {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b *failure) int { return cmp.Compare(a.kind, b.kind) })
	lines := make([]string, len(sorted))
	for i, f := range sorted {
		lines[i] = fmt.Sprintf("%s: %s: %v", f.kind, f.site, f.err)
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the failures.
func (all joined) Unwrap() []error {
	errs := make([]error, len(all))
	for i, f := range all {
		errs[i] = f
	}
	return errs
}
