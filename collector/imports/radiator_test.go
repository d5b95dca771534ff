package imports

import (
	"bytes"
	"strings"
	"testing"

	"earshot/collector/site"
)

// TestRadiators: columns about radiators, in several languages, are read, written and
// read again.
func TestRadiators(t *testing.T) {
	t.Parallel()
	want := site.Radiator{Make: "Hudevad", Model: "P200", Length: "1200", Height: "600", Depth: "102", Output: "1480", DeltaT: "75/65/20", Mounting: "75 %", Scale: "produkt",
		Factor: "1,480", Sensors: "2", Sealed: "2026 RG"}
	for _, head := range []string{
		"id;radiator_make;radiator_model;radiator_length;radiator_height;radiator_depth;radiator_output;radiator_output_at;mounting;scale;scale_factor;sensors;sealed",
		"Målernummer;Radiatorfabrikat;Radiatortype;Radiator længde (mm);Radiator højde (mm);Radiator dybde (mm);Varmeydelse (W);Ydelse ved;Monteringspunkt;Skala;Skalafaktor;Følere;Plomberet",
		"Gerätenummer;Heizkörperfabrikat;Heizkörpertyp;Baulänge;Bauhöhe;Bautiefe;Wärmeleistung;Leistung bei;Montagepunkt;Skalenart;Bewertungsfaktor;Fühler;verplombt",
	} {
		text := head + "\n55550001;Hudevad;P200;1200;600;102;1480;75/65/20;75 %;produkt;1,480;2;2026 RG\n55550002;;;;;;;;;;;;\n"
		for range 2 {
			r, err := Read(strings.NewReader(text), "list.csv", Options{})
			if err != nil || len(r.Rows) != 2 || len(r.Findings) > 0 {
				t.Fatalf("%s: %v, %+v", head, err, r)
			}
			if got := r.Rows[0].Meter.Radiator; got == nil || *got != want || r.Rows[1].Meter.Radiator != nil {
				t.Errorf("%s: %+v, %+v", head, got, r.Rows[1].Meter.Radiator)
			}
			var b bytes.Buffer
			if err := r.WriteList(&b); err != nil {
				t.Fatal(err)
			}
			text = b.String()
		}
	}
}
