package all

import (
	"context"

	"earshot/device"
	"earshot/device/hexline"
	"earshot/device/im871a"
	"earshot/device/iu891a"
	"earshot/device/replay"
	"earshot/device/rtlwmbus"
	"earshot/device/simulate"
)

// All returns every driver, in the order in which help lists them.
func All() []device.Driver {
	return []device.Driver{
		replay.Driver(),
		hexline.Driver(),
		rtlwmbus.Driver(),
		im871a.Driver(),
		iu891a.Driver(),
		simulate.Driver(),
	}
}

// Open opens the receiver that spec names with the driver of that name. Errors
// wrap ErrBadSpec where there is none, or are those of the driver.
func Open(ctx context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	return NewRegistry(All()...).Open(ctx, spec, opt)
}
