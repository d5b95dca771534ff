package reading

import (
	"slices"
	"strings"

	"earshot/device/wmbus"
)

// registers says, by medium, which quantities are a meter's reading, in order of
// preference. The media are those of wmbus.DeviceType.Medium. Any value that a
// meter of another medium measured is its reading.
// Source: docs/protocol/families.md#readings.
var registers = map[string][]wmbus.Quantity{
	"electricity":         {wmbus.Energy, wmbus.PulseCount},
	"gas":                 {wmbus.Volume, wmbus.Energy, wmbus.PulseCount},
	"gas data logger":     {wmbus.Volume, wmbus.PulseCount},
	"gas converter":       {wmbus.Volume, wmbus.PulseCount},
	"heat":                {wmbus.Energy, wmbus.Volume, wmbus.PulseCount},
	"cooling":             {wmbus.Energy, wmbus.Volume, wmbus.PulseCount},
	"heat/cooling":        {wmbus.Energy, wmbus.Volume, wmbus.PulseCount},
	"steam":               {wmbus.Energy, wmbus.Mass, wmbus.Volume, wmbus.PulseCount},
	"heat cost allocator": {wmbus.HeatCostAllocation, wmbus.TotalUnits},
	"oil":                 {wmbus.Volume, wmbus.Mass, wmbus.PulseCount},
	"compressed air":      {wmbus.Volume, wmbus.Mass, wmbus.PulseCount},
	"water":               water,
	"warm water":          water,
	"hot water":           water,
	"cold water":          water,
	"hot/cold water":      water,
	"waste water":         water,
	"irrigation water":    water,
	"water data logger":   water,
	"smoke detector":      states,
	"gas detector":        states,
	"room sensor":         append([]wmbus.Quantity{wmbus.RoomTemperature, wmbus.ExternalTemperature, wmbus.RelativeHumidity}, others...),
}

var (
	water = []wmbus.Quantity{wmbus.Volume, wmbus.PulseCount}
	// states are what a detector has to say.
	states = []wmbus.Quantity{wmbus.ErrorFlags, wmbus.AlarmState, wmbus.StatusFlags, wmbus.InfoFlags, wmbus.DigitalInput, wmbus.DigitalOutput}
	// others is the preference for media that have no register of their own; any
	// other measured value comes after them.
	others = []wmbus.Quantity{
		wmbus.Volume, wmbus.Energy, wmbus.HeatCostAllocation, wmbus.Mass, wmbus.PulseCount, wmbus.ExternalTemperature, wmbus.RoomTemperature,
		wmbus.RelativeHumidity, wmbus.FlowTemperature, wmbus.Pressure, wmbus.VolumeFlow, wmbus.Power, wmbus.Voltage, wmbus.Current,
		wmbus.DigitalInput, wmbus.DigitalOutput, wmbus.ErrorFlags, wmbus.StatusFlags,
	}
)

// gasVolumes are the volumes of a gas meter that are its reading, in order of
// preference: the plain one, that at base conditions, and the uncorrected one.
// Source: docs/protocol/families.md#gas.
var gasVolumes = []wmbus.Qualifiers{0, wmbus.BaseConditions, wmbus.Uncorrected, wmbus.Forward}

// imports are the qualifiers of other registers that are a reading: none, or that
// only what was taken counts.
var imports = []wmbus.Qualifiers{0, wmbus.Forward}

// wanted are the quantities that are the reading of a meter.
func (r *Reading) wanted() []wmbus.Quantity {
	if own, known := registers[r.Medium]; known {
		return own
	}
	return others
}

// Main returns the value that is the meter's reading for its medium: the present
// value of its main register, or the latest stored one if StoredOnly. ok is false
// if there is none.
func (r *Reading) Main() (main Record, ok bool) {
	i := r.main()
	if i < 0 {
		return Record{}, false
	}
	return r.Records[i], true
}

// main is the index of Main, -1 for none.
func (r *Reading) main() int {
	if r.StoredOnly {
		return r.stored()
	}
	return r.current()
}

// Complete reports whether it is a reading: it has the main register of its
// medium. Of a detector, an alarm says enough.
func (r *Reading) Complete() bool { return r.main() >= 0 || r.IsDetector() && r.Status.Alarm() }

// IsDetector reports whether the meter has a status and no register.
func (r *Reading) IsDetector() bool {
	return r.Medium == wmbus.TypeSmokeDetector.Medium() || r.Medium == "gas detector"
}

// current is the index of the present value of the main register, -1 for none.
// Some meters send their registers by tariff or by input, and no total.
func (r *Reading) current() int {
	for _, parts := range []bool{false, true} {
		for _, q := range r.wanted() {
			if i := r.register(q, parts); i >= 0 {
				return i
			}
		}
	}
	if _, known := registers[r.Medium]; known {
		return -1
	}
	return slices.IndexFunc(r.Records, func(v Record) bool { return v.Current() && v.tells() == measured })
}

// register is the index of the present value of a quantity, -1 for none; parts
// says that it may be of a tariff or of an input.
func (r *Reading) register(q wmbus.Quantity, parts bool) int {
	qualifiers := imports
	if q == wmbus.Volume && r.Medium == wmbus.TypeGas.Medium() {
		qualifiers = gasVolumes
	}
	for _, qualified := range qualifiers {
		i := slices.IndexFunc(r.Records, func(v Record) bool {
			return v.Quantity == q && v.Storage == 0 && v.isRegister(qualified) && (parts || v.Tariff == 0 && v.Subunit == 0)
		})
		if i >= 0 {
			return i
		}
	}
	return -1
}

// isRegister reports whether a record has a value that is qualified so, and
// nothing else.
func (r *Record) isRegister(qualified wmbus.Qualifiers) bool {
	_, number := r.Number()
	flags := r.Value.Kind() == wmbus.BytesValue && slices.Contains(states, r.Quantity)
	return r.Function == wmbus.Instantaneous && r.Qualifiers == qualified && r.Per == wmbus.PerNothing && (number || flags)
}

// stored is the index of the latest stored value of the main register, -1 for
// none: the one with the latest date, else that of the lowest storage number.
func (r *Reading) stored() int {
	best, day := -1, ""
	for _, q := range r.wanted() {
		for i := range r.Records {
			v := &r.Records[i]
			if v.Quantity != q || v.Storage == 0 || v.Tariff != 0 || v.Subunit != 0 || !v.isRegister(v.Qualifiers&(wmbus.Derived|wmbus.BaseConditions)) {
				continue
			}
			date, _ := r.DateOf(v)
			if best < 0 || date > day || date == day && v.Storage < r.Records[best].Storage {
				best, day = i, date
			}
		}
		if best >= 0 {
			break
		}
	}
	return best
}

// DateOf is the day of a stored value, "2006-01-02"; false if the meter does not
// send it.
func (r *Reading) DateOf(v *Record) (string, bool) {
	for i := range r.Records {
		d := &r.Records[i]
		if (d.Quantity == wmbus.DateQuantity || d.Quantity == wmbus.DateTimeQuantity) && v.Storage != 0 && d.Storage == v.Storage && d.Value.Valid() {
			day, _, _ := strings.Cut(d.Value.String(), "T")
			return day, true
		}
	}
	return "", false
}

// Stored is the latest stored value of the main register, whether or not it is
// the reading; ok is false if there is none.
func (r *Reading) Stored() (v Record, ok bool) {
	i := r.stored()
	if i < 0 {
		return Record{}, false
	}
	return r.Records[i], true
}

// storedOnly are the makers whose meters send telegrams with stored values only,
// all the time or between others: Techem and QUNDIS.
// Source: docs/protocol/families.md#readings.
var storedOnly = []string{"TCH", "QDS", "LSE"}

func sendsStoredOnly(m wmbus.Manufacturer) bool { return slices.Contains(storedOnly, m.String()) }

// Lead is the value that says best what a telegram without a main register is
// about: something measured before flags, and flags before dates. ok is false if
// it says nothing.
func (r *Reading) Lead() (lead Record, ok bool) {
	best := 0
	for i := range r.Records {
		if n := r.Records[i].tells(); n > best {
			best, lead = n, r.Records[i]
		}
	}
	return lead, best > 0
}

// tells is how much a record says, 0 for nothing.
func (r *Record) tells() int {
	_, number := r.Number()
	switch r.Quantity {
	case wmbus.Unknown, wmbus.ManufacturerData, wmbus.AccessNumber:
		return 0
	case wmbus.DateQuantity, wmbus.DateTimeQuantity, wmbus.EventDate, wmbus.BatteryChangeDate:
		return 2
	case wmbus.ErrorFlags, wmbus.StatusFlags, wmbus.InfoFlags, wmbus.AlarmState, wmbus.OnTime, wmbus.OperatingTime, wmbus.BatteryLife,
		wmbus.BatteryOperatingTime, wmbus.TimeSinceReadout, wmbus.RFLevel, wmbus.TransmissionPeriod:
		return 3
	case wmbus.HeatCostAllocation, wmbus.TotalUnits, wmbus.PulseCount, wmbus.Dimensionless, wmbus.AnyQuantity, wmbus.DigitalInput, wmbus.DigitalOutput:
		return measured
	}
	switch {
	case !r.Value.Valid():
		return 0
	case !number || r.Unit == wmbus.UnitNone:
		return 1
	}
	return measured
}

// measured is how much a number that a meter measured tells: the most.
const measured = 4

// temperatures are the quantities that a sensor measures which may break.
var temperatures = []wmbus.Quantity{wmbus.FlowTemperature, wmbus.ReturnTemperature, wmbus.ExternalTemperature, wmbus.RoomTemperature, wmbus.RadiatorTemperature, wmbus.HeaterTemperature, wmbus.AmbientTemperature}

// brokenSensor is the highest value that 16 bits hold: what converters of meters
// yield whose sensor is broken or not connected.
// Source: docs/protocol/families.md#readings.
var brokenSensor = []byte{0xFF, 0x7F}

// lookAtSensors adds to the status what a temperature says of its sensor.
func (r *Reading) lookAtSensors(t *wmbus.Telegram) {
	for i := range t.Records {
		if v := &t.Records[i]; slices.Contains(temperatures, v.Quantity) && v.Storage == 0 && v.Function == wmbus.Instantaneous && slices.Equal(v.Raw(), brokenSensor) {
			r.Status.Add(wmbus.StatusTemperatureSensor)
		}
	}
}
