package handovertest

import "earshot/collector/handover"

func points(d *handover.Document) {
	wrong, quiet, away, battery := d.Meters[5], d.Meters[3], d.Meters[6], d.Meters[2]
	d.Open = []handover.Point{
		{Meter: quiet.Ref, Index: 3, Line: 5, Place: quiet.Place.Text, Kind: "failed", Code: "timed out", Cause: quiet.Verdict.Text, Next: quiet.Verdict.Next, Who: handover.WhoInstaller, WhoText: "Installer"},
		{Meter: wrong.Ref, Index: 5, Line: 7, Place: wrong.Place.Text, Kind: "failed", Code: "wrong key", Cause: "wrong key", Next: wrong.Verdict.Next, Who: handover.WhoSupplier, WhoText: "Supplier", Note: wrong.Notes[0].Text},
		{Meter: battery.Ref, Index: 2, Line: 4, Place: battery.Place.Text, Kind: "alarm", Code: "ok", Cause: "low battery", Next: battery.Verdict.Next, Who: handover.WhoOwner, WhoText: "Owner"},
	}
	d.Tasks = []handover.Task{
		{Who: handover.WhoOwner, WhoText: "Owner", Do: "access", Text: "Give access to 1 meter.", Count: 1, Lines: []int{8}, Meters: []string{away.Ref}},
		{Who: handover.WhoOwner, WhoText: "Owner", Do: "repair", Text: "Have 1 meter looked at or replaced.", Count: 1, Lines: []int{4}, Meters: []string{battery.Ref}},
		{Who: handover.WhoInstaller, WhoText: "Installer", Do: "look", Text: "Go to 1 meter that is not heard.", Count: 1, Lines: []int{5}, Meters: []string{quiet.Ref}},
		{Who: handover.WhoSupplier, WhoText: "Supplier", Do: "send_key", Text: "Send the right key of 1 meter.", Count: 1, Lines: []int{7}, Meters: []string{wrong.Ref}},
	}
	d.Inaccessible = []handover.Inaccessible{{Meter: away.Ref, Line: 8, Place: away.Place.Text, Reason: "nobody was at home", Time: At(11, 5)}}
	d.Corrections = []handover.Correction{{Meter: d.Meters[4].Ref, Line: 6, Place: d.Meters[4].Place.Text, Kind: "number", Text: "the number is KAM-55550050, not KAM-55550005", From: "KAM-55550005", To: "KAM-55550050", Time: At(10, 12)}}
}

func readiness(d *handover.Document) *handover.Readiness {
	when := At(11, 20)
	r := &handover.Readiness{
		Country: "dk", AsOf: "2026-11-01", Version: "1", Disclaimer: "Evidence, not legal advice: the last word is your adviser's.",
		Owner: []string{"7 of 9 meters can be read without entering the flats.", "2 could not be judged, since they were not heard."},
		Rules: []handover.Rule{
			{ID: "DK-1", What: "New meters can be read from outside the flat", Short: "read from outside", Source: "BEK 563/2014 § 1 (9)", From: "2020-10-25", Media: []string{"heat", "warm water", "heat cost allocator"}, Counts: handover.ResultCounts{Met: 5, Unjudged: 1, OutOfScope: 3}},
			{ID: "X-1", What: "The value at the due date is sent", Short: "due date", Source: "good practice", Media: []string{"heat", "warm water", "cold water", "heat cost allocator"}, Advice: true, Counts: handover.ResultCounts{Met: 6, NotMet: 0, Unjudged: 3}},
		},
		Summary: handover.ResultCounts{Met: 6, Unjudged: 3},
	}
	for i := range d.Meters {
		m := &d.Meters[i]
		one := handover.MeterReadiness{Meter: m.Ref, Index: i, Line: m.Line, Place: m.Place.Text, Result: handover.Unjudged}
		if m.Done {
			one.Result = handover.Met
		}
		for _, rule := range r.Rules {
			result := handover.RuleResult{Rule: rule.ID, Result: one.Result, Code: "not_heard", Why: "not heard"}
			if m.Done {
				result.Code, result.Why, result.Entry, result.Time = "heard_outside", "heard from the staircase", 4711, &when
			}
			if rule.ID == "DK-1" && m.Device.Medium == "cold water" {
				result = handover.RuleResult{Rule: rule.ID, Result: handover.OutOfScope, Code: "medium", Why: "the rule is not about cold water"}
			}
			one.Results = append(one.Results, result)
		}
		r.Meters = append(r.Meters, one)
	}
	return r
}

func settlement(d *handover.Document) *handover.Settlement {
	s := &handover.Settlement{
		Note:       "A preview from the values that telegrams carry, not a bill.",
		DegreeDays: &handover.DegreeDays{Source: "DMI", Base: "17 °C", NormalYear: "2001-2030", Normal: "3175", Actual: "2571", From: "2025-12-31", To: "2026-11-27"},
		Sums: []handover.Consumption{
			{Medium: "heat", Text: "heat", Unit: "kWh", Value: "4428", Corrected: "5468", Meters: 2, Of: 2},
			{Medium: "cold water", Text: "cold water", Unit: "m³", Value: "6.509", Meters: 1, Of: 3},
		},
	}
	for i := range d.Meters {
		m := &d.Meters[i]
		if m.DueDate == nil {
			s.Missing = append(s.Missing, handover.Missing{Meter: m.Ref, Line: m.Line, Place: m.Place.Text, Code: "not_heard", Why: "not heard"})
			continue
		}
		s.Meters = append(s.Meters, handover.MeterConsumption{Meter: m.Ref, Index: i, Line: m.Line, Place: m.Place.Text, Medium: m.Device.Medium, Unit: m.Reading.Unit,
			DueDate: m.DueDate.Date, DueValue: m.DueDate.Value.Value, Now: m.Reading.Value.Value, Since: "6.5", Months: []handover.Month{{Month: "2026-10", Value: "1.3"}}})
	}
	for _, f := range d.Flats {
		s.Flats = append(s.Flats, handover.FlatConsumption{Entrance: f.Entrance, Floor: f.Floor, Flat: f.Flat, Text: f.Text, Sums: []handover.Consumption{{Medium: "heat", Text: "heat", Unit: "kWh", Value: "2214", Meters: 1, Of: 1}}})
	}
	return s
}
