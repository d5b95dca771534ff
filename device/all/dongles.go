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

// Dongles returns the families of serial dongles in the order in which an unknown
// port is probed (docs/protocol/dongles.md#probing): the probe of one family must not
// disturb the dongles of a later one.
func Dongles() []dongle.Family {
	return []dongle.Family{
		amb8465.Family(),
		im871a.Family(),
		rc1180.Family(),
		cul.Family(),
		iu891a.Family(),
		embit.Family(), // not part of the order on that page
	}
}
