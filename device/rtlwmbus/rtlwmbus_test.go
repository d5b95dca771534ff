package rtlwmbus_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/rtlwmbus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// plain is the telegram of docs/protocol/vectors.md#frames; withCRC still has the L-field
// that counts the two CRC bytes which rtl_wmbus took off.
const (
	plain   = "1244ae0c7856341201078c2027780b13436587"
	withCRC = "1444ae0c7856341201078c2027780b13436587"
	other   = "1244ae0c7956341201078c2027780b13436587"
)

func frame(mode device.LinkMode, rssi device.RSSI, second int, digits ...string) device.Frame {
	f := device.Frame{Mode: mode, RSSI: rssi, Bytes: devicetest.Unhex(strings.Join(digits, ""))}
	if second > 0 {
		f.AirTime = time.Date(2019, 4, 3, 19, 0, second, 0, time.UTC)
	}
	return f
}

func relative(v int16) device.RSSI { return device.RSSI{Scale: device.ScaleRelative, Value: v} }

func TestDriver(t *testing.T) {
	t.Parallel()
	devicetest.Run(t, devicetest.Subject{
		Driver: rtlwmbus.Driver(),
		Good: []devicetest.Line{
			{Text: "T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x" + plain, Want: frame("T1", relative(97), 42, plain)},
			{Text: "rla;C1;1;1;2019-04-03 19:00:43.000;117;102;12345678;0x" + withCRC, Want: frame("C1", relative(117), 43, plain)},
			{Text: "C1;1;1;2019-04-03 19:00:44.000;-61;;;0x" + plain, Want: frame("C1", device.RSSI{Scale: device.ScaleDBm, Value: -61}, 44, plain)},
			{Text: "S1;1;1;;;;12345678;0x" + plain, Want: frame("S1", device.RSSI{}, 0, plain)},
		},
		Noise: []string{
			"T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x" + plain[1:],
			"T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x",
			"T1;1;1;2019-04-03 19:00:42.000;97;148;12345678",
		},
		Words:  []string{"rtl_wmbus: starting", "Found Rafael Micro R820T tuner"},
		Half:   "T1;1;1;2019-04-03 19:00:45.000;97;148;12345678;0x" + plain[:31],
		NoPath: true,
	})
}

func TestDropped(t *testing.T) {
	t.Parallel()
	text := strings.Join([]string{
		"T1;0;1;2019-04-03 19:00:41.000;97;148;12345678;0x" + plain, // CRC failed
		"T1;1;0;2019-04-03 19:00:41.000;97;148;12345678;0x" + plain, // 3-out-of-6 failed
		"t2a;T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x" + plain,
		"rla;T1;1;1;2019-04-03 19:00:42.000;97;148;12345678;0x" + plain, // the other algorithm
		"T1;1;1;2019-04-03 19:00:43.000;97;148;12345678;0x" + plain,
		"T1;1;1;2019-04-03 19:00:44.000;97;148;12345678;0x" + plain + ";0x" + other, // two on a line
	}, "\n")
	r, err := rtlwmbus.Open(t.Context(), device.Spec{Driver: "rtlwmbus", Path: "stdin"}, device.Options{Stdin: strings.NewReader(text)})
	if err != nil {
		t.Fatal(err)
	}
	var sink devicetest.Sink
	if err := r.Receive(t.Context(), &sink); !errors.Is(err, device.ErrEnd) {
		t.Errorf("Receive ended with %v, want ErrEnd", err)
	}
	if got := len(sink.Frames()); got != 4 || len(sink.Troubles()) != 0 {
		t.Errorf("%d frames, troubles %v; want 4 and none", got, sink.Troubles())
	}
	if got := r.(device.Dropper).Dropped(); got != 3 {
		t.Errorf("Dropped() = %d, want 3", got)
	}
}
