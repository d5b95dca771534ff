package wmbus

import (
	"strconv"
	"unicode/utf8"
)

// appendJSONString writes text as a JSON string. Control characters and
// broken UTF-8 do not come through.
func appendJSONString(dst, text []byte) []byte {
	dst = append(dst, '"')
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && size == 1, isControl(r):
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		default:
			dst = append(dst, text[:size]...)
		}
		text = text[size:]
	}
	return append(dst, '"')
}

// isControl reports whether r is one of C0, DEL and C1, which must not reach a
// terminal.
func isControl(r rune) bool { return r < 0x20 || (r >= 0x7F && r < 0xA0) }

func appendUintField(dst []byte, name string, n uint64) []byte {
	return strconv.AppendUint(append(dst, name...), n, 10)
}

// AppendJSON writes the telegram as one JSON object on one line, with the
// keys of `earshot decode --json` in fixed order. It allocates nothing beyond
// dst.
func (t *Telegram) AppendJSON(dst []byte) []byte {
	meter := &t.Header.Meter
	dst = append(meter.ID.append(append(dst, `{"id":"`...)), '"')
	dst = append(meter.Manufacturer.append(append(dst, `,"manufacturer":"`...)), '"')
	dst = appendUintField(dst, `,"version":`, uint64(meter.Version))
	dst = appendUintField(dst, `,"type":`, uint64(meter.Type))
	dst = append(append(append(dst, `,"medium":"`...), meter.Medium()...), '"')
	dst = append(append(dst, `,"security":{"mode":"`...), t.Security.Mode.String()...)
	dst = append(append(append(dst, `","result":"`...), t.Security.Result.String()...), `"}`...)
	dst = AppendStatusJSON(append(dst, `,"status":`...), t.Status)
	dst = AppendRecordsJSON(append(dst, `,"records":`...), t.Records)
	if t.Family != "" {
		dst = append(append(append(dst, `,"family":"`...), t.Family...), '"')
	}
	if t.Notes != 0 {
		dst = t.Notes.appendJSON(append(dst, `,"notes":[`...))
	}
	if t.Err != nil {
		dst = t.Err.appendJSON(append(dst, `,"error":`...))
	}
	return append(dst, '}')
}

// appendJSON writes the rest of a list of words.
func (n Notes) appendJSON(dst []byte) []byte {
	comma := false
	for i, word := range noteWords {
		if n&(1<<i) == 0 {
			continue
		}
		if comma {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), word...), '"')
		comma = true
	}
	return append(dst, ']')
}

// appendJSON writes kind, offset and message.
func (e *Error) appendJSON(dst []byte) []byte {
	dst = append(append(dst, `{"kind":"`...), e.Kind.Word()...)
	dst = appendUintField(dst, `","offset":`, uint64(e.Offset))
	dst = append(dst, `,"message":"`...)
	dst = append(append(dst, e.Kind.Error()...), `: byte `...)
	dst = strconv.AppendInt(dst, int64(e.Offset), 10)
	dst = append(dst, `: `...)
	for i := range len(e.Detail) { // ASCII by construction, quotes apart
		if c := e.Detail[i]; c == '"' || c == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, e.Detail[i])
	}
	return append(dst, `"}`...)
}

// AppendRecordsJSON writes records as a JSON list: quantity, value, unit,
// function, storage, tariff and subunit of each, and where there are any its
// qualifiers, the quantity it is derived from, its number among equal ones, its
// role and dates, and the raw bytes of a value that is not valid.
func AppendRecordsJSON(dst []byte, records []Record) []byte {
	dst = append(dst, '[')
	for i := range records {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = records[i].appendJSON(dst)
	}
	return append(dst, ']')
}

func (r *Record) appendJSON(dst []byte) []byte {
	dst = append(append(dst, `{"quantity":"`...), r.Quantity.String()...)
	dst = r.Value.appendJSON(append(dst, `","value":`...))
	dst = append(append(dst, `,"unit":"`...), r.Unit.String()...)
	dst = append(append(dst, `","function":"`...), r.Function.String()...)
	dst = appendUintField(dst, `","storage":`, r.Storage)
	dst = appendUintField(dst, `,"tariff":`, uint64(r.Tariff))
	dst = appendUintField(dst, `,"subunit":`, uint64(r.Subunit))
	if r.Of != Unknown {
		dst = append(append(append(dst, `,"of":"`...), r.Of.String()...), '"')
	}
	if r.Qualifiers != 0 || r.Per != PerNothing {
		dst = r.appendQualifiersJSON(append(dst, `,"qualifiers":`...))
	}
	if r.Quantity == TextQuantity && r.valueAt > 0 {
		dst = r.appendLabelJSON(dst)
	}
	dst = r.appendRoleJSON(dst)
	if raw := r.Raw(); !r.Value.Valid() && len(raw) > 0 {
		dst = append(appendHex(append(dst, `,"raw":"`...), raw), '"')
	}
	return append(dst, '}')
}

func (r *Record) appendRoleJSON(dst []byte) []byte {
	if r.Index > 0 {
		dst = appendUintField(dst, `,"number":`, uint64(r.Index))
	}
	return AppendRoleJSON(dst, r.Role, r.From, r.Date)
}

// AppendRoleJSON appends the members that say what a record is for, with a comma before
// each: role, and date or, with a beginning, from and to. There are none without a role
// and a date.
func AppendRoleJSON(dst []byte, role RecordRole, from, date Day) []byte {
	if role != RoleNone {
		dst = append(append(append(dst, `,"role":"`...), role.String()...), '"')
	}
	member := `,"date":`
	if role == RoleDifference {
		member = `,"to":`
	}
	if !from.None() {
		dst = from.Value().appendJSON(append(dst, `,"from":`...))
	}
	if !date.None() {
		dst = date.Value().appendJSON(append(dst, member...))
	}
	return dst
}

// appendLabelJSON writes the text of a text VIF.
func (r *Record) appendLabelJSON(dst []byte) []byte {
	var store [64]byte
	if label := r.appendLabel(store[:0]); len(label) > 0 {
		dst = appendJSONString(append(dst, `,"label":`...), label)
	}
	return dst
}

func (r *Record) appendQualifiersJSON(dst []byte) []byte {
	dst = append(dst, '[')
	comma := false
	for rest := r.Qualifiers; rest != 0; rest &= rest - 1 {
		if comma {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), rest.first().String()...), '"')
		comma = true
	}
	if r.Per != PerNothing {
		if comma {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), r.Per.String()...), '"')
	}
	return append(dst, ']')
}
