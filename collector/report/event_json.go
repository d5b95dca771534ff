package report

import (
	"encoding/json"
	"fmt"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
)

// EventJSON writes an event as one JSON object, without a line end: "event" and
// "time" first, then what belongs to it.
func EventJSON(ev state.Event) []byte {
	body, err := json.Marshal(view(ev))
	if err != nil {
		panic(fmt.Sprintf("report: event %T cannot be written as JSON: %v", ev, err))
	}
	out := fmt.Appendf(nil, `{"event":%q`, ev.Name())
	if string(body) != "{}" {
		out = append(append(out, ','), body[1:]...)
		return out
	}
	return append(out, '}')
}

// onAir is what JSON says of a telegram beside the event's own fields.
type onAir struct {
	Manufacturer string `json:"manufacturer"`
	ID           string `json:"id"`
	Medium       string `json:"medium"`
	RSSI         *int16 `json:"rssi_dbm,omitempty"`
	Relative     *int16 `json:"rssi_relative,omitempty"`
}

// view adds to an event what its own fields cannot say in JSON.
func view(ev state.Event) any {
	switch ev := ev.(type) {
	case state.Heard:
		air := onAir{Manufacturer: ev.Address.Manufacturer.String(), ID: ev.Address.ID.String(), Medium: ev.Address.Medium()}
		air.signal(ev.RSSI)
		return struct {
			state.Heard
			onAir
		}{ev, air}
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
	case state.Decrypted:
		return struct {
			state.Decrypted
			Mode   string `json:"mode"`
			Result string `json:"result"`
		}{ev, ev.Security.Mode.String(), ev.Security.Result.String()}
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
