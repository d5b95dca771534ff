package simulate

import (
	"time"

	"earshot/device/wmbus"
)

// lateTimeout and lateFirst: the row waits ten seconds, and the meter's first
// telegram comes after fourteen.
const (
	lateTimeout = 10 * time.Second
	lateFirst   = 14 * time.Second
)

// edgeLevel is the level of a meter at the edge of reception, in 1/100 dBm;
// faintLevel that of one that is received well enough.
const (
	edgeLevel  = -9720
	faintLevel = -8600
)

// changed is when a register changed: after the earlier round.
const changed = -time.Hour

// on makes a mishap of what happens to a meter that suits.
func on(suits func(*Meter) bool, do func(m *Meter, d *dice)) func(*Building, int, *dice) []int {
	return func(b *Building, row int, d *dice) []int {
		m := b.meters[row]
		if !b.untouched(row) || !suits(m) {
			return nil
		}
		do(m, d)
		return []int{row}
	}
}

// What a meter has to be.
func anyMeter(*Meter) bool   { return true }
func encrypts(m *Meter) bool { return m.Encrypts() }
func isMultical21(m *Meter) bool {
	return m.model.maker == "KAM" && m.model.version == multical21Cold.version
}
func isScylar(m *Meter) bool {
	return m.model.maker == scylar.maker && m.model.version == scylar.version
}
func isAllocator(m *Meter) bool { return m.model.kind == wmbus.TypeHeatCostAllocator }
func hasHours(m *Meter) bool    { return m.model == &waterStar || m.model == &hydrosonic }
func hasClock(m *Meter) bool    { return m.model.maker != "KAM" }
func hasDueDate(m *Meter) bool {
	return m.model.maker != "KAM" && !isScylar(m) && m.model.kind != wmbus.TypeElectricity && m.model.kind != wmbus.TypeSmokeDetector
}
func hasShortHeader(m *Meter) bool { return m.model.security != wmbus.ModeELL }
func counts(m *Meter) bool         { return !isAllocator(m) && m.model.kind != wmbus.TypeSmokeDetector }
func isWater(m *Meter) bool {
	return counts(m) && !isScylar(m) && m.model.kind != wmbus.TypeHeat && m.model.kind != wmbus.TypeElectricity
}
func measuresBeyond(m *Meter) bool {
	return isScylar(m) || isAllocator(m) || m.model.kind == wmbus.TypeElectricity
}
func isMultical302(m *Meter) bool {
	return m.model.maker == "KAM" && m.model.version == multical302.version
}
func isWaterStar(m *Meter) bool { return m.model == &waterStar }
func sendsQuickly(m *Meter) bool {
	return m.interval < time.Minute && m.interval > lateFirst+time.Second
}

// The radio.
var (
	fallSilent = on(anyMeter, func(m *Meter, _ *dice) { m.silent, m.silence = true, -time.Hour })
	keepHours  = on(hasHours, func(m *Meter, _ *dice) { m.silent, m.silence = true, -time.Hour })
	beSlow     = on(func(m *Meter) bool { return m.model.maker == "KAM" }, func(m *Meter, d *dice) {
		slow := *m.model
		slow.mode = "T1"
		m.model, m.interval, m.phase = &slow, 15*time.Minute, time.Duration(d.between(6, 14))*time.Minute
	})
	cutOff      = on(anyMeter, func(m *Meter, _ *dice) { m.cut, m.level = true, max(m.level, -6500) })
	flipBits    = on(anyMeter, func(m *Meter, _ *dice) { m.flips, m.level = true, max(m.level, -5500) })
	beCompact   = on(isMultical302, func(m *Meter, _ *dice) { m.compact = true })
	unknownMode = on(encrypts, func(m *Meter, _ *dice) { m.unreadable = true })
	accessOnly  = on(encrypts, func(m *Meter, _ *dice) { m.bare = true })
	faint       = on(anyMeter, func(m *Meter, _ *dice) { m.level = faintLevel })
	repeated    = on(func(m *Meter) bool { return m.model.security != wmbus.ModeNone }, func(m *Meter, _ *dice) { m.repeated = true })
	adapt       = on(hasShortHeader, func(m *Meter, d *dice) {
		m.adapter = wmbus.Address{Manufacturer: m.Address.Manufacturer, ID: decimal(d.between(90_000_000, 99_999_999)), Version: 1, Type: wmbus.TypeMeterConverter}
	})
)

func beLate(b *Building, row int, _ *dice) []int {
	if !b.untouched(row) || !sendsQuickly(b.meters[row]) {
		return nil
	}
	b.rows[row].Timeout = lateTimeout
	b.meters[row].phase = lateFirst
	return []int{row}
}

func fade(b *Building, row int, _ *dice) []int {
	if !b.untouched(row) {
		return nil
	}
	b.meters[row].level = edgeLevel
	b.rows[row].Note = "behind the steel cabinet"
	return []int{row}
}

// forge adds somebody that sends plain telegrams with the meter's number.
func forge(b *Building, row int, _ *dice) []int {
	m := b.meters[row]
	if !b.locked(row) || isAllocator(m) {
		return nil
	}
	plain := *m.model
	plain.security = wmbus.ModeNone
	b.addSender(&plain, m.Address.ID, m.level)
	return []int{row}
}

// Flags of what the meters say of themselves.
const (
	infoDry, infoReverse, infoLeak, infoBurst = 0x01, 0x02, 0x04, 0x08 // Kamstrup's info word of a water meter

	statusLowPower = 0x04 // bit 2 of the transport layer's status byte
	errorTamper    = 0x20 // WaterStar M
)

// flag makes a water meter set a flag of its info word.
func flag(bit int64) func(*Building, int, *dice) []int {
	return on(isMultical21, func(m *Meter, _ *dice) { m.info |= bit })
}

// What the meter says.
var (
	tamper       = on(isWaterStar, func(m *Meter, _ *dice) { m.info |= errorTamper })
	drainBattery = on(hasShortHeader, func(m *Meter, _ *dice) { m.status |= statusLowPower })
	// runBackwards: the meter was replaced by a used one under the old number.
	runBackwards = on(counts, func(m *Meter, _ *dice) { m.drop, m.changedAt = 312_000, changed })
	showZero     = on(counts, func(m *Meter, _ *dice) {
		m.drop, m.changedAt = m.start, changed
		m.start, m.daily = 0, 0
	})
	jump = on(counts, func(m *Meter, d *dice) {
		by := d.between(2_000_000, 9_000_000)
		switch m.model.kind {
		case wmbus.TypeElectricity: // it counts watt hours
			by *= 10
		case wmbus.TypeHeat: // three bytes hold no more
			by = min(by, 7_500_000)
		}
		m.start, m.drop, m.changedAt = m.start+by, -by, changed
	})
	wrongUnit = on(isWater, func(m *Meter, _ *dice) {
		m.changedAt = changed
		for m.factor = 10; m.factor < 1000 && m.start*m.factor < 9_000_000; m.factor *= 10 {
		}
	})
	swapSensors  = on(isScylar, func(m *Meter, _ *dice) { m.swapped = true })
	hoursOff     = on(hasClock, func(m *Meter, d *dice) { m.skew = -time.Duration(d.between(4, 20)) * time.Hour })
	yearsOff     = on(hasClock, func(m *Meter, d *dice) { m.skew = -time.Duration(d.between(700, 4000)) * 24 * time.Hour })
	outOfRange   = on(measuresBeyond, func(m *Meter, d *dice) { m.amiss = d.between(20, 25) * amissBy[m.model.kind] })
	wrongDue     = on(hasDueDate, func(m *Meter, d *dice) { m.dueDate = time.Duration(d.between(500, 2000)) * 24 * time.Hour })
	idleHeat     = on(isScylar, func(m *Meter, _ *dice) { m.idle, m.daily = true, 0 })
	noSummerTime = on(hasClock, func(m *Meter, _ *dice) { m.skew = -time.Hour })
	setDay       = on(isAllocator, func(m *Meter, d *dice) { m.drop, m.changedAt, m.start = m.start, changed, d.between(0, 3) })
	isNew        = on(counts, func(m *Meter, _ *dice) { m.start, m.daily, m.isNew = 0, 0, true })
)

// amissBy is by how much a value is out of range, in twentieths.
var amissBy = map[wmbus.DeviceType]int64{wmbus.TypeHeatFlow: 120, wmbus.TypeHeatCostAllocator: 100, wmbus.TypeElectricity: 500}

// showSame makes the next meter of the same make show the same.
func showSame(b *Building, row int, _ *dice) []int {
	m := b.meters[row]
	if !b.untouched(row) || !counts(m) {
		return nil
	}
	for other := row + 1; other < len(b.rows); other++ {
		if twin := b.meters[other]; b.untouched(other) && twin.model == m.model {
			m.daily = 0
			twin.start, twin.daily = m.start, 0
			return []int{row, other}
		}
	}
	return nil
}

func isCooling(b *Building, row int, _ *dice) []int {
	m := b.meters[row]
	if !b.untouched(row) || !isScylar(m) {
		return nil
	}
	cooling := *m.model
	cooling.kind = wmbus.TypeCooling
	m.model, m.Address.Type = &cooling, cooling.kind
	b.rows[row].Medium = m.Medium()
	return []int{row}
}
