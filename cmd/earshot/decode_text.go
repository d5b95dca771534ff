package main

import (
	"errors"
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"

	"earshot/collector/report"
	"earshot/device/wmbus"
)

// appendUnreadable appends what could not even be split into fields.
func (d *decodeJob) appendUnreadable(dst []byte, err error) []byte {
	if d.json {
		kind := "hex"
		if errors.As(err, new(*wmbus.Error)) {
			kind = "frame"
		}
		return fmt.Appendf(dst, `{"id":"","manufacturer":"","version":0,"type":0,"medium":"","security":{"mode":"none","result":"not_encrypted"},"status":[],"records":[],"error":{"kind":%q,"message":%q}}`+"\n", kind, err)
	}
	return fmt.Appendf(dst, "not readable: %v\n\n", err)
}

// appendExplained appends a telegram for a person: what it is, then every byte.
func (d *decodeJob) appendExplained(dst []byte, t *wmbus.Telegram, parts []wmbus.Part, item decodeItem) []byte {
	a := t.Header.Meter
	dst = fmt.Appendf(dst, "%v: %s, version %02X, type %02X (frame format: %v)\n", a, a.Medium(), a.Version, byte(a.Type), item.format)
	if item.behind > 0 {
		dst = fmt.Appendf(dst, "left out: %d bytes behind it, which the L-field does not count\n", item.behind)
	}
	dst = append(append(append(dst, "security: "...), t.Security.Mode.Name()...), ": "...)
	dst = append(append(dst, t.Security.Result.String()...), '\n')
	if t.Status != 0 {
		dst = append(append(append(dst, "status: "...), t.Status.String()...), '\n')
	}
	if t.Family != "" {
		dst = append(append(append(dst, "read by the rules for: "...), t.Family...), '\n')
	}
	switch t.Substance() {
	case wmbus.SignOfLife:
		dst = append(dst, "no reading: it says only that the meter is there\n"...)
	case wmbus.Static:
		dst = append(dst, "no reading: it says only what the meter is\n"...)
	}
	for i := range parts {
		dst = appendPart(dst, &parts[i])
	}
	if t.Err != nil {
		dst = fmt.Appendf(dst, "but: %v\n", t.Err)
		if t.Security.Result == wmbus.NoKey {
			dst = fmt.Appendf(dst, "next: %s\n", report.Plain(d.giveKey(a.ID)))
		}
	}
	return append(dst, '\n')
}

// giveKey says how the key that is missing is given.
func (d *decodeJob) giveKey(id wmbus.ID) string {
	if d.list == "" {
		return "put its key into a list with the columns id and key, and name that with --keys LIST"
	}
	return fmt.Sprintf("put its key into %s: the list has none for %v", d.list, id)
}

// The widths of a part's name and bytes.
const (
	nameWidth  = 28
	bytesWidth = 22
)

// appendPart appends a range of bytes: its offset, what it is, the bytes as
// received and, if they were encrypted, in clear, and what they mean.
func appendPart(dst []byte, p *wmbus.Part) []byte {
	for limit := 1000; limit > 1 && p.Offset < limit; limit /= 10 {
		dst = append(dst, ' ')
	}
	dst = append(strconv.AppendInt(dst, int64(p.Offset), 10), "  "...)
	from := len(dst)
	for range p.Depth {
		dst = append(dst, "  "...)
	}
	dst = append(dst, p.Name...)
	if p.Role == wmbus.RoleLayer || p.Role == wmbus.RoleRecord {
		return append(appendPlain(append(dst, "  "...), p.Meaning), '\n')
	}
	dst = append(pad(dst, nameWidth-utf8.RuneCount(dst[from:])), ' ')
	from = len(dst)
	dst = appendUpperHex(dst, p.Raw)
	if len(p.Clear) > 0 {
		dst = appendUpperHex(append(dst, " = "...), p.Clear)
	}
	dst = append(pad(dst, bytesWidth-len(dst[from:])), ' ')
	return append(appendPlain(dst, p.Meaning), '\n')
}

// pad appends n spaces; none if n is negative.
func pad(dst []byte, n int) []byte {
	const spaces = "                            " // nameWidth
	return append(dst, spaces[:min(max(n, 0), len(spaces))]...)
}

func appendUpperHex(dst, b []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, x := range b {
		dst = append(dst, digits[x>>4], digits[x&15])
	}
	return dst
}

// appendPlain appends text without what a terminal would not show as it is.
func appendPlain(dst []byte, text string) []byte {
	ascii := 0
	for ascii < len(text) && text[ascii] >= ' ' && text[ascii] < 0x7F {
		ascii++
	}
	dst = append(dst, text[:ascii]...)
	for _, r := range text[ascii:] {
		if unicode.IsGraphic(r) {
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}
