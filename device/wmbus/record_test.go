package wmbus

import (
	"errors"
	"fmt"
	"testing"
)

// decodeContent decodes data records in clear.
func decodeContent(t testing.TB, content string) (*Telegram, error) {
	t.Helper()
	telegram := new(Telegram)
	err := new(Decoder).Decode(telegram, contentFrame(0x78, unhex(t, content)), nil)
	return telegram, err
}

// expectRecords decodes and compares, as describe writes records.
func expectRecords(t *testing.T, content, want string) {
	t.Helper()
	telegram, err := decodeContent(t, content)
	if got := describe(telegram.Records); err != nil || got != want {
		t.Errorf("%s\n got %s\nwant %s\nerror %v", content, got, want, err)
	}
}

// Each row holds for count codes from the first on; its value is that of the
// number 1, and each further code is ten times the one before.
func TestPrimaryVIF(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		first, count byte
		want         string
	}{
		{first: 0x00, count: 8, want: "energy=0.000001 kWh"}, {first: 0x08, count: 8, want: "energy=0.000001 MJ"}, {first: 0x10, count: 8, want: "volume=0.000001 m³"},
		{first: 0x18, count: 8, want: "mass=0.001 kg"}, {first: 0x28, count: 8, want: "power=0.000001 kW"}, {first: 0x30, count: 8, want: "power=0.000001 MJ/h"},
		{first: 0x38, count: 8, want: "volume_flow=0.000001 m³/h"}, {first: 0x40, count: 8, want: "volume_flow=0.0000060 m³/h"}, {first: 0x48, count: 8, want: "volume_flow=0.000003600 m³/h"},
		{first: 0x50, count: 8, want: "mass_flow=0.001 kg/h"}, {first: 0x58, count: 4, want: "flow_temperature=0.001 °C"}, {first: 0x5C, count: 4, want: "return_temperature=0.001 °C"},
		{first: 0x60, count: 4, want: "temperature_difference=0.001 °C"}, {first: 0x64, count: 4, want: "external_temperature=0.001 °C"}, {first: 0x68, count: 4, want: "pressure=0.001 bar"},
	} {
		name, number, unit := splitDescription(t, c.want)
		for i := range c.count {
			want := number
			want.exp += int16(i)
			expectRecords(t, fmt.Sprintf("04 %02X 01000000", c.first+i), name+"="+want.String()+unit)
		}
	}
	for code, want := range map[byte]string{
		0x20: "on_time=1 s", 0x21: "on_time=1 min", 0x22: "on_time=1 h", 0x23: "on_time=1 d",
		0x24: "operating_time=1 s", 0x27: "operating_time=1 d", 0x6E: "heat_cost_allocation=1 HCA", 0x6F: "unknown=1",
		0x70: "averaging_duration=1 s", 0x73: "averaging_duration=1 d", 0x74: "actuality_duration=1 s", 0x77: "actuality_duration=1 d",
		0x78: "fabrication_number=1", 0x79: "enhanced_identification=1", 0x7A: "bus_address=1", 0x7E: "any=1", 0x7F: "unknown=1 manufacturer_vife",
		0x7B: "unknown=1", 0x7D: "unknown=1",
	} {
		expectRecords(t, fmt.Sprintf("04 %02X 01000000", code), want)
	}
}

// splitDescription parts "energy=0.001 kWh".
func splitDescription(t *testing.T, s string) (name string, number Value, unit string) {
	t.Helper()
	eq, blank := 0, len(s)
	for i, c := range s {
		switch {
		case c == '=':
			eq = i
		case c == ' ' && eq > 0 && blank == len(s):
			blank = i
		}
	}
	mantissa, exp, point := int64(0), 0, false
	for _, c := range s[eq+1 : blank] {
		if c == '.' {
			point = true
			continue
		}
		mantissa = mantissa*10 + int64(c-'0')
		if point {
			exp--
		}
	}
	return s[:eq], Decimal(mantissa, exp), s[blank:]
}

func TestExtensionVIF(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"FD00": "credit=0.001", "FD03": "credit=1", "FD04": "debit=0.001", "FD08": "access_number=1", "FD09": "device_type=1",
		"FD0B": "parameter_set=1", "FD0C": "model_version=1", "FD0D": "hardware_version=1", "FD0E": "metrology_firmware_version=1", "FD0F": "software_version=1",
		"FD10": "customer_location=1", "FD11": "customer=1", "FD12": "access_code_user=1", "FD13": "access_code_operator=1",
		"FD14": "access_code_system_operator=1", "FD15": "access_code_developer=1", "FD16": "password=1",
		"FD17": "error_flags=1", "FD18": "error_mask=1", "FD19": "security_key=1", "FD1A": "digital_output=1", "FD1B": "digital_input=1",
		"FD1C": "baud_rate=1 Bd", "FD1D": "response_delay=1 bit times", "FD1E": "retry=1", "FD1F": "remote_control=1",
		"FD20": "first_storage=1", "FD21": "last_storage=1", "FD22": "storage_block_size=1", "FD23": "tariff_descriptor=1",
		"FD24": "storage_interval=1 s", "FD27": "storage_interval=1 d", "FD28": "storage_interval=1 month", "FD29": "storage_interval=1 y",
		"FD2A": "operator_data=1", "FD2B": "operator_data=1", "FD2C": "time_since_readout=1 s", "FD2F": "time_since_readout=1 d",
		"FD31": "tariff_duration=1 min", "FD32": "tariff_duration=1 h", "FD33": "tariff_duration=1 d",
		"FD34": "tariff_period=1 s", "FD37": "tariff_period=1 d", "FD38": "tariff_period=1 month", "FD39": "tariff_period=1 y",
		"FD3A": "dimensionless=1", "FD3B": "data_container=1", "FD3C": "transmission_period=1 s", "FD3F": "transmission_period=1 d",
		"FD40": "voltage=0.000000001 V", "FD49": "voltage=1 V", "FD4F": "voltage=1000000 V",
		"FD50": "current=0.000000000001 A", "FD59": "current=0.001 A", "FD5F": "current=1000 A",
		"FD60": "reset_counter=1", "FD61": "cumulation_counter=1", "FD62": "control_signal=1", "FD63": "day_of_week=1", "FD64": "week_number=1",
		"FD65": "day_change_time=1", "FD66": "parameter_activation_state=1", "FD67": "supplier_information=1",
		"FD68": "time_since_cumulation=1 h", "FD6B": "time_since_cumulation=1 y", "FD6C": "battery_operating_time=1 h", "FD6F": "battery_operating_time=1 y",
		"FD71": "rf_level=1 dBm", "FD74": "battery_life=1 d", "FD75": "stop_counter=1",
		"FD77": "unknown=1", "FDFD00": "selected_application=1", "FDFD02": "battery_life=1 month", "FDFD03": "battery_life=1 y", "FDFD3E": "moisture=1 %",
		"FD7D": "unknown=1",
		"FB00": "energy=100 kWh", "FB01": "energy=1000 kWh", "FB02": "reactive_energy=1 kvarh", "FB03": "reactive_energy=10 kvarh",
		"FB04": "apparent_energy=1 kVAh", "FB05": "apparent_energy=10 kVAh", "FB06": "coefficient_of_performance=0.1",
		"FB08": "energy=0.1 GJ", "FB09": "energy=1 GJ", "FB0C": "energy=0.1 Mcal", "FB0F": "energy=100 Mcal", "FB10": "volume=100 m³", "FB11": "volume=1000 m³",
		"FB14": "reactive_power=0.001 kvar", "FB17": "reactive_power=1 kvar", "FB18": "mass=100000 kg", "FB19": "mass=1000000 kg",
		"FB1A": "relative_humidity=0.1 %RH", "FB1B": "relative_humidity=1 %RH", "FB20": "volume=1 ft³", "FB21": "volume=0.1 ft³",
		"FB22": "volume=0.1 gal", "FB23": "volume=1 gal", "FB24": "volume_flow=0.001 gal/min", "FB25": "volume_flow=1 gal/min", "FB26": "volume_flow=1 gal/h",
		"FB28": "power=100 kW", "FB29": "power=1000 kW", "FB2A": "phase_angle_u_u=0.1 °", "FB2B": "phase_angle_u_i=0.1 °",
		"FB2C": "frequency=0.001 Hz", "FB2F": "frequency=1 Hz", "FB30": "power=100 MJ/h", "FB31": "power=1000 MJ/h",
		"FB34": "apparent_power=0.001 kVA", "FB37": "apparent_power=1 kVA", "FB58": "flow_temperature=0.001 °F", "FB5F": "return_temperature=1 °F",
		"FB60": "temperature_difference=0.001 °F", "FB67": "external_temperature=1 °F",
		"FB68": "rating_factor_resulting=1", "FB69": "rating_factor_thermal_output=1", "FB6A": "rating_factor_coupling=1",
		"FB6B": "rating_factor_coupling_room=1", "FB6C": "rating_factor_coupling_heater=1", "FB6D": "rating_factor_low_temperature=1", "FB6E": "rating_factor_scaling=1",
		"FB70": "temperature_limit=0.001 °F", "FB77": "temperature_limit=1 °C", "FB78": "cumulated_maximum_power=0.000001 kW", "FB7F": "cumulated_maximum_power=10 kW",
		"FB40": "unknown=1",
	} {
		expectRecords(t, "04"+code+"01000000", want)
	}
	expectRecords(t, "02FD0A2D2C", "manufacturer=KAM")
	expectRecords(t, "04FD0A2D2C0000", "manufacturer=11309")
	expectRecords(t, "02FD701F2C", "battery_change_date=2016-12-31")
	expectRecords(t, "04FD3032371F15", "tariff_start=2008-05-31T23:50")
	expectRecords(t, "04FD7232371F15", "daylight_saving=32371F15")
	expectRecords(t, "0DFD73 03010203", "listening_window=010203")
	expectRecords(t, "0CFD76 01020304", "manufacturer_data=01020304")
	// The newer list of FD codes, for a device that has no tariffs.
	frame := contentFrame(0x78, unhex(t, "02FD300700"))
	frame[9] = byte(TypeHeatCostAllocator)
	var telegram Telegram
	if err := new(Decoder).Decode(&telegram, frame, nil); err != nil || describe(telegram.Records) != "heat_cost_allocation=7 HCA" {
		t.Errorf("%v, %s", err, describe(telegram.Records))
	}
}

func TestCombinableVIFE(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"00": "volume=1.000 m³", "12": "volume=1.000 m³ average", "14": "volume=1.000 m³ relative_deviation",
		"1D": "volume=1.000 m³ standard_conformant", "3A": "volume=1.000 m³ uncorrected", "3B": "volume=1.000 m³ forward", "3C": "volume=1.000 m³ backward",
		"3D": "volume=1.000 m³ non_metric", "3E": "volume=1.000 m³ base_conditions", "3F": "volume=1.000 m³ obis",
		"40": "volume=1.000 m³ lower_limit", "48": "volume=1.000 m³ upper_limit", "68": "volume=1.000 m³ lower_limit during_exceed", "6C": "volume=1.000 m³ upper_limit during_exceed",
		"69": "volume=1.000 m³ leakage", "6D": "volume=1.000 m³ overflow", "7E": "volume=1.000 m³ future",
		"41": "limit_exceed_count=1000 lower_limit", "49": "limit_exceed_count=1000 upper_limit",
		"50": "limit_exceed_duration=1000 s lower_limit first", "56": "limit_exceed_duration=1000 h lower_limit last",
		"59": "limit_exceed_duration=1000 min upper_limit first", "5F": "limit_exceed_duration=1000 d upper_limit last",
		"60": "duration=1000 s first", "67": "duration=1000 d last",
		"70": "volume=0.000001000 m³", "75": "volume=0.1000 m³", "76": "volume=1.000 m³", "77": "volume=10.00 m³", "7D": "volume=1000 m³",
		"78": "volume=1.000001 m³", "7B": "volume=1.001 m³",
		"16": "volume=1.000 m³ error_overflow", "17": "volume=1.000 m³ error_underflow", "18": "volume=1.000 m³ error_data",
		"15": "volume= m³ error_no_data", "1C": "volume= m³ error_premature_end", "03": "volume= m³ error_other", "11": "volume= m³ error_other",
		"19": "volume=1.000 m³ reserved_vife", "7F": "volume=1.000 m³ manufacturer_vife", "FF07": "volume=1.000 m³ manufacturer_vife",
		"FC01": "volume=1.000 m³ phase_l1", "FC02": "volume=1.000 m³ phase_l2", "FC03": "volume=1.000 m³ phase_l3", "FC04": "volume=1.000 m³ neutral",
		"FC05": "volume=1.000 m³ phase_l1_l2", "FC06": "volume=1.000 m³ phase_l2_l3", "FC07": "volume=1.000 m³ phase_l3_l1",
		"FC08": "volume=1.000 m³ quadrant_1", "FC0B": "volume=1.000 m³ quadrant_4", "FC0C": "volume=1.000 m³ import_minus_export", "FC0D": "volume=1.000 m³ non_metric",
		"FC0E": "volume=1.000 m³ secondary_sensor", "FC0F": "volume=1.000 m³ higher_resolution", "FC10": "volume=1.000 m³ absolute",
		"FC11": "volume=1.000 m³ type_c", "FC12": "volume=1.000 m³ type_d", "FC14": "volume=1.000 m³ from_partner", "FC15": "volume=1.000 m³ to_partner",
		"FC00": "volume=1.000 m³ reserved_vife", "FC40": "volume=1.000 m³ reserved_vife", "7C": "volume=1.000 m³ reserved_vife",
		"BCFC01": "volume=1.000 m³ backward phase_l1", "F5BC7D": "volume=100.0 m³ backward",
	} {
		expectRecords(t, "0493"+code+"E8030000", want)
	}
	for code, want := range map[string]string{
		"39": "start_date=2008-05-31T23:50", "42": "event_date=2008-05-31T23:50 lower_limit first begin", "43": "event_date=2008-05-31T23:50 lower_limit first end",
		"46": "event_date=2008-05-31T23:50 lower_limit last begin", "47": "event_date=2008-05-31T23:50 lower_limit last end",
		"4A": "event_date=2008-05-31T23:50 upper_limit first begin", "4F": "event_date=2008-05-31T23:50 upper_limit last end",
		"6A": "event_date=2008-05-31T23:50 first begin", "6B": "event_date=2008-05-31T23:50 first end",
		"6E": "event_date=2008-05-31T23:50 last begin", "6F": "event_date=2008-05-31T23:50 last end", "FC13": "end_date=2008-05-31T23:50",
	} {
		expectRecords(t, "0493"+code+"32371F15", want)
	}
	for i, want := range perWords[1:] {
		code := 0x20 + i
		telegram, err := decodeContent(t, fmt.Sprintf("0493 %02X E8030000", code))
		if err != nil || len(telegram.Records) != 1 || telegram.Records[0].Per.String() != want || telegram.Records[0].Current() {
			t.Errorf("VIFE %02X: %v, want %s", code, telegram.Records, want)
		}
	}
	telegram, err := decodeContent(t, "04BB5601000000")
	if err != nil || telegram.Records[0].Of != VolumeFlow {
		t.Errorf("the duration is of %v, %v", telegram.Records[0].Of, err)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		content  string
		function Function
		storage  uint64
		tariff   uint32
		subunit  uint16
	}{
		{content: "0413 01000000", function: Instantaneous, storage: 0, tariff: 0, subunit: 0},
		{content: "1413 01000000", function: Maximum, storage: 0, tariff: 0, subunit: 0},
		{content: "2413 01000000", function: Minimum, storage: 0, tariff: 0, subunit: 0},
		{content: "7413 01000000", function: DuringError, storage: 1, tariff: 0, subunit: 0},
		{content: "C40113 01000000", function: Instantaneous, storage: 3, tariff: 0, subunit: 0},
		{content: "84804013 01000000", function: Instantaneous, storage: 0, tariff: 0, subunit: 2},
		{content: "C4804013 01000000", function: Instantaneous, storage: 1, tariff: 0, subunit: 2},
		{content: "CC081301000000", function: Instantaneous, storage: 17, tariff: 0, subunit: 0},
		{content: "84B01013 01000000", function: Instantaneous, storage: 0, tariff: 7, subunit: 0},
		{content: "C4FFFFFFFFFFFFFFFFFF7F13 01000000", function: Instantaneous, storage: 1<<41 - 1, tariff: 1<<20 - 1, subunit: 1<<10 - 1},
	} {
		telegram, err := decodeContent(t, c.content)
		if err != nil || len(telegram.Records) != 1 {
			t.Errorf("%s: %v", c.content, err)
			continue
		}
		r := telegram.Records[0]
		if r.Function != c.function || r.Storage != c.storage || r.Tariff != c.tariff || r.Subunit != c.subunit || r.Value.String() != "0.001" {
			t.Errorf("%s: %+v", c.content, r)
		}
		if want := r.Storage == 0 && r.Tariff == 0 && r.Subunit == 0 && r.Function == Instantaneous; r.Current() != want {
			t.Errorf("%s: current %v", c.content, r.Current())
		}
	}
}

func TestBrokenRecords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		content string
		records string
		kind    Kind
		at      int
		detail  string
	}{
		{content: "0413E8030000 04", records: "volume=1.000 m³", kind: ErrTruncated, at: 17, detail: "the telegram ends before the VIF of this record"},
		{content: "0413E8030000 84", records: "volume=1.000 m³", kind: ErrTruncated, at: 17, detail: "the telegram ends inside the DIF of this record"},
		{content: "0413E8030000 8480", records: "volume=1.000 m³", kind: ErrTruncated, at: 17, detail: "the telegram ends inside the DIF of this record"},
		{content: "0413E8030000 0493", records: "volume=1.000 m³", kind: ErrTruncated, at: 17, detail: "the telegram ends inside the VIF of this record"},
		{content: "0413E8030000 04FD", records: "volume=1.000 m³", kind: ErrTruncated, at: 17, detail: "the telegram ends inside the VIF of this record"},
		{content: "0413E8030000 04139A", records: "volume=1.000 m³", kind: ErrTruncated, at: 17, detail: "this record's value has 4 bytes, 1 are left"},
		{content: "0D78", records: "", kind: ErrTruncated, at: 11, detail: "the telegram ends before the length of this record's value"},
		{content: "0D7805 414243", records: "", kind: ErrTruncated, at: 11, detail: "this record's value has 6 bytes, 4 are left"},
		{content: "0D78CA 414243", records: "", kind: ErrRecord, at: 13, detail: "CA is reserved as the length of a value: these are not data records, or they were received with errors"},
		{content: "017C05 414243", records: "", kind: ErrTruncated, at: 11, detail: "the telegram ends inside the text that is this record's VIF"},
		{content: "84FFFFFFFFFFFFFFFFFFFF0113 01000000", records: "", kind: ErrRecord, at: 11, detail: "more than 10 DIFEs: these are not data records, or they were received with errors"},
		{content: "0493 8080808080808080808000 01000000", records: "", kind: ErrRecord, at: 11, detail: "more than 10 VIFEs: these are not data records, or they were received with errors"},
		{content: "0413E8030000 3F 0413E8030000", records: "volume=1.000 m³", kind: ErrRecord, at: 17, detail: "3F is reserved as a DIF: these are not data records, or they were received with errors"},
		{content: "7F", records: "", kind: ErrRecord, at: 11, detail: "7F asks for a global readout: this is a command to a meter, not a reading"},
	} {
		telegram, err := decodeContent(t, c.content)
		if got := describe(telegram.Records); got != c.records {
			t.Errorf("%s: records %s", c.content, got)
		}
		if !errors.Is(err, c.kind) || telegram.Err.Offset != c.at || telegram.Err.Detail != c.detail {
			t.Errorf("%s: %v", c.content, err)
		}
	}
}

func TestSpecialRecords(t *testing.T) {
	t.Parallel()
	expectRecords(t, "2F2F 0413E8030000 2F 0F0102", "volume=1.000 m³; manufacturer_data=0102")
	expectRecords(t, "0F", "")
	telegram, err := decodeContent(t, "0413E8030000 1F0102")
	if err != nil || !telegram.MoreFollows || describe(telegram.Records) != "volume=1.000 m³; manufacturer_data=0102" {
		t.Errorf("%v, more %v, %s", err, telegram.MoreFollows, describe(telegram.Records))
	}
	if h, raw := telegram.Records[1].Header(), telegram.Records[1].Raw(); string(h) != "\x1F" || string(raw) != "\x01\x02" || telegram.Records[1].Offset != 6 {
		t.Errorf("header %X, raw %X", h, raw)
	}
	expectRecords(t, "0813 0013", "volume= m³; volume= m³")
}

func TestTextVIF(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ content, records, label string }{
		{content: "027C03324F43 E803", records: "text=1000", label: "CO2"},
		{content: "02FC03324F433C E803", records: "text=1000 backward", label: "CO2"},
		{content: "02FC3C03324F43 E803", records: "text=1000 backward", label: "CO2"},
		{content: "02FC03FCFCB0 3C E803", records: "text=1000 backward", label: "°üü"},
		{content: "027C02010A E803", records: "text=1000", label: ""},
		{content: "027C00 E803", records: "text=1000", label: ""},
	} {
		telegram, err := decodeContent(t, c.content)
		if err != nil || describe(telegram.Records) != c.records || telegram.Records[0].Label() != c.label {
			t.Errorf("%s: %v, %s, label %q", c.content, err, describe(telegram.Records), telegram.Records[0].Label())
		}
	}
	telegram, err := decodeContent(t, "0413E8030000")
	if err != nil || telegram.Records[0].Label() != "" {
		t.Errorf("%v, label %q", err, telegram.Records[0].Label())
	}
}
