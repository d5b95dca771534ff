package all

import (
	"context"

	"earshot/device"
	"earshot/device/dongle"
	"earshot/device/mqtt"
	"earshot/device/replay"
	"earshot/device/rtlwmbus"
	"earshot/device/simulate"
	"earshot/device/tcp"
	"earshot/device/text"
)

// All returns every driver, in the order in which help lists them.
func All() []device.Driver {
	drivers := []device.Driver{
		replay.Driver(),
		text.Hexline(),
		rtlwmbus.Driver(),
		text.RawTTY(),
		simulate.Driver(),
	}
	drivers = append(drivers, tcp.Drivers()...)
	drivers = append(drivers, mqtt.Drivers()...)
	for _, family := range Dongles() {
		drivers = append(drivers, dongle.Driver(family))
	}
	return drivers
}

// Open opens the receiver that spec names. The error wraps ErrBadSpec if there is
// no driver of that name; other errors are the driver's.
func Open(ctx context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	return NewRegistry(All()...).Open(ctx, spec, opt)
}
