package site

import (
	"testing"

	"earshot/device/wmbus"
)

// TestAlike compares numbers of lists with those on the air.
func TestAlike(t *testing.T) {
	t.Parallel()
	kam, _ := wmbus.ParseManufacturer("KAM")
	dme, _ := wmbus.ParseManufacturer("DME")
	for _, c := range []struct {
		name        string
		listed, air wmbus.ID
		maker       wmbus.Manufacturer
		want        Likeness
	}{
		{name: "another maker", listed: 0x12345678, air: 0x12345678, maker: dme, want: LikeMaker},
		{name: "the same", listed: 0x12345678, air: 0x12345678, maker: kam, want: LikeNone},
		{name: "turned at the end", listed: 0x12345678, air: 0x12345687, maker: kam, want: LikeTurned},
		{name: "turned at the beginning", listed: 0x12345678, air: 0x21345678, maker: kam, want: LikeTurned},
		{name: "turned, another maker", listed: 0x12345678, air: 0x21345678, maker: dme, want: LikeNone},
		{name: "reversed", listed: 0x12345678, air: 0x78563412, maker: kam, want: LikeReversed},
		{name: "decimal of hex", listed: 0x19088743, air: 0x01234567, maker: kam, want: LikeHex},
		{name: "hex of decimal", listed: 0x00BC614E, air: 0x12345678, maker: kam, want: LikeHex},
		{name: "a zero lost within", listed: 0x01234678, air: 0x12340678, maker: kam, want: LikeZero},
		{name: "a zero lost at the end", listed: 0x01234567, air: 0x12345670, maker: kam, want: LikeZero},
		{name: "a digit before it", listed: 0x91234567, air: 0x12345678, maker: kam, want: LikeShifted},
		{name: "a year behind it", listed: 0x34567823, air: 0x12345678, maker: kam, want: LikeShifted},
		{name: "one digit", listed: 0x12345678, air: 0x12345698, maker: kam, want: LikeDigit},
		{name: "two digits", listed: 0x12345678, air: 0x92345671, maker: kam, want: LikeDigits},
		{name: "three digits", listed: 0x12345678, air: 0x92375671, maker: kam, want: LikeNone},
		{name: "one digit repeated", listed: 0x11111111, air: 0x11121111, maker: kam, want: LikeDigit},
	} {
		if got := Alike(&Meter{Manufacturer: kam, ID: c.listed}, wmbus.Address{Manufacturer: c.maker, ID: c.air}); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
