package wmbus

import (
	"crypto/aes"
	"crypto/subtle"
)

// open decrypts what follows the transport header, in t.buf, and sets
// t.Security. Source: docs/protocol/security.md#security-modes.
func (t *Telegram) open(key *Key) *Error {
	l := &t.layers
	mode := l.tpl.mode()
	if mode != ModeNone {
		t.Security = Security{Mode: mode}
	}
	payload := t.buf[l.pos:]
	inClear := hasCheckBytes(payload)
	switch {
	case mode == ModeNone || len(payload) == 0:
		return t.authenticate(key)
	case mode == ModeAESIV || mode == ModeAESKDF || mode == ModeDES:
		if key == nil {
			return t.withoutKey(inClear)
		}
		return t.openWith(key, mode, inClear)
	case mode == ModeAESCCM:
		return t.openCCM(key)
	case inClear:
		return nil
	}
	t.Security.Result = Unsupported
	t.encrypted = span{l.pos, len(t.buf)}
	return failure(ErrUnsupported, l.tpl.to, "security mode %d (%s) cannot be opened", mode, mode.Name())
}

// checkByte stands twice at the beginning of every decrypted content
// (docs/protocol/security.md#check-bytes).
const checkByte = 0x2F

func hasCheckBytes(b []byte) bool { return len(b) >= 2 && b[0] == checkByte && b[1] == checkByte }

// withoutKey decides about a telegram that announces encryption, without key.
func (t *Telegram) withoutKey(inClear bool) *Error {
	if inClear {
		return nil
	}
	t.encrypted = span{t.layers.pos, t.encryptedEnd()}
	return t.needsKey(t.layers.pos)
}

// openWith decrypts with a key and judges the outcome by MAC and check bytes.
func (t *Telegram) openWith(key *Key, mode SecurityMode, inClear bool) *Error {
	at := t.layers.pos
	cipher := key
	if mode == ModeAESKDF && key.IsAES() {
		derived, err := t.openAuthenticated(key, inClear)
		if derived == nil {
			return err
		}
		cipher = derived
	}
	if (mode == ModeDES) == cipher.IsAES() {
		if inClear {
			return nil
		}
		t.encrypted = span{at, t.encryptedEnd()}
		return t.otherKeySize(key, at)
	}
	end := t.encryptedEnd()
	t.startIV(mode)
	body := t.buf[at:end]
	if len(body) == 0 && t.Cut() {
		t.Security.Result, t.encrypted = CannotTell, span{at, at}
		return failure(ErrTruncated, at, "the telegram ends inside the first encrypted block")
	}
	if inClear && !t.opensToCheckBytes(cipher, body) {
		return nil
	}
	t.decryptCBC(cipher, body)
	t.encrypted = span{at, end}
	switch {
	case hasCheckBytes(body), t.checkedKPL(body):
		t.Security.Result = SecurityOK
		if mode == ModeAESKDF && t.layers.afl.macAt == 0 { // a message with its MAC removed may be altered
			t.Security.Result = CannotTell
		}
		return nil
	case t.plausible(at):
		t.Security.Result = CannotTell
		return nil
	case endsInFillers(body):
		return t.damaged(at, "the content does not begin with the check bytes 2F 2F, but ends as it should")
	}
	t.Security.Result = WrongKey
	return failure(ErrWrongKey, at, "opened with the key given, the content does not begin with the check bytes 2F 2F: compare the key with the meter's papers")
}

// shortOfBlocks returns an error if the configuration word announces more encrypted
// bytes than there are. What is there has been read.
func (t *Telegram) shortOfBlocks() *Error {
	mode := t.layers.tpl.mode()
	if t.Security.Result != SecurityOK || mode != t.Security.Mode || mode == ModeNone {
		return nil
	}
	if want, have := t.announcedBytes(), t.encrypted.to-t.encrypted.from; want > have {
		return failure(ErrTruncated, t.encrypted.to, "%d encrypted bytes are announced, there are %d in whole blocks", want, have)
	}
	return nil
}

// Cut reports whether the frame ended before its L-field said: it was received in
// part.
func (t *Telegram) Cut() bool {
	l := &t.layers
	whole := int(l.header.L) + 1
	if l.wired {
		whole = int(l.header.L) + 4 // without checksum and stop
	}
	return !l.message && l.size > 0 && l.size < whole
}

// cutAt is where the last whole block ends of encrypted content that was cut
// off behind it; 0 if nothing is missing. What follows cannot be decrypted.
func (t *Telegram) cutAt() int {
	if !t.Cut() || t.encrypted.from == 0 || t.layers.tpl.field == nil || t.layers.tpl.mode() != t.Security.Mode {
		return 0
	}
	switch t.Security.Mode {
	case ModeAESIV, ModeAESKDF, ModeDES:
		if want := t.announcedBytes(); want == 0 || want > t.encrypted.to-t.encrypted.from {
			return t.encrypted.to
		}
	}
	return 0
}

// announcedBytes is how many bytes the configuration word says are encrypted:
// blocks of 16 for AES, bytes for DES. 0 means all
// (docs/protocol/security.md#configuration-word).
func (t *Telegram) announcedBytes() int {
	config := t.layers.tpl.config
	switch t.layers.tpl.mode() {
	case ModeDES:
		return int(config & 0xFF)
	case ModeAESIV, ModeAESKDF:
		return int(config>>4&15) * aes.BlockSize
	}
	return 0
}

// encryptedEnd is where the encrypted part ends: whole blocks, as many as are
// announced and there are.
func (t *Telegram) encryptedEnd() int {
	size := t.keySize(t.layers.tpl.mode())
	n := len(t.buf) - t.layers.pos
	if want := t.announcedBytes(); want != 0 {
		n = min(n, want)
	}
	return t.layers.pos + n/size*size
}

// startIV sets t.iv: zero, but for mode 5 the address and eight times the
// access number (docs/protocol/security.md#mode-5).
func (t *Telegram) startIV(mode SecurityMode) {
	t.iv = [aes.BlockSize]byte{}
	if mode != ModeAESIV {
		return
	}
	address := t.layers.header.Link
	if t.layers.tpl.addressAt != 0 {
		address = t.layers.header.Meter
	}
	address.appendLink(t.iv[:0])
	for i := 8; i < aes.BlockSize; i++ {
		t.iv[i] = t.layers.tpl.access
	}
}

// opensToCheckBytes decrypts the first block aside and looks for 2F 2F.
func (t *Telegram) opensToCheckBytes(key *Key, body []byte) bool {
	if len(body) < key.block.BlockSize() {
		return false
	}
	key.block.Decrypt(t.scratch[:], body)
	return t.scratch[0]^t.iv[0] == checkByte && t.scratch[1]^t.iv[1] == checkByte
}

// decryptCBC decrypts whole blocks in place, beginning with t.iv. It works a
// block at a time because the standard library's CBC allocates.
func (t *Telegram) decryptCBC(key *Key, body []byte) {
	size := key.block.BlockSize()
	for ; len(body) >= size; body = body[size:] {
		copy(t.scratch[:], body[:size])
		key.block.Decrypt(body, body)
		subtle.XORBytes(body[:size], body[:size], t.iv[:size])
		t.iv = t.scratch
	}
}

// plausible reports whether the content from at on can only be data records.
// Some meters send no check bytes (docs/protocol/security.md#check-bytes); a key is believed to be right then when
// every record is known, valid and usual, with two numbers and a date at least.
func (t *Telegram) plausible(at int) bool {
	defer func(text []byte) { t.Records, t.text, t.MoreFollows = t.Records[:0], text, false }(t.text)
	if t.readRecords(t.buf[at:], 0) != nil {
		return false
	}
	numbers, dates := 0, 0
	for i := range t.Records {
		r := &t.Records[i]
		if !r.usual() {
			return false
		}
		switch r.Value.Kind() {
		case NumberValue:
			numbers++
		case DateValue, DateTimeValue:
			dates++
		}
	}
	return numbers > 1 && dates > 0
}

// usual reports whether a record is a common one.
func (r *Record) usual() bool {
	const mostStorages, mostTariffs = 64, 4
	return r.Quantity != Unknown && r.Quantity != ManufacturerData && r.Quantity != TextQuantity &&
		r.Value.Valid() && r.Value.Kind() != BytesValue && r.Qualifiers&(ReservedVIFE|MakerVIFE|recordErrors) == 0 &&
		r.Storage < mostStorages && r.Tariff < mostTariffs && r.Subunit < mostTariffs
}

// kplCheck is what the meters of KPL (Tauron) send in place of the check bytes.
// Source: docs/protocol/security.md#check-bytes.
var kplCheck = [2]byte{0x60, 0x9B}

// checkedKPL reports whether the content begins with what KPL sends, and makes
// it the check bytes that it stands for.
func (t *Telegram) checkedKPL(body []byte) bool {
	if t.Header.Link.Manufacturer.letters() != manufacturerKPL || len(body) < 2 || [2]byte(body) != kplCheck {
		return false
	}
	body[0], body[1] = checkByte, checkByte
	return true
}

var manufacturerKPL = manufacturer("KPL")
