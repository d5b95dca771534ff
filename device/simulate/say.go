package simulate

import (
	"time"

	"earshot/device/wmbus"
)

// moment is an offset in the simulation and the time of the meter's clock.
type moment struct {
	offset time.Duration
	clock  time.Time
}

// The VIFs that the meters use (docs/protocol/records.md#vif).
var (
	vifLitre      = []byte{0x13} // m³ · 10⁻³
	vifTenLitres  = []byte{0x14}
	vifKilowattH  = []byte{0x06}
	vifWattH      = []byte{0x03}
	vifWatt       = []byte{0x2B}
	vif100Watt    = []byte{0x2D}
	vifLitrePerH  = []byte{0x3B}
	vifFlowTemp   = []byte{0x5B} // °C
	vifFlowTemp1  = []byte{0x5A} // °C · 10⁻¹
	vifReturn1    = []byte{0x5E}
	vifAmbient    = []byte{0x67} // external temperature, °C
	vifAmbient1   = []byte{0x66}
	vifAllocation = []byte{0x6E}
	vifDate       = []byte{0x6C}
	vifDateTime   = []byte{0x6D}
	vifDays       = []byte{0x27} // operating time
	vifErrors     = []byte{0xFD, 0x17}
	vifVolt1      = []byte{0xFD, 0x48}
	vifBattery    = []byte{0xFD, 0x74} // remaining, days
	vifInfoWater  = []byte{0xFF, 0x20} // Kamstrup's info word, docs/protocol/families.md#kamstrup-codes
	vifInfoHeat   = []byte{0xFF, 0x21}
)

// now returns the head of a present value, stored that of the value at the last due
// date, which every meter here keeps in storage 1.
func now(vif []byte) *wmbus.Head    { return &wmbus.Head{VIF: vif} }
func stored(vif []byte) *wmbus.Head { return &wmbus.Head{VIF: vif, Storage: 1} }

func lowest(vif []byte, storage uint64) *wmbus.Head {
	return &wmbus.Head{VIF: vif, Function: wmbus.Minimum, Storage: storage}
}

// wall returns a local time as telegrams carry it.
func wall(t time.Time) wmbus.Moment {
	return wmbus.Moment{Year: t.Year(), Month: int(t.Month()), Day: t.Day(), Hour: t.Hour(), Minute: t.Minute()}
}

func sayMultical21(dst []byte, m *Meter, at moment) []byte {
	dst = now(vifInfoWater).Int(dst, 2, m.info)
	dst = now(vifLitre).Int(dst, 4, m.register(at.offset))
	dst = stored(vifLitre).Int(dst, 4, m.register(monthEnd(at).offset))
	dst = lowest(vifFlowTemp, 1).Int(dst, 1, m.warmth)
	return lowest(vifAmbient, 1).Int(dst, 1, 19)
}

func sayMultical302(dst []byte, m *Meter, at moment) []byte {
	dst = now(vifKilowattH).Int(dst, 3, m.register(at.offset))
	dst = stored(vifKilowattH).Int(dst, 3, m.register(monthEnd(at).offset))
	dst = now(vifTenLitres).Int(dst, 3, m.register(at.offset)*3)
	dst = stored(vifDate).Date(dst, wall(monthEnd(at).clock.Add(m.dueDate)))
	dst = now(vif100Watt).Int(dst, 2, m.flows(m.daily*10/24))
	if m.compact { // a format that no other meter here sends
		dst = now(vifLitrePerH).Int(dst, 2, m.flows(m.daily*30/24))
	}
	return now(vifInfoHeat).Int(dst, 1, m.info)
}

func sayHydrus(dst []byte, m *Meter, at moment) []byte {
	dst = now(vifLitre).BCD(dst, 8, m.register(at.offset))
	dst = now(vifLitrePerH).BCD(dst, 6, m.daily/24)
	dst = now(vifDateTime).DateTime(dst, wall(at.clock))
	dst = stored(vifLitre).BCD(dst, 8, m.register(yearEnd(at).offset))
	dst = stored(vifDate).Date(dst, wall(yearEnd(at).clock.Add(m.dueDate)))
	return now(vifErrors).Int(dst, 2, 0)
}

func sayIUWS(dst []byte, m *Meter, at moment) []byte {
	dst = now(vifLitre).Int(dst, 4, m.register(at.offset))
	dst = now(vifDateTime).DateTime(dst, wall(at.clock))
	dst = now(vifErrors).Int(dst, 2, 0)
	dst = stored(vifLitre).Int(dst, 4, m.register(monthEnd(at).offset))
	return stored(vifDate).Date(dst, wall(monthEnd(at).clock.Add(m.dueDate)))
}

func sayScylar(dst []byte, m *Meter, at moment) []byte {
	dst = now(vifKilowattH).BCD(dst, 8, m.register(at.offset))
	dst = now(vifTenLitres).BCD(dst, 8, m.register(at.offset)*3)
	flow, back := m.temperatures(640+m.warmth, 350+m.warmth)
	if m.model.kind == wmbus.TypeCooling {
		flow, back = m.temperatures(60+m.warmth, 120+m.warmth)
	}
	dst = now(vif100Watt).BCD(dst, 6, m.flows(m.daily*10/24))
	dst = now(vifLitrePerH).BCD(dst, 6, m.flows(m.daily*30/24))
	dst = now(vifFlowTemp1).BCD(dst, 4, flow)
	dst = now(vifReturn1).BCD(dst, 4, back)
	dst = now(vifDateTime).DateTime(dst, wall(at.clock))
	return now(vifErrors).Int(dst, 2, 0)
}

func sayAllocator(dst []byte, m *Meter, at moment) []byte {
	dst = now(vifAllocation).BCD(dst, 6, m.register(at.offset))
	dst = stored(vifDate).Date(dst, wall(yearEnd(at).clock.Add(m.dueDate)))
	dst = stored(vifAllocation).BCD(dst, 6, m.daily*190)
	dst = now(vifAmbient1).Int(dst, 2, 200+m.warmth+m.amiss)
	return now(vifDateTime).DateTime(dst, wall(at.clock))
}

func saySmokeDetector(dst []byte, m *Meter, at moment) []byte {
	dst = now(vifDateTime).DateTime(dst, wall(at.clock))
	dst = now(vifErrors).Int(dst, 2, 0)
	dst = now(vifDays).Int(dst, 2, m.register(at.offset))
	return now(vifBattery).Int(dst, 2, 3650-m.register(at.offset))
}

func sayElectricity(dst []byte, m *Meter, at moment) []byte {
	dst = now(vifWattH).Int(dst, 4, m.register(at.offset))
	dst = now(vifWatt).Int(dst, 4, m.daily/24)
	dst = now(vifVolt1).Int(dst, 2, 2290+m.warmth+m.amiss)
	return now(vifDateTime).DateTime(dst, wall(at.clock))
}

func sayWaterStar(dst []byte, m *Meter, at moment) []byte {
	dst = now(vifLitre).BCD(dst, 8, m.register(at.offset))
	dst = now(vifDateTime).DateTime(dst, wall(at.clock))
	dst = stored(vifLitre).BCD(dst, 8, m.register(monthEnd(at).offset))
	dst = stored(vifDate).Date(dst, wall(monthEnd(at).clock.Add(m.dueDate)))
	return now(vifErrors).Int(dst, 2, m.info)
}

func sayHydrosonic(dst []byte, m *Meter, at moment) []byte {
	dst = now(vifLitre).Int(dst, 4, m.register(at.offset))
	dst = stored(vifLitre).Int(dst, 4, m.register(monthEnd(at).offset))
	dst = stored(vifDate).Date(dst, wall(monthEnd(at).clock.Add(m.dueDate)))
	return now(vifDateTime).DateTime(dst, wall(at.clock))
}

// monthEnd returns the last day of the month before at, as a due date.
func monthEnd(at moment) moment { return dayBefore(at, at.clock.Year(), at.clock.Month()) }

// yearEnd returns the last day of the year before at, as a due date.
func yearEnd(at moment) moment { return dayBefore(at, at.clock.Year(), time.January) }

// dayBefore returns the day before a month began; its register is that of midnight.
func dayBefore(at moment, year int, month time.Month) moment {
	midnight := time.Date(year, month, 1, 0, 0, 0, 0, at.clock.Location())
	return moment{offset: at.offset - at.clock.Sub(midnight), clock: midnight.AddDate(0, 0, -1)}
}
