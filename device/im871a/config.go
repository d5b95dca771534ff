package im871a

import (
	"math/bits"

	"earshot/device"
)

// Bits of the configuration block that the driver sets or reads (docs/protocol/dongles.md#im871a-configuration).
const (
	bitDeviceMode = 1 << 0
	bitLinkMode   = 1 << 1

	bitPowerSaving = 1 << 3
	bitRSSI        = 1 << 4
	bitTimestamp   = 1 << 5

	maxConfig = 32 // flags and every value: 1+12+1+8, and room for what newer firmware may add
)

// setConfig is the payload that sets the link mode: device mode other (a
// collector), no power saving, RSSI, no timestamp; in RAM only.
func setConfig(linkMode byte) []byte {
	return []byte{
		0, // 1 would store it
		bitDeviceMode | bitLinkMode, 0, linkMode,
		bitPowerSaving | bitRSSI | bitTimestamp, 0, 1, 0,
	}
}

// config is the part of the answer to get config that the driver uses. A value that
// the module did not send is -1.
type config struct {
	linkMode int
	rssi     int
}

// parseConfig reads a configuration block; ok is false if it is cut off.
func parseConfig(b []byte) (c config, ok bool) {
	c = config{-1, -1}
	one, b, ok := group(b, [8]int{1, 1, 1, 2, 4, 1, 1, 1})
	if !ok {
		return c, false
	}
	c.linkMode = one[bits.TrailingZeros8(bitLinkMode)]
	two, _, ok := group(b, [8]int{1, 1, 1, 1, 1, 1, 1, 1})
	if !ok {
		return c, false
	}
	c.rssi = two[bits.TrailingZeros8(bitRSSI)]
	return c, true
}

// group reads a flags byte and the values it announces. A missing value is -1; of
// longer ones only the first byte is kept.
func group(b []byte, sizes [8]int) (values [8]int, rest []byte, ok bool) {
	if len(b) == 0 {
		return values, nil, false
	}
	flags := b[0]
	b = b[1:]
	for i, size := range sizes {
		values[i] = -1
		if flags&(1<<i) == 0 {
			continue
		}
		if len(b) < size {
			return values, nil, false
		}
		values[i], b = int(b[0]), b[size:]
	}
	return values, b, true
}

// Module types of the device info answer (docs/protocol/dongles.md#im871a).
const (
	moduleIM871A = 0x33
	moduleIM170A = 0x36

	deviceInfoSize = 8
)

// bothFrom is the first firmware that receives C1 and T1 together (docs/protocol/dongles.md#im871a-link-modes).
const bothFrom = 0x14

// setting is a set of link modes that are received together, and its code.
type setting struct {
	modes []device.LinkMode
	code  byte
}

// settings lists what a module with that firmware can receive, the widest first.
// The N codes have one source only (docs/protocol/dongles.md#im871a-link-modes).
func settings(module, firmware byte) []setting {
	if module == moduleIM170A {
		names := []device.LinkMode{"N1a", "N2a", "N1b", "N2b", "N1c", "N2c", "N1d", "N2d", "N1e", "N2e", "N1f", "N2f"}
		all := make([]setting, len(names))
		for i, name := range names {
			all[i] = setting{[]device.LinkMode{name}, 0x0A + byte(i)}
		}
		return all
	}
	// 06 is C1 with frame format A, 07 with B. That is about sending: both
	// formats are received with either (inferred from drivers that use only one).
	one := []setting{
		{[]device.LinkMode{"T1"}, 0x03},
		{[]device.LinkMode{"C1"}, 0x06},
		{[]device.LinkMode{"S1"}, 0x00},
		{[]device.LinkMode{"S1-m"}, 0x01},
		{[]device.LinkMode{"S2"}, 0x02},
		{[]device.LinkMode{"T2"}, 0x04},
		{[]device.LinkMode{"C2"}, 0x08},
		{[]device.LinkMode{"R2"}, 0x05},
	}
	if firmware < bothFrom {
		return one
	}
	return append([]setting{{[]device.LinkMode{"C1", "T1"}, 0x0A}}, one...)
}
