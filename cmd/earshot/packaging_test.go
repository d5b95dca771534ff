package main

import (
	"os"
	"strings"
	"testing"

	"earshot/assets"
	"earshot/device/all"
)

// TestRulesNameEveryDongle compares the udev rules with the USB numbers of the drivers.
func TestRulesNameEveryDongle(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../assets/packaging/60-earshot.rules")
	if err != nil {
		t.Fatal(err)
	}
	rules := string(text)
	for _, family := range all.Dongles() {
		for _, id := range family.USB {
			vendor, product, _ := strings.Cut(strings.ToLower(id), ":")
			if !strings.Contains(rules, `ATTRS{idVendor}=="`+vendor+`", ATTRS{idProduct}=="`+product+`"`) {
				t.Errorf("the rules lack %s of the %s", id, family.Name)
			}
		}
	}
}

// TestUnitNamesTheProgram: .ci/packages replaces this path in the unit.
func TestUnitNamesTheProgram(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../.ci/packages")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "s|"+assets.SystemdProgram+"|/usr/bin/earshot|") || strings.Count(assets.SystemdUnit(), assets.SystemdProgram) != 1 {
		t.Errorf("the packages' unit does not start /usr/bin/earshot in place of %s", assets.SystemdProgram)
	}
}
