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

const (
	// afterSpeed is the pause after the line speed was changed (docs/protocol/dongles.md#probing).
	afterSpeed = 100 * time.Millisecond
	// afterWrong is how long a dongle may be confused by what was sent to it at a
	// wrong line speed (docs/protocol/dongles.md#probing).
	afterWrong = 1050 * time.Millisecond
)

// Driver is the entry of a family for the list of drivers.
func Driver(f Family) device.Driver {
	return device.Driver{
		Name: f.Name, Aliases: f.Aliases, About: f.About,
		Open: func(ctx context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
			r, err := Open(ctx, f, spec, opt, port.Open)
			if err != nil {
				return nil, err // not a nil *Receiver, which is not a nil device.Receiver
			}
			return r, nil
		},
	}
}

// Open opens the dongle that spec names: at its path, or, without one, at the first
// port at which a dongle of this family (with spec.Serial, if given) answers. Errors
// wrap those of package port, device.ErrNoAnswer, device.ErrUnsupported or
// device.ErrBadSpec.
func Open(ctx context.Context, f Family, spec device.Spec, opt device.Options, open port.Opener) (*Receiver, error) {
	if spec.Path == device.StdinPath {
		return nil, fmt.Errorf("%w %q: a %s is at a serial port, not standard input", device.ErrBadSpec, spec, f.Name)
	}
	b := newBench(f, spec, opt, open)
	if spec.Path != "" {
		return b.at(ctx, spec.Path)
	}
	return b.anywhere(ctx, func(device.Port) bool { return true })
}

// Identified is a dongle that answered.
type Identified struct {
	Identity
	Baud int                 // the line speed at which it did
	Sets [][]device.LinkMode // what it can receive at the same time, the widest first
}

// Identify identifies the dongle at a port and closes the port. It changes nothing
// that a restart does not undo. Errors are those of Open.
func Identify(ctx context.Context, f Family, path string, opt device.Options, open port.Opener) (Identified, error) {
	r, err := newBench(f, device.Spec{Driver: f.Name, Path: path}, opt, open).ask(ctx, path)
	if err != nil {
		return Identified{}, err
	}
	found := Identified{Identity: r.identity, Baud: r.baud, Sets: r.ModeSets()}
	return found, r.Close()
}

// bench is what opening and reopening need.
type bench struct {
	family Family
	spec   device.Spec
	opt    device.Options
	open   port.Opener
}

func newBench(f Family, spec device.Spec, opt device.Options, open port.Opener) *bench {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Ports == nil {
		opt.Ports = port.List
	}
	return &bench{family: f, spec: spec, opt: opt, open: open}
}

// anywhere opens the first port at which the dongle answers, of those that mayBe
// accepts.
func (b *bench) anywhere(ctx context.Context, mayBe func(device.Port) bool) (*Receiver, error) {
	ports, err := b.opt.Ports()
	if err != nil {
		return nil, fmt.Errorf("%s: the serial ports could not be listed: %w", b.family.Name, err)
	}
	var errs []error
	for _, p := range Candidates(b.family, ports) {
		if !mayBe(p) {
			continue
		}
		r, err := b.at(ctx, p.Path)
		if err == nil || ctx.Err() != nil {
			return r, err
		}
		errs = append(errs, err)
	}
	if len(errs) == 0 {
		return nil, fmt.Errorf("%s: %w: no serial port that could be one: plug it in, then run earshot receivers", b.spec, device.ErrNoAnswer)
	}
	return nil, errors.Join(errs...)
}

// Candidates returns the ports at which the family's dongle may be: those with USB
// ids that it may have, the sure ones first, then those without USB ids.
func Candidates(f Family, ports []device.Port) []device.Port {
	rank := func(p device.Port) int {
		switch {
		case f.IsSure(p):
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

// IsSure reports whether the port's USB ids or strings name this family.
func (f Family) IsSure(p device.Port) bool {
	text := p.USB + " " + p.Product + " " + p.Manufacturer
	return slices.ContainsFunc(f.Sure, func(s string) bool { return strings.Contains(text, s) })
}

// at opens the dongle at one port and sets it up.
func (b *bench) at(ctx context.Context, path string) (*Receiver, error) {
	r, err := b.ask(ctx, path)
	if err != nil {
		return nil, err
	}
	if want := b.spec.Serial; want != "" && !strings.EqualFold(want, r.identity.Serial) {
		err = fmt.Errorf("%s: %w from the %s with the serial number %s: this one has %s", path, device.ErrNoAnswer, b.family.Name, want, orNone(r.identity.Serial))
	} else {
		err = r.begin(ctx)
	}
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	r.link.settled()
	r.usb = b.describe(path)
	return r, nil
}

func orNone(serial string) string {
	if serial == "" {
		return "none"
	}
	return serial
}

// ask opens a port and identifies the dongle, at each line speed until it answers.
func (b *bench) ask(ctx context.Context, path string) (*Receiver, error) {
	p, err := b.open(path, b.family.Bauds[0])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.family.Name, err)
	}
	r := b.receiver(path, p)
	if err := r.identify(ctx); err != nil {
		_ = r.Close()
		if errors.Is(err, device.ErrNoAnswer) {
			err = fmt.Errorf("%s: %w that the driver %s understands: is it another dongle? run earshot receivers to find out", path, err, b.family.Name)
		}
		return nil, err
	}
	return r, nil
}

// describe returns what the operating system knows about a port.
func (b *bench) describe(path string) device.Port {
	ports, _ := b.opt.Ports() // on failure the dongle is found again by its own serial number
	for _, p := range ports {
		if p.Path == path {
			return p
		}
	}
	return device.Port{Path: path}
}

func (b *bench) receiver(path string, p port.Port) *Receiver {
	name := device.Spec{Path: path}.ShortName()
	r := &Receiver{
		bench: b, path: path, protocol: b.family.New(),
		requests: make(chan request), ended: make(chan struct{}), closing: make(chan struct{}),
	}
	r.link = &Link{
		AllowFlash: b.opt.AllowFlash, port: p, name: name, protocol: r.protocol, stale: b.family.Stale,
		deliver: r.keep, tell: r.keepTrouble, memory: make([]byte, 2*maxBuffer),
	}
	if r.link.stale == 0 {
		r.link.stale = 500 * time.Millisecond
	}
	r.info = device.Info{Name: name, Driver: b.family.Name, Path: path}
	return r
}

// identify waits until the dongle is ready and identifies it.
func (r *Receiver) identify(ctx context.Context) error {
	if err := r.link.Pause(ctx, r.bench.family.Settle); err != nil {
		return err
	}
	id, err := r.probe(ctx)
	if err != nil {
		return err
	}
	r.identity = id
	r.info.Serial, r.info.Firmware = id.Serial, id.Firmware
	if id.Note != "" {
		r.link.Tell(errors.New(id.Note))
	}
	r.learn()
	return nil
}

func (r *Receiver) probe(ctx context.Context) (Identity, error) {
	var id Identity
	var err error
	for i, baud := range r.bench.family.Bauds {
		if i > 0 {
			r.kept = nil // it was received at the wrong speed
			if err := r.link.SetBaud(baud); err != nil {
				return id, err
			}
			if err := r.link.Pause(ctx, max(afterSpeed, afterWrong-time.Since(r.link.lastSent))); err != nil {
				return id, err
			}
		}
		r.baud = baud
		if id, err = r.protocol.Probe(ctx, r.link); !errors.Is(err, device.ErrNoAnswer) {
			return id, err
		}
	}
	return id, err
}

// Reopen implements device.Reopener. It tries the port that now has the USB device
// with the same serial number, then the previous port. If the dongle has its own
// serial number or its port is gone, it then tries all other ports; for a USB
// device, only those of USB devices.
func (r *Receiver) Reopen(ctx context.Context) (device.Receiver, error) {
	again, err := r.reopen(ctx)
	if err != nil {
		return nil, err
	}
	return again, nil
}

func (r *Receiver) reopen(ctx context.Context) (*Receiver, error) {
	b := *r.bench
	if b.spec.Serial == "" {
		b.spec.Serial = r.identity.Serial
	}
	var first error
	tried := r.whereToLook()
	for _, path := range tried {
		again, err := b.at(ctx, path)
		if err == nil || ctx.Err() != nil {
			return again, err
		}
		if first == nil || path == r.path {
			first = err
		}
	}
	if b.spec.Serial == "" && !errors.Is(first, fs.ErrNotExist) {
		return nil, first
	}
	again, err := b.anywhere(ctx, func(p device.Port) bool {
		return !slices.Contains(tried, p.Path) && (r.usb.USB == "" || p.USB != "")
	})
	if err != nil && ctx.Err() == nil {
		return nil, first // the errors of other ports are of no interest
	}
	return again, err
}

// whereToLook returns the port that now has the same USB device, and the previous
// port.
func (r *Receiver) whereToLook() []string {
	paths := []string{r.path}
	if r.usb.SerialNumber == "" {
		return paths
	}
	ports, _ := r.bench.opt.Ports()
	for _, p := range ports {
		if p.USB == r.usb.USB && p.SerialNumber == r.usb.SerialNumber && p.Path != r.path {
			paths = slices.Insert(paths, 0, p.Path)
		}
	}
	return paths
}
