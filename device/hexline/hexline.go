package hexline

import (
	"context"

	"earshot/device"
	"earshot/device/lines"
	"earshot/device/telegramtext"
)

// Name is the driver's name in a Spec.
const Name = "hexline"

// Driver is the entry for the list of drivers.
func Driver() device.Driver {
	return device.Driver{
		Name:    Name,
		Aliases: []string{"hex"},
		About:   "hex text, one telegram a line, from a file or standard input (FILE:hexline, stdin:hex)",
		Open:    Open,
	}
}

// Open opens the file or standard input that spec names.
func Open(_ context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	return lines.NewReceiver(Name, spec, opt, Parse)
}

// Parse takes one line apart. A telegram whose length differs from its L-field
// is emitted and reported: its meter was heard. Errors are one sentence each.
func Parse(line []byte, emit func(device.Frame)) error {
	t, err := telegramtext.Hex(line)
	if len(t.Bytes) > 0 {
		emit(t.Frame)
	}
	return err
}
