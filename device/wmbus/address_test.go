package wmbus

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestManufacturer(t *testing.T) {
	t.Parallel()
	for letters, code := range map[string]Manufacturer{"KAM": 0x2C2D, "ELS": 0x1593, "TCH": 0x5068, "SAP": 0x4C30, "AAA": 0x0421, "ZZZ": 0x6B5A} {
		if got, err := ParseManufacturer(letters); err != nil || got != code || code.String() != letters {
			t.Errorf("%s is %04X, %v; %04X is %s", letters, uint16(got), err, uint16(code), code)
		}
	}
	if got, err := ParseManufacturer("kam"); err != nil || got != 0x2C2D {
		t.Errorf("kam is %04X, %v", uint16(got), err)
	}
	for _, bad := range []string{"", "KA", "KAMS", "K1M", "KÄM"} {
		if got, err := ParseManufacturer(bad); err == nil || got != 0 {
			t.Errorf("%q is %v", bad, got)
		}
	}
	if got := Manufacturer(0x8000 | 0x2C2D); got.String() != "KAM" || got.letters() != 0x2C2D {
		t.Errorf("bit 15 makes %v", got)
	}
	if got := Manufacturer(0x7C00).String(); got != "???" {
		t.Errorf("no letters make %q", got)
	}
	_, err := ParseManufacturer("K1M")
	if err == nil || err.Error() != `manufacturer "K1M": use its three letters, such as KAM` {
		t.Errorf("%v", err)
	}
}

func TestUnknownMakerPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a table with a wrong maker goes unnoticed")
		}
	}()
	manufacturer("nobody")
}

func TestID(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]ID{"76348799": 0x76348799, "00000001": 1, "00149c06": 0x149C06, "FFFFFFFF": 0xFFFFFFFF} {
		if got, err := ParseID(s); err != nil || got != want {
			t.Errorf("%s is %v, %v", s, got, err)
		}
	}
	if ID(0x149C06).String() != "00149C06" {
		t.Errorf("%v", ID(0x149C06))
	}
	for bad, text := range map[string]string{
		"1234567":  `identification number "1234567": it has eight digits, as printed on the meter`,
		"1234567G": `identification number "1234567G": it may hold only the digits 0 to 9 (A to F on some meters)`,
	} {
		if _, err := ParseID(bad); err == nil || err.Error() != text {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	a := linkAddress(unhex(t, "2D2C998734761B16"))
	if want := (Address{0x2C2D, 0x76348799, 0x1B, TypeColdWater}); a != want || a.String() != "KAM-76348799-1B-16" {
		t.Errorf("%v", a)
	}
	rapid.Check(t, func(r *rapid.T) {
		a := Address{Manufacturer(rapid.Uint16().Draw(r, "m")), ID(rapid.Uint32().Draw(r, "id")), rapid.Byte().Draw(r, "v"), DeviceType(rapid.Byte().Draw(r, "t"))}
		if linkAddress(a.appendLink(nil)) != a || transportAddress(a.appendTransport(nil)) != a {
			r.Fatalf("%v changes", a)
		}
		if id, err := ParseID(a.ID.String()); err != nil || id != a.ID {
			r.Fatalf("%v becomes %v", a.ID, id)
		}
	})
}

func TestDeviceTypes(t *testing.T) {
	t.Parallel()
	for d, want := range map[DeviceType][2]string{
		0x02: {"electricity", "electricity"}, 0x04: {"heat", "heat (volume measured in the return)"}, 0x06: {"warm water", "warm water (30 to 90 °C)"},
		0x07: {"water", "water"}, 0x08: {"heat cost allocator", "heat cost allocator"}, 0x0D: {"heat/cooling", "combined heat and cooling"},
		0x15: {"hot water", "hot water (90 °C and above)"}, 0x16: {"cold water", "cold water"}, 0x1A: {"smoke detector", "smoke detector"},
		0x1B: {"room sensor", "room sensor (temperature, humidity)"}, 0x37: {"radio converter", "radio converter (meter side)"},
		0x77: {"reserved", "reserved or manufacturer specific"}, 0xFF: {"any", "wildcard (addressing only)"},
	} {
		if d.Medium() != want[0] || d.String() != want[1] {
			t.Errorf("type %02X is %q, %q", byte(d), d.Medium(), d)
		}
	}
	for d := range DeviceType(0x40) {
		if deviceTypes[d].medium == "" || deviceTypes[d].name == "" {
			t.Errorf("type %02X has no name", byte(d))
		}
	}
	for a, want := range map[Address]string{
		{Manufacturer: 0x5068, Type: 0x62}:                "warm water",
		{Manufacturer: 0x5068, Type: 0x72}:                "cold water",
		{Manufacturer: 0x5068, Type: 0x43}:                "heat",
		{Manufacturer: 0x5068, Type: 0x80}:                "heat cost allocator",
		{Manufacturer: 0x5068, Type: 0xF0}:                "smoke detector",
		{Manufacturer: 0x2C2D, Type: 0xF0}:                "reserved",
		{Manufacturer: 0x8614, Version: 0x04, Type: 0x11}: "water",
		{Manufacturer: 0x8614, Version: 0x05, Type: 0x11}: "water data logger",
	} {
		if a.Medium() != want {
			t.Errorf("%v is %q, want %q", a, a.Medium(), want)
		}
	}
}

func TestCField(t *testing.T) {
	t.Parallel()
	for c, want := range map[CField]string{
		SendNoReply: "SND-NR", SendInstallation: "SND-IR", AccessNoReply: "ACC-NR", AccessDemand: "ACC-DMD", RespondUserData: "RSP-UD",
		0x28: "RSP-UD", 0x5B: "REQ-UD2", 0x7A: "REQ-UD1", 0x40: "SND-NKE", 0x06: "CNF-IR", 0x00: "ACK", 0x01: "NACK", 0x53: "SND-UD", 0x43: "SND-UD2", 0x45: "SND-UD2", 0x20: "ACK", 0x31: "NACK", 0xA5: "C A5",
	} {
		if c.String() != want {
			t.Errorf("C-field %02X is %s", byte(c), c)
		}
		if c.Known() != (c != 0xA5) || c.Carries() != (c.Known() && !strings.HasSuffix(want, "ACK")) {
			t.Errorf("%s: known %v, carries %v", want, c.Known(), c.Carries())
		}
	}
}
