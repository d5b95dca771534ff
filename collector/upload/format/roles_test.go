package format_test

import (
	"strings"
	"testing"

	"earshot/collector/upload/format"
)

// heatAndCooling is a meter with a tariff that is cooling, and another with equal headers.
const heatAndCooling = `{"schema":1,"site":"Test","meter":"BMT-71727374","id":"71727374","manufacturer":"BMT","version":11,"type":13,"medium":"heat/cooling",` +
	`"time":"2026-03-02T09:15:00Z","receiver":"r","security":"ok","status":[],"records":[` +
	`{"quantity":"energy","value":11,"unit":"kWh","function":"instantaneous","storage":0,"tariff":0,"subunit":0,"role":"heating"},` +
	`{"quantity":"energy","value":22,"unit":"kWh","function":"instantaneous","storage":0,"tariff":TARIFF,"subunit":0,"role":"cooling"},` +
	`{"quantity":"volume","value":3,"unit":"m³","function":"instantaneous","storage":0,"tariff":0,"subunit":1,"role":"input_1"}]}`

// TestRolesAreEntities: cooling energy and heating energy are two sensors, and two
// fields, however the meter tells them apart.
func TestRolesAreEntities(t *testing.T) {
	t.Parallel()
	for _, tariff := range []string{"0", "1"} {
		payload := strings.Replace(heatAndCooling, "TARIFF", tariff, 1)
		r, _, meter := announce(t, format.Earshot).see(payload)
		for key, want := range map[string]string{"energy": "11", "energy_cooling": "22", "volume_input_1": "3"} {
			if got := state(t, meter.Components[key].Template, r.Payload); got != want {
				t.Errorf("tariff %s: %s is %q, want %s", tariff, key, got, want)
			}
		}
		fields := string(render(t, format.Options{Format: format.Wmbusmeters}, payload).Payload)
		for _, want := range []string{`"total_kwh":11`, `"total_cooling_energy_kwh":22`} {
			if !strings.Contains(fields, want) || strings.Contains(fields, "tariff") {
				t.Errorf("tariff %s: no %s in %s", tariff, want, fields)
			}
		}
	}
}
