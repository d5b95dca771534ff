package all

import (
	"context"
	"fmt"
	"strings"

	"earshot/device"
)

// Registry finds drivers by name. It does not change once it is built.
type Registry struct {
	drivers []device.Driver
	byName  map[string]device.Driver // aliases too
}

// NewRegistry builds a registry. It panics if a driver lacks its name or
// Open, or if two drivers share a name: both are programming errors.
func NewRegistry(drivers ...device.Driver) *Registry {
	r := &Registry{drivers: drivers, byName: make(map[string]device.Driver, len(drivers))}
	for _, d := range drivers {
		if d.Name == "" || d.Open == nil {
			panic(fmt.Sprintf("device driver %q lacks its name or its Open", d.Name))
		}
		for _, name := range append([]string{d.Name}, d.Aliases...) {
			if _, taken := r.byName[name]; taken {
				panic(fmt.Sprintf("two device drivers are named %q", name))
			}
			r.byName[name] = d
		}
	}
	return r
}

// Find returns the driver of that name or alias. The error wraps ErrBadSpec and
// lists the drivers.
func (r *Registry) Find(name string) (device.Driver, error) {
	if d, ok := r.byName[name]; ok {
		return d, nil
	}
	names := make([]string, len(r.drivers))
	for i, d := range r.drivers {
		names[i] = d.Name
	}
	return device.Driver{}, fmt.Errorf("%w: there is no driver named %q; the drivers are %s", device.ErrBadSpec, name, strings.Join(names, ", "))
}

// Open opens the receiver that spec names.
func (r *Registry) Open(ctx context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	d, err := r.Find(spec.Driver)
	if err != nil {
		return nil, fmt.Errorf("receiver %s: %w", spec, err)
	}
	return d.Open(ctx, spec, opt)
}
