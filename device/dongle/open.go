package dongle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"earshot/device"
	"earshot/device/port"
)

// Driver is the entry of a family for the list of drivers.
func Driver(f Family) device.Driver {
	return device.Driver{
		Name: f.Name, Aliases: f.Aliases, About: f.About,
		Open: func(ctx context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
			return Open(ctx, f, spec, opt, port.Open)
		},
	}
}

// Open opens the dongle that spec names: at its path, or, without one, at the
// first port where this family's dongle (and of spec.Serial, if given) answers.
// Errors wrap those of package port, device.ErrNoAnswer, device.ErrUnsupported
// or device.ErrBadSpec.
func Open(ctx context.Context, f Family, spec device.Spec, opt device.Options, open port.Opener) (*Receiver, error) {
	if spec.Path == device.StdinPath {
		return nil, fmt.Errorf("%w %q: a %s is at a serial port, not standard input", device.ErrBadSpec, spec, f.Name)
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Ports == nil {
		opt.Ports = port.List
	}
	b := &bench{family: f, spec: spec, opt: opt, open: open}
	if spec.Path != "" {
		return b.at(ctx, spec.Path)
	}
	return b.anywhere(ctx, "")
}

// bench is what opening needs, and opening again.
type bench struct {
	family Family
	spec   device.Spec
	opt    device.Options
	open   port.Opener
}

// anywhere opens the first port where the dongle answers, but first.
func (b *bench) anywhere(ctx context.Context, besides string) (*Receiver, error) {
	ports, err := b.opt.Ports()
	if err != nil {
		return nil, fmt.Errorf("%s: the serial ports could not be listed: %w", b.family.Name, err)
	}
	var errs []error
	for _, p := range Candidates(b.family, ports) {
		if p.Path == besides {
			continue
		}
		r, err := b.at(ctx, p.Path)
		if err == nil || ctx.Err() != nil {
			return r, err
		}
		errs = append(errs, err)
	}
	if len(errs) == 0 {
		return nil, fmt.Errorf("%s: %w: no serial port that could be one: plug it in, then look with earshot receivers", b.spec, device.ErrNoAnswer)
	}
	return nil, errors.Join(errs...)
}

// Candidates are the ports where the family's dongle may be: those with USB
// ids that it is seen with, the sure ones first, and those without USB ids.
func Candidates(f Family, ports []device.Port) []device.Port {
	rank := func(p device.Port) int {
		text := p.USB + " " + p.Product + " " + p.Manufacturer
		switch {
		case slices.ContainsFunc(f.Sure, func(s string) bool { return strings.Contains(text, s) }):
			return 0
		case slices.Contains(f.USB, p.USB):
			return 1
		case p.USB == "":
			return 2
		}
		return 3
	}
	ports = slices.DeleteFunc(slices.Clone(ports), func(p device.Port) bool { return rank(p) == 3 })
	slices.SortStableFunc(ports, func(a, b device.Port) int { return rank(a) - rank(b) })
	return ports
}

// at opens the dongle at one port, at each line speed until it answers.
func (b *bench) at(ctx context.Context, path string) (*Receiver, error) {
	p, err := b.open(path, b.family.Bauds[0])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.family.Name, err)
	}
	r := b.receiver(path, p)
	if err := r.start(ctx); err != nil {
		_ = r.Close()
		if errors.Is(err, device.ErrNoAnswer) {
			err = fmt.Errorf("%s: %w as a %s would give: is it another dongle? earshot receivers tells", path, err, b.family.Name)
		}
		return nil, err
	}
	return r, nil
}

func (b *bench) receiver(path string, p port.Port) *Receiver {
	name := device.Spec{Path: path}.ShortName()
	r := &Receiver{bench: b, path: path, requests: make(chan request), ended: make(chan struct{}), protocol: b.family.New()}
	r.link = &Link{
		AllowFlash: b.opt.AllowFlash, port: p, name: name, protocol: r.protocol, stale: b.family.Stale, now: b.opt.Now,
		deliver: r.keep, tell: r.keepTrouble, memory: make([]byte, 2*maxBuffer),
	}
	if r.link.stale == 0 {
		r.link.stale = 500 * time.Millisecond
	}
	r.info = device.Info{Name: name, Driver: b.family.Name}
	return r
}

// start finds the dongle and sets it up.
func (r *Receiver) start(ctx context.Context) error {
	if err := r.link.Pause(ctx, r.bench.family.Settle); err != nil {
		return err
	}
	id, err := r.probe(ctx)
	if err != nil {
		return err
	}
	want := r.bench.spec.Serial
	if want != "" && !strings.EqualFold(want, id.Serial) {
		return fmt.Errorf("%s: %w from the %s with the serial number %s: here is %s", r.path, device.ErrNoAnswer, r.bench.family.Name, want, id.Serial)
	}
	r.identity = id
	r.info.Serial, r.info.Firmware = id.Serial, id.Firmware
	if id.Note != "" {
		r.link.Tell(errors.New(id.Note))
	}
	return r.begin(ctx)
}

func (r *Receiver) probe(ctx context.Context) (Identity, error) {
	var id Identity
	var err error
	for i, baud := range r.bench.family.Bauds {
		if i > 0 {
			if err := r.link.SetBaud(baud); err != nil {
				return id, err
			}
			if err := r.link.Pause(ctx, 100*time.Millisecond); err != nil { // dongles.md section 8
				return id, err
			}
		}
		if id, err = r.protocol.Probe(ctx, r.link); !errors.Is(err, device.ErrNoAnswer) {
			return id, err
		}
	}
	return id, err
}

// Reopen implements device.Reopener: at its port, or, for a dongle whose serial
// number is known, wherever it is now.
func (r *Receiver) Reopen(ctx context.Context) (device.Receiver, error) {
	b := *r.bench
	if b.spec.Serial == "" {
		b.spec.Serial = r.identity.Serial
	}
	again, err := b.at(ctx, r.path)
	if err == nil || ctx.Err() != nil || b.spec.Serial == "" && !errors.Is(err, fs.ErrNotExist) {
		return again, err
	}
	elsewhere, other := b.anywhere(ctx, r.path)
	if other != nil {
		return nil, err // what was tried elsewhere is no news
	}
	return elsewhere, nil
}
