package reading

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"earshot/device"
)

// Reading is what one telegram of a meter said, in the names and units of
// device/wmbus. The same form is in JSON and in the store.
type Reading struct {
	Time time.Time `json:"time"` // when it was received
	// AirTime is when it was on the air, by the clock of the recording or of
	// the gateway, where that is another time.
	AirTime *time.Time `json:"air_time,omitempty"`
	Medium  string     `json:"medium"`
	Status  []string   `json:"status"`
	Records []Value    `json:"records"`
	// Mode is the link mode it was heard in, "" where the receiver cannot tell.
	Mode device.LinkMode `json:"link_mode,omitempty"`
	// Alarms are the words of Status that somebody has to look at.
	Alarms []string `json:"alarms,omitempty"`
	// Skew is how far the meter's clock is ahead of ours, where the telegram
	// has a date and time and it is known when it was on the air.
	Skew *time.Duration `json:"clock_skew_ns,omitempty"`
	// Partial is why the telegram could not be read to its end, "" when it was.
	Partial string `json:"partial,omitempty"`
}

// Value is one record of a reading.
type Value struct {
	Quantity string          `json:"quantity"`
	Raw      json.RawMessage `json:"value"` // a number, a string (text, ISO 8601 date) or null
	Unit     string          `json:"unit,omitempty"`
	Function string          `json:"function"`
	Storage  uint64          `json:"storage"`
	Tariff   uint32          `json:"tariff"`
	Subunit  uint16          `json:"subunit"`
	Of       string          `json:"of,omitempty"` // with quantities such as limit_exceed_count: of what
	// Qualifiers are what else the record says of its value, "only backward" for instance.
	Qualifiers []string `json:"qualifiers,omitempty"`
}

// Sent is when the meter sent it, as well as that is known; nothing is sent
// after it was received, whatever a recording says.
func (r *Reading) Sent() time.Time {
	if r.Old() {
		return *r.AirTime
	}
	return r.Time
}

// Old tells a reading that was not heard as it was sent.
func (r *Reading) Old() bool { return r.AirTime != nil && r.AirTime.Before(r.Time) }

// Number returns a numeric value; ok is false for texts, dates and missing values.
func (v Value) Number() (n float64, ok bool) {
	n, err := strconv.ParseFloat(string(v.Raw), 64)
	return n, err == nil
}

// String returns the value without its unit; "—" where there is none.
func (v Value) String() string {
	var text string
	switch {
	case len(v.Raw) == 0 || string(v.Raw) == "null":
		return "—"
	case json.Unmarshal(v.Raw, &text) == nil:
		return text
	}
	return string(v.Raw)
}

// Current reports whether it is the present value of the main register.
func (v Value) Current() bool {
	return v.Function == "instantaneous" && v.Storage == 0 && v.Tariff == 0 && v.Subunit == 0 && len(v.Qualifiers) == 0
}

// mainQuantities says, by medium, which quantity is the reading of a meter, in
// order of preference. The media are those of wmbus.DeviceType.Medium.
var mainQuantities = map[string][]string{
	"electricity":         {"energy"},
	"heat":                {"energy", "volume"},
	"cooling":             {"energy", "volume"},
	"heat/cooling":        {"energy", "volume"},
	"heat cost allocator": {"heat_cost_allocation"},
	"smoke detector":      {"date_time", "date"},
	"room sensor":         {"room_temperature", "external_temperature", "relative_humidity"},
}

// otherMain is the preference for every other medium, and what is looked for
// where a meter has none of its own.
var otherMain = []string{"volume", "energy", "heat_cost_allocation", "external_temperature", "relative_humidity", "flow_temperature", "pressure"}

// Main returns the value that is the meter's reading for its medium: the
// present value of its main register. ok is false where there is none.
func (r *Reading) Main() (v Value, ok bool) {
	wanted, known := mainQuantities[r.Medium]
	if !known {
		wanted = otherMain
	}
	for _, q := range append(wanted[:len(wanted):len(wanted)], otherMain...) {
		for _, v := range r.Records {
			if _, number := v.Number(); v.Quantity == q && v.Current() && (number || q == "date_time" || q == "date") {
				return v, true
			}
		}
	}
	return Value{}, false
}

// Encode writes the reading as the store has it.
func (r *Reading) Encode() []byte {
	b, err := json.Marshal(r)
	if err != nil { // values are from wmbus.Value.MarshalJSON
		panic(fmt.Sprintf("reading: cannot be written as JSON: %v", err))
	}
	return b
}

// Decode reads what Encode wrote.
func Decode(b []byte) (*Reading, error) {
	r := new(Reading)
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("stored reading: %w", err)
	}
	return r, nil
}
