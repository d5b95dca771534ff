package collector

import (
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/device/simulate"
	"earshot/device/wmbus"
)

// passed stands for a row that passed: nothing had to be named.
const passed = "passed"

// signs are the codes that a row shows: its verdict, reason, alarms and advice.
// meter is the one that is really there: to suggest another one is wrong.
func signs(r *state.Row, meter wmbus.Address) (out []string) {
	v := &r.Verdict
	if !v.Passed() {
		out = append(out, v.Code.String())
	}
	if v.Code == state.CodeNotJudged { // it was not heard either
		out = append(out, state.CodeTimedOut.String())
	}
	if v.Reason != nil && !v.Passed() {
		out = append(out, "reason "+v.Reason.Code.String())
		if v.Reason.Code == state.ReasonTelegram {
			out = append(out, "telegram "+v.Reason.Fault.Word())
		}
	}
	if v.Late {
		out = append(out, "late")
	}
	if v.Key != nil {
		out = append(out, "key "+v.Key.Fault.String())
	}
	for i := range v.Alarms {
		a := &v.Alarms[i]
		if a.Code == state.AlarmStatus {
			out = append(out, "status "+a.Status.String())
		} else {
			out = append(out, "alarm "+a.Code.String())
		}
	}
	if v.Near != nil && v.Near.Address.ID != meter.ID && v.Near.Why != site.LikeReplaced {
		return append(out, "another meter is suggested")
	}
	if v.Near != nil {
		out = append(out, "near "+v.Near.Why.String())
	}
	for _, a := range v.Advice {
		if a.Code != state.AdviceStatus {
			out = append(out, "advice "+a.Code.String())
		}
	}
	if len(out) == 0 {
		return []string{passed}
	}
	return out
}

// names says which codes name the cause of each kind of mishap, and which only what
// follows from it. A row of the list that cannot be read is named by its column.
var names = map[simulate.Kind]struct{ cause, symptom []string }{
	simulate.WrongKey:    {cause: []string{"advice ask_for_key"}},
	simulate.SwappedKeys: {cause: []string{"advice swap_keys"}, symptom: []string{"wrong key"}},
	simulate.RotatedKeys: {cause: []string{"advice correct_key"}, symptom: []string{"wrong key"}},
	simulate.NoKey:       {cause: []string{"advice add_key"}},
	simulate.CopiedKey:   {cause: []string{"key copied"}, symptom: []string{"wrong key"}},
	simulate.ShortKey:    {cause: []string{"list key"}},
	simulate.ReversedKey: {cause: []string{"key reversed"}, symptom: []string{"wrong key"}},
	simulate.MistypedKey: {cause: []string{"key mistyped"}, symptom: []string{"wrong key"}},
	simulate.TurnedKey:   {cause: []string{"key turned"}, symptom: []string{"wrong key"}},
	simulate.Placeholder: {cause: []string{"key placeholder", "advice add_key", "list key"}, symptom: []string{"wrong key"}},
	simulate.DefaultKey:  {cause: []string{"alarm public_key", "key published", "key default"}, symptom: []string{"wrong key"}},
	simulate.PlainKey:    {cause: []string{"alarm unproven"}},

	simulate.TurnedDigit:  {cause: []string{"advice correct_id", "advice compare_id"}, symptom: []string{"timed out"}},
	simulate.OneDigit:     {cause: []string{"advice correct_id", "advice compare_id"}, symptom: []string{"timed out"}},
	simulate.TwoDigits:    {cause: []string{"advice correct_id", "advice compare_id"}, symptom: []string{"timed out"}},
	simulate.LostZero:     {cause: []string{"advice correct_id", "advice compare_id", passed}, symptom: []string{"timed out"}},
	simulate.HexID:        {cause: []string{"advice correct_id", "advice compare_id"}, symptom: []string{"timed out"}},
	simulate.ReversedID:   {cause: []string{"advice correct_id", "advice compare_id"}, symptom: []string{"timed out"}},
	simulate.DINNumber:    {cause: []string{"list id", passed}, symptom: []string{"timed out"}},
	simulate.PrefixedID:   {cause: []string{"list id", passed}, symptom: []string{"timed out"}},
	simulate.ModuleNumber: {cause: []string{"advice correct_id"}, symptom: []string{"timed out"}},
	simulate.TwiceListed:  {cause: []string{"list id"}},
	simulate.TwoMakers:    {cause: []string{"two meters"}},
	simulate.WrongMaker:   {cause: []string{"near maker", "near key"}, symptom: []string{"timed out"}},
	simulate.WrongMedium:  {cause: []string{"alarm medium"}},
	simulate.Neighbours:   {cause: []string{"alarm neighbour"}, symptom: []string{"alarm weak"}},
	simulate.Replaced:     {cause: []string{"near replaced"}, symptom: []string{"timed out"}},

	simulate.Forged:      {cause: []string{"alarm plain"}},
	simulate.NeverHeard:  {cause: []string{"advice look_at_meter"}, symptom: []string{"timed out"}},
	simulate.Slow:        {cause: []string{"advice wait_slow", "advice wait"}, symptom: []string{"timed out"}},
	simulate.OfficeHours: {cause: []string{"advice come_back"}, symptom: []string{"timed out"}},
	simulate.HeardLate:   {cause: []string{"late"}},
	simulate.WeakSignal:  {cause: []string{"alarm weak"}, symptom: []string{"timed out"}},
	simulate.CutOff:      {cause: []string{"advice cut", "alarm cut", "advice receiver_cuts"}, symptom: []string{"damaged"}},
	simulate.FlippedBits: {cause: []string{"advice interference", "alarm interference"}, symptom: []string{"damaged"}},
	simulate.CompactOnly: {cause: []string{"advice listen_longer"}, symptom: []string{"timed out"}},
	simulate.UnknownMode: {cause: []string{"reason security_mode"}},
	simulate.AccessOnly:  {cause: []string{"reason sign_of_life"}},

	simulate.Leak:        {cause: []string{"status leak"}},
	simulate.Burst:       {cause: []string{"status burst"}},
	simulate.LowBattery:  {cause: []string{"status low battery"}},
	simulate.ReverseFlow: {cause: []string{"status reverse flow"}},
	simulate.Tamper:      {cause: []string{"status tamper"}},
	simulate.Dry:         {cause: []string{"status dry"}},
	simulate.Implausible: {cause: []string{"reason backwards"}, symptom: []string{"implausible"}},
	simulate.ZeroReading: {cause: []string{"reason zero"}, symptom: []string{"implausible"}},
	simulate.Jumped:      {cause: []string{"reason jump"}, symptom: []string{"implausible"}},
	simulate.SameTwice:   {cause: []string{"alarm same_reading"}, symptom: []string{"implausible"}},
	simulate.ColdFlow:    {cause: []string{"alarm flow_below_return"}, symptom: []string{"implausible"}},
	simulate.ClockHours:  {cause: []string{"alarm clock"}},
	simulate.ClockYears:  {cause: []string{"alarm clock"}},
	simulate.OutOfRange:  {cause: []string{"reason out_of_range"}, symptom: []string{"implausible"}},
	simulate.WrongUnit:   {cause: []string{"reason unit"}, symptom: []string{"implausible"}},
	simulate.WrongDue:    {cause: []string{"alarm due_date"}},
}
