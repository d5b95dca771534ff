package handovertest

import (
	"encoding/json"
	"fmt"
	"time"

	"earshot/collector/handover"
)

// Zone is that of all times of the examples.
func Zone() *time.Location { return time.FixedZone("UTC+01:00", 3600) }

// At is a time of the day on which the example was commissioned.
func At(hour, minute int) time.Time { return time.Date(2026, 11, 27, hour, minute, 0, 0, Zone()) }

// Example is a document in English with something in every member: nine meters in
// three flats and a plant room, of which six are done.
func Example() *handover.Document {
	end, first, last := At(11, 40), At(9, 2), At(11, 38)
	d := &handover.Document{
		Kind: handover.Kind, Schema: handover.Schema, Title: "Hand-over protocol", Number: "20261127-3", Revision: 2, Previous: "5f2c0d8e9b7a41633f0e6d1c2b4a59687786950413223140ffeeddccbbaa9988",
		Language: "en", State: handover.Draft,
		Caveats: []handover.Said{{Code: "open_meters", Text: "This is a draft: 2 meters are open, and nobody has said anything about them."}},
		Program: handover.Program{Name: "earshot", Version: "1.4.0", Rules: 12},
		Property: handover.Property{
			Name: "Søndergade 12", Address: "Søndergade 12\n8000 Aarhus C", Number: "Matr. 1421a", Order: "A-20931",
		},
		Owner:     handover.Party{Name: "Łucja Ærø", Company: "E/F Søndergade 12", Address: "Søndergade 12, st. tv.", Phone: "+45 55 55 01 00"},
		Contact:   handover.Party{Company: "Aarhus Administration ApS", Number: "CVR 55550101"},
		Company:   handover.Party{Company: "Fjernaflæsning Østjylland A/S", Address: "Værkstedsvej 7, 8200 Aarhus N", Number: "CVR 55550202"},
		Installer: handover.Party{Name: "René Groß", Certificate: "DK-4471"},
		Campaign: handover.Span{Campaign: 3, Started: At(9, 0), Ended: &end, First: &first, Last: &last, Zone: "UTC+01:00", Rounds: 2,
			Fingerprint: "0f1e2d3c4b5a69788796a5b4c3d2e1f0"},
		Equipment: handover.Equipment{
			Receivers: []handover.Receiver{{Name: "ttyUSB0", Driver: "im871a", Serial: "0012B4", Firmware: "1.28", Modes: []string{"C1", "T1"}, Telegrams: 4711, AwayS: 42, Resets: 1}},
			Gateways:  []handover.Gateway{{Type: "GW-200", Serial: "77-0815", Firmware: "3.2", Place: "A, cellar, distribution board", Power: "230 V", Network: "SIM 8945 0000 0000", Antenna: "λ/4, outside the cabinet"}},
			Antenna:   "λ/4 on the window sill of the staircase, 2nd floor",
			Spots: []handover.Spot{{Name: "Staircase A, 2nd floor", Time: &first, Meters: 7, Outside: true},
				{Name: "Flat A 1 tv", Time: &last, Meters: 8}},
			Brokers: []handover.Broker{{Address: "mqtts://broker.example.com:8883", Delivered: 6, Waiting: 1}},
		},
		Method: handover.Method{
			Texts: []string{"Each meter of the list was listened for until it had sent a telegram that opened with its key and had a plausible reading.",
				"Signals are the median of the last telegrams at the receiver that hears the meter best."},
			GoodDBm: -80, UsableDBm: -90, WeakDBm: -97, Display: handover.Sample{Compared: 2, Of: 9},
			Limits:     "Signal: good from -80 dBm, usable from -90, weak from -97, else marginal",
			NotChecked: "Not checked: accuracy, mounting and approval of the meters.",
		},
		Notes:    []handover.Note{{Time: At(10, 15), Text: "Caretaker has the key of the cellar until 15:00."}},
		Unlisted: handover.Unlisted{Meters: 7, Telegrams: 129},
		LeftOut:  []handover.LeftOut{{Line: 12, Reason: "the number has 9 digits"}},
		Evidence: handover.Evidence{Telegrams: 4711, Actions: 5, Entries: 4903, LogSHA256: fmt.Sprintf("%064x", 0xE), Verdicts: fmt.Sprintf("%064x", 0xF), Compared: 4,
			How: []string{"Get earshot, and run: earshot verify FILE", "Compare the words of the key with those on page 1."}},
		Signatures: []handover.Signature{{Role: "installer", Text: "Installer", Name: "René Groß", Place: "Aarhus", Date: "2026-11-27"}, {Role: "recipient", Text: "Owner or administrator", Name: "Łucja Ærø"}},
	}
	d.Meters = meters()
	d.Summary = handover.Summary{
		Counts: handover.Counts{Expected: 9, Heard: 7, Decrypted: 6, Decoded: 6, Plausible: 6, Delivered: 6, Done: 6, Attention: 1, Open: 2, Inaccessible: 1},
		Alarms: 1, Unlisted: 7, LeftOut: 1, Cached: 1,
		Headline: "6 of 9 meters are done, 2 are open and 1 was not accessible.",
		ByMedium: []handover.MediumCount{
			{Medium: "heat", Text: "heat", Counts: handover.Counts{Expected: 2, Heard: 2, Decrypted: 2, Decoded: 2, Plausible: 2, Delivered: 2, Done: 2}},
			{Medium: "cold water", Text: "cold water", Counts: handover.Counts{Expected: 3, Heard: 2, Decrypted: 1, Decoded: 1, Plausible: 1, Delivered: 1, Done: 1, Open: 2}},
			{Medium: "warm water", Text: "warm water", Counts: handover.Counts{Expected: 2, Heard: 1, Decrypted: 1, Decoded: 1, Plausible: 1, Delivered: 1, Done: 1, Attention: 1, Inaccessible: 1}},
			{Medium: "heat cost allocator", Text: "heat cost allocator", Counts: handover.Counts{Expected: 2, Heard: 2, Decrypted: 2, Decoded: 2, Plausible: 2, Delivered: 2, Done: 2}},
		},
		Verdicts: []handover.VerdictSum{{Code: "ok", Text: "ok", Count: 6}, {Code: "timed out", Text: "not heard", Count: 2}, {Code: "wrong key", Text: "wrong key", Count: 1}},
	}
	d.Flats = []handover.Flat{
		{Entrance: "A", Floor: "kl", Text: "A kl", Meters: []int{0}, Done: 1},
		{Entrance: "A", Floor: "st", Flat: "tv", Text: "A st tv", Meters: []int{1, 2, 3}, Done: 2, Open: 1},
		{Entrance: "A", Floor: "1", Flat: "th", Text: "A 1 th", Meters: []int{4, 5, 6}, Done: 1, Open: 1},
		{Entrance: "A", Floor: "2", Flat: "th", Text: "A 2 th", Meters: []int{7, 8}, Done: 2},
	}
	points(d)
	d.Radiators = []handover.Radiator{
		{Meter: d.Meters[7].Ref, Line: 9, Place: "A 2 th living room", Make: "Hudevad", Model: "P200", Length: "1200", Height: "600", Depth: "102", Output: "1480", DeltaT: "70/40/20", Mounting: "75 %", Scale: "product", Factor: "1.480", Sensors: "2", Sealed: "2026 RG"},
		{Meter: d.Meters[8].Ref, Line: 10, Place: "A 2 th kitchen"},
	}
	d.Readiness, d.Settlement = readiness(d), settlement(d)
	return d
}

// Long is the example with names of n characters where people may write.
func Long(n int) *handover.Document {
	d := Example()
	long := make([]rune, n)
	for i := range long {
		long[i] = []rune("Æblehøj łąka ßtraße ")[i%20]
	}
	text := string(long)
	d.Property.Name, d.Property.Address, d.Owner.Name, d.Company.Company, d.Installer.Name, d.Equipment.Antenna = text, text, text, text, text, text
	m := &d.Meters[1]
	m.Place.Room, m.Place.Text, m.Notes = text, text, []handover.Note{{Time: At(10, 0), Text: text}}
	d.Open[0].Place, d.Open[0].Cause, d.Open[0].Next, d.Flats[1].Text = text, text, text, text
	return d
}

// Many is the example with n meters: those of the example again and again, in flats
// of eight.
func Many(n int) *handover.Document {
	d := Example()
	first := d.Meters
	d.Meters, d.Flats, d.Open, d.Readiness, d.Settlement = nil, nil, nil, nil, nil
	for i := range n {
		m := first[i%len(first)]
		m.Line, m.Serial = i+2, fmt.Sprintf("%08d", 55000000+i)
		m.Ref = m.Device.Maker + "-" + m.Serial
		m.Place.Entrance, m.Place.Floor = string(rune('A'+i/200%26)), fmt.Sprint(i/16%12)
		m.Place.Flat = []string{"tv", "th"}[i/8%2]
		m.Place.Text = fmt.Sprintf("%s %s %s %s", m.Place.Entrance, m.Place.Floor, m.Place.Flat, m.Place.Room)
		if i%8 == 0 {
			d.Flats = append(d.Flats, handover.Flat{Entrance: m.Place.Entrance, Floor: m.Place.Floor, Flat: m.Place.Flat, Text: fmt.Sprintf("%s %s %s", m.Place.Entrance, m.Place.Floor, m.Place.Flat)})
		}
		flat := &d.Flats[len(d.Flats)-1]
		flat.Meters = append(flat.Meters, i)
		switch {
		case m.Done:
			flat.Done++
		case m.Open():
			flat.Open++
			d.Open = append(d.Open, handover.Point{Meter: m.Ref, Index: i, Line: m.Line, Place: m.Place.Text, Kind: "failed", Code: m.Verdict.Code, Cause: m.Verdict.Text, Next: m.Verdict.Next, Who: handover.WhoInstaller, WhoText: "Installer"})
		}
		d.Meters = append(d.Meters, m)
	}
	d.Summary.Expected, d.Summary.Open = n, len(d.Open)
	return d
}

func number(quantity, value, unit string) handover.Value {
	return handover.Value{Quantity: quantity, Value: json.Number(value), Unit: unit, Text: value + " " + unit}
}
