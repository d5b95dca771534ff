package dongletest

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"earshot/device"
)

// Dongle is an emulated dongle. Its methods may be called from several
// goroutines.
type Dongle struct {
	family Family
	plugMu sync.Mutex // held by Unplug, Replug and Close

	mu       sync.Mutex
	board    *board
	firmware firmware
	session  *session // nil while unplugged
	path     string
	closed   bool
	pulled   bool // has been unplugged before
	open     bool
	upAt     time.Time // it restarts until then
	input    []byte    // an incomplete request
	inputAt  time.Time
}

// Family says what it is.
func (d *Dongle) Family() Family { return d.family }

// Path is its port, whether plugged in or not; "" with StartOn.
func (d *Dongle) Path() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.path
}

// Set changes the faults.
func (d *Dongle) Set(change func(*Faults)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(&d.board.faults)
}

// State is how things stand.
func (d *Dongle) State() State {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.board.count
	s.Plugged, s.Open = d.session != nil, d.session != nil && d.open
	if d.path != "" {
		s.Port = filepath.Base(d.path)
	}
	s.Modes = d.firmware.listening()
	s.RSSI, s.Baud, s.Memory = d.firmware.hasRSSI(), d.board.baud, d.firmware.memory()
	return s
}

// Send puts a telegram on the air: Bytes from the L-field on without CRCs, and
// Mode ("" is any that the dongle listens to); without RSSI it comes at −70
// dBm. It returns whether the telegram went to the host, once it has: the
// dongle is plugged in and awake, listens to that mode, and the host has the
// port open. A host that does not read makes it wait.
func (d *Dongle) Send(f device.Frame) bool {
	d.mu.Lock()
	s, raw := d.session, d.telegram(f)
	d.mu.Unlock()
	sent := raw != nil && s.write(raw)
	d.mu.Lock()
	defer d.mu.Unlock()
	if sent {
		d.board.count.Telegrams++
	} else {
		d.board.count.Lost++
	}
	return sent
}

// telegram is what the host is to get of a telegram now; nil is nothing.
func (d *Dongle) telegram(f device.Frame) []byte {
	faults := &d.board.faults
	if d.session == nil || !d.open || faults.Silent || faults.Deaf || time.Now().Before(d.upAt) {
		return nil
	}
	modes := d.firmware.listening()
	if f.Mode == "" && len(modes) > 0 {
		f.Mode = modes[0]
	}
	if !slices.Contains(modes, f.Mode) || !isFrame(f.Bytes) {
		return nil
	}
	raw := d.firmware.telegram(f)
	if raw == nil {
		return nil
	}
	return slices.Concat(faults.TelegramNoise, raw)
}

// longestInput bounds a request that is not complete yet; the longest that
// there is writes all 256 bytes of an RC1180.
const longestInput = 1024

// isFrame reports whether a receiver can have received it: a header and as many bytes as
// the L-field says.
func isFrame(b []byte) bool { return len(b) >= 10 && len(b) == int(b[0])+1 }

// Unplug pulls the dongle: its port is gone, whoever had it open gets an error.
// All goroutines have ended when it returns.
func (d *Dongle) Unplug() {
	d.plugMu.Lock()
	defer d.plugMu.Unlock()
	d.unplug()
}

func (d *Dongle) unplug() {
	d.mu.Lock()
	s, path := d.session, d.path
	d.session, d.open, d.input = nil, false, nil
	d.pulled = d.pulled || s != nil
	d.mu.Unlock()
	if s == nil {
		return
	}
	if path != "" && d.board.settings.Bus == nil {
		_ = os.Remove(path)
	}
	s.end()
}

// Replug plugs the dongle in, as a port of that name or "" for the one it had.
// What was set in RAM is lost.
func (d *Dongle) Replug(port string) error {
	d.plugMu.Lock()
	defer d.plugMu.Unlock()
	if port == "" {
		port = d.board.settings.Port
	}
	d.board.settings.Port = port
	path := filepath.Join(d.board.settings.Dir, port)
	if err := d.canPlug(); err != nil {
		return err
	}
	if bus := d.board.settings.Bus; bus != nil {
		w, err := bus.plug(path)
		if err != nil {
			return fmt.Errorf("emulated %s: %w", d.family, err)
		}
		d.plug(w, path)
		return nil
	}
	l, tty, err := openPTY()
	if err != nil {
		return fmt.Errorf("emulated %s: pseudo terminal: %w", d.family, err)
	}
	if err := os.Symlink(tty, path); err != nil {
		_ = l.Close()
		return fmt.Errorf("emulated %s: port: %w", d.family, err)
	}
	d.plug(l, path)
	return nil
}

// ReplugOn is Replug for a dongle made by StartOn.
func (d *Dongle) ReplugOn(host io.ReadWriteCloser) error {
	d.plugMu.Lock()
	defer d.plugMu.Unlock()
	if err := d.canPlug(); err != nil {
		return err
	}
	d.plug(plainLine{host}, "")
	return nil
}

func (d *Dongle) canPlug() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return ErrClosed
	case d.session != nil:
		return fmt.Errorf("emulated %s: it is plugged in already; call Unplug first", d.family)
	}
	return nil
}

func (d *Dongle) plug(l line, path string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.path = path
	if d.pulled && d.board.faults.ResetCures {
		d.board.faults.Silent, d.board.faults.Deaf = false, false
	}
	d.restart(0)
	d.session = newSession(d, l)
}

// restart boots the firmware, which takes a while when paced.
func (d *Dongle) restart(takes time.Duration) {
	d.input = nil
	d.board.setClock(0)
	d.firmware.boot()
	if d.board.settings.Paced {
		d.upAt = time.Now().Add(takes)
	}
}

// Close unplugs the dongle for good. It may be called twice.
func (d *Dongle) Close() error {
	d.plugMu.Lock()
	defer d.plugMu.Unlock()
	d.unplug()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	return nil
}

// opened notes that the host opened the port, and returns what it gets then.
func (d *Dongle) opened() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := d.board
	d.open, d.input = true, nil
	b.count.Opens++
	if b.opening {
		d.restart(b.bootTime)
	}
	if !b.faults.HalfFrame || b.faults.Silent {
		return nil
	}
	raw := d.firmware.telegram(device.Frame{Mode: "T1", Bytes: halfHeard()})
	return raw[len(raw)/2:]
}

// halfHeard is the telegram of docs/protocol/vectors.md#dongles.
func halfHeard() []byte {
	return []byte{0x12, 0x44, 0xAE, 0x0C, 0x78, 0x56, 0x34, 0x12, 0x01, 0x07,
		0x8C, 0x20, 0x27, 0x78, 0x0B, 0x13, 0x43, 0x65, 0x87}
}

func (d *Dongle) hungUp() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open = false
}

func (d *Dongle) dropped() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.board.count.Dropped++
}

// heard takes what the host wrote at its baud rate (0: the right one) and
// returns the answers to it.
func (d *Dongle) heard(in []byte, hostBaud int) [][]byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, now := d.board, time.Now()
	b.count.Heard += len(in)
	if rate := d.misheardAt(hostBaud); rate != 0 {
		in = mishear(in, rate, b.baud)
	}
	wait := b.patience
	if wait == 0 {
		wait = patience
	}
	if now.Sub(d.inputAt) > wait {
		d.input = nil
	}
	d.inputAt = now
	if b.faults.Silent || now.Before(d.upAt) {
		return nil
	}
	d.input = append(d.input, in...)
	var answers [][]byte
	for len(d.input) > 0 {
		used, more := d.firmware.take(d.input)
		if used == 0 {
			break
		}
		d.input = d.input[used:]
		if !b.mute {
			answers = append(answers, more...)
		}
		if b.restarting {
			d.restarted()
		}
	}
	if len(d.input) > longestInput {
		d.input = nil
		b.count.Rejected++
	}
	return answers
}

// restarted boots after a request that asked for it.
func (d *Dongle) restarted() {
	b := d.board
	b.restarting, b.mute = false, false
	if b.faults.ResetCures {
		b.faults.Deaf = false
	}
	rest := d.input
	d.restart(cmp.Or(b.bootTime, bootTime))
	if !b.settings.Paced {
		d.input = rest
	}
}

// misheardAt returns the host's baud rate if it is wrong, else 0.
func (d *Dongle) misheardAt(hostBaud int) int {
	b := d.board
	switch {
	case b.faults.WrongBaud:
		return b.baud * 3
	case b.anyBaud || hostBaud == b.baud:
		return 0
	}
	return hostBaud
}
