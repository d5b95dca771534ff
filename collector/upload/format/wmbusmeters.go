package format

import (
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
	quantity  string
	storage   uint64
	function  string   // "" is instantaneous
	media     []string // nil is any
	qualifier string   // "" is none
}

var (
	heatMedia = []string{"heat", "cooling", "heat/cooling"}
	roomMedia = []string{"room sensor"}
)

// wantedFields in the order in which they are written; of several records that
// would become the same field the first is taken.
var wantedFields = []wantedField{
	{name: "total_energy_consumption_kwh", quantity: "energy"},
	{name: "total_energy_production_kwh", quantity: "energy", qualifier: "only backward"},
	{name: "total_volume_m3", quantity: "volume", media: heatMedia},
	{name: "total_m3", quantity: "volume"},
	{name: "target_energy_kwh", quantity: "energy", storage: 1},
	{name: "target_m3", quantity: "volume", storage: 1},
	{name: "set_date", quantity: "date", storage: 1, media: []string{"heat cost allocator"}},
	{name: "target_date", quantity: "date", storage: 1},
	{name: "target_datetime", quantity: "date_time", storage: 1},
	{name: "current_power_consumption_kw", quantity: "power"},
	{name: "volume_flow_m3h", quantity: "volume_flow"},
	{name: "max_flow_m3h", quantity: "volume_flow", function: "maximum"},
	{name: "flow_temperature_c", quantity: "flow_temperature"},
	{name: "return_temperature_c", quantity: "return_temperature"},
	{name: "flow_return_temperature_difference_c", quantity: "temperature_difference"},
	{name: "current_temperature_c", quantity: "external_temperature", media: roomMedia},
	{name: "external_temperature_c", quantity: "external_temperature"},
	{name: "external_temperature_c", quantity: "ambient_temperature"},
	{name: "current_temperature_c", quantity: "room_temperature"},
	{name: "current_relative_humidity_rh", quantity: "relative_humidity"},
	{name: "current_consumption_hca", quantity: "heat_cost_allocation"},
	{name: "current_hca", quantity: "heat_cost_allocation"},
	{name: "consumption_hca", quantity: "heat_cost_allocation"},
	{name: "consumption_at_set_date_hca", quantity: "heat_cost_allocation", storage: 1},
	{name: "pressure_bar", quantity: "pressure"},
	{name: "operating_time_h", quantity: "operating_time"},
	{name: "on_time_h", quantity: "on_time"},
	{name: "meter_datetime", quantity: "date_time"},
	{name: "meter_date", quantity: "date"},
}

// takes reports whether a record becomes the field.
func (w *wantedField) takes(medium string, r *record) bool {
	function, qualified := w.function, len(r.Qualifiers) == 0
	if function == "" {
		function = "instantaneous"
	}
	if w.qualifier != "" {
		qualified = slices.Equal(r.Qualifiers, []string{w.qualifier})
	}
	return r.Quantity == w.quantity && r.Storage == w.storage && r.Function == function && r.Tariff == 0 && r.Subunit == 0 && qualified &&
		(w.media == nil || slices.Contains(w.media, medium))
}

// conversions bring a unit to the one that the name of a field ends with.
var conversions = map[string]struct {
	suffix string
	factor float64
	offset float64
}{
	"m³": {"_m3", 1, 0}, "l": {"_m3", 1e-3, 0},
	"kWh": {"_kwh", 1, 0}, "MJ": {"_kwh", 1 / 3.6, 0}, "GJ": {"_kwh", 1000 / 3.6, 0},
	"kW": {"_kw", 1, 0}, "W": {"_kw", 1e-3, 0}, "MJ/h": {"_kw", 1 / 3.6, 0},
	"m³/h": {"_m3h", 1, 0}, "l/h": {"_m3h", 1e-3, 0},
	"°C": {"_c", 1, 0}, "K": {"_c", 1, 0}, "°F": {"_c", 5.0 / 9, -160.0 / 9},
	"%RH": {"_rh", 1, 0}, "%": {"_rh", 1, 0}, "HCA": {"_hca", 1, 0}, "": {"_hca", 1, 0}, "bar": {"_bar", 1, 0},
	"h": {"_h", 1, 0}, "d": {"_h", 24, 0}, "min": {"_h", 1.0 / 60, 0}, "s": {"_h", 1.0 / 3600, 0},
}

// value writes a record as the field has it; false where it cannot.
func (w *wantedField) value(r *record) (json.RawMessage, bool) {
	if strings.HasSuffix(w.name, "date") || strings.HasSuffix(w.name, "datetime") {
		text, ok := r.text()
		if strings.HasSuffix(w.name, "datetime") {
			text = strings.Replace(strings.TrimSuffix(text, "Z"), "T", " ", 1)
		}
		return quote(text), ok
	}
	c, known := conversions[r.Unit]
	n, numeric := r.number()
	if !known || !numeric || !strings.HasSuffix(w.name, c.suffix) {
		return nil, false
	}
	if c.factor == 1 && c.offset == 0 {
		return r.Value, true // as the meter sent it, digits included
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
func wmbusFields(r *reading) []field {
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
func wmbusmeters(r *reading) []byte {
	fields := []field{
		{"_", quote("telegram")}, {"media", quote(wmbusMedia(r.Medium))}, {"meter", quote("auto")},
		{"name", quote(r.Meter)}, {"id", quote(strings.ToLower(r.ID))}, {"status", quote(wmbusStatus(r.Status))},
	}
	fields = append(fields, wmbusFields(r)...)
	fields = append(fields, field{"timestamp", quote(r.Time.UTC().Format(time.RFC3339))}, field{"device", quote(r.Receiver)})
	if r.RSSI != nil {
		fields = append(fields, field{"rssi_dbm", strconv.AppendInt(nil, int64(*r.RSSI), 10)})
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
