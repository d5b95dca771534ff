package format

import (
	"slices"

	"earshot/device/wmbus"
)

// What an entity is for (docs/protocol/homeassistant.md#device-classes).
const (
	total       = "total"            // a register
	increasing  = "total_increasing" // a register that is set to 0 on its due date
	measurement = "measurement"
	diagnostic  = "diagnostic"

	// ofVolume stands for water, gas or volume, as the medium has it; ofBattery
	// for duration, or battery if it is a part of the whole.
	ofVolume  = "volume by medium"
	ofBattery = "what remains"
)

// kind is how Home Assistant shows a quantity. The device class is left out
// if it does not know the unit: Home Assistant would not create the entity.
type kind struct {
	class    string // device_class, "" for none
	state    string // state_class
	category string // entity_category
	named    bool   // it has a name though it has a class, since a meter may have several of that class
}

// kinds are the quantities that are announced: what a meter measures, and what
// it says of its battery and its hours. Parameters, counters and identifiers are
// not; they are in the message.
var kinds = map[wmbus.Quantity]kind{
	wmbus.Energy:                 {class: "energy", state: total},
	wmbus.Volume:                 {class: ofVolume, state: total},
	wmbus.Mass:                   {state: total},
	wmbus.HeatCostAllocation:     {state: increasing},
	wmbus.TotalUnits:             {state: increasing},
	wmbus.PeriodConsumption:      {state: increasing},
	wmbus.BackwardVolume:         {class: ofVolume, state: total, named: true},
	wmbus.LeakVolume:             {class: "volume", state: total, named: true},
	wmbus.ForwardEnergyIndex:     {state: total},
	wmbus.ReturnEnergyIndex:      {state: total},
	wmbus.PulseCount:             {state: total},
	wmbus.Dimensionless:          {state: measurement},
	wmbus.Power:                  {class: "power", state: measurement},
	wmbus.CumulatedMaximumPower:  {class: "power", state: measurement, named: true},
	wmbus.VolumeFlow:             {class: "volume_flow_rate", state: measurement},
	wmbus.AverageFlow:            {class: "volume_flow_rate", state: measurement, named: true},
	wmbus.MassFlow:               {state: measurement},
	wmbus.FlowTemperature:        {class: "temperature", state: measurement, named: true},
	wmbus.ReturnTemperature:      {class: "temperature", state: measurement, named: true},
	wmbus.ExternalTemperature:    {class: "temperature", state: measurement, named: true},
	wmbus.AmbientTemperature:     {class: "temperature", state: measurement, named: true},
	wmbus.RoomTemperature:        {class: "temperature", state: measurement, named: true},
	wmbus.RadiatorTemperature:    {class: "temperature", state: measurement, named: true},
	wmbus.HeaterTemperature:      {class: "temperature", state: measurement, named: true},
	wmbus.TemperatureDifference:  {class: "temperature_delta", state: measurement, named: true},
	wmbus.RelativeHumidity:       {class: "humidity", state: measurement},
	wmbus.Moisture:               {class: "moisture", state: measurement},
	wmbus.Pressure:               {class: "pressure", state: measurement},
	wmbus.Voltage:                {class: "voltage", state: measurement},
	wmbus.Current:                {class: "current", state: measurement},
	wmbus.Frequency:              {class: "frequency", state: measurement},
	wmbus.PhaseVoltageAngle:      {state: measurement},
	wmbus.PhaseCurrentAngle:      {state: measurement},
	wmbus.PowerFactor:            {class: "power_factor", state: measurement},
	wmbus.ReactiveEnergy:         {class: "reactive_energy", state: total},
	wmbus.ApparentEnergy:         {state: total},
	wmbus.ReactivePower:          {class: "reactive_power", state: measurement},
	wmbus.ApparentPower:          {class: "apparent_power", state: measurement},
	wmbus.PerformanceCoefficient: {state: measurement},
	wmbus.OnTime:                 {class: "duration", state: total, category: diagnostic, named: true},
	wmbus.OperatingTime:          {class: "duration", state: total, category: diagnostic, named: true},
	wmbus.BatteryOperatingTime:   {class: "duration", state: total, category: diagnostic, named: true},
	wmbus.BatteryLife:            {class: ofBattery, state: measurement, category: diagnostic, named: true},
	wmbus.BatteryVoltage:         {class: "voltage", state: measurement, category: diagnostic, named: true},
	wmbus.RFLevel:                {class: "signal_strength", state: measurement, category: diagnostic, named: true},
	wmbus.DustLevel:              {state: measurement, category: diagnostic},
}

// unit is a unit as Home Assistant writes it.
type unit struct {
	text   string
	factor float64 // a value is multiplied by it first; 0 for as it is
}

// days of a month and of a year, on average.
const (
	daysOfMonth = 30.436875
	daysOfYear  = 365.2425
)

// litresOfGallon is a US liquid gallon.
const litresOfGallon = 3.785411784

// units are all units of the decoder.
var units = map[wmbus.Unit]unit{
	wmbus.UnitNone: {}, wmbus.UnitM3: {text: "m³"}, wmbus.UnitLitre: {text: "L"}, wmbus.UnitKWh: {text: "kWh"}, wmbus.UnitMJ: {text: "MJ"},
	wmbus.UnitGJ: {text: "GJ"}, wmbus.UnitW: {text: "W"}, wmbus.UnitKW: {text: "kW"}, wmbus.UnitCelsius: {text: "°C"}, wmbus.UnitKelvin: {text: "K"},
	wmbus.UnitM3PerHour: {text: "m³/h"}, wmbus.UnitLitrePerHour: {text: "L/h"}, wmbus.UnitBar: {text: "bar"}, wmbus.UnitVolt: {text: "V"},
	wmbus.UnitAmpere: {text: "A"}, wmbus.UnitHertz: {text: "Hz"}, wmbus.UnitHCA: {text: "HCA"}, wmbus.UnitPercent: {text: "%"},
	wmbus.UnitRelativeHumidity: {text: "%"}, wmbus.UnitSecond: {text: "s"}, wmbus.UnitMinute: {text: "min"}, wmbus.UnitHour: {text: "h"},
	wmbus.UnitDay: {text: "d"}, wmbus.UnitMonth: {text: "d", factor: daysOfMonth}, wmbus.UnitYear: {text: "d", factor: daysOfYear},
	wmbus.UnitDBm: {text: "dBm"}, wmbus.UnitKVarh: {text: "kvarh"}, wmbus.UnitKVar: {text: "kvar"}, wmbus.UnitKVA: {text: "kVA"},
	wmbus.UnitKVAh: {text: "kVAh"}, wmbus.UnitFahrenheit: {text: "°F"}, wmbus.UnitKg: {text: "kg"}, wmbus.UnitKgPerHour: {text: "kg/h"},
	wmbus.UnitMJPerHour: {text: "kW", factor: 1 / 3.6}, wmbus.UnitMcal: {text: "Mcal"}, wmbus.UnitCubicFoot: {text: "ft³"}, wmbus.UnitGallon: {text: "gal"},
	wmbus.UnitGallonPerMinute: {text: "gal/min"}, wmbus.UnitGallonPerHour: {text: "gal/h"}, wmbus.UnitDegree: {text: "°"},
	wmbus.UnitM3Celsius: {text: "m³°C"}, wmbus.UnitPPM: {text: "ppm"}, wmbus.UnitBaud: {text: "Bd"}, wmbus.UnitBitTime: {text: "bit times"},
	wmbus.UnitMillimetre: {text: "mm"},
}

// accepted are the units that a device class accepts, of those above. A unit
// that it does not know would cost the entity.
var accepted = map[string][]string{
	"water":             {"m³", "L", "gal", "ft³"},
	"gas":               {"m³", "L", "ft³"},
	"volume":            {"m³", "L", "gal", "ft³"},
	"energy":            {"kWh", "MJ", "GJ", "Mcal"},
	"power":             {"W", "kW"},
	"volume_flow_rate":  {"m³/h", "L/h", "gal/min", "gal/h"},
	"temperature":       {"°C", "°F", "K"},
	"temperature_delta": {"°C", "°F", "K"},
	"humidity":          {"%"},
	"moisture":          {"%"},
	"battery":           {"%"},
	"pressure":          {"bar"},
	"voltage":           {"V"},
	"current":           {"A"},
	"frequency":         {"Hz"},
	"power_factor":      {"%", ""},
	"reactive_energy":   {"kvarh"},
	"reactive_power":    {"kvar"},
	"apparent_power":    {"kVA"},
	"duration":          {"s", "min", "h", "d"},
	"signal_strength":   {"dBm"},
}

// fit returns the device class and the unit of a quantity that a meter of this
// medium sends in u.
func (k kind) fit(medium string, u unit) (class string, fitted unit) {
	class = k.class
	switch {
	case class == ofVolume:
		class = volumeClass(medium)
	case class == ofBattery && u.text == "%":
		class = "battery"
	case class == ofBattery:
		class = "duration"
	}
	if class == "gas" && u.text == "gal" {
		u = unit{text: "L", factor: litresOfGallon}
	}
	if !slices.Contains(accepted[class], u.text) {
		class = ""
	}
	return class, u
}

// volumeClass is the device class of a volume, by the medium. Water in a heat
// meter is none of the home's water.
func volumeClass(medium string) string {
	switch medium {
	case "gas":
		return "gas"
	case "water", "cold water", "warm water", "hot water", "waste water":
		return "water"
	}
	return "volume"
}
