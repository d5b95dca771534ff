package batch

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"earshot/collector"
	"earshot/collector/crash"
	"earshot/collector/receivers"
	"earshot/collector/share"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device"
)

// DefaultParallel is how many sites run at once unless the user says otherwise.
const DefaultParallel = 5

// Site is one site of a batch.
type Site struct {
	Name string
	// Config is that of its campaign; its Receivers are those of the batch.
	Config collector.Config
}

// Config says what a batch works with.
type Config struct {
	Sites     []Site
	Receivers []device.Open
	// Parallel is how many sites run at once at most; 0 means DefaultParallel.
	Parallel int
	// Use does the work of a site (of Sites[i]); nil reads every meter once.
	Use func(ctx context.Context, i int, c *collector.Campaign) error
	// Done is called when site i has ended, from several goroutines. It may
	// be nil.
	Done func(i int, r Result)
	// Notice is called with problems of the receivers; it may be nil.
	Notice func(text string)
}

// Result is the result of one site.
type Result struct {
	Site string
	// Started says that its campaign began; Final is then its last state.
	Started bool
	Final   state.Snapshot
	// Failures are those of its round.
	Failures state.Failures
	// Err is why it did not start, or ended early.
	Err error
}

// Report is the result of a batch.
type Report struct {
	Sites []Result // in the order of Config.Sites
	Air   share.Report
	Peak  int // how many sites ran at once
}

// batch is a batch that runs.
type batch struct {
	Config
	slots   chan struct{}
	hub     *share.Hub
	results []Result

	mu      sync.Mutex
	running int
	peak    int
	waiting int                     // meters of sites that have not begun
	views   map[int]*collector.View // of those that run
}

// Run commissions all sites, and returns when all have ended: no goroutine is
// left. If no receiver could be opened the Report is nil and the error says
// why. Otherwise the error is nil, or state.Failures.
func Run(ctx context.Context, cfg Config) (*Report, error) {
	if cfg.Parallel <= 0 {
		cfg.Parallel = DefaultParallel
	}
	if cfg.Use == nil {
		cfg.Use = func(ctx context.Context, _ int, c *collector.Campaign) error {
			return c.Collect(ctx, collector.UntilDeadline)
		}
	}
	if cfg.Done == nil {
		cfg.Done = func(int, Result) {}
	}
	if cfg.Notice == nil {
		cfg.Notice = func(string) {}
	}
	b := &batch{
		Config: cfg, slots: make(chan struct{}, cfg.Parallel),
		results: make([]Result, len(cfg.Sites)), views: map[int]*collector.View{},
	}
	lists, indices := b.load(ctx)
	if len(lists) == 0 {
		return b.report(), join(b.results)
	}
	hub, err := share.Open(ctx, b.shared(lists, indices))
	if err != nil {
		return nil, &state.Failure{Kind: state.KindDevice, Err: err}
	}
	b.hub = hub
	listening, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var beside sync.WaitGroup
	beside.Go(func() { hub.Run(listening) })
	beside.Go(func() { b.notice(listening) })
	b.runAll(ctx, lists, indices)
	cancel()
	beside.Wait()
	b.tellNotices()
	return b.report(), join(b.results)
}

// load reads all lists. It returns those that could be read, and which sites
// they are of.
func (b *batch) load(ctx context.Context) (lists []site.Site, indices []int) {
	for i, s := range b.Sites {
		b.results[i].Site = s.Name
		list, err := s.Config.Load(ctx)
		if err != nil {
			b.results[i].Err = err
			continue
		}
		lists, indices = append(lists, list), append(indices, i)
		b.waiting += len(list.Meters)
	}
	return lists, indices
}

// shared is the configuration of the hub.
func (b *batch) shared(lists []site.Site, indices []int) share.Config {
	cfg := share.Config{Receivers: b.Receivers, Missing: b.missing}
	for n, list := range lists {
		own := &b.Sites[indices[n]].Config
		own.Claims = collector.NewClaims(list)
		cfg.Sites = append(cfg.Sites, own.Claims)
		cfg.Longest = max(cfg.Longest, own.Timeout, collector.DefaultTimeout)
		cfg.Speed, cfg.ResetEvery, cfg.Now = max(cfg.Speed, own.Speed), max(cfg.ResetEvery, own.ResetEvery), own.Now
		for i := range list.Meters {
			cfg.Longest = max(cfg.Longest, list.Meters[i].Timeout)
		}
	}
	return cfg
}

// runAll runs the campaigns, a bounded number at once, in the order of the
// sites.
func (b *batch) runAll(ctx context.Context, lists []site.Site, indices []int) {
	var all sync.WaitGroup
	defer all.Wait()
	for n, i := range indices {
		select {
		case b.slots <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			b.results[i].Err = fmt.Errorf("%s was not begun: %w", b.Sites[i].Name, context.Cause(ctx))
			continue
		}
		all.Go(func() {
			defer func() { <-b.slots }()
			defer b.hub.Leave(n)
			b.begun(len(lists[n].Meters))
			defer b.ended(i)
			b.results[i].Err = b.runSite(ctx, n, i, lists[n])
			b.Done(i, b.results[i])
		})
	}
}

// runSite runs the campaign of a site; n is its number at the hub. Its
// failures do not affect other sites.
func (b *batch) runSite(ctx context.Context, n, i int, list site.Site) (err error) {
	defer crash.Catch(&err)
	result := &b.results[i]
	cfg := b.Sites[i].Config
	cfg.Load = func(context.Context) (site.Site, error) { return list, nil }
	cfg.Receivers = b.hub.Receivers(n)
	if cfg.Timeout <= 0 {
		cfg.Timeout = collector.DefaultTimeout
	}
	cfg.Timeout *= time.Duration(b.hub.Turns()) // each link mode has its time
	var view *collector.View
	err = collector.Run(ctx, cfg, func(ctx context.Context, c *collector.Campaign) error {
		view = c.View()
		b.watch(i, view)
		err := b.use(ctx, i, c)
		if errors.As(err, &result.Failures) {
			err = nil // they are kept apart
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	})
	if view != nil {
		result.Started, result.Final = true, view.Snapshot()
	}
	return err
}

// use does the work of a site. A panic is its error, so that the campaign ends
// as it should.
func (b *batch) use(ctx context.Context, i int, c *collector.Campaign) (err error) {
	defer crash.Catch(&err)
	return b.Use(ctx, i, c)
}

// begun counts a site that begins, ended one that has ended.
func (b *batch) begun(meters int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running++
	b.peak = max(b.peak, b.running)
	b.waiting -= meters
}

func (b *batch) ended(i int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running--
	delete(b.views, i)
}

func (b *batch) watch(i int, view *collector.View) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.views[i] = view
}

// missing are the meters of all sites that have not been heard yet.
func (b *batch) missing() receivers.Missing {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := receivers.Missing{"": b.waiting}
	for _, view := range b.views {
		for _, r := range view.Snapshot().Rows {
			if r.Chain[state.StepPlausible] != state.StepDone {
				out[r.Mode]++
			}
		}
	}
	return out
}

// notice passes on the hub's notices until ctx ends.
func (b *batch) notice(ctx context.Context) {
	for {
		select {
		case <-b.hub.Noticed():
			b.tellNotices()
		case <-ctx.Done():
			return
		}
	}
}

func (b *batch) tellNotices() {
	texts, missed := b.hub.Notices()
	for _, text := range texts {
		b.Notice(text)
	}
	if missed > 0 {
		b.Notice(fmt.Sprintf("%d more notices about receivers were dropped", missed))
	}
}

func (b *batch) report() *Report {
	r := &Report{Sites: b.results, Peak: b.peak}
	if b.hub != nil {
		r.Air = b.hub.Report()
	}
	return r
}
