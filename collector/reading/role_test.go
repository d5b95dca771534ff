package reading_test

import (
	"strings"
	"testing"

	"earshot/collector/reading"
	"earshot/collector/words"
	"earshot/device/wmbus"
)

// TestRolesComeBack: role, number and dates of a record are stored and read.
func TestRolesComeBack(t *testing.T) {
	t.Parallel()
	const head, tail = `{"time":"2026-03-02T10:15:00Z","medium":"heat","status":[],"records":[`, `]}`
	for _, c := range []struct{ name, record, belongs string }{
		{
			name: "month end", belongs: "month end of 2026-01-31, storage 2",
			record: `{"quantity":"energy","value":1,"unit":"kWh","function":"instantaneous","storage":2,"tariff":0,"subunit":0,"role":"month_end","date":"2026-01-31"}`,
		},
		{
			name: "difference", belongs: "difference from 2025-12-31 to 2026-01-31, of heat cost allocation, storage 2",
			record: `{"quantity":"period_consumption","value":-1,"unit":"HCA","function":"instantaneous","storage":2,"tariff":0,"subunit":0,"of":"heat_cost_allocation",` +
				`"role":"difference","from":"2025-12-31","to":"2026-01-31"}`,
		},
		{
			name: "a date with a time, no role", belongs: "of 2026-01-31 10:00, maximum, storage 1, number 2",
			record: `{"quantity":"volume","value":1,"unit":"m³","function":"maximum","storage":1,"tariff":0,"subunit":0,"number":2,"date":"2026-01-31T10:00"}`,
		},
		{
			name: "a date of every year", belongs: "due date of --12-31, storage 1",
			record: `{"quantity":"volume","value":1,"unit":"m³","function":"instantaneous","storage":1,"tariff":0,"subunit":0,"role":"due_date","date":"--12-31"}`,
		},
		{
			name: "what a qualifier says", belongs: "phase l1",
			record: `{"quantity":"power","value":1,"unit":"W","function":"instantaneous","storage":0,"tariff":0,"subunit":0,"qualifiers":["phase_l1"],"role":"phase_1"}`,
		},
		{
			name: "cooling", belongs: "cooling, tariff 1",
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
		if got := strings.Join(words.English.Belongs(&r.Records[0], true), ", "); got != c.belongs {
			t.Errorf("%s: %q, want %q", c.name, got, c.belongs)
		}
	}
	r, err := reading.Decode([]byte(head + `{"quantity":"energy","value":1,"role":"king","date":7,"from":null}` + tail))
	if err != nil || r.Records[0].Role != wmbus.RoleNone || !r.Records[0].Date.None() {
		t.Errorf("%+v, %v", r, err)
	}
}
