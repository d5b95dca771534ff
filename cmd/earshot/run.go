package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/adrg/xdg"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"earshot/cmd/earshot/lists"
	"earshot/collector"
	"earshot/collector/batch"
	"earshot/collector/imports"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device"
	"earshot/device/printable"
	"earshot/device/replay"
	"earshot/tui"
)

// runFlags are the flags of `earshot run`.
type runFlags struct {
	sites     []string
	site      string // the only one, or of several the current one
	parallel  int
	name      string
	skipBad   bool
	receivers receiverFlags
	timeout   patience
	signal    string
	shard     string
	mqtt      mqttFlags
	store     string
	speed     float64
	loop      bool
	unlisted  int
	startNew  bool
	ports     portFlags
	collect   collectFlags
	output    outputFlags
}

// outputFlags say how to show a campaign.
type outputFlags struct {
	headless bool
	json     bool
	ascii    bool
	plain    bool
	theme    string
	until    collector.Until // headless: how long the campaign runs
}

func (o *outputFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&o.headless, "headless", false, "no screen: run one round (see also --until and --for), print the verdicts and exit")
	cmd.Flags().BoolVar(&o.json, "json", false, "with --headless: print events as JSON Lines, and a closing summary")
	cmd.Flags().BoolVar(&o.plain, "plain", false, "lines and typed commands instead of a screen: for screen readers")
	cmd.Flags().BoolVar(&o.ascii, "ascii", false, "show everything in ASCII characters only; without it the locale decides")
	cmd.Flags().StringVar(&o.theme, "theme", "auto", "colours of the screen: "+strings.Join(tui.Themes(), ", "))
}

func (o *outputFlags) check() error {
	o.ascii = o.ascii || !printable.UTF8Locale(os.Environ())
	switch {
	case !slices.Contains(tui.Themes(), o.theme):
		return usageError("--theme %s: there are %s", o.theme, strings.Join(tui.Themes(), ", "))
	case o.plain && o.headless:
		return usageError("--plain takes commands, and --headless runs without anybody: name one of them")
	case o.json && !o.headless:
		return usageError("--json needs --headless: the screen and JSON Lines cannot share the terminal")
	}
	return nil
}

// checkTerminal says why there can be no screen.
func (o *outputFlags) checkTerminal(s streams) error {
	switch {
	case o.headless || o.plain:
		return nil
	case !isTerminal(s.in) || !isTerminal(s.out):
		return usageError("the screen needs a terminal, and standard input or output is none: add --headless to print the verdicts at the end")
	case os.Getenv("TERM") == "dumb":
		return usageError("the screen cannot be drawn on this terminal (TERM is dumb): add --plain for lines and commands, or --headless to print the verdicts at the end")
	}
	return nil
}

// isTerminal reports whether a stream of the program is a terminal.
func isTerminal(stream any) bool {
	if w, ok := stream.(*printable.Writer); ok {
		stream = w.Unwrap()
	}
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

func newRun(s streams) *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run --site LIST --receiver RECEIVER",
		Short: "Commission a site",
		Example: "earshot run --site list.csv --receiver auto:c1,t1\n" +
			"earshot run --site list.csv --receiver /dev/ttyUSB0:im871a:c1,t1\n" +
			"earshot run --site list.csv --receiver log.txt:hexline --headless\n" +
			"earshot run --site list.csv --receiver auto --mqtt mqtt://broker\n" +
			"earshot run --site a.csv --site b.csv --receiver auto --headless",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var words sync.WaitGroup // read while the list is, for the first frame
			words.Go(s.lang.Load)
			defer words.Wait()
			if len(f.sites) > 1 {
				return f.batch(cmd, s)
			}
			if err := f.single(cmd); err != nil {
				return err
			}
			cfg, err := f.campaign(s)
			if err != nil {
				return err
			}
			if cfg.Brokers, err = f.mqtt.destinations(cmd, f.name, time.Now()); err != nil {
				return err
			}
			if cfg.Load, err = loaded(cmd.Context(), cfg.Load); err != nil {
				return err
			}
			if err := f.output.checkTerminal(s); err != nil {
				return err
			}
			if err := f.askStay(cmd, s); err != nil {
				return err
			}
			if err := takeOver(cmd.Context(), &cfg, s.err); err != nil {
				return err
			}
			if cfg.Receivers, err = f.hearing(cmd.Context(), s); err != nil {
				return err
			}
			return runCampaign(cmd.Context(), cfg, f.output, s)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&f.sites, "site", nil, "list of expected meters (CSV); with --headless it may be repeated: the sites share the receivers")
	flags.IntVar(&f.parallel, "parallel", batch.DefaultParallel, "how many of several sites run at once")
	flags.StringVar(&f.name, "name", "", "name of the site (default: the list's file name)")
	flags.BoolVar(&f.skipBad, "skip-bad-rows", false, "skip the bad rows of a list and use the others")
	f.receivers.add(cmd, "what to listen with, such as auto:c1,t1 (every dongle attached), /dev/ttyUSB0:im871a:c1,t1 or FILE:hexline")
	f.timeout.time = collector.DefaultTimeout
	flags.Var(&f.timeout, "timeout", "how long to wait for a meter, unless its row says otherwise; auto: four times the interval at which it sends, 30s if that is not known")
	flags.StringVar(&f.signal, "signal-limits", "-80,-90,-97,20,50", "lowest medians in dBm of a good, a usable and a weak signal; most loss in per cent of a good and a usable one")
	flags.StringVar(&f.shard, "shard", "", "only a part of the list: 2/3 is the second of three collectors that share it; each meter is in one part")
	f.collect.add(cmd)
	f.mqtt.add(cmd, s)
	flags.StringVar(&f.store, "store", "", "file of the store; with several sites the folder of their stores (default: the site's name, in the user's data directory)")
	flags.IntVar(&f.unlisted, "keep-unlisted", collector.DefaultKeepUnlisted, "how many telegrams of meters that are not in the list to store, of each receiver and hour; 0 stores none")
	flags.Float64Var(&f.speed, "speed", 1, "replay this many times faster, including waiting times")
	flags.BoolVar(&f.loop, "loop", false, "replay the recording again when it ends")
	f.ports.add(cmd)
	f.ports.addFlash(cmd)
	f.ports.addCommand(cmd)
	flags.BoolVar(&f.startNew, "new", false, "start a new campaign instead of continuing an unfinished one")
	f.output.add(cmd)
	return cmd
}

// campaign is the configuration that the flags give, without receivers and
// brokers.
func (f *runFlags) campaign(s streams) (cfg collector.Config, err error) {
	switch {
	case f.site == "":
		return cfg, usageError("no list of meters: name it with --site LIST.csv")
	case len(f.receivers.names) == 0:
		return cfg, usageError("no receiver: name one with --receiver, such as auto:c1,t1 or FILE:hexline")
	case f.timeout.time <= 0:
		return cfg, usageError("--timeout %v: must be more than 0, such as 30s, or auto", f.timeout.time)
	}
	if f.unlisted < 0 {
		return cfg, usageError("--keep-unlisted %d: must be 0 or more", f.unlisted)
	}
	if err := checkSpeed(f.speed); err != nil {
		return cfg, err
	}
	if err := errors.Join(f.output.check(), f.checkReceivers()); err != nil {
		return cfg, err
	}
	cfg = collector.Config{
		Timeout: f.timeout.time, TimeoutAuto: f.timeout.auto, Speed: f.speed, Version: version(), New: f.startNew, ListPath: absolute(f.site), KeepUnlisted: f.unlisted,
	}
	if f.unlisted == 0 {
		cfg.KeepUnlisted = -1
	}
	limits, err := state.ParseLimits(f.signal)
	if err != nil {
		return cfg, usageError("--signal-limits %s: %v", f.signal, err)
	}
	if limits != state.DefaultLimits() {
		cfg.Signal = &limits
	}
	if f.output.until, cfg.Deadline, err = f.collect.plan(f.output.headless); err != nil {
		return cfg, err
	}
	cfg.EndWhenPassed = f.output.headless && f.output.until != collector.UntilStopped
	if cfg.Shard, err = site.ParseShard(f.shard); err != nil {
		return cfg, usageError("--shard: %w", err)
	}
	if f.name == "" {
		f.name = f.nameOf(f.site)
	}
	cfg.Load = func(context.Context) (site.Site, error) { return f.load(s) }
	cfg.StorePath, err = storePath(f.store, f.name)
	return cfg, err
}

// nameOf is the name of a list's site. A part of a list has its own name,
// store and status at the broker.
func (f *runFlags) nameOf(list string) string {
	name := imports.NameOf(list)
	if part, of, ok := strings.Cut(f.shard, "/"); ok {
		name += " " + part + " of " + of
	}
	return name
}

// checkReceivers reports what is wrong with the receivers' names before
// anything is opened.
func (f *runFlags) checkReceivers() error {
	opt, err := f.ports.options(device.Options{})
	if err != nil {
		return err
	}
	specs, err := f.receivers.specs(io.Discard)
	if err != nil {
		return err
	}
	for _, spec := range specs {
		if spec.Driver == device.AutoDriver {
			continue
		}
		if _, err := openers([]device.Spec{spec}, opt); err != nil {
			return err
		}
	}
	return nil
}

// hearing is the configuration of the receivers. It asks the ports for dongles.
func (f *runFlags) hearing(ctx context.Context, s streams) ([]device.Open, error) {
	opt, err := f.ports.options(device.Options{Stdin: s.in, Speed: f.speed, Loop: f.loop})
	if err != nil {
		return nil, err
	}
	least := 1
	if !f.output.headless {
		least = 0 // the screen shows what is missing
	}
	specs, err := f.receivers.attached(ctx, opt, least, s)
	if err != nil {
		return nil, err
	}
	return openers(specs, opt)
}

// absolute makes a path absolute, so that it is valid from every directory.
func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil && path != "" {
		return full
	}
	return path
}

// maxSpeed bounds --speed: beyond it waiting times would round to nothing.
// Only recordings can be played without waiting times (inf).
const maxSpeed = 10000

func checkSpeed(speed float64) error {
	if !(speed > 0 && speed <= maxSpeed || math.IsInf(speed, 1)) { // false for NaN, too
		return usageError("--speed %v: must be more than 0 and at most %d, or inf for as fast as the recording can be read", speed, maxSpeed)
	}
	return nil
}

// loaded reads the list now, so that errors in it are reported before ports
// are asked, or another earshot is asked to hand over.
func loaded(ctx context.Context, load func(context.Context) (site.Site, error)) (func(context.Context) (site.Site, error), error) {
	list, err := load(ctx)
	return func(context.Context) (site.Site, error) { return list, nil }, err
}

// load reads the list. Bad rows are an error, unless they are to be skipped:
// then each is reported.
func (f *runFlags) load(s streams) (site.Site, error) {
	list, read, err := lists.ReadSite(f.site, s.lists())
	var bad *site.BadRows
	switch {
	case errors.As(err, &bad) && f.skipBad && len(list.Meters) > 0:
		fmt.Fprintf(s.err, "earshot: %v\nearshot: continuing with the other %d rows (--skip-bad-rows)\n", bad, len(list.Meters))
		list.LeftOut = bad.Rows
	case errors.As(err, &bad):
		return site.Site{}, fmt.Errorf("%w; correct the list, or leave these rows out with --skip-bad-rows", bad)
	case err != nil:
		return site.Site{}, usage{err}
	}
	lists.SayNotes(s.err, s.lang, read)
	lists.WarnExposedKeys(s.err, f.site, list.Meters)
	list.Name = f.name
	return list, nil
}

// storePath is the file of a site's store: the named one, or one in the
// user's data directory.
func storePath(named, siteName string) (string, error) {
	if named != "" {
		return named, nil
	}
	safe := strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, siteName)
	path, err := xdg.DataFile(filepath.Join("earshot", safe+".db"))
	if err != nil {
		return "", fmt.Errorf("no folder for the store (%w): name a file with --store", err)
	}
	return path, nil
}

// newReplay is `earshot run` whose receivers are recordings.
func newReplay(s streams) *cobra.Command {
	cmd := newRun(s)
	run := cmd.RunE
	cmd.Use = "replay FILE… --site LIST"
	cmd.Short = "Commission a site with recordings"
	cmd.Long = "replay plays recordings with their original gaps and judges the meters of a list by them, as run does with receivers.\n" +
		"A recording is what `earshot record` wrote, a log of wmbusmeters (telegram=|…|), or a capture of rtl_wmbus."
	cmd.Example = "earshot replay building.jsonl --site list.csv\n" +
		"earshot replay building.jsonl --site list.csv --headless --speed 10"
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usageError("no recording given: name its file, such as earshot replay building.jsonl --site list.csv")
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, files []string) error {
		for _, file := range files {
			if err := cmd.Flags().Set("receiver", file+":"+replay.Name); err != nil {
				return err
			}
		}
		return run(cmd, nil)
	}
	return cmd
}
