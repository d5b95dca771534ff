package wmbus

// Decode decodes frame, which has no link-layer CRCs, into t, and decrypts it with
// key if it is encrypted; key may be nil. Wired long frames are read too. frame is
// not changed and not kept. With a Telegram that was used before nothing is
// allocated, except for an error and for the keys that security modes 7 and 10 derive
// if they differ from those of the previous telegram.
//
// The error, which is also in t.Err, is an *Error that says why the telegram could
// not be read to its end. What was read before is in t.
func (d *Decoder) Decode(t *Telegram, frame []byte, key *Key) error {
	t.reset()
	return d.finish(t, frame, d.decode(t, frame, key, t.layers.parse(frame)))
}

// DecodeParsed is Decode of a frame of which the header was read already: p is
// what Parse made of the same frame.
func (d *Decoder) DecodeParsed(t *Telegram, frame []byte, p *Parsed, key *Key) error {
	t.reset()
	t.layers = p.layers
	return d.finish(t, frame, d.decode(t, frame, key, p.err))
}

// finish keeps why the telegram could not be read to its end.
func (d *Decoder) finish(t *Telegram, frame []byte, err *Error) error {
	if err == nil && t.strayByte(frame) {
		t.Notes |= NoteStrayByte
	} else if t.layers.size > 0 && (err == nil || err.Kind.fromLoss()) {
		if wrong := t.layers.lengthError(frame); wrong != nil && (err == nil || wrong.Offset == len(frame)) {
			err = wrong
		}
	}
	if err == nil {
		return nil
	}
	t.Err = err
	return err
}

func (t *Telegram) reset() {
	if t.workspace == nil {
		t.workspace = new(workspace)
	}
	t.Header, t.Security, t.Config = Header{}, Security{}, 0
	t.Access, t.HasAccess = 0, false
	t.StatusByte, t.Status, t.Family, t.Own, t.Notes = 0, StatusSet{}, "", false, 0
	t.MoreFollows, t.teaches, t.compact, t.partly = false, false, false, false
	t.Plain, t.plainAt, t.Records, t.text = nil, 0, t.Records[:0], t.text[:0]
	t.Err = nil
	t.has = contents{}
	t.encrypted, t.tagAt = span{}, 0
}

// decode continues after t.layers has been parsed, with err.
func (d *Decoder) decode(t *Telegram, frame []byte, key *Key, err *Error) *Error {
	l := &t.layers
	t.Header = l.header
	if !l.linked {
		return err
	}
	t.buf = append(t.buf[:0], frame[:l.size]...)
	if l.ell.present() {
		t.Access, t.HasAccess = l.ell.access, true
		if err := d.openELL(t, key); err != nil {
			return err
		}
	}
	if !l.opened {
		err = l.parseInner(t.buf)
		t.Header = l.header
	}
	if l.nwl.to > 0 {
		t.Notes |= NoteNetworkLayer
	}
	if err != nil {
		return err
	}
	if l.message = l.afl.fragmented(); l.message {
		if err := d.reassemble(t); err != nil {
			return err
		}
	}
	if l.tpl.field == nil {
		return nil // nothing above the link layer
	}
	t.takeTransport()
	if err := t.openContent(key); err != nil {
		if t.partly {
			_ = d.readContent(t)
		}
		return err
	}
	status, notes := t.Status, t.Notes
	err = d.readContent(t)
	if t.endsInChecksum(frame, err) {
		t.dropTail(status, notes)
		err = d.readContent(t)
	}
	if short := t.shortOfBlocks(); short != nil {
		return short
	}
	return err
}

func (s span) present() bool { return s.to > s.from }

// takeTransport copies the fields of the transport header.
func (t *Telegram) takeTransport() {
	tpl := &t.layers.tpl
	if tpl.field.header == headerNone {
		return
	}
	t.Access, t.HasAccess = tpl.access, true
	t.StatusByte, t.Config = tpl.status, tpl.config
	t.addTransportStatus(tpl.status)
}

// openContent decrypts as the family or the transport layer says, with the given
// key or the family's public ones.
func (t *Telegram) openContent(key *Key) *Error {
	at := t.layers.pos
	t.Plain, t.plainAt = t.buf[at:], at
	err := t.openPlain(key, at)
	if end := t.contentEnd(); end > 0 {
		t.Plain = t.buf[at:end]
	}
	if t.layers.tpl.ci == ciHighFirst && err == nil {
		t.turnValues()
	}
	return err
}

// contentEnd returns where the content ends if that is before the end of the
// telegram: its tag, or what could not be decrypted, follows. 0 if nothing follows.
func (t *Telegram) contentEnd() int {
	if t.tagAt > 0 {
		return t.tagAt
	}
	return t.cutAt()
}

// openPlain decrypts t.Plain, which begins at at in the frame.
func (t *Telegram) openPlain(key *Key, at int) *Error {
	f := t.layers.family
	if f == nil {
		return t.openPublic(key, at)
	}
	t.Family = f.name
	if f.open != nil {
		return shift(f.open(t, key), at)
	}
	return t.openPublic(key, at)
}

// openPublic is open, and then with the keys that the maker published.
func (t *Telegram) openPublic(key *Key, at int) *Error {
	if t.layers.tpl.mode() == ModeNone || !hasPublished(t.Header.Meter.Manufacturer) {
		return t.open(key)
	}
	t.full = append(t.full[:0], t.Plain...)
	err := t.open(key)
	if err == nil || err.Kind != ErrNoKey && !t.Doubts() {
		return err
	}
	return t.openPublished(key, at, err, t.full)
}

// readContent reads what the transport layer carries, what its flags say and what
// its numbers are for.
func (d *Decoder) readContent(t *Telegram) *Error {
	err := d.readPlain(t)
	if f := t.layers.family; t.has.has(ErrorFlags) || f != nil && f.payload != nil {
		t.readFlags()
	}
	t.assignRoles()
	return err
}

func (d *Decoder) readPlain(t *Telegram) *Error {
	at := t.layers.pos
	if f := t.layers.family; f != nil && f.payload != nil {
		if done, err := f.payload(t); done {
			t.Own = true
			return shift(err, at)
		}
	}
	field := t.layers.tpl.field
	switch field.content {
	case contentRecords:
		err := t.readRecords(t.Plain, 0)
		t.refine()
		if err == nil && !t.Cut() && !t.partly {
			d.learn(t)
		}
		return shift(err, at)
	case contentCompact:
		return shift(d.readCompact(t), at)
	case contentFormat:
		return shift(d.readFormat(t), at)
	case contentError, contentAlarm:
		t.readReport(field.content)
		return nil
	case contentNothing:
		return nil
	case contentMaker:
		t.Own = true
		if len(t.Plain) > 0 {
			r := t.newRecord()
			*r = Record{Quantity: ManufacturerData, Value: Value{kind: BytesValue, text: t.Plain}, bytes: t.Plain}
		}
		return failure(ErrUnsupported, t.layers.tpl.from, "CI %02X is manufacturer specific, and there is no known description of what %s sends with it", t.layers.tpl.ci, t.Header.Meter)
	}
	return failure(ErrUnsupported, t.layers.tpl.from, "CI %02X (%s) carries no readings that can be decoded", t.layers.tpl.ci, field.name)
}

// shift moves an error from the offsets of the content to those of the frame.
func shift(err *Error, by int) *Error {
	if err != nil {
		err.Offset += by
	}
	return err
}

// readReport reads the one byte of an application error or an alarm.
func (t *Telegram) readReport(what content) {
	quantity, status := ApplicationError, StatusApplicationError
	if what == contentAlarm {
		quantity, status = AlarmState, StatusAlarm
	}
	t.Status.Add(status)
	if len(t.Plain) > 0 {
		r := t.newRecord()
		*r = Record{Quantity: quantity, Value: Decimal(int64(t.Plain[0]), 0), bytes: t.Plain[:1]}
	}
}
