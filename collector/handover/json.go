package handover

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// MaxJSON bounds the JSON of a document that is read, in bytes.
const MaxJSON = 256 << 20

// ErrDocument is wrapped by the errors of ReadJSON.
var ErrDocument = errors.New("not a hand-over protocol of earshot")

// WriteJSON writes the document. Lists that are empty are [].
func (d *Document) WriteJSON(w io.Writer) error {
	out := *d
	notNil(reflect.ValueOf(&out).Elem())
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(&out)
}

// ReadJSON reads what WriteJSON wrote.
func ReadJSON(r io.Reader) (*Document, error) {
	in := &io.LimitedReader{R: r, N: MaxJSON + 1}
	d := &Document{}
	err := json.NewDecoder(in).Decode(d)
	switch {
	case in.N <= 0:
		return nil, fmt.Errorf("%w: it has more than %d bytes", ErrDocument, MaxJSON)
	case err != nil:
		return nil, fmt.Errorf("%w: %v", ErrDocument, err)
	case d.Kind != Kind:
		return nil, fmt.Errorf("%w: its kind is %.40q", ErrDocument, d.Kind)
	case d.Schema > Schema:
		return nil, fmt.Errorf("%w that this version can read: it has schema %d, and %d is the latest here: update earshot", ErrDocument, d.Schema, Schema)
	}
	return d, nil
}

// notNil makes empty lists of those that are nil, so that JSON has [] and not null.
func notNil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			notNil(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			notNil(v.Field(i))
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() || !v.CanSet() {
			return
		}
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			notNil(v.Index(i))
		}
	}
}
