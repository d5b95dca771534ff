package main

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"earshot/device/printable"
	"earshot/device/wmbus"
)

// appendUnreadable appends a telegram that could not be split into fields.
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
	dst = append(append(append(dst, a.String()...), ": "...), a.Medium()...)
	dst = appendUpperHex(append(dst, ", version "...), []byte{a.Version})
	dst = appendUpperHex(append(dst, ", type "...), []byte{byte(a.Type)})
	dst = append(append(append(dst, " (frame format: "...), item.format.String()...), ")\n"...)
	if item.behind > 0 {
		dst = fmt.Appendf(dst, "ignored: %d bytes after the end that the L-field gives\n", item.behind)
	}
	dst = append(append(append(dst, "security: "...), t.Security.Mode.Name()...), ": "...)
	dst = append(append(dst, t.Security.Result.String()...), '\n')
	if !t.Status.Empty() {
		dst = append(append(append(dst, "status: "...), t.Status.String()...), '\n')
	}
	if t.Family != "" {
		dst = append(append(append(dst, "read by the rules for: "...), t.Family...), '\n')
	}
	if t.Notes != 0 {
		dst = append(append(append(dst, "note: "...), strings.Join(t.Notes.Words(), ", ")...), '\n')
	}
	switch t.Substance() {
	case wmbus.SignOfLife:
		dst = append(dst, "no reading: this telegram only announces the meter\n"...)
	case wmbus.Static:
		dst = append(dst, "no reading: this telegram only identifies the meter\n"...)
	}
	for i := range parts {
		dst = appendPart(dst, &parts[i])
	}
	if t.Err != nil {
		dst = append(dst, "but: "...)
		if item.line > 0 {
			dst = fmt.Appendf(dst, "line %d: ", item.line)
		}
		dst = fmt.Appendf(dst, "%v\n", t.Err)
		if t.Security.Result == wmbus.NoKey {
			dst = fmt.Appendf(dst, "next: %s\n", printable.Text(d.giveKey(a.ID)))
		}
	}
	return append(dst, '\n')
}

// giveKey says how to provide a missing key.
func (d *decodeJob) giveKey(id wmbus.ID) string {
	if d.list == "" {
		return "put its key into a list with the columns id and key, and pass the list with --keys LIST"
	}
	return fmt.Sprintf("add its key to %s: the list has none for %v", d.list, id)
}

// The widths of a part's name and bytes.
const (
	nameWidth  = 28
	bytesWidth = 22
)

// appendPart appends a range of bytes: its offset, what it is, the bytes as
// received and, if they were encrypted, in clear, and what they mean.
func appendPart(dst []byte, p *wmbus.Part) []byte {
	dst = appendOffset(dst, p.Offset)
	from := len(dst)
	for range p.Depth {
		dst = append(dst, "  "...)
	}
	dst = append(dst, p.Name...)
	if p.Role == wmbus.RoleLayer || p.Role == wmbus.RoleRecord {
		return append(printable.Append(append(dst, "  "...), p.Meaning), '\n')
	}
	dst = append(pad(dst, nameWidth-utf8.RuneCount(dst[from:])), ' ')
	from = len(dst)
	dst = appendUpperHex(dst, p.Raw)
	if len(p.Clear) > 0 {
		dst = appendUpperHex(append(dst, " = "...), p.Clear)
	}
	dst = append(pad(dst, bytesWidth-len(dst[from:])), ' ')
	return append(printable.Append(dst, p.Meaning), '\n')
}

// appendOffset appends a number below 10,000 in four columns, and two spaces.
func appendOffset(dst []byte, n int) []byte {
	column := [...]byte{' ', ' ', ' ', '0', ' ', ' '}
	for i := 3; n > 0 && i >= 0; i-- {
		column[i] = '0' + byte(n%10)
		n /= 10
	}
	return append(dst, column[:]...)
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
