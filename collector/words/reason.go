package words

import (
	"errors"
	"strconv"
	"strings"

	"earshot/collector/state"
	"earshot/device/wmbus"
)

// Reason is why a telegram or a reading was not taken, "" for none or nil.
func (l *Language) Reason(r *state.Reason) string {
	if r == nil || r.Code == state.ReasonNone {
		return ""
	}
	switch r.Code {
	case state.ReasonText, state.ReasonRefused:
		return r.Text
	case state.ReasonSilent:
		if r.Away > 0 {
			return l.Say("reason.silent.away", Args{"After": r.After, "Away": r.Away})
		}
		return l.Say("reason.silent", Args{"After": r.After})
	case state.ReasonMode:
		return l.Say("reason.security_mode", Args{"Mode": r.Mode.String()})
	case state.ReasonTelegram:
		fault := r.Fault.Error()
		if l.find("fault."+r.Fault.Word()) != nil {
			fault = l.Say("fault."+r.Fault.Word(), nil)
		}
		return l.Say("reason.telegram", Args{"Fault": fault, "Offset": r.Offset, "Detail": r.Text})
	case state.ReasonBelowZero, state.ReasonOutOfRange:
		return l.Say("reason."+r.Code.String(), Args{
			"Quantity": l.Term("quantity", r.Quantity.String()), "Value": l.Value(r.Value, r.Unit), "Min": l.bound(r.Min), "Max": l.bound(r.Max),
		})
	case state.ReasonOnly, state.ReasonNoValue:
		return l.Say("reason."+r.Code.String(), Args{"Quantity": l.Term("quantity", r.Quantity.String())})
	case state.ReasonStored:
		text := l.Say("reason.stored", Args{"Value": l.Value(r.Value, r.Unit)})
		if r.Text != "" {
			text += l.Say("reason.stored.day", Args{"Day": l.day(r.Text)})
		}
		return text
	case state.ReasonTwoMeters:
		return l.Say("reason.two_meters", Args{"Meters": r.Text})
	case state.ReasonPart:
		return l.Say("reason.part", Args{"Bytes": r.Offset})
	case state.ReasonCut, state.ReasonCutCUL:
		return l.Say("reason."+r.Code.String(), Args{"Receiver": r.Text, "Bytes": r.Offset})
	case state.ReasonJump, state.ReasonBackwards, state.ReasonZero, state.ReasonUnit, state.ReasonTwinUnits:
		return l.Say("reason."+r.Code.String(), Args{
			"Value": l.Value(r.Value, r.Unit), "Before": l.Value(r.Before, wmbus.UnitNone), "Day": l.Date(r.Day), "Factor": r.Factor,
		})
	}
	return l.Say("reason."+r.Code.String(), nil)
}

// bound writes an end of a range.
func (l *Language) bound(f float64) string { return l.Number(strconv.FormatFloat(f, 'g', -1, 64)) }

// Outcome is what became of a telegram, "" if that is not known yet.
func (l *Language) Outcome(o *state.Outcome) string {
	switch {
	case o.Reason != nil:
		return l.Reason(o.Reason)
	case o.Kind != state.KindNone:
		return l.Say("outcome."+o.Kind.String(), nil)
	case o.Decoded:
		return l.Say("outcome.ok", nil)
	}
	return ""
}

// Cause is why a round ended early, "" if it did not.
func (l *Language) Cause(c state.Cause) string {
	if c == state.CauseNone {
		return ""
	}
	return l.Say("cause."+c.String(), nil)
}

// Kind is what failures of a kind have in common, "" for KindNone.
func (l *Language) Kind(k state.Kind) string {
	if k == state.KindNone {
		return ""
	}
	return l.Say("kind."+k.String(), nil)
}

// Failure says what failed at a site: the meter, the kind, and the cause.
func (l *Language) Failure(f *state.Failure) string {
	var parts []string
	if f.Ref != "" {
		parts = append(parts, l.Say("failure.meter", Args{"Meter": f.Ref, "Line": f.Row}))
	}
	if kind := l.Kind(f.Kind); kind != "" {
		parts = append(parts, kind)
	}
	if f.Kind != state.KindTimeout && errors.Is(f.Err, state.ErrTimeout) {
		parts = append(parts, l.Say("failure.before", Args{"Kind": l.Kind(state.KindTimeout)}))
	}
	if reason := l.Reason(&f.Reason); reason != "" {
		parts = append(parts, reason)
	} else if f.Err != nil {
		parts = append(parts, f.Err.Error())
	}
	return strings.Join(parts, ": ")
}
