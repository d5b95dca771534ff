package wmbus

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"sync"
	"sync/atomic"
)

// Templates keeps the record headers of full frames by their format
// signature, so that compact frames can be read (docs/protocol/compact.md#layout). It is
// bounded, forgets the oldest first, and may be used by several goroutines.
// The zero value is ready; the public signatures are always known too.
type Templates struct {
	mu    sync.RWMutex
	known map[uint16][]*template
	order []*template // the oldest first

	changes atomic.Uint64
}

const (
	maxTemplates    = 1024
	maxPerSignature = 4
)

// template is the headers of all records of a full frame, in order.
type template struct {
	signature uint16
	headers   []byte
	fields    []field
	meter     Address // the last meter that sent it; zero for a public one
	likely    bool    // other headers may have the same signature
}

// field is one record of a template.
type field struct {
	end      int // of its header, in template.headers
	length   int // of its value, without the length byte of a variable one
	variable bool
}

// newTemplate splits headers; ok is false if they are not record headers.
func newTemplate(headers []byte) (*template, bool) {
	tpl := &template{signature: crc16(headers), headers: headers}
	var h recordHeader
	for at := 0; at < len(headers); at = h.end {
		if headers[at]&15 == difSpecial || h.read(headers, at, TypeOther) != nil {
			return nil, false
		}
		tpl.fields = append(tpl.fields, field{h.end, dataLength[h.data], h.data == difVariable})
	}
	return tpl, len(tpl.fields) > 0
}

// expand appends to dst the full frame made of the headers and the values of
// a compact frame. ok is false when the values do not fit.
func (tpl *template) expand(dst, values []byte) (full []byte, ok bool) {
	from := 0
	for i := range tpl.fields {
		f := &tpl.fields[i]
		n := f.length
		if f.variable {
			if len(values) == 0 {
				return dst, false
			}
			length, ok := variableLength(values[0])
			if !ok {
				return dst, false
			}
			n = 1 + length
		}
		if n > len(values) {
			return dst, false
		}
		dst = append(dst, tpl.headers[from:f.end]...)
		dst = append(dst, values[:n]...)
		from, values = f.end, values[n:]
	}
	for _, b := range values {
		if b != difFiller {
			return dst, false
		}
	}
	return dst, true
}

// publicTemplates are the signatures that public sources give
// (docs/protocol/compact.md#templates).
var publicTemplates = makePublicTemplates([]string{
	"02FF2004134413615B6167",
	"02FF20041392013BA1015B8101E7FF0F",
	"04FF234413523B06FF1B426C61675167023B04138101E7FF0F",
	"02FF2004134413426C523B615B616751678101E7FF0F06FF1B",
	"02FF2004134413A1015B8101E7FF0F",
	"02FF2004134413615B5167",
	"02FF2004134413",
	"02FF200413523B",
	"04FF2304134413426C023B92013BA2013B06FF1BA1015B91015BA10167",
	"02F9FF15040604EEFF0704EEFF0804148440148480401402FD17026C426C44064414C44014C4804014043B0259025D",
	"030643060314426C022D01FF21",
	"030E430E0313426C022D01FF21",
	"030F430F0314426C022D01FF21",
	"040604FF0704FF080414043B0259025D04FF22026C44064414426C",
	"040F04FF0704FF08041484401484804014043B0259025D142D84100F84200F04FF22026C440F4414C44014C4804014426C",
	"0406041404FF0704FF080259025D023B02FF22026C44064414426C",
	"040404843C042B04AB3C",
	"040504FB827504853C04FB82F53C01FD17",
	"22691269026905FF0905FF0A02FD17",
	"02FF2004134413426C",
	"03054305431343FF0743FF08426C01FF21",
	"426C441301FD17840113C40113840213C40213840313C40313840413C40413840513C40513840613C40613840713C40713840813046D0413",
	"046D0406041301FD17426C4406" +
		"840106C40106840206C40206840306C40306840406C40406840506C40506840606C40606840706C40706840806C40806840906C40906" +
		"840A06C40A06840B06C40B06840C06C40C06840D06C40D06840E06C40E06840F06C40F06" + "03FD0C02FD0B",
}, "02FF2004134413426C523B615B51678101E7FF0F06FF1B")

// makePublicTemplates makes templates of headers in hex, and of one list that is
// likely, not proven.
func makePublicTemplates(list []string, likely string) map[uint16]*template {
	table := make(map[uint16]*template, len(list)+1)
	for _, text := range append(list, likely) {
		headers, err := hex.DecodeString(text)
		if err != nil {
			panic(err)
		}
		tpl, ok := newTemplate(headers)
		if !ok {
			panic("wmbus: " + text + " is not a list of record headers")
		}
		tpl.likely = text == likely
		table[tpl.signature] = tpl
	}
	return table
}

// candidates writes into list the templates of a signature, those of the same
// meter first, and returns how many there are.
func (s *Templates) candidates(signature uint16, meter Address, list *[maxPerSignature + 1]*template) int {
	n := 0
	if s != nil {
		s.mu.RLock()
		for _, tpl := range s.known[signature] {
			list[n] = tpl
			if tpl.meter == meter {
				list[0], list[n] = list[n], list[0]
			}
			n++
		}
		s.mu.RUnlock()
	}
	if tpl := publicTemplates[signature]; tpl != nil {
		list[n] = tpl
		n++
	}
	return n
}

// candidates writes the templates of a signature into t.candidates, and returns
// how many there are.
func (d *Decoder) candidates(t *Telegram, signature uint16) int {
	t.compact = true
	return d.Templates.candidates(signature, t.Header.Meter, &t.candidates)
}

// learn keeps the headers of a full frame that was read to its end.
func (d *Decoder) learn(t *Telegram) {
	s := d.Templates
	if s == nil || len(t.Records) == 0 || t.Security.Result == CannotTell {
		return
	}
	if t.has.special {
		return // the rest of the frame is not records
	}
	headers := t.headers[:0]
	for i := range t.Records {
		headers = append(headers, t.Records[i].Header()...)
	}
	t.headers = headers
	signature := crc16(headers)
	if s.has(signature, headers) {
		return
	}
	if public := publicTemplates[signature]; public != nil && bytes.Equal(public.headers, headers) {
		return
	}
	if tpl, ok := newTemplate(bytes.Clone(headers)); ok {
		d.teach(t, tpl)
	}
}

// teach keeps a template that t brought and that is not known yet.
func (d *Decoder) teach(t *Telegram, tpl *template) {
	t.teaches = true
	if !d.Frozen {
		tpl.meter = t.Header.Meter
		d.Templates.keep(tpl)
	}
}

// has reports whether headers are kept, under their signature.
func (s *Templates) has(signature uint16, headers []byte) bool {
	s.mu.RLock()
	known := s.known[signature]
	s.mu.RUnlock() // lists are not changed
	for _, tpl := range known {
		if bytes.Equal(tpl.headers, headers) {
			return true
		}
	}
	return false
}

func (s *Templates) keep(tpl *template) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = make(map[uint16][]*template)
	}
	if len(s.known[tpl.signature]) == maxPerSignature {
		s.forget(s.known[tpl.signature][0])
	}
	if len(s.order) == maxTemplates {
		s.forget(s.order[0])
	}
	s.known[tpl.signature] = append(s.known[tpl.signature], tpl)
	s.order = append(s.order, tpl)
	s.changes.Add(1)
}

// forget drops a template. Lists are copied: readers may hold the old ones.
func (s *Templates) forget(old *template) {
	s.known[old.signature] = without(s.known[old.signature], old)
	if len(s.known[old.signature]) == 0 {
		delete(s.known, old.signature)
	}
	s.order = without(s.order, old)
}

func without(list []*template, old *template) []*template {
	var kept []*template
	for _, tpl := range list {
		if tpl != old {
			kept = append(kept, tpl)
		}
	}
	return kept
}

// Changes counts how often the templates changed.
func (s *Templates) Changes() uint64 { return s.changes.Load() }

// Len is how many templates have been learnt.
func (s *Templates) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.order)
}

// compactHeader is the format signature and the full-frame CRC, both low
// byte first.
const compactHeader = 4

// readCompact makes the full frame of a compact one and reads that.
func (d *Decoder) readCompact(t *Telegram) *Error {
	p := t.Plain
	t.Plain = nil
	at := d.compactCheckBytes(t, p)
	t.layers.check = at
	p = p[at:]
	if len(p) < compactHeader {
		return failure(ErrTruncated, at, "a compact frame begins with %d bytes of checksums, there are %d", compactHeader, len(p))
	}
	signature, sum := binary.LittleEndian.Uint16(p), binary.LittleEndian.Uint16(p[2:])
	n := d.candidates(t, signature)
	if n == 0 {
		return failure(ErrNeedFormat, at, "a compact frame with signature %04X: its values can be read once a full frame of this kind of meter has been received", signature)
	}
	fits := -1
	for i, tpl := range t.candidates[:n] {
		full, ok := tpl.expand(t.full[:0], p[compactHeader:])
		t.full = full
		if !ok {
			continue
		}
		if crc16(full) == sum {
			if tpl.likely {
				t.Notes |= NoteFormat
			}
			return t.readFull()
		}
		if fits < 0 && !tpl.likely {
			fits = i
		}
	}
	if fits < 0 {
		return failure(ErrRecord, at, "a compact frame with signature %04X: the known full frame has values of other lengths", signature)
	}
	t.Notes |= NoteCompactCRC
	t.full, _ = t.candidates[fits].expand(t.full[:0], p[compactHeader:])
	return t.readFull()
}

// compactCheckBytes is how many check bytes a compact frame begins with. Some
// meters send them without encryption, too. Headers that have the signature 2F2F
// are not expected, but may be learnt.
func (d *Decoder) compactCheckBytes(t *Telegram, p []byte) int {
	const signature = checkByte<<8 | checkByte
	if len(p) < 2 || p[0] != checkByte || p[1] != checkByte || d.Templates.candidates(signature, t.Header.Meter, &t.candidates) > 0 {
		return 0
	}
	return 2
}

// checkBytes is how many check bytes the content of an encrypted telegram
// begins with.
func (t *Telegram) checkBytes(p []byte) int {
	if t.Security.Mode != ModeNone && t.Security.Mode != ModeELL && len(p) >= 2 && p[0] == checkByte && p[1] == checkByte {
		return 2
	}
	return 0
}

// readFull reads the full frame in t.full. The offset of an error in it does
// not refer to the telegram.
func (t *Telegram) readFull() *Error {
	t.Plain = t.full
	err := t.readRecords(t.full, 0)
	t.refine()
	return err
}

// readFormat learns from a format frame: a length, the signature, and the
// headers. No public telegram shows what the length counts, so that the
// signature decides where the headers end.
func (d *Decoder) readFormat(t *Telegram) *Error {
	p := t.Plain
	at := t.checkBytes(p)
	const head = 3
	if len(p)-at < head {
		return failure(ErrTruncated, at, "a format frame begins with %d bytes, there are %d", head, len(p)-at)
	}
	signature := binary.LittleEndian.Uint16(p[at+1:])
	headers := p[at+head:]
	for _, n := range [...]int{int(p[at]), int(p[at]) - 2, int(p[at]) - 3, len(headers)} {
		if n <= 0 || n > len(headers) || crc16(headers[:n]) != signature {
			continue
		}
		tpl, ok := newTemplate(bytes.Clone(headers[:n]))
		if ok && d.Templates != nil && !d.Templates.has(signature, tpl.headers) {
			d.teach(t, tpl)
		}
		return nil
	}
	return failure(ErrCRC, at, "the record headers of this format frame do not add up to its signature %04X", signature)
}
