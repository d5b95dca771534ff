package collector

import (
	"encoding/json"
	"fmt"
	"time"

	"earshot/collector/reading"
	"earshot/device"
	"earshot/device/wmbus"
)

// PayloadSchema is the version of what is published for a reading. It grows
// when a field changes its meaning or goes away.
const PayloadSchema = 1

// payload is what is published for a reading.
type payload struct {
	Schema       int             `json:"schema"`
	Site         string          `json:"site"`
	Meter        string          `json:"meter"`
	ID           string          `json:"id"`
	Manufacturer string          `json:"manufacturer"`
	Version      byte            `json:"version"`
	Type         byte            `json:"type"`
	Medium       string          `json:"medium"`
	Time         time.Time       `json:"time"`
	Receiver     string          `json:"receiver"`
	Mode         string          `json:"mode,omitempty"`
	RSSI         *int16          `json:"rssi_dbm,omitempty"`
	Security     string          `json:"security"`
	Reading      *mainReading    `json:"reading,omitempty"`
	Status       []string        `json:"status"`
	Records      []reading.Value `json:"records"`
	Partial      string          `json:"partial,omitempty"`
}

// mainReading is the value of the meter's main register.
type mainReading struct {
	Quantity string          `json:"quantity"`
	Value    json.RawMessage `json:"value"`
	Unit     string          `json:"unit,omitempty"`
}

func (x *examiner) payload(ref string, t *wmbus.Telegram, f device.Frame, r *reading.Reading) []byte {
	a := t.Header.Meter
	p := payload{
		Schema: PayloadSchema, Site: x.site.Name, Meter: ref,
		ID: a.ID.String(), Manufacturer: a.Manufacturer.String(), Version: a.Version, Type: byte(a.Type), Medium: r.Medium,
		Time: f.Time.UTC(), Receiver: f.Receiver, Mode: string(f.Mode), Security: t.Security.Result.String(),
		Status: append([]string{}, r.Status...), Records: r.Records, Partial: r.Partial,
	}
	if f.RSSI.Scale == device.ScaleDBm {
		p.RSSI = &f.RSSI.Value
	}
	if v, ok := r.Main(); ok {
		p.Reading = &mainReading{Quantity: v.Quantity, Value: v.Raw, Unit: v.Unit}
	}
	return mustEncode(p)
}

// mustEncode marshals values of this package's own types. They hold nothing
// that JSON cannot write: the raw values come from wmbus.Value.MarshalJSON.
func mustEncode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("collector: %T cannot be written as JSON: %v", v, err))
	}
	return b
}
