package wmbus

import "testing"

// datedVolume is storage 0: 2016-12-31 00:00, 10.000 m³.
const datedVolume = "046D 00 20 1F 2C 0413 10270000 "

// profileCases are records with a profile, and what is read of them.
var profileCases = []struct{ name, content, want string }{
	{
		name: "inverse, monthly, absolute", content: "426C1F2C 4413 10270000 4D9313 0A 34FE 0A000000 FFFFFFFF",
		want: "date=2016-12-31 /1; volume=10.000 m³/1; volume=34FE0A000000FFFFFFFF m³/1 inverse_profile; volume=0.010 m³/2 derived; date=2016-11-30 /2 derived; volume= m³/3 derived; date=2016-10-31 /3 derived",
	},
	{
		name: "with registers, daily", content: "426C1F2C 4413 10270000 4D931E 06 3202 0100 0200",
		want: "date=2016-12-31 /1; volume=10.000 m³/1; volume=320201000200 m³/1 register_profile; volume=0.001 m³/2 derived; date=2017-01-02 /2 derived; volume=0.002 m³/3 derived; date=2017-01-04 /3 derived",
	},
	{
		name: "forward: the first slot is nearest", content: "426C1F2C 4413 10270000 4D931F 06 3201 0100 0200",
		want: "date=2016-12-31 /1; volume=10.000 m³/1; volume=320101000200 m³/1 profile; volume=0.001 m³/2 derived; date=2017-01-01 /2 derived; volume=0.002 m³/3 derived; date=2017-01-02 /3 derived",
	},
	{
		name: "increments, hourly", content: datedVolume + "0D9313 08 6201 E803 0100 FFFF",
		want: "date_time=2016-12-31T00:00; volume=10.000 m³; volume=6201E8030100FFFF m³ inverse_profile; volume=9.000 m³/1 derived; date_time=2016-12-30T23:00 /1 derived; volume=8.999 m³/2 derived; date_time=2016-12-30T22:00 /2 derived",
	},
	{
		name: "decrements, minutes", content: datedVolume + "0D9313 06 920F E803 0100",
		want: "date_time=2016-12-31T00:00; volume=10.000 m³; volume=920FE8030100 m³ inverse_profile; volume=11.000 m³/1 derived; date_time=2016-12-30T23:45 /1 derived; volume=11.001 m³/2 derived; date_time=2016-12-30T23:30 /2 derived",
	},
	{
		name: "signed differences, seconds", content: datedVolume + "0D9313 06 C21E E803 FFFE",
		want: "date_time=2016-12-31T00:00; volume=10.000 m³; volume=C21EE803FFFE m³ inverse_profile; volume=9.000 m³/1 derived; date_time=2016-12-30T23:59 /1 derived; volume=9.257 m³/2 derived; date_time=2016-12-30T23:59 /2 derived",
	},
	{
		name: "half a month", content: "426C012C 4413 10270000 4D9313 04 31FD 01 02",
		want: "date=2016-12-01 /1; volume=10.000 m³/1; volume=31FD0102 m³/1 inverse_profile; volume=0.001 m³/2 derived; date=2016-11-16 /2 derived; volume=0.002 m³/3 derived; date=2016-11-01 /3 derived",
	},
	{
		name: "six months, BCD", content: "426C1F2C 4413 10270000 4D9313 04 1AFE 3412",
		want: "date=2016-12-31 /1; volume=10.000 m³/1; volume=1AFE3412 m³/1 inverse_profile; volume=1.234 m³/2 derived; date=2016-06-30 /2 derived",
	},
	{
		name: "three months", content: "426C1F2C 4413 10270000 4D9313 03 21FE 07",
		want: "date=2016-12-31 /1; volume=10.000 m³/1; volume=21FE07 m³/1 inverse_profile; volume=0.007 m³/2 derived; date=2016-09-30 /2 derived",
	},
	{
		name: "not spaced in time", content: "426C1F2C 4413 10270000 4D9313 03 2100 07",
		want: "date=2016-12-31 /1; volume=10.000 m³/1; volume=210007 m³/1 inverse_profile; volume=0.007 m³/2 derived",
	},
	{
		name: "reserved spacing", content: "426C1F2C 4413 10270000 4D9313 03 21FB 07",
		want: "date=2016-12-31 /1; volume=10.000 m³/1; volume=21FB07 m³/1 inverse_profile; volume=0.007 m³/2 derived",
	},
	{
		name: "forward, increments of one BCD byte, hourly", content: "84046D 00201F2C 8B0415 563412 8D04951F 05 6901 070921",
		want: "date_time=2016-12-31T00:00 /8; volume=12345.6 m³/8; volume=6901070921 m³/8 profile; volume=12346.3 m³/9 derived; date_time=2016-12-31T01:00 /9 derived; volume=12347.2 m³/10 derived; date_time=2016-12-31T02:00 /10 derived; volume=12349.3 m³/11 derived; date_time=2016-12-31T03:00 /11 derived",
	},
	{
		name: "with registers, increments, base of another type and scale", content: "82046CFE29 8C0414 00010000 8D04931E 08 72FE 0500 2F00 FFFF",
		want: "date=2023-09-30 /8; volume=1.00 m³/8; volume=72FE05002F00FFFF m³/8 register_profile; volume=1.005 m³/9 derived; date=2023-10-31 /9 derived; volume=1.052 m³/10 derived; date=2023-11-30 /10 derived",
	},
	{
		name: "forward, decrements", content: "426C1F2C 4413 10270000 4D931F 04 B1FE 0A 05",
		want: "date=2016-12-31 /1; volume=10.000 m³/1; volume=B1FE0A05 m³/1 profile; volume=9.990 m³/2 derived; date=2017-01-31 /2 derived; volume=9.985 m³/3 derived; date=2017-02-28 /3 derived",
	},
	{
		name:    "of the backward register: from its own base, its points are backward",
		content: "84 04 86 3C 05000000 84 04 86 3B 64000000 82046C1F2C 8D0486BC13 06 71FE 010003FF",
		want:    "energy=5 kWh/8 backward; energy=100 kWh/8 forward; date=2016-12-31 /8; energy=71FE010003FF kWh/8 inverse_profile backward; energy=4 kWh/9 derived backward; date=2016-11-30 /9 derived; energy=4 kWh/10 derived backward; date=2016-10-31 /10 derived; energy=1 kWh/11 derived backward; date=2016-09-30 /11 derived",
	},
	{
		name: "half months by the last day", content: "426C1F2C 4413 10270000 4D931F 05 31FD 01 02 03",
		want: "date=2016-12-31 /1; volume=10.000 m³/1; volume=31FD010203 m³/1 profile; volume=0.001 m³/2 derived; date=2017-01-15 /2 derived; volume=0.002 m³/3 derived; date=2017-01-31 /3 derived; volume=0.003 m³/4 derived; date=2017-02-15 /4 derived",
	},
	{
		name: "an age instead of a date", content: "0207 6400 0174 05 0D8713 05 4108 020304",
		want: "energy=1000 kWh; actuality_duration=5 s; energy=4108020304 kWh inverse_profile; energy=980 kWh/1 derived; actuality_duration=13 s/1 derived; energy=950 kWh/2 derived; actuality_duration=21 s/2 derived; energy=910 kWh/3 derived; actuality_duration=29 s/3 derived",
	},
	{
		name: "an age in minutes, forward until now", content: "0207 6400 0175 01 0D871F 04 411E 0203",
		want: "energy=1000 kWh; actuality_duration=1 min; energy=411E0203 kWh profile; energy=1020 kWh/1 derived; actuality_duration=30 s/1 derived; energy=1050 kWh/2 derived; actuality_duration=0 s/2 derived",
	},
	{name: "no slots", content: "4D9313 02 21FE", want: "volume=21FE m³/1 inverse_profile"},
	{name: "too short", content: "4D9313 01 21", want: "volume=21 m³/1 inverse_profile"},
	{name: "empty", content: "4D9313 00", want: "volume= m³/1 inverse_profile"},
	{name: "slots without size", content: "4D9313 03 20FE07", want: "volume=20FE07 m³/1 inverse_profile"},
	{name: "slots of variable length", content: "4D9313 03 2DFE07", want: "volume=2DFE07 m³/1 inverse_profile"},
}

// docs/protocol/records.md#compact-profile
func TestProfiles(t *testing.T) {
	t.Parallel()
	for _, c := range profileCases {
		telegram, err := decodeContent(t, c.content)
		if got := describe(telegram.Records); err != nil || got != c.want {
			t.Errorf("%s: %v\n got %s\nwant %s", c.name, err, got, c.want)
		}
	}
}

func TestProfileWithoutBase(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"4D9313 04 34FE 0102":            "volume=34FE0102 m³/1 inverse_profile",
		"4D9313 06 34FE 01020304":        "volume=34FE01020304 m³/1 inverse_profile; volume=67305.985 m³/2 derived",
		"0413E8030000 4D9313 03 61FE 01": "volume=1.000 m³; volume=61FE01 m³/1 inverse_profile",
		"426C1F2C 4D9313 03 61FE 01":     "date=2016-12-31 /1; volume=61FE01 m³/1 inverse_profile",
		// The whole volume is no base of the backward one.
		"426C1F2C 441310270000 4D93BC13 03 61FE 01": "date=2016-12-31 /1; volume=10.000 m³/1; volume=61FE01 m³/1 inverse_profile backward",
	} {
		telegram, err := decodeContent(t, content)
		if got := describe(telegram.Records); err != nil || got != want || telegram.Notes != NoteProfileBase {
			t.Errorf("%s: %v, %s, notes %v", content, err, got, telegram.Notes.Words())
		}
	}
}

// A profile of a time before the meter has nothing to count from a base.
func TestProfileWithoutSlots(t *testing.T) {
	t.Parallel()
	telegram, err := decodeContent(t, "82046C1F2C 8C0413FFFFFFFF 8D049313 06 72FE FFFFFFFF")
	if err != nil || telegram.Notes != 0 || len(telegram.Records) != 3 {
		t.Errorf("%v, notes %q, %s", err, telegram.Notes.Words(), describe(telegram.Records))
	}
}

func TestStorageInterval(t *testing.T) {
	t.Parallel()
	const row = "82046C1F2C 840413E8030000 C40413 01000000 840513 02000000"
	const values = "date=2016-12-31 /8; volume=1.000 m³/8; volume=0.001 m³/9; volume=0.002 m³/10"
	for content, want := range map[string]string{
		"8104FD2801 " + row:                       "storage_interval=1 month/8; " + values + "; date=2016-11-30 /9 derived; date=2016-10-31 /10 derived",
		"8104FD2707 " + row:                       "storage_interval=7 d/8; " + values + "; date=2016-12-24 /9 derived; date=2016-12-17 /10 derived",
		row:                                       values,
		"8104FD2800 " + row:                       "storage_interval=0 month/8; " + values,
		"01FD2801 " + row:                         "storage_interval=1 month; " + values,
		"8104FD2801 " + row + " C2046CFE04":       "storage_interval=1 month/8; " + values + "; date=2007-04-30 /9",
		"8104FD2801 " + row + " C28401136400":     "storage_interval=1 month/8; " + values + "; volume=0.100 m³/41; date=2016-11-30 /9 derived; date=2016-10-31 /10 derived; date=2014-03-31 /41 derived",
		"8104FD2801 " + row + " C4C0041300000000": "storage_interval=1 month/8; " + values + "; volume=0.000 m³/129; date=2016-11-30 /9 derived; date=2016-10-31 /10 derived",
	} {
		telegram, err := decodeContent(t, content)
		if got := describe(telegram.Records); err != nil || got != want {
			t.Errorf("%s: %v\n got %s\nwant %s", content, err, got, want)
		}
	}
}
