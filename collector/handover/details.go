package handover

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"earshot/collector/readiness"
	"earshot/device/printable"
)

// Details are what no telegram and no list says: who is who, where the antenna was,
// what remains in the building. They are a TOML file next to the list
// (docs/report.md#details). Any member may be left out.
type Details struct {
	Revision      int       `toml:"revision"` // of the protocol, 1 if it is left out
	Previous      string    `toml:"previous_sha256"`
	Place         string    `toml:"place"` // of the signatures
	Date          string    `toml:"date"`  // … "2026-11-27"
	Property      Property  `toml:"property"`
	Owner         Party     `toml:"owner"`
	Administrator Party     `toml:"administrator"`
	Contractor    Party     `toml:"contractor"`
	Installer     Party     `toml:"installer"`
	Antenna       string    `toml:"antenna"`
	Method        []string  `toml:"method"` // paragraphs of the installer's own, after the usual ones
	Gateways      []Gateway `toml:"gateways"`
	Spots         []Spot    `toml:"spots"`
	// Radiators are those of heat cost allocators, by meter: "QDS-55550008" or its number alone.
	Radiators map[string]Radiator `toml:"radiators"`
	// Readiness is what readiness for 2027 depends on and no telegram says. Spots count, too.
	Readiness readiness.Circumstances `toml:"readiness"`
}

const (
	maxDetails = 1 << 20 // bytes of the file
	maxText    = 2000    // characters of one text
	maxItems   = 1000    // gateways, spots, paragraphs
	maxRows    = 100_000 // radiators
)

// ErrDetails is wrapped by every error about the details.
var ErrDetails = errors.New("the details cannot be read")

// ParseDetails reads the details. Errors name the line, or what is too long.
func ParseDetails(text []byte) (d Details, err error) {
	if len(text) > maxDetails {
		return d, fmt.Errorf("%w: they have more than %d bytes", ErrDetails, maxDetails)
	}
	dec := toml.NewDecoder(bytes.NewReader(text))
	if err := dec.DisallowUnknownFields().Decode(&d); err != nil {
		return Details{}, detailsError(err)
	}
	return d, d.check()
}

// detailsError says where a file is wrong.
func detailsError(err error) error {
	var strict *toml.StrictMissingError
	var bad *toml.DecodeError
	switch {
	case errors.As(err, &strict) && len(strict.Errors) > 0:
		line, _ := strict.Errors[0].Position()
		return fmt.Errorf("%w: line %d: %s is not known here: see docs/report.md#details", ErrDetails, line, printable.Short(strings.Join(strict.Errors[0].Key(), "."), 60))
	case errors.As(err, &bad):
		line, column := bad.Position()
		return fmt.Errorf("%w: line %d, column %d: %s", ErrDetails, line, column, printable.Short(bad.Error(), 200))
	}
	return fmt.Errorf("%w: %s", ErrDetails, printable.Short(err.Error(), 200))
}

// check bounds the details and cleans their texts.
func (d *Details) check() error {
	if d.Revision < 0 || len(d.Gateways) > maxItems || len(d.Spots) > maxItems || len(d.Method) > maxItems || len(d.Radiators) > maxRows {
		return fmt.Errorf("%w: revision, gateways, spots, method or radiators are out of range", ErrDetails)
	}
	texts := []*string{&d.Previous, &d.Place, &d.Date, &d.Antenna, &d.Property.Name, &d.Property.Address, &d.Property.Number, &d.Property.Order}
	for _, p := range []*Party{&d.Owner, &d.Administrator, &d.Contractor, &d.Installer} {
		texts = append(texts, &p.Name, &p.Company, &p.Address, &p.Phone, &p.Number, &p.Certificate)
	}
	for i := range d.Method {
		texts = append(texts, &d.Method[i])
	}
	for i := range d.Gateways {
		g := &d.Gateways[i]
		texts = append(texts, &g.Type, &g.Serial, &g.Firmware, &g.Place, &g.Power, &g.Network, &g.Antenna)
	}
	for i := range d.Spots {
		texts = append(texts, &d.Spots[i].Name, &d.Spots[i].Receiver)
	}
	for _, list := range [][]string{d.Readiness.Outside, d.Readiness.Stays} {
		if len(list) > maxItems {
			return fmt.Errorf("%w: readiness names %d receivers, and %d are the most", ErrDetails, len(list), maxItems)
		}
		for i := range list {
			texts = append(texts, &list[i])
		}
	}
	for _, text := range texts {
		if err := clean(text); err != nil {
			return err
		}
	}
	if err := d.Readiness.Check(); err != nil {
		return fmt.Errorf("%w: readiness: %w", ErrDetails, err)
	}
	for ref, r := range d.Radiators {
		for _, text := range r.texts() {
			if err := clean(text); err != nil {
				return fmt.Errorf("radiator of %s: %w", printable.Short(ref, 40), err)
			}
		}
		d.Radiators[ref] = r
	}
	return nil
}

// clean makes each line of a text fit to be shown.
func clean(text *string) error {
	if n := utf8.RuneCountInString(*text); n > maxText {
		return fmt.Errorf("%w: %q has %d characters, and %d are the most", ErrDetails, printable.Short(*text, 30), n, maxText)
	}
	lines := strings.Split(strings.TrimSpace(*text), "\n")
	for i := range lines {
		lines[i] = printable.Words(lines[i])
	}
	*text = strings.Join(lines, "\n")
	return nil
}

// texts are the members that people fill in.
func (r *Radiator) texts() []*string {
	return []*string{&r.Make, &r.Model, &r.Length, &r.Height, &r.Depth, &r.Output, &r.DeltaT, &r.Mounting, &r.Scale, &r.Factor, &r.Sensors, &r.Sealed}
}

// Empty reports whether nothing is known of the radiator.
func (r *Radiator) Empty() bool {
	return !slices.ContainsFunc(r.texts(), func(text *string) bool { return *text != "" })
}

// Details are those that the document was made with.
func (d *Document) Details() Details {
	out := Details{
		Revision: d.Revision, Previous: d.Previous, Property: d.Property, Owner: d.Owner, Administrator: d.Contact, Contractor: d.Company,
		Installer: d.Installer, Antenna: d.Equipment.Antenna, Gateways: d.Equipment.Gateways, Spots: slices.Clone(d.Equipment.Spots), Method: d.Method.Own,
		Radiators: map[string]Radiator{},
	}
	if d.Readiness != nil {
		out.Readiness = d.Readiness.Facts
	}
	for _, s := range d.Signatures {
		out.Place, out.Date = s.Place, s.Date
	}
	for _, r := range d.Radiators {
		if !r.Empty() {
			own := r
			own.Meter, own.Line, own.Place = "", 0, ""
			out.Radiators[r.Meter] = own
		}
	}
	return out
}
