package wmbus

import (
	"strings"
	"testing"
)

// statusOfByte is what a status byte says of a meter whose maker's bits are not known.
func statusOfByte(b byte) StatusSet {
	var t Telegram
	t.addTransportStatus(b)
	return t.Status
}

func TestTransportStatus(t *testing.T) {
	t.Parallel()
	for b, want := range map[byte]string{
		0x00: "", 0x01: "busy", 0x02: "application error", 0x03: "alarm", 0x04: "low battery", 0x08: "permanent error", 0x10: "temporary error",
		0x20: "maker's flag 0x20", 0x40: "maker's flag 0x40", 0x80: "maker's flag 0x80",
		0xFF: "alarm, permanent error, temporary error, low battery, maker's flag 0xE0",
	} {
		if got := statusOfByte(b); got.String() != want || strings.Join(got.Words(), ", ") != want {
			t.Errorf("status %02X is %q, %q", b, got, got.Words())
		}
	}
}

func TestStatusSet(t *testing.T) {
	t.Parallel()
	s := StatusOf(StatusBusy, StatusLeak, StatusLowBattery)
	if !s.Has(StatusLeak) || s.Has(StatusBurst) || !s.Has(StatusBusy) || s.String() != "leak, low battery, busy" {
		t.Errorf("%v", s)
	}
	if got := string(AppendStatusJSON([]byte("x"), s)); got != `x["leak","low battery","busy"]` {
		t.Errorf("%s", got)
	}
	if got := string(AppendStatusJSON(nil, StatusSet{})); got != `[]` {
		t.Errorf("%s", got)
	}
	if !s.Alarm() || s.Alarms() != StatusOf(StatusLeak, StatusLowBattery) {
		t.Errorf("alarms %v", s.Alarms())
	}
	if StatusOf(StatusBusy, StatusLeakEarlier, StatusService, statusNone).Alarm() {
		t.Error("notes are alarms")
	}
	if none := (StatusSet{}); none.Words() != nil || none.String() != "" || !none.Empty() || s.Empty() {
		t.Error("the empty set has words")
	}
	if alarmCount > firstNote || statusCount > 2*firstNote {
		t.Error("more statuses than a set has bits")
	}
	seen := map[string]bool{}
	for _, one := range Statuses() {
		word := one.String()
		back, ok := ParseStatus(word)
		if word == "" || seen[word] || !ok || back != one || StatusOf(one).Alarm() != one.Alarm() {
			t.Errorf("status %d is %q", one, word)
		}
		seen[word] = true
	}
	if len(seen) != int(alarmCount)+int(statusCount-firstNote) {
		t.Errorf("%d statuses have words", len(seen))
	}
	if _, ok := ParseStatus("happy"); ok || Status(199).String() != "" {
		t.Error("a status that is none")
	}
}

func TestStatusWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, word, want string
		unknown          bool
	}{
		{name: "a status", word: "leak", want: "leak"},
		{name: "a note", word: "service", want: "service"},
		{name: "status byte", word: "maker's flag 0x20", want: "maker's flag 0x20"},
		{name: "word", word: "maker's flag 0x0104", want: "maker's flag 0x0104"},
		{name: "longest word", word: "maker's flag 0x8000000000000001", want: "maker's flag 0x8000000000000001"},
		{name: "both", word: "maker's flag 0x40/0x00A0", want: "maker's flag 0x40/0x00A0"},
		{name: "of an earlier version", word: "manufacturer status 80", want: "maker's flag 0x80"},
		{name: "no digits", word: "maker's flag 0x", unknown: true},
		{name: "no number", word: "maker's flag 0xzz", unknown: true},
		{name: "zero", word: "maker's flag 0x00", unknown: true},
		{name: "other word", word: "on fire", unknown: true},
		{name: "nothing", word: "", unknown: true},
	} {
		var s StatusSet
		if known := s.AddWord(c.word); known == c.unknown || s.String() != c.want {
			t.Errorf("%s: %v, %q", c.name, known, s)
		}
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
