package detect

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"earshot/device"
	"earshot/device/dongle"
	"earshot/device/port"
	"earshot/device/wait"
)

const (
	// sideBySide is how many ports are probed at the same time.
	sideBySide = 8
	// afterClose is the pause between probing two families at one port.
	afterClose = 100 * time.Millisecond
	// afterFaster is the pause before a lower line speed: bytes at a higher one
	// leave an Amber dongle confused for a while (docs/protocol/dongles.md#probing).
	afterFaster = time.Second
)

// Config says what to look for and where. Only Families is needed.
type Config struct {
	Families []dongle.Family // in the order in which they are probed
	Options  device.Options  // if Ports is set, only these are probed, USB or not; otherwise those of USB devices
	Thorough bool            // if nothing answers, unusual line speeds are tried too

	Open     port.Opener                       // nil means port.Open
	Attached func() []port.USB                 // nil means port.Attached
	LookPath func(name string) (string, error) // nil means exec.LookPath
}

func (c Config) withDefaults() Config {
	if c.Open == nil {
		c.Open = port.Open
	}
	if c.Attached == nil {
		c.Attached = port.Attached
	}
	if c.LookPath == nil {
		c.LookPath = exec.LookPath
	}
	return c
}

// Finding is what is known of one port or USB device.
type Finding struct {
	Port   device.Port // Path is "" for a USB device that is not a serial port
	Driver string      // of what answers; "" if unknown
	dongle.Identified
	UsualBaud int   // of Driver; 0 if it has none
	Asked     bool  // false: it was not probed, since it is not a USB device and anything may be wired to it, or its USB ids are not a dongle's
	Listened  bool  // Listen used it
	Telegrams int64 // … and received this many
	Err       error // why it cannot be used: a *port.Problem, or an error that wraps device.ErrUnsupported …
}

// Usable reports whether the finding is a receiver that can be opened.
func (f Finding) Usable() bool { return f.Driver != "" && f.Err == nil }

// Find probes every port. The findings are in the order of the ports. The error
// comes from listing the ports or is the context's.
func Find(ctx context.Context, cfg Config) ([]Finding, error) {
	cfg = cfg.withDefaults()
	ports, err := cfg.ports()
	if err != nil {
		return nil, fmt.Errorf("the serial ports could not be listed: %w", err)
	}
	findings := make([]Finding, len(ports))
	var asking errgroup.Group
	asking.SetLimit(sideBySide)
	for i, p := range ports {
		if cfg.Options.Ports == nil && p.USB == "" {
			findings[i] = Finding{Port: p}
			continue
		}
		asking.Go(func() error {
			findings[i] = cfg.look(ctx, p)
			return nil
		})
	}
	_ = asking.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if cfg.Options.Ports == nil {
		findings = append(findings, cfg.others()...)
	}
	return findings, nil
}

func (c Config) ports() ([]device.Port, error) {
	if c.Options.Ports != nil {
		return c.Options.Ports()
	}
	return port.List()
}

// look probes one port.
func (c Config) look(ctx context.Context, p device.Port) Finding {
	families := c.families(p)
	if len(families) == 0 {
		return Finding{Port: p}
	}
	f, done := c.ask(ctx, p, families, func(f dongle.Family) []int { return f.Bauds[:1] })
	if done || !c.Thorough {
		return f
	}
	again, done := c.ask(ctx, p, families, func(f dongle.Family) []int { return f.Bauds[1:] })
	if done {
		return again
	}
	return f
}

// families returns the families that may be at a port: first the one that its USB
// ids and strings name, and none that its USB ids exclude.
func (c Config) families(p device.Port) []dongle.Family {
	may := slices.DeleteFunc(slices.Clone(c.Families), func(f dongle.Family) bool {
		return len(dongle.Candidates(f, []device.Port{p})) == 0
	})
	slices.SortStableFunc(may, func(a, b dongle.Family) int { return sureFirst(a.IsSure(p)) - sureFirst(b.IsSure(p)) })
	return may
}

func sureFirst(sure bool) int {
	if sure {
		return 0
	}
	return 1
}

// ask probes one family after the other. done is false if nothing answered.
func (c Config) ask(ctx context.Context, p device.Port, families []dongle.Family, bauds func(dongle.Family) []int) (f Finding, done bool) {
	f = Finding{Port: p, Asked: true}
	faster := 0
	var asked []string
	for _, family := range families {
		usual := family.Bauds[0]
		family.Bauds = bauds(family)
		if len(family.Bauds) == 0 {
			continue
		}
		if pause(ctx, faster, family.Bauds[0]) != nil {
			f.Err = ctx.Err()
			return f, true
		}
		faster = slices.Max(family.Bauds)
		found, err := dongle.Identify(ctx, family, p.Path, c.Options, c.Open)
		asked = append(asked, family.Name)
		if errors.Is(err, device.ErrNoAnswer) {
			continue
		}
		if f.Err = bare(err); f.Err == nil {
			f.Driver, f.Identified, f.UsualBaud = family.Name, found, usual
		}
		return f, true
	}
	f.Err = nobody(p, asked)
	return f, false
}

// pause waits before a port is opened again. before and next are the line speeds
// of the previous and the next family in baud; before 0 means there was none.
func pause(ctx context.Context, before, next int) error {
	switch {
	case before > next:
		return wait.For(ctx, afterFaster)
	case before > 0:
		return wait.For(ctx, afterClose)
	}
	return ctx.Err()
}

// bare extracts the port's own error from one that names a driver, since it is not
// known which dongle is there.
func bare(err error) error {
	var p *port.Problem
	if errors.As(err, &p) {
		return p
	}
	return err
}

func nobody(p device.Port, asked []string) error {
	return &port.Problem{
		Path: p.Path, Kind: device.ErrNoAnswer, Cause: "no answer that " + strings.Join(asked, ", ") + " would give",
		Cure: "unplug it and plug it in again; if it is something else, name your receivers instead of auto",
	}
}

// serialNumber matches the serial numbers that a Spec can hold.
var serialNumber = regexp.MustCompile(`^[0-9A-Za-z_-]+$`)

// Specs returns a Spec for each usable finding, which listens to those of modes
// that it can receive; nil means the widest set. One that can receive none of them
// becomes an error that wraps device.ErrUnsupported.
func Specs(findings []Finding, modes []device.LinkMode) (specs []device.Spec, refused []error) {
	for _, f := range findings {
		if !f.Usable() {
			continue
		}
		spec := device.Spec{Driver: f.Driver, Path: f.Port.Path, Modes: modes}
		if serialNumber.MatchString(f.Serial) {
			spec.Serial = f.Serial
		}
		if f.Sets != nil && len(modes) > 0 {
			spec.Modes = slices.DeleteFunc(slices.Clone(modes), func(m device.LinkMode) bool {
				return dongle.Holds(f.Sets, []device.LinkMode{m}) == nil
			})
			if len(spec.Modes) == 0 {
				refused = append(refused, device.Errorf(device.ErrUnsupported, "%s: the %s receives none of the link modes asked for: leave it out, or ask for modes that it supports (see earshot receivers)",
					f.Port.Path, f.Product))
				continue
			}
		}
		if !slices.ContainsFunc(specs, func(s device.Spec) bool { return s.String() == spec.String() }) {
			specs = append(specs, spec)
		}
	}
	return specs, refused
}
