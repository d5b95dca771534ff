package dongletest

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"earshot/device"
	"earshot/device/wmbus"
)

const (
	// culReports and culSignal are bits of the X setting (docs/protocol/dongles.md#cul).
	culReports = 1 << 0
	culSignal  = 1 << 5
	// culLQI is the LQI byte: CRC right, quality 2 (docs/protocol/vectors.md#dongles).
	culLQI = 0x82
	// culBoot is the blackout after the port was opened, which toggles DTR
	// (docs/protocol/dongles.md#cul: about 2 s).
	culBoot = 1900 * time.Millisecond
	// culLine bounds a command.
	culLine = 512
)

// cul is culfw in a CUL or nanoCUL. It has no memory to write.
type cul struct {
	*board
	x    byte
	mode byte // 's', 't', 'c'; 0 is off
}

func newCUL(b *board) (*cul, error) {
	b.baud, b.bootTime = 38400, culBoot
	b.opening, b.anyBaud = !b.settings.NativeUSB, b.settings.NativeUSB
	if b.settings.Firmware == "" {
		b.settings.Firmware = "V 1.67 nanoCUL868"
		if b.settings.NativeUSB {
			b.settings.Firmware = "V 1.67 CUL868"
		}
	}
	if b.settings.Model != "" {
		return nil, fmt.Errorf("there is no model %q; Firmware and NativeUSB say which CUL it is", b.settings.Model)
	}
	return &cul{board: b}, b.overlay(nil)
}

func (m *cul) boot()          { m.x, m.mode = 0, 0 }
func (m *cul) memory() []byte { return nil }
func (m *cul) hasRSSI() bool  { return m.x&culSignal != 0 }

func (m *cul) listening() []device.LinkMode {
	switch {
	case m.x&culReports == 0:
		return nil
	case m.mode == 's':
		return hearsS2()
	case m.mode == 't':
		return hearsT2()
	case m.mode == 'c' && m.settings.NoCombined:
		return hearsC2()
	case m.mode == 'c':
		return hearsCT()
	}
	return nil
}

// telegram is a line with the frame as it was on the air, and the signal bytes
// if X says so (docs/protocol/dongles.md#cul). What does not fit the buffer is cut off.
func (m *cul) telegram(f device.Frame) []byte {
	prefix, raw := "b", wmbus.AppendFormatA(nil, f.Bytes)
	if isC(f.Mode) && m.settings.FormatB {
		b, err := wmbus.AppendFormatB(nil, f.Bytes)
		if err != nil {
			return nil
		}
		prefix, raw = "bY", b
	}
	if m.hasRSSI() {
		raw = append(raw, culLQI, cc1101(level(f)))
	}
	line := fmt.Sprintf("%s%X", prefix, raw)
	if most := 2 * m.settings.Buffer; most > 0 && len(line) > most {
		line = line[:most]
	}
	return []byte(line + "\r\n")
}

func (m *cul) take(in []byte) (int, [][]byte) {
	end := bytes.IndexAny(in, "\r\n")
	switch {
	case end < 0 && len(in) > culLine:
		return len(in), m.reject()
	case end < 0:
		return 0, nil
	case end == 0: // the LF of CR LF
		return 1, nil
	}
	return end + 1, m.command(string(in[:end]))
}

func culSays(text string) []byte { return []byte(text + "\r\n") }

func (m *cul) command(line string) [][]byte {
	switch {
	case line == "V":
		return m.done(culSays(m.settings.Firmware))
	case line[0] == 'X':
		x, err := strconv.ParseUint(line[1:], 16, 8)
		if err != nil {
			return m.reject()
		}
		m.change(func() { m.x = byte(x) })
		return m.done()
	case strings.HasPrefix(line, "br") && len(line) == 3:
		return m.receive(line)
	case strings.HasPrefix(line, "bss"), strings.HasPrefix(line, "bst"):
		m.count.Transmissions++
		return m.done()
	}
	return m.unknown(line)
}

// receive sets the mode; any that there is not turns the receiver off.
func (m *cul) receive(line string) [][]byte {
	mode := line[2]
	says := map[byte]string{'s': "SMODE", 't': "TMODE", 'c': "CMODE"}[mode]
	if says == "" {
		mode, says = 0, "OFF"
	}
	if mode == 'c' && m.settings.NoC {
		m.mode = 0
		return m.unknown(line)
	}
	if !m.change(func() { m.mode = mode }) {
		says = "OFF"
	}
	return m.done(culSays(says))
}

// unknown is the help text (docs/protocol/dongles.md#cul).
func (m *cul) unknown(line string) [][]byte {
	m.count.Rejected++
	return [][]byte{culSays("? (" + line + " is unknown) Use one of B b C e F f G h i K k l M m R T t U u V W X x Z z")}
}
