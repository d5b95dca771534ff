package text

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"earshot/device"
	"earshot/device/wmbus"
)

// Telegram is a telegram and what the text says about it. In its frame, Time is
// zero, AirTime is zero if the text has no date, and Receiver is "" if the text
// names none.
type Telegram struct {
	device.Frame
	Line      int           // on which it begins
	Format    wmbus.Format  // how its link layer was checked
	Behind    int           // bytes after it that belong to no telegram
	Err       error         // wraps wmbus.ErrLength: it was cut off, but its header was received
	Offset    time.Duration // if HasOffset: since the recording began, or since midnight
	HasOffset bool
	Waited    time.Duration // how long it waited at the gateway; 0 if unknown

	from, to int // columns in the text
}

// Reader finds the telegrams in the lines of one source. It is for one
// goroutine. It holds at most one telegram, or one JSON object, that continues on
// the next line.
type Reader struct {
	zone     *time.Location
	emit     func(Telegram)
	complain func(line int, err error)

	// Counts is what was read so far.
	Counts Counts

	unended   bool // the line is the last one, and has no line end
	line      int
	found     []Telegram // on this line
	chains    scanner
	raw       []byte
	cleaned   []byte
	alone     []byte // the digits of a line of nothing but digits
	aloneFrom int    // their first column
	aloneWord int    // how many of them are in the first word
	tail      []byte // the digits of a telegram at the end of a line with words, which is incomplete
	tailEnd   int    // the column after them
	offset    int    // of a line of a hex dump
	pending   wrapped
	open      openObject
	binary    Binary
	junk      bool // the current bytes are not telegrams

	// The last good line of rtl_wmbus, to recognise the second algorithm's copy.
	lastStamp, lastHex []byte
}

// Counts is what a Reader has read.
type Counts struct {
	Telegrams int
	Broken    int    // lines with a damaged telegram: each was reported
	Dropped   uint64 // telegrams of rtl_wmbus that arrived damaged or twice
	None      int    // lines without a telegram
	FirstNone int    // the first of these
	Why       string // what it holds instead
}

// NewReader returns a reader that passes each telegram to emit, and to complain what
// is wrong with a line that holds a damaged one. zone is the zone of dates without
// one. The caller may reuse the texts it passes in.
func NewReader(zone *time.Location, emit func(Telegram), complain func(line int, err error)) *Reader {
	return &Reader{zone: zone, emit: emit, complain: complain}
}

// Line reads one line, without its end. no is its number, from 1.
func (r *Reader) Line(no int, line []byte) {
	if !r.collect(no, line) {
		r.single(no, line)
	}
}

// single reads a line on its own.
func (r *Reader) single(no int, line []byte) {
	r.line, r.found = no, r.found[:0]
	if len(r.pending.digits) == 0 && !r.binary.Pending() && r.plain(line) {
		return
	}
	text := bytes.TrimSpace(r.clean(line))
	if len(text) == 0 || text[0] == '#' || bytes.IndexFunc(text, notPunctuation) < 0 {
		return
	}
	r.alone, r.tail, r.offset = r.alone[:0], r.tail[:0], 0
	err := r.read(text, 0)
	if len(r.alone) > 0 && r.wrap() || len(r.tail) > 0 && r.hold() {
		return
	}
	var none *nothing
	if errors.As(err, &none) && len(r.found) == 0 && (header(r.binary.buf) || IsBinary(line) && !isText(line)) {
		r.giveUp()
		r.binary.Feed(append(bytes.Clone(line), '\n'), r.bytes, r.noise)
	} else {
		r.flush()
	}
	r.settle(err)
}

func notPunctuation(c rune) bool { return c > 0x7E || isWord(byte(c)) }

// isText reports whether a line holds only characters of text.
func isText(line []byte) bool {
	for _, c := range line {
		if c < ' ' && c != '\t' && c != 0x1B {
			return false
		}
	}
	return utf8.Valid(line)
}

// bytes takes a binary telegram between lines of text. After bytes that belong to
// none, what looks like one is a coincidence.
func (r *Reader) bytes(frame []byte) {
	if header(frame) && !r.junk {
		r.hand(Telegram{Frame: device.Frame{Bytes: frame}, Line: r.line})
	}
}

// noise takes the number of bytes between telegrams. A line end is allowed there.
func (r *Reader) noise(n int) { r.junk = r.junk || n > len("\r\n") }

// plain is the fast path for the common line of nothing but hex digits.
func (r *Reader) plain(line []byte) bool {
	n := len(line) / 2
	if n < minTelegram || n > maxBytes || len(line)%2 != 0 {
		return false
	}
	r.raw = append(r.raw[:0], line[:n]...)
	if _, err := hex.Decode(r.raw, line); err != nil {
		return false
	}
	frame, format, err := wmbus.Unframe(r.raw)
	if err != nil || format == wmbus.FormatPlain && wmbus.BeginsA(frame) { // the rest of format A may follow
		return false
	}
	if format != wmbus.FormatA && format != wmbus.FormatB {
		frame = bytes.Clone(frame)
	}
	r.hand(Telegram{Frame: device.Frame{Bytes: frame}, Line: r.line, Format: format})
	return true
}

// hand emits a telegram, after the bytes that waited for more.
func (r *Reader) hand(t Telegram) {
	if t.Err != nil {
		t.Err = r.ended(t.Line, t.Err)
	}
	r.Counts.Telegrams++
	r.emit(t)
}

// settle passes on what was found on the line, or reports why there is nothing.
func (r *Reader) settle(err error) {
	for _, t := range r.found {
		t.Line = r.line
		r.hand(t)
	}
	var none *nothing
	switch {
	case err == nil:
	case !errors.As(err, &none):
		r.broken(r.line, err)
	case len(r.found) == 0:
		if r.Counts.None++; r.Counts.None == 1 {
			r.Counts.FirstNone, r.Counts.Why = r.line, none.what
		}
	}
}

// ended adds a possible cause to an error.
func (r *Reader) ended(line int, err error) error {
	if r.unended && line == r.line {
		return fmt.Errorf("%w (the last line has no line end: it may be cut off)", err)
	}
	return err
}

func (r *Reader) broken(line int, err error) {
	r.Counts.Broken++
	r.complain(line, r.ended(line, err))
}

// Skip counts a line that could not be read at all.
func (r *Reader) Skip(no int, err error) {
	r.release()
	r.line = no
	r.flush()
	r.broken(no, err)
}

// End is called when no line follows that could complete a telegram.
func (r *Reader) End() {
	r.release()
	r.flush()
}

// nothing says why a line holds no telegram. Such lines are counted.
type nothing struct{ what string }

func (n *nothing) Error() string { return "no telegram: " + n.what }

var (
	errNoHex    = &nothing{"text without a telegram"}
	errNoneJSON = &nothing{"JSON without a telegram"}
	errKey      = errors.New("32 hex digits that are not a telegram: this looks like a key")
)

func errOdd(digits int) error {
	return fmt.Errorf("an odd number of hex digits (%d): one was lost; copy the telegram again", digits)
}

// maxDepth is how deep texts within texts are read: JSON in a string in JSON.
const maxDepth = 3

// read appends the telegrams of a text to r.found. The error says why there are
// none (a *nothing if the text was hardly meant as a telegram), or what is wrong
// with another telegram in it.
func (r *Reader) read(text []byte, depth int) error {
	handled, whole := r.json(text, depth)
	if handled {
		return whole
	}
	handled, err := r.rtl(text)
	if !handled {
		whole = cmp.Or(whole, err)
		err = r.scan(text, depth)
	}
	if whole != nil && len(r.found) == 0 {
		r.alone = r.alone[:0]
		return whole
	}
	return err
}

// scan reads a text that is neither JSON nor from rtl_wmbus.
func (r *Reader) scan(text []byte, depth int) error {
	before := len(r.found)
	if r.escaped(text, depth) {
		r.describe(text, before)
		return nil
	}
	digits := text
	if depth == 0 {
		digits = r.dumped(text)
	}
	err := r.hex(digits, depth)
	if len(r.found) == before && (r.base64(text) || r.decimal(text)) {
		err = nil
	}
	r.describe(text, before)
	return err
}

// Nothing returns the error for a source without a telegram. It is nil if the source
// holds one, or no lines at all.
func (c *Counts) Nothing(name string) error {
	lines := c.None + c.Broken
	if c.Telegrams > 0 || c.Dropped > 0 || lines == 0 {
		return nil
	}
	if c.None == 0 {
		return fmt.Errorf("none of the %d lines of %s holds a telegram that can be read", lines, name)
	}
	return fmt.Errorf("none of the %d lines of %s holds a telegram: line %d holds %s", lines, name, c.FirstNone, c.Why)
}

// Rest returns a notice of the lines without a telegram, nil if there are none.
func (c *Counts) Rest(name string) error {
	if c.None == 0 {
		return nil
	}
	return fmt.Errorf("%s: %d of %d lines hold no telegram, the first is line %d (%s)",
		name, c.None, c.None+c.Broken+c.Telegrams, c.FirstNone, c.Why)
}
