package amb8465

import (
	"slices"

	"earshot/device"
)

// preset is a mode preset (docs/protocol/dongles.md#amb8465) and the link modes it receives.
type preset struct {
	code  byte
	modes []device.LinkMode
}

// bothPreset receives T1 and C1 together; old firmware may lack it.
const bothPreset = 0x09

// presets868 returns those of AMB8465 and AMB8665. The first receives the most
// meters.
func presets868(both bool) []preset {
	all := []preset{
		{bothPreset, []device.LinkMode{"C1", "T1"}},
		{0x08, []device.LinkMode{"T1", "T2"}},
		{0x0E, []device.LinkMode{"C1", "C2"}},
		{0x03, []device.LinkMode{"S1", "S1-m", "S2"}},
		{0x06, []device.LinkMode{"T1"}},
	}
	if !both {
		return all[1:]
	}
	return all
}

// presets169 returns those of AMB3665, which receives one channel at a time; first
// the one that is set at power-up. N2g is uncertain: its code has one source.
func presets169(powerUp byte) []preset {
	names := []device.LinkMode{"N1a", "N2a", "N1b", "N2b", "N1c", "N2c", "N1d", "N2d", "N1e", "N2e", "N1f", "N2f", "N2g"}
	all := make([]preset, len(names))
	for i, name := range names {
		all[i] = preset{byte(i + 1), []device.LinkMode{name}}
	}
	if i := slices.IndexFunc(all, func(p preset) bool { return p.code == powerUp }); i > 0 {
		first := all[i]
		all = slices.Insert(slices.Delete(all, i, i+1), 0, first)
	}
	return all
}

func modeSets(presets []preset) [][]device.LinkMode {
	sets := make([][]device.LinkMode, len(presets))
	for i, p := range presets {
		sets[i] = p.modes
	}
	return sets
}
