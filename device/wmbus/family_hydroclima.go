package wmbus

// familyHydroclima are the BMeters Hydroclima heat cost allocators: standard
// records, then manufacturer data of one of two kinds (docs/protocol/proprietary.md#hydroclima).
// The older telegrams without transport header are scrambled or laid out
// in a way that is not known: they stay manufacturer data.
var familyHydroclima = family{
	name:   "hydroclima",
	models: withCI(models("BMP", []int{0x53, 0x85}, []int{0x08}), 0x7A, 0x7A),
	refine: refineHydroclima,
}

// hydroclimaField is one field of the manufacturer data. The units at 19 of kind
// 10 are left there: they are not the reading that the record before them has. All are of 16 bits
// but the last, the units of all periods together, which are of 24.
type hydroclimaField struct {
	at       int // from the byte that says the kind
	quantity Quantity
	storage  uint64
	function Function
	add      Qualifiers
}

var hydroclimaKinds = map[byte]struct {
	size   int
	fields []hydroclimaField
}{
	0x10: {24, []hydroclimaField{
		{at: 1, quantity: InfoFlags},
		{at: 3, quantity: DateTimeQuantity},
		{at: 7, quantity: AmbientTemperature, add: Average},
		{at: 9, quantity: AmbientTemperature, function: Maximum},
		{at: 11, quantity: DateQuantity, function: Maximum},
		{at: 13, quantity: EventCount},
		{at: 15, quantity: AmbientTemperature, storage: 1, add: Average},
		{at: 17, quantity: HeaterTemperature, storage: 1, add: Average},
		{at: 21, quantity: TotalUnits},
	}},
	0x11: {47, []hydroclimaField{
		{at: 1, quantity: InfoFlags},
		{at: 3, quantity: DateTimeQuantity},
		{at: 7, quantity: EventDate}, // the housing was opened
		{at: 9, quantity: HeaterTemperature, add: Average},
		{at: 11, quantity: AmbientTemperature, add: Average},
		{at: 13, quantity: AmbientTemperature, function: Maximum},
		{at: 15, quantity: DateQuantity, function: Maximum},
		{at: 17, quantity: HeaterTemperature, storage: 1, add: Average},
		{at: 19, quantity: AmbientTemperature, storage: 1, add: Average},
		{at: 21, quantity: HeatCostAllocation, storage: 2},
		{at: 23, quantity: HeatCostAllocation, storage: 3},
		{at: 25, quantity: HeatCostAllocation, storage: 4},
		{at: 27, quantity: HeatCostAllocation, storage: 5},
		{at: 29, quantity: AmbientTemperature, storage: 2, add: Average},
		{at: 31, quantity: AmbientTemperature, storage: 3, add: Average},
		{at: 33, quantity: AmbientTemperature, storage: 4, add: Average},
		{at: 44, quantity: TotalUnits},
	}},
}

func refineHydroclima(t *Telegram) {
	data, at, ok := t.makerData()
	if !ok || len(data) == 0 {
		return
	}
	kind, ok := hydroclimaKinds[data[0]]
	if !ok {
		return
	}
	for i := range kind.fields {
		f := &kind.fields[i]
		if size := f.size(); f.at+size <= len(data) {
			t.addHydroclima(f, at+f.at, size)
		}
	}
}

func (f *hydroclimaField) size() int {
	switch f.quantity {
	case TotalUnits:
		return 3
	case DateTimeQuantity:
		return 4
	}
	return 2
}

// addHydroclima adds the field at t.Plain[at]. Temperatures are hundredths of
// a degree, 8000 is none. Times and dates are packed like those of FAT file
// systems, years from 2000 on: no document says so, but type G
// would give months above 12.
func (t *Telegram) addHydroclima(f *hydroclimaField, at, size int) {
	raw := t.Plain[at : at+size]
	n := littleEndian(raw)
	value, unit := Decimal(int64(n), 0), UnitNone
	switch f.quantity {
	case AmbientTemperature, HeaterTemperature:
		value, unit = Decimal(int64(int16(n)), -2), UnitCelsius
		if n == 0x8000 {
			value = Value{}
		}
	case HeatCostAllocation, TotalUnits:
		unit = UnitHCA
	case DateQuantity, EventDate:
		value, _ = Date(fatDate(n))
	case DateTimeQuantity:
		year, month, day := fatDate(n >> 16)
		value, _ = DateTime(Moment{
			Year: year, Month: month, Day: day,
			Hour: int(n >> 11 & 31), Minute: int(n >> 5 & 63), Second: int(n&31) * 2, HasSecond: true,
		})
	}
	r := t.add(f.quantity, value, unit, at, size)
	r.Storage, r.Function, r.Qualifiers = f.storage, f.function, f.add
}

// fatDate splits 16 bits: day, month, year.
func fatDate(n uint64) (year, month, day int) {
	return 2000 + int(n>>9&127), int(n >> 5 & 15), int(n & 31)
}
