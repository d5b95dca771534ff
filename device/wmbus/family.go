package wmbus

// family is a group of meters that need more than EN 13757-3. Each is a small
// file family_<name>.go with one variable of this type, named in families.
// The package documentation says how to add one. Every field but name and
// models may be nil.
type family struct {
	name   string
	models []model
	// address reads the meter's address if it is not laid out as the link layer
	// says. frame has at least the link layer's header and a CI-field.
	address func(frame []byte) Address
	// open decrypts t.Plain in place and sets t.Security, in place of the
	// transport layer's security mode. The error's offset counts in
	// t.Plain.
	open func(t *Telegram, key *Key) *Error
	// payload reads t.Plain, which is in clear, instead of the generic record
	// reader: it adds records with t.add and sets t.Status. done is false if
	// it does not know the content: the generic reader then tries. The
	// error's offset counts in t.Plain.
	payload func(t *Telegram) (done bool, err *Error)
	// refine changes the records that the generic reader made: it names
	// manufacturer specific codes, decodes flags, reads manufacturer data.
	refine func(t *Telegram)
	// marks name bytes of t.Plain that do not belong to a record, for Explain.
	marks []mark
}

// mark says what bytes at a fixed place of the application data are.
type mark struct {
	at, n   int
	role    Role
	name    string
	meaning string
}

// model is a pattern for meters. Zero fields other than the manufacturer
// match anything; version and typ are one more than what they match.
type model struct {
	manufacturer Manufacturer
	version      int
	typ          int
	ciFrom, ciTo byte
	config       uint16 // bits of the configuration word that must be set
}

// models makes patterns for one manufacturer: every version with every type.
// No versions, or no types, stand for any.
func models(letters string, versions, types []int) []model {
	if versions == nil {
		versions = []int{-1}
	}
	if types == nil {
		types = []int{-1}
	}
	var list []model
	for _, v := range versions {
		for _, d := range types {
			list = append(list, model{manufacturer: manufacturer(letters), version: v + 1, typ: d + 1})
		}
	}
	return list
}

// withCI restricts patterns to a range of CI-fields.
func withCI(list []model, from, to byte) []model {
	for i := range list {
		list[i].ciFrom, list[i].ciTo = from, to
	}
	return list
}

// withConfig restricts patterns to set bits of the configuration word.
func withConfig(list []model, bits uint16) []model {
	for i := range list {
		list[i].config = bits
	}
	return list
}

// forMakers is models for several manufacturers, every version and type.
func forMakers(letters ...string) []model {
	var list []model
	for _, l := range letters {
		list = append(list, models(l, nil, nil)...)
	}
	return list
}

func (m *model) matches(a Address, ci byte, config uint16) bool {
	return m.manufacturer == a.Manufacturer.letters() &&
		(m.version == 0 || m.version == int(a.Version)+1) &&
		(m.typ == 0 || m.typ == int(a.Type)+1) &&
		(m.ciTo == 0 || ci >= m.ciFrom && ci <= m.ciTo) &&
		m.config&config == m.config
}

// families is the list. The first that matches is used.
var families = [...]*family{
	&familyPRIOS,
	&familyRealData,
	&familyDiehl,
	&familyTechem,
	&familyQundis,
	&familyApator162,
	&familyApator08,
	&familyApatorNA1,
	&familyApatorEITN,
	&familyApatorEITN40,
	&familyApatorOP04,
	&familyKamstrup,
	&familyHydrodigit,
	&familyIWM,
	&familyRFMTX1,
	&familyHydrocalm,
	&familyHydroclima,
	&familyBFW240,
	&familyZenner0B,
	&familyEngelmann,
	&familyWaterStar,
	&familyHCAe2,
	&familyAxioma,
	&familySchneider,
	&familyNemo,
	&familyIME,
	&familyEBZ,
	&familyEltako,
	&familyESY,
	&familyNZR,
	&familyGransystems,
	&familyABB,
	&familyGWF,
	&familyEI6500,
	&familyPicoflux,
	&familyKaden,
}

var familiesOf = indexMakers(families[:], func(f *family) []model { return f.models })

// findFamily looks for a meter's family by the meter's address, then by that
// of the radio module.
func findFamily(l *layers) *family {
	if f := l.familyOf(l.header.Meter); f != nil || l.header.Meter == l.header.Link {
		return f
	}
	return l.familyOf(l.header.Link)
}

func (l *layers) familyOf(a Address) *family {
	for _, f := range familiesOf.find(a.Manufacturer) {
		for i := range f.models {
			if f.models[i].matches(a, l.header.CI, l.tpl.config) {
				return f
			}
		}
	}
	return nil
}

// findMeter finds the meter's family, and corrects its address if the family has its
// own layout.
func (l *layers) findMeter(frame []byte) {
	address := !l.wired && l.header.CI != 0 && l.header.Meter == l.header.Link
	if address {
		l.fixConverter(frame)
	}
	l.family = findFamily(l)
	if address && l.family != nil && l.family.address != nil {
		l.header.Meter = l.family.address(frame)
		l.family = findFamily(l)
	}
}

// fixConverter finds the meter of a radio converter that sends for it without a
// transport header: the first record, 07 79, is the meter's whole address.
func (l *layers) fixConverter(frame []byte) {
	const addressLen = 8
	typ := l.header.Link.Type
	if typ != TypeSystemConverter && typ != TypeMeterConverter || l.tpl.field == nil || l.tpl.field.content != contentRecords {
		return
	}
	content := frame[min(l.pos, len(frame)):]
	if len(content) >= 2+addressLen && content[0] == 0x07 && content[1] == 0x79 {
		l.header.Meter = transportAddress(content[2:])
	}
}

// add appends a record that a family made; at is the offset of its raw bytes in
// t.Plain, n their number.
func (t *Telegram) add(quantity Quantity, value Value, unit Unit, at, n int) *Record {
	r := t.newRecord()
	*r = Record{Quantity: quantity, Value: value, Unit: unit, Offset: at, bytes: t.Plain[at : at+n]}
	return r
}

// addText appends a text record that a family made.
func (t *Telegram) addText(quantity Quantity, text []byte, at, n int) *Record {
	from := len(t.text)
	t.text = append(t.text, text...)
	return t.add(quantity, t.textFrom(from), UnitNone, at, n)
}

// makerCode is the VIFEs that follow the mark for the maker's own, VIF or VIFE
// 7F or FF: 07 of 04 FF 07; nil if there is no such mark.
func (r *Record) makerCode() []byte {
	var h recordHeader
	if r.valueAt == 0 || h.read(r.bytes, 0, TypeOther) != nil {
		return nil
	}
	for at := h.vifAt; at < h.end; at++ {
		if r.bytes[at]&0x7F == 0x7F {
			return r.bytes[at+1 : h.end]
		}
	}
	return nil
}

// refine finishes what the generic reader made: compact profiles, and what
// the family knows.
func (t *Telegram) refine() {
	if t.has.qualifiers&profiles != 0 {
		t.expandProfiles()
	}
	if t.has.has(StorageInterval) {
		t.dateStorages()
	}
	if f := t.layers.family; f != nil && f.refine != nil {
		f.refine(t)
	}
}
