package all

import (
	"earshot/device/amb8465"
	"earshot/device/cul"
	"earshot/device/dongle"
	"earshot/device/embit"
	"earshot/device/im871a"
	"earshot/device/iu891a"
	"earshot/device/rc1180"
)

// Dongles returns the families of serial dongles, in the order in which a port
// is asked when nobody knows what is there (docs/protocol/dongles.md#probing): what a
// later one is sent must not have hurt an earlier one.
func Dongles() []dongle.Family {
	return []dongle.Family{
		amb8465.Family(),
		im871a.Family(),
		rc1180.Family(),
		cul.Family(),
		iu891a.Family(),
		embit.Family(), // which that order leaves out
	}
}
