package mqttconn_test

import (
	"testing"

	"earshot/device/mqttconn"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	ok := []byte{0x30, 3, 1, 2, 3, 0xD0, 0, 0x30, 0x80, 1}
	for _, c := range []struct {
		name   string
		pieces [][]byte
		want   bool
	}{
		{name: "packets", pieces: [][]byte{ok, make([]byte, 128), {0xD0, 0}}, want: true},
		{name: "split", pieces: [][]byte{ok[:1], ok[1:2], ok[2:4], ok[4:8], ok[8:]}, want: true},
		{name: "2 MB", pieces: [][]byte{{0x30, 0x80, 0x80, 0x80, 0x01}}, want: true},
		{name: "a byte more", pieces: [][]byte{{0x30, 0x81, 0x80}, {0x80, 0x01}}, want: false},
		{name: "256 MB", pieces: [][]byte{{0x30, 0xff, 0xff, 0xff, 0x7f}}, want: false},
		{name: "a length that does not end", pieces: [][]byte{{0x30, 0x80, 0x80, 0x80, 0x80}}, want: false},
	} {
		if got := mqttconn.Pass(c.pieces...); got != c.want {
			t.Errorf("%s: pass %t, want %t", c.name, got, c.want)
		}
	}
}
