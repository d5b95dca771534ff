package reading

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"

	"earshot/device"
	"earshot/device/wmbus"
)

// Schema is the version of what is published for a reading
// (assets/schema/reading.schema.json). It is raised when a field changes its
// meaning or is removed.
const Schema = 1

// Published is a reading as it is sent to a broker, with its source.
type Published struct {
	Site     string
	Meter    string // the meter's reference: "KAM-76348799"
	Address  wmbus.Address
	Receiver string
	RSSI     device.RSSI
	Security wmbus.SecurityResult
	Reading  *Reading
}

// Encode writes the reading as one JSON object. Levels that are not in dBm
// are left out.
func (p *Published) Encode() []byte {
	_, published := p.EncodeBoth()
	return published
}

// EncodeBoth returns the reading as Reading.Encode writes it for the store, and
// as Encode does for the brokers. The records, most of both, are written once.
func (p *Published) EncodeBoth() (stored, published []byte) {
	var room [4096]byte // on the stack: what is returned is copied from it, as long as it is
	text, from, to := p.Reading.append(room[:0])
	n := len(text)
	both := bytes.Clone(p.append(text, text[from:to]))
	return both[:n:n], both[n:]
}

// append is Encode to the end of dst; content is what appendContent writes.
func (p *Published) append(dst, content []byte) []byte {
	r := p.Reading
	dst = strconv.AppendInt(append(dst, `{"schema":`...), Schema, 10)
	dst = AppendString(append(dst, `,"site":`...), p.Site)
	dst = AppendString(append(dst, `,"meter":`...), p.Meter)
	dst = AppendString(append(dst, `,"id":`...), p.Address.ID.String())
	dst = AppendString(append(dst, `,"manufacturer":`...), p.Address.Manufacturer.String())
	dst = strconv.AppendUint(append(dst, `,"version":`...), uint64(p.Address.Version), 10)
	dst = strconv.AppendUint(append(dst, `,"type":`...), uint64(p.Address.Type), 10)
	dst = AppendString(append(dst, `,"medium":`...), r.Medium)
	dst = AppendTime(append(dst, `,"time":`...), r.Time.UTC())
	dst = AppendString(append(dst, `,"receiver":`...), p.Receiver)
	if r.Mode != "" {
		dst = AppendString(append(dst, `,"mode":`...), string(r.Mode))
	}
	if p.RSSI.Scale == device.ScaleDBm {
		dst = strconv.AppendInt(append(dst, `,"rssi_dbm":`...), int64(p.RSSI.Value), 10)
	}
	dst = append(append(append(dst, `,"security":"`...), p.Security.String()...), '"')
	if main, ok := r.Main(); ok {
		dst = main.appendValue(append(dst, `,"reading":{`...))
		if day, known := r.DateOf(&main); known {
			dst = AppendString(append(dst, `,"date":`...), day)
		}
		dst = append(dst, '}')
	}
	return append(r.appendDoubts(r.appendAlarms(append(dst, content...))), '}')
}

// errUnpublished: the bytes are not a published reading.
var errUnpublished = errors.New("this is not a reading in earshot's format")

// DecodePublished reads what Encode wrote, in this version or an earlier one.
func DecodePublished(b []byte) (*Published, error) {
	var in form
	if json.Unmarshal(b, &in) != nil || in.Meter == "" {
		return nil, errUnpublished
	}
	p := &Published{Site: in.Site, Meter: in.Meter, Receiver: in.Receiver, Reading: in.reading(in.Published)}
	id, err := wmbus.ParseID(in.ID)
	if err != nil {
		return nil, errUnpublished
	}
	p.Address = wmbus.Address{ID: id, Version: in.Version, Type: wmbus.DeviceType(in.Type)}
	p.Address.Manufacturer, _ = wmbus.ParseManufacturer(in.Manufacturer) // unknown ones are left out
	if in.RSSI != nil {
		p.RSSI = device.RSSI{Scale: device.ScaleDBm, Value: *in.RSSI}
	}
	_ = p.Security.UnmarshalText([]byte(in.Security)) // not needed to publish it again
	return p, nil
}
