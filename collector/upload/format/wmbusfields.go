package format

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"earshot/collector/reading"
	"earshot/device/wmbus"
)

// wantedField says which field of wmbusmeters' JSON a record becomes. The
// names are those that its documentation shows for the common quantities
// (docs/protocol/homeassistant.md#wmbusmeters-fields).
type wantedField struct {
	name      string // %d stands for the tariff, or for the storage number if stored is set
	quantity  wmbus.Quantity
	storage   uint64
	function  wmbus.Function
	qualifier wmbus.Qualifiers
	role      wmbus.RecordRole              // whatever tariff, subunit and qualifiers say it
	tariff    bool                          // of any tariff but 0
	stored    bool                          // of any storage but 0
	only      func(*reading.Published) bool // nil is any meter
}

func electricity(p *reading.Published) bool { return p.Reading.Medium == "electricity" }
func allocator(p *reading.Published) bool   { return p.Reading.Medium == "heat cost allocator" }
func room(p *reading.Published) bool        { return p.Reading.Medium == "room sensor" }

func heat(p *reading.Published) bool {
	return slices.Contains([]string{"heat", "cooling", "heat/cooling"}, p.Reading.Medium)
}

// Of heat meters, wmbusmeters names the fields of Kamstrup otherwise.
func kamstrupHeat(p *reading.Published) bool {
	return heat(p) && p.Address.Manufacturer.String() == "KAM"
}
func otherHeat(p *reading.Published) bool { return heat(p) && !kamstrupHeat(p) }

// wantedFields in the order in which they are written. Of several records that
// would become the same field the first is taken, and of several fields that a
// record could become.
var wantedFields = []wantedField{
	{name: "total_kwh", quantity: wmbus.Energy, only: otherHeat},
	{name: "total_energy_consumption_kwh", quantity: wmbus.Energy},
	{name: "total_energy_production_kwh", quantity: wmbus.Energy, qualifier: wmbus.Backward},
	{name: "total_energy_production_kwh", quantity: wmbus.Energy, role: wmbus.RoleExport},
	{name: "total_cooling_energy_kwh", quantity: wmbus.Energy, role: wmbus.RoleCooling},
	{name: "target_cooling_energy_kwh", quantity: wmbus.Energy, role: wmbus.RoleCooling, storage: 1},
	{name: "total_energy_consumption_tariff_%d_kwh", quantity: wmbus.Energy, tariff: true},
	{name: "total_energy_production_tariff_%d_kwh", quantity: wmbus.Energy, qualifier: wmbus.Backward, tariff: true},
	{name: "total_volume_m3", quantity: wmbus.Volume, only: heat},
	{name: "total_m3", quantity: wmbus.Volume},
	{name: "total_backward_m3", quantity: wmbus.Volume, qualifier: wmbus.Backward},
	{name: "total_backward_m3", quantity: wmbus.BackwardVolume},
	{name: "total_backward_m3", quantity: wmbus.Volume, role: wmbus.RoleBackward},
	{name: "forward_energy_m3c", quantity: wmbus.ForwardEnergyIndex, only: kamstrupHeat},
	{name: "return_energy_m3c", quantity: wmbus.ReturnEnergyIndex, only: kamstrupHeat},
	{name: "target_kwh", quantity: wmbus.Energy, storage: 1, only: otherHeat},
	{name: "target_energy_kwh", quantity: wmbus.Energy, storage: 1},
	{name: "target_volume_m3", quantity: wmbus.Volume, storage: 1, only: kamstrupHeat},
	{name: "target_m3", quantity: wmbus.Volume, storage: 1},
	{name: "set_date", quantity: wmbus.DateQuantity, storage: 1, only: allocator},
	{name: "target_date", quantity: wmbus.DateQuantity, storage: 1},
	{name: "target_datetime", quantity: wmbus.DateTimeQuantity, storage: 1},
	{name: "current_power_consumption_kw", quantity: wmbus.Power, only: electricity},
	{name: "power_kw", quantity: wmbus.Power},
	{name: "current_power_production_kw", quantity: wmbus.Power, qualifier: wmbus.Backward},
	{name: "max_power_kw", quantity: wmbus.Power, function: wmbus.Maximum, only: heat},
	{name: "volume_flow_m3h", quantity: wmbus.VolumeFlow},
	{name: "max_flow_m3h", quantity: wmbus.VolumeFlow, function: wmbus.Maximum},
	{name: "t1_temperature_c", quantity: wmbus.FlowTemperature, only: kamstrupHeat},
	{name: "flow_temperature_c", quantity: wmbus.FlowTemperature},
	{name: "t2_temperature_c", quantity: wmbus.ReturnTemperature, only: kamstrupHeat},
	{name: "return_temperature_c", quantity: wmbus.ReturnTemperature},
	{name: "flow_return_temperature_difference_c", quantity: wmbus.TemperatureDifference},
	{name: "current_temperature_c", quantity: wmbus.ExternalTemperature, only: room},
	{name: "external_temperature_c", quantity: wmbus.ExternalTemperature},
	{name: "external_temperature_c", quantity: wmbus.AmbientTemperature},
	{name: "current_temperature_c", quantity: wmbus.RoomTemperature},
	{name: "current_relative_humidity_rh", quantity: wmbus.RelativeHumidity},
	{name: "voltage_at_phase_1_v", quantity: wmbus.Voltage, qualifier: wmbus.PhaseL1},
	{name: "voltage_at_phase_2_v", quantity: wmbus.Voltage, qualifier: wmbus.PhaseL2},
	{name: "voltage_at_phase_3_v", quantity: wmbus.Voltage, qualifier: wmbus.PhaseL3},
	{name: "frequency_hz", quantity: wmbus.Frequency},
	{name: "current_consumption_hca", quantity: wmbus.HeatCostAllocation},
	{name: "current_hca", quantity: wmbus.HeatCostAllocation},
	{name: "consumption_hca", quantity: wmbus.HeatCostAllocation},
	{name: "consumption_at_set_date_hca", quantity: wmbus.HeatCostAllocation, storage: 1},
	{name: "target_hca", quantity: wmbus.HeatCostAllocation, storage: 1},
	{name: "consumption_at_set_date_%d_hca", quantity: wmbus.HeatCostAllocation, stored: true},
	{name: "pressure_bar", quantity: wmbus.Pressure},
	{name: "battery_v", quantity: wmbus.BatteryVoltage},
	{name: "battery_y", quantity: wmbus.BatteryLife},
	{name: "operating_time_h", quantity: wmbus.OperatingTime},
	{name: "on_time_h", quantity: wmbus.OnTime},
	{name: "actuality_duration_s", quantity: wmbus.ActualityDuration},
	{name: "device_datetime", quantity: wmbus.DateTimeQuantity, only: electricity},
	{name: "meter_datetime", quantity: wmbus.DateTimeQuantity},
	{name: "meter_date", quantity: wmbus.DateQuantity},
	{name: "fabrication_no", quantity: wmbus.FabricationNumber},
}

// takes reports whether a record of a meter becomes the field.
func (w *wantedField) takes(p *reading.Published, r *reading.Record) bool {
	if w.role != wmbus.RoleNone {
		return r.Quantity == w.quantity && r.Function == w.function && r.Role == w.role && r.Storage == w.storage && r.Per == wmbus.PerNothing
	}
	return r.Quantity == w.quantity && r.Function == w.function && r.Qualifiers == w.qualifier && r.Subunit == 0 && r.Per == wmbus.PerNothing && roleWord(r) == "" &&
		(r.Storage == w.storage && !w.stored || w.stored && r.Storage > 0) && (r.Tariff > 0) == w.tariff && (w.only == nil || w.only(p))
}

// nameFor is the name of the field for a record that becomes it.
func (w *wantedField) nameFor(r *reading.Record) string {
	switch {
	case w.tariff:
		return fmt.Sprintf(w.name, r.Tariff)
	case w.stored:
		return fmt.Sprintf(w.name, r.Storage)
	}
	return w.name
}

// shares reports whether a record may become this field though it is another
// already: drivers for allocators and heat name one value in different ways.
func (w *wantedField) shares(p *reading.Published) bool {
	return strings.HasSuffix(w.name, "_hca") || strings.HasSuffix(w.name, "_kwh") && heat(p)
}

// suffixes are the units at the end of a field's name, with the factors that
// bring others to it, and what Home Assistant calls it.
var suffixes = map[string]struct {
	unit    string
	factors map[wmbus.Unit]float64
}{
	"m3":  {"m³", map[wmbus.Unit]float64{wmbus.UnitM3: 1, wmbus.UnitLitre: 1e-3, wmbus.UnitGallon: litresOfGallon / 1000, wmbus.UnitCubicFoot: 0.028316846592}},
	"kwh": {"kWh", map[wmbus.Unit]float64{wmbus.UnitKWh: 1, wmbus.UnitMJ: 1 / 3.6, wmbus.UnitGJ: 1000 / 3.6, wmbus.UnitMcal: 1.163}},
	"kw":  {"kW", map[wmbus.Unit]float64{wmbus.UnitKW: 1, wmbus.UnitW: 1e-3, wmbus.UnitMJPerHour: 1 / 3.6}},
	"m3h": {"m³/h", map[wmbus.Unit]float64{
		wmbus.UnitM3PerHour: 1, wmbus.UnitLitrePerHour: 1e-3, wmbus.UnitGallonPerHour: litresOfGallon / 1000, wmbus.UnitGallonPerMinute: litresOfGallon * 60 / 1000,
	}},
	"c":   {"°C", map[wmbus.Unit]float64{wmbus.UnitCelsius: 1, wmbus.UnitKelvin: 1, wmbus.UnitFahrenheit: 5.0 / 9}},
	"rh":  {"%", map[wmbus.Unit]float64{wmbus.UnitRelativeHumidity: 1, wmbus.UnitPercent: 1}},
	"hca": {"HCA", map[wmbus.Unit]float64{wmbus.UnitHCA: 1, wmbus.UnitNone: 1}},
	"bar": {"bar", map[wmbus.Unit]float64{wmbus.UnitBar: 1}},
	"v":   {"V", map[wmbus.Unit]float64{wmbus.UnitVolt: 1}},
	"hz":  {"Hz", map[wmbus.Unit]float64{wmbus.UnitHertz: 1}},
	"m3c": {"m³°C", map[wmbus.Unit]float64{wmbus.UnitM3Celsius: 1}},
	"h":   {"h", map[wmbus.Unit]float64{wmbus.UnitHour: 1, wmbus.UnitDay: 24, wmbus.UnitMinute: 1.0 / 60, wmbus.UnitSecond: 1.0 / 3600}},
	"s":   {"s", map[wmbus.Unit]float64{wmbus.UnitSecond: 1, wmbus.UnitMinute: 60, wmbus.UnitHour: 3600, wmbus.UnitDay: 86400}},
	"y":   {"", map[wmbus.Unit]float64{wmbus.UnitYear: 1, wmbus.UnitMonth: 1.0 / 12, wmbus.UnitDay: 1 / daysOfYear, wmbus.UnitHour: 1 / daysOfYear / 24}},
}

// zeros are temperatures of 0 °C; differences have none.
var zeros = map[wmbus.Unit]float64{wmbus.UnitKelvin: 273.15, wmbus.UnitFahrenheit: 32}

// value writes a record as the field has it, and names its unit; false where it
// cannot.
func (w *wantedField) value(r *reading.Record) (text json.RawMessage, unit string, ok bool) {
	suffix := w.name[strings.LastIndexByte(w.name, '_')+1:]
	switch suffix {
	case "date", "datetime":
		return w.date(r)
	case "no":
		return quote(r.Value.String()), "", r.Value.Valid()
	}
	s := suffixes[suffix]
	factor, known := s.factors[r.Unit]
	n, numeric := r.Number()
	if !known || !numeric {
		return nil, "", false
	}
	zero := zeros[r.Unit]
	if r.Quantity == wmbus.TemperatureDifference {
		zero = 0
	}
	if factor == 1 && zero == 0 {
		return r.Value.AppendText(nil), s.unit, true // as the meter sent it, digits included
	}
	n = math.Round((n-zero)*factor*1e6) / 1e6
	return strconv.AppendFloat(nil, n, 'f', -1, 64), s.unit, true
}

// date writes a date as 2026-03-02, and with the time to the minute.
func (w *wantedField) date(r *reading.Record) (text json.RawMessage, unit string, ok bool) {
	const minutes = len("2026-03-02 09:15")
	s := r.Value.String()
	if strings.HasSuffix(w.name, "datetime") {
		s = strings.Replace(s, "T", " ", 1)
		s = s[:min(len(s), minutes)]
	}
	return quote(s), "", r.Value.Valid() && r.Value.Kind() != wmbus.NumberValue && s != ""
}

// field is one field of a JSON object.
type field struct {
	name   string
	value  json.RawMessage
	unit   string          // as Home Assistant writes it, "" if that is not known
	record *reading.Record // that it was made of, nil for none
}

// maxFields bounds the fields of a message, whatever a meter sends.
const maxFields = 128

// wmbusFields returns the quantities of a reading in wmbusmeters' fields.
func wmbusFields(p *reading.Published) []field {
	var out []field
	used := map[string]bool{}
	taken := map[int]bool{} // by record: total_volume_m3 or total_m3, not both
	for i := range wantedFields {
		w := &wantedFields[i]
		for n := range p.Reading.Records {
			r := &p.Reading.Records[n]
			if taken[n] && !w.shares(p) || !w.takes(p, r) {
				continue
			}
			name := w.nameFor(r)
			if v, unit, ok := w.value(r); ok && !used[name] && len(out) < maxFields {
				out = append(out, field{name, v, unit, r})
				used[name], taken[n] = true, true
			}
		}
	}
	return out
}
