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
		{a: 0x12345678, b: 0x12345678, swapped: false, near: false},
		{a: 0x12345678, b: 0x12345687, swapped: true, near: true},
		{a: 0x12345678, b: 0x21345678, swapped: true, near: true},
		{a: 0x12345678, b: 0x12345679, swapped: false, near: true},
		{a: 0x12345678, b: 0x12345688, swapped: false, near: true},
		{a: 0x12345678, b: 0x12345689, swapped: false, near: false}, // two digits, no swap
		{a: 0x12345678, b: 0x82345671, swapped: false, near: false}, // a swap of digits that are no neighbours
		{a: 0x12345678, b: 0x87654321, swapped: false, near: false},
	} {
		if swapped, near := almostSame(c.a, c.b); swapped != c.swapped || near != c.near {
			t.Errorf("almostSame(%v, %v) = %v, %v, want %v, %v", c.a, c.b, swapped, near, c.swapped, c.near)
		}
	}
}
