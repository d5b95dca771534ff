package format_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"earshot/collector/upload"
)

// entity is a sensor as Home Assistant shows it.
type entity struct {
	Name         string `json:"name"`
	UniqueID     string `json:"unique_id"`
	StateTopic   string `json:"state_topic"`
	Template     string `json:"value_template"`
	Unit         string `json:"unit_of_measurement"`
	DeviceClass  string `json:"device_class"`
	StateClass   string `json:"state_class"`
	Availability []struct {
		Topic string `json:"topic"`
	} `json:"availability"`
	Device struct {
		Name         string `json:"name"`
		Manufacturer string `json:"manufacturer"`
		Model        string `json:"model"`
	} `json:"device"`
	state string
}

// see makes an entity of its configuration and of what is published.
func see(t *testing.T, config []byte, r upload.Rendered) entity {
	t.Helper()
	var e entity
	if err := json.Unmarshal(config, &e); err != nil {
		t.Fatal(err)
	}
	if e.StateTopic != r.Topic {
		t.Errorf("%s looks at %s, published is %s", e.Name, e.StateTopic, r.Topic)
	}
	var value map[string]any
	if err := json.Unmarshal(r.Payload, &value); err != nil {
		t.Fatal(err)
	}
	e.state = evaluate(t, e.Template, value)
	if e.state == "" {
		t.Errorf("%s has no state: %s", e.Name, e.Template)
	}
	return e
}

var call = regexp.MustCompile(`^(\w+)(?:\((.*)\))?$`)

// evaluate is as much of Jinja as our templates need; anything else fails.
func evaluate(t *testing.T, template string, value map[string]any) string {
	t.Helper()
	expression := strings.TrimSuffix(strings.TrimPrefix(template, "{{ "), " }}")
	steps := strings.Split(expression, " | ")
	name, ok := strings.CutPrefix(steps[0], "value_json.")
	if !ok {
		t.Fatalf("%s: begins with %s", template, steps[0])
	}
	now := value[name]
	for _, step := range steps[1:] {
		m := call.FindStringSubmatch(step)
		if m == nil {
			t.Fatalf("%s: what is %s", template, step)
		}
		now = filter(t, now, m[1], strings.Split(m[2], ", "))
	}
	if now == nil {
		return ""
	}
	return fmt.Sprint(now)
}

func filter(t *testing.T, in any, name string, args []string) any {
	t.Helper()
	list, _ := in.([]any)
	var out []any
	switch name {
	case "selectattr", "rejectattr":
		for _, item := range list {
			value, defined := item.(map[string]any)[strings.Trim(args[0], "'")]
			holds := defined
			if args[1] == "'eq'" {
				holds = defined && fmt.Sprint(value) == strings.Trim(args[2], "'")
			}
			if holds == (name == "selectattr") {
				out = append(out, item)
			}
		}
		return out
	case "map":
		for _, item := range list {
			out = append(out, item.(map[string]any)[strings.Trim(strings.TrimPrefix(args[0], "attribute="), "'")])
		}
		return out
	case "first":
		if len(list) == 0 {
			return nil
		}
		return list[0]
	case "default":
		if in == nil || in == "" || list != nil && len(list) == 0 {
			if args[0] == "[]" {
				return []any{}
			}
			return strings.Trim(args[0], "'")
		}
		return in
	case "join":
		words := []string{}
		for _, item := range list {
			words = append(words, fmt.Sprint(item))
		}
		return strings.Join(words, ", ")
	}
	t.Fatalf("no filter %s", name)
	return nil
}
