package mqttconn_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"testing"
	"testing/iotest"
	"time"

	"earshot/device/mqttconn"
)

// TestAcknowledged: PUBACKs without properties do not reach paho, wherever the
// network splits them; all else does, as it came.
func TestAcknowledged(t *testing.T) {
	t.Parallel()
	sent := []byte{
		0x20, 3, 0, 0, 0, // CONNACK
		0x40, 2, 0, 1, 0x40, 3, 1, 2, 0x10, // success, no subscriber
		0xD0, 0, // PINGRESP
		0x40, 4, 0, 3, 0x87, 0, // it may have properties
		0x40, 2, 0xFF, 0xFF,
		0x30, 6, 0x40, 2, 0, 1, 0x40, 2, // in a packet nothing is a PUBACK
		0x40, 3, 0, 4, 0x97,
	}
	for size := 1; size <= len(sent); size++ {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var acks []string
		conn, err := mqttconn.Dial(context.Background(), mqttconn.Options{
			Address: &url.URL{Scheme: "mqtt", Host: listener.Addr().String()}, DialTimeout: time.Minute, WriteTimeout: time.Minute, MaxPacket: 100,
			Acknowledged: func(id uint16, code byte) { acks = append(acks, fmt.Sprintf("%04X %02X", id, code)) },
		})
		if err != nil {
			t.Fatal(err)
		}
		broker, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			for piece := range slices.Chunk(sent, size) {
				_, _ = broker.Write(piece)
			}
			_ = broker.Close()
		}()
		passed, _ := io.ReadAll(iotest.OneByteReader(conn)) // as paho does
		_, _ = conn.Close(), listener.Close()
		if want := []string{"0001 00", "0102 10", "FFFF 00", "0004 97"}; !slices.Equal(acks, want) {
			t.Errorf("in pieces of %d: acknowledged %q, want %q", size, acks, want)
		}
		if want := slices.Concat(sent[:5], sent[14:22], sent[26:34]); !slices.Equal(passed, want) {
			t.Errorf("in pieces of %d: passed on % X, want % X", size, passed, want)
		}
	}
}
