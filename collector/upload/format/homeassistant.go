package format

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"strings"

	"earshot/collector/reading"
	"earshot/collector/upload"
	"earshot/device"
	"earshot/device/wmbus"
)

// document announces a device with all its entities, as Home Assistant's MQTT
// integration documents it (docs/protocol/homeassistant.md#keys).
type document struct {
	Device       haDevice             `json:"device"`
	Origin       origin               `json:"origin"`
	StateTopic   string               `json:"state_topic"`
	Availability []availability       `json:"availability,omitempty"`
	Components   map[string]component `json:"components"`
}

// component is a sensor or a binary sensor.
type component struct {
	Platform    string `json:"platform"`
	Name        string `json:"name,omitempty"`
	UniqueID    string `json:"unique_id"`
	EntityID    string `json:"default_entity_id"`
	Template    string `json:"value_template"`
	DeviceClass string `json:"device_class,omitempty"`
	StateClass  string `json:"state_class,omitempty"`
	Unit        string `json:"unit_of_measurement,omitempty"`
	Precision   *int   `json:"suggested_display_precision,omitempty"`
	Category    string `json:"entity_category,omitempty"`
	ExpireAfter int    `json:"expire_after,omitempty"` // seconds
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
	Hardware     string   `json:"hw_version,omitempty"`
	Software     string   `json:"sw_version,omitempty"`
	Serial       string   `json:"serial_number,omitempty"`
	Via          string   `json:"via_device,omitempty"`
}

type origin struct {
	Name     string `json:"name"`
	Software string `json:"sw_version,omitempty"`
}

// maxComponents bounds the entities of a meter, whatever it sends.
const maxComponents = 64

// discovery announces meters. It remembers what each has sent, since a meter
// that sends short and long telegrams must not lose an entity. It belongs to
// the one goroutine that renders.
type discovery struct {
	prefix  string // of the topics
	format  Format // of the readings
	site    string
	status  string // topic
	version string // of earshot
	meters  map[string]*meter
}

// meter is what was heard of one meter.
type meter struct {
	address    wmbus.Address
	medium     string
	topic      string // of its readings
	version    int    // of its announcement
	components map[string]component
	rhythm     rhythm
}

// announcements returns the gateway's and the meter's, which a reading that is
// published on topic needs.
func (d *discovery) announcements(p *reading.Published, topic string) []upload.Announcement {
	unique := uniqueOf(p.Address)
	m := d.meters[unique]
	if m == nil {
		m = &meter{address: p.Address, components: map[string]component{}}
		d.meters[unique] = m
	}
	if m.topic != topic || m.medium != p.Reading.Medium {
		m.topic, m.medium = topic, p.Reading.Medium
		m.version++
	}
	if m.rhythm.hear(p.Reading.Time) {
		m.version++
	}
	d.diagnostics(m, p)
	if d.format == Wmbusmeters {
		d.fields(m, p)
	} else {
		d.records(m, p.Reading)
	}
	gateway := d.gatewayID()
	return []upload.Announcement{
		{Topic: d.configTopic(gateway), Payload: func() []byte { return encode(d.gateway(gateway)) }},
		{Topic: d.configTopic(unique), Version: m.version, Payload: func() []byte { return encode(d.document(m, unique)) }},
	}
}

func (d *discovery) configTopic(object string) string {
	return d.prefix + "/device/" + object + "/config"
}

func encode(doc document) []byte {
	b, _ := json.Marshal(doc) // a struct of texts can always be written
	return b
}

// add puts an entity into a meter's announcement, unless it is there.
func (m *meter) add(key string, c component) {
	if _, there := m.components[key]; !there && len(m.components) < maxComponents {
		m.components[key] = c
		m.version++
	}
}

// records adds what a reading in earshot's format has values for.
func (d *discovery) records(m *meter, r *reading.Reading) {
	for i := range r.Records {
		v := &r.Records[i]
		if k, ok := announced(v); ok {
			class, u := k.fit(r.Medium, units[v.Unit])
			m.add(keyOf(v), k.component(keyOf(v), class, u.text, recordTemplate(v, u.factor), v.Value.String(), v))
		}
	}
}

// fields adds what a reading in wmbusmeters' format has fields for.
func (d *discovery) fields(m *meter, p *reading.Published) {
	for _, f := range wmbusFields(p) {
		if f.record == nil {
			continue
		}
		if k, ok := announced(f.record); ok && f.unit != "" {
			class, u := k.fit(p.Reading.Medium, unit{text: f.unit})
			m.add(keyOf(f.record), k.component(keyOf(f.record), class, u.text, "{{ value_json."+f.name+" | default('') }}", string(f.value), f.record))
		}
	}
}

// component is the sensor of a record, with a value as it is published.
func (k kind) component(key, class, unit, template, value string, v *reading.Record) component {
	c := component{Platform: "sensor", Name: wording(key), Template: template, DeviceClass: class, StateClass: k.state, Unit: unit, Category: k.category}
	if class != "" && !k.named && key == v.Quantity.String() {
		c.Name = "" // Home Assistant has a word for it in the user's language
	}
	if v.Quantity == wmbus.HeatCostAllocation && c.Unit == "" {
		c.Unit = units[wmbus.UnitHCA].text
	}
	if n := decimals(value); v.Value.Valid() && !strings.HasPrefix(template, "{%") {
		c.Precision = &n
	}
	return c
}

// diagnostics adds what every reading says: status, alarms, when and how well
// it was heard.
func (d *discovery) diagnostics(m *meter, p *reading.Published) {
	status, heard := "{{ value_json.status | default([], true) | join(', ') | default('ok', true) | truncate(250, true, '') }}", "{{ value_json.time | default('None') }}"
	if d.format == Wmbusmeters {
		status, heard = "{{ value_json.status | default('OK') | truncate(250, true, '') }}", "{{ value_json.timestamp | default('None') }}"
	}
	m.add("status", component{Platform: "sensor", Name: "Status", Template: status, Category: diagnostic})
	m.add(lastHeard, component{Platform: "sensor", Name: "Last heard", Template: heard, DeviceClass: "timestamp", Category: diagnostic})
	if p.RSSI.Scale == device.ScaleDBm {
		none := 0
		m.add("signal", component{Platform: "sensor", Template: "{{ value_json.rssi_dbm | default('') }}", DeviceClass: "signal_strength",
			StateClass: measurement, Unit: "dBm", Precision: &none, Category: diagnostic})
	}
	for i := range alarms {
		if a := &alarms[i]; a.has(p.Reading) {
			m.add(a.key, component{Platform: "binary_sensor", Name: a.name, Template: a.template(d.format), DeviceClass: a.class, Category: a.category})
		}
	}
}

// lastHeard is the key of the only entity that does not expire: it says why the
// others have.
const lastHeard = "last_heard"

// document announces a meter.
func (d *discovery) document(m *meter, unique string) document {
	maker, id := m.address.Manufacturer.String(), m.address.ID.String()
	doc := document{
		Device: haDevice{
			Identifiers: []string{unique}, Name: strings.TrimSpace(maker + " " + id + " " + m.medium), Manufacturer: maker,
			Model: m.medium, Hardware: fmt.Sprint(m.address.Version), Serial: id, Via: d.gatewayID(),
		},
		Origin: d.origin(), StateTopic: m.topic, Components: maps.Clone(m.components),
	}
	if d.status != "" { // a run that has ended takes nothing from its readings
		doc.Availability = []availability{{Topic: d.status, Template: "{{ 'offline' if value_json.reason | default('') == 'connection lost' else 'online' }}"}}
	}
	entity := entityID(maker + "_" + id)
	for key, c := range doc.Components {
		c.UniqueID, c.EntityID = unique+"_"+key, c.Platform+"."+entity+"_"+key
		if key != lastHeard {
			c.ExpireAfter = int(m.rhythm.step.Seconds())
		}
		doc.Components[key] = c
	}
	return doc
}

func (d *discovery) origin() origin { return origin{Name: "earshot", Software: d.version} }

// gateway announces this program, by which meters are heard.
func (d *discovery) gateway(unique string) document {
	named := func(c component, key string) component {
		c.UniqueID, c.EntityID, c.Category = unique+"_"+key, c.Platform+"."+entityID(unique)+"_"+key, diagnostic
		return c
	}
	return document{
		Device: haDevice{Identifiers: []string{unique}, Name: strings.TrimSpace("earshot " + d.site), Model: "wireless M-Bus gateway", Software: d.version},
		Origin: d.origin(), StateTopic: d.status,
		Components: map[string]component{
			"running": named(component{Platform: "binary_sensor", DeviceClass: "connectivity", Template: "{{ 'ON' if value_json.status | default('') == 'online' else 'OFF' }}"}, "running"),
			"receivers": named(component{Platform: "sensor", Name: "Receivers",
				Template: "{{ value_json.receivers | default([], true) | join(', ') | default('none', true) | truncate(250, true, '') }}"}, "receivers"),
		},
	}
}

// uniqueOf names a meter by its own address, which no list changes.
func uniqueOf(a wmbus.Address) string {
	return nodeID(fmt.Sprintf("earshot_%s_%s_%02x_%02x", a.Manufacturer, a.ID, a.Version, byte(a.Type)))
}

// gatewayID names the gateway of a site; sites that differ only in characters
// that a topic cannot hold differ in a checksum.
func (d *discovery) gatewayID() string {
	id := nodeID(d.site)
	if id != d.site || id == "" {
		id += fmt.Sprintf("_%08x", crc32.ChecksumIEEE([]byte(d.site)))
	}
	return "earshot_gateway_" + id
}

// entityID is a name as an entity's identifier may hold it.
func entityID(name string) string {
	return strings.ReplaceAll(strings.ToLower(nodeID(name)), "-", "_")
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
