package wmbus

// Quantity is what a record measures or says, by the standard's terms.
type Quantity uint8

// The quantities: primary VIFs, then the extensions, then what families add.
const (
	Unknown Quantity = iota // a VIF that is reserved or the manufacturer's own
	Energy
	Volume
	Mass
	OnTime
	OperatingTime
	Power
	VolumeFlow
	MassFlow
	FlowTemperature
	ReturnTemperature
	TemperatureDifference
	ExternalTemperature
	Pressure
	DateQuantity
	DateTimeQuantity
	HeatCostAllocation
	AveragingDuration
	ActualityDuration
	FabricationNumber
	EnhancedIdentification
	BusAddress
	TextQuantity
	AnyQuantity
	ManufacturerData
	Credit
	Debit
	AccessNumber
	DeviceTypeQuantity
	ManufacturerQuantity
	ParameterSet
	ModelVersion
	HardwareVersion
	MetrologyFirmwareVersion
	SoftwareVersion
	CustomerLocation
	Customer
	AccessCodeUser
	AccessCodeOperator
	AccessCodeSystemOperator
	AccessCodeDeveloper
	Password
	ErrorFlags
	ErrorMask
	SecurityKey
	DigitalOutput
	DigitalInput
	BaudRate
	ResponseDelay
	Retry
	RemoteControl
	FirstStorage
	LastStorage
	StorageBlockSize
	TariffDescriptor
	StorageInterval
	OperatorData
	TimeSinceReadout
	TariffStart
	TariffDuration
	TariffPeriod
	Dimensionless
	DataContainer
	TransmissionPeriod
	Voltage
	Current
	ResetCounter
	CumulationCounter
	ControlSignal
	DayOfWeek
	WeekNumber
	DayChangeTime
	ParameterState
	SupplierInformation
	TimeSinceCumulation
	BatteryOperatingTime
	BatteryChangeDate
	RFLevel
	DaylightSaving
	ListeningWindow
	BatteryLife
	StopCounter
	SelectedApplication
	Moisture
	ReactiveEnergy
	ApparentEnergy
	PerformanceCoefficient
	ReactivePower
	RelativeHumidity
	PhaseVoltageAngle
	PhaseCurrentAngle
	Frequency
	ApparentPower
	RatingFactorResulting
	RatingFactorOutput
	RatingFactorCoupling
	RatingFactorCouplingRoom
	RatingFactorCouplingHeater
	RatingFactorLowTemperature
	RatingFactorScaling
	TemperatureLimit
	CumulatedMaximumPower
	// Of any base quantity (Record.Of): what combinable VIFEs make of it.
	LimitExceedCount
	LimitExceedDuration
	Duration
	StartDate
	EndDate
	ObjectAction
	// Outside of data records.
	ApplicationError
	AlarmState
	// What families add.
	RoomTemperature
	RadiatorTemperature
	InfoFlags
	ForwardEnergyIndex
	ReturnEnergyIndex
	SerialNumber
	EventDate
	EventCount
	BatteryVoltage
	StatusFlags
	AverageFlow
	MeterName
	AmbientTemperature
	HeaterTemperature
	BackwardVolume
	LeakVolume
	PeriodConsumption // of Record.Of, since the last stored reading or in a past period
	PowerFactor
	TotalUnits // of a heat cost allocator, over all its periods
	DustLevel  // in a smoke chamber
	PulseCount
	CurrentRatio // of current transformers
	VoltageRatio // of voltage transformers
	quantityCount
)

var quantityNames = [quantityCount]string{
	Unknown: "unknown", Energy: "energy", Volume: "volume", Mass: "mass", OnTime: "on_time", OperatingTime: "operating_time",
	Power: "power", VolumeFlow: "volume_flow", MassFlow: "mass_flow",
	FlowTemperature: "flow_temperature", ReturnTemperature: "return_temperature",
	TemperatureDifference: "temperature_difference", ExternalTemperature: "external_temperature", Pressure: "pressure",
	DateQuantity: "date", DateTimeQuantity: "date_time", HeatCostAllocation: "heat_cost_allocation",
	AveragingDuration: "averaging_duration", ActualityDuration: "actuality_duration",
	FabricationNumber: "fabrication_number", EnhancedIdentification: "enhanced_identification", BusAddress: "bus_address",
	TextQuantity: "text", AnyQuantity: "any", ManufacturerData: "manufacturer_data",
	Credit: "credit", Debit: "debit", AccessNumber: "access_number", DeviceTypeQuantity: "device_type",
	ManufacturerQuantity: "manufacturer", ParameterSet: "parameter_set", ModelVersion: "model_version",
	HardwareVersion: "hardware_version", MetrologyFirmwareVersion: "metrology_firmware_version", SoftwareVersion: "software_version",
	CustomerLocation: "customer_location", Customer: "customer", AccessCodeUser: "access_code_user",
	AccessCodeOperator: "access_code_operator", AccessCodeSystemOperator: "access_code_system_operator",
	AccessCodeDeveloper: "access_code_developer", Password: "password", ErrorFlags: "error_flags", ErrorMask: "error_mask",
	SecurityKey: "security_key", DigitalOutput: "digital_output", DigitalInput: "digital_input", BaudRate: "baud_rate",
	ResponseDelay: "response_delay", Retry: "retry", RemoteControl: "remote_control", FirstStorage: "first_storage",
	LastStorage: "last_storage", StorageBlockSize: "storage_block_size", TariffDescriptor: "tariff_descriptor",
	StorageInterval: "storage_interval", OperatorData: "operator_data", TimeSinceReadout: "time_since_readout",
	TariffStart: "tariff_start", TariffDuration: "tariff_duration", TariffPeriod: "tariff_period",
	Dimensionless: "dimensionless", DataContainer: "data_container", TransmissionPeriod: "transmission_period",
	Voltage: "voltage", Current: "current", ResetCounter: "reset_counter", CumulationCounter: "cumulation_counter",
	ControlSignal: "control_signal", DayOfWeek: "day_of_week", WeekNumber: "week_number", DayChangeTime: "day_change_time",
	ParameterState: "parameter_activation_state", SupplierInformation: "supplier_information",
	TimeSinceCumulation: "time_since_cumulation", BatteryOperatingTime: "battery_operating_time",
	BatteryChangeDate: "battery_change_date", RFLevel: "rf_level", DaylightSaving: "daylight_saving",
	ListeningWindow: "listening_window", BatteryLife: "battery_life", StopCounter: "stop_counter",
	SelectedApplication: "selected_application", Moisture: "moisture",
	ReactiveEnergy: "reactive_energy", ApparentEnergy: "apparent_energy", PerformanceCoefficient: "coefficient_of_performance",
	ReactivePower: "reactive_power", RelativeHumidity: "relative_humidity", PhaseVoltageAngle: "phase_angle_u_u",
	PhaseCurrentAngle: "phase_angle_u_i", Frequency: "frequency", ApparentPower: "apparent_power",
	RatingFactorResulting: "rating_factor_resulting", RatingFactorOutput: "rating_factor_thermal_output",
	RatingFactorCoupling: "rating_factor_coupling", RatingFactorCouplingRoom: "rating_factor_coupling_room",
	RatingFactorCouplingHeater: "rating_factor_coupling_heater", RatingFactorLowTemperature: "rating_factor_low_temperature",
	RatingFactorScaling: "rating_factor_scaling", TemperatureLimit: "temperature_limit", CumulatedMaximumPower: "cumulated_maximum_power",
	LimitExceedCount: "limit_exceed_count", LimitExceedDuration: "limit_exceed_duration", Duration: "duration",
	StartDate: "start_date", EndDate: "end_date", ObjectAction: "object_action",
	ApplicationError: "application_error", AlarmState: "alarm",
	RoomTemperature: "room_temperature", RadiatorTemperature: "radiator_temperature", InfoFlags: "info_flags",
	ForwardEnergyIndex: "forward_energy_index", ReturnEnergyIndex: "return_energy_index", SerialNumber: "serial_number",
	EventDate: "event_date", EventCount: "event_count", BatteryVoltage: "battery_voltage", StatusFlags: "status_flags",
	AverageFlow: "average_flow", MeterName: "meter_name", AmbientTemperature: "ambient_temperature",
	HeaterTemperature: "heater_temperature", BackwardVolume: "backward_volume", LeakVolume: "leak_volume", PeriodConsumption: "period_consumption",
	PowerFactor: "power_factor", TotalUnits: "total_units", DustLevel: "dust_level",
	PulseCount: "pulse_count", CurrentRatio: "current_transformer_ratio", VoltageRatio: "voltage_transformer_ratio",
}

// String returns the name that every output writes: "volume", "flow_temperature".
func (q Quantity) String() string {
	if q < quantityCount {
		return quantityNames[q]
	}
	return quantityNames[Unknown]
}

// ParseQuantity finds a quantity by its name.
func ParseQuantity(s string) (Quantity, bool) {
	for q, name := range quantityNames {
		if name == s {
			return Quantity(q), true
		}
	}
	return Unknown, false
}

// Function says of which kind a record's value is.
type Function uint8

// The functions of DIF bits 4 and 5.
const (
	Instantaneous Function = iota
	Maximum
	Minimum
	DuringError
)

var functionNames = [...]string{"instantaneous", "maximum", "minimum", "error"}

// String returns the word that every output writes.
func (f Function) String() string { return functionNames[f&3] }
