package collector

import (
	"testing"

	"earshot/device/wmbus"
)

func TestAlmostSame(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b          wmbus.ID
		swapped, near bool
	}{
		{0x12345678, 0x12345678, false, false},
		{0x12345678, 0x12345687, true, true},
		{0x12345678, 0x21345678, true, true},
		{0x12345678, 0x12345679, false, true},
		{0x12345678, 0x12345688, false, true},
		{0x12345678, 0x12345689, false, false}, // two digits, no swap
		{0x12345678, 0x82345671, false, false}, // a swap of digits that are no neighbours
		{0x12345678, 0x87654321, false, false},
	} {
		if swapped, near := almostSame(c.a, c.b); swapped != c.swapped || near != c.near {
			t.Errorf("almostSame(%v, %v) = %v, %v, want %v, %v", c.a, c.b, swapped, near, c.swapped, c.near)
		}
	}
}
