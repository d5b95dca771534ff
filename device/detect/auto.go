package detect

import (
	"context"
	"errors"
	"fmt"

	"earshot/device"
	"earshot/device/port"
)

// Resolve returns the Specs that an `auto` Spec stands for: every receiver
// attached, or the one at its path. It returns at least one Spec, or an error that
// holds the problem of each port, or device.ErrNoAnswer if there is no port. Other
// line speeds are tried only if nothing answers at the usual ones.
func Resolve(ctx context.Context, cfg Config, auto device.Spec) ([]device.Spec, error) {
	if auto.Path == device.StdinPath {
		return nil, fmt.Errorf("%w %q: say what standard input holds: stdin:hex or stdin:rtlwmbus", device.ErrBadSpec, auto)
	}
	if auto.Path != "" {
		known, _ := cfg.withDefaults().ports() // on failure the port has no USB ids
		only := []device.Port{port.Describe(known, auto.Path)}
		cfg.Options.Ports = func() ([]device.Port, error) { return only, nil }
	}
	var errs []error
	for _, cfg.Thorough = range []bool{false, true} {
		findings, err := Find(ctx, cfg)
		if err != nil {
			return nil, err
		}
		specs, refused := Specs(findings, auto.Modes)
		if len(specs) > 0 {
			return specs, nil
		}
		errs = refused
		silent := false
		for _, f := range findings {
			silent = silent || errors.Is(f.Err, device.ErrNoAnswer)
			if f.Err != nil {
				errs = append(errs, f.Err)
			}
		}
		if !silent {
			break // probing again would add nothing
		}
	}
	if len(errs) == 0 {
		return nil, fmt.Errorf("%s: %w: no dongle is plugged in: plug one in, or name the receiver; earshot receivers lists what is attached", auto, device.ErrNoAnswer)
	}
	return nil, errors.Join(errs...)
}
