package reading

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"earshot/device"
	"earshot/device/wmbus"
)

// Encode writes the reading as one JSON object, the form in the store.
func (r *Reading) Encode() []byte { return r.Append(make([]byte, 0, 128+128*len(r.Records))) }

// MarshalJSON is Encode.
func (r *Reading) MarshalJSON() ([]byte, error) { return r.Encode(), nil }

// Append is Encode to the end of dst.
func (r *Reading) Append(dst []byte) []byte {
	dst, _, _ = r.append(dst)
	return dst
}

// append is Append, and returns where the content begins and ends in dst.
func (r *Reading) append(dst []byte) (out []byte, from, to int) {
	dst = AppendTime(append(dst, `{"time":`...), r.Time)
	if !r.AirTime.IsZero() {
		dst = AppendTime(append(dst, `,"air_time":`...), r.AirTime)
	}
	dst = AppendString(append(dst, `,"medium":`...), r.Medium)
	from = len(dst)
	dst = r.appendContent(dst)
	to = len(dst)
	if r.Mode != "" {
		dst = AppendString(append(dst, `,"link_mode":`...), string(r.Mode))
	}
	dst = r.appendAlarms(dst)
	if r.Skew != nil {
		dst = strconv.AppendInt(append(dst, `,"clock_skew_ns":`...), int64(*r.Skew), 10)
	}
	return append(r.appendDoubts(dst), '}'), from, to
}

// appendContent writes the fields that stored and published readings have in
// common.
func (r *Reading) appendContent(dst []byte) []byte {
	dst = wmbus.AppendStatusJSON(append(dst, `,"status":`...), r.Status)
	dst = append(dst, `,"records":[`...)
	main := r.main()
	for i := range r.Records {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = r.Records[i].append(dst)
		if i == main {
			dst = append(dst[:len(dst)-1], `,"main":true}`...)
		}
	}
	return append(dst, ']')
}

// appendAlarms writes those words of the status that somebody should act on.
func (r *Reading) appendAlarms(dst []byte) []byte {
	if alarms := r.Status.Alarms(); alarms.Alarm() {
		dst = wmbus.AppendStatusJSON(append(dst, `,"alarms":`...), alarms)
	}
	return dst
}

// appendDoubts writes what speaks against the reading, and how it is to be
// understood.
func (r *Reading) appendDoubts(dst []byte) []byte {
	if r.Partial != "" {
		dst = AppendString(append(dst, `,"partial":`...), r.Partial)
	}
	if r.Doubt != DoubtNone {
		dst = AppendString(append(dst, `,"unproven":`...), r.Doubt.String())
	}
	if r.StoredOnly {
		dst = append(dst, `,"stored_only":true`...)
	}
	return dst
}

func (r *Record) append(dst []byte) []byte {
	dst = r.appendValue(append(dst, '{'))
	dst = append(append(append(dst, `,"function":"`...), r.Function.String()...), `","storage":`...)
	dst = append(strconv.AppendUint(dst, r.Storage, 10), `,"tariff":`...)
	dst = append(strconv.AppendUint(dst, uint64(r.Tariff), 10), `,"subunit":`...)
	dst = strconv.AppendUint(dst, uint64(r.Subunit), 10)
	if r.Of != wmbus.Unknown {
		dst = append(append(append(dst, `,"of":"`...), r.Of.String()...), '"')
	}
	if words := r.Qualified(); len(words) > 0 {
		sign := `,"qualifiers":["`
		for _, word := range words {
			dst = append(append(dst, sign...), word...)
			sign = `","`
		}
		dst = append(dst, `"]`...)
	}
	if r.Index > 0 {
		dst = strconv.AppendUint(append(dst, `,"number":`...), uint64(r.Index), 10)
	}
	return append(wmbus.AppendRoleJSON(dst, r.Role, r.From, r.Date), '}')
}

// appendValue writes quantity, value and unit, without braces.
func (r *Record) appendValue(dst []byte) []byte {
	dst = append(append(append(dst, `"quantity":"`...), r.Quantity.String()...), `","value":`...)
	switch r.Value.Kind() {
	case wmbus.NoValue:
		dst = append(dst, "null"...)
	case wmbus.NumberValue:
		dst = r.Value.AppendText(dst)
	case wmbus.TextValue:
		dst = AppendString(dst, r.Value.String())
	default: // a date, a time or hexadecimal digits
		dst = append(r.Value.AppendText(append(dst, '"')), '"')
	}
	if r.Unit != wmbus.UnitNone {
		dst = append(append(append(dst, `,"unit":"`...), r.Unit.String()...), '"')
	}
	return dst
}

// Qualified returns the qualifiers of the record in words.
func (r *Record) Qualified() []string {
	words := r.Qualifiers.Words()
	if r.Per != wmbus.PerNothing {
		words = append(words, r.Per.String())
	}
	return words
}

// AppendTime writes a time as encoding/json does.
func AppendTime(dst []byte, t time.Time) []byte {
	return append(t.AppendFormat(append(dst, '"'), time.RFC3339Nano), '"')
}

// AppendString writes a string as encoding/json does.
func AppendString(dst []byte, s string) []byte {
	for _, c := range s {
		if c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029' || c == utf8.RuneError {
			quoted, _ := json.Marshal(s) // a string can always be written
			return append(dst, quoted...)
		}
	}
	return append(append(append(dst, '"'), s...), '"')
}

// form is the JSON of a reading, stored or published, as it is read.
type form struct {
	Site         string          `json:"site"`
	Meter        string          `json:"meter"`
	ID           string          `json:"id"`
	Manufacturer string          `json:"manufacturer"`
	Version      byte            `json:"version"`
	Type         byte            `json:"type"`
	Receiver     string          `json:"receiver"`
	Published    device.LinkMode `json:"mode"`
	RSSI         *int16          `json:"rssi_dbm"`
	Security     string          `json:"security"`

	Time    time.Time       `json:"time"`
	AirTime time.Time       `json:"air_time"`
	Medium  string          `json:"medium"`
	Status  []string        `json:"status"`
	Records []recordForm    `json:"records"`
	Mode    device.LinkMode `json:"link_mode"`
	Skew    *time.Duration  `json:"clock_skew_ns"`
	Partial string          `json:"partial"`
	Doubt   string          `json:"unproven"`
	Stored  bool            `json:"stored_only"`
}

type recordForm struct {
	Quantity   string         `json:"quantity"`
	Value      wmbus.Value    `json:"value"`
	Unit       string         `json:"unit"`
	Function   wmbus.Function `json:"function"`
	Storage    uint64         `json:"storage"`
	Tariff     uint32         `json:"tariff"`
	Subunit    uint16         `json:"subunit"`
	Of         string         `json:"of"`
	Qualifiers []string       `json:"qualifiers"`
	Number     uint16         `json:"number"`
	Role       string         `json:"role"`
	From       wmbus.Value    `json:"from"`
	To         wmbus.Value    `json:"to"`
	Date       wmbus.Value    `json:"date"`
}

// Decode reads what Encode wrote, in this version or an earlier one. A quantity,
// unit or status that this version does not know is left out.
func Decode(b []byte) (*Reading, error) {
	var in form
	if err := json.Unmarshal(b, &in); err != nil {
		return nil, fmt.Errorf("stored reading: %w", err)
	}
	return in.reading(in.Mode), nil
}

// UnmarshalJSON is Decode.
func (r *Reading) UnmarshalJSON(b []byte) error {
	in, err := Decode(b)
	if err == nil {
		*r = *in
	}
	return err
}

func (in *form) reading(mode device.LinkMode) *Reading {
	r := &Reading{
		Time: in.Time, AirTime: in.AirTime, Mode: mode, Medium: in.Medium, Skew: in.Skew, Partial: in.Partial, StoredOnly: in.Stored,
		Records: make([]Record, len(in.Records)),
	}
	for doubt := DoubtNone + 1; doubt < doubtEnd; doubt++ {
		if in.Doubt == doubt.String() {
			r.Doubt = doubt
		}
	}
	for _, word := range in.Status {
		r.Status.AddWord(word)
	}
	for i := range in.Records {
		r.Records[i] = in.Records[i].record()
	}
	return r
}

func (in *recordForm) record() Record {
	r := Record{Value: in.Value, Function: in.Function, Storage: in.Storage, Tariff: in.Tariff, Subunit: in.Subunit}
	r.Quantity, _ = wmbus.ParseQuantity(in.Quantity)
	r.Of, _ = wmbus.ParseQuantity(in.Of)
	r.Unit, _ = wmbus.ParseUnit(in.Unit)
	r.Qualifiers, r.Per = wmbus.ParseQualifiers(in.Qualifiers)
	r.Role, r.Index = wmbus.ParseRole(in.Role), in.Number
	r.From, r.Date = wmbus.DayOf(in.From), wmbus.DayOf(in.Date)
	if r.Role == wmbus.RoleDifference {
		r.Date = wmbus.DayOf(in.To)
	}
	return r
}
