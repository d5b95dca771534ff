package imports

import (
	"slices"
	"strings"
	"sync"
)

// media are the words for what a meter measures, by the words of package wmbus:
// those of ten languages, and of Kamstrup's key files.
var media = []struct {
	medium string
	words  []string
}{
	{"cold water", []string{
		"cold water", "cold", "cw", "koldt vand", "koldtvand", "kv", "koldvand", "brugsvand koldt", "kaltwasser", "kalt", "kw", "kwz", "kaltwasserzähler", "kallvatten", "kallt vatten", "kaldtvann", "kaldt vann", "kv måler",
		"zimna woda", "woda zimna", "zw", "wodomierz zimnej wody", "wodomierz zw", "koud water", "koudwater", "eau froide", "ef", "studená voda", "sv", "studena", "acqua fredda", "fredda", "volumecold", "water cold", "coldwater",
	}},
	{"warm water", []string{
		"warm water", "hot water", "hot", "warm", "hw", "dhw", "varmt vand", "varmtvand", "vv", "brugsvand", "varmt brugsvand", "warmwasser", "ww", "wwz", "warmwasserzähler", "varmvatten", "varmt vatten", "varmtvann", "varmt vann",
		"ciepła woda", "woda ciepła", "cw u", "cwu", "wodomierz ciepłej wody", "wodomierz cw", "warm tapwater", "warmwater", "eau chaude", "ec", "ecs", "eau chaude sanitaire", "teplá voda", "tuv", "tv", "acqua calda", "calda", "acs", "volumehot", "volumewarm", "water hot", "water warm", "hotwater",
	}},
	{"water", []string{"water", "vand", "vandmåler", "wasser", "wasserzähler", "vatten", "vann", "woda", "wodomierz", "eau", "compteur d'eau", "voda", "vodoměr", "acqua", "watermeter", "volume"}},
	{"heat", []string{
		"heat", "heating", "heat meter", "varme", "fjernvarme", "energi", "varmeenergi", "varmemåler", "wärme", "wmz", "wärmemengenzähler", "wärmezähler", "wärmemenge", "heizung", "fernwärme", "värme", "fjärrvärme", "värmemängd",
		"ciepło", "ciepłomierz", "licznik ciepła", "co", "c.o.", "warmte", "warmtemeter", "stadsverwarming", "chaleur", "énergie thermique", "chauffage", "cet", "teplo", "kalorimetr", "měřič tepla", "calore", "riscaldamento", "contabilizzatore di calore", "contacalorie",
		"heatenergy", "heat energy", "energyheat", "thermal energy", "energimåler",
	}},
	{"cooling", []string{"cooling", "cold energy", "køling", "køl", "fjernkøling", "kälte", "kmz", "kältezähler", "kühlung", "kyla", "fjärrkyla", "kjøling", "fjernkjøling", "chłód", "koude", "koeling", "froid", "climatisation", "chlad", "chlazení", "freddo", "raffrescamento", "raffreddamento", "coolingenergy", "cooling energy", "energycooling"}},
	{"heat cost allocator", []string{
		"heat cost allocator", "hca", "allocator", "radiatormåler", "varmefordelingsmåler", "fordelingsmåler", "radiator", "varmefordeler", "hkv", "ehkv", "heizkostenverteiler", "heizkostenverteilung", "radiatormätare", "fördelningsmätare", "värmefördelningsmätare", "radiatormåler no", "varmefordelingsmåler no",
		"podzielnik", "podzielnik kosztów", "podzielnik ciepła", "pk", "warmtekostenverdeler", "radiatormeter", "répartiteur", "rfc", "répartiteur de frais de chauffage", "rozdělovač topných nákladů", "rtn", "itn", "indikátor", "rozdělovač", "indikátor topných nákladů", "ripartitore", "ripartitore di calore", "ripartitore di costi",
	}},
	{"electricity", []string{"electricity", "electric", "power", "el", "elmåler", "strøm", "strom", "stromzähler", "elektrizität", "elmätare", "prąd", "energia elektryczna", "licznik energii elektrycznej", "elektriciteit", "stroom", "électricité", "elec", "elektřina", "elektroměr", "elettricità", "energia elettrica", "corrente"}},
	{"gas", []string{"gas", "gasmåler", "gaszähler", "gaz", "gazomierz", "plyn", "plynoměr"}},
	{"smoke detector", []string{"smoke detector", "smoke alarm", "røgalarm", "røgmelder", "røykvarsler", "rauchmelder", "rwm", "rauchwarnmelder", "brandvarnare", "rökdetektor", "czujnik dymu", "rookmelder", "détecteur de fumée", "daaf", "kouřový hlásič", "detektor kouře", "rilevatore di fumo", "rivelatore di fumo"}},
}

// meterWords are the ends of compounds: Kaltwasserzähler.
var meterWords = []string{"maaler", "zaehler", "maetare", "meter", "licznik", "uhr", "zaehlwerk", "contatore", "compteur", "mieric", "meric"}

// mediumWords is the table by normal form.
var mediumWords = sync.OnceValue(func() map[string]string {
	words := map[string]string{}
	for _, m := range media {
		for _, word := range m.words {
			if name := normal(word); words[name] == "" {
				words[name] = m.medium
			}
		}
	}
	return words
})

// mediumOf is the medium that a text names, "" if it names none for certain.
func mediumOf(text string) string {
	if len(text) > 60 {
		return ""
	}
	words := mediumWords()
	name := normal(unbracketed(text))
	if m := words[name]; m != "" {
		return m
	}
	for _, end := range meterWords {
		if rest, ok := strings.CutSuffix(name, end); ok && words[rest] != "" {
			return words[rest]
		}
		if rest, ok := strings.CutPrefix(name, end); ok && words[rest] != "" {
			return words[rest]
		}
	}
	var found []string
	for _, piece := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("(/),;-", r) }) {
		if m := words[normal(piece)]; m != "" && !slices.Contains(found, m) {
			found = append(found, m)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return ""
}
