package wmbus

import "testing"

func TestAbsence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ content, want string }{
		{"04 13 01000000", "0.001 m³"},
		{"04 13 00000080", "no value (the most negative number: none)"},
		{"04 13 FFFFFFFF", "-0.001 m³"},
		{"07 13 0000000000000080", "no value (the most negative number: none)"},
		{"0A 13 3AFF", "no value (a digit is above 9)"},
		{"0C 13 FFFFFFFF", "no value (all bits are set: none)"},
		{"01 13 80", "no value (the most negative number: none)"},
		{"09 13 AA", "no value (a digit is above 9)"},
		{"0A 13 AAFA", "no value (a digit is above 9)"},
		{"0B 13 EFBFBD", "no value (a digit is above 9)"},
		{"05 13 0000C07F", "no value (not a number)"},
		{"04 93 15 01000000", "no value (as its VIFE says) error_no_data"},
		{"00 13", "no value"},
		{"02 6C 0000", "no value (not set)"},
		{"02 6C FFFF", "no value (all bits are set: none)"},
		{"02 6C 1E02", "no value (a moment that does not exist, that recurs, or that is after 2099)"}, // 30 February
		{"02 6C E1FF", "no value (a moment that does not exist, that recurs, or that is after 2099)"}, // the 1st of every month
		{"02 6C 2FD6", "no value (a moment that does not exist, that recurs, or that is after 2099)"}, // 15 June 2105
		{"02 6C FEFF", "no value (a moment that does not exist, that recurs, or that is after 2099)"},
		{"04 6D BFBFBFBF", "no value (a moment that does not exist, that recurs, or that is after 2099)"},
		{"04 6D 9C021732", "no value (the meter marks it invalid; it reads 2024-02-23T02:28)"},
		{"04 6D 2B030000", "no value (not set)"},
		{"04 6D 80200000", "no value (not set)"},
		{"04 6D 3C0A1732", "no value (a moment that does not exist, that recurs, or that is after 2099)"}, // minute 60
		{"06 6D 00A6041732 08", "no value (the meter marks it invalid; it reads 2024-02-23T04:38:00)"},
		{"03 6D 3D0A04", "no value (a moment that does not exist, that recurs, or that is after 2099)"}, // second 61
		{"01 6C 05", "no value (a form of date that is not read)"},
		{"07 6D 0000000000000001", "no value (a form of date that is not read)"},
		{"0A 6C 1234", "no value (a form of date that is not read)"},
		{"0D 6C 02 1234", "no value (a form of date that is not read)"},
		{"02 5A FF7F", "no value (the greatest number: the sensor is broken or missing)"},
		{"04 61 FFFFFF7F", "no value (the greatest number: the sensor is broken or missing)"},
		{"01 5A 7F", "12.7 °C"},
		{"02 5A FE7F", "3276.6 °C"},
		{"02 13 FF7F", "32.767 m³"},
		{"44 13 FFFFFFFF", "no value (all bits are set: none) storage 1"},
		{"04 13 FFFFFFFF", "-0.001 m³"},
		{"42 13 FFFF", "-0.001 m³ storage 1"},
		{"0D 13 00", "no value"},
		{"0D 13 E1 80", "no value (invalid)"},
		{"0F 010203", "010203"},
	} {
		telegram, err := decodeContent(t, c.content)
		if err != nil || len(telegram.Records) != 1 {
			t.Errorf("%s: %d records, error %v", c.content, len(telegram.Records), err)
			continue
		}
		if got := telegram.Records[0].describe(); got != c.want {
			t.Errorf("%s: %q, want %q", c.content, got, c.want)
		}
	}
}

// FD 30 is a date, but for heat cost allocators, whose units it is.
func TestAbsenceOfAllocation(t *testing.T) {
	t.Parallel()
	m := Message{Link: Address{manufacturer("QDS"), 0x12345678, 0x34, TypeHeatCostAllocator}, CI: 0x78, Payload: unhex(t, "02 FD30 0080")}
	frame, err := m.Append(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var telegram Telegram
	if err := new(Decoder).Decode(&telegram, frame, nil); err != nil || len(telegram.Records) != 1 {
		t.Fatalf("%d records, error %v", len(telegram.Records), err)
	}
	if got, want := telegram.Records[0].describe(), "no value (the most negative number: none)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
