package format_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"earshot/collector/reading"
	"earshot/collector/upload/format"
	"earshot/device/wmbus"
)

// unannounced are quantities that are no entity: parameters, identifiers,
// counters of the meter's own, dates and texts. A new quantity is here, or it is
// announced.
var unannounced = []wmbus.Quantity{
	wmbus.Unknown, wmbus.DateQuantity, wmbus.DateTimeQuantity, wmbus.AveragingDuration, wmbus.ActualityDuration, wmbus.FabricationNumber,
	wmbus.EnhancedIdentification, wmbus.BusAddress, wmbus.TextQuantity, wmbus.AnyQuantity, wmbus.ManufacturerData, wmbus.Credit, wmbus.Debit,
	wmbus.AccessNumber, wmbus.DeviceTypeQuantity, wmbus.ManufacturerQuantity, wmbus.ParameterSet, wmbus.ModelVersion, wmbus.HardwareVersion,
	wmbus.MetrologyFirmwareVersion, wmbus.SoftwareVersion, wmbus.CustomerLocation, wmbus.Customer, wmbus.AccessCodeUser, wmbus.AccessCodeOperator,
	wmbus.AccessCodeSystemOperator, wmbus.AccessCodeDeveloper, wmbus.Password, wmbus.ErrorFlags, wmbus.ErrorMask, wmbus.SecurityKey,
	wmbus.DigitalOutput, wmbus.DigitalInput, wmbus.BaudRate, wmbus.ResponseDelay, wmbus.Retry, wmbus.RemoteControl, wmbus.FirstStorage,
	wmbus.LastStorage, wmbus.StorageBlockSize, wmbus.TariffDescriptor, wmbus.StorageInterval, wmbus.OperatorData, wmbus.TimeSinceReadout,
	wmbus.TariffStart, wmbus.TariffDuration, wmbus.TariffPeriod, wmbus.DataContainer, wmbus.TransmissionPeriod, wmbus.ResetCounter,
	wmbus.CumulationCounter, wmbus.ControlSignal, wmbus.DayOfWeek, wmbus.WeekNumber, wmbus.DayChangeTime, wmbus.ParameterState,
	wmbus.SupplierInformation, wmbus.TimeSinceCumulation, wmbus.BatteryChangeDate, wmbus.DaylightSaving, wmbus.ListeningWindow, wmbus.StopCounter,
	wmbus.SelectedApplication, wmbus.RatingFactorResulting, wmbus.RatingFactorOutput, wmbus.RatingFactorCoupling, wmbus.RatingFactorCouplingRoom,
	wmbus.RatingFactorCouplingHeater, wmbus.RatingFactorLowTemperature, wmbus.RatingFactorScaling, wmbus.TemperatureLimit, wmbus.LimitExceedCount,
	wmbus.LimitExceedDuration, wmbus.Duration, wmbus.StartDate, wmbus.EndDate, wmbus.ObjectAction, wmbus.ApplicationError, wmbus.AlarmState,
	wmbus.InfoFlags, wmbus.SerialNumber, wmbus.EventDate, wmbus.EventCount, wmbus.StatusFlags, wmbus.MeterName, wmbus.CurrentRatio, wmbus.VoltageRatio,
}

// converted are the units of which Home Assistant gets another one.
var converted = map[wmbus.Unit]struct {
	unit   string
	factor float64
}{
	wmbus.UnitMonth: {"d", 30.436875}, wmbus.UnitYear: {"d", 365.2425}, wmbus.UnitMJPerHour: {"kW", 1 / 3.6},
}

// spelled are the units that Home Assistant writes otherwise.
var spelled = map[wmbus.Unit]string{
	wmbus.UnitLitre: "L", wmbus.UnitLitrePerHour: "L/h", wmbus.UnitRelativeHumidity: "%", wmbus.UnitM3Celsius: "m³°C",
}

// all lists what has a name, from the first value on.
func all[T ~uint8](t *testing.T, parse func(string) (T, bool)) (list []T) {
	t.Helper()
	for i := range 256 {
		v := T(i)
		if back, ok := parse(fmt.Sprint(v)); ok && back == v {
			list = append(list, v)
		}
	}
	return list
}

// Every quantity in every unit: it is announced in a form that Home Assistant
// takes, with the value that the meter sent. The decoder makes fewer pairs.
func TestEveryQuantityAndUnit(t *testing.T) {
	t.Parallel()
	quantities, units := all(t, wmbus.ParseQuantity), all(t, wmbus.ParseUnit)
	if len(quantities) < 100 || len(units) < 40 {
		t.Fatalf("%d quantities, %d units", len(quantities), len(units))
	}
	a := announce(t, format.Earshot)
	for _, medium := range []wmbus.DeviceType{wmbus.TypeWater, wmbus.TypeGas, wmbus.TypeHeat} {
		for _, q := range quantities {
			records := make([]reading.Record, len(units))
			for i, u := range units {
				// Each is a tariff of its own, so that one message holds all.
				records[i] = reading.Record{Quantity: q, Unit: u, Value: wmbus.Decimal(1250+int64(i), -2), Tariff: uint32(i + 1)}
			}
			everyUnit(t, a, medium, q, records)
		}
	}
}

func everyUnit(t *testing.T, a *announcer, medium wmbus.DeviceType, q wmbus.Quantity, records []reading.Record) {
	t.Helper()
	p := reading.Published{
		Site: "Test", Meter: "x", Address: wmbus.Address{Version: byte(q), Type: medium},
		Reading: &reading.Reading{Medium: medium.Medium(), Time: time.Date(2026, 3, 2, 9, 15, 0, 0, time.UTC), Records: records},
	}
	r, _, meter := a.see(string(p.Encode()))
	message := valueJSON(t, r.Payload)
	for i, rec := range records {
		c, there := meter.Components[q.String()+"_tariff_"+strconv.Itoa(i+1)]
		if there == slices.Contains(unannounced, q) {
			t.Errorf("%s in %q is announced: %v", q, rec.Unit, there)
		}
		if !there {
			continue
		}
		unit, factor := rec.Unit.String(), 1.0
		if other, is := spelled[rec.Unit]; is {
			unit = other
		}
		if other, is := converted[rec.Unit]; is {
			unit, factor = other.unit, other.factor
		}
		if c.DeviceClass == "gas" && rec.Unit == wmbus.UnitGallon {
			unit, factor = "L", 3.785411784
		}
		if q == wmbus.HeatCostAllocation && unit == "" {
			unit = "HCA"
		}
		want, _ := rec.Number()
		got, err := strconv.ParseFloat(stateOf(t, c.Template, message), 64)
		if err != nil || math.Abs(got-want*factor) > 1e-5 || c.Unit != unit || c.StateClass == "" {
			t.Errorf("%s of %s %s is %v %q, %s, %v", q, rec.Text(), medium.Medium(), got, c.Unit, c.StateClass, err)
		}
	}
}

// The classes that the energy dashboard asks for, and what only looks like them.
func TestClasses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		medium   wmbus.DeviceType
		quantity wmbus.Quantity
		unit     wmbus.Unit
		want     string
	}{
		{medium: wmbus.TypeColdWater, quantity: wmbus.Volume, unit: wmbus.UnitM3, want: "water m³ total"},
		{medium: wmbus.TypeColdWater, quantity: wmbus.Volume, unit: wmbus.UnitGallon, want: "water gal total"},
		{medium: wmbus.TypeGas, quantity: wmbus.Volume, unit: wmbus.UnitM3, want: "gas m³ total"},
		{medium: wmbus.TypeGas, quantity: wmbus.Volume, unit: wmbus.UnitGallon, want: "gas L total"},
		{medium: wmbus.TypeHeat, quantity: wmbus.Volume, unit: wmbus.UnitLitre, want: "volume L total"},
		{medium: wmbus.TypeHeat, quantity: wmbus.Energy, unit: wmbus.UnitMcal, want: "energy Mcal total"},
		{medium: wmbus.TypeHeat, quantity: wmbus.Energy, unit: wmbus.UnitGJ, want: "energy GJ total"},
		{medium: wmbus.TypeHeat, quantity: wmbus.Power, unit: wmbus.UnitMJPerHour, want: "power kW measurement"},
		{medium: wmbus.TypeHeat, quantity: wmbus.VolumeFlow, unit: wmbus.UnitGallonPerMinute, want: "volume_flow_rate gal/min measurement"},
		{medium: wmbus.TypeHeat, quantity: wmbus.TemperatureDifference, unit: wmbus.UnitKelvin, want: "temperature_delta K measurement"},
		{medium: wmbus.TypeHeat, quantity: wmbus.BatteryLife, unit: wmbus.UnitMonth, want: "duration d measurement"},
		{medium: wmbus.TypeHeat, quantity: wmbus.BatteryLife, unit: wmbus.UnitPercent, want: "battery % measurement"},
		{medium: wmbus.TypeHeatCostAllocator, quantity: wmbus.HeatCostAllocation, unit: wmbus.UnitNone, want: " HCA total_increasing"},
		{medium: wmbus.TypeElectricity, quantity: wmbus.ApparentEnergy, unit: wmbus.UnitKVAh, want: " kVAh total"},
	} {
		p := reading.Published{Site: "Test", Meter: "x", Address: wmbus.Address{Type: c.medium}, Reading: &reading.Reading{
			Medium: c.medium.Medium(), Records: []reading.Record{{Quantity: c.quantity, Unit: c.unit, Value: wmbus.Decimal(1, 0)}},
		}}
		_, _, meter := announce(t, format.Earshot).see(string(p.Encode()))
		e := meter.Components[c.quantity.String()]
		if got := e.DeviceClass + " " + e.Unit + " " + e.StateClass; got != c.want {
			t.Errorf("%s in %s of %s: %s, want %s", c.quantity, c.unit, c.medium.Medium(), got, c.want)
		}
	}
}
