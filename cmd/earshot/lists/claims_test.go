package lists

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"earshot/device/wmbus"
)

func claim(t *testing.T, maker, id, place string) Claim {
	t.Helper()
	m, err := wmbus.ParseManufacturer(maker)
	if err != nil {
		t.Fatal(err)
	}
	n, err := wmbus.ParseID(id)
	if err != nil {
		t.Fatal(err)
	}
	return Claim{wmbus.Address{Manufacturer: m, ID: n, Version: 1, Type: wmbus.TypeColdWater}, place}
}

// TestClaims: claimed meters are read together with the list, and what is in their file
// stays.
func TestClaims(t *testing.T) {
	t.Parallel()
	list := filepath.Join(t.TempDir(), "building.csv")
	if err := os.WriteFile(list, []byte("number,manufacturer,place\n76348799,KAM,A 1 tv\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	path, err := AddClaims(list, []Claim{claim(t, "KAM", "54084283", "A 2 tv bath"), claim(t, "KAM", "54084283", "twice")})
	if err != nil || path != list+".claimed.csv" {
		t.Fatal(path, err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "bath", "kitchen", 1)), 0o600); err != nil { // by hand
		t.Fatal(err)
	}
	odd := "=cmd|' /C calc'!A0\r\n\x1b[31m\", ;\t"
	if _, err := AddClaims(list, []Claim{claim(t, "KAM", "54084283", "A 2 tv bath"), claim(t, "DME", "66236629", odd), claim(t, "DME", "66236630", "")}); err != nil {
		t.Fatal(err)
	}
	s, _, err := ReadSite(list, Streams{})
	if err != nil || len(s.Meters) != 4 {
		t.Fatalf("%d meters, %v", len(s.Meters), err)
	}
	if got := s.Meters[1]; got.Place.String() != "A 2 tv kitchen" || got.Medium != "cold water" || got.Ref() != "KAM-54084283" {
		t.Errorf("%+v", got)
	}
	if place := s.Meters[2].Place.String(); strings.ContainsAny(place, "\x1b\r\n") {
		t.Errorf("place %q", place)
	}
	if text, err := os.ReadFile(path); err != nil || strings.Contains(string(text), "\n=") || strings.Contains(string(text), ",=") || strings.Contains(string(text), "\x1b") {
		t.Errorf("a spreadsheet may run it: %q, %v", text, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("number,manufacturer,place\nabc,KAM,A 1 tv\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := AddClaims(list, []Claim{claim(t, "KAM", "11111111", "B")}); err == nil {
		t.Error("a file with bad rows was written over")
	}
}
