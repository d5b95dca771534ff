package wmbus

// damaged returns the failure of a telegram that the key decrypts but that is not
// what the meter sent. why says what shows that.
func (t *Telegram) damaged(at int, why string) *Error {
	t.Security.Result = Damaged
	return failure(ErrDamaged, at, "%s: received with errors or altered in transit, wait for the next telegram", why)
}

// Accuses reports whether the telegram proves that the key it was decoded with is
// not the meter's. linkChecked says whether the receiver or Unframe verified the
// CRCs of the link layer: without that, and without a second telegram that agrees, a
// wrong key and a damaged telegram look alike.
func (t *Telegram) Accuses(linkChecked bool) bool {
	return t.Doubts() && linkChecked
}

// Doubts reports whether the key that the telegram was decoded with does not
// open it, and nothing shows that the telegram was damaged. One such telegram
// may be damaged nevertheless: see Accuses.
func (t *Telegram) Doubts() bool {
	return (t.Security.Result == WrongKey || t.Security.Result == MACWrong) && !t.Cut()
}

// endsInFillers reports whether decrypted blocks end in fillers, which a wrong
// key yields once in four billion telegrams.
func endsInFillers(body []byte) bool {
	const fillers = 4
	if len(body) < fillers {
		return false
	}
	for _, b := range body[len(body)-fillers:] {
		if b != difFiller {
			return false
		}
	}
	return true
}

// recognises reports whether decrypted bytes begin with a CI-field and with
// what belongs behind it: what a wrong key hardly yields.
func (d *Decoder) recognises(t *Telegram, p []byte) bool {
	if len(p) == 0 {
		return false
	}
	field := &ciFields[p[0]]
	size := [...]int{headerNone: 1, headerShort: 5, headerLong: 13}[field.header]
	if len(p) < size || field.header != headerNone && p[size-1]&31 != 0 { // encrypted again: not what meters send
		return false
	}
	switch p = p[size:]; field.content {
	case contentRecords:
		return t.beginsUsual(p, 2)
	case contentCompact:
		return len(p) >= compactHeader && d.candidates(t, uint16(littleEndian(p[:2]))) > 0
	}
	return false
}

// beginsUsual reports whether bytes can be read as records to their end, and
// the first enough ones are such as meters send every day.
func (t *Telegram) beginsUsual(p []byte, enough int) bool {
	defer func(text []byte) { t.Records, t.text, t.MoreFollows = t.Records[:0], text, false }(t.text)
	if t.readRecords(p, 0) != nil || len(t.Records) < enough {
		return false
	}
	for i := range t.Records[:enough] {
		if !t.Records[i].usual() {
			return false
		}
	}
	return true
}
