package simulate

import (
	"time"

	"earshot/device"
	"earshot/device/wmbus"
)

// model is a make of meter: its identification, how it transmits, and what it sends.
type model struct {
	maker   string
	version byte
	kind    wmbus.DeviceType
	mode    device.LinkMode
	// The range of intervals of meters of this make.
	shortest, longest time.Duration
	security          wmbus.SecurityMode // ModeNone, ModeAESIV or ModeELL
	power             int64              // radiated, in 1/100 dBm, less the loss of being mounted in a wall
	start, daily      span               // register when the simulation begins, and its growth per day, in its own unit
	// say appends the data records of a full frame.
	say func(dst []byte, m *Meter, at moment) []byte
}

// span is a range of values, both ends included.
type span struct{ low, high int64 }

// The makes, with intervals of docs/protocol/field.md#intervals. If that page gives none
// (allocators by Qundis, smoke detectors, electricity) similar walk-by values are
// assumed.
var (
	multical21Cold = model{
		maker: "KAM", version: 0x1B, kind: wmbus.TypeColdWater, mode: "C1", shortest: 16 * time.Second, longest: 16 * time.Second,
		security: wmbus.ModeELL, power: 700, start: span{60_000, 900_000}, daily: span{60, 320}, say: sayMultical21,
	}
	multical21Warm = model{
		maker: "KAM", version: 0x1B, kind: wmbus.TypeWarmWater, mode: "C1", shortest: 16 * time.Second, longest: 16 * time.Second,
		security: wmbus.ModeELL, power: 700, start: span{30_000, 400_000}, daily: span{30, 140}, say: sayMultical21,
	}
	multical302 = model{
		maker: "KAM", version: 0x30, kind: wmbus.TypeHeat, mode: "C1", shortest: 16 * time.Second, longest: 16 * time.Second,
		security: wmbus.ModeELL, power: 800, start: span{180_000, 420_000}, daily: span{280, 460}, say: sayMultical302,
	}
	hydrus = model{
		maker: "DME", version: 0x76, kind: wmbus.TypeColdWater, mode: "T1", shortest: 14 * time.Second, longest: 14 * time.Second,
		security: wmbus.ModeAESIV, power: 600, start: span{60_000, 900_000}, daily: span{60, 320}, say: sayHydrus,
	}
	iuws = model{
		maker: "ZRI", version: 0x0A, kind: wmbus.TypeWarmWater, mode: "C1", shortest: 20 * time.Second, longest: 20 * time.Second,
		security: wmbus.ModeAESIV, power: 600, start: span{30_000, 400_000}, daily: span{30, 140}, say: sayIUWS,
	}
	scylar = model{
		maker: "DME", version: 0x41, kind: wmbus.TypeHeatFlow, mode: "T1", shortest: 24 * time.Second, longest: 24 * time.Second,
		security: wmbus.ModeAESIV, power: 800, start: span{180_000, 420_000}, daily: span{280, 460}, say: sayScylar,
	}
	ultego = model{
		maker: "IST", version: 0x52, kind: wmbus.TypeHeatCostAllocator, mode: "T1", shortest: 20 * time.Second, longest: 34 * time.Second,
		security: wmbus.ModeAESIV, power: 500, start: span{100, 2600}, daily: span{2, 14}, say: sayAllocator,
	}
	qundis = model{
		maker: "QDS", version: 0x36, kind: wmbus.TypeHeatCostAllocator, mode: "C1", shortest: 24 * time.Second, longest: 30 * time.Second,
		security: wmbus.ModeNone, power: 500, start: span{100, 2600}, daily: span{2, 14}, say: sayAllocator,
	}
	smokeDetector = model{
		maker: "EIE", version: 0x0C, kind: wmbus.TypeSmokeDetector, mode: "T1", shortest: 24 * time.Second, longest: 30 * time.Second,
		security: wmbus.ModeNone, power: 800, start: span{300, 1400}, daily: span{1, 1}, say: saySmokeDetector,
	}
	electricity = model{
		maker: "EMH", version: 0x00, kind: wmbus.TypeElectricity, mode: "T1", shortest: 15 * time.Second, longest: 15 * time.Second,
		security: wmbus.ModeAESIV, power: 900, start: span{4_000_000, 60_000_000}, daily: span{9_000, 30_000}, say: sayElectricity,
	}
	waterStar = model{
		maker: "EFE", version: 0x70, kind: wmbus.TypeWater, mode: "T1", shortest: 30 * time.Second, longest: 30 * time.Second,
		security: wmbus.ModeNone, power: 600, start: span{20_000, 90_000}, daily: span{10, 60}, say: sayWaterStar,
	}
	hydrosonic = model{
		maker: "BMT", version: 0x17, kind: wmbus.TypeWater, mode: "T1", shortest: 60 * time.Second, longest: 60 * time.Second,
		security: wmbus.ModeNone, power: 700, start: span{9_000_000, 14_000_000}, daily: span{3_000, 5_000}, say: sayHydrosonic,
	}
)
