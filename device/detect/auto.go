package detect

import (
	"context"
	"errors"
	"fmt"

	"earshot/device"
	"earshot/device/port"
)

// Resolve names what an `auto` Spec stands for: every receiver attached, or the
// one at its path. At least one Spec is returned, or an error that holds the
// problem of each port, or device.ErrNoAnswer where there is no port. Other line
// speeds are tried only when nobody answers at the usual ones.
func Resolve(ctx context.Context, cfg Config, auto device.Spec) ([]device.Spec, error) {
	if auto.Path == device.StdinPath {
		return nil, fmt.Errorf("%w %q: say what is in standard input, as stdin:hex or stdin:rtlwmbus", device.ErrBadSpec, auto)
	}
	if auto.Path != "" {
		known, _ := cfg.withDefaults().ports() // without it the port has no USB ids
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
			break // asking again would tell no more
		}
	}
	if len(errs) == 0 {
		return nil, fmt.Errorf("%s: %w: no dongle is plugged in: plug one in, or name the receiver; earshot receivers lists what there is", auto, device.ErrNoAnswer)
	}
	return nil, errors.Join(errs...)
}
