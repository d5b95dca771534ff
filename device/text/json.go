package text

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/device"
)

// Names of members in lower case (docs/protocol/text.md#json).
var (
	// telegramNames: the first that exists and holds a telegram counts.
	telegramNames = []string{"hex", "frame", "telegram", "raw", "payload", "data"}
	surelyNames   = 3 // the first surelyNames of them always mean a telegram
	timeNames     = []string{"time", "timestamp", "@timestamp", "datetime", "date", "ts"}
)

// relativeScale is the value of "scale" for an RSSI without a unit.
const relativeScale = "relative"

// maxNesting is how deep objects and arrays may be nested.
const maxNesting = 64

// scope is an object or an array and what its members say about the telegrams in it.
type scope struct {
	parent   int // -1: none
	isArray  bool
	name     string // of the member whose value comes next; "" before a name
	at       time.Time
	mode     device.LinkMode
	rssi     string
	scale    string
	receiver string
	waited   time.Duration
	read     bool // its strings were read
}

// jsonText is a string in JSON and its position.
type jsonText struct {
	scope int
	rank  int // in telegramNames; len(telegramNames) if it is not among them
	text  string
}

// document is JSON that is being read.
type document struct {
	zone   *time.Location
	scopes []scope
	texts  []jsonText
	stack  []int
}

// json reads the JSON in a text. handled means that the text holds nothing else. If
// it is false, err is why a text that begins like JSON is not JSON.
func (r *Reader) json(text []byte, depth int) (handled bool, err error) {
	begin := bytes.IndexByte(text, '{')
	if text[0] == '[' {
		begin = 0
	}
	if begin < 0 || bytes.IndexByte(text, '"') < 0 && text[0] != '{' {
		return false, nil
	}
	d := document{zone: r.zone}
	if d.flat(text[begin:]) {
		before := len(r.found)
		if err := r.texts(&d, depth); len(r.found) > before {
			return true, err
		}
		d = document{zone: r.zone}
	}
	if err := d.parse(text[begin:]); err != nil {
		if begin == 0 && text[0] == '{' {
			return false, fmt.Errorf("incomplete JSON: %w", err)
		}
		return false, nil
	}
	before := len(r.found)
	trouble := r.texts(&d, depth)
	if len(r.found) == before && trouble == nil {
		return false, errNoneJSON // numbers may still be the bytes of one
	}
	return true, trouble
}

// parse reads consecutive values, with or without commas between them, as long as
// they are complete. The error says why there is none.
func (d *document) parse(text []byte) error {
	for first := true; ; first = false {
		text = bytes.TrimLeft(text, ", \t")
		if len(text) == 0 || text[0] != '{' && text[0] != '[' {
			return nil
		}
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		err := d.value(dec)
		if err != nil && first {
			return err
		} else if err != nil {
			return nil
		}
		text = text[dec.InputOffset():]
	}
}

// flat reads an object without nesting that has a telegram under one of the first
// names, such as a line of our own recordings, faster than value.
func (d *document) flat(text []byte) bool {
	if text[0] != '{' || bytes.IndexByte(text[1:], '{') >= 0 {
		return false
	}
	var o struct {
		Hex, Frame, Mode, Scale, Receiver, Time, Timestamp string
		RSSI                                               json.Number
		Waited                                             json.Number
	}
	if json.Unmarshal(text, &o) != nil || o.Hex == "" && o.Frame == "" {
		return false
	}
	d.scopes = []scope{{parent: -1, rssi: string(o.RSSI), scale: o.Scale, receiver: o.Receiver}}
	for _, m := range []struct{ name, value string }{{"mode", o.Mode}, {"time", cmp.Or(o.Time, o.Timestamp)}, {"hex", o.Hex}, {"frame", o.Frame}} {
		d.scopes[0].name = m.name
		d.text(0, m.value)
	}
	if o.Waited != "" {
		d.scopes[0].name = "waited"
		d.number(0, string(o.Waited))
	}
	return true
}

// value reads one object or array.
func (d *document) value(dec *json.Decoder) error {
	scopes, texts := len(d.scopes), len(d.texts)
	d.stack = d.stack[:0]
	for {
		token, err := dec.Token()
		if err == nil && len(d.stack) > maxNesting {
			err = errors.New("it is nested too deeply")
		}
		if err != nil {
			d.scopes, d.texts = d.scopes[:scopes], d.texts[:texts]
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		if d.take(token); len(d.stack) == 0 {
			return nil
		}
	}
}

// take adds a token.
func (d *document) take(token json.Token) {
	top := -1
	if len(d.stack) > 0 {
		top = d.stack[len(d.stack)-1]
	}
	switch t := token.(type) {
	case json.Delim:
		switch t {
		case '{', '[':
			d.scopes = append(d.scopes, scope{parent: top, isArray: t == '['})
			d.stack = append(d.stack, len(d.scopes)-1)
			if top >= 0 {
				d.scopes[top].name = ""
			}
		default:
			d.stack = d.stack[:len(d.stack)-1]
		}
		return
	case string:
		if s := &d.scopes[top]; !s.isArray && s.name == "" {
			s.name = strings.ToLower(t) + ":"
			return
		}
		d.text(top, t)
	case json.Number:
		d.number(top, string(t))
	}
	d.scopes[top].name = ""
}

// text adds a string that is a value.
func (d *document) text(top int, t string) {
	s := &d.scopes[top]
	name := strings.TrimSuffix(s.name, ":")
	switch {
	case t == "":
	case slices.Contains(timeNames, name):
		s.at, _ = dateTime([]byte(t), d.zone)
		if s.at.IsZero() {
			s.unix(t)
		}
	case name == "mode":
		s.mode, _ = linkMode([]byte(t)) // an unknown mode does not cost the telegram
	case name == "rssi", name == "rssi_dbm":
		s.rssi = t
	case name == "scale":
		s.scale = t
	case name == "receiver":
		s.receiver = t
	default:
		rank := slices.Index(telegramNames, name)
		if rank < 0 {
			rank = len(telegramNames)
		}
		d.texts = append(d.texts, jsonText{top, rank, t})
	}
}

// number adds a number that is a value.
func (d *document) number(top int, t string) {
	s := &d.scopes[top]
	switch name := strings.TrimSuffix(s.name, ":"); {
	case name == "rssi", name == "rssi_dbm":
		s.rssi = t
	case name == "waited":
		if seconds, err := strconv.ParseFloat(t, 64); err == nil && seconds > 0 && seconds < 1e9 {
			s.waited = time.Duration(seconds * float64(time.Second))
		}
	case slices.Contains(timeNames, name):
		s.unix(t)
	}
}

// unix reads a time in seconds or milliseconds since 1970.
func (s *scope) unix(t string) {
	v, err := strconv.ParseFloat(t, 64)
	at := time.UnixMicro(int64(v * 1e6)).UTC()
	if v > 1e11 {
		at = time.UnixMilli(int64(v)).UTC()
	}
	if err == nil && v > 1e8 && v < 1e14 && at.Year() <= lastYear {
		s.at = at
	}
}

// texts reads the strings of a document in order. In each object the string with the
// best name counts; strings with other names count only if they hold whole
// telegrams.
func (r *Reader) texts(d *document, depth int) error {
	members := make([][]jsonText, len(d.scopes))
	for _, t := range d.texts {
		members[t.scope] = append(members[t.scope], t)
	}
	var trouble error
	for _, t := range d.texts {
		s := &d.scopes[t.scope]
		if s.isArray {
			trouble = also(trouble, r.inScope(d, t, depth))
			continue
		}
		if s.read {
			continue
		}
		s.read = true
		trouble = also(trouble, r.object(d, members[t.scope], depth))
	}
	return trouble
}

// object reads the strings of one object.
func (r *Reader) object(d *document, members []jsonText, depth int) error {
	slices.SortStableFunc(members, func(a, b jsonText) int { return a.rank - b.rank })
	before := len(r.found)
	var trouble error
	for _, t := range members {
		if len(r.found) > before && members[0].rank < len(telegramNames) {
			return nil
		}
		if err := r.inScope(d, t, depth); trouble == nil {
			trouble = err
		}
	}
	if len(r.found) > before {
		return nil
	}
	return trouble
}

// inScope reads one string and adds to its telegrams what the document says about
// them, which takes precedence over what the string says. It returns an error only
// for strings that were meant as a telegram.
func (r *Reader) inScope(d *document, t jsonText, depth int) error {
	text := []byte(strings.TrimSpace(t.text))
	if len(text) < 2*minTelegram && t.rank == len(telegramNames) || len(text) == 0 || depth >= maxDepth {
		return nil
	}
	before := len(r.found)
	err := r.read(text, depth+1)
	for i := before; i < len(r.found); i++ {
		f := &r.found[i]
		f.from, f.to = 0, 0
		for at := t.scope; at >= 0; at = d.scopes[at].parent {
			d.scopes[at].give(f, at == t.scope)
		}
	}
	if t.rank == len(telegramNames) {
		r.found = slices.DeleteFunc(r.found, func(f Telegram) bool { return f.Err != nil || f.Behind > 0 || !header(f.Bytes) })
	}
	var none *nothing
	meant := t.rank < surelyNames || t.rank < len(telegramNames) && isHex(text) && len(text) >= 2*minTelegram
	if errors.As(err, &none) || !meant {
		return nil
	}
	return err
}

// give adds to a telegram what a scope says about it. nearest: this is the innermost
// scope.
func (s *scope) give(t *Telegram, nearest bool) {
	if s.mode != "" && (nearest || t.Mode == "") {
		t.Mode = s.mode
	}
	if !s.at.IsZero() && (nearest || t.AirTime.IsZero()) {
		t.AirTime = s.at
	}
	if s.rssi != "" && (nearest || t.RSSI.Scale == device.ScaleNone) {
		if rssi := s.signal(); rssi.Scale != device.ScaleNone {
			t.RSSI = rssi
		}
	}
	if t.Receiver == "" {
		t.Receiver = s.receiver
	}
	if t.Waited == 0 {
		t.Waited = s.waited
	}
}

// signal returns the signal strength. It is in dBm unless the scale is relative, or
// there is no scale and the value is positive, as from uncalibrated receivers.
func (s *scope) signal() device.RSSI {
	rssi := parseRSSI([]byte(s.rssi))
	switch {
	case rssi.Scale == device.ScaleNone || s.scale == "" && rssi.Value > 0:
	case s.scale == relativeScale:
		rssi.Scale = device.ScaleRelative
	default:
		rssi.Scale = device.ScaleDBm
	}
	return rssi
}
