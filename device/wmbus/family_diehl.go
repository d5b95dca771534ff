package wmbus

// familyRealData are Diehl telegrams that are scrambled like PRIOS but hold
// standard records: bit 12 of the configuration word marks them, or CI 71
// (docs/protocol/proprietary.md#diehl-real-data).
var familyRealData = family{
	name: "diehl real data",
	models: append(
		withConfig(withCI(forMakers("SAP", "DME", "HYD", "EWT", "SPL"), 0x7A, 0x7A), realDataBit),
		withCI(forMakers("SAP", "DME", "HYD", "EWT", "SPL"), 0x71, 0x71)...),
	address: priosAddress,
	open:    openRealData,
	payload: readRealData,
}

// familyDiehl are the Diehl meters with standard telegrams, which often keep
// the maker's public key.
var familyDiehl = family{
	name:   "diehl",
	models: forMakers("DME", "HYD", "EWT", "SPL"),
}

const (
	realDataBit    = 0x1000
	realDataHeader = 5    // CI and four bytes in clear
	realDataMask   = 0xEF // of the checksum: bit 12 of the configuration word lies over it
)

// realData is the scrambled part, which begins at the same place with CI 7A,
// whose header these four bytes are, and with CI 71, which has none.
func (t *Telegram) realData() []byte {
	return t.buf[min(t.layers.tpl.from+realDataHeader, len(t.buf)):]
}

// openRealData unscrambles with the key whose outcome adds up to the checksum
// in the last byte before; a telegram stored in clear does so as it is.
func openRealData(t *Telegram, key *Key) *Error {
	t.Security.Mode = ModePRIOS
	data := t.realData()
	if len(data) == 0 {
		return failure(ErrTruncated, 0, "a telegram with Diehl real data ends before them")
	}
	from := len(t.buf) - len(data)
	want := t.buf[from-1] & realDataMask
	if sum(data)&realDataMask == want {
		return nil
	}
	t.encrypted = span{from, len(t.buf)}
	opened := t.tryPRIOS(key, func(word uint32) bool {
		if scramble(data, word); sum(data)&realDataMask == want {
			return true
		}
		scramble(data, word) // back to what was received
		return false
	})
	if opened {
		return nil
	}
	return t.needsPRIOS(0)
}

// scramble adds the stream of the shift register to b; twice leaves b as it
// was.
func scramble(b []byte, register uint32) {
	for i := range b {
		register = nextPRIOS(register)
		b[i] ^= byte(register)
	}
}

func sum(b []byte) byte {
	var s byte
	for _, x := range b {
		s += x
	}
	return s
}

func readRealData(t *Telegram) (bool, *Error) {
	t.Plain = t.realData()
	t.plainAt = len(t.buf) - len(t.Plain)
	err := t.readRecords(t.Plain, 0)
	t.refine()
	return true, shift(err, t.plainAt-t.layers.pos)
}
