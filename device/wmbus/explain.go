package wmbus

import (
	"fmt"
	"strings"
)

// Role says what a range of bytes is for; a hex pane colours by it.
type Role uint8

// The roles.
const (
	RoleLayer     Role = iota // heading: all bytes of a layer
	RoleRecord                // heading: all bytes of a data record
	RoleControl               // lengths, control fields, CI-fields
	RoleAddress               // who sends, which meter
	RoleSecurity              // counters, session numbers, configuration word
	RoleCheck                 // checksums, MACs, check bytes
	RoleHeader                // DIF, DIFE, VIF, VIFE, signatures
	RoleValue                 // values
	RoleFiller                // 2F between records
	RoleEncrypted             // what stayed closed
	RoleUnread                // what was not read, and why is in Telegram.Err
)

var roleWords = [...]string{
	"layer", "record", "control", "address", "security", "check", "header", "value", "filler", "encrypted", "unread",
}

// String is a short word for the role.
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
	Clear          []byte // decrypted, nil where that is the same
	Meaning        string // in words, "" where there is nothing to say
}

// Explain decodes frame into t as Decode does and tells what every byte of it
// is, also those that stayed encrypted or were not read. It is for people:
// it allocates.
func (d *Decoder) Explain(t *Telegram, frame []byte, key *Key) ([]Part, error) {
	err := d.Decode(t, frame, key)
	e := &explainer{t: t, frame: frame, size: t.layers.size, buf: t.buf}
	if t.layers.message { // t.buf may be the whole message, this is one part
		e.buf = frame[:e.size]
	}
	e.link()
	e.extendedLink()
	e.network()
	e.authentication()
	e.transport()
	e.content()
	e.rest()
	return e.parts, err
}

// explainer walks over a decoded telegram.
type explainer struct {
	t     *Telegram
	frame []byte
	size  int    // bytes of the telegram itself
	buf   []byte // the telegram, decrypted
	pos   int    // everything before has its leaf
	parts []Part
	layer int // where the heading of the layer in work stands in parts
}

// clear returns the decrypted bytes of a range, nil where they are the same.
func (e *explainer) clear(from, to int) []byte {
	if to > len(e.buf) || string(e.buf[from:to]) == string(e.frame[from:to]) {
		return nil
	}
	return append([]byte(nil), e.buf[from:to]...)
}

// begin starts a layer.
func (e *explainer) begin(name, meaning string) {
	e.layer = len(e.parts)
	e.parts = append(e.parts, Part{Offset: e.pos, Role: RoleLayer, Name: name, Meaning: meaning})
}

// end closes the layer; an empty one is taken back.
func (e *explainer) end() {
	p := &e.parts[e.layer]
	p.Length = e.pos - p.Offset
	if p.Length == 0 {
		e.parts = e.parts[:e.layer]
		return
	}
	p.Raw, p.Clear = e.frame[p.Offset:e.pos], e.clear(p.Offset, e.pos)
}

// field adds a leaf of n bytes at the present place, fewer where the frame
// ends before.
func (e *explainer) field(depth, n int, role Role, name, format string, args ...any) {
	e.leaf(depth, n, role, name, fmt.Sprintf(format, args...))
}

func (e *explainer) leaf(depth, n int, role Role, name, meaning string) {
	n = min(n, len(e.frame)-e.pos)
	if n <= 0 {
		return
	}
	to := e.pos + n
	e.parts = append(e.parts, Part{
		Offset: e.pos, Length: n, Depth: depth, Role: role, Name: name,
		Raw: e.frame[e.pos:to], Clear: e.clear(e.pos, to), Meaning: meaning,
	})
	e.pos = to
}

func (e *explainer) link() {
	l := &e.t.layers
	if l.wired {
		e.begin("wired link layer", "M-Bus long frame (EN 13757-2)")
		e.field(1, 4, RoleControl, "start and length", "68, twice the length of %d bytes, 68", l.header.L)
		e.field(1, 1, RoleControl, "C-field", "%s", l.header.C)
		e.field(1, 1, RoleAddress, "A-field", "primary address %d", e.frame[min(5, len(e.frame)-1)])
		e.end()
		return
	}
	if l.size == 0 {
		return
	}
	a := l.header.Link
	e.begin("link layer", "EN 13757-4")
	length := fmt.Sprintf("%d bytes follow", l.header.L)
	if here := len(e.frame) - 1; here < int(l.header.L) {
		length += fmt.Sprintf(", %d of them are here", here)
	}
	e.field(1, 1, RoleControl, "L-field", "%s", length)
	e.field(1, 1, RoleControl, "C-field", "%s", l.header.C)
	e.field(1, 2, RoleAddress, "manufacturer", "%s", a.Manufacturer)
	e.field(1, 4, RoleAddress, "identification number", "%s", a.ID)
	e.field(1, 1, RoleAddress, "version", "%d", a.Version)
	e.field(1, 1, RoleAddress, "device type", "%s", a.Type)
	if l.header.Meter != a && l.tpl.addressAt == 0 {
		e.parts[e.layer].Meaning = fmt.Sprintf("EN 13757-4, written in the maker's own way: meter %s", l.header.Meter)
	}
	e.end()
}

// ccBits are the bits of the ELL's communication control field.
var ccBits = [8]string{
	"reserved", "repeated access", "accessible", "high priority", "hop count", "synchronous", "fast response", "bidirectional",
}

// setBits lists the names of the bits set, from bit 7 down.
func setBits(b byte, names *[8]string) string {
	var list []string
	for bit := 7; bit >= 0; bit-- {
		if b&(1<<bit) != 0 {
			list = append(list, names[bit])
		}
	}
	if list == nil {
		return "none set"
	}
	return strings.Join(list, ", ")
}

func (e *explainer) extendedLink() {
	l := &e.t.layers.ell
	if !l.present() {
		return
	}
	e.begin(ciFields[l.ci].name, "EN 13757-4")
	e.field(1, 1, RoleControl, "CI-field", "%s", ciFields[l.ci].name)
	e.field(1, 1, RoleControl, "communication control", "%s", setBits(l.cc, &ccBits))
	e.field(1, 1, RoleSecurity, "access number", "%d", l.access)
	if l.addressAt != 0 {
		a := linkAddress(e.frame[l.addressAt:])
		e.field(1, 2, RoleAddress, "partner's manufacturer", "%s", a.Manufacturer)
		e.field(1, 6, RoleAddress, "partner's address", "%s, %s", a, a.Type)
	}
	if l.crcAt != 0 {
		e.field(1, 4, RoleSecurity, "session number", "session %d, time %d, encryption %d (%s)",
			l.session&15, l.session>>4&0x1FFFFFF, l.encryption(), [...]string{"none", ModeELL.Name()}[min(l.encryption(), 1)])
		e.field(1, 2, RoleCheck, "payload checksum", "%s", e.ellCheck())
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
	e.field(1, 1, RoleControl, "CI-field", "%s", ciFields[ciNetwork].name)
	e.field(1, n.to-e.pos, RoleUnread, "network layer data", "")
	e.end()
}

// authentication explains the AFL. It stands where it was received even when
// the message was put together of several telegrams.
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
	e.field(1, 1, RoleControl, "CI-field", "%s", ciFields[ciAFL].name)
	e.field(1, 1, RoleControl, "length", "%d bytes follow", a.to-a.from-2)
	e.field(1, 2, RoleControl, "fragmentation control", "fragment %d%s", a.fragment(), map[bool]string{true: ", more follow"}[a.more()])
	if a.hasMCL {
		e.field(1, 1, RoleSecurity, "message control", "authentication %d, MAC of %d bytes", a.mcl&15, a.macSize)
	}
	if a.fcl&fclKI != 0 {
		e.field(1, 2, RoleSecurity, "key information", "%04X", a.ki)
	}
	if a.counterAt != 0 {
		e.field(1, 4, RoleSecurity, "message counter", "%d", littleEndian(e.buf[a.counterAt:a.counterAt+4]))
	}
	if a.macAt != 0 {
		e.field(1, a.macSize, RoleCheck, "message authentication code", "%s", e.macCheck())
	}
	if a.lengthAt != 0 {
		e.field(1, 2, RoleControl, "message length", "%d", littleEndian(e.buf[a.lengthAt:a.lengthAt+2]))
	}
	e.field(1, a.to-e.pos, RoleUnread, "more of the layer", "")
	e.end()
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
	e.field(1, 1, RoleControl, "CI-field", "%s", tpl.field.name)
	if tpl.addressAt != 0 {
		a := transportAddress(e.buf[tpl.addressAt:])
		e.field(1, 4, RoleAddress, "identification number", "%s", a.ID)
		e.field(1, 2, RoleAddress, "manufacturer", "%s", a.Manufacturer)
		e.field(1, 1, RoleAddress, "version", "%d", a.Version)
		e.field(1, 1, RoleAddress, "device type", "%s", a.Type)
	}
	if tpl.field.header != headerNone {
		e.field(1, 1, RoleSecurity, "access number", "%d", tpl.access)
		e.field(1, 1, RoleValue, "status", "%s; %s", tplStatusStates[tpl.status&3], setBits(tpl.status&^3, &tplStatusBits))
		e.field(1, 2, RoleSecurity, "configuration word", "%s", e.configuration())
	}
	if mode := tpl.mode(); (mode == ModeAESKDF || mode == ModeTLS) && e.pos < e.size {
		e.field(1, 1, RoleSecurity, "configuration extension", "key derivation %d, key %d", tpl.extension>>4&3, tpl.extension&15)
	}
	e.end()
}

func (e *explainer) configuration() string {
	mode := e.t.layers.tpl.mode()
	text := fmt.Sprintf("security mode %d: %s", mode, mode.Name())
	switch mode {
	case ModeAESIV, ModeAESKDF, ModeDES:
		text += fmt.Sprintf(", %d bytes encrypted", e.t.announcedBytes())
		if e.t.announcedBytes() == 0 {
			text += " (all whole blocks)"
		}
	}
	return text
}
