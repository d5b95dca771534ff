package wmbus

// flag is what some bits of a word say: the status, if any of them is set.
type flag struct {
	bits   uint64
	status Status // statusNone if the meaning is known but has no word
	all    bool   // only if all of the bits are set
	unless uint64 // no status if one of these is set, too
}

// addFlags adds to the telegram's status what the bits of a word say. rest is the
// bits that the table does not know.
func (t *Telegram) addFlags(word uint64, table []flag) (rest uint64) {
	rest = word
	for i := range table {
		f := &table[i]
		if set := word & f.bits; set == 0 || f.all && set != f.bits {
			continue
		}
		rest &^= f.bits
		if word&f.unless == 0 {
			t.Status.Add(f.status)
		}
	}
	return rest
}

// addWord is addFlags for words of flags: bits that the table does not know are
// shown as the maker's.
func (t *Telegram) addWord(word uint64, table []flag) {
	t.Status.AddMaker(MakerFlags{Word: t.addFlags(word, table)})
}

// addTransportStatus adds what the status byte of the transport layer says
// (EN 13757-7; docs/protocol/status.md#status-byte). Some makers give its bits
// a meaning of their own; bits 5 to 7 have no other.
func (t *Telegram) addTransportStatus(b byte) {
	if b == 0 {
		return
	}
	rest := byte(t.addFlags(uint64(b), t.flagsOf(fieldStatus, 1).bits()))
	rest = byte(t.addFlags(uint64(rest), transportFlags[:]))
	t.Status.AddMaker(MakerFlags{Status: rest})
}

// transportFlags are the bits of the status byte that the standard names.
var transportFlags = [...]flag{
	{bits: 3, status: StatusAlarm, all: true},
	{bits: 1, status: StatusBusy, unless: 2},
	{bits: 2, status: StatusApplicationError, unless: 1},
	{bits: 1 << 2, status: StatusLowBattery},
	{bits: 1 << 3, status: StatusPermanentError},
	{bits: 1 << 4, status: StatusTemporaryError},
}

// readFlags translates the current error flags (VIF FD 17). A word that is not
// zero never goes unseen, whether its maker's bits are known or not.
func (t *Telegram) readFlags() {
	for i := range t.Records {
		r := &t.Records[i]
		if r.Quantity != ErrorFlags || r.Storage != 0 || r.Function != Instantaneous || r.Qualifiers&^StandardConformant != 0 {
			continue
		}
		word := r.word()
		if word == 0 {
			continue
		}
		field := fieldErrors
		if r.Qualifiers != 0 {
			field = fieldStandardErrors
		}
		table := t.flagsOf(field, len(r.Raw()))
		switch {
		case table != nil && table.sums != nil:
			t.addSums(word, table.sums)
		default:
			t.addWord(word, table.bits())
		}
	}
}

// word is the value of a record as a word of flags, 0 if it is none.
func (r *Record) word() uint64 {
	const longest = 8
	if raw := r.Raw(); len(raw) <= longest && r.Value.kind == NumberValue {
		return littleEndian(raw)
	}
	return 0
}

// codeSum is a code of a word that holds codes added up in decimal: at most one of each digit.
type codeSum struct {
	code   uint64
	status Status
}

// addSums adds what the decimal digits of a word say.
func (t *Telegram) addSums(word uint64, table []codeSum) {
	for rest, place := word, uint64(1); rest > 0; rest, place = rest/10, place*10 {
		code, known := rest%10*place, false
		for _, s := range table {
			if s.code == code {
				t.Status.Add(s.status)
				known = true
			}
		}
		if !known && code != 0 {
			t.Status.AddMaker(MakerFlags{Word: word})
		}
	}
}

// flagField is where flags stand.
type flagField uint8

const (
	fieldStatus         flagField = iota // status byte of the transport layer
	fieldErrors                          // VIF FD 17
	fieldStandardErrors                  // VIF FD 97 1D
)

// flagTable is what the bits of one field of some meters say.
type flagTable struct {
	models []model
	field  flagField
	size   int // of the field in bytes; 0 is any
	flags  []flag
	sums   []codeSum // instead of flags
}

func (f *flagTable) bits() []flag {
	if f == nil {
		return nil
	}
	return f.flags
}

var flagTablesOf = indexMakers(pointers(flagTables[:]), func(t *flagTable) []model { return t.models })

// flagsOf finds the table of a field, nil if the maker's bits are not known.
func (t *Telegram) flagsOf(field flagField, size int) *flagTable {
	a := t.Header.Meter
	for _, table := range flagTablesOf.find(a.Manufacturer) {
		if table.field != field || table.size != 0 && table.size != size {
			continue
		}
		for j := range table.models {
			if table.models[j].matches(a, t.layers.header.CI, t.layers.tpl.config) {
				return table
			}
		}
	}
	return nil
}
