package imports

import (
	"strconv"
	"strings"

	"earshot/collector/imports/finding"
	"earshot/collector/label"
	"earshot/device/wmbus"
)

// makers are the manufacturers that have one code, by their names in normal
// form. docs/protocol/families.md has the codes.
var makers = map[string]string{
	"techem": "TCH", "ista": "IST", "qundis": "QDS", "engelmann": "EFE", "zenner": "ZRI", "sontex": "SON", "bmeters": "BMT", "maddalena": "MAD", "axioma": "AXI", "lorenz": "DWZ", "elvaco": "ELV",
	"lansen": "LAS", "innotas": "INE", "emh": "EMH", "easymeter": "ESY", "eielectronics": "EIE", "landisgyr": "LUG", "landisundgyr": "LUG", "landisandgyr": "LUG", "gwf": "GWF",
}

// openMakers have several codes; which one a meter sends cannot be known.
var openMakers = []string{"kamstrup", "diehl", "sensus", "itron", "apator", "siemens", "hydrometer", "elster", "minol", "brunata", "honeywell"}

// makerByName is the code of a maker's name; open is a name that has several.
func makerByName(text string) (code wmbus.Manufacturer, open string, ok bool) {
	name := normal(text)
	for _, suffix := range []string{"gmbh", "as", "ab", "ag", "spa", "srl", "bv", "spzoo", "metering", "messtechnik", "international"} {
		name = strings.TrimSuffix(name, suffix)
	}
	if letters := makers[name]; letters != "" {
		code, _ = wmbus.ParseManufacturer(letters)
		return code, "", true
	}
	for _, m := range openMakers {
		if strings.HasPrefix(name, m) {
			return 0, Clean(text), true
		}
	}
	return 0, "", false
}

// maker reads the cell of the manufacturer. What is not known leaves it open.
func (b *builder) maker(cell string) {
	text := strings.TrimSpace(cell)
	if isNoValue(text) || text == "-" || text == "?" {
		return
	}
	code, err := wmbus.ParseManufacturer(text)
	if hex, ok := strings.CutPrefix(strings.ToLower(text), "0x"); ok && len(hex) == 4 {
		if n, bad := strconv.ParseUint(hex, 16, 16); bad == nil && label.IsMaker(wmbus.Manufacturer(n)) {
			code, err = wmbus.Manufacturer(n), nil
		}
	}
	if err != nil {
		if first, _, _ := strings.Cut(text, " "); len(first) == 3 && strings.Contains(text, "(") { // KAM (Kamstrup)
			code, err = wmbus.ParseManufacturer(first)
		}
	}
	if err != nil {
		named, open, known := makerByName(text)
		switch {
		case known && open == "":
			b.say(Manufacturer, finding.MakerName, Clean(text), named.String())
			code = named
		case known:
			b.say(Manufacturer, finding.MakerOpen, open, "")
			return
		default:
			b.say(Manufacturer, finding.MakerUnknown, finding.Shown(Clean(text)), "")
			return
		}
	}
	m := &b.row.Meter
	if m.Manufacturer != 0 && m.Manufacturer != code {
		b.refuse(Manufacturer, finding.MakerConflict, code.String(), m.Manufacturer.String())
		return
	}
	m.Manufacturer = code
}
