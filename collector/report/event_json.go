package report

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"earshot/collector/reading"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
)

// EventJSON writes an event as one JSON object, without a line end: "event" and
// "time" first, then what belongs to it.
func EventJSON(ev state.Event) []byte { return appendEvent(nil, ev) }

// appendEvent is EventJSON to the end of dst. Events that come with each
// telegram are written without reflection.
func appendEvent(dst []byte, ev state.Event) []byte {
	dst = append(append(append(dst, `{"event":"`...), ev.Name()...), '"')
	switch ev := ev.(type) {
	case state.Heard:
		return appendHeard(dst, ev)
	case state.Decrypted:
		dst = appendAbout(dst, ev.Time, ev.Ref)
		dst = reading.AppendString(append(dst, `,"mode":`...), ev.Security.Mode.String())
		return append(reading.AppendString(append(dst, `,"result":`...), ev.Security.Result.String()), '}')
	case state.Decoded:
		return append(ev.Reading.Append(append(appendAbout(dst, ev.Time, ev.Ref), `,"reading":`...)), '}')
	}
	body, err := json.Marshal(view(ev))
	if err != nil {
		panic(fmt.Sprintf("report: event %T cannot be written as JSON: %v", ev, err))
	}
	if string(body) != "{}" {
		return append(append(dst, ','), body[1:]...)
	}
	return append(dst, '}')
}

// appendAbout writes when an event was and of which meter.
func appendAbout(dst []byte, at time.Time, ref string) []byte {
	return reading.AppendString(append(reading.AppendTime(append(dst, `,"time":`...), at), `,"meter":`...), ref)
}

func appendHeard(dst []byte, ev state.Heard) []byte {
	dst = reading.AppendString(append(appendAbout(dst, ev.Time, ev.Ref), `,"receiver":`...), ev.Receiver)
	if ev.Mode != "" {
		dst = reading.AppendString(append(dst, `,"mode":`...), string(ev.Mode))
	}
	if ev.Again {
		dst = append(dst, `,"again":true`...)
	}
	dst = reading.AppendString(append(dst, `,"manufacturer":`...), ev.Address.Manufacturer.String())
	dst = reading.AppendString(append(dst, `,"id":`...), ev.Address.ID.String())
	dst = reading.AppendString(append(dst, `,"medium":`...), ev.Address.Medium())
	switch ev.RSSI.Scale {
	case device.ScaleDBm:
		dst = strconv.AppendInt(append(dst, `,"rssi_dbm":`...), int64(ev.RSSI.Value), 10)
	case device.ScaleRelative:
		dst = strconv.AppendInt(append(dst, `,"rssi_relative":`...), int64(ev.RSSI.Value), 10)
	}
	return append(dst, '}')
}

// onAir is what JSON says of a telegram in addition to the event's own fields.
type onAir struct {
	Manufacturer string `json:"manufacturer"`
	ID           string `json:"id"`
	Medium       string `json:"medium"`
	RSSI         *int16 `json:"rssi_dbm,omitempty"`
	Relative     *int16 `json:"rssi_relative,omitempty"`
}

// view adds members that an event's own fields do not have in JSON.
func view(ev state.Event) any {
	switch ev := ev.(type) {
	case state.HeardAlso:
		var air onAir
		air.signal(ev.RSSI)
		return struct {
			state.HeardAlso
			RSSI     *int16 `json:"rssi_dbm,omitempty"`
			Relative *int16 `json:"rssi_relative,omitempty"`
		}{ev, air.RSSI, air.Relative}
	case state.UnlistedHeard:
		air := onAir{Manufacturer: ev.Address.Manufacturer.String(), ID: ev.Address.ID.String(), Medium: ev.Address.Medium()}
		air.signal(ev.RSSI)
		return struct {
			state.UnlistedHeard
			onAir
		}{ev, air}
	case state.Failed:
		return struct {
			state.Failed
			Reason string       `json:"reason"`
			Why    state.Reason `json:"why,omitzero"`
		}{ev, words.English.Reason(&ev.Reason), ev.Reason}
	case state.Refused:
		return struct {
			state.Refused
			Reason string       `json:"reason"`
			Why    state.Reason `json:"why,omitzero"`
		}{ev, words.English.Reason(&ev.Reason), ev.Reason}
	case state.RoundFinished:
		return struct {
			state.RoundFinished
			Cause string      `json:"cause,omitempty"`
			Code  state.Cause `json:"cause_code,omitempty"`
		}{ev, words.English.Cause(ev.Cause), ev.Cause}
	case state.ReceiverUp:
		return struct {
			state.At
			Receiver string            `json:"receiver"`
			Driver   string            `json:"driver"`
			Serial   string            `json:"serial,omitempty"`
			Firmware string            `json:"firmware,omitempty"`
			Modes    []device.LinkMode `json:"modes,omitempty"`
			Was      string            `json:"was,omitempty"`
		}{ev.At, ev.Info.Name, ev.Info.Driver, ev.Info.Serial, ev.Info.Firmware, ev.Info.Modes, ev.Was}
	}
	return ev
}

func (a *onAir) signal(r device.RSSI) {
	switch r.Scale {
	case device.ScaleDBm:
		a.RSSI = &r.Value
	case device.ScaleRelative:
		a.Relative = &r.Value
	}
}
