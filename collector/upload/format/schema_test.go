package format_test

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"earshot/assets"
)

// schema compiles one of the schemas that are shipped.
func schema(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	text, ok := assets.Schema(name)
	if !ok {
		t.Fatalf("no schema %s", name)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// fits holds a text to a schema.
func fits(s *jsonschema.Schema, text []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return s.Validate(doc)
}

// Each schema must refuse what a mistake would make.
func TestSchemasRefuse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ schema, good, old, bad string }{
		{schema: "reading", good: water, old: `"schema":1`, bad: `"schema":2`},
		{schema: "reading", good: water, old: `"id":"76348799"`, bad: `"id":"7634879"`},
		{schema: "reading", good: water, old: `"function":"instantaneous"`, bad: `"function":"average"`},
		{schema: "reading", good: water, old: `"unit":"m³"`, bad: `"unit":""`},
		{schema: "reading", good: water, old: `"site":"Test"`, bad: `"site":"Test","key":"28F6"`},
		{schema: "reading", good: water, old: `"time":"2026-03-02T09:15:00Z"`, bad: `"time":"yesterday"`},
		{schema: "status", good: online, old: `"status":"online"`, bad: `"status":"up"`},
		{schema: "status", good: online, old: `"status":"online"`, bad: `"status":"offline"`},
		{schema: "status", good: online, old: `"schema":1`, bad: `"schema":"1"`},
		{schema: "homeassistant-device", good: announced, old: `"m³"`, bad: `"l"`},
		{schema: "homeassistant-device", good: announced, old: `"total"`, bad: `"measurement"`},
		{schema: "homeassistant-device", good: announced, old: `"device_class":"water"`, bad: `"device_class":"wetness"`},
		{schema: "homeassistant-device", good: announced, old: `"device_class":"water","state_class":"total","unit_of_measurement":"m³"`, bad: `"device_class":"gas","state_class":"total","unit_of_measurement":"gal"`},
		{schema: "homeassistant-device", good: announced, old: `"device_class":"water",`, bad: ``}, // and no name
		{schema: "homeassistant-device", good: announced, old: `"a/b"`, bad: `"a/+"`},
		{schema: "homeassistant-device", good: announced, old: `"unique_id":"x_volume",`, bad: ``},
		{schema: "homeassistant-device", good: announced, old: `"sensor.x_volume"`, bad: `"x_volume"`},
		{schema: "homeassistant-device", good: announced, old: `"device_class":"tamper"`, bad: `"device_class":"water"`},
		{schema: "homeassistant-device", good: announced, old: `"origin":{"name":"earshot"},`, bad: ``},
	} {
		s := schema(t, c.schema)
		if err := fits(s, []byte(c.good)); err != nil {
			t.Errorf("%s: %v", c.schema, err)
		}
		bad := bytes.Replace([]byte(c.good), []byte(c.old), []byte(c.bad), 1)
		if bytes.Equal(bad, []byte(c.good)) {
			t.Fatalf("%s is not in %s", c.old, c.good)
		}
		if fits(s, bad) == nil {
			t.Errorf("%s takes %s", c.schema, bad)
		}
	}
}

const (
	online    = `{"schema":1,"status":"online","reason":"running","time":"2026-03-02T09:15:00Z","site":"Test","version":"1.0","receivers":["im871a ttyUSB0"]}`
	announced = `{"device":{"identifiers":["x"],"name":"X"},"origin":{"name":"earshot"},"state_topic":"a/b","components":{` +
		`"volume":{"platform":"sensor","unique_id":"x_volume","default_entity_id":"sensor.x_volume","value_template":"{{ value_json.total_m3 | default('') }}","device_class":"water","state_class":"total","unit_of_measurement":"m³"},` +
		`"tamper":{"platform":"binary_sensor","unique_id":"x_tamper","default_entity_id":"binary_sensor.x_tamper","value_template":"{{ value_json.x }}","device_class":"tamper"}}}`
	water = `{"schema":1,"site":"Test","meter":"KAM-76348799","id":"76348799","manufacturer":"KAM","version":27,"type":22,"medium":"cold water","time":"2026-03-02T09:15:00Z","receiver":"im871a","mode":"C1","rssi_dbm":-62,"security":"ok","reading":{"quantity":"volume","value":6.408,"unit":"m³"},"status":["leak"],"records":[` +
		`{"quantity":"info_flags","value":1,"function":"instantaneous","storage":0,"tariff":0,"subunit":0},` +
		`{"quantity":"volume","value":6.408,"unit":"m³","function":"instantaneous","storage":0,"tariff":0,"subunit":0},` +
		`{"quantity":"volume","value":6.1,"unit":"m³","function":"instantaneous","storage":1,"tariff":0,"subunit":0},` +
		`{"quantity":"date","value":"2026-03-01","function":"instantaneous","storage":1,"tariff":0,"subunit":0},` +
		`{"quantity":"flow_temperature","value":8,"unit":"°C","function":"minimum","storage":0,"tariff":0,"subunit":0},` +
		`{"quantity":"external_temperature","value":19,"unit":"°C","function":"instantaneous","storage":0,"tariff":0,"subunit":0}],"alarms":["leak"]}`
	heat = `{"schema":1,"site":"Test","meter":"DME-66236629","id":"66236629","manufacturer":"DME","version":64,"type":4,"medium":"heat","time":"2026-03-02T09:15:01Z","receiver":"im871a","rssi_dbm":-58,"security":"ok","reading":{"quantity":"energy","value":38944,"unit":"kWh"},"status":null,"records":[` +
		`{"quantity":"energy","value":360,"unit":"MJ","function":"instantaneous","storage":0,"tariff":0,"subunit":0},` +
		`{"quantity":"energy","value":1.5,"unit":"kWh","function":"instantaneous","storage":0,"tariff":1,"subunit":0},` +
		`{"quantity":"energy","value":95,"unit":"kWh","function":"instantaneous","storage":1,"tariff":0,"subunit":0},` +
		`{"quantity":"volume","value":1203.5,"unit":"m³","function":"instantaneous","storage":0,"tariff":0,"subunit":0},` +
		`{"quantity":"power","value":3.2,"unit":"kW","function":"instantaneous","storage":0,"tariff":0,"subunit":0},` +
		`{"quantity":"volume_flow","value":120,"unit":"l/h","function":"instantaneous","storage":0,"tariff":0,"subunit":0},` +
		`{"quantity":"volume_flow","value":0.4,"unit":"m³/h","function":"maximum","storage":0,"tariff":0,"subunit":0},` +
		`{"quantity":"flow_temperature","value":64.2,"unit":"°C","function":"instantaneous","storage":0,"tariff":0,"subunit":0},` +
		`{"quantity":"return_temperature","value":31,"unit":"°C","function":"instantaneous","storage":0,"tariff":0,"subunit":0},` +
		`{"quantity":"date_time","value":"2026-03-02T09:15","function":"instantaneous","storage":0,"tariff":0,"subunit":0}]}`
	allocator = `{"schema":1,"site":"Test","meter":"12345678","id":"12345678","manufacturer":"QDS","version":53,"type":8,"medium":"heat cost allocator","time":"2026-03-02T09:15:02Z","receiver":"rtlwmbus","security":"not_encrypted","reading":{"quantity":"heat_cost_allocation","value":131,"unit":"HCA"},"status":["tamper","low battery"],"records":[` +
		`{"quantity":"heat_cost_allocation","value":131,"unit":"HCA","function":"instantaneous","storage":0,"tariff":0,"subunit":0},` +
		`{"quantity":"heat_cost_allocation","value":1026,"unit":"HCA","function":"instantaneous","storage":1,"tariff":0,"subunit":0},` +
		`{"quantity":"date","value":"2025-12-31","function":"instantaneous","storage":1,"tariff":0,"subunit":0},` +
		`{"quantity":"room_temperature","value":21.5,"unit":"°C","function":"instantaneous","storage":0,"tariff":0,"subunit":0}],"alarms":["tamper","low battery"]}`
	empty = `{"schema":1,"site":"Test","meter":"EIE-37787072","id":"37787072","manufacturer":"EIE","version":1,"type":26,"medium":"smoke detector","time":"2026-03-02T09:15:03Z","receiver":"im871a","security":"ok","status":[],"records":[{"quantity":"date","value":null,"function":"instantaneous","storage":0,"tariff":0,"subunit":0}]}`
)
