package wmbus

import (
	"strconv"
)

// Role says what a range of bytes is for; a hex pane colours by it.
type Role uint8

// The roles.
const (
	RoleLayer     Role = iota // heading: all bytes of a layer
	RoleRecord                // heading: all bytes of a data record
	RoleControl               // lengths, control fields, CI-fields
	RoleAddress               // the sender, the meter
	RoleSecurity              // counters, session numbers, configuration word
	RoleCheck                 // checksums, MACs, check bytes
	RoleHeader                // DIF, DIFE, VIF, VIFE, signatures
	RoleValue                 // values
	RoleFiller                // 2F between records
	RoleEncrypted             // what was not decrypted
	RoleUnread                // what was not read; Telegram.Err says why
)

var roleWords = [...]string{
	"layer", "record", "control", "address", "security", "check", "header", "value", "filler", "encrypted", "unread",
}

// String returns a short word for the role.
func (r Role) String() string {
	if int(r) < len(roleWords) {
		return roleWords[r]
	}
	return ""
}

// Part is a range of a telegram's bytes and what it is. The parts of a
// telegram are a tree, written flat: the headings RoleLayer and RoleRecord
// hold the parts of greater Depth that follow. The others are leaves; every
// byte of the telegram belongs to exactly one leaf.
type Part struct {
	Offset, Length int
	Depth          int // 0 layer, 1 field or record, 2 field of a record
	Role           Role
	Name           string // by the standard: "L-field", "DIF", "value"
	Raw            []byte // as received
	Clear          []byte // decrypted, nil if that is the same
	Meaning        []byte // in words, without control characters; empty if there is nothing to say
}

// Explain decodes frame into t as Decode does and says what every byte of it
// is, also those that stayed encrypted or were not read. The parts belong to t
// and are valid until the next Decode or Explain with it; their Raw points into
// frame.
func (d *Decoder) Explain(t *Telegram, frame []byte, key *Key) ([]Part, error) {
	err := d.Decode(t, frame, key)
	e := &t.explainer
	*e = explainer{t: t, frame: frame, size: t.layers.size - t.layers.tail, buf: t.buf, parts: e.parts[:0], text: e.text[:0], order: e.order}
	if t.layers.message { // t.buf may be the whole message, this is one part
		e.buf = frame[:e.size]
	}
	e.link()
	e.extendedLink()
	e.network()
	e.apator()
	e.authentication()
	e.transport()
	e.content()
	e.rest()
	return e.finish(), err
}

// explainer walks over a decoded telegram. What the parts mean is collected in
// text, so that nothing is allocated once it is long enough.
type explainer struct {
	t     *Telegram
	frame []byte
	size  int    // bytes of the telegram itself
	buf   []byte // the telegram, decrypted
	pos   int    // everything before has its leaf
	parts []Part
	text  []byte
	order []int // scratch: the records by their offsets
	layer int   // index of the current layer's heading in parts
}

// finish drops the references to the telegram.
func (e *explainer) finish() []Part {
	e.t, e.frame, e.buf = nil, nil, nil
	return e.parts
}

// words appends to text and returns what it appended. Words are strings, bytes
// of text, integers, and what has a name.
func (e *explainer) words(words ...any) []byte {
	from := len(e.text)
	for _, word := range words {
		switch w := word.(type) {
		case string:
			e.text = append(e.text, w...)
		case []byte:
			e.text = append(e.text, w...)
		case int:
			e.text = strconv.AppendInt(e.text, int64(w), 10)
		case byte:
			e.text = strconv.AppendUint(e.text, uint64(w), 10)
		case uint32:
			e.text = strconv.AppendUint(e.text, uint64(w), 10)
		case uint64:
			e.text = strconv.AppendUint(e.text, w, 10)
		case Manufacturer:
			e.text = w.append(e.text)
		case ID:
			e.text = w.append(e.text)
		case Address:
			e.text = w.append(e.text)
		case *Record:
			e.text = w.appendDescription(e.text)
		}
	}
	return e.text[from:len(e.text):len(e.text)]
}

// part appends a part that means words.
func (e *explainer) part(p Part, words ...any) {
	p.Meaning = e.words(words...)
	e.parts = append(e.parts, p)
}

// mean replaces what a part means.
func (e *explainer) mean(part int, words ...any) {
	e.parts[part].Meaning = e.words(words...)
}

// clear returns the decrypted bytes of a range, nil if they are the same.
func (e *explainer) clear(from, to int) []byte {
	if to > len(e.buf) || string(e.buf[from:to]) == string(e.frame[from:to]) {
		return nil
	}
	return e.buf[from:to:to]
}

// begin starts a layer.
func (e *explainer) begin(name string, meaning ...any) {
	e.layer = len(e.parts)
	e.part(Part{Offset: e.pos, Role: RoleLayer, Name: name}, meaning...)
}

// end closes the layer; an empty one is removed.
func (e *explainer) end() {
	if e.parts[e.layer].Offset == e.pos {
		e.parts = e.parts[:e.layer]
		return
	}
	e.close(e.layer)
}

// close ends a heading at the present place.
func (e *explainer) close(heading int) {
	p := &e.parts[heading]
	p.Length = e.pos - p.Offset
	p.Raw, p.Clear = e.frame[p.Offset:e.pos], e.clear(p.Offset, e.pos)
}

// field adds a leaf of n bytes at the present place, fewer if the frame ends
// before.
func (e *explainer) field(depth, n int, role Role, name string, meaning ...any) {
	n = min(n, len(e.frame)-e.pos)
	if n <= 0 {
		return
	}
	to := e.pos + n
	e.part(Part{
		Offset: e.pos, Length: n, Depth: depth, Role: role, Name: name,
		Raw: e.frame[e.pos:to], Clear: e.clear(e.pos, to),
	}, meaning...)
	e.pos = to
}

func (e *explainer) link() {
	l := &e.t.layers
	if l.wired {
		e.begin("wired link layer", "M-Bus long frame (EN 13757-2)")
		e.field(1, 4, RoleControl, "start and length", "68, twice the length of ", l.header.L, " bytes, 68")
		e.field(1, 1, RoleControl, "C-field", l.header.C.String())
		e.field(1, 1, RoleAddress, "A-field", "primary address ", e.frame[min(5, len(e.frame)-1)])
		e.end()
		return
	}
	if l.size == 0 {
		return
	}
	a := l.header.Link
	e.begin("link layer", "EN 13757-4")
	e.field(1, 1, RoleControl, "L-field", l.header.L, " bytes follow")
	if here := len(e.frame) - 1; here < int(l.header.L) {
		e.mean(len(e.parts)-1, l.header.L, " bytes follow, ", here, " of them are here")
	}
	e.field(1, 1, RoleControl, "C-field", l.header.C.String())
	e.field(1, 2, RoleAddress, "manufacturer", a.Manufacturer)
	e.field(1, 4, RoleAddress, "identification number", a.ID)
	e.field(1, 1, RoleAddress, "version", a.Version)
	e.field(1, 1, RoleAddress, "device type", a.Type.String())
	if l.header.Meter != a && l.tpl.addressAt == 0 {
		e.mean(e.layer, "EN 13757-4, written in the maker's own way: meter ", l.header.Meter)
	}
	e.end()
}

// ccBits are the bits of the ELL's communication control field.
var ccBits = [8]string{
	"reserved", "repeated access", "accessible", "high priority", "hop count", "synchronous", "fast response", "bidirectional",
}

// appendBits lists the names of the bits set, from bit 7 down.
func appendBits(dst []byte, b byte, names *[8]string) []byte {
	if b == 0 {
		return append(dst, "none set"...)
	}
	for bit, comma := 7, ""; bit >= 0; bit-- {
		if b&(1<<bit) != 0 {
			dst, comma = append(append(dst, comma...), names[bit]...), ", "
		}
	}
	return dst
}

func (e *explainer) extendedLink() {
	l := &e.t.layers.ell
	if !l.present() {
		return
	}
	var store [128]byte
	e.begin(ciFields[l.ci].name, "EN 13757-4")
	e.field(1, 1, RoleControl, "CI-field", ciFields[l.ci].name)
	e.field(1, 1, RoleControl, "communication control", appendBits(store[:0], l.cc, &ccBits))
	e.field(1, 1, RoleSecurity, "access number", l.access)
	if l.addressAt != 0 {
		a := linkAddress(e.frame[l.addressAt:])
		e.field(1, 2, RoleAddress, "partner's manufacturer", a.Manufacturer)
		e.field(1, 6, RoleAddress, "partner's address", a, ", ", a.Type.String())
	}
	if l.crcAt != 0 {
		e.field(1, 4, RoleSecurity, "session number", "session ", l.session&15, ", time ", l.session>>4&0x1FFFFFF,
			", encryption ", l.encryption(), " (", [...]string{"none", ModeELL.Name()}[min(l.encryption(), 1)], ")")
		e.field(1, 2, RoleCheck, "payload checksum", e.ellCheck())
	}
	e.end()
}

func (e *explainer) ellCheck() string {
	if e.t.layers.ell.payloadOK(e.buf) {
		return "matches"
	}
	if e.t.Security.Mode == ModeELL {
		return "encrypted"
	}
	return "does not match"
}

func (e *explainer) network() {
	n := e.t.layers.nwl
	if !n.present() {
		return
	}
	e.begin("network layer", "skipped: no public source gives its layout")
	e.field(1, 1, RoleControl, "CI-field", ciFields[ciNetwork].name)
	e.field(1, n.to-e.pos, RoleUnread, "network layer data")
	e.end()
}

func (e *explainer) apator() {
	b := e.t.layers.block
	if !b.present() {
		return
	}
	e.begin("Apator block", "skipped: no public source gives its layout")
	e.field(1, 1, RoleControl, "CI-field", ciFields[eitnLong].name)
	e.field(1, 1, RoleControl, "length", b.to-b.from-2, " bytes follow")
	e.field(1, b.to-e.pos, RoleUnread, "data")
	e.end()
}

// authentication explains the AFL. It is shown where it was received even if the
// message was assembled from several telegrams.
func (e *explainer) authentication() {
	a := e.t.layers.afl
	if e.t.layers.message {
		var own layers
		own.pos = e.pos
		if e.pos >= e.size || e.frame[e.pos] != ciAFL || own.readAFL(e.frame[:e.size]) != nil {
			return
		}
		a = own.afl
	}
	if !a.present() {
		return
	}
	e.begin("authentication and fragmentation layer", "EN 13757-7")
	e.field(1, 1, RoleControl, "CI-field", ciFields[ciAFL].name)
	e.field(1, 1, RoleControl, "length", a.to-a.from-2, " bytes follow")
	e.field(1, 2, RoleControl, "fragmentation control", "fragment ", a.fragment(), when(a.more(), ", more follow"))
	if a.hasMCL {
		e.field(1, 1, RoleSecurity, "message control", "authentication ", a.mcl&15, ", MAC of ", a.macSize, " bytes")
	}
	if a.fcl&fclKI != 0 {
		e.field(1, 2, RoleSecurity, "key information", appendHexUint(nil, uint64(a.ki), 4))
	}
	if a.counterAt != 0 {
		e.field(1, 4, RoleSecurity, "message counter", littleEndian(e.buf[a.counterAt:a.counterAt+4]))
	}
	if a.macAt != 0 {
		e.field(1, a.macSize, RoleCheck, "message authentication code", e.macCheck())
	}
	if a.lengthAt != 0 {
		e.field(1, 2, RoleControl, "message length", littleEndian(e.buf[a.lengthAt:a.lengthAt+2]))
	}
	e.field(1, a.to-e.pos, RoleUnread, "more of the layer")
	e.end()
}

// when returns text if a condition holds, "" otherwise.
func when(holds bool, text string) string {
	if holds {
		return text
	}
	return ""
}

func (e *explainer) macCheck() string {
	switch e.t.Security.Result {
	case MACWrong:
		return "does not match"
	case SecurityOK:
		return "matches"
	}
	return "not checked"
}

// tplStatusBits are the bits of the status byte above the two of its state.
var tplStatusBits = [8]string{
	"", "", "low power", "permanent error", "temporary error", "manufacturer 20", "manufacturer 40", "manufacturer 80",
}

var tplStatusStates = [4]string{"no application error", "busy", "application error", "alarm or abnormal"}

func (e *explainer) transport() {
	tpl := &e.t.layers.tpl
	if tpl.field == nil || e.t.layers.message {
		return
	}
	e.begin("transport layer", "EN 13757-7")
	e.field(1, 1, RoleControl, "CI-field", tpl.field.name)
	if tpl.addressAt != 0 {
		a := tpl.address(e.buf)
		e.field(1, 4, RoleAddress, "identification number", a.ID)
		e.field(1, 2, RoleAddress, "manufacturer", a.Manufacturer)
		e.field(1, 1, RoleAddress, "version", a.Version)
		e.field(1, 1, RoleAddress, "device type", a.Type.String())
	}
	if tpl.field.header != headerNone {
		var store [128]byte
		e.field(1, 1, RoleSecurity, "access number", tpl.access)
		e.field(1, 1, RoleValue, "status", tplStatusStates[tpl.status&3], "; ", appendBits(store[:0], tpl.status&^3, &tplStatusBits))
		e.configuration()
	}
	if tpl.to < e.t.layers.pos { // it was there
		size := 1
		if tpl.counterAt != 0 {
			size = 2
		}
		e.field(1, size, RoleSecurity, "configuration extension", "key derivation ", byte(tpl.extension>>4&3), ", key ", byte(tpl.extension&15))
	}
	if tpl.counterAt != 0 {
		e.field(1, 4, RoleSecurity, "message counter", littleEndian(e.buf[tpl.counterAt:tpl.counterAt+4]))
	}
	e.end()
}

func (e *explainer) configuration() {
	mode := e.t.layers.tpl.mode()
	e.field(1, 2, RoleSecurity, "configuration word", "security mode ", byte(mode), ": ", mode.Name())
	switch mode {
	case ModeAESIV, ModeAESKDF, ModeDES:
		e.mean(len(e.parts)-1, "security mode ", byte(mode), ": ", mode.Name(), ", ", e.t.announcedBytes(), " bytes encrypted",
			when(e.t.announcedBytes() == 0, " (all whole blocks)"))
	}
}
