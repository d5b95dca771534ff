package wmbus

// Unit is a unit of measurement. UnitNone is a count, or not a number.
type Unit uint8

// The units. Records are scaled to one unit for each quantity: energy from
// watt hours to kWh and from joule to MJ, volume to m³, power to kW, flow to
// m³/h, mass to kg.
const (
	UnitNone Unit = iota
	UnitM3
	UnitLitre
	UnitKWh
	UnitMJ
	UnitGJ
	UnitW
	UnitKW
	UnitCelsius
	UnitKelvin
	UnitM3PerHour
	UnitLitrePerHour
	UnitBar
	UnitVolt
	UnitAmpere
	UnitHertz
	UnitHCA
	UnitPercent
	UnitRelativeHumidity
	UnitSecond
	UnitMinute
	UnitHour
	UnitDay
	UnitMonth
	UnitYear
	UnitDBm
	UnitKVarh
	UnitKVar
	UnitKVA
	UnitKVAh
	UnitFahrenheit
	UnitKg
	UnitKgPerHour
	UnitMJPerHour
	UnitMcal
	UnitCubicFoot
	UnitGallon
	UnitGallonPerMinute
	UnitGallonPerHour
	UnitDegree
	UnitM3Celsius
	UnitPPM
	UnitBaud
	UnitBitTime
	UnitMillimetre
	unitCount
)

var unitNames = [unitCount]string{
	UnitM3: "m³", UnitLitre: "l", UnitKWh: "kWh", UnitMJ: "MJ", UnitGJ: "GJ", UnitW: "W", UnitKW: "kW",
	UnitCelsius: "°C", UnitKelvin: "K", UnitM3PerHour: "m³/h", UnitLitrePerHour: "l/h", UnitBar: "bar",
	UnitVolt: "V", UnitAmpere: "A", UnitHertz: "Hz", UnitHCA: "HCA", UnitPercent: "%", UnitRelativeHumidity: "%RH",
	UnitSecond: "s", UnitMinute: "min", UnitHour: "h", UnitDay: "d", UnitMonth: "month", UnitYear: "y",
	UnitDBm: "dBm", UnitKVarh: "kvarh", UnitKVar: "kvar", UnitKVA: "kVA", UnitKVAh: "kVAh",
	UnitFahrenheit: "°F", UnitKg: "kg", UnitKgPerHour: "kg/h", UnitMJPerHour: "MJ/h", UnitMcal: "Mcal",
	UnitCubicFoot: "ft³", UnitGallon: "gal", UnitGallonPerMinute: "gal/min", UnitGallonPerHour: "gal/h",
	UnitDegree: "°", UnitM3Celsius: "m3°C", UnitPPM: "ppm", UnitBaud: "Bd", UnitBitTime: "bit times", UnitMillimetre: "mm",
}

// String returns the unit as every output writes it: "m³"; "" for a count.
func (u Unit) String() string {
	if u < unitCount {
		return unitNames[u]
	}
	return ""
}

// ParseUnit finds a unit by what String writes.
func ParseUnit(s string) (Unit, bool) {
	for u, name := range unitNames {
		if name == s {
			return Unit(u), true
		}
	}
	return UnitNone, false
}
