package rtlwmbus

import (
	"context"
	"time"

	"earshot/device"
	"earshot/device/lines"
	"earshot/device/telegramtext"
)

// Name is the driver's name in a Spec.
const Name = "rtlwmbus"

// Driver is the entry for the list of drivers.
func Driver() device.Driver {
	return device.Driver{
		Name:  Name,
		About: "an RTL-SDR stick, by rtl_sdr and rtl_wmbus (rtlwmbus, rtlwmbus:s1,t1,c1), or the lines of rtl_wmbus (FILE:rtlwmbus, stdin:rtlwmbus)",
		Open:  Open,
	}
}

// Receiver reads the lines of one source.
type Receiver struct {
	*lines.Receiver
	decoder *telegramtext.Decoder
}

var _ device.Dropper = (*Receiver)(nil)

// Open opens the file or standard input that spec names; where it names none it
// runs rtl_sdr and rtl_wmbus, or Options.Command.
func Open(_ context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	if spec.Path == "" {
		return openChild(spec, opt)
	}
	now := opt.Now
	if now == nil {
		now = time.Now
	}
	r := &Receiver{decoder: telegramtext.NewDecoder(now().Location())}
	source, err := lines.NewReceiver(Name, spec, opt, r.take)
	if err != nil {
		return nil, err
	}
	r.Receiver = source
	return r, nil
}

// Dropped implements device.Dropper: telegrams that arrived broken or twice.
func (r *Receiver) Dropped() uint64 { return r.decoder.Dropped() }

// take handles one line; it is called by one goroutine at a time.
func (r *Receiver) take(text []byte, emit func(device.Frame)) error {
	return r.decoder.RTLWMBus(text, func(t telegramtext.Telegram) { emit(t.Frame) })
}
