package wmbus

import (
	"encoding/json"
	"testing"
)

func TestTelegramJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		frame []byte
		want  string
	}{
		{
			name: "records of every kind", frame: contentFrame(0x7A, unhex(t, "2A 0C 0000 0C13 08640000 426C1F2C 446D32371F15 0A03 3A12 849040933C 01000000 0403 00000080 34FB1AFE000000 0D78 04 22415C1B 037C03324F43 010000 0422 05000000 0FAB01")),
			want: `{"id":"12345678","manufacturer":"CEN","version":1,"type":7,"medium":"water",` +
				`"security":{"mode":"none","result":"not_encrypted"},"status":["permanent error","low battery"],"records":[` +
				`{"quantity":"volume","value":6.408,"unit":"m³","function":"instantaneous","storage":0,"tariff":0,"subunit":0},` +
				`{"quantity":"date","value":"2016-12-31","unit":"","function":"instantaneous","storage":1,"tariff":0,"subunit":0},` +
				`{"quantity":"date_time","value":"2008-05-31T23:50","unit":"","function":"instantaneous","storage":1,"tariff":0,"subunit":0},` +
				`{"quantity":"energy","value":null,"unit":"kWh","function":"instantaneous","storage":0,"tariff":0,"subunit":0,"number":1,"raw":"3A12"},` +
				`{"quantity":"volume","value":0.001,"unit":"m³","function":"instantaneous","storage":0,"tariff":1,"subunit":2,"qualifiers":["backward"],"role":"backward"},` +
				`{"quantity":"energy","value":null,"unit":"kWh","function":"instantaneous","storage":0,"tariff":0,"subunit":0,"number":2,"raw":"00000080"},` +
				`{"quantity":"relative_humidity","value":25.4,"unit":"%RH","function":"error","storage":0,"tariff":0,"subunit":0},` +
				`{"quantity":"fabrication_number","value":"\\A\"","unit":"","function":"instantaneous","storage":0,"tariff":0,"subunit":0},` +
				`{"quantity":"text","value":1,"unit":"","function":"instantaneous","storage":0,"tariff":0,"subunit":0,"label":"CO2"},` +
				`{"quantity":"on_time","value":5,"unit":"h","function":"instantaneous","storage":0,"tariff":0,"subunit":0},` +
				`{"quantity":"manufacturer_data","value":"AB01","unit":"","function":"instantaneous","storage":0,"tariff":0,"subunit":0}]}`,
		},
		{
			name: "error and notes", frame: contentFrame(0x81, unhex(t, "1122 78 04BB5601000000 0493A23C01000000 041320010000 04")),
			want: `{"id":"12345678","manufacturer":"CEN","version":1,"type":7,"medium":"water","security":{"mode":"none","result":"not_encrypted"},"status":[],"records":[` +
				`{"quantity":"limit_exceed_duration","value":1,"unit":"h","function":"instantaneous","storage":0,"tariff":0,"subunit":0,"of":"volume_flow","qualifiers":["lower_limit","last"]},` +
				`{"quantity":"volume","value":0.001,"unit":"m³","function":"instantaneous","storage":0,"tariff":0,"subunit":0,"qualifiers":["backward","per_hour"],"role":"backward"},` +
				`{"quantity":"volume","value":0.288,"unit":"m³","function":"instantaneous","storage":0,"tariff":0,"subunit":0}],` +
				`"notes":["network layer skipped"],"error":{"kind":"truncated","offset":35,"message":"telegram cut off: byte 35: the telegram ends before the VIF of this record"}}`,
		},
		{
			name: "no telegram", frame: []byte{1, 2},
			want: `{"id":"00000000","manufacturer":"???","version":0,"type":0,"medium":"other","security":{"mode":"none","result":"not_encrypted"},"status":[],"records":[],` +
				`"error":{"kind":"not_wmbus","offset":0,"message":"not a wireless M-Bus telegram: byte 0: 2 bytes are too few for a telegram, which begins with a header of 10"}}`,
		},
	} {
		var telegram Telegram
		_ = new(Decoder).Decode(&telegram, c.frame, nil)
		got := string(telegram.AppendJSON(nil))
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		if !json.Valid([]byte(got)) {
			t.Errorf("%s: no JSON", c.name)
		}
	}
}

func TestJSONStrings(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain": `"plain"`, `a"b\c`: `"a\"b\\c"`, "\x1b[31mred\x07\x00": `"[31mred"`, "\u009b31m": `"31m"`, "\xff\xfeü": `"ü"`, "\x7f": `""`, "": `""`, "€😀": `"€😀"`,
	} {
		if got := string(appendJSONString(nil, []byte(in))); got != want {
			t.Errorf("%q is %s", in, got)
		}
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	all := NoteNetworkLayer | NoteCompactCRC | NoteProfileBase | NotePublicKey | NoteUnit
	want := `"network layer skipped","full-frame checksum does not match","profile without base","opened with the maker's public key","unit uncertain"]`
	if got := string(all.appendJSON(nil)); got != want {
		t.Errorf("%s", got)
	}
	if len(all.Words()) != 5 || Notes(0).Words() != nil || NoteUnit.Words()[0] != "unit uncertain" {
		t.Errorf("%v", all.Words())
	}
}
