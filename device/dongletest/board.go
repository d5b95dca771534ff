package dongletest

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"earshot/device"
)

// firmware is what runs in a dongle. Its methods are called one at a time.
type firmware interface {
	// boot starts again with what is in flash.
	boot()
	// take carries out the first request in what came from the host. used is
	// how many bytes that was, 0 while the request is not complete; answers are
	// written in their order.
	take(in []byte) (used int, answers [][]byte)
	// listening says which modes it hears now.
	listening() []device.LinkMode
	// hasRSSI says whether telegrams carry their level.
	hasRSSI() bool
	// telegram is what the host gets of one; nil if it does not fit.
	telegram(f device.Frame) []byte
	// memory is the configuration in RAM.
	memory() []byte
}

const (
	// patience is how long a dongle waits for the rest of a request (assumed).
	patience = 200 * time.Millisecond
	// bootTime is how long a paced restart takes (1.7, 3.5: about 500 ms).
	bootTime = 400 * time.Millisecond
	// noLevel is the level in dBm of frames that do not say theirs.
	noLevel = -70
)

// board is what the firmwares of all families share: settings, faults, counters.
type board struct {
	settings Settings
	faults   Faults
	count    State // its counters only

	baud       int           // now
	patience   time.Duration // 0 is the usual one
	bootTime   time.Duration // 0 is the usual one
	opening    bool          // restarts when the host opens the port
	anyBaud    bool          // ignores the host's baud rate
	restarting bool          // after the answers to the present request
	mute       bool          // the present request gets no answer

	clock   uint32    // seconds of its real-time clock
	clockAt time.Time // when the clock showed that
}

// change is a request to change settings in RAM: it calls apply, or not where
// faults say so. False means that the request is to be refused.
func (b *board) change(apply func()) bool {
	b.count.Settings++
	switch {
	case b.faults.RestartOnce:
		b.faults.RestartOnce = false
		b.restarting, b.mute = true, true
	case b.faults.RefuseSettings:
		return false
	case !b.faults.IgnoreSettings:
		apply()
	}
	return true
}

// done counts a request that was carried out.
func (b *board) done(answers ...[]byte) [][]byte {
	b.count.Requests++
	return answers
}

// reject counts a request that gets no answer.
func (b *board) reject() [][]byte {
	b.count.Rejected++
	return nil
}

// reset restarts the dongle after the answer.
func (b *board) reset() {
	b.count.Resets++
	b.restarting = true
}

func (b *board) setClock(seconds uint32) { b.clock, b.clockAt = seconds, time.Now() }

// seconds is what the real-time clock shows.
func (b *board) seconds() uint32 { return b.clock + uint32(time.Since(b.clockAt)/time.Second) }

// overlay writes Settings.Flash over a factory image.
func (b *board) overlay(image []byte) error {
	for at, v := range b.settings.Flash {
		if at < 0 || at >= len(image) {
			return fmt.Errorf("Settings.Flash has address %#x, the memory ends at %#x", at, len(image)-1)
		}
		image[at] = v
	}
	return nil
}

// serial reads Settings.Serial, most significant byte first.
func (b *board) serial(usual string) ([]byte, error) {
	if b.settings.Serial == "" {
		b.settings.Serial = usual
	}
	raw, err := hex.DecodeString(b.settings.Serial)
	if err != nil || len(raw) != 4 {
		return nil, fmt.Errorf("serial number %q is not 8 hex digits", b.settings.Serial)
	}
	return raw, nil
}

// version reads Settings.Firmware as three numbers.
func (b *board) version(usual string) ([3]uint16, error) {
	if b.settings.Firmware == "" {
		b.settings.Firmware = usual
	}
	var v [3]uint16
	parts := strings.Split(b.settings.Firmware, ".")
	if len(parts) != len(v) {
		return v, fmt.Errorf("firmware %q is not written 1.2.3", b.settings.Firmware)
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return v, fmt.Errorf("firmware %q is not written 1.2.3", b.settings.Firmware)
		}
		v[i] = uint16(n)
	}
	return v, nil
}

// level is how loud a frame is, in dBm.
func level(f device.Frame) float64 {
	if f.RSSI.Scale != device.ScaleDBm {
		return noLevel
	}
	return float64(f.RSSI.Value)
}

// rawByte bounds what a chip reports in one byte.
func rawByte(v float64) byte { return byte(math.Max(0, math.Min(255, math.Floor(v)))) }

// cc1101 is a level as the CC1101 reports it: v/2 − 74 dBm, v signed
// (docs/protocol/dongles.md#amb8465).
func cc1101(dBm float64) byte {
	return byte(int8(math.Max(-128, math.Min(127, math.Floor((dBm+74)*2)))))
}

// signed is a level in dBm as one byte.
func signed(dBm float64) byte { return byte(int8(math.Max(-128, math.Min(127, dBm)))) }
