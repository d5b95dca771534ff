package format

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// reading is the earshot format, as far as the others are made of it.
type reading struct {
	Site         string    `json:"site"`
	Meter        string    `json:"meter"`
	ID           string    `json:"id"`
	Manufacturer string    `json:"manufacturer"`
	Version      int       `json:"version"`
	Medium       string    `json:"medium"`
	Time         time.Time `json:"time"`
	Receiver     string    `json:"receiver"`
	RSSI         *int      `json:"rssi_dbm"`
	Status       []string  `json:"status"`
	Records      []record  `json:"records"`
}

// record is one value of a reading.
type record struct {
	Quantity   string          `json:"quantity"`
	Value      json.RawMessage `json:"value"`
	Unit       string          `json:"unit"`
	Function   string          `json:"function"`
	Storage    uint64          `json:"storage"`
	Tariff     uint32          `json:"tariff"`
	Subunit    uint16          `json:"subunit"`
	Of         string          `json:"of"`
	Qualifiers []string        `json:"qualifiers"`
}

// errNoReading: the outbox has something else than a reading.
var errNoReading = errors.New("is no reading in earshot's format: it was made by another version of earshot; deliver it with --mqtt-format earshot and the topic as it was")

// parse reads the earshot format.
func parse(payload []byte) (*reading, error) {
	r := new(reading)
	if json.Unmarshal(payload, r) != nil || r.Meter == "" || r.ID == "" {
		return nil, errNoReading
	}
	return r, nil
}

// field is what a topic template may ask for.
func (r *reading) field(name string) string {
	switch name {
	case "site":
		return r.Site
	case "id":
		return r.ID
	case "meter":
		return r.Meter
	case "manufacturer":
		return r.Manufacturer
	case "medium":
		return r.Medium
	}
	return ""
}

// main reports whether a record is of the main register: neither of a tariff
// nor of a subunit, and as it is.
func (r *record) main() bool { return r.Tariff == 0 && r.Subunit == 0 && len(r.Qualifiers) == 0 }

// number returns a numeric value.
func (r *record) number() (float64, bool) {
	n, err := strconv.ParseFloat(string(r.Value), 64)
	return n, err == nil
}

// text returns a value that is a text, such as a date.
func (r *record) text() (s string, ok bool) {
	ok = json.Unmarshal(r.Value, &s) == nil && s != ""
	return s, ok
}
