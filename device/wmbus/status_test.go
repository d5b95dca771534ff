package wmbus

import (
	"strings"
	"testing"
)

func TestTransportStatus(t *testing.T) {
	t.Parallel()
	for b, want := range map[byte]string{
		0x00: "", 0x01: "busy", 0x02: "application error", 0x03: "alarm", 0x04: "low battery", 0x08: "permanent error", 0x10: "temporary error",
		0x20: "manufacturer status 20", 0x40: "manufacturer status 40", 0x80: "manufacturer status 80",
		0xFF: "alarm, permanent error, temporary error, low battery, manufacturer status 20, manufacturer status 40, manufacturer status 80",
	} {
		if got := transportStatus(b); got.String() != want || strings.Join(got.Words(), ", ") != want {
			t.Errorf("status %02X is %q, %q", b, got, got.Words())
		}
	}
}

func TestStatusSet(t *testing.T) {
	t.Parallel()
	s := StatusOf(StatusBusy, StatusLeak, StatusLowBattery)
	if !s.Has(StatusLeak) || s.Has(StatusBurst) || s.String() != "leak, low battery, busy" {
		t.Errorf("%v", s)
	}
	if got := string(AppendStatusJSON([]byte("x"), s)); got != `x["leak","low battery","busy"]` {
		t.Errorf("%s", got)
	}
	if got := string(AppendStatusJSON(nil, 0)); got != `[]` {
		t.Errorf("%s", got)
	}
	if !s.Alarm() || s.Alarms() != StatusOf(StatusLeak, StatusLowBattery) {
		t.Errorf("alarms %v", s.Alarms())
	}
	if StatusOf(StatusBusy, StatusLeakEarlier, StatusMaker5).Alarm() {
		t.Error("notes are alarms")
	}
	if StatusSet(0).Words() != nil || StatusSet(0).String() != "" {
		t.Error("the empty set has words")
	}
	seen := map[string]bool{}
	for one := range statusCount {
		word := one.String()
		back, ok := ParseStatus(word)
		if word == "" || seen[word] || !ok || back != one {
			t.Errorf("status %d is %q", one, word)
		}
		seen[word] = true
	}
	if _, ok := ParseStatus("happy"); ok || Status(99).String() != "" {
		t.Error("a status that is none")
	}
}

// Every name is there, is a word, and leads back.
func TestVocabularies(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for q := range quantityCount {
		name := q.String()
		back, ok := ParseQuantity(name)
		if name == "" || seen[name] || !ok || back != q || strings.ToLower(name) != name || strings.Contains(name, " ") {
			t.Errorf("quantity %d is %q", q, name)
		}
		seen[name] = true
	}
	for u := range unitCount {
		name := u.String()
		back, ok := ParseUnit(name)
		if (name == "") != (u == UnitNone) || seen[name] || !ok || back != u {
			t.Errorf("unit %d is %q", u, name)
		}
		seen[name] = true
	}
	for _, unit := range strings.Fields("m³ l kWh MJ GJ W kW °C K m³/h l/h bar V A Hz HCA % %RH s min h d month y dBm kvarh kvar kVA kVAh °F") {
		if _, ok := ParseUnit(unit); !ok {
			t.Errorf("no unit %s", unit)
		}
	}
	if _, ok := ParseQuantity("beauty"); ok || Quantity(255).String() != "unknown" {
		t.Error("a quantity that is none")
	}
	if _, ok := ParseUnit("ell"); ok || Unit(255).String() != "" {
		t.Error("a unit that is none")
	}
	for q := Qualifiers(1); q < qualifierEnd; q <<= 1 {
		if q.String() == "" || seen[q.String()] {
			t.Errorf("qualifier %X is %q", uint64(q), q)
		}
		seen[q.String()] = true
	}
	if qualifierEnd.String() != "" || Qualifiers(0).String() != "" || Qualifiers(0).Words() != nil {
		t.Error("a qualifier that is none")
	}
	if Per(99).String() != "" || Role(99).String() != "" {
		t.Error("words for what does not exist")
	}
	for f, want := range map[Function]string{Instantaneous: "instantaneous", Maximum: "maximum", Minimum: "minimum", DuringError: "error"} {
		if f.String() != want {
			t.Errorf("function %d is %s", f, f)
		}
	}
}
