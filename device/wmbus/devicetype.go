package wmbus

// DeviceType is what kind of meter an address names (EN 13757-3, device type
// identification; docs/protocol/linklayer.md#device-type).
type DeviceType byte

// Device types that this package and its callers use.
const (
	TypeOther             DeviceType = 0x00
	TypeElectricity       DeviceType = 0x02
	TypeGas               DeviceType = 0x03
	TypeHeat              DeviceType = 0x04
	TypeWarmWater         DeviceType = 0x06
	TypeWater             DeviceType = 0x07
	TypeHeatCostAllocator DeviceType = 0x08
	TypeCooling           DeviceType = 0x0A
	TypeHeatFlow          DeviceType = 0x0C
	TypeHeatCooling       DeviceType = 0x0D
	TypeUnknown           DeviceType = 0x0F
	TypeHotWater          DeviceType = 0x15
	TypeColdWater         DeviceType = 0x16
	TypeSmokeDetector     DeviceType = 0x1A
	TypeRoomSensor        DeviceType = 0x1B
	TypeSystemConverter   DeviceType = 0x36
	TypeMeterConverter    DeviceType = 0x37
)

// deviceTypes holds the short word and the full name of each type.
var deviceTypes = [256]struct{ medium, name string }{
	0x00: {"other", "other"},
	0x01: {"oil", "oil"},
	0x02: {"electricity", "electricity"},
	0x03: {"gas", "gas"},
	0x04: {"heat", "heat (volume measured in the return)"},
	0x05: {"steam", "steam"},
	0x06: {"warm water", "warm water (30 to 90 °C)"},
	0x07: {"water", "water"},
	0x08: {"heat cost allocator", "heat cost allocator"},
	0x09: {"compressed air", "compressed air"},
	0x0A: {"cooling", "cooling (volume measured in the return)"},
	0x0B: {"cooling", "cooling (volume measured in the flow)"},
	0x0C: {"heat", "heat (volume measured in the flow)"},
	0x0D: {"heat/cooling", "combined heat and cooling"},
	0x0E: {"bus/system component", "bus or system component"},
	0x0F: {"unknown", "unknown"},
	0x10: {"irrigation water", "irrigation water"},
	0x11: {"water data logger", "water data logger"},
	0x12: {"gas data logger", "gas data logger"},
	0x13: {"gas converter", "gas converter"},
	0x14: {"calorific value", "calorific value"},
	0x15: {"hot water", "hot water (90 °C and above)"},
	0x16: {"cold water", "cold water"},
	0x17: {"hot/cold water", "dual register hot and cold water"},
	0x18: {"pressure", "pressure"},
	0x19: {"A/D converter", "A/D converter"},
	0x1A: {"smoke detector", "smoke detector"},
	0x1B: {"room sensor", "room sensor (temperature, humidity)"},
	0x1C: {"gas detector", "gas detector"},
	0x1D: {"sensor", "reserved for sensors"},
	0x1E: {"sensor", "reserved for sensors"},
	0x1F: {"sensor", "reserved for sensors"},
	0x20: {"breaker", "breaker (electricity)"},
	0x21: {"valve", "valve (gas or water)"},
	0x22: {"switching device", "reserved for switching devices"},
	0x23: {"switching device", "reserved for switching devices"},
	0x24: {"switching device", "reserved for switching devices"},
	0x25: {"customer unit", "customer unit (display)"},
	0x26: {"customer unit", "reserved for customer units"},
	0x27: {"customer unit", "reserved for customer units"},
	0x28: {"waste water", "waste water"},
	0x29: {"garbage", "garbage"},
	0x2A: {"carbon dioxide", "reserved for carbon dioxide"},
	0x2B: {"environment", "reserved for environmental meters"},
	0x2C: {"environment", "reserved for environmental meters"},
	0x2D: {"environment", "reserved for environmental meters"},
	0x2E: {"environment", "reserved for environmental meters"},
	0x2F: {"environment", "reserved for environmental meters"},
	0x30: {"service tool", "service tool"},
	0x31: {"communication controller", "communication controller (gateway)"},
	0x32: {"repeater", "unidirectional repeater"},
	0x33: {"repeater", "bidirectional repeater"},
	0x34: {"system device", "reserved for system devices"},
	0x35: {"system device", "reserved for system devices"},
	0x36: {"radio converter", "radio converter (system side)"},
	0x37: {"radio converter", "radio converter (meter side)"},
	0x38: {"bus converter", "bus converter (meter side)"},
	0x39: {"system device", "reserved for system devices"},
	0x3A: {"system device", "reserved for system devices"},
	0x3B: {"system device", "reserved for system devices"},
	0x3C: {"system device", "reserved for system devices"},
	0x3D: {"system device", "reserved for system devices"},
	0x3E: {"system device", "reserved for system devices"},
	0x3F: {"system device", "reserved for system devices"},
	0xFF: {"any", "wildcard (addressing only)"},
}

// vendorTypes are device types that one manufacturer uses in its own way
// (docs/protocol/linklayer.md#device-type, docs/protocol/proprietary.md#techem).
var vendorTypes = []struct {
	manufacturer Manufacturer
	version      int // -1 is any
	from         DeviceType
	to           DeviceType
}{
	{manufacturer("TCH"), -1, 0x43, TypeHeat},
	{manufacturer("TCH"), -1, 0x45, TypeHeat},
	{manufacturer("TCH"), -1, 0xC3, TypeHeat},
	{manufacturer("TCH"), -1, 0x62, TypeWarmWater},
	{manufacturer("TCH"), -1, 0x72, TypeColdWater},
	{manufacturer("TCH"), -1, 0x80, TypeHeatCostAllocator},
	{manufacturer("TCH"), -1, 0xF0, TypeSmokeDetector},
	{manufacturer("APT"), 0x04, 0x11, TypeWater},
	{manufacturer("APT"), 0x03, 0x03, TypeWater},
	{manufacturer("APT"), 0x0F, 0x0F, TypeWater},
}

// Medium returns a short word by the standard's terms: "cold water", "heat".
func (d DeviceType) Medium() string {
	if m := deviceTypes[d].medium; m != "" {
		return m
	}
	return "reserved"
}

// String returns the standard's full name of the type.
func (d DeviceType) String() string {
	if n := deviceTypes[d].name; n != "" {
		return n
	}
	return "reserved or manufacturer specific"
}

// Kind returns the device type, with the own codes of some manufacturers replaced by
// the standard's.
func (a Address) Kind() DeviceType {
	for i := range vendorTypes {
		v := &vendorTypes[i]
		if v.from == a.Type && v.manufacturer == a.Manufacturer.letters() && (v.version < 0 || v.version == int(a.Version)) {
			return v.to
		}
	}
	return a.Type
}

// Medium returns the short word for what the meter measures.
func (a Address) Medium() string { return a.Kind().Medium() }
