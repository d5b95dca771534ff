package wmbus

// headerForm is the transport header that a CI-field brings.
type headerForm uint8

const (
	headerNone headerForm = iota
	headerShort
	headerLong
)

// content is what follows the transport header of a CI-field.
type content uint8

const (
	contentUnreadable content = iota // cannot hold a reading, or no public description
	contentRecords                   // data records
	contentCompact                   // compact frame
	contentFormat                    // format frame
	contentNothing                   // the header is all
	contentError                     // one byte: application error
	contentAlarm                     // one byte: alarm
	contentMaker                     // manufacturer specific
	contentLayer                     // not a transport layer: ELL, NWL, AFL
)

// ciField is one row of the CI table (docs/protocol/transport.md#ci-field).
type ciField struct {
	name    string
	header  headerForm
	content content
}

const (
	ciHighFirst = 0x76 // as 72, with every number and date high byte first
	ciNetwork   = 0x81
	ciELLVar    = 0x86
	ciELL1      = 0x8C
	ciELL2      = 0x8D
	ciELL3      = 0x8E
	ciELL4      = 0x8F
	ciAFL       = 0x90
)

var ciFields = makeCITable()

func makeCITable() *[256]ciField {
	table := new([256]ciField)
	for ci := range table {
		switch {
		case ci <= 0x1F:
			table[ci].name = "reserved (DLMS)"
		case ci >= 0xA0 && ci <= 0xB7:
			table[ci] = ciField{"manufacturer specific", headerNone, contentMaker}
		case ci >= 0xB8 && ci <= 0xBF:
			table[ci].name = "set baud rate"
		default:
			table[ci].name = "reserved"
		}
	}
	for ci, field := range namedCIFields {
		table[ci] = field
	}
	return table
}

var namedCIFields = map[byte]ciField{
	0x50: {"application reset or select to device", headerNone, contentUnreadable},
	0x51: {"data to device", headerNone, contentUnreadable},
	0x52: {"selection of device", headerNone, contentUnreadable},
	0x53: {"application reset or select to device", headerLong, contentUnreadable},
	0x54: {"request of selected application to device", headerNone, contentUnreadable},
	0x55: {"request of selected application to device", headerLong, contentUnreadable},
	0x5A: {"data to device", headerShort, contentUnreadable},
	0x5B: {"data to device", headerLong, contentUnreadable},
	0x5C: {"synchronise action", headerNone, contentUnreadable},
	0x5F: {"specific usage", headerLong, contentUnreadable},
	0x60: {"COSEM data to device", headerLong, contentUnreadable},
	0x61: {"COSEM data to device", headerShort, contentUnreadable},
	0x64: {"OBIS data to device", headerLong, contentUnreadable},
	0x65: {"OBIS data to device", headerShort, contentUnreadable},
	0x66: {"selected application from device", headerNone, contentUnreadable},
	0x67: {"selected application from device", headerShort, contentUnreadable},
	0x68: {"selected application from device", headerLong, contentUnreadable},
	0x69: {"format frame", headerNone, contentFormat},
	0x6A: {"format frame", headerShort, contentFormat},
	0x6B: {"format frame", headerLong, contentFormat},
	0x6C: {"clock synchronisation, absolute", headerLong, contentUnreadable},
	0x6D: {"clock synchronisation, relative", headerLong, contentUnreadable},
	0x6E: {"application error from device", headerShort, contentError},
	0x6F: {"application error from device", headerLong, contentError},
	0x70: {"application error from device", headerNone, contentError},
	0x71: {"alarm report", headerNone, contentAlarm},
	0x72: {"application data", headerLong, contentRecords},
	0x73: {"compact frame", headerLong, contentCompact},
	0x74: {"alarm from device", headerShort, contentAlarm},
	0x75: {"alarm from device", headerLong, contentAlarm},
	0x76: {"application data, high byte first", headerLong, contentRecords},
	0x77: {"legacy data", headerNone, contentUnreadable},
	0x78: {"application data", headerNone, contentRecords},
	0x79: {"compact frame", headerNone, contentCompact},
	0x7A: {"application data", headerShort, contentRecords},
	0x7B: {"compact frame", headerShort, contentCompact},
	0x7C: {"COSEM application", headerLong, contentUnreadable},
	0x7D: {"COSEM application", headerShort, contentUnreadable},
	0x7E: {"OBIS application", headerLong, contentUnreadable},
	0x7F: {"OBIS application", headerShort, contentUnreadable},
	0x80: {"transport layer to device", headerLong, contentNothing},
	0x81: {"network layer", headerNone, contentLayer},
	0x82: {"network management to device", headerShort, contentUnreadable},
	0x83: {"network management to device", headerNone, contentUnreadable},
	0x84: {"compact frame to device", headerLong, contentUnreadable},
	0x85: {"format frame to device", headerLong, contentUnreadable},
	0x86: {"extended link layer, variable", headerNone, contentLayer},
	0x87: {"network management from device", headerLong, contentUnreadable},
	0x88: {"network management from device", headerShort, contentUnreadable},
	0x89: {"network management from device", headerNone, contentUnreadable},
	0x8A: {"transport layer from meter", headerShort, contentNothing},
	0x8B: {"transport layer from meter", headerLong, contentNothing},
	0x8C: {"extended link layer I", headerNone, contentLayer},
	0x8D: {"extended link layer II", headerNone, contentLayer},
	0x8E: {"extended link layer III", headerNone, contentLayer},
	0x8F: {"extended link layer IV", headerNone, contentLayer},
	0x90: {"authentication and fragmentation layer", headerNone, contentLayer},
	0xC0: {"image transfer to device", headerLong, contentUnreadable},
	0xC1: {"image transfer from device", headerShort, contentUnreadable},
	0xC2: {"image transfer from device", headerLong, contentUnreadable},
	0xC3: {"security information transfer", headerLong, contentUnreadable},
	0xC4: {"security information transfer", headerShort, contentUnreadable},
	0xC5: {"security information transfer", headerLong, contentUnreadable},
}

// KnownCI reports whether the standard gives the CI-field a meaning, or leaves
// it to manufacturers.
func KnownCI(ci byte) bool {
	return ciFields[ci].content != contentUnreadable || namedCIFields[ci].name != ""
}
