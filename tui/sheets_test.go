package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// day is what has happened on every sheet.
const day = `begin 7
dongle ttyUSB0 im871a /dev/serial/by-id/usb-IMST_iM871A-if00 00001234 1.6 c1,t1
broker mqtt://broker:1883
broker mqtts://backup:8883
start 60s
hear KAM-76348799 -62
decode KAM-76348799 volume m³ 123.456
deliver KAM-76348799
hear QDS-12345678 -71
decode QDS-12345678 heat_cost_allocation HCA 719 low_battery
hear BMT-86868686 -97
cached KAM-54084284 volume m³ 54.479 48h
unlisted 54084282 -52 KAM-54084284
stray DME 20304051 -99 3 16s sealed
tick 5s
fail DME-66236629 wrong_key - checked
tick 30s
timeout KAM-54084283 30s`

// sheets are the screens, and the keys that lead to each.
var sheets = map[string]string{
	"building": "", "meter": "f3", "specialists": "f3 enter", "air": "f4", "receivers": "f5", "delivery": "f5 tab", "log": "f5 tab tab", "help": "?",
}

// paints are how the sheets are drawn.
var paints = []struct{ name, background, verb string }{
	{name: "dark", background: "black", verb: "rich"},
	{name: "light", background: "white", verb: "rich"},
	{name: "colourless", background: "black", verb: "mono"},
}

// TestSheets compares every screen in each language and size, and with each kind of
// colours: those for dark and light backgrounds, and none.
func TestSheets(t *testing.T) {
	for name, keys := range sheets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("testdata", "sheets", name+".txtar")
			archive, err := txtar.ParseFile(file)
			if err != nil && !*update {
				t.Fatal(err)
			}
			if *update {
				archive = &txtar.Archive{}
			}
			for _, lang := range []string{"en", "da", "de"} {
				for _, paint := range paints {
					s := &scenario{world: newWorld(t, len(cast)), archive: archive}
					s.play("lang " + lang + "\n" + day + "\nbackground " + paint.background + " 256\nkey " + keys)
					for _, size := range []string{"40 24", "80 24", "120 40"} {
						s.play("size " + size)
						s.do([]string{paint.verb, lang + " " + strings.ReplaceAll(size, " ", "×") + " " + paint.name})
					}
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// play does the lines of a script.
func (s *scenario) play(script string) {
	for line := range strings.Lines(script) {
		s.do(strings.Fields(line))
	}
}
