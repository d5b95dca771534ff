package rtlwmbus

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"

	"earshot/device"
	"earshot/device/lines"
	"earshot/device/telegramtext"
)

// The tuning of rtl_sdr: T and C are heard at their own frequency, S, T and C
// together at one between them (docs/protocol/dongles.md#rtl_wmbus).
const (
	tuneTC  = "-f 868950000 -s 1600000"
	tuneSTC = "-f 868625000 -s 1600000"
)

// programs are what the default command runs, and where they come from.
var programs = [...]struct{ name, from string }{
	{"rtl_sdr", "Debian and Ubuntu: apt-get install rtl-sdr; macOS: brew install librtlsdr"},
	{"rtl_wmbus", "build it from https://github.com/xaelsouth/rtl-wmbus"},
}

// Child is a command that prints lines of rtl_wmbus, under supervision.
type Child struct {
	info    device.Info
	now     func() time.Time
	decoder *telegramtext.Decoder
	process *process
	source  *lines.Source

	closeOnce sync.Once
}

var _ device.Dropper = (*Child)(nil)

// openChild starts the command. Errors wrap ErrBadSpec, or ErrUnsupported where
// something is not installed.
func openChild(spec device.Spec, opt device.Options) (device.Receiver, error) {
	if spec.URL != nil {
		return nil, fmt.Errorf("%w %q: it is no URL: write rtlwmbus, rtlwmbus:c1,t1, stdin:rtlwmbus or FILE:rtlwmbus", device.ErrBadSpec, spec)
	}
	command, modes, err := commandFor(spec, opt.Command)
	if err != nil {
		return nil, err
	}
	process, err := start(command)
	if err != nil {
		return nil, device.Errorf(device.ErrUnsupported, "receiver %s: the command %q does not start (%w): run it by itself to see why", spec, command, err)
	}
	c := &Child{
		info: device.Info{Name: spec.ShortName(), Driver: Name, Serial: spec.Serial, Modes: modes},
		now:  opt.Now, process: process,
	}
	if c.now == nil {
		c.now = time.Now
	}
	c.decoder = telegramtext.NewDecoder(c.now().Location())
	c.source = lines.FromReader(c.info.Name, process.stdout)
	return c, nil
}

// commandFor returns the command for a Spec and what it listens to, which is
// nil where the command is the user's own and the Spec does not say.
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
			return "", nil, device.Errorf(device.ErrUnsupported, "receiver %s: rtl_wmbus decodes S, T and C, not %s: leave that out", spec, m)
		}
	}
	for _, p := range programs {
		if _, err := exec.LookPath(p.name); err != nil {
			return "", nil, device.Errorf(device.ErrUnsupported, "receiver %s: %s is not installed (%s)", spec, p.name, p.from)
		}
	}
	if spec.Serial != "" { // digits and letters, as ParseSpec has seen to
		tune = "-d " + spec.Serial + " " + tune
	}
	return fmt.Sprintf("rtl_sdr %s - | %s", tune, decode), modes, nil
}

// Info implements device.Receiver.
func (c *Child) Info() device.Info { return c.info }

// Dropped implements device.Dropper: telegrams that arrived broken or twice.
func (c *Child) Dropped() uint64 { return c.decoder.Dropped() }

// Receive implements device.Receiver. When it returns, no process is left.
func (c *Child) Receive(ctx context.Context, sink device.Sink) error {
	// A Read that nothing else can end (a pipe on Windows) ends with the command.
	stopped := make(chan struct{})
	unwatch := context.AfterFunc(ctx, func() {
		defer close(stopped)
		c.process.stop()
	})
	err := c.source.Each(ctx, sink, func(_ context.Context, line []byte) error {
		return c.decoder.RTLWMBus(line, func(t telegramtext.Telegram) {
			t.Receiver, t.Time = c.info.Name, c.now()
			sink.Frame(t.Frame)
		})
	})
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
		return device.Errorf(device.ErrEnd, "%s was closed", c.info.Name)
	case errors.Is(err, device.ErrUnsupported):
		return err
	}
	return c.process.reason(c.info.Name)
}

// Close implements device.Receiver: it ends the command and all it started,
// and waits for that.
func (c *Child) Close() error {
	var err error
	c.closeOnce.Do(func() {
		c.process.stop()
		err = c.source.Close()
		_ = c.process.stdout.Close() // Receive may have closed it
	})
	return err
}

// hints are what rtl_sdr and the shell say, and what can be done about it.
var hints = []struct {
	says, advice string
	kind         error
}{
	{"not found", "a program of the command is not installed: install it", device.ErrUnsupported},
	{"No supported devices found", "no RTL-SDR stick is plugged in: plug it in", device.ErrGone},
	{"usb_claim_interface", "another program, or the kernel's TV driver (rmmod dvb_usb_rtl28xxu), holds the stick", device.ErrGone},
	{"usb_open error -3", "this user may not use the stick: install the udev rules of rtl-sdr", device.ErrGone},
}

// reason says why the command ended by itself.
func (p *process) reason(name string) error {
	said := p.said()
	kind, advice := device.ErrGone, "run the command by itself to see why"
	for _, h := range hints {
		if strings.Contains(said, h.says) {
			kind, advice = h.kind, h.advice
			break
		}
	}
	if said == "" {
		said = "nothing"
	}
	return fmt.Errorf("the command of %s has ended (%s), it last said %q; %s: %w", name, p.status(), said, advice, kind)
}
