package telegramtext

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"earshot/device"
)

// relativeScale is what stands in "scale" for an RSSI without unit.
const relativeScale = "relative"

// hexMembers are the names under which programs publish a telegram, the first
// that is there counts (docs/protocol/text.md#json).
var hexMembers = [...]string{"hex", "frame", "telegram", "raw", "payload", "data"}

// Object is what a JSON object says about a telegram, as it stands there. Texts
// that are absent are nil. They may point into the object's text.
type Object struct {
	Hex      []byte // the telegram
	Time     []byte
	Mode     []byte
	Scale    []byte
	Receiver []byte
	rssi     []byte // a number, or a text that is one
	waited   []byte // a number of seconds
	hexRank  int    // place in hexMembers
}

// ParseObject reads a JSON object. The names of members may be in any case;
// members that are not known, or of another type, are passed over.
func ParseObject(text []byte) (Object, error) {
	text = bytes.TrimSpace(text)
	if !json.Valid(text) {
		var any json.RawMessage
		return Object{}, fmt.Errorf("it is not whole JSON: %w", json.Unmarshal(text, &any))
	}
	if len(text) == 0 || text[0] != '{' {
		return Object{}, errors.New("it is JSON, but no object ({…})")
	}
	o := Object{hexRank: len(hexMembers)}
	eachMember(text, o.set)
	if o.Hex == nil {
		return Object{}, fmt.Errorf("no telegram stands in it: none of its members is a text named %s", memberNames())
	}
	return o, nil
}

func memberNames() string {
	names := ""
	for i, n := range hexMembers {
		if i > 0 {
			names += ", "
		}
		names += n
	}
	return names
}

// set takes one member.
func (o *Object) set(name, value []byte) {
	if named(name, "rssi") {
		if o.rssi = value; value[0] == '"' {
			o.rssi = textOf(value)
		}
		return
	}
	if value[0] != '"' {
		if named(name, "waited") {
			o.waited = value
		}
		return
	}
	switch {
	case named(name, "time"):
		o.Time = textOf(value)
	case named(name, "mode"):
		o.Mode = textOf(value)
	case named(name, "scale"):
		o.Scale = textOf(value)
	case named(name, "receiver"):
		o.Receiver = textOf(value)
	default:
		for rank, n := range hexMembers[:o.hexRank] {
			if named(name, n) && len(value) > len(`""`) {
				o.Hex, o.hexRank = textOf(value), rank
			}
		}
	}
}

// named compares the name of a member, which may be in any case.
func named(name []byte, want string) bool {
	if len(name) != len(want) {
		return false
	}
	for i, c := range name {
		if c|0x20 != want[i] {
			return false
		}
	}
	return true
}

// textOf is the text of a JSON string.
func textOf(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	var s string
	_ = json.Unmarshal(quoted, &s) // it is valid
	return []byte(s)
}

// RSSI is the signal strength that the object gives: dBm, unless its scale is
// relative or it has none and the value is positive, as uncalibrated receivers
// give it.
func (o *Object) RSSI() (device.RSSI, error) {
	if len(o.rssi) == 0 || string(o.rssi) == "null" {
		return device.RSSI{}, nil
	}
	v, err := strconv.ParseFloat(string(o.rssi), 64)
	switch {
	case err != nil || !(math.Abs(v) <= math.MaxInt16):
		return device.RSSI{}, fmt.Errorf("its rssi %.20q is no signal strength", o.rssi)
	case len(o.Scale) > 0 && string(o.Scale) != relativeScale && !bytes.EqualFold(o.Scale, []byte("dBm")):
		return device.RSSI{}, fmt.Errorf("its scale %.20q is neither absent (dBm) nor %q", o.Scale, relativeScale)
	}
	scale := device.ScaleDBm
	if string(o.Scale) == relativeScale || len(o.Scale) == 0 && v > 0 {
		scale = device.ScaleRelative
	}
	return device.RSSI{Scale: scale, Value: int16(math.Round(v))}, nil
}

// Waited is how long the telegram waited before it was handed over; 0 where the
// object says nothing, or nothing that can be.
func (o *Object) Waited() time.Duration {
	if len(o.waited) == 0 {
		return 0
	}
	seconds, err := strconv.ParseFloat(string(o.waited), 64)
	if err != nil || !(seconds > 0 && seconds < 1e9) {
		return 0
	}
	return time.Duration(seconds * float64(time.Second))
}

// LinkMode is the link mode that the object names; esphome-wmbus writes T for
// T1 and C for C1.
func (o *Object) LinkMode() (device.LinkMode, error) {
	if len(o.Mode) == 0 {
		return "", nil
	}
	if len(o.Mode) == 1 {
		return linkMode([]byte{o.Mode[0], '1'})
	}
	return linkMode(o.Mode)
}

// linkMode is device.ParseLinkMode, without its cost for what is heard all day.
func linkMode(text []byte) (device.LinkMode, error) {
	for _, m := range [...]device.LinkMode{"T1", "C1", "S1"} {
		if string(text) == string(m) {
			return m, nil
		}
	}
	return device.ParseLinkMode(string(text))
}
