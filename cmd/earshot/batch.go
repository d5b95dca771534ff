package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"earshot/collector"
	"earshot/collector/batch"
	"earshot/collector/report"
	"earshot/collector/site"
	"earshot/collector/state"
)

// maxParallel bounds --parallel: each site has a store and reads of its own.
const maxParallel = 64

// ofOneSite are flags that apply to a single site.
var ofOneSite = []string{"name", "until", "for", "stay"}

// single takes the one site.
func (f *runFlags) single(cmd *cobra.Command) error {
	if cmd.Flags().Changed("parallel") {
		return usageError("--parallel is for several sites: repeat --site")
	}
	for _, path := range f.sites {
		f.site = path
	}
	return nil
}

// batch commissions several sites that share the receivers.
func (f *runFlags) batch(cmd *cobra.Command, s streams) error {
	if err := f.checkBatch(cmd); err != nil {
		return err
	}
	cfg := batch.Config{Parallel: f.parallel}
	for _, path := range f.sites {
		one, err := f.ofSite(cmd, path, s)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(cfg.Sites, func(o batch.Site) bool { return o.Config.StorePath == one.Config.StorePath }); i >= 0 {
			return usageError("%s and %s would have the same name and the same store: rename one of them", f.sites[i], path)
		}
		cfg.Sites = append(cfg.Sites, one)
	}
	ctx := cmd.Context()
	var err error
	if cfg.Receivers, err = f.hearing(ctx, s); err != nil {
		return err
	}
	return runBatch(ctx, cfg, f.output, s)
}

func (f *runFlags) checkBatch(cmd *cobra.Command) error {
	if !f.output.headless {
		return usageError("several sites need --headless: the screen shows one")
	}
	if f.parallel < 1 || f.parallel > maxParallel {
		return usageError("--parallel %d: must be 1 to %d", f.parallel, maxParallel)
	}
	for _, name := range ofOneSite {
		if flag := cmd.Flags().Lookup(name); flag != nil && flag.Changed {
			return usageError("--%s works with one site only, and %d are named: leave it out, or run the sites one by one", name, len(f.sites))
		}
	}
	if info, err := os.Stat(f.store); f.store != "" && (err != nil || !info.IsDir()) {
		return usageError("--store %s: no such folder; with several sites --store names the folder of their stores: create it", f.store)
	}
	return nil
}

// ofSite is the campaign of one of the sites.
func (f *runFlags) ofSite(cmd *cobra.Command, path string, s streams) (batch.Site, error) {
	own := *f
	own.site, own.name = path, f.nameOf(path)
	if f.store != "" {
		own.store = filepath.Join(f.store, own.name+".db")
	}
	if f.mqtt.client != "" { // two connections with the same client identifier would end each other
		own.mqtt.client += "-" + own.name
	}
	cfg, err := own.campaign(s)
	if err != nil {
		return batch.Site{}, err
	}
	alone := cfg
	cfg.Load = func(ctx context.Context) (site.Site, error) { // an earshot that stayed on this site hands it over
		if err := takeOver(ctx, &alone, s.err); err != nil {
			return site.Site{}, err
		}
		return alone.Load(ctx)
	}
	cfg.Brokers, err = own.mqtt.destinations(cmd, own.name, time.Now())
	return batch.Site{Name: own.name, Config: cfg}, err
}

// runBatch runs the batch and prints what came of it.
func runBatch(ctx context.Context, cfg batch.Config, flags outputFlags, s streams) error {
	names := make([]string, len(cfg.Sites))
	for i, one := range cfg.Sites {
		names[i] = one.Name
	}
	out := report.NewBatchPrinter(names, flags.printing(s), siteCode)
	cfg.Use = func(ctx context.Context, i int, c *collector.Campaign) error {
		s.ending.keeps(unstored(names[i]+": ", c))
		out.Begin(i, c.View())
		return c.Collect(ctx, collector.UntilDeadline)
	}
	cfg.Done, cfg.Notice = out.Done, out.Notice
	result, err := batch.Run(ctx, cfg)
	if result == nil {
		return err
	}
	s.ending.does(printingSummary)
	var failures state.Failures
	errors.As(err, &failures) // Run returns no other error with a result
	if err := out.Finish(result, failures); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return batchOutcome(result)
}

// batchCodes are the exit codes, the one that matters most first: without
// receivers a silent meter cannot be judged, and a site that may succeed when
// it is started again comes before one that cannot.
var batchCodes = []int{exitNoReceiver, exitFailed, exitUsage, exitNotPassed, exitNotDelivered}

// batchOutcome is the exit code for what became of all sites.
func batchOutcome(result *batch.Report) error {
	codes := make([]int, len(result.Sites))
	for i, r := range result.Sites {
		codes[i] = siteCode(r)
	}
	for _, code := range batchCodes {
		if slices.Contains(codes, code) {
			return outcome(code)
		}
	}
	return nil
}

// siteCode is the exit code that a site would have had on its own.
func siteCode(r batch.Result) int {
	if r.Err != nil {
		return exitCode(r.Err)
	}
	return exitCode(outcomeOf(r.Final))
}
