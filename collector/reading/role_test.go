package reading_test

import (
	"testing"

	"earshot/collector/reading"
	"earshot/device/wmbus"
)

// TestRolesComeBack: role, number and dates of a record are stored and read.
func TestRolesComeBack(t *testing.T) {
	t.Parallel()
	const head, tail = `{"time":"2026-03-02T10:15:00Z","medium":"heat","status":[],"records":[`, `]}`
	for _, c := range []struct{ name, record, purpose string }{
		{
			name: "month end", purpose: "month end of 2026-01-31",
			record: `{"quantity":"energy","value":1,"unit":"kWh","function":"instantaneous","storage":2,"tariff":0,"subunit":0,"role":"month_end","date":"2026-01-31"}`,
		},
		{
			name: "difference", purpose: "difference from 2025-12-31 to 2026-01-31",
			record: `{"quantity":"period_consumption","value":-1,"unit":"HCA","function":"instantaneous","storage":2,"tariff":0,"subunit":0,"of":"heat_cost_allocation",` +
				`"role":"difference","from":"2025-12-31","to":"2026-01-31"}`,
		},
		{
			name: "a date with a time, no role", purpose: "of 2026-01-31T10:00",
			record: `{"quantity":"volume","value":1,"unit":"m³","function":"maximum","storage":1,"tariff":0,"subunit":0,"number":2,"date":"2026-01-31T10:00"}`,
		},
		{
			name: "a date of every year", purpose: "due date of --12-31",
			record: `{"quantity":"volume","value":1,"unit":"m³","function":"instantaneous","storage":1,"tariff":0,"subunit":0,"role":"due_date","date":"--12-31"}`,
		},
		{
			name: "what a qualifier says", purpose: "",
			record: `{"quantity":"power","value":1,"unit":"W","function":"instantaneous","storage":0,"tariff":0,"subunit":0,"qualifiers":["phase_l1"],"role":"phase_1"}`,
		},
		{
			name: "cooling", purpose: "cooling",
			record: `{"quantity":"energy","value":1,"unit":"kWh","function":"instantaneous","storage":0,"tariff":1,"subunit":0,"role":"cooling","main":true}`,
		},
	} {
		r, err := reading.Decode([]byte(head + c.record + tail))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(r.Encode()); got != head+c.record+tail {
			t.Errorf("%s: written again as\n%s", c.name, got)
		}
		if got := r.Records[0].Purpose(); got != c.purpose {
			t.Errorf("%s: %q, want %q", c.name, got, c.purpose)
		}
	}
	r, err := reading.Decode([]byte(head + `{"quantity":"energy","value":1,"role":"king","date":7,"from":null}` + tail))
	if err != nil || r.Records[0].Role != wmbus.RoleNone || !r.Records[0].Date.None() {
		t.Errorf("%+v, %v", r, err)
	}
}
