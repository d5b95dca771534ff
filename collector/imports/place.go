package imports

import (
	"regexp"
	"strings"

	"earshot/collector/site"
)

// Words of places: labels before a value, and values that say what they are.
var (
	entranceLabels = wordSet("opgang opg indgang blok haus eingang aufgang treppenhaus gebaeude block building entrance staircase stair stairs trapphus trapp trappa uppgaang ingaang oppgang inngang blokk klatka klatce bat batiment esc escalier portiek scala vchod palazzina edificio hs hus budynek schodiste gebouw ingang")
	floorLabels    = wordSet("etage floor level vaan vaaning plan pietro pietra etasje etg niveau piano patro podlazi verdieping sal geschoss stock stockwerk p poziom kondygnacja")
	flatLabels     = wordSet("we whg wohnung ne nutzeinheit lgh laegenhet lejl lejlighed lejemaal bolig flat apt apartment unit app appt appartement logement lokal lok mieszkanie m byt int interno appartamento leil leilighet woning door doer porte lot wohneinheit bruksenhet top")
	floorValues    = wordSet("st stuen kl kld kaelder kaelderen eg ug kg dg hp zg og erdgeschoss keller kellergeschoss dachgeschoss untergeschoss obergeschoss hochparterre souterrain bv bottenvaaning bottenvaaningen kv kaellare kaellaren parter suterena piwnica poddasze rdc rezdechaussee soussol bg beganegrond kelder ground basement parterre parter pt prizemi suteren seminterrato rezdechaussee underetasje kjeller loft tag tagetage 1ug 2ug")
	twoWordFloors  = wordSet("pianoterra beganegrond pianorialzato groundfloor")
	sideValues     = wordSet("tv mf th links mitte rechts li mi re lks vo hi vorne hinten left right middle vaenster hoeger mitten venstre hoeyre midten lewa prawa gauche droite vlevo vpravo sinistra destra")
	houseValues    = wordSet("vh hh sf qg vorderhaus hinterhaus seitenfluegel")
)

var (
	ordinal      = regexp.MustCompile(`^-?\d{1,2}(?:\.|e|er|ème|eme|te|ste|de|st|nd|rd|th|°|º|ª)?$`)
	floorToken   = regexp.MustCompile(`(?i)^(\d{1,2})\.?(og|ug|stock|etage|sal)\.?$|^(og|ug)(\d{1,2})$`)
	bareEntrance = regexp.MustCompile(`^\p{Lu}\d?$`) // if a floor follows
	streetAndNo  = regexp.MustCompile(`^\pL[\pL .'-]*?\.? \d{1,4} ?[A-Za-z]?$`)
	polishFlat   = regexp.MustCompile(`^(?:ul\.|al\.|os\.|pl\.)\s*(.+?\s\d+[A-Za-z]?)\s*/\s*(\d+[A-Za-z]?)$`)
	dottedSide   = strings.NewReplacer("t.v.", "tv", "m.f.", "mf", "t.h.", "th", "t. v.", "tv", "t. h.", "th")
	floorWordSet = wordSet("og ug sal etage stock stockwerk geschoss obergeschoss untergeschoss floor vaan vaaning pietro etasje etg verdieping piano patro podlazi np niveau")
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

// placeReader takes a place apart.
type placeReader struct {
	place site.Place
	found int // parts that were recognized for certain
	rest  []string
}

// splitPlace takes a whole place in one text apart: "Opgang A, 1. tv" or
// "WE 12 / Bad". Parts are taken only by words or forms that are known; what is
// left is the room. found is how many parts were recognized; if it is 0, the
// room is the whole text.
func splitPlace(text string) (p site.Place, found int) {
	if m := polishFlat.FindStringSubmatch(text); m != nil {
		return site.Place{Entrance: m[1], Apartment: m[2]}, 2
	}
	r := placeReader{}
	parts := strings.FieldsFunc(dottedSide.Replace(text), func(c rune) bool { return c == ',' || c == '/' || c == ';' || c == '\n' || c == '|' })
	if len(parts) == 1 {
		parts = strings.Split(parts[0], " - ")
	}
	for i, part := range parts {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if i == 0 && len(parts) > 1 && streetAndNo.MatchString(part) && !entranceLabels[first(part)] && first(part) != "kl" && !flatLabels[first(part)] && !floorLabels[first(part)] && isFloorPart(strings.TrimSpace(parts[1])) {
			r.place.Entrance = part
			r.found++
			continue
		}
		r.part(part)
	}
	if r.found == 0 {
		return site.Place{Room: text}, 0
	}
	r.place.Room = strings.Join(r.rest, ", ")
	return r.place, r.found
}

func first(part string) string {
	word, _, _ := strings.Cut(part, " ")
	return normal(word)
}

// isFloorPart reports whether a part begins with a floor.
func isFloorPart(part string) bool {
	word := strings.TrimSuffix(first(part), ".")
	return ordinal.MatchString(strings.TrimSuffix(part, ".")) || ordinal.MatchString(strings.Fields(part + " x")[0]) || floorValues[word] || floorLabels[word]
}

// part takes one part between separators.
func (r *placeReader) part(part string) {
	tokens := strings.Fields(part)
	var left []string
	for i := 0; i < len(tokens); {
		n := r.token(tokens[i:], len(left) == 0, i > 0, len(tokens) == 1)
		if n == 0 {
			left = append(left, tokens[i])
			n = 1
		}
		i += n
	}
	if len(left) > 0 {
		r.rest = append(r.rest, strings.Join(left, " "))
	}
}

// token takes the words at the beginning of a text that belong to one part of
// a place; 0 if none do. begin: nothing before them in their part was left;
// after: something of their part was taken; only: the part has one word.
func (r *placeReader) token(t []string, begin, after, only bool) int {
	word := normal(t[0])
	next := ""
	if len(t) > 1 {
		next = t[1]
	}
	value := strings.Trim(next, ".,:")
	switch p := &r.place; {
	case p.Floor == "" && next != "" && twoWordFloors[word+normal(next)]:
		p.Floor = t[0] + " " + value
	case begin && entranceLabels[word] && p.Entrance != "" && isValue(next):
		p.Entrance += " " + t[0] + " " + value
	case begin && entranceLabels[word] && next != "" && isValue(next) && p.Entrance == "" && !(word == "kl" && !isDigits(value)):
		p.Entrance = value
	case begin && word == "kl" && isDigits(value) && p.Entrance == "":
		p.Entrance = value
	case begin && r.found == 0 && bareEntrance.MatchString(t[0]) && beginsFloor(t[1:]):
		p.Entrance = t[0]
		r.found++
		return 1
	case houseValues[word] && p.Entrance == "":
		p.Entrance = t[0]
		r.found++
		return 1
	case floorLabels[word] && next != "" && ordinal.MatchString(value) && p.Floor == "":
		p.Floor = value
	case flatLabels[word] && next != "" && isValue(next) && p.Apartment == "":
		p.Apartment = value
	case p.Floor == "" && floorToken.MatchString(t[0]):
		p.Floor = t[0]
		r.found++
		return 1
	case p.Floor == "" && ordinal.MatchString(t[0]) && floorWordSet[normal(next)]:
		p.Floor = strings.TrimSuffix(t[0], ".")
		if w := normal(next); w == "og" || w == "ug" || w == "obergeschoss" || w == "untergeschoss" || w == "np" {
			p.Floor = t[0] + " " + value
		} else {
			p.Floor = strings.TrimRight(p.Floor, "eèmrtsd°ºª.")
		}
	case p.Floor == "" && (word == "og" || word == "ug") && isDigits(value):
		p.Floor = t[0] + " " + value
	case p.Floor == "" && (begin || p.Entrance != "") && floorValues[word] && !(word == "kv" && !only):
		p.Floor = strings.TrimSuffix(t[0], ".")
		r.found++
		return 1
	case p.Floor == "" && ordinal.MatchString(t[0]) && (sideValues[normal(next)] || r.found > 0 && only):
		p.Floor = strings.TrimSuffix(t[0], ".")
		r.found++
		return 1
	case p.Floor == "" && r.found > 0 && strings.HasSuffix(t[0], ".") && ordinal.MatchString(t[0]) && len(t) == 2 && isDigits(value):
		p.Floor, p.Apartment = strings.TrimSuffix(t[0], "."), value
	case p.Floor != "" && p.Apartment == "" && begin && (sideValues[word] || after && len(t) == 1 && isDigits(t[0])):
		p.Apartment = strings.TrimSuffix(t[0], ".")
		r.found++
		return 1
	default:
		return 0
	}
	r.found++
	return 2
}

// beginsFloor reports whether words begin with a floor, and a side if the floor is a
// number: "st. th", "1. tv", "2 tv bath".
func beginsFloor(t []string) bool {
	switch {
	case len(t) == 0:
		return false
	case floorValues[normal(t[0])], floorToken.MatchString(t[0]):
		return true
	}
	return len(t) > 1 && ordinal.MatchString(t[0]) && (sideValues[normal(t[1])] || floorWordSet[normal(t[1])])
}

// isValue reports whether a word can be the number or letter of an entrance or
// a dwelling.
func isValue(word string) bool {
	word = strings.Trim(word, ".,:")
	const longest = 6
	return word != "" && len(word) <= longest && (len(word) == 1 || strings.ContainsAny(word, "0123456789"))
}
