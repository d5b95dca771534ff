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
	// sideBySide is how many ports are asked at the same time.
	sideBySide = 8
	// afterClose is the pause between two families at one port.
	afterClose = 100 * time.Millisecond
	// afterFaster is the pause before a lower line speed: bytes at a higher one
	// leave an Amber confused for a while (docs/protocol/dongles.md#probing).
	afterFaster = time.Second
)

// Config says what to look for and where. Only Families is needed.
type Config struct {
	Families []dongle.Family // in the order in which they are asked
	Options  device.Options  // with Ports, these alone are looked at, whatever they are; else those of USB devices
	Thorough bool            // where nobody answers, other line speeds than the usual ones are tried too

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
	Port   device.Port // Path is "" for a USB device that is no serial port
	Driver string      // of what answers; "" where that is not known
	dongle.Identified
	UsualBaud int   // of Driver, 0 where it has none
	Asked     bool  // false: it is left alone, since it is no USB device and anything may be wired to it, or one of USB ids that no dongle has
	Listened  bool  // Listen has listened with it
	Telegrams int64 // … and heard so many
	Err       error // why it cannot be used: a *port.Problem, or one that wraps device.ErrUnsupported …
}

// Usable reports whether the finding is a receiver that can be opened.
func (f Finding) Usable() bool { return f.Driver != "" && f.Err == nil }

// Find looks at every port. The findings are in the order of the ports; the
// error is one of listing them, or the context's.
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

// look asks who is at one port.
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

// families are those that may be at a port: the one that its USB ids and
// strings name is asked first, and those that its USB ids exclude not at all.
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

// ask asks one family after the other. done is false where nobody answered.
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

// pause waits before a port is opened again after a family of so many baud;
// 0 is none.
func pause(ctx context.Context, before, next int) error {
	switch {
	case before > next:
		return wait.For(ctx, afterFaster)
	case before > 0:
		return wait.For(ctx, afterClose)
	}
	return ctx.Err()
}

// bare takes the port's own error out of one that names a driver: who is there
// is not known.
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
		Cure: "pull it and plug it in again; if it is something else, name your receivers instead of auto",
	}
}

// serialNumber is what a Spec can hold.
var serialNumber = regexp.MustCompile(`^[0-9A-Za-z_-]+$`)

// Specs names the usable findings, each of them listening to those of modes
// that it can hear; nil is the widest set. One that can hear none of them
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
				refused = append(refused, device.Errorf(device.ErrUnsupported, "%s: not supported by the %s, which hears none of what was asked for: leave it out, or ask for what it hears (earshot receivers lists that)",
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
