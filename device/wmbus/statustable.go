package wmbus

import "slices"

// waterTypes and heatTypes are device types as models takes them.
var (
	waterTypes = []int{int(TypeWarmWater), int(TypeWater), int(TypeHotWater), int(TypeColdWater)}
	heatTypes  = []int{int(TypeHeat), int(TypeHeatFlow), int(TypeCooling), 0x0B, int(TypeHeatCooling)}
)

// zennerWater are Minomess and D1902, zennerISF the C5-ISF.
var (
	zennerWater = slices.Concat(models("ZRI", []int{0x00}, []int{0x07}), models("ZRI", []int{0x01}, []int{0x06, 0x16}))
	zennerISF   = models("ZRI", []int{0x88}, []int{0x04, 0x07, 0x0D})
)

// flagTables is what the makers' bits say, by meter and field
// (docs/protocol/status.md#flags-by-maker). The first that fits is used. Words of
// flags of the makers' own stand with their families.
var flagTables = [...]flagTable{
	{models: models("LAS", []int{0x03}, []int{0x1A}), field: fieldStandardErrors, flags: lansenSmoke},
	{
		models: slices.Concat(models("LAS", []int{0x07}, []int{0x1B, 0x1D}), models("LAS", []int{0x14, 0x1B, 0x0B}, nil)),
		field:  fieldStatus, flags: []flag{{bits: 0x40, status: StatusOpened}},
	},
	{models: zennerWater, field: fieldErrors, flags: zennerErrors},
	{models: zennerWater, field: fieldStatus, flags: []flag{
		{bits: 0x20, status: StatusLeakEarlier}, {bits: 0x40, status: StatusTamperEarlier}, {bits: 0x80, status: StatusRemovedEarlier},
	}},
	{models: models("ZRI", []int{0x99}, []int{0x07}), field: fieldErrors, flags: zennerUltrasonic},
	{models: models("ZRI", []int{0xFC}, []int{0x08}), field: fieldStatus, flags: []flag{
		{bits: 0x08, status: StatusMemory}, {bits: 0x20, status: StatusRemoved}, {bits: 0x40, status: StatusCommissioning},
		{bits: 0x80, status: statusNone}, // product scale
	}},
	{models: zennerISF, field: fieldErrors, sums: zennerISFSums},
	{models: models("APA", []int{0x01, 0x20}, []int{0x16}), field: fieldErrors, size: 3, flags: apatorUltrimis},
	{models: models("APA", []int{0x15}, []int{0x07}), field: fieldErrors, size: 3, flags: apatorMBusNA},
	{models: models("APA", []int{0x42}, nil), field: fieldErrors, flags: apatorElf2},
	{models: slices.Concat(models("EFE", nil, heatTypes), models("MAD", []int{0x00}, heatTypes)), field: fieldErrors, flags: engelmannSensoStar},
	{models: models("EFE", []int{0x00}, waterTypes), field: fieldErrors, size: 1, flags: engelmannFAW},
	{
		models: slices.Concat(models("DWZ", []int{0x00, 0x02}, nil), models("EFE", []int{0x00, 0x03, 0x70}, waterTypes)),
		field:  fieldErrors, flags: engelmannWaterStar,
	},
	{
		models: slices.Concat(models("AAA", []int{0x55, 0x25}, nil), models("INE", []int{0x55}, nil), models("RAM", []int{0x55}, nil)),
		field:  fieldErrors, flags: aventiesErrors,
	},
	{models: models("IMT", []int{0x01}, nil), field: fieldErrors, flags: aquastreamErrors},
	{
		models: slices.Concat(models("ECM", []int{0x05}, []int{0x07}), models("VIP", []int{0x01}, []int{0x07}), models("KDN", []int{0x01}, []int{0x07})),
		field:  fieldStatus, flags: []flag{ // 20 and 40: how large the leak is
			{bits: 0x03, status: StatusLeak, all: true}, {bits: 0x60, status: statusNone},
		},
	},
	{models: models("VIP", []int{0x1E}, []int{0x08}), field: fieldErrors, flags: []flag{{bits: 0x08, status: StatusTamper}}},
	{models: models("BMT", []int{0x10}, []int{0x1B}), field: fieldStatus, flags: []flag{
		{bits: 0x01, status: StatusBusy}, {bits: 0x02, status: StatusApplicationError}, {bits: 0x04, status: StatusLowBattery},
		{bits: 0x08, status: StatusRemoved}, {bits: 0x10, status: StatusTemperatureSensor},
		{bits: 0x20, status: StatusTemperatureRange}, {bits: 0x40, status: StatusHumidityRange},
	}},
	{models: models("BMT", []int{0x18}, nil), field: fieldStatus, flags: []flag{{bits: 0x40, status: StatusTamper}}},
	{models: models("BMT", []int{0x0B}, []int{0x0D}), field: fieldStatus, flags: []flag{{bits: 0x80, status: StatusOpened}}},
	{models: models("BMT", []int{0x1A}, []int{0x0D}), field: fieldErrors, flags: []flag{{bits: 0x80, status: StatusTamper}}},
	{models: models("EIE", []int{0x0C}, []int{0x1A}), field: fieldStatus, flags: []flag{{bits: 0x40, status: StatusClock}}},
	{models: models("EIE", []int{0x0C}, []int{0x1A}), field: fieldErrors, flags: []flag{
		{bits: 0xFE00, status: statusNone}, // a command was wrong
	}},
	{models: slices.Concat(models("GAV", []int{0x00}, nil), models("KAM", []int{0x33}, []int{0x02})), field: fieldErrors, flags: em24Errors},
	{models: models("GSS", []int{0x01}, []int{0x02}), field: fieldErrors, size: 4, flags: gransystemsErrors},
	{models: models("SEC", []int{0x13, 0x15, 0x18}, []int{0x02}), field: fieldErrors, flags: schneiderErrors},
	{models: models("KAM", []int{0x01}, []int{0x18}), field: fieldErrors, flags: []flag{
		{bits: 0x1F, status: StatusPressureRange}, // drop, surge, high, low, transient
		{bits: 0x20, status: StatusConnection},
	}},
	{models: models("KAM", nil, heatTypes), field: fieldErrors, flags: kamstrupErrors},
	{models: models("QDS", nil, heatTypes), field: fieldErrors, flags: qundisHeat},
	{models: models("QDS", nil, waterTypes), field: fieldErrors, flags: []flag{
		{bits: 0x10, status: StatusLowBattery}, {bits: 0x80, status: StatusMemory}, {bits: 0x100, status: StatusTamper},
	}},
}

var lansenSmoke = []flag{
	{bits: 0x02, status: StatusLowBattery}, {bits: 0x04, status: StatusSmokeAlarm}, {bits: 0x08, status: StatusTest},
	{bits: 0x10, status: StatusHardware}, {bits: 0x20, status: StatusConnection}, {bits: 0x100, status: StatusEndOfLife},
}

var zennerErrors = []flag{
	{bits: 0x02, status: StatusMeasuring}, {bits: 0x04, status: StatusLowBattery}, {bits: 0x08, status: StatusPermanentError},
	{bits: 0x10, status: StatusTemporaryError}, {bits: 0x20, status: StatusLeakEarlier}, {bits: 0x40, status: StatusTamperEarlier},
	{bits: 0x80, status: StatusRemovedEarlier}, {bits: 0x100, status: StatusOversized}, {bits: 0x200, status: StatusUndersized},
	{bits: 0x400, status: StatusBlockedEarlier}, {bits: 0x800, status: StatusReverseFlow}, {bits: 0x1000, status: StatusReverseFlowEarlier},
	{bits: 0x2000, status: StatusLeak}, {bits: 0x4000, status: StatusRemoved}, {bits: 0x8000, status: StatusBurst},
}

var zennerUltrasonic = []flag{
	{bits: 1<<0 | 1<<1 | 1<<2, status: StatusLowBattery}, {bits: 1 << 3, status: StatusMeasuring}, {bits: 1 << 4, status: StatusHardware},
	{bits: 1 << 5, status: StatusDry}, {bits: 1 << 6, status: StatusFlowRange}, {bits: 1 << 7, status: StatusSaving},
	{bits: 1 << 8, status: StatusNotProtected}, {bits: 1 << 14, status: StatusLowBattery}, {bits: 1 << 15, status: StatusConnection},
}

var zennerISFSums = []codeSum{
	{1, StatusTemperatureRange}, {2, StatusTemperatureRange}, {3, StatusTemperatureSensor}, {4, StatusTemperatureSensor},
	{5, StatusTemperatureSensor}, {6, StatusTemperatureSensor}, {7, StatusLowBattery}, {8, StatusHardware}, {9, StatusHardware},
	{10, StatusMeasuring}, {20, StatusDry}, {30, StatusReverseFlow}, {40, StatusAirInPipe}, {50, StatusOverflow},
	{100, StatusHardware}, {800, StatusHardware}, {900, StatusHardware}, {1000, StatusLowBattery}, {2000, StatusVerification},
	{3000, StatusLowBattery}, {3000, StatusVerification},
}

// apatorUltrimis: byte 0 is now, bytes 1 and 2 are earlier in this and in the last month.
var apatorUltrimis = []flag{
	{bits: 0x01, status: StatusTamper}, {bits: 0x02, status: StatusLowBattery}, {bits: 0x04, status: StatusDry}, {bits: 0x08, status: StatusNoConsumption},
	{bits: 0x10, status: StatusOverheated}, {bits: 0x20, status: StatusBurst}, {bits: 0x40, status: StatusReverseFlow}, {bits: 0x80, status: StatusLeak},
	{bits: 0x010100, status: StatusTamperEarlier}, {bits: 0x040400, status: StatusDryEarlier}, {bits: 0x202000, status: StatusBurstEarlier},
	{bits: 0x404000, status: StatusReverseFlowEarlier}, {bits: 0x808000, status: StatusLeakEarlier},
	{bits: 0x1A1A00, status: statusNone}, // battery, no flow, temperature: earlier
}

// apatorMBusNA: byte 0 is the past, byte 2 is now.
var apatorMBusNA = []flag{
	{bits: 0x03, status: StatusTamperEarlier}, {bits: 0x3C, status: statusNone}, // disconnected, no change, minimum, maximum
	{bits: 0x40, status: StatusReverseFlowEarlier}, {bits: 0x80, status: StatusLeakEarlier},
	{bits: 0x0100, status: StatusReset}, {bits: 0x0200, status: StatusClock}, {bits: 0x0400, status: StatusLowBattery}, {bits: 0x0800, status: StatusHardware},
	{bits: 0x010000, status: StatusMagnet}, {bits: 0x020000, status: StatusTamper}, {bits: 0x040000, status: StatusConnection},
	{bits: 0x080000, status: StatusNoConsumption}, {bits: 0x100000, status: StatusUnderflow}, {bits: 0x200000, status: StatusOverflow},
	{bits: 0x400000, status: StatusReverseFlow},
}

var apatorElf2 = []flag{
	{bits: 0x01, status: StatusUnderflow}, {bits: 0x02, status: StatusFlowSensor}, {bits: 0x04 | 0x08 | 0x10, status: StatusTemperatureSensor},
	{bits: 0x20, status: StatusOverflow}, {bits: 0x40, status: StatusMemory}, {bits: 0x80, status: StatusLowBattery},
	{bits: 0x100 | 0x200, status: StatusUnusualConsumption}, {bits: 0x400, status: StatusTemperatureRange}, {bits: 0x800 | 0x1000, status: StatusMemory},
	{bits: 0x2000, status: StatusLowBattery}, {bits: 0x4000, status: StatusOverheated}, {bits: 0x8000, status: statusNone}, // limit of the interface
}

var engelmannSensoStar = []flag{
	{bits: 0x0F, status: StatusTemperatureSensor}, {bits: 0x10, status: StatusFlowSensor}, {bits: 0x20, status: StatusHardware},
	{bits: 0x40, status: StatusReset}, {bits: 0x80, status: StatusLowBattery},
}

var engelmannFAW = []flag{
	{bits: 0x01, status: StatusFlowSensor}, {bits: 0x02, status: StatusReset}, {bits: 0x04, status: StatusMemory}, {bits: 0x08, status: StatusRemoved},
	{bits: 0x10, status: StatusMagnet}, {bits: 0x20, status: StatusLeak}, {bits: 0x40, status: StatusBlocked}, {bits: 0x80, status: StatusReverseFlow},
}

var engelmannWaterStar = []flag{
	{bits: 0x01, status: StatusHardware}, {bits: 0x02, status: StatusMemory}, {bits: 0x04, status: StatusFlowSensor}, {bits: 0x08, status: StatusMeasuring},
	{bits: 0x10, status: StatusLowBattery}, {bits: 0x20, status: StatusTamper}, {bits: 0x40, status: StatusLeakOrIdle},
	{bits: 0x80, status: StatusReverseFlow}, {bits: 0x100, status: StatusOverflow},
}

var aventiesErrors = []flag{
	{bits: 0x01, status: StatusMeasuring}, {bits: 0x02, status: StatusTamper}, {bits: 0x04, status: StatusLowBattery},
	{bits: 0x08, status: StatusMemory}, {bits: 0x10, status: StatusHardware}, {bits: 0x20, status: StatusReset},
}

var aquastreamErrors = []flag{
	{bits: 0x01, status: StatusTamper}, {bits: 0x04, status: StatusBurst}, {bits: 0x08, status: StatusLeak}, {bits: 0x80, status: StatusNoConsumption},
	{bits: 0x100, status: StatusLowBattery}, {bits: 0x200, status: StatusReverseFlow}, {bits: 0x400, status: StatusOverflow},
}

var em24Errors = []flag{
	{bits: 0x07, status: StatusVoltageRange}, {bits: 0x38, status: StatusCurrentRange}, {bits: 0x40, status: StatusFrequencyRange},
}

// gransystemsErrors: the upper half says how many phases the meter has.
var gransystemsErrors = []flag{
	{bits: 0x01 | 0x10 | 0x100 | 0x200, status: StatusHardware}, {bits: 0x02, status: StatusClock}, {bits: 0x08, status: StatusNotConfigured},
	{bits: 0x20, status: StatusLowBattery}, {bits: 0x40, status: StatusMagnet}, {bits: 0x80, status: StatusTamperEarlier},
	{bits: 0x800 | 0x1000 | 0x4000 | 0x8000, status: StatusMemory}, {bits: 0x01030000, status: statusNone},
}

var schneiderErrors = []flag{
	{bits: 1 << 0, status: StatusMemory}, {bits: 1 << 1, status: StatusMeasuring}, {bits: 1 << 2, status: StatusFrequencyRange},
	{bits: 1<<3 | 1<<4, status: StatusWiring}, {bits: 1 << 5, status: StatusBackwardEnergy}, {bits: 1<<6 | 1<<8, status: StatusClock},
	{bits: 1 << 7, status: StatusMeasuring}, {bits: 1 << 9, status: StatusHardware},
}

// kamstrupErrors are those of Multical 602 and older.
var kamstrupErrors = []flag{
	{bits: 0x01, status: StatusNoSupply}, {bits: 0x04 | 0x08 | 0x20, status: StatusTemperatureSensor},
	{bits: 0x10 | 0x80 | 0x400 | 0x800, status: StatusFlowSensor}, {bits: 0x40 | 0x100, status: StatusLeak}, {bits: 0x200, status: StatusBurst},
	{bits: 0x1000 | 0x2000, status: StatusAirInPipe}, {bits: 0x4000 | 0x8000, status: StatusWrongDirection},
}

var qundisHeat = []flag{
	{bits: 0x01, status: StatusNoConsumption}, {bits: 0x02 | 0x04 | 0x20 | 0x40, status: StatusTemperatureSensor}, {bits: 0x08 | 0x200, status: StatusHardware},
	{bits: 0x10, status: StatusLowBattery}, {bits: 0x80, status: StatusMemory}, {bits: 0x100, status: StatusTamper},
}
