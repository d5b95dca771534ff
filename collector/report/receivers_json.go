package report

import (
	"encoding/json"
	"errors"
	"io"

	"earshot/collector/words"
	"earshot/device"
	"earshot/device/detect"
	"earshot/device/port"
	"earshot/device/printable"
)

// ReceiverLine is one line of `earshot receivers --json`.
type ReceiverLine struct {
	Port      string              `json:"port,omitempty"`
	USB       *usbJSON            `json:"usb,omitempty"`
	State     string              `json:"state"`
	Usable    bool                `json:"usable"`
	Driver    string              `json:"driver,omitempty"`
	Product   string              `json:"product,omitempty"`
	Serial    string              `json:"serial,omitempty"`
	Firmware  string              `json:"firmware,omitempty"`
	Baud      int                 `json:"baud,omitempty"`
	Modes     [][]device.LinkMode `json:"modes,omitempty"`    // sets that are heard at the same time, the widest first
	Receiver  string              `json:"receiver,omitempty"` // what --receiver takes
	Telegrams *int64              `json:"telegrams,omitempty"`
	Notes     []string            `json:"notes,omitempty"`
	Problem   *problemJSON        `json:"problem,omitempty"`
}

type usbJSON struct {
	ID           string `json:"id"`
	Serial       string `json:"serial,omitempty"`
	Manufacturer string `json:"manufacturer,omitempty"`
	Product      string `json:"product,omitempty"`
}

type problemJSON struct {
	Cause string `json:"cause"`
	Cure  string `json:"cure,omitempty"`
}

func ReceiversJSON(w io.Writer, found []detect.Finding) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for _, a := range found {
		if err := out.Encode(asJSON(a)); err != nil {
			return err
		}
	}
	return nil
}

func asJSON(a detect.Finding) ReceiverLine {
	r := ReceiverLine{
		Port: a.Port.Path, State: stateOf(words.English, a), Usable: a.Usable(), Driver: a.Driver, Product: printable.Text(a.Product),
		Serial: printable.Text(a.Serial), Firmware: printable.Text(a.Firmware), Baud: a.Baud, Modes: a.Sets, Notes: notes(words.English, a),
	}
	if a.Port.USB != "" {
		r.USB = &usbJSON{ID: a.Port.USB, Serial: a.Port.SerialNumber, Manufacturer: a.Port.Manufacturer, Product: a.Port.Product}
	}
	if a.Listened {
		r.Telegrams = &a.Telegrams
	}
	if specs, _ := detect.Specs([]detect.Finding{a}, nil); len(specs) == 1 {
		r.Receiver = specs[0].String()
	}
	if a.Err != nil {
		r.Problem = &problemJSON{Cause: printable.Text(a.Err.Error())}
		var p *port.Problem
		if errors.As(a.Err, &p) {
			r.Problem = &problemJSON{Cause: printable.Text(p.Cause), Cure: printable.Text(p.Cure)}
		}
	}
	return r
}
