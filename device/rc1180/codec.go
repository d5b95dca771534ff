package rc1180

import (
	"bytes"

	"earshot/device"
	"earshot/device/dongle"
)

const (
	prompt      = '>'
	promptSize  = 1
	memorySize  = 256
	dumpSize    = memorySize + promptSize
	maxDumpLead = 256 // how much noise before a dump is skipped

	// The bytes around telegrams with data interface 4. Which is which is inferred
	// (docs/protocol/dongles.md#rc1180 names both).
	startMark = 0x3D
	stopMark  = 0x3E

	minL = 9 // C-field, manufacturer and address
)

// The kinds of answers; a Message's ID.
const (
	idPrompt = iota + 1
	idMemory // Body is the memory
)

// state says what the next bytes may be.
type state uint8

const (
	listening state = iota // telegrams
	asking                 // telegrams, until the prompt; then nothing but prompts
	dumping                // the memory, and a prompt
	leaving                // maybe a prompt, then telegrams
)

// codec cuts bytes into messages.
type codec struct {
	state state
	known bool // whether what follows is known yet
	marks bool // a byte marks the start of each telegram, another one its end
	rssi  bool // the L-field counts one byte more, which is the RSSI
	bare  dongle.Bare
}

// decode finds the first message in b, as dongle.Protocol's Decode.
func (c *codec) decode(b []byte) (dongle.Message, int) {
	switch {
	case c.state == dumping:
		return c.memory(b)
	case c.state != listening && b[0] == prompt:
		if m, used, ok := c.promptOr(b); ok {
			return m, used
		}
	}
	if c.marks {
		return c.decodeMarked(b)
	}
	found, used := c.bare.Next(b, 0)
	if !found {
		for i := 1; i < used && c.state != listening; i++ {
			if b[i] == prompt {
				used = i
			}
		}
		return dongle.Message{}, used
	}
	return c.telegram(b[:used]), used
}

// decodeMarked reads telegrams between start and stop byte.
func (c *codec) decodeMarked(b []byte) (dongle.Message, int) {
	start := bytes.IndexByte(b, startMark)
	switch {
	case start < 0 && c.state == asking:
		start = max(bytes.IndexByte(b, prompt), 1)
		return dongle.Message{}, start
	case start < 0:
		return dongle.Message{}, len(b)
	case start > 0:
		return dongle.Message{}, start
	case len(b) < 2:
		return dongle.Message{}, 0
	case b[1] < minL:
		return dongle.Message{}, 1
	}
	n := 1 + 1 + int(b[1])
	switch {
	case len(b) <= n:
		return dongle.Message{}, 0
	case b[n] != stopMark:
		return dongle.Message{}, 1 // a telegram may begin inside
	}
	return c.telegram(b[1:n]), n + 1
}

// promptOr distinguishes a prompt from a telegram whose L-field looks like one; ok is
// false for a telegram.
func (c *codec) promptOr(b []byte) (m dongle.Message, used int, ok bool) {
	m = dongle.Message{Kind: dongle.Answer, ID: idPrompt}
	if c.state == leaving {
		c.state = listening
		c.bare.Lost()
		return m, promptSize, true
	}
	if len(b) == promptSize || c.marks {
		return m, promptSize, true
	}
	was := c.bare
	found, used := c.bare.Next(b, 0)
	c.bare = was
	return m, promptSize, !found && used > 0
}

// memory waits for all of the memory and the prompt after it.
func (c *codec) memory(b []byte) (dongle.Message, int) {
	lead := len(b) - dumpSize
	switch {
	case lead < 0:
		return dongle.Message{}, 0
	case b[len(b)-1] != prompt && lead >= maxDumpLead:
		return dongle.Message{}, 1
	case b[len(b)-1] != prompt:
		return dongle.Message{}, 0
	case lead > 0:
		return dongle.Message{}, lead
	}
	return dongle.Message{Kind: dongle.Answer, ID: idMemory, Body: b[:memorySize]}, dumpSize
}

// telegram removes the RSSI.
func (c *codec) telegram(b []byte) dongle.Message {
	switch {
	case !c.known:
		return dongle.Message{Kind: dongle.Other}
	case !c.rssi:
		return dongle.Message{Kind: dongle.Telegram, Body: b}
	}
	last := len(b) - 1
	return dongle.Message{Kind: dongle.Telegram, Body: b[1:last], Length: last - 1, RSSI: rssi(b[last])}
}

// rssi converts the RSSI byte: −raw/2 dBm (docs/protocol/dongles.md#rc1180), here rounded down.
func rssi(raw byte) device.RSSI {
	return device.RSSI{Scale: device.ScaleDBm, Value: -int16(raw)/2 - int16(raw&1)}
}
