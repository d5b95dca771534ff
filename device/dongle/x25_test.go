package dongle_test

import (
	"encoding/hex"
	"testing"

	"earshot/device/devicetest"
	"earshot/device/dongle"
)

// TestX25 are docs/protocol/vectors.md#checksums and docs/protocol/dongles.md#imst-crc.
func TestX25(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]uint16{
		hex.EncodeToString([]byte("123456789")): 0x906E,
		"81030600030003 0800":                   0xD6B8,
		"810306000300070800":                    0xB5D9,
		"810400":                                0xF79C,
		"010200":                                0xAFA0,
	} {
		data := devicetest.Unhex(in)
		if got := dongle.X25(data); got != want {
			t.Errorf("Sum(%s) = %04X, want %04X", in, got, want)
		}
		full := dongle.AppendX25(data, 0)
		if !dongle.GoodX25(full) {
			t.Errorf("Good(%X) = false", full)
		}
		for i := range full {
			full[i] ^= 0x10
			if dongle.GoodX25(full) {
				t.Errorf("byte %d of %X may be wrong without notice", i, full)
			}
			full[i] ^= 0x10
		}
	}
	for n := range 40 { // as the polynomial says, bit by bit
		data := make([]byte, n)
		want := uint16(0xFFFF)
		for i := range data {
			data[i] = byte(i*37 + n)
			want ^= uint16(data[i])
			for range 8 {
				carry := want & 1
				if want >>= 1; carry != 0 {
					want ^= 0x8408
				}
			}
		}
		if got := dongle.X25(data); got != ^want {
			t.Errorf("Sum(%X) = %04X, want %04X", data, got, ^want)
		}
	}
	if dongle.GoodX25(nil) || dongle.GoodX25([]byte{0}) {
		t.Error("nothing has a good check")
	}
}
