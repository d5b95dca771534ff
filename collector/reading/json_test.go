package reading_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"earshot/collector/reading"
	"earshot/device"
	"earshot/device/wmbus"
)

// What earlier versions stored and published, byte for byte.
const (
	stored = `{"time":"2026-03-02T10:15:00.5+01:00","air_time":"2026-01-02T03:04:05Z","medium":"cold water","status":["leak","leak earlier"],"records":[` +
		`{"quantity":"volume","value":6.400,"unit":"m³","function":"instantaneous","storage":0,"tariff":0,"subunit":0,"main":true},` +
		`{"quantity":"volume","value":null,"unit":"m³","function":"error","storage":0,"tariff":0,"subunit":0},` +
		`{"quantity":"limit_exceed_count","value":3,"function":"maximum","storage":12,"tariff":2,"subunit":1,"of":"volume_flow","qualifiers":["upper_limit","per_hour"]},` +
		`{"quantity":"meter_name","value":"\u003ca\u003e \u0026 \"b\" ø","function":"instantaneous","storage":0,"tariff":0,"subunit":0},` +
		`{"quantity":"date_time","value":"2026-03-02T09:15","function":"instantaneous","storage":0,"tariff":0,"subunit":0}` +
		`],"link_mode":"C1","alarms":["leak"],"clock_skew_ns":-60000000000,"partial":"cut off"}`
	published = `{"schema":1,"site":"Søndergade \u0026 12","meter":"KAM-76348799","id":"76348799","manufacturer":"KAM","version":27,"type":22,"medium":"cold water",` +
		`"time":"2026-03-02T09:15:00Z","receiver":"im871a","mode":"C1","rssi_dbm":-62,"security":"ok","reading":{"quantity":"volume","value":6.408,"unit":"m³"},"status":["leak"],"records":[` +
		`{"quantity":"volume","value":6.408,"unit":"m³","function":"instantaneous","storage":0,"tariff":0,"subunit":0,"main":true},` +
		`{"quantity":"date","value":"--12-31","function":"instantaneous","storage":1,"tariff":0,"subunit":0}],"alarms":["leak"],"partial":"cut off"}`
	least = `{"schema":1,"site":"","meter":"12345678","id":"12345678","manufacturer":"QDS","version":0,"type":8,"medium":"heat cost allocator",` +
		`"time":"2026-03-02T09:15:02Z","receiver":"r","security":"not_encrypted","status":[],"records":[]}`
)

func TestStoredComesBack(t *testing.T) {
	t.Parallel()
	r, err := reading.Decode([]byte(stored))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(r.Encode()); got != stored {
		t.Errorf("written again as\n%s\nnot\n%s", got, stored)
	}
	if again, err := json.Marshal(r); err != nil || string(again) != stored {
		t.Errorf("in another value it is %s, %v", again, err)
	}
	main, ok := r.Main()
	if !ok || main.Text() != "6.400 m³" || r.Status != wmbus.StatusOf(wmbus.StatusLeak, wmbus.StatusLeakEarlier) || *r.Skew != -time.Minute || !r.Sent().Equal(r.AirTime) {
		t.Errorf("%+v", r)
	}
	// of a version that knew more, or other words
	r, err = reading.Decode([]byte(`{"time":"2026-03-02T10:15:00Z","medium":"water","status":["on fire","leak"],"records":[{"quantity":"weight","value":1,"unit":"stone","function":"instantaneous","qualifiers":["only backward"]}],"new":{}}`))
	if err != nil || r.Records[0].Quantity != wmbus.Unknown || r.Records[0].Current() || r.Status != wmbus.StatusOf(wmbus.StatusLeak) {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := reading.Decode([]byte(`{"records":7}`)); err == nil || !strings.HasPrefix(err.Error(), "stored reading: ") {
		t.Errorf("%v", err)
	}
}

func TestPublishedComesBack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{published, least} {
		p, err := reading.DecodePublished([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(p.Encode()); got != text {
			t.Errorf("written again as\n%s\nnot\n%s", got, text)
		}
		if stored, sent := p.EncodeBoth(); string(stored) != string(p.Reading.Encode()) || string(sent) != text {
			t.Errorf("together with what is stored it is written as\n%s\n%s", stored, sent)
		}
	}
	p, err := reading.DecodePublished([]byte(published))
	if err != nil || p.RSSI != (device.RSSI{Scale: device.ScaleDBm, Value: -62}) || p.Address.String() != "KAM-76348799-1B-16" || p.Reading.Mode != "C1" || p.Security != wmbus.SecurityOK {
		t.Errorf("%+v, %v", p, err)
	}
	p.RSSI.Scale = device.ScaleRelative
	if strings.Contains(string(p.Encode()), "rssi") {
		t.Error("a relative level is published as dBm")
	}
	for _, bad := range []string{"", "{}", "[]", `{"meter":1}`, "\xff", `{"meter":"a","id":"1"}`} {
		if _, err := reading.DecodePublished([]byte(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

// FuzzDecode: what can be read is written in a form that is read as the same.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(stored))
	f.Add([]byte(published))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := reading.Decode(text)
		if err != nil {
			return
		}
		once := r.Encode()
		back, err := reading.Decode(once)
		if err != nil {
			if r.Time.Year() > 9999 || r.AirTime.Year() > 9999 {
				return
			}
			t.Fatalf("%s: %v", once, err)
		}
		if twice := back.Encode(); string(twice) != string(once) {
			t.Errorf("%s is written again as %s", once, twice)
		}
	})
}
