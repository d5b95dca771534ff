package wmbus

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// content explains the application data.
func (e *explainer) content() {
	if e.pos >= e.size {
		return
	}
	l := &e.t.layers
	e.begin("application layer")
	e.contentMeaning()
	switch {
	case l.message:
		e.field(1, e.size-e.pos, RoleUnread, "part of a message", "the message is read once all its parts have been received")
	case e.t.Security == Security{ModeNone, Damaged}:
		e.field(1, e.size-e.pos, RoleUnread, "not read")
	case !e.t.Security.Result.Readable() && !e.t.partly:
		e.closed()
	case l.tpl.field == nil:
		e.field(1, e.size-e.pos, RoleUnread, "not read")
	case l.tpl.field.content == contentCompact && len(e.t.full) > 0 && len(e.t.Plain) > 0:
		e.compact()
	case l.tpl.field.content == contentFormat && e.t.Err == nil:
		e.checkBytes()
		e.field(1, 1, RoleControl, "length")
		e.field(1, 2, RoleHeader, "format signature")
		e.field(1, e.size-e.pos, RoleHeader, "record headers", "for compact frames with this signature")
	default:
		e.records(e.contentEnd())
		e.tail()
	}
	e.end()
}

// contentMeaning says how the content was protected, in the layer's heading.
func (e *explainer) contentMeaning() {
	s := e.t.Security
	switch {
	case s.Mode == ModeNone && (s.Result == NotEncrypted || s.Result == Damaged):
		e.mean(e.layer, "not encrypted")
	case e.t.Err != nil && !s.Result.Readable():
		e.mean(e.layer, s.Mode.Name(), ": ", s.Result.words(), ": ", e.t.Err.Detail)
	default:
		e.mean(e.layer, s.Mode.Name(), ": ", s.Result.words())
	}
}

// closed explains content that could not be decrypted.
func (e *explainer) closed() {
	end := min(max(e.t.encrypted.to, e.pos), e.size)
	if e.t.encrypted.from > e.pos {
		e.field(1, min(e.t.encrypted.from, e.size)-e.pos, RoleUnread, "in clear", "not read, because the rest could not be opened")
	}
	e.raw(end-e.pos, RoleEncrypted, "encrypted", end-e.pos, " bytes, ", e.t.Security.Mode.Name())
	e.cutBlock()
	e.field(1, e.size-e.pos, RoleUnread, "in clear", "not read, because the rest could not be opened")
}

// contentEnd is where the content ends, or the part of it that was decrypted.
func (e *explainer) contentEnd() int {
	if end := e.t.contentEnd(); end > 0 {
		return end
	}
	return e.size
}

// tail explains what follows the content: a tag, or part of a block.
func (e *explainer) tail() {
	if e.t.tagAt > 0 {
		e.field(1, e.size-e.pos, RoleCheck, "authentication tag", "matches")
	}
	e.cutBlock()
}

// cutBlock explains the bytes after the last whole block, if the block is incomplete.
func (e *explainer) cutBlock() {
	if e.t.cutAt() == 0 {
		return
	}
	e.raw(e.size-e.pos, RoleEncrypted, "encrypted", "part of a block: the telegram is cut off")
}

// raw adds a leaf without the result of a failed decryption.
func (e *explainer) raw(n int, role Role, name string, meaning ...any) {
	at := len(e.parts)
	e.field(1, n, role, name, meaning...)
	if len(e.parts) > at {
		e.parts[at].Clear = nil
	}
}

// records explains the frame's bytes up to to by the records that begin there.
func (e *explainer) records(to int) {
	base := e.t.plainAt
	if e.t.Plain == nil {
		base = e.pos
	}
	e.checkBytes()
	order := e.order[:0]
	for i := range e.t.Records {
		order = append(order, i)
	}
	e.order = order
	slices.SortStableFunc(order, func(a, b int) int { return e.t.Records[a].Offset - e.t.Records[b].Offset })
	for _, i := range order {
		r := &e.t.Records[i]
		at := base + r.Offset
		end := at + len(r.bytes)
		switch {
		case len(r.bytes) == 0 || r.valueAt > 0 && at < e.pos || r.Qualifiers.Has(Derived) || end > to || end <= e.pos:
			e.also(r)
		case at < e.pos: // it shares a byte with the previous one
			e.field(1, end-e.pos, RoleValue, r.Quantity.String(), r)
		default:
			e.gap(at)
			e.record(r)
		}
	}
	e.gap(to)
}

// checkBytes explains the check bytes before the content.
func (e *explainer) checkBytes() {
	e.field(1, e.t.checkBytes(e.buf[e.pos:e.size]), RoleCheck, "check bytes", "2F 2F: the content is in clear")
}

// gap explains bytes that no record covers.
func (e *explainer) gap(to int) {
	for e.pos < to {
		if e.marked(to) {
			continue
		}
		n := 1
		filler := e.isFiller(e.pos)
		for e.pos+n < to && e.isFiller(e.pos+n) == filler && e.mark(e.pos+n) == nil {
			n++
		}
		switch dif := e.buf[e.pos]; {
		case filler:
			e.field(1, n, RoleFiller, "filler")
		case n == 1 && to == e.size && e.t.Err == nil && (dif == difMaker || dif == difMakerMore):
			e.field(1, n, RoleHeader, "DIF", "manufacturer data, empty", when(dif == difMakerMore, "; more records in the next telegram"))
		default:
			e.field(1, n, RoleUnread, "not read")
		}
	}
}

func (e *explainer) isFiller(at int) bool {
	return e.buf[at] == difFiller && (e.t.layers.family == nil || e.t.layers.family.payload == nil)
}

// mark finds what the family says about the byte at one place.
func (e *explainer) mark(at int) *mark {
	f := e.t.layers.family
	if f == nil || !e.t.Security.Result.Readable() {
		return nil
	}
	for i := range f.marks {
		if m := &f.marks[i]; at == e.t.plainAt+m.at {
			return m
		}
	}
	return nil
}

// marked explains the bytes at the present place as the family says.
func (e *explainer) marked(to int) bool {
	m := e.mark(e.pos)
	if m != nil {
		e.field(1, min(m.n, to-e.pos), m.role, m.name, m.meaning)
	}
	return m != nil
}

// also mentions a record whose bytes already have a leaf.
func (e *explainer) also(r *Record) {
	for i := len(e.parts) - 1; i > e.layer; i-- {
		if p := &e.parts[i]; p.Role == RoleValue && len(p.Meaning) < 200 {
			e.mean(i, p.Meaning, "; ", r)
			return
		}
	}
}

// record explains one data record.
func (e *explainer) record(r *Record) {
	if r.valueAt == 0 {
		e.field(1, len(r.bytes), RoleValue, r.Quantity.String(), r)
		return
	}
	heading := len(e.parts)
	e.part(Part{Offset: e.pos, Depth: 1, Role: RoleRecord, Name: r.Quantity.String()}, r)
	var h recordHeader
	if r.bytes[0]&15 == difSpecial || h.read(r.bytes, 0, e.t.Header.Meter.Kind()) != nil {
		e.field(2, r.valueAt, RoleHeader, "DIF", "manufacturer data to the end of the telegram", when(e.t.MoreFollows, ", more in the next one"))
	} else {
		e.header(&h, r.bytes)
	}
	e.value(r, e.parts[heading].Meaning)
	e.close(heading)
}

var dataNames = [16]string{
	"no data", "8-bit integer", "16-bit integer", "24-bit integer", "32-bit integer", "32-bit real", "48-bit integer", "64-bit integer",
	"selection for readout", "2-digit BCD", "4-digit BCD", "6-digit BCD", "8-digit BCD", "variable length", "12-digit BCD", "special",
}

// header explains DIF, DIFEs, VIF and VIFEs.
func (e *explainer) header(h *recordHeader, b []byte) {
	e.field(2, 1, RoleHeader, "DIF", h.function.String(), ", ", dataNames[h.data])
	if n := h.vifAt - 1; n > 0 {
		e.field(2, n, RoleHeader, "DIFE", "storage ", h.storage, ", tariff ", h.tariff, ", subunit ", int(h.subunit))
	}
	label := h.labelEnd - h.labelAt + 1
	switch {
	case h.labelEnd == 0:
		e.vif(h)
	case h.vifeAt == h.labelEnd: // the text is before the VIFEs
		e.field(2, 1, RoleHeader, "VIF", "text")
		e.field(2, label, RoleHeader, "text", appendLatin1(nil, b[h.labelAt:h.labelEnd]))
	default:
		e.field(2, 1, RoleHeader, "VIF", "text")
	}
	end := h.end
	if h.labelEnd == h.end && h.vifeAt != h.labelEnd {
		end -= label
	}
	for at := h.vifeAt + h.codes; at < end; at++ {
		if b[h.vifAt]&^extensionBit == 0x7F { // the maker's VIF, and all behind it
			e.field(2, 1, RoleHeader, "VIFE", "the manufacturer's own")
			continue
		}
		e.field(2, 1, RoleHeader, "VIFE", describeVIFE(b, h.vifeAt+h.codes, at))
	}
	if end < h.end {
		e.field(2, label, RoleHeader, "text", appendLatin1(nil, b[h.labelAt:h.labelEnd]))
	}
}

// vif explains the VIF with the codes that belong to it.
func (e *explainer) vif(h *recordHeader) {
	switch {
	case h.of != Unknown:
		e.field(2, 1+h.codes, RoleHeader, "VIF", h.of.String())
	case h.vif.unit == UnitNone:
		e.field(2, 1+h.codes, RoleHeader, "VIF", h.vif.quantity.String())
	default:
		e.field(2, 1+h.codes, RoleHeader, "VIF", h.vif.quantity.String(), " in 10^", int(h.vif.exp), " ", h.vif.unit.String())
	}
}

// describeVIFE names what the VIFE at one place does; from is where they
// begin.
func describeVIFE(b []byte, from, at int) string {
	extended := false // by the VIFE before
	for _, x := range b[from:at] {
		if x&0x7F == 0x7F && !extended {
			return "the manufacturer's own"
		}
		extended = x&0x7F == 0x7C && !extended
	}
	code := b[at] & 0x7F
	effect := combinableVIFE[code]
	if extended {
		effect = vife{add: ReservedVIFE}
		if int(code) < len(extendedVIFE) && code != 0 {
			effect = extendedVIFE[code]
		}
	} else if code == 0x7C {
		return "extension: the next VIFE says"
	}
	var words []string
	words = append(words, effect.add.Words()...)
	if effect.quantity != Unknown {
		words = append(words, effect.quantity.String())
	}
	if effect.per != PerNothing {
		words = append(words, effect.per.String())
	}
	if effect.scaled {
		words = append(words, fmt.Sprintf("times 10^%d", effect.scale))
	}
	if effect.shifted {
		words = append(words, fmt.Sprintf("plus 10^%d", effect.offset))
	}
	return strings.ReplaceAll(strings.Join(words, ", "), "_", " ")
}

// value explains the raw value, with its length byte if it has one; said is
// what the record means.
func (e *explainer) value(r *Record, said []byte) {
	raw := r.Raw()
	if len(raw) > 0 && r.bytes[0]&15 == difVariable {
		n, _ := variableLength(raw[0])
		e.field(2, 1, RoleHeader, "length", n, " bytes")
		raw = raw[1:]
	}
	n := len(e.parts)
	role := RoleValue
	if e.t.partly && e.pos+len(raw) >= e.t.encrypted.to && e.pos < e.t.encrypted.to {
		role = RoleEncrypted
	}
	if e.field(2, len(raw), role, "value"); len(e.parts) > n {
		e.parts[n].Meaning = said
	}
}

// describe is what appendDescription writes.
func (r *Record) describe() string { return string(r.appendDescription(nil)) }

// appendDescription writes the value with its unit, and what goes with it.
func (r *Record) appendDescription(dst []byte) []byte {
	if r.valueAt == 0 {
		dst = append(append(dst, r.Quantity.String()...), ' ')
	}
	if r.Value.Valid() {
		dst = r.Value.AppendText(dst)
	} else {
		dst = append(append(dst, "no value"...), r.absence()...)
	}
	word := func(text string) { dst = append(append(dst, ' '), text...) }
	number := func(name string, n uint64) {
		if n != 0 {
			word(name)
			dst = strconv.AppendUint(append(dst, ' '), n, 10)
		}
	}
	if r.Unit != UnitNone && r.Value.Valid() {
		word(r.Unit.String())
	}
	if label := r.Label(); label != "" {
		word(label)
	}
	if r.Function != Instantaneous {
		word(r.Function.String())
	}
	number("storage", r.Storage)
	number("tariff", uint64(r.Tariff))
	number("subunit", uint64(r.Subunit))
	for rest := r.Qualifiers; rest != 0; rest &= rest - 1 {
		word(rest.first().String())
	}
	if r.Per != PerNothing {
		word(r.Per.String())
	}
	return r.appendRole(dst)
}

// compact explains signature, checksum and the values, whose headers come
// from the template.
func (e *explainer) compact() {
	e.field(1, e.t.layers.check, RoleCheck, "check bytes", "2F 2F: the content is in clear")
	e.field(1, 2, RoleHeader, "format signature", appendHexUint(nil, littleEndian(e.buf[e.pos:e.pos+2]), 4))
	e.field(1, 2, RoleCheck, "full-frame checksum", when(e.t.Notes&NoteCompactCRC != 0, "does not match"), when(e.t.Notes&NoteCompactCRC == 0, "matches"))
	for i := range e.t.Records {
		r := &e.t.Records[i]
		if r.valueAt > 0 && !r.Qualifiers.Has(Derived) {
			e.field(1, min(len(r.Raw()), e.size-e.pos), RoleValue, r.Quantity.String(), r)
		}
	}
	e.gap(e.contentEnd())
	e.tail()
}

// rest explains what follows the telegram: the wired checksum and stop byte,
// bytes that the L-field does not count.
func (e *explainer) rest() {
	if e.pos >= len(e.frame) {
		return
	}
	if e.t.layers.tail > 0 {
		e.begin("link layer", "")
		e.field(1, tailLen, RoleCheck, "checksum", "of the last block, which the receiver left there")
		e.end()
	}
	if e.t.layers.wired {
		e.begin("wired link layer", "end")
		e.field(1, 1, RoleCheck, "checksum", "sum of the bytes from the C-field on")
		e.field(1, 1, RoleControl, "stop", "16")
		e.end()
	}
	if e.size == 0 {
		e.begin("no telegram", "")
		e.field(1, len(e.frame), RoleUnread, "not read", "")
	} else {
		e.begin("behind the telegram", "")
		e.field(1, len(e.frame)-e.pos, RoleUnread, "not read", "bytes that the L-field does not count")
	}
	e.end()
}
