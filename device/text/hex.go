package text

import (
	"bytes"
	"errors"
	"fmt"

	"earshot/device"
	"earshot/device/wmbus"
)

// hex reads a text with hex digits in it.
func (r *Reader) hex(text []byte, depth int) error {
	before := len(r.found)
	var trouble error
	s := &r.chains
	s.each(text, func() {
		if err := r.chain(); err != nil {
			trouble = err
		}
	})
	if depth > 0 || r.tailEnd < len(text) {
		r.tail = r.tail[:0]
	}
	alone := s.runs == 1 && s.words == 0
	if alone && depth == 0 && trouble == nil {
		s.each(text, func() {
			r.alone, r.aloneFrom, r.aloneWord = append(r.alone[:0], s.digits...), s.atoms[0].start, s.atoms[0].to
		})
	}
	if len(r.found) > before || trouble != nil {
		return trouble
	}
	if alone {
		s.each(text, func() { trouble = r.lone() })
		return trouble
	}
	if s.longest < 2*minSymbols {
	} else if err := r.symbols(text); err != nil || len(r.found) > before {
		return err
	}
	if s.words == 1 && bytes.IndexByte(text, ' ') < 0 && isText(text) {
		for i, c := range text {
			if _, ok := nibble(c); !ok {
				return fmt.Errorf("%q at column %d is not a hex digit", c, i+1)
			}
		}
	}
	return errNoHex
}

// chain appends the telegrams of a chain to r.found: those that fit, or, if there
// are none, the one that was cut off or has something after it.
func (r *Reader) chain() error {
	s, before := &r.chains, len(r.found)
	if err := r.whole(); len(r.found) > before || err != nil {
		return err
	}
	if s.pad() {
		_ = r.whole()
		return nil
	}
	for i, a := range s.atoms {
		if (i == 0 || a.to-a.from > 2*minTelegram) && r.nearly(a) {
			return nil
		}
	}
	return nil
}

// whole appends the telegrams of a chain whose length fits.
func (r *Reader) whole() error {
	s := &r.chains
	var trouble error
	for at, i := 0, 0; i < len(s.atoms); i++ {
		a := s.atoms[i]
		if a.from < at {
			continue
		}
		if a.cul != 0 {
			err := r.cul(a)
			if err == nil {
				at = a.to
			}
			trouble = err
			continue
		}
		at = r.fits(a, at)
	}
	return trouble
}

// fits appends the consecutive telegrams that begin with an atom, and returns the
// digit after them.
func (r *Reader) fits(a atom, at int) int {
	s := &r.chains
	for from := a.from; from == a.from || from < a.to; {
		if !s.begins(from) {
			break
		}
		c := measure(s.bytes(from, len(s.digits)), func(n int) bool { return s.ends(from + 2*n) })
		// In a word that continues, another telegram must follow.
		glued := c.fit == longer && from+2*c.used < a.to && s.begins(from+2*c.used) && plausible(s.bytes(from+2*c.used, len(s.digits)))
		if glued {
			c = measure(s.bytes(from, from+2*c.used), nil)
		}
		if c.fit < exact || c.fit == exact && (a.garbled() || s.odd(from, from+2*c.used)) {
			break
		}
		r.add(c, s.column(from), s.column(from+2*c.used))
		from += 2 * c.used
		at = from
	}
	return at
}

// odd reports whether there is a short word with an odd number of digits between
// two digits: a decimal number, or a byte that lost its 0.
func (s *scanner) odd(from, to int) bool {
	for i := s.ending(from + 1); i < len(s.atoms) && s.atoms[i].from < to; i++ {
		if n := s.atoms[i].to - s.atoms[i].from; n == 1 || n == 3 {
			return true
		}
	}
	return false
}

// garbled reports whether a word that is long enough for a telegram lost or gained
// a digit, so that what follows is shifted.
func (a atom) garbled() bool { return a.to-a.from > 2*minTelegram && (a.to-a.from)%2 != 0 }

// nearly appends the telegram that begins with an atom and was cut off, or is
// followed by something that is not a telegram.
func (r *Reader) nearly(a atom) bool {
	s := &r.chains
	if !s.begins(a.from) || a.garbled() {
		return false
	}
	to := len(s.digits)
	if a.to-a.from > 2*minTelegram {
		to = a.to // a word of its own
	}
	for i := s.ending(a.to); i < len(s.atoms) && s.atoms[i].from < to; i++ {
		if s.atoms[i].to-s.atoms[i].from == keyDigits {
			to = s.atoms[i].from
		}
	}
	b := s.bytes(a.from, to)
	c := measure(b, nil)
	switch {
	case c.fit == longer:
		r.add(c, a.start, s.column(a.from+2*c.used))
		r.found[len(r.found)-1].Behind = len(b) - c.used
		return true
	case c.fit == cut && (s.words > 0 || s.runs > 1): // otherwise it may continue on the next line
		r.add(c, a.start, s.column(to))
		r.found[len(r.found)-1].Err = errCut(b)
		if to == len(s.digits) {
			r.tail, r.tailEnd = append(r.tail[:0], s.digits[a.from:]...), s.atoms[len(s.atoms)-1].end
		}
		return true
	}
	return false
}

// keyDigits is how many digits a key has.
const keyDigits = 32

func (r *Reader) add(c candidate, from, to int) {
	frame := c.frame
	if c.format != wmbus.FormatA && c.format != wmbus.FormatB {
		frame = bytes.Clone(frame)
	}
	r.found = append(r.found, Telegram{Frame: device.Frame{Bytes: frame}, Format: c.format, from: from, to: to})
}

// cul reads what culfw prints: a telegram with its CRCs, and LQI and RSSI if they
// were asked for (docs/protocol/dongles.md#cul).
func (r *Reader) cul(a atom) error {
	format := wmbus.FormatA
	if a.cul == 'Y' {
		format = wmbus.FormatB
	}
	b := r.chains.bytes(a.from, a.to)
	frame, ok := wmbus.AppendStripped(nil, b, format)
	if !ok {
		if plausible(b) && len(b) < format.Size(b[0]) {
			err := device.Errorf(wmbus.ErrLength, "the telegram of culfw is cut off after %d of %d bytes: this build of culfw cuts long telegrams, use another build or another receiver", len(b), format.Size(b[0]))
			if !wmbus.BeginsA(b) {
				return err
			}
			r.add(candidate{cut, wmbus.AppendBlocksA(nil, b), wmbus.FormatA, len(b)}, a.start, a.end)
			r.found[len(r.found)-1].Err = err
			return nil
		}
		return errors.New("the telegram of culfw has a wrong checksum: it was received with errors")
	}
	t := Telegram{Frame: device.Frame{Bytes: frame}, Format: format, from: a.start, to: a.end}
	if rest := b[format.Size(b[0]):]; len(rest) == 2 { // LQI, RSSI
		t.RSSI = device.RSSI{Scale: device.ScaleDBm, Value: int16(int8(rest[1]))/2 - 74}
	}
	r.found = append(r.found, t)
	return nil
}

// lone reads a text that is a single chain: it was meant as a telegram even if its
// header is unusual.
func (r *Reader) lone() error {
	s := &r.chains
	n := len(s.digits)
	from, to := s.atoms[0].start, s.atoms[len(s.atoms)-1].end
	if n/2 > maxBytes {
		return fmt.Errorf("%d bytes are more than a telegram has", n/2)
	}
	b := s.bytes(0, n)
	if named := r.symbol(b, from, to); !errors.Is(named, errNoSymbols) {
		return named
	}
	if n%2 != 0 {
		return errOdd(n)
	}
	frame, format, err := wmbus.Unframe(b)
	c := measure(b, nil)
	switch {
	case err == nil && c.fit != cut:
		r.add(candidate{exact, frame, format, len(b)}, from, to)
		return nil
	case c.fit == cut:
		r.add(c, from, to)
		r.found[len(r.found)-1].Err = errCut(b)
		return nil
	case n == keyDigits:
		return errKey
	case wmbus.DamagedA(b):
		return errDamaged
	}
	for _, a := range s.atoms {
		if a.to-a.from == keyDigits {
			return errNoHex // a list of keys
		}
	}
	return err
}

var errDamaged = errors.New("wrong checksum of the link layer: it was received with errors, wait for the next telegram")

// errCut says how many bytes a telegram that was cut off should have.
func errCut(b []byte) error {
	n := int(b[0]) + 1
	if wmbus.BeginsA(b) {
		n = wmbus.FormatA.Size(b[0])
	}
	return device.Errorf(wmbus.ErrLength, "it is cut off: the L-field announces %d bytes, there are %d", n, len(b))
}
