package wmbus

// recordHeader is a data record's DIF, DIFEs, VIF and VIFEs, read.
type recordHeader struct {
	data     byte // the low nibble of the DIF: how the value is coded
	function Function
	storage  uint64
	tariff   uint32
	subunit  uint16

	vif        vif
	of         Quantity // the base quantity, where a VIFE made another of it
	qualifiers Qualifiers
	per        Per
	scale      int8 // by VIFEs
	offset     int8 // by VIFEs, with shifted
	shifted    bool

	// Where its parts stand in the bytes it was read from.
	start, vifAt, vifeAt, end int
	codes                     int // VIFEs that belong to the VIF itself, as the code after FD
	labelAt, labelEnd         int // the text of a text VIF, last character first
}

const (
	maxDIFE = 10
	maxVIFE = 10

	difFiller        = 0x2F
	difMaker         = 0x0F
	difMakerMore     = 0x1F
	difSpecial       = 0x0F // low nibble
	difVariable      = 0x0D
	difReal          = 0x05
	difGlobalReadout = 0x7F
	extensionBit     = 0x80
	firstOddVIF      = 0x7C // the VIFs below it that are not extended mean what the table says
)

// dataLength is the length of a value by the low nibble of its DIF
// (docs/protocol/records.md#dif); that of
// variable length has one more byte to say it.
var dataLength = [16]int{0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, 1, 6, 0}

// read reads the header that begins at p[at], which is not a special DIF. device
// decides between the two generations of FD codes.
// Source: docs/protocol/records.md#record.
func (h *recordHeader) read(p []byte, at int, device DeviceType) *Error {
	dif := p[at]
	*h = recordHeader{data: dif & 15, function: Function(dif >> 4 & 3), storage: uint64(dif >> 6 & 1), start: at}
	pos := at + 1
	if dif&extensionBit == 0 && pos < len(p) && p[pos] < firstOddVIF { // most records
		h.vif, h.vifAt, h.vifeAt, h.end = primaryVIF[p[pos]], pos, pos+1, pos+1
		return nil
	}
	for i, more := 0, dif&extensionBit != 0; more; i++ {
		if pos == len(p) {
			return failure(ErrTruncated, at, "the telegram ends inside the DIF of this record")
		}
		if i == maxDIFE {
			return failure(ErrRecord, at, "more than %d DIFEs: these are not data records, or they were received with errors", maxDIFE)
		}
		dife := p[pos]
		h.storage |= uint64(dife&15) << (1 + 4*i)
		h.tariff |= uint32(dife>>4&3) << (2 * i)
		h.subunit |= uint16(dife>>6&1) << i
		more = dife&extensionBit != 0
		pos++
	}
	h.vifAt = pos
	if pos == len(p) {
		return failure(ErrTruncated, at, "the telegram ends before the VIF of this record")
	}
	if err := h.readVIF(p, device); err != nil {
		return err
	}
	return h.combine(p)
}

// readVIF finds the meaning of the VIF and the end of the VIFEs.
func (h *recordHeader) readVIF(p []byte, device DeviceType) *Error {
	code := p[h.vifAt]
	h.vifeAt = h.vifAt + 1
	if code&0x7F == 0x7C && h.readLabel(p, h.vifeAt, code == 0xFC) {
		h.vif = primaryVIF[0x7C]
		h.vifeAt = h.labelEnd
	}
	if err := h.findEnd(p, code&extensionBit != 0); err != nil {
		return err
	}
	switch code {
	case 0xFD:
		h.codes = 1
		second := p[h.vifeAt] & 0x7F
		h.vif = extensionFD[second]
		switch {
		case second == 0x7D && h.vifeAt+1 < h.end:
			h.codes = 2
			h.vif = secondFD[p[h.vifeAt+1]&0x7F]
		case second == 0x30 && device == TypeHeatCostAllocator:
			h.vif = newerFD30
		}
	case 0xFB:
		h.codes = 1
		h.vif = extensionFB[p[h.vifeAt]&0x7F]
	case 0x7C, 0xFC:
		h.vif = primaryVIF[0x7C]
		if h.labelEnd == 0 { // the text follows the VIFEs
			if !h.readLabel(p, h.end, false) {
				return failure(ErrTruncated, h.start, "the telegram ends inside the text that is this record's VIF")
			}
			h.end = h.labelEnd
		}
	case 0x7F, 0xFF:
		h.qualifiers |= MakerVIFE
	default:
		h.vif = primaryVIF[code&0x7F]
	}
	return nil
}

// readLabel looks for the text of a text VIF: a length, and as many printable
// characters. Meters place it before the VIFEs or after them; strict demands
// printable characters, to tell the two.
func (h *recordHeader) readLabel(p []byte, at int, strict bool) bool {
	if at >= len(p) || at+1+int(p[at]) > len(p) {
		return false
	}
	end := at + 1 + int(p[at])
	for _, c := range p[at+1 : end] {
		if strict && isControl(rune(c)) {
			return false
		}
	}
	h.labelAt, h.labelEnd = at+1, end
	return true
}

// findEnd walks over the VIFEs.
func (h *recordHeader) findEnd(p []byte, more bool) *Error {
	pos := h.vifeAt
	for ; more; pos++ {
		if pos == len(p) {
			return failure(ErrTruncated, h.start, "the telegram ends inside the VIF of this record")
		}
		if pos-h.vifeAt == maxVIFE {
			return failure(ErrRecord, h.start, "more than %d VIFEs: these are not data records, or they were received with errors", maxVIFE)
		}
		more = p[pos]&extensionBit != 0
	}
	h.end = pos
	return nil
}

// combine applies the VIFEs that follow the VIF and its own codes.
func (h *recordHeader) combine(p []byte) *Error {
	end := h.end
	if h.labelEnd == h.end && h.labelEnd > h.vifeAt {
		end = h.labelAt - 1
	}
	for pos := h.vifeAt + h.codes; pos < end && h.qualifiers&MakerVIFE == 0; pos++ {
		code := p[pos] & 0x7F
		effect := &combinableVIFE[code]
		if code == 0x7C && pos+1 < end {
			pos++
			effect = &vife{add: ReservedVIFE}
			if second := p[pos] & 0x7F; int(second) < len(extendedVIFE) && second != 0 {
				effect = &extendedVIFE[second]
			}
		}
		h.apply(effect)
	}
	return nil
}

func (h *recordHeader) apply(effect *vife) {
	h.qualifiers |= effect.add
	if effect.scaled {
		h.scale += effect.scale
	}
	if effect.shifted {
		h.shifted, h.offset = true, effect.offset
	}
	if effect.per != PerNothing {
		h.per = effect.per
	}
	if effect.quantity != Unknown {
		if h.of == Unknown {
			h.of = h.vif.quantity
		}
		h.vif = vif{quantity: effect.quantity, unit: effect.unit}
		if effect.date {
			h.vif.coding = codeDate
		}
	}
}
