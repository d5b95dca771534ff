package format

import (
	"earshot/collector/reading"
	"earshot/device"
	"earshot/device/wmbus"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// wantedField says which field of wmbusmeters' JSON a record becomes. The
// names are those that its documentation shows for the common quantities
// (docs/protocol/homeassistant.md#wmbusmeters-fields).
type wantedField struct {
	name      string
	quantity  wmbus.Quantity
	storage   uint64
	function  wmbus.Function
	media     []string // nil is any
	qualifier wmbus.Qualifiers
}

var (
	heatMedia = []string{"heat", "cooling", "heat/cooling"}
	roomMedia = []string{"room sensor"}
)

// wantedFields in the order in which they are written; of several records that
// would become the same field the first is taken.
var wantedFields = []wantedField{
	{name: "total_energy_consumption_kwh", quantity: wmbus.Energy},
	{name: "total_energy_production_kwh", quantity: wmbus.Energy, qualifier: wmbus.Backward},
	{name: "total_volume_m3", quantity: wmbus.Volume, media: heatMedia},
	{name: "total_m3", quantity: wmbus.Volume},
	{name: "target_energy_kwh", quantity: wmbus.Energy, storage: 1},
	{name: "target_m3", quantity: wmbus.Volume, storage: 1},
	{name: "set_date", quantity: wmbus.DateQuantity, storage: 1, media: []string{"heat cost allocator"}},
	{name: "target_date", quantity: wmbus.DateQuantity, storage: 1},
	{name: "target_datetime", quantity: wmbus.DateTimeQuantity, storage: 1},
	{name: "current_power_consumption_kw", quantity: wmbus.Power},
	{name: "volume_flow_m3h", quantity: wmbus.VolumeFlow},
	{name: "max_flow_m3h", quantity: wmbus.VolumeFlow, function: wmbus.Maximum},
	{name: "flow_temperature_c", quantity: wmbus.FlowTemperature},
	{name: "return_temperature_c", quantity: wmbus.ReturnTemperature},
	{name: "flow_return_temperature_difference_c", quantity: wmbus.TemperatureDifference},
	{name: "current_temperature_c", quantity: wmbus.ExternalTemperature, media: roomMedia},
	{name: "external_temperature_c", quantity: wmbus.ExternalTemperature},
	{name: "external_temperature_c", quantity: wmbus.AmbientTemperature},
	{name: "current_temperature_c", quantity: wmbus.RoomTemperature},
	{name: "current_relative_humidity_rh", quantity: wmbus.RelativeHumidity},
	{name: "current_consumption_hca", quantity: wmbus.HeatCostAllocation},
	{name: "current_hca", quantity: wmbus.HeatCostAllocation},
	{name: "consumption_hca", quantity: wmbus.HeatCostAllocation},
	{name: "consumption_at_set_date_hca", quantity: wmbus.HeatCostAllocation, storage: 1},
	{name: "pressure_bar", quantity: wmbus.Pressure},
	{name: "operating_time_h", quantity: wmbus.OperatingTime},
	{name: "on_time_h", quantity: wmbus.OnTime},
	{name: "meter_datetime", quantity: wmbus.DateTimeQuantity},
	{name: "meter_date", quantity: wmbus.DateQuantity},
}

// takes reports whether a record becomes the field.
func (w *wantedField) takes(medium string, r *reading.Record) bool {
	return r.Quantity == w.quantity && r.Storage == w.storage && r.Function == w.function && r.Tariff == 0 && r.Subunit == 0 &&
		r.Qualifiers == w.qualifier && r.Per == wmbus.PerNothing && (w.media == nil || slices.Contains(w.media, medium))
}

// conversions bring a unit to the one that the name of a field ends with.
var conversions = map[wmbus.Unit]struct {
	suffix string
	factor float64
	offset float64
}{
	wmbus.UnitM3: {"_m3", 1, 0}, wmbus.UnitLitre: {"_m3", 1e-3, 0},
	wmbus.UnitKWh: {"_kwh", 1, 0}, wmbus.UnitMJ: {"_kwh", 1 / 3.6, 0}, wmbus.UnitGJ: {"_kwh", 1000 / 3.6, 0},
	wmbus.UnitKW: {"_kw", 1, 0}, wmbus.UnitW: {"_kw", 1e-3, 0}, wmbus.UnitMJPerHour: {"_kw", 1 / 3.6, 0},
	wmbus.UnitM3PerHour: {"_m3h", 1, 0}, wmbus.UnitLitrePerHour: {"_m3h", 1e-3, 0},
	wmbus.UnitCelsius: {"_c", 1, 0}, wmbus.UnitKelvin: {"_c", 1, 0}, wmbus.UnitFahrenheit: {"_c", 5.0 / 9, -160.0 / 9},
	wmbus.UnitRelativeHumidity: {"_rh", 1, 0}, wmbus.UnitPercent: {"_rh", 1, 0}, wmbus.UnitHCA: {"_hca", 1, 0}, wmbus.UnitNone: {"_hca", 1, 0}, wmbus.UnitBar: {"_bar", 1, 0},
	wmbus.UnitHour: {"_h", 1, 0}, wmbus.UnitDay: {"_h", 24, 0}, wmbus.UnitMinute: {"_h", 1.0 / 60, 0}, wmbus.UnitSecond: {"_h", 1.0 / 3600, 0},
}

// value writes a record as the field has it; false where it cannot.
func (w *wantedField) value(r *reading.Record) (json.RawMessage, bool) {
	if strings.HasSuffix(w.name, "date") || strings.HasSuffix(w.name, "datetime") {
		text := r.Value.String()
		if strings.HasSuffix(w.name, "datetime") {
			text = strings.Replace(strings.TrimSuffix(text, "Z"), "T", " ", 1)
		}
		return quote(text), r.Value.Valid() && r.Value.Kind() != wmbus.NumberValue && text != ""
	}
	c, known := conversions[r.Unit]
	n, numeric := r.Number()
	if !known || !numeric || !strings.HasSuffix(w.name, c.suffix) {
		return nil, false
	}
	if c.factor == 1 && c.offset == 0 {
		return r.Value.AppendText(nil), true // as the meter sent it, digits included
	}
	n = math.Round((n*c.factor+c.offset)*1e6) / 1e6
	return strconv.AppendFloat(nil, n, 'f', -1, 64), true
}

// field is one field of a JSON object.
type field struct {
	name  string
	value json.RawMessage
}

// wmbusFields returns the quantities of a reading in wmbusmeters' fields.
func wmbusFields(r *reading.Reading) []field {
	var out []field
	used := map[string]bool{}
	taken := map[int]bool{} // by record: total_volume_m3 or total_m3, not both
	for i := range wantedFields {
		w := &wantedFields[i]
		for n := range r.Records {
			again := taken[n] && !strings.HasSuffix(w.name, "_hca")
			if used[w.name] || again || !w.takes(r.Medium, &r.Records[n]) {
				continue
			}
			if v, ok := w.value(&r.Records[n]); ok {
				out = append(out, field{w.name, v})
				used[w.name], taken[n] = true, true
			}
		}
	}
	return out
}

// wmbusmeters writes a reading as wmbusmeters does.
func wmbusmeters(p *reading.Published) []byte {
	r := p.Reading
	fields := []field{
		{"_", quote("telegram")}, {"media", quote(wmbusMedia(r.Medium))}, {"meter", quote("auto")},
		{"name", quote(p.Meter)}, {"id", quote(strings.ToLower(p.Address.ID.String()))}, {"status", quote(wmbusStatus(r.Status.Words()))},
	}
	fields = append(fields, wmbusFields(r)...)
	fields = append(fields, field{"timestamp", quote(r.Time.UTC().Format(time.RFC3339))}, field{"device", quote(p.Receiver)})
	if p.RSSI.Scale == device.ScaleDBm {
		fields = append(fields, field{"rssi_dbm", strconv.AppendInt(nil, int64(p.RSSI.Value), 10)})
	}
	return object(fields)
}

// wmbusMedia is the word for a medium where it is another one than ours.
func wmbusMedia(medium string) string {
	if medium == "heat cost allocator" {
		return "heat cost allocation"
	}
	return medium
}

// wmbusStatus is OK, or the words in capitals.
func wmbusStatus(words []string) string {
	if len(words) == 0 {
		return "OK"
	}
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = strings.ToUpper(strings.ReplaceAll(w, " ", "_"))
	}
	return strings.Join(all, " ")
}

// object writes a JSON object with its fields in this order.
func object(fields []field) []byte {
	b := []byte{'{'}
	for i, f := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, quote(f.name)...), ':'), f.value...)
	}
	return append(b, '}')
}

// quote writes a JSON string.
func quote(s string) json.RawMessage {
	b, err := json.Marshal(s)
	if err != nil {
		return json.RawMessage(`""`) // a string can always be written
	}
	return b
}
