package format

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"earshot/collector/reading"
	"earshot/collector/upload"
	"earshot/device"
	"earshot/device/wmbus"
)

// class is how Home Assistant shows a quantity.
type class struct {
	quantity wmbus.Quantity
	units    []wmbus.Unit
	name     string
	device   string // device_class, "" for none
	state    string // state_class
}

// classes of what is announced, in this order. Water and gas are told apart by
// the medium. Source: docs/protocol/homeassistant.md#device-classes.
var classes = []class{
	{wmbus.Volume, []wmbus.Unit{wmbus.UnitM3, wmbus.UnitLitre, wmbus.UnitCubicFoot, wmbus.UnitGallon}, "Volume", "water", "total_increasing"},
	{wmbus.Energy, []wmbus.Unit{wmbus.UnitKWh, wmbus.UnitMJ, wmbus.UnitGJ}, "Energy", "energy", "total_increasing"},
	{wmbus.HeatCostAllocation, []wmbus.Unit{wmbus.UnitHCA, wmbus.UnitNone}, "Consumption", "", "total_increasing"},
	{wmbus.Power, []wmbus.Unit{wmbus.UnitW, wmbus.UnitKW}, "Power", "power", "measurement"},
	{wmbus.VolumeFlow, []wmbus.Unit{wmbus.UnitM3PerHour, wmbus.UnitLitrePerHour}, "Flow", "volume_flow_rate", "measurement"},
	{wmbus.FlowTemperature, []wmbus.Unit{wmbus.UnitCelsius, wmbus.UnitFahrenheit, wmbus.UnitKelvin}, "Flow temperature", "temperature", "measurement"},
	{wmbus.ReturnTemperature, []wmbus.Unit{wmbus.UnitCelsius, wmbus.UnitFahrenheit, wmbus.UnitKelvin}, "Return temperature", "temperature", "measurement"},
	{wmbus.ExternalTemperature, []wmbus.Unit{wmbus.UnitCelsius, wmbus.UnitFahrenheit, wmbus.UnitKelvin}, "External temperature", "temperature", "measurement"},
	{wmbus.AmbientTemperature, []wmbus.Unit{wmbus.UnitCelsius, wmbus.UnitFahrenheit, wmbus.UnitKelvin}, "Ambient temperature", "temperature", "measurement"},
	{wmbus.RoomTemperature, []wmbus.Unit{wmbus.UnitCelsius, wmbus.UnitFahrenheit, wmbus.UnitKelvin}, "Room temperature", "temperature", "measurement"},
	{wmbus.RelativeHumidity, []wmbus.Unit{wmbus.UnitRelativeHumidity, wmbus.UnitPercent}, "Humidity", "humidity", "measurement"},
	{wmbus.Pressure, []wmbus.Unit{wmbus.UnitBar}, "Pressure", "pressure", "measurement"},
	{wmbus.Voltage, []wmbus.Unit{wmbus.UnitVolt}, "Voltage", "voltage", "measurement"},
	{wmbus.Current, []wmbus.Unit{wmbus.UnitAmpere}, "Current", "current", "measurement"},
	{wmbus.Frequency, []wmbus.Unit{wmbus.UnitHertz}, "Frequency", "frequency", "measurement"},
	{wmbus.BatteryVoltage, []wmbus.Unit{wmbus.UnitVolt}, "Battery voltage", "voltage", "measurement"},
}

// haUnits are the units that Home Assistant writes otherwise.
var haUnits = map[string]string{"l": "L", "l/h": "L/h", "%RH": "%"}

// sensor is the configuration of one sensor, as Home Assistant's MQTT sensor
// integration documents it (docs/protocol/homeassistant.md#keys).
type sensor struct {
	Name         string         `json:"name"`
	UniqueID     string         `json:"unique_id"`
	StateTopic   string         `json:"state_topic"`
	Template     string         `json:"value_template"`
	DeviceClass  string         `json:"device_class,omitempty"`
	StateClass   string         `json:"state_class,omitempty"`
	Unit         string         `json:"unit_of_measurement,omitempty"`
	Category     string         `json:"entity_category,omitempty"`
	Availability []availability `json:"availability,omitempty"`
	Device       haDevice       `json:"device"`
	Origin       origin         `json:"origin"`
}

type availability struct {
	Topic    string `json:"topic"`
	Template string `json:"value_template"`
}

type haDevice struct {
	Identifiers  []string `json:"identifiers"`
	Name         string   `json:"name"`
	Manufacturer string   `json:"manufacturer,omitempty"`
	Model        string   `json:"model,omitempty"`
	Serial       string   `json:"serial_number"`
}

type origin struct {
	Name     string `json:"name"`
	Software string `json:"sw_version,omitempty"`
}

// discovery announces the sensors of a meter.
type discovery struct {
	prefix  string // of the topics
	format  Format // of the readings
	status  string // topic
	version string // of earshot
}

// announcements returns the sensors that a reading has values for.
func (d *discovery) announcements(p *reading.Published, topic string) []upload.Announcement {
	var out []upload.Announcement
	r := p.Reading
	add := func(quantity string, s sensor) {
		unique := nodeID("earshot_" + p.Meter)
		s.UniqueID, s.StateTopic = unique+"_"+quantity, topic
		out = append(out, upload.Announcement{
			Topic: fmt.Sprintf("%s/sensor/%s/%s/config", d.prefix, unique, quantity),
			Payload: func() []byte {
				d.common(&s, p, unique)
				b, _ := json.Marshal(s) // a struct of texts can always be written
				return b
			},
		})
	}
	for i := range classes {
		c := &classes[i]
		n := slices.IndexFunc(r.Records, func(v reading.Record) bool {
			_, numeric := v.Number()
			return v.Quantity == c.quantity && v.Current() && numeric && slices.Contains(c.units, v.Unit)
		})
		if n < 0 {
			continue
		}
		if s, ok := d.quantity(c, r, &r.Records[n]); ok {
			add(c.quantity.String(), s)
		}
	}
	add("status", sensor{Name: "Status", Template: d.template("status"), Category: "diagnostic"})
	add("last_heard", sensor{Name: "Last heard", Template: d.template("time"), DeviceClass: "timestamp", Category: "diagnostic"})
	if p.RSSI.Scale == device.ScaleDBm {
		add("signal", sensor{Name: "Signal", Template: "{{ value_json.rssi_dbm }}", DeviceClass: "signal_strength", StateClass: "measurement", Unit: "dBm", Category: "diagnostic"})
	}
	return out
}

// template is where a value that is no record stands.
func (d *discovery) template(what string) string {
	own := map[string]string{"status": "{{ value_json.status | default([], true) | join(', ') | default('ok', true) }}", "time": "{{ value_json.time }}"}
	if d.format == Wmbusmeters {
		own = map[string]string{"status": "{{ value_json.status }}", "time": "{{ value_json.timestamp }}"}
	}
	return own[what]
}

// quantity is the sensor of one quantity. Where a telegram does not have it the
// template yields nothing, and Home Assistant keeps the last value.
func (d *discovery) quantity(c *class, r *reading.Reading, v *reading.Record) (sensor, bool) {
	s := sensor{Name: c.name, DeviceClass: c.device, StateClass: c.state, Unit: v.Unit.String()}
	if d.format == Wmbusmeters {
		name, unit := wmbusField(r, v)
		if name == "" {
			return s, false
		}
		s.Template, s.Unit = fmt.Sprintf("{{ value_json.%s }}", name), unit
	} else {
		s.Template = fmt.Sprintf("{{ value_json.records | selectattr('quantity', 'eq', '%s') | selectattr('unit', 'eq', '%s') | selectattr('function', 'eq', 'instantaneous') | "+
			"selectattr('storage', 'eq', 0) | selectattr('tariff', 'eq', 0) | selectattr('subunit', 'eq', 0) | rejectattr('qualifiers', 'defined') | map(attribute='value') | first }}",
			c.quantity, v.Unit)
		if v.Unit == wmbus.UnitNone {
			s.Template = strings.Replace(s.Template, "selectattr('unit', 'eq', '')", "rejectattr('unit', 'defined')", 1)
		}
	}
	if u, other := haUnits[s.Unit]; other {
		s.Unit = u
	}
	if s.Unit == "" && c.quantity == wmbus.HeatCostAllocation {
		s.Unit = "HCA"
	}
	if s.DeviceClass == "water" {
		s.DeviceClass = volumeClass(r.Medium)
	}
	return s, true
}

// volumeClass is the device class of a volume, by the medium.
func volumeClass(medium string) string {
	switch medium {
	case "gas":
		return "gas"
	case "water", "cold water", "warm water", "hot water", "waste water":
		return "water"
	}
	return "volume"
}

// wmbusField returns the field that a record becomes, and its unit.
func wmbusField(r *reading.Reading, v *reading.Record) (name, unit string) {
	units := map[string]string{"_m3": "m³", "_kwh": "kWh", "_kw": "kW", "_m3h": "m³/h", "_c": "°C", "_rh": "%", "_hca": "HCA", "_bar": "bar"}
	for i := range wantedFields {
		w := &wantedFields[i]
		if _, ok := w.value(v); ok && w.takes(r.Medium, v) {
			return w.name, units[conversions[v.Unit].suffix]
		}
	}
	return "", ""
}

// common fills in what all sensors of a meter share.
func (d *discovery) common(s *sensor, p *reading.Published, unique string) {
	maker, id, medium := p.Address.Manufacturer.String(), p.Address.ID.String(), p.Reading.Medium
	s.Device = haDevice{
		Identifiers: []string{unique}, Name: strings.TrimSpace(maker + " " + id + " " + medium),
		Manufacturer: maker, Model: fmt.Sprintf("%s, version %d", medium, p.Address.Version), Serial: id,
	}
	s.Origin = origin{Name: "earshot", Software: d.version}
	if d.status != "" {
		s.Availability = []availability{{Topic: d.status, Template: "{{ value_json.status }}"}}
	}
}

// nodeID is a name as a discovery topic may hold it: letters, digits, _ and -.
func nodeID(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, name)
}
