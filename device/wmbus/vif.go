package wmbus

// coding says how the bytes of a value are to be read beyond what the DIF says.
type coding uint8

const (
	codeNumber     coding = iota // signed integer, BCD or real, scaled
	codeUnsigned                 // flags and counters: integers have no sign
	codeDate                     // types F, G, I, J by length
	codeIdentifier               // BCD digits are text, with their leading zeros
	codeLetters                  // a manufacturer code of two bytes
	codeBytes                    // a structure whose layout no public source gives
)

// vif is what one code of a value information field means: the value is
// n × mul × 10^exp in the unit.
type vif struct {
	quantity Quantity
	unit     Unit
	exp      int8
	mul      uint16 // 0 counts as 1
	coding   coding
}

// vifRange fills count codes from first on, each ten times the one before.
type vifRange struct {
	first, count byte
	vif          vif
}

// vifDuration fills codes from first on that differ in their unit of time.
type vifDuration struct {
	first    byte
	quantity Quantity
	units    []Unit
}

var (
	secondsToDays = []Unit{UnitSecond, UnitMinute, UnitHour, UnitDay}
	hoursToYears  = []Unit{UnitHour, UnitDay, UnitMonth, UnitYear}
	minutesToDays = []Unit{UnitMinute, UnitHour, UnitDay}
	monthToYear   = []Unit{UnitMonth, UnitYear}
)

func makeVIFTable(ranges []vifRange, durations []vifDuration) *[128]vif {
	table := new([128]vif)
	for _, r := range ranges {
		for i := range r.count {
			v := r.vif
			if v.unit != UnitNone || v.coding == codeNumber {
				v.exp += int8(i)
			}
			table[r.first+i] = v
		}
	}
	for _, d := range durations {
		for i, unit := range d.units {
			table[int(d.first)+i] = vif{quantity: d.quantity, unit: unit}
		}
	}
	return table
}

// primaryVIF is the table of EN 13757-3 for the VIF itself, bits 6 to 0
// (docs/protocol/records.md#vif). 7B, 7C, 7D and 7F refer to other tables. Differences of
// temperature, which the standard counts in kelvin, are given in the same
// degrees as the other temperatures (SI brochure 2.3.1 allows both).
var primaryVIF = makeVIFTable([]vifRange{
	{0x00, 8, vif{quantity: Energy, unit: UnitKWh, exp: -6}},
	{0x08, 8, vif{quantity: Energy, unit: UnitMJ, exp: -6}},
	{0x10, 8, vif{quantity: Volume, unit: UnitM3, exp: -6}},
	{0x18, 8, vif{quantity: Mass, unit: UnitKg, exp: -3}},
	{0x28, 8, vif{quantity: Power, unit: UnitKW, exp: -6}},
	{0x30, 8, vif{quantity: Power, unit: UnitMJPerHour, exp: -6}},
	{0x38, 8, vif{quantity: VolumeFlow, unit: UnitM3PerHour, exp: -6}},
	{0x40, 8, vif{quantity: VolumeFlow, unit: UnitM3PerHour, exp: -7, mul: 60}},
	{0x48, 8, vif{quantity: VolumeFlow, unit: UnitM3PerHour, exp: -9, mul: 3600}},
	{0x50, 8, vif{quantity: MassFlow, unit: UnitKgPerHour, exp: -3}},
	{0x58, 4, vif{quantity: FlowTemperature, unit: UnitCelsius, exp: -3}},
	{0x5C, 4, vif{quantity: ReturnTemperature, unit: UnitCelsius, exp: -3}},
	{0x60, 4, vif{quantity: TemperatureDifference, unit: UnitCelsius, exp: -3}},
	{0x64, 4, vif{quantity: ExternalTemperature, unit: UnitCelsius, exp: -3}},
	{0x68, 4, vif{quantity: Pressure, unit: UnitBar, exp: -3}},
	{0x6C, 1, vif{quantity: DateQuantity, coding: codeDate}},
	{0x6D, 1, vif{quantity: DateTimeQuantity, coding: codeDate}},
	{0x6E, 1, vif{quantity: HeatCostAllocation, unit: UnitHCA}},
	{0x78, 1, vif{quantity: FabricationNumber, coding: codeIdentifier}},
	{0x79, 1, vif{quantity: EnhancedIdentification, coding: codeIdentifier}},
	{0x7A, 1, vif{quantity: BusAddress, coding: codeUnsigned}},
	{0x7C, 1, vif{quantity: TextQuantity}},
	{0x7E, 1, vif{quantity: AnyQuantity}},
}, []vifDuration{
	{0x20, OnTime, secondsToDays},
	{0x24, OperatingTime, secondsToDays},
	{0x70, AveragingDuration, secondsToDays},
	{0x74, ActualityDuration, secondsToDays},
})

// extensionFD is the first extension, VIF FD (docs/protocol/records.md#vif-fd). Codes 30
// to 37 have changed their meaning between two generations of lists: these
// are the older ones, see newerFD30.
var extensionFD = makeVIFTable([]vifRange{
	{0x00, 4, vif{quantity: Credit, exp: -3}},
	{0x04, 4, vif{quantity: Debit, exp: -3}},
	{0x08, 1, vif{quantity: AccessNumber, coding: codeUnsigned}},
	{0x09, 1, vif{quantity: DeviceTypeQuantity, coding: codeUnsigned}},
	{0x0A, 1, vif{quantity: ManufacturerQuantity, coding: codeLetters}},
	{0x0B, 1, vif{quantity: ParameterSet, coding: codeIdentifier}},
	{0x0C, 1, vif{quantity: ModelVersion, coding: codeIdentifier}},
	{0x0D, 1, vif{quantity: HardwareVersion, coding: codeIdentifier}},
	{0x0E, 1, vif{quantity: MetrologyFirmwareVersion, coding: codeIdentifier}},
	{0x0F, 1, vif{quantity: SoftwareVersion, coding: codeIdentifier}},
	{0x10, 1, vif{quantity: CustomerLocation, coding: codeIdentifier}},
	{0x11, 1, vif{quantity: Customer, coding: codeIdentifier}},
	{0x12, 1, vif{quantity: AccessCodeUser, coding: codeIdentifier}},
	{0x13, 1, vif{quantity: AccessCodeOperator, coding: codeIdentifier}},
	{0x14, 1, vif{quantity: AccessCodeSystemOperator, coding: codeIdentifier}},
	{0x15, 1, vif{quantity: AccessCodeDeveloper, coding: codeIdentifier}},
	{0x16, 1, vif{quantity: Password, coding: codeIdentifier}},
	{0x17, 1, vif{quantity: ErrorFlags, coding: codeUnsigned}},
	{0x18, 1, vif{quantity: ErrorMask, coding: codeUnsigned}},
	{0x19, 1, vif{quantity: SecurityKey, coding: codeIdentifier}},
	{0x1A, 1, vif{quantity: DigitalOutput, coding: codeUnsigned}},
	{0x1B, 1, vif{quantity: DigitalInput, coding: codeUnsigned}},
	{0x1C, 1, vif{quantity: BaudRate, unit: UnitBaud, coding: codeUnsigned}},
	{0x1D, 1, vif{quantity: ResponseDelay, unit: UnitBitTime, coding: codeUnsigned}},
	{0x1E, 1, vif{quantity: Retry, coding: codeUnsigned}},
	{0x1F, 1, vif{quantity: RemoteControl, coding: codeUnsigned}},
	{0x20, 1, vif{quantity: FirstStorage, coding: codeUnsigned}},
	{0x21, 1, vif{quantity: LastStorage, coding: codeUnsigned}},
	{0x22, 1, vif{quantity: StorageBlockSize, coding: codeUnsigned}},
	{0x23, 1, vif{quantity: TariffDescriptor, coding: codeUnsigned}},
	{0x2A, 2, vif{quantity: OperatorData, coding: codeUnsigned}},
	{0x30, 1, vif{quantity: TariffStart, coding: codeDate}},
	{0x3A, 1, vif{quantity: Dimensionless}},
	{0x3B, 1, vif{quantity: DataContainer, coding: codeIdentifier}},
	{0x40, 16, vif{quantity: Voltage, unit: UnitVolt, exp: -9}},
	{0x50, 16, vif{quantity: Current, unit: UnitAmpere, exp: -12}},
	{0x60, 1, vif{quantity: ResetCounter, coding: codeUnsigned}},
	{0x61, 1, vif{quantity: CumulationCounter, coding: codeUnsigned}},
	{0x62, 1, vif{quantity: ControlSignal, coding: codeUnsigned}},
	{0x63, 1, vif{quantity: DayOfWeek, coding: codeUnsigned}},
	{0x64, 1, vif{quantity: WeekNumber, coding: codeUnsigned}},
	{0x65, 1, vif{quantity: DayChangeTime, coding: codeUnsigned}},
	{0x66, 1, vif{quantity: ParameterState, coding: codeUnsigned}},
	{0x67, 1, vif{quantity: SupplierInformation, coding: codeUnsigned}},
	{0x70, 1, vif{quantity: BatteryChangeDate, coding: codeDate}},
	{0x71, 1, vif{quantity: RFLevel, unit: UnitDBm}},
	{0x72, 1, vif{quantity: DaylightSaving, coding: codeBytes}},
	{0x73, 1, vif{quantity: ListeningWindow, coding: codeBytes}},
	{0x74, 1, vif{quantity: BatteryLife, unit: UnitDay, coding: codeUnsigned}},
	{0x75, 1, vif{quantity: StopCounter, coding: codeUnsigned}},
	{0x76, 1, vif{quantity: ManufacturerData, coding: codeBytes}},
}, []vifDuration{
	{0x24, StorageInterval, secondsToDays},
	{0x28, StorageInterval, monthToYear},
	{0x2C, TimeSinceReadout, secondsToDays},
	{0x31, TariffDuration, minutesToDays},
	{0x34, TariffPeriod, secondsToDays},
	{0x38, TariffPeriod, monthToYear},
	{0x3C, TransmissionPeriod, secondsToDays},
	{0x68, TimeSinceCumulation, hoursToYears},
	{0x6C, BatteryOperatingTime, hoursToYears},
})

// secondFD is the table behind FD FD (docs/protocol/records.md#vif-fd, code 7D).
var secondFD = makeVIFTable([]vifRange{
	{0x00, 1, vif{quantity: SelectedApplication, coding: codeUnsigned}},
	{0x3E, 1, vif{quantity: Moisture, unit: UnitPercent}},
}, []vifDuration{{0x02, BatteryLife, monthToYear}})

// extensionFB is the second extension, VIF FB (docs/protocol/records.md#vif-fb).
var extensionFB = makeVIFTable([]vifRange{
	{0x00, 2, vif{quantity: Energy, unit: UnitKWh, exp: 2}},
	{0x02, 2, vif{quantity: ReactiveEnergy, unit: UnitKVarh}},
	{0x04, 2, vif{quantity: ApparentEnergy, unit: UnitKVAh}},
	{0x06, 1, vif{quantity: PerformanceCoefficient, exp: -1}},
	{0x08, 2, vif{quantity: Energy, unit: UnitGJ, exp: -1}},
	{0x0C, 4, vif{quantity: Energy, unit: UnitMcal, exp: -1}},
	{0x10, 2, vif{quantity: Volume, unit: UnitM3, exp: 2}},
	{0x14, 4, vif{quantity: ReactivePower, unit: UnitKVar, exp: -3}},
	{0x18, 2, vif{quantity: Mass, unit: UnitKg, exp: 5}},
	{0x1A, 2, vif{quantity: RelativeHumidity, unit: UnitRelativeHumidity, exp: -1}},
	{0x20, 1, vif{quantity: Volume, unit: UnitCubicFoot}},
	{0x21, 1, vif{quantity: Volume, unit: UnitCubicFoot, exp: -1}},
	{0x22, 2, vif{quantity: Volume, unit: UnitGallon, exp: -1}},
	{0x24, 1, vif{quantity: VolumeFlow, unit: UnitGallonPerMinute, exp: -3}},
	{0x25, 1, vif{quantity: VolumeFlow, unit: UnitGallonPerMinute}},
	{0x26, 1, vif{quantity: VolumeFlow, unit: UnitGallonPerHour}},
	{0x28, 2, vif{quantity: Power, unit: UnitKW, exp: 2}},
	{0x2A, 1, vif{quantity: PhaseVoltageAngle, unit: UnitDegree, exp: -1}},
	{0x2B, 1, vif{quantity: PhaseCurrentAngle, unit: UnitDegree, exp: -1}},
	{0x2C, 4, vif{quantity: Frequency, unit: UnitHertz, exp: -3}},
	{0x30, 2, vif{quantity: Power, unit: UnitMJPerHour, exp: 2}},
	{0x34, 4, vif{quantity: ApparentPower, unit: UnitKVA, exp: -3}},
	{0x58, 4, vif{quantity: FlowTemperature, unit: UnitFahrenheit, exp: -3}},
	{0x5C, 4, vif{quantity: ReturnTemperature, unit: UnitFahrenheit, exp: -3}},
	{0x60, 4, vif{quantity: TemperatureDifference, unit: UnitFahrenheit, exp: -3}},
	{0x64, 4, vif{quantity: ExternalTemperature, unit: UnitFahrenheit, exp: -3}},
	{0x68, 1, vif{quantity: RatingFactorResulting}},
	{0x69, 1, vif{quantity: RatingFactorOutput}},
	{0x6A, 1, vif{quantity: RatingFactorCoupling}},
	{0x6B, 1, vif{quantity: RatingFactorCouplingRoom}},
	{0x6C, 1, vif{quantity: RatingFactorCouplingHeater}},
	{0x6D, 1, vif{quantity: RatingFactorLowTemperature}},
	{0x6E, 1, vif{quantity: RatingFactorScaling}},
	{0x70, 4, vif{quantity: TemperatureLimit, unit: UnitFahrenheit, exp: -3}},
	{0x74, 4, vif{quantity: TemperatureLimit, unit: UnitCelsius, exp: -3}},
	{0x78, 8, vif{quantity: CumulatedMaximumPower, unit: UnitKW, exp: -6}},
}, nil)

// newerFD30 is code 30 of the newer FD list, used if it fits the device:
// a heat cost allocator has no tariffs, but a dimensionless count of units.
var newerFD30 = vif{quantity: HeatCostAllocation, unit: UnitHCA}
