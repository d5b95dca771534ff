package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"earshot/collector/receivers"
	"earshot/collector/state"
	"earshot/device"
	"earshot/device/all"
	"earshot/device/detect"
	"earshot/device/port"
	"earshot/device/printable"
)

// portFlags say where to look for dongles, and how to run an SDR stick.
type portFlags struct {
	glob       string
	allowFlash bool
	command    string
}

func (p *portFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.glob, "dongle-path-glob", "", "look for dongles only at ports that match this pattern, such as '/dev/serial/by-id/*' (default: every USB serial port)")
}

// addCommand adds the flag for what the receiver rtlwmbus runs.
func (p *portFlags) addCommand(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.command, "rtlwmbus-command", "", "shell command whose output the receiver rtlwmbus reads (default: rtl_sdr … | rtl_wmbus)")
}

func (p *portFlags) addFlash(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&p.allowFlash, "allow-flash", false, "allow settings to be written to a dongle's flash, if it cannot work otherwise")
}

// options adds what the flags say to opt.
func (p *portFlags) options(opt device.Options) (device.Options, error) {
	opt.AllowFlash, opt.Command = p.allowFlash, p.command
	if p.glob == "" {
		return opt, nil
	}
	if _, err := filepath.Match(p.glob, ""); err != nil {
		return opt, usageError("--dongle-path-glob %q is not a pattern: write it like '/dev/ttyUSB*'", p.glob)
	}
	opt.Ports = func() ([]device.Port, error) { return port.Match(p.glob) }
	return opt, nil
}

// attached reads the names of receivers. An `auto` becomes what is attached now,
// which is printed. If nothing is, and it is not the only receiver, it stays: it is
// looked for later.
func (f *receiverFlags) attached(ctx context.Context, opt device.Options, least int, s streams) ([]device.Spec, error) {
	named, err := f.specs(s.err)
	if err != nil {
		return nil, err
	}
	var specs []device.Spec
	for _, spec := range named {
		if spec.Driver != device.AutoDriver {
			specs = append(specs, spec)
			continue
		}
		found, err := detect.Resolve(ctx, detect.Config{Families: all.Dongles(), Options: opt}, spec)
		switch {
		case err != nil && len(named) > least && ctx.Err() == nil && !errors.Is(err, device.ErrBadSpec):
			fmt.Fprintf(s.err, "earshot: %v\n", err)
			specs = append(specs, spec)
			continue
		case err != nil:
			return nil, err
		}
		for _, f := range found {
			fmt.Fprintf(s.err, "earshot: %s: found %s\n", spec, printable.Text(f.String()))
		}
		specs = append(specs, found...)
	}
	return specs, nil
}

// openers returns functions that open the named receivers, each as often as
// needed.
func openers(specs []device.Spec, opt device.Options) ([]device.Open, error) {
	registry := all.NewRegistry(all.All()...)
	var out []device.Open
	for _, spec := range specs {
		open := registry.Open
		if spec.Driver == device.AutoDriver {
			open = openFound
		} else if _, err := registry.Find(spec.Driver); err != nil {
			return nil, fmt.Errorf("receiver %s: %w", spec, err)
		}
		out = append(out, func(ctx context.Context) (device.Receiver, error) {
			r, err := open(ctx, spec, opt)
			if err != nil {
				return nil, &device.OpenError{Info: device.Info{Name: spec.ShortName(), Driver: spec.Driver}, Err: err}
			}
			return r, nil
		})
	}
	return out, nil
}

// openFound opens the first dongle that is attached by now.
func openFound(ctx context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	found, err := detect.Resolve(ctx, detect.Config{Families: all.Dongles(), Options: opt}, spec)
	if err != nil {
		return nil, err
	}
	return all.NewRegistry(all.All()...).Open(ctx, found[0], opt)
}

// openAll opens all receivers; those that cannot be opened are left for later.
// Without any it fails.
func openAll(ctx context.Context, specs []device.Spec, opt device.Options) ([]receivers.Source, error) {
	opens, err := openers(specs, opt)
	if err != nil {
		return nil, err
	}
	sources, err := receivers.Open(ctx, opens, 1)
	if err != nil {
		return nil, &state.Failure{Kind: state.KindDevice, Err: err}
	}
	return sources, nil
}
