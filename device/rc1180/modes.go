package rc1180

import (
	"bytes"
	"strings"

	"earshot/device"
)

// Addresses in the memory (docs/protocol/dongles.md#rc1180).
const (
	atMode          = 0x03
	atRSSI          = 0x05
	atDataInterface = 0x36
	atID            = 0x1B // 4 bytes
)

// bothMode is T1+C of MBUS3.
const bothMode = 10

// mode is an MBUS mode number and the link modes it receives.
type mode struct {
	number byte
	hears  []device.LinkMode
}

// generation is a generation of firmware, since mode numbers differ between them.
type generation uint8

const (
	anyFirmware generation = iota // unknown
	mbus                          // 2008
	mbus3
	mbus4
)

// modes lists what a generation can receive, the widest first
// (docs/protocol/dongles.md#rc1180).
func (g generation) modes() []mode {
	switch g {
	case mbus3:
		return []mode{
			{bothMode, []device.LinkMode{"C1", "T1"}},
			{1, []device.LinkMode{"T1"}},
			{9, []device.LinkMode{"C1"}},
			{3, []device.LinkMode{"S1"}},
			{2, []device.LinkMode{"T2"}},
			{8, []device.LinkMode{"C2"}},
			{0, []device.LinkMode{"S2"}},
			{4, []device.LinkMode{"R2"}},
		}
	case mbus4:
		return []mode{
			{17, []device.LinkMode{"N1a"}},
			{16, []device.LinkMode{"N2a"}},
		}
	}
	// 0 is S1 in 2008 and S2 later, which also receives S1.
	return []mode{{1, []device.LinkMode{"T1"}}, {0, []device.LinkMode{"S1"}}}
}

// identify finds the module's name in its memory, and the generation.
func identify(memory []byte) (name string, g generation) {
	if at := bytes.Index(memory, []byte("RC1")); at >= 0 {
		end := at
		for end < len(memory) && memory[end] > ' ' && memory[end] <= '~' {
			end++
		}
		name = string(memory[at:end])
	}
	set := memory[atMode]
	switch {
	case strings.Contains(name, "MBUS4") || name == "" && (set == 16 || set == 17):
		return name, mbus4
	case strings.Contains(name, "MBUS3") || name == "" && set > 1 && set <= 11:
		return name, mbus3
	case strings.Contains(name, "MBUS"):
		return name, mbus
	}
	return name, anyFirmware
}
