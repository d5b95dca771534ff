package hexline

import (
	"bytes"
	"context"
	"errors"

	"earshot/device"
	"earshot/device/lines"
	"earshot/device/wmbus"
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
	raw, err := lines.ParseHex(telegram(line))
	if err != nil {
		return err
	}
	frame, _, err := wmbus.Unframe(raw)
	if err == nil || errors.Is(err, wmbus.ErrLength) {
		emit(device.Frame{Bytes: frame})
	}
	return err
}

// telegram cuts a line down to the digits and their separators.
func telegram(line []byte) []byte {
	line, _, _ = bytes.Cut(line, []byte("#"))
	if _, after, found := bytes.Cut(line, []byte("telegram=")); found {
		line = after
	}
	line, _, _ = bytes.Cut(line, []byte("|+"))
	line = bytes.TrimSpace(line)
	if len(line) > 2 && line[0] == '0' && line[1]|0x20 == 'x' {
		line = line[2:]
	}
	return line
}
