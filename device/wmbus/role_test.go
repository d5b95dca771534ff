package wmbus

import (
	"fmt"
	"strings"
	"testing"
)

// describeRoles writes quantity, value, storage and tariff, role and dates of the records
// that have a role or a date.
func describeRoles(records []Record) string {
	var list []string
	for i := range records {
		r := &records[i]
		words := string(r.appendRole(nil))
		if r.Role == RoleNone && r.Date.None() && r.Index == 0 {
			continue
		}
		if !strings.Contains(words, r.Role.String()) {
			words += " " + r.Role.String()
		}
		list = append(list, fmt.Sprintf("%v=%v/%d.%d%s", r.Quantity, r.Value, r.Storage, r.Tariff, words))
	}
	return strings.Join(list, "; ")
}

var roleCases = []struct {
	name, maker  string
	version, typ byte
	content      string
	want         string
}{
	{
		name: "a maker whose rule is not known: a date, no role", maker: "ABC", version: 1, typ: 0x07, content: "78 0413 01000000 4413 02000000 426C 5F3C",
		want: "volume=0.002/1.0 of 2026-12-31",
	},
	{
		name: "QUNDIS", maker: "QDS", version: 0x1A, typ: 0x06, content: "7A 01000000 0C13 01000000 4C13 02000000 426C 5F3C CC0813 03000000 C2086C 3F35",
		want: "volume=0.002/1.0 due_date of 2026-12-31; date=2026-12-31/1.0 due_date; volume=0.003/17.0 month_end of 2025-05-31; date=2025-05-31/17.0 month_end",
	},
	{
		name: "WaterStar", maker: "DWZ", version: 0x02, typ: 0x07, content: "78 046D 1E0A D729 840113 05000000 C40113 04000000 4413 02000000",
		want: "volume=0.005/2.0 month_end of 2022-08-31; volume=0.004/3.0 month_end of 2022-07-31; volume=0.002/1.0 due_date; " +
			"date=2022-08-31/2.0 month_end; date=2022-07-31/3.0 month_end",
	},
	{
		name: "HCA e2", maker: "EFE", version: 0x31, typ: 0x08, content: "78 036E F20000 82016C 4F32 83016E AD0000 C2016E 2200",
		want: "period_consumption=173/2.0 difference from 2026-01-31 to 2026-02-15; period_consumption=34/3.0 difference from 2026-02-15 to 2026-02-28",
	},
	{
		name: "cooling behind a tariff, of a C5-ISF", maker: "ZRI", version: 0x88, typ: 0x0D, content: "78 0406 01000000 841006 02000000 840406 03000000 82046C 2131 841406 04000000 82146C 2131",
		want: "energy=2/0.1 cooling; energy=3/8.0 due_date of 2025-01-01; date=2025-01-01/8.0 due_date; energy=4/8.1 cooling of 2025-01-01; date=2025-01-01/8.1 cooling",
	},
	{
		name: "months of a C5-ISF are their beginnings", maker: "ZRI", version: 0x88, typ: 0x04, content: "78 84800106 01000000 8280016C 213C",
		want: "energy=1/32.0 month_start of 2025-12-01; date=2025-12-01/32.0 month_start",
	},
	{
		name: "Hydrocalm 3, by order", maker: "BMT", version: 0x0B, typ: 0x0D, content: "78 0406 01000000 0413 02000000 0406 03000000 0413 04000000 0413 05000000 0413 06000000",
		want: "energy=1/0.0 heating; volume=0.002/0.0 heating; energy=3/0.0 cooling; volume=0.004/0.0 cooling; volume=0.005/0.0 input_1; volume=0.006/0.0 input_2",
	},
	{
		name: "a tariff that flows backward", maker: "IMT", version: 0x01, typ: 0x07, content: "78 0413 01000000 841013 02000000",
		want: "volume=0.002/0.1 backward",
	},
	{
		name: "Qalcosonic", maker: "AXI", version: 0x0B, typ: 0x0D, content: "78 04863B 01000000 04863C 02000000",
		want: "energy=1/0.0 heating; energy=2/0.0 cooling",
	},
	{
		name: "import and export of electricity", maker: "ABC", version: 1, typ: 0x02, content: "78 04833B 01000000 04833C 02000000 04ABFC01 03000000",
		want: "energy=0.001/0.0 import; energy=0.002/0.0 export; power=0.003/0.0 phase_1",
	},
	{
		name: "backward water", maker: "ABC", version: 1, typ: 0x07, content: "78 04933B 01000000 04933C 02000000",
		want: "volume=0.002/0.0 backward",
	},
	{
		name: "month ends of a profile", maker: "ABC", version: 1, typ: 0x07, content: "78 4413 0A000000 426C 7F3A 4D9313 04 32FE 0900",
		want: "volume=0.010/1.0 of 2027-10-31; volume=0.009/2.0 month_end of 2027-09-30; date=2027-09-30/2.0 month_end",
	},
	{
		name: "a maximum has the date of its storage", maker: "MAD", version: 0x50, typ: 0x07, content: "78 D4013B 00000000 C4016D 1E0A D729",
		want: "volume_flow=0.000/3.0 maximum_period of 2022-09-23T10:30; date_time=2022-09-23T10:30/3.0 maximum_period",
	},
	{
		name: "mean values", maker: "LAS", version: 0x07, typ: 0x1B, content: "78 0265 0100 4265 0200 820165 0300",
		want: "external_temperature=0.02/1.0 last_hour; external_temperature=0.03/2.0 last_day",
	},
	{
		name: "EI6500", maker: "EIE", version: 0x0C, typ: 0x1A, content: "78 8250FD61 0100 82506C 5F3C 82606C 0000",
		want: "cumulation_counter=1/0.1 alarm; date=2026-12-31/0.1 alarm; date=/0.2 removal",
	},
	{
		name: "equal headers", maker: "ABC", version: 1, typ: 0x07, content: "78 0413 01000000 0413 02000000 0413 03000000 0414 04000000",
		want: "volume=0.001/0.0 number 1; volume=0.002/0.0 number 2; volume=0.003/0.0 number 3; volume=0.04/0.0 number 4",
	},
}

func TestRoles(t *testing.T) {
	t.Parallel()
	for _, c := range roleCases {
		var telegram Telegram
		if err := new(Decoder).Decode(&telegram, walkByFrame(t, c.maker, c.version, c.typ, c.content), nil); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := describeRoles(telegram.Records); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		checkDistinct(t, &telegram)
	}
}

// checkDistinct fails if two records of a telegram differ in nothing but their value.
func checkDistinct(t *testing.T, telegram *Telegram) {
	t.Helper()
	seen := map[string]bool{}
	for i := range telegram.Records {
		r := &telegram.Records[i]
		key := fmt.Sprint(r.Quantity, r.Of, r.Unit, r.Function, r.Storage, r.Tariff, r.Subunit, r.Qualifiers, r.Per, r.Role, r.Index)
		if seen[key] {
			t.Errorf("%v: record %d, %s, is there twice", telegram.Header.Meter, i, r.describe())
		}
		seen[key] = true
	}
}

func TestRoleWords(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for role := range roleCount {
		word := role.String()
		if (word == "") != (role == RoleNone) || seen[word] || ParseRole(word) != role || strings.ToLower(word) != word || strings.Contains(word, " ") {
			t.Errorf("role %d is %q", role, word)
		}
		seen[word] = true
	}
	if RecordRole(200).String() != "" || ParseRole("king") != RoleNone {
		t.Error("a role that is none")
	}
	date, _ := Date(2026, 12, 31)
	if d := DayOf(date); d.None() || !d.Value().Equal(date) {
		t.Errorf("%v", d)
	}
	if !DayOf(Decimal(1, 0)).None() || !DayOf(Value{}).None() || (Day{}).Value().Valid() {
		t.Error("a day that is none")
	}
}

// BenchmarkRoles is what roles, dates and numbers cost of a telegram with a year of
// months: twelve values with their dates.
func BenchmarkRoles(b *testing.B) {
	content := "7A 01000000 0C13 01000000"
	for storage := 2; storage < 14; storage++ {
		dif, dife := storage&1<<6, storage>>1
		content += fmt.Sprintf("%02X%02X13 01000000 %02X%02X6C 5F3C", 0x84|dif, dife, 0x82|dif, dife)
	}
	var telegram Telegram
	if err := new(Decoder).Decode(&telegram, walkByFrame(b, "DWZ", 0x02, 0x07, content), nil); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		for i := range telegram.Records {
			telegram.Records[i].Role, telegram.Records[i].Date = RoleNone, Day{}
		}
		telegram.assignRoles()
	}
}
