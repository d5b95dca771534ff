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

// Open opens the receiver that spec names with the driver of that name. Errors
// wrap ErrBadSpec where there is none, or are those of the driver.
func Open(ctx context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	return NewRegistry(All()...).Open(ctx, spec, opt)
}
