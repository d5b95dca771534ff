package dongletest

import "earshot/device"

// What a receiver set to a mode hears: the telegrams from meter to other of a
// two-way mode are those of the one-way mode (docs/protocol/linklayer.md#modes), and a reader that waits
// for a short preamble also hears the long one (docs/protocol/linklayer.md#modes).
func hearsS1() []device.LinkMode  { return []device.LinkMode{"S1"} }
func hearsS1m() []device.LinkMode { return []device.LinkMode{"S1", "S1-m"} }
func hearsS2() []device.LinkMode  { return []device.LinkMode{"S1", "S1-m", "S2"} }
func hearsT1() []device.LinkMode  { return []device.LinkMode{"T1"} }
func hearsT2() []device.LinkMode  { return []device.LinkMode{"T1", "T2"} }
func hearsC1() []device.LinkMode  { return []device.LinkMode{"C1"} }
func hearsC2() []device.LinkMode  { return []device.LinkMode{"C1", "C2"} }
func hearsR2() []device.LinkMode  { return []device.LinkMode{"R2"} }
func hearsCT() []device.LinkMode  { return []device.LinkMode{"C1", "C2", "T1", "T2"} }

// hearsN is a receiver of channel a to g at 169 MHz. Mode N2 hears N1 of the
// same channel.
func hearsN(two bool, channel byte) []device.LinkMode {
	one := device.LinkMode("N1" + string(channel))
	if !two {
		return []device.LinkMode{one}
	}
	if channel == 'g' {
		return []device.LinkMode{"N2g"}
	}
	return []device.LinkMode{one, device.LinkMode("N2" + string(channel))}
}

// isC reports the modes in which frames may be of format B.
func isC(m device.LinkMode) bool { return m == "C1" || m == "C2" }
