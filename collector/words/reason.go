package words

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"earshot/collector/state"
	"earshot/device/wmbus"
)

// Reason is why a telegram or a reading was not taken, "" for none or nil.
func (p Printer) Reason(r *state.Reason) string {
	if r == nil || r.Code == state.ReasonNone {
		return ""
	}
	switch r.Code {
	case state.ReasonText, state.ReasonRefused:
		return r.Text
	case state.ReasonSilent:
		if r.Away > 0 {
			return p.say("reason.silent.away", args{"After": r.After, "Away": r.Away})
		}
		return p.say("reason.silent", args{"After": r.After})
	case state.ReasonMode:
		return p.say("reason.security_mode", args{"Mode": r.Mode.String()})
	case state.ReasonTelegram:
		fault, known := p.messages["fault."+r.Fault.Word()]
		if !known {
			fault = r.Fault.Error()
		}
		return p.say("reason.telegram", args{"Fault": fault, "Offset": r.Offset, "Detail": r.Text})
	case state.ReasonBelowZero, state.ReasonOutOfRange:
		return p.say("reason."+r.Code.String(), args{
			"Quantity": p.term("quantity", r.Quantity.String()), "Value": measured(r.Value, r.Unit), "Min": number(r.Min), "Max": number(r.Max),
		})
	case state.ReasonOnly, state.ReasonNoValue:
		return p.say("reason."+r.Code.String(), args{"Quantity": p.term("quantity", r.Quantity.String())})
	case state.ReasonStored:
		text := p.say("reason.stored", args{"Value": measured(r.Value, r.Unit)})
		if r.Text != "" {
			text += p.say("reason.stored.day", args{"Day": r.Text})
		}
		return text
	case state.ReasonTwoMeters:
		return p.say("reason.two_meters", args{"Meters": r.Text})
	case state.ReasonPart:
		return p.say("reason.part", args{"Bytes": r.Offset})
	case state.ReasonCut, state.ReasonCutCUL:
		return p.say("reason."+r.Code.String(), args{"Receiver": r.Text, "Bytes": r.Offset})
	case state.ReasonJump, state.ReasonBackwards, state.ReasonZero, state.ReasonUnit, state.ReasonTwinUnits:
		return p.say("reason."+r.Code.String(), args{
			"Value": measured(r.Value, r.Unit), "Before": r.Before.String(), "Day": r.Day.Format(time.DateOnly), "Factor": r.Factor,
		})
	}
	return p.say("reason."+r.Code.String(), nil)
}

func measured(v wmbus.Value, unit wmbus.Unit) string {
	return strings.TrimSpace(v.String() + " " + unit.String())
}

func number(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

// Outcome is what became of a telegram, "" if that is not known yet.
func (p Printer) Outcome(o *state.Outcome) string {
	switch {
	case o.Reason != nil:
		return p.Reason(o.Reason)
	case o.Kind != state.KindNone:
		return p.say("outcome."+o.Kind.String(), nil)
	case o.Decoded:
		return p.say("outcome.ok", nil)
	}
	return ""
}

// Cause is why a round ended early, "" if it did not.
func (p Printer) Cause(c state.Cause) string {
	if c == state.CauseNone {
		return ""
	}
	return p.say("cause."+c.String(), nil)
}

// Kind is what failures of a kind have in common, "" for KindNone.
func (p Printer) Kind(k state.Kind) string {
	if k == state.KindNone {
		return ""
	}
	return p.say("kind."+k.String(), nil)
}

// Failure says what failed at a site: the meter, the kind, and the cause.
func (p Printer) Failure(f *state.Failure) string {
	var parts []string
	if f.Ref != "" {
		parts = append(parts, p.say("failure.meter", args{"Meter": f.Ref, "Line": f.Row}))
	}
	if kind := p.Kind(f.Kind); kind != "" {
		parts = append(parts, kind)
	}
	if f.Kind != state.KindTimeout && errors.Is(f.Err, state.ErrTimeout) {
		parts = append(parts, p.say("failure.before", args{"Kind": p.Kind(state.KindTimeout)}))
	}
	if reason := p.Reason(&f.Reason); reason != "" {
		parts = append(parts, reason)
	} else if f.Err != nil {
		parts = append(parts, f.Err.Error())
	}
	return strings.Join(parts, ": ")
}
