package format_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"earshot/collector/reading"
	"earshot/collector/upload"
	"earshot/collector/upload/format"
	"earshot/device/wmbus"
)

// document is what Home Assistant reads of a device.
type document struct {
	StateTopic   string `json:"state_topic"`
	Availability []struct {
		Topic    string `json:"topic"`
		Template string `json:"value_template"`
	} `json:"availability"`
	Device struct {
		Identifiers []string `json:"identifiers"`
		Name        string   `json:"name"`
		Via         string   `json:"via_device"`
	} `json:"device"`
	Components map[string]component `json:"components"`
}

type component struct {
	Platform    string `json:"platform"`
	Name        string `json:"name"`
	UniqueID    string `json:"unique_id"`
	Template    string `json:"value_template"`
	Unit        string `json:"unit_of_measurement"`
	DeviceClass string `json:"device_class"`
	StateClass  string `json:"state_class"`
	Category    string `json:"entity_category"`
	ExpireAfter int    `json:"expire_after"`
	Precision   *int   `json:"suggested_display_precision"`
}

// announcer renders several readings as one run does.
type announcer struct {
	t      *testing.T
	render upload.Render
	schema *jsonschema.Schema
}

func announce(t *testing.T, f format.Format) *announcer {
	t.Helper()
	render := format.Options{Format: f, Discovery: true}.Apply(upload.Config{}, format.Gateway{Site: "Test", Version: "1.0"}).Render
	return &announcer{t, render, schema(t, "homeassistant-device")}
}

// see returns what is published for a reading, and the devices that Home
// Assistant then knows: the gateway and the meter. Whatever is announced fits
// the schema.
func (a *announcer) see(payload string) (r upload.Rendered, gateway, meter document) {
	a.t.Helper()
	r, err := a.render(upload.Message{Seq: 1, Topic: "earshot/Test/x/reading", Payload: []byte(payload)})
	if err != nil {
		a.t.Fatal(err)
	}
	for i, into := range []*document{&gateway, &meter} {
		config := r.Before[i].Payload()
		if err := fits(a.schema, config); err != nil {
			a.t.Errorf("%s: %v\n%s", r.Before[i].Topic, err, config)
		}
		if err := json.Unmarshal(config, into); err != nil {
			a.t.Fatal(err)
		}
	}
	if meter.StateTopic != r.Topic {
		a.t.Errorf("%s looks at %s, published is %s", meter.Device.Name, meter.StateTopic, r.Topic)
	}
	return r, gateway, meter
}

// state renders the template of an entity; a warning fails the test.
func state(t *testing.T, template string, message []byte) string {
	t.Helper()
	return stateOf(t, template, valueJSON(t, message))
}

func stateOf(t *testing.T, template string, value any) string {
	t.Helper()
	text, warnings := renderTemplate(t, template, value)
	if len(warnings) > 0 {
		t.Errorf("%s warns: %s\nof %v", template, warnings, value)
	}
	return text
}

// TestHomeAssistant writes down what Home Assistant makes of what is published:
// devices, entities and their states.
func TestHomeAssistant(t *testing.T) {
	t.Parallel()
	var out, pretty bytes.Buffer
	for _, f := range []format.Format{format.Earshot, format.Wmbusmeters} {
		fmt.Fprintf(&out, "# what Home Assistant shows of readings in the format %s\n", f)
		unique := map[string]bool{}
		a := announce(t, f)
		for _, p := range []string{water, heat, allocator, empty} {
			r, _, meter := a.see(p)
			fmt.Fprintf(&out, "\n%s by %s: %s\n", meter.Device.Name, meter.Device.Via, r.Before[1].Topic)
			for _, key := range slices.Sorted(maps.Keys(meter.Components)) {
				c := meter.Components[key]
				now := state(t, c.Template, r.Payload)
				if now == "" {
					t.Errorf("%s has no state: %s", key, c.Template)
				}
				fmt.Fprintf(&out, "  %-13s %-21s %-20s %-21s %-5s %-17s %-16s %s\n", c.Platform, key, c.Name, now, c.Unit, c.DeviceClass, c.StateClass, c.Category)
				if unique[c.UniqueID] {
					t.Errorf("two entities are %s", c.UniqueID)
				}
				unique[c.UniqueID] = true
			}
		}
		out.WriteByte('\n')
	}
	golden(t, "dashboard.txt", out.Bytes())
	r, _, _ := announce(t, format.Earshot).see(water)
	for _, before := range r.Before {
		if err := json.Indent(&pretty, before.Payload(), "", "  "); err != nil {
			t.Fatal(err)
		}
		pretty.WriteByte('\n')
	}
	golden(t, "discovery.json", pretty.Bytes())
}

// Whatever a telegram lacks, no template warns, and a value is never replaced
// by something else.
func TestTemplatesNeverWarn(t *testing.T) {
	t.Parallel()
	for _, f := range []format.Format{format.Earshot, format.Wmbusmeters} {
		a := announce(t, f)
		readings := []string{water, heat, allocator, empty}
		var messages [][]byte
		for _, p := range readings {
			r, _, _ := a.see(p)
			messages = append(messages, r.Payload)
		}
		messages = append(messages, []byte(`{}`), []byte(`{"records":[],"status":null}`))
		for _, p := range readings {
			_, gateway, meter := a.see(p)
			for key, c := range meter.Components {
				for _, m := range messages {
					now := state(t, c.Template, m)
					if c.DeviceClass == "timestamp" && now == "" || c.Platform == "binary_sensor" && now != "ON" && now != "OFF" {
						t.Errorf("%s is %q of %s", key, now, m)
					}
				}
			}
			for _, c := range gateway.Components {
				state(t, c.Template, []byte(online))
				state(t, c.Template, []byte(`{}`))
			}
			for message, want := range map[string]string{
				online: "online", `{}`: "online", `{"status":"offline","reason":"ended"}`: "online", `{"status":"offline","reason":"connection lost"}`: "offline",
			} {
				if got := state(t, meter.Availability[0].Template, []byte(message)); got != want || meter.Availability[0].Topic != "earshot/Test/status" {
					t.Errorf("after %s meters are %s", message, got)
				}
			}
		}
	}
}

// A record whose value is 0 or missing is told apart from a telegram without it.
func TestStatesOfValues(t *testing.T) {
	t.Parallel()
	a := announce(t, format.Earshot)
	_, _, meter := a.see(water)
	for old, want := range map[string]string{`"value":0`: "0", `"value":null`: "None", `"value":6.500`: "6.500"} {
		message := strings.Replace(water, `"quantity":"volume","value":6.408,"unit":"m³","function"`, `"quantity":"volume",`+old+`,"unit":"m³","function"`, 1)
		if got := state(t, meter.Components["volume"].Template, []byte(message)); got != want {
			t.Errorf("%s is %q", old, got)
		}
	}
}

// A meter that sends short and long telegrams in turn keeps all its entities, and
// is announced again only when there are more.
func TestEntitiesAddUp(t *testing.T) {
	t.Parallel()
	a := announce(t, format.Earshot)
	short := strings.Replace(heat, heat[strings.Index(heat, `{"quantity":"energy","value":360`):strings.Index(heat, `{"quantity":"date_time"`)], "", 1)
	first, _, one := a.see(short)
	second, _, two := a.see(heat)
	third, _, three := a.see(short)
	if len(two.Components) <= len(one.Components) || len(three.Components) != len(two.Components) {
		t.Errorf("%d, %d, %d entities", len(one.Components), len(two.Components), len(three.Components))
	}
	if v := [3]int{first.Before[1].Version, second.Before[1].Version, third.Before[1].Version}; v[0] >= v[1] || v[1] != v[2] {
		t.Errorf("versions %v", v)
	}
	for key, c := range one.Components {
		if two.Components[key].UniqueID != c.UniqueID {
			t.Errorf("%s was %s and is %s", key, c.UniqueID, two.Components[key].UniqueID)
		}
	}
	// The list's name of the meter is no part of its identity.
	if _, _, renamed := announce(t, format.Earshot).see(strings.Replace(heat, `"meter":"DME-66236629"`, `"meter":"66236629"`, 1)); renamed.Device.Identifiers[0] != one.Device.Identifiers[0] {
		t.Errorf("%s, %s", renamed.Device.Identifiers, one.Device.Identifiers)
	}
}

// expire_after follows the readings of a meter, once four gaps are known.
func TestExpireAfter(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 9, 15, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		gaps []time.Duration
		want time.Duration
	}{
		{name: "first", want: 0},
		{name: "unknown", gaps: []time.Duration{time.Hour, time.Hour, time.Hour}, want: 0},
		{name: "fast", gaps: []time.Duration{16 * time.Second, 16 * time.Second, 17 * time.Second, 16 * time.Second}, want: time.Hour},
		{name: "hourly", gaps: slices.Repeat([]time.Duration{time.Hour}, 4), want: 4 * time.Hour},
		{name: "daily", gaps: slices.Repeat([]time.Duration{25 * time.Hour}, 9), want: 4 * 24 * time.Hour},
		{name: "monthly", gaps: slices.Repeat([]time.Duration{31 * 24 * time.Hour}, 5), want: 100 * 24 * time.Hour},
		{name: "yearly", gaps: slices.Repeat([]time.Duration{365 * 24 * time.Hour}, 5), want: 100 * 24 * time.Hour},
		{name: "out of order", gaps: []time.Duration{time.Hour, -time.Hour, 2 * time.Hour, time.Hour, time.Hour}, want: 4 * time.Hour},
	} {
		a := announce(t, format.Earshot)
		at := start
		_, _, meter := a.see(water)
		for _, gap := range c.gaps {
			at = at.Add(gap)
			_, _, meter = a.see(strings.Replace(water, "2026-03-02T09:15:00Z", at.Format(time.RFC3339), 1))
		}
		for key, got := range meter.Components {
			want := int(c.want.Seconds())
			if key == "last_heard" {
				want = 0
			}
			if got.ExpireAfter != want {
				t.Errorf("%s: %s after %d s, want %d", c.name, key, got.ExpireAfter, want)
			}
		}
	}
}

func TestAlarms(t *testing.T) {
	t.Parallel()
	for _, f := range []format.Format{format.Earshot, format.Wmbusmeters} {
		for _, c := range []struct {
			name, payload, status string
			on                    []string
		}{
			{name: "nothing", payload: water, status: `[]`},
			{name: "leak", payload: water, status: `["leak"]`, on: []string{"leak", "problem"}},
			{name: "battery", payload: heat, status: `["low battery"]`, on: []string{"battery_low", "problem"}},
			{name: "tamper", payload: allocator, status: `["removed"]`, on: []string{"problem", "tamper"}},
			{name: "smoke", payload: empty, status: `["smoke alarm"]`, on: []string{"problem", "smoke"}},
			{name: "notes", payload: water, status: `["leak earlier","busy"]`},
			{name: "a flag without a word", payload: heat, status: `["maker's flag 0x20/0x0104"]`, on: []string{"problem"}},
			{name: "frost", payload: water, status: `["frost"]`, on: []string{"frost", "problem"}},
		} {
			p, err := reading.DecodePublished([]byte(c.payload))
			if err != nil {
				t.Fatal(err)
			}
			var words []string
			if err := json.Unmarshal([]byte(c.status), &words); err != nil {
				t.Fatal(err)
			}
			p.Reading.Status = wmbus.StatusSet{}
			for _, word := range words {
				p.Reading.Status.AddWord(word)
			}
			r, _, meter := announce(t, f).see(string(p.Encode()))
			var on []string
			for _, key := range slices.Sorted(maps.Keys(meter.Components)) {
				if e := meter.Components[key]; e.Platform == "binary_sensor" && state(t, e.Template, r.Payload) == "ON" {
					on = append(on, key)
				}
			}
			if !slices.Equal(on, c.on) {
				t.Errorf("%s in %s: on are %s", c.name, f, on)
			}
		}
	}
}
