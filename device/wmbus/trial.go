package wmbus

// Trial is a telegram that many keys are tried on. It belongs to one goroutine.
type Trial struct {
	t     Telegram
	frame []byte
	mode  SecurityMode // ModeNone: only Decode can say whether a key opens it
	no    bool         // no key can open it
}

// NewTrial prepares a frame, which has no link-layer CRCs and must not change.
func NewTrial(frame []byte) *Trial {
	tr := &Trial{frame: frame}
	t := &tr.t
	t.reset()
	err := t.layers.parse(frame)
	l := &t.layers
	t.Header = l.header
	switch {
	case err != nil || l.afl.fragmented():
		tr.no = true
		return tr
	case l.ell.encrypted():
		tr.mode = ModeELL
		tr.no = l.ell.encryption() != 1
	case l.tpl.field == nil:
		tr.no = true
	default:
		if l.family == nil || l.family.open == nil {
			tr.mode = l.tpl.mode()
			tr.no = tr.mode == ModeNone // not encrypted
		}
	}
	t.buf = append(t.buf[:0], frame[:l.size]...)
	return tr
}

// Admits reports whether a key may be the one of the telegram: false is certain,
// true is wrong for one key in some hundred to some thousand. It decrypts as
// little as possible, most often one block.
func (tr *Trial) Admits(key *Key) bool {
	t := &tr.t
	if tr.no || tr.mode != ModeNone && key.IsAES() == (tr.mode == ModeDES) {
		return false
	}
	switch tr.mode {
	case ModeELL:
		return tr.admitsELL(key)
	case ModeAESIV, ModeDES:
		return tr.admitsBlock(key)
	case ModeAESKDF:
		if t.layers.tpl.extension>>4&3 == kdfNone {
			return tr.admitsBlock(key)
		}
		return t.layers.afl.counterAt != 0 && tr.admitsBlock(t.deriveKey(key, deriveEncryption))
	case ModeAESCCM:
		if len(t.buf)-t.layers.pos < ccmTag || !t.tryCCM(key) {
			return false
		}
		copy(t.buf, tr.frame) // it was decrypted in place
	}
	return true
}

// admitsBlock looks for the check bytes in the first block.
func (tr *Trial) admitsBlock(key *Key) bool {
	t := &tr.t
	body := t.buf[t.layers.pos:]
	t.startIV(tr.mode)
	if t.opensToCheckBytes(key, body) {
		return true
	}
	return t.Header.Link.Manufacturer.letters() == manufacturerKPL && len(body) >= key.block.BlockSize() &&
		t.scratch[0]^t.iv[0] == kplCheck[0] && t.scratch[1]^t.iv[1] == kplCheck[1]
}

// admitsELL looks for a CI-field behind the payload checksum.
func (tr *Trial) admitsELL(key *Key) bool {
	t := &tr.t
	e := &t.layers.ell
	for _, clear := range [2]byte{ccHop, ccHop | ccRepeated} {
		for _, at := range [2]int{2, e.addressAt} {
			if at == 0 || clear != ccHop && e.cc&ccRepeated == 0 || len(t.buf) <= e.to {
				continue
			}
			t.startCTR(at, e.cc&^clear)
			key.block.Encrypt(t.scratch[:], t.iv[:])
			ci := t.buf[e.to] ^ t.scratch[e.to-e.crcAt]
			if content := ciFields[ci].content; ci == ciAFL || ci == ciNetwork || content == contentRecords || content == contentCompact {
				return true
			}
		}
	}
	return false
}

// What the content of a telegram adds to the evidence for a key, in bits. Measured
// on random bytes behind right check bytes: of 3 million contents of 16 bytes one in
// 120 is usual records to its end, of 32 bytes one in 1,450, of 48 bytes one in
// 6,700.
const (
	longContent, longEvidence     = 46, 12
	middleContent, middleEvidence = 30, 10
	shortEvidence                 = 6
	// partEvidence is that of records which are read to their end, but are not all
	// usual: one content in nine.
	partEvidence = 3
	// checkEvidence is that of check bytes, and of a checksum.
	checkEvidence = 16
	// formatEvidence is that of a compact frame whose format is known: one in
	// 65,536, times the formats.
	formatEvidence = 8
)

// KeyEvidence says how certain it is that the key that the telegram was decoded
// with is the meter's: a wrong one does as well once in 2 to the power of it. 0 if
// the key does not open it, or if the telegram is not encrypted. Telegrams with
// different content add up.
func (t *Telegram) KeyEvidence() int {
	result := t.Security.Result
	ok := result == SecurityOK || result == CannotTell && t.Security.Mode == ModeAESKDF
	if !ok || t.Notes&NoteOtherKey != 0 || t.Security.Mode == ModePRIOS {
		return 0
	}
	bits := checkEvidence + t.contentEvidence() + t.fillerEvidence()
	switch l := &t.layers; {
	case t.Security.Mode == ModeAESCCM:
		bits += 8 * ccmTag
	case t.Security.Mode == ModeAESKDF && l.afl.macAt != 0:
		bits += 8 * l.afl.macSize
	}
	return bits
}

// fillerEvidence is what the fillers add with which encrypted blocks are filled up.
func (t *Telegram) fillerEvidence() int {
	const most = 4
	n := 0
	for at := t.encrypted.to - 1; n < most && at >= t.encrypted.from && t.buf[at] == difFiller; at-- {
		n++
	}
	return 8 * n
}

// contentEvidence is what the decrypted content adds.
func (t *Telegram) contentEvidence() int {
	switch {
	case t.compact && t.Err == nil && t.Notes&NoteCompactCRC == 0:
		return checkEvidence + formatEvidence // the checksum of the full frame
	case t.compact && t.Err == nil:
		return formatEvidence
	case t.Err != nil || len(t.Records) == 0:
		return 0
	}
	for i := range t.Records {
		if !t.Records[i].usual() {
			return partEvidence
		}
	}
	switch n := len(t.Plain); {
	case len(t.Records) < 2:
		return partEvidence
	case n >= longContent:
		return longEvidence
	case n >= middleContent:
		return middleEvidence
	}
	return shortEvidence
}
