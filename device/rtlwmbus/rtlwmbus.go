package rtlwmbus

import (
	"context"

	"earshot/device"
	"earshot/device/text"
)

// Name is the driver's name in a Spec.
const Name = "rtlwmbus"

// Driver returns the entry for the list of drivers.
func Driver() device.Driver {
	return device.Driver{
		Name:  Name,
		About: "an RTL-SDR stick, with rtl_sdr and rtl_wmbus (rtlwmbus, rtlwmbus:s1,t1,c1), or the lines of rtl_wmbus (FILE:rtlwmbus, stdin:rtlwmbus)",
		Open:  Open,
	}
}

// Open opens the file or standard input that spec names. If it names neither, it
// runs rtl_sdr and rtl_wmbus, or Options.Command.
func Open(_ context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	if spec.Path == "" {
		return openChild(spec, opt)
	}
	return text.NewReceiver(Name, spec, opt)
}
