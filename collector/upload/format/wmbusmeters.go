package format

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/collector/reading"
	"earshot/device"
	"earshot/device/wmbus"
)

// wmbusmeters writes a reading as wmbusmeters does.
func wmbusmeters(p *reading.Published) []byte {
	r := p.Reading
	fields := []field{
		{name: "_", value: quote("telegram")}, {name: "media", value: quote(wmbusMedia(p))}, {name: "meter", value: quote("auto")},
		{name: "name", value: quote(p.Meter)}, {name: "id", value: quote(strings.ToLower(p.Address.ID.String()))}, {name: "status", value: quote(wmbusStatus(r.Status))},
	}
	fields = append(fields, wmbusFields(p)...)
	fields = append(fields, field{name: "timestamp", value: quote(r.Time.UTC().Format(time.RFC3339))}, field{name: "device", value: quote(p.Receiver)})
	if p.RSSI.Scale == device.ScaleDBm {
		fields = append(fields, field{name: "rssi_dbm", value: strconv.AppendInt(nil, int64(p.RSSI.Value), 10)})
	}
	return object(fields)
}

// wmbusMedia is the word for a medium.
func wmbusMedia(p *reading.Published) string {
	switch p.Address.Kind() {
	case wmbus.TypeHeatCostAllocator:
		return "heat cost allocation"
	case wmbus.TypeCooling:
		return "cooling load volume at outlet"
	case 0x0B:
		return "cooling load volume at inlet"
	case wmbus.TypeHeatFlow:
		return "heat volume at inlet"
	case wmbus.TypeHeatCooling:
		return "heat/cooling load"
	case 0x0E:
		return "bus/system component"
	case 0x36:
		return "radio converter (system side)"
	case 0x37:
		return "radio converter (meter side)"
	}
	return p.Reading.Medium
}

// wmbusOK is the status of a meter that says nothing.
const wmbusOK = "OK"

// wmbusStatus is OK, or the words in capitals and in order.
func wmbusStatus(set wmbus.StatusSet) string {
	var all []string
	for s := range set.All() {
		if s != wmbus.StatusMakerFlag {
			all = append(all, wmbusWord(s))
		}
	}
	if bits := set.Maker(); bits.Status != 0 {
		all = append(all, fmt.Sprintf("UNKNOWN_%X", bits.Status))
	}
	if bits := set.Maker(); bits.Word != 0 {
		all = append(all, fmt.Sprintf("ERROR_FLAGS_%X", bits.Word))
	}
	if all == nil {
		return wmbusOK
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// wmbusWord is a word of the status.
func wmbusWord(s wmbus.Status) string {
	if s == wmbus.StatusLowBattery {
		return "POWER_LOW"
	}
	return strings.ToUpper(strings.ReplaceAll(s.String(), " ", "_"))
}

// object writes a JSON object with its fields in this order.
func object(fields []field) []byte {
	b := []byte{'{'}
	for i, f := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, quote(f.name)...), ':'), f.value...)
	}
	return append(b, '}')
}

// quote writes a JSON string.
func quote(s string) json.RawMessage {
	b, err := json.Marshal(s)
	if err != nil {
		return json.RawMessage(`""`) // a string can always be written
	}
	return b
}
