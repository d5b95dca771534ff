package wmbus

// Substance is what a telegram is good for, by the best of its records.
type Substance uint8

// The substances, from nothing to something.
const (
	Unread     Substance = iota // it could not be opened or read: Telegram.Err says why
	SignOfLife                  // the meter is there: an access number, a request, fillers, but no record
	MakersOwn                   // only manufacturer specific codes and bytes
	Static                      // only what does not change: numbers, versions, names
	Values                      // something that the meter measured or noticed
)

var substanceWords = [...]string{"unread", "sign_of_life", "makers_own", "static", "values"}

// String returns a short word: "sign_of_life".
func (s Substance) String() string {
	if int(s) < len(substanceWords) {
		return substanceWords[s]
	}
	return ""
}

// staticQuantities name the meter and do not change.
var staticQuantities = quantitySet(
	FabricationNumber, EnhancedIdentification, BusAddress, TextQuantity, DeviceTypeQuantity, ManufacturerQuantity, ParameterSet,
	ModelVersion, HardwareVersion, MetrologyFirmwareVersion, SoftwareVersion, CustomerLocation, Customer, AccessCodeUser,
	AccessCodeOperator, AccessCodeSystemOperator, AccessCodeDeveloper, Password, SecurityKey, BaudRate, ResponseDelay, Retry,
	FirstStorage, LastStorage, StorageBlockSize, StorageInterval, SupplierInformation, TransmissionPeriod, SerialNumber, MeterName,
)

func quantitySet(list ...Quantity) *[quantityCount]bool {
	set := new([quantityCount]bool)
	for _, q := range list {
		set[q] = true
	}
	return set
}

// Substance looks at the records. A telegram with nothing but SignOfLife or
// Static is neither a failure nor a reading.
func (t *Telegram) Substance() Substance {
	best := SignOfLife
	if t.Err != nil && (t.Err.Kind != ErrLength || t.Cut()) || !t.Security.Result.Readable() {
		best = Unread
	}
	for i := range t.Records {
		best = max(best, t.Records[i].substance())
	}
	return best
}

func (r *Record) substance() Substance {
	switch {
	case r.Quantity == Unknown || r.Quantity == ManufacturerData:
		return MakersOwn
	case staticQuantities[r.Quantity]:
		return Static
	case !r.Value.Valid():
		return SignOfLife
	}
	return Values
}
