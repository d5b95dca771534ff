package rtlwmbus

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"sync"

	"earshot/device"
	"earshot/device/text"
)

// The tuning of rtl_sdr: T and C are received at their own frequency, S, T and C
// together at one in between (docs/protocol/dongles.md#rtl_wmbus).
const (
	tuneTC  = "-f 868950000 -s 1600000"
	tuneSTC = "-f 868625000 -s 1600000"
)

// programs are those that the default command runs, and how to install them.
var programs = [...]struct{ name, from string }{
	{"rtl_sdr", "Debian and Ubuntu: apt-get install rtl-sdr; macOS: brew install librtlsdr"},
	{"rtl_wmbus", "build it from https://github.com/xaelsouth/rtl-wmbus"},
}

// Child is a command that prints lines of rtl_wmbus, under supervision.
type Child struct {
	*text.Receiver
	process *process

	closeOnce sync.Once
}

var _ device.Dropper = (*Child)(nil)

// openChild starts the command. Errors wrap ErrBadSpec, or ErrUnsupported if
// something is not installed.
func openChild(spec device.Spec, opt device.Options) (device.Receiver, error) {
	if spec.URL != nil {
		return nil, fmt.Errorf("%w %q: it is not a URL: write rtlwmbus, rtlwmbus:c1,t1, stdin:rtlwmbus or FILE:rtlwmbus", device.ErrBadSpec, spec)
	}
	command, modes, err := commandFor(spec, opt.Command)
	if err != nil {
		return nil, err
	}
	process, err := start(command)
	if err != nil {
		return nil, device.Errorf(device.ErrUnsupported, "receiver %s: the command %q does not start (%w): run it in a shell to see why", spec, command, err)
	}
	info := device.Info{Driver: Name, Serial: spec.Serial, Modes: modes}
	lines := text.FromSource(text.FromReader(spec.ShortName(), process.stdout), info, opt.Now)
	return &Child{Receiver: lines, process: process}, nil
}

// commandFor returns the command for a Spec and the link modes that it receives,
// which are nil if the command is the user's own and the Spec does not say.
func commandFor(spec device.Spec, own string) (string, []device.LinkMode, error) {
	if own != "" {
		return own, spec.Modes, nil
	}
	modes := spec.Modes
	if modes == nil {
		modes = []device.LinkMode{"T1", "C1"}
	}
	tune, decode := tuneTC, "rtl_wmbus"
	for _, m := range modes {
		switch m[0] {
		case 'T', 'C':
		case 'S':
			tune, decode = tuneSTC, "rtl_wmbus -s"
		default:
			return "", nil, device.Errorf(device.ErrUnsupported, "receiver %s: rtl_wmbus decodes S, T and C, not %s: leave it out", spec, m)
		}
	}
	for _, p := range programs {
		if _, err := exec.LookPath(p.name); err != nil {
			return "", nil, device.Errorf(device.ErrUnsupported, "receiver %s: %s is not installed (%s)", spec, p.name, p.from)
		}
	}
	if spec.Serial != "" { // digits and letters: ParseSpec checked that
		tune = "-d " + spec.Serial + " " + tune
	}
	return fmt.Sprintf("rtl_sdr %s - | %s", tune, decode), modes, nil
}

// Receive implements device.Receiver. When it returns, no process is left.
func (c *Child) Receive(ctx context.Context, sink device.Sink) error {
	// A Read that nothing else can end (a pipe on Windows) ends with the command.
	stopped := make(chan struct{})
	unwatch := context.AfterFunc(ctx, func() {
		defer close(stopped)
		c.process.stop()
	})
	_ = c.Receiver.Receive(ctx, sink) // the command knows better why it ended
	if !unwatch() {
		<-stopped
	}
	asked := c.process.stopping() // by Close
	c.process.stop()
	_ = c.process.stdout.Close()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case asked:
		return device.Errorf(device.ErrEnd, "%s was closed", c.Info().Name)
	}
	return c.process.reason(c.Info().Name)
}

// Close implements device.Receiver: it ends the command and all it started, and
// waits for them.
func (c *Child) Close() error {
	var err error
	c.closeOnce.Do(func() {
		c.process.stop()
		err = c.Receiver.Close()
		_ = c.process.stdout.Close() // Receive may have closed it
	})
	return err
}

// hints lists what rtl_sdr and the shell print and what can be done about it.
var hints = []struct {
	says, advice string
	kind         error
}{
	{"not found", "a program of the command is not installed: install it", device.ErrUnsupported},
	{"No supported devices found", "no RTL-SDR stick is plugged in: plug it in", device.ErrGone},
	{"usb_claim_interface", "another program, or the kernel's TV driver (rmmod dvb_usb_rtl28xxu), holds the stick", device.ErrGone},
	{"usb_open error -3", "this user may not use the stick: install the udev rules of rtl-sdr", device.ErrGone},
}

// reason says why the command ended on its own.
func (p *process) reason(name string) error {
	said := p.said()
	kind, advice := device.ErrGone, "run the command in a shell to see why"
	for _, h := range hints {
		if strings.Contains(said, h.says) {
			kind, advice = h.kind, h.advice
			break
		}
	}
	if said == "" {
		said = "nothing"
	}
	return fmt.Errorf("the command of %s ended (%s), its last output was %q; %s: %w", name, p.status(), said, advice, kind)
}
