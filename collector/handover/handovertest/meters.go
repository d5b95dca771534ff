package handovertest

import (
	"encoding/json"

	"earshot/collector/handover"
)

// kind is what the meters of one kind have in common.
type kind struct {
	maker, medium    string
	version, code    int
	quantity, unit   string
	now, due, months string
}

var (
	heat      = kind{"KAM", "heat", 0x35, 4, "energy", "kWh", "18234", "16020", "17876"}
	cold      = kind{"DME", "cold water", 0x7B, 0x16, "volume", "m³", "54.512", "48.003", "53.221"}
	warm      = kind{"DME", "warm water", 0x7B, 6, "volume", "m³", "23.1", "20.75", "22.8"}
	allocator = kind{"QDS", "heat cost allocator", 0x16, 8, "hca", "HCA", "412", "0", "377"}
)

// meter is a meter that is done.
func meter(line int, serial string, k kind, entrance, floor, flat, room string) handover.Meter {
	first, last, median, loss, interval := At(9, 2+line), At(11, 20+line), -60-line, 3, 16.0
	m := handover.Meter{
		Line: line, Ref: k.maker + "-" + serial, Serial: serial,
		Place:     handover.Place{Entrance: entrance, Floor: floor, Flat: flat, Room: room},
		Device:    handover.Device{Maker: k.maker, Medium: k.medium, Text: k.medium, Version: &k.version, Type: &k.code, RadioID: serial},
		Key:       handover.Key{State: handover.KeyFits, Text: "fits", Fingerprint: "3f2a91c" + serial[7:]},
		Radio:     handover.Radio{Mode: "C1", Telegrams: 180, First: &first, Last: &last, Receiver: "ttyUSB0", Median: &median, Unit: "dBm", Quality: "good", Text: "good", LossPct: &loss, IntervalS: &interval},
		Reading:   &handover.Reading{Value: number(k.quantity, k.now, k.unit), Time: last},
		DueDate:   &handover.Stored{Value: number(k.quantity, k.due, k.unit), Date: "2025-12-31"},
		MonthEnds: []handover.Stored{{Value: number(k.quantity, k.months, k.unit), Date: "2026-10-31"}},
		Status:    []handover.Said{}, Alarms: []string{}, Remarks: []string{}, Notes: []handover.Note{},
		Chain: chain("passed", "passed", "passed", "passed", "passed"),
		Verdict: handover.Verdict{Code: "ok", Mark: "ok", Short: "OK", Text: "delivered",
			Details: json.RawMessage(`{"stage":"delivered"}`)},
		Done: true,
	}
	for _, part := range []string{entrance, floor, flat, room} {
		if part != "" && m.Place.Text != "" {
			m.Place.Text += " "
		}
		m.Place.Text += part
	}
	return m
}

func chain(states ...string) (out []handover.Step) {
	for i, s := range states {
		out = append(out, handover.Step{Step: []string{"heard", "decrypted", "decoded", "plausible", "delivered"}[i], State: s})
	}
	return out
}

// silent makes a meter one that was not heard.
func silent(m handover.Meter) handover.Meter {
	m.Radio, m.Reading, m.DueDate, m.MonthEnds, m.Done = handover.Radio{}, nil, nil, []handover.Stored{}, false
	m.Device.RadioID, m.Device.Version, m.Device.Type = "", nil, nil
	m.Key.State, m.Key.Text = handover.KeyUntried, "not tried"
	m.Chain = chain("failed", "open", "open", "open", "open")
	m.Verdict = handover.Verdict{Code: "timed out", Mark: "silent", Short: "OPEN", Text: "not heard, its neighbours are: look at the meter",
		Next: "go to the meter: check that it is there, that it has this number, and that its radio is on", Details: json.RawMessage(`{"after_ns":30000000000}`)}
	return m
}

func meters() []handover.Meter {
	m := []handover.Meter{
		meter(2, "55550001", heat, "A", "kl", "", "plant"),
		meter(3, "55550002", cold, "A", "st", "tv", "bath"),
		meter(4, "55550003", warm, "A", "st", "tv", "bath"),
		silent(meter(5, "55550004", cold, "A", "st", "tv", "kitchen")),
		meter(6, "55550005", heat, "A", "1", "th", "hall"),
		meter(7, "55550006", cold, "A", "1", "th", "bath"),
		silent(meter(8, "55550007", warm, "A", "1", "th", "bath")),
		meter(9, "55550008", allocator, "A", "2", "th", "living room"),
		meter(10, "55550009", allocator, "A", "2", "th", "kitchen"),
	}
	m[1].Displayed = &handover.Displayed{Text: "54.512 m³", Time: At(10, 31), Agreement: "agrees", Says: "agrees with the reading"}
	m[2].Status = []handover.Said{{Code: "low battery", Text: "low battery"}}
	m[2].Alarms, m[2].Verdict.Mark, m[2].Verdict.Short = []string{"low battery"}, "alarm", "LOOK"
	m[2].Verdict.Text, m[2].Verdict.Next = "delivered, alarm: low battery", "have the meter replaced before its battery is empty"
	m[3].Reading = &handover.Reading{Value: number("volume", "31.2", "m³"), Time: At(9, 0).AddDate(0, 0, -2), Earlier: true}
	m[4].Device.RadioID, m[4].Device.Otherwise = "55550050", true
	m[4].Remarks = []string{"has not changed since 2026-11-02"}
	m[5].Key.State, m[5].Key.Text, m[5].Done, m[5].Reading, m[5].DueDate, m[5].MonthEnds = handover.KeyWrong, "wrong", false, nil, nil, []handover.Stored{}
	m[5].Chain = chain("passed", "failed", "open", "open", "open")
	m[5].Verdict = handover.Verdict{Code: "wrong key", Mark: "failed", Short: "ERROR", Text: "wrong key",
		Next: "no key of the list fits: ask the supplier for the key of DME-55550006, line 7", Details: json.RawMessage(`{}`)}
	m[5].Notes = []handover.Note{{Time: At(10, 50), Text: "Supplier called, sends the key on Monday."}}
	m[6].Inaccessible = &handover.Reason{Code: "nobody_home", Time: At(11, 5), Text: "nobody was at home"}
	m[8].Displayed = &handover.Displayed{Text: "450 HCA", Time: At(11, 15), Agreement: "differs", Says: "differs from the reading", Difference: "38", Unit: "HCA"}
	m[8].Listed = "replaced in October"
	return m
}
