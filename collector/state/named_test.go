package state

import (
	"testing"

	"earshot/collector/site"
	"earshot/device/wmbus"
)

func TestNamed(t *testing.T) {
	t.Parallel()
	kam, _ := wmbus.ParseManufacturer("KAM")
	tch, _ := wmbus.ParseManufacturer("TCH")
	list := site.Site{Meters: []site.Meter{
		{Row: 2, ID: 0x12345678, Manufacturer: kam}, {Row: 3, ID: 0x12345678, Manufacturer: tch}, {Row: 4, ID: 0x07654321}, {Row: 5, ID: 0x99887766, Manufacturer: kam},
	}}
	s := NewState(list, false).Snapshot()
	stray := &Unlisted{Address: wmbus.Address{Manufacturer: kam, ID: 0x55443322}}
	s.Unlisted = []*Unlisted{stray}
	for _, test := range []struct {
		text  string
		lines []int
	}{
		{text: "KAM-12345678", lines: []int{2}},
		{text: "kam_12345678", lines: []int{2}},
		{text: "6TCH2012345678", lines: []int{3}},
		{text: "12345678", lines: []int{2, 3}},
		{text: "6KAM2007654321", lines: []int{4}},
		{text: "7654321", lines: []int{4}},
		{text: "S/N 99887766;DN20", lines: []int{5}},
		{text: "6TCH2099887766", lines: []int{5}}, // the list has another maker, and only one such number
		{text: "6KAM2011111111 99887766", lines: []int{5}},
		{text: "8877", lines: []int{5}},
		{text: "kam", lines: []int{2, 5}},
		{text: "", lines: nil},
		{text: "55443322", lines: nil},
	} {
		found := s.Named(test.text)
		var lines []int
		for _, r := range found {
			lines = append(lines, r.Line)
		}
		if len(lines) != len(test.lines) {
			t.Errorf("%q names lines %v, want %v", test.text, lines, test.lines)
			continue
		}
		for i := range lines {
			if lines[i] != test.lines[i] {
				t.Errorf("%q names lines %v, want %v", test.text, lines, test.lines)
			}
		}
	}
	if found := s.NamedUnlisted("6KAM2055443322"); len(found) != 1 || found[0] != stray {
		t.Errorf("%v", found)
	}
	if found := s.NamedUnlisted("6TCH2055443322"); len(found) != 0 {
		t.Errorf("%v", found)
	}
}
