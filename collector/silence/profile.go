package silence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"earshot/assets"
	"earshot/device"
	"earshot/device/wmbus"
)

// Profile is how a family of meters transmits. Source: docs/protocol/field.md#intervals.
type Profile struct {
	Name          string
	Manufacturers []wmbus.Manufacturer
	Media         []string          // of kin, see Kin; nil for all
	Versions      []byte            // nil for all
	Modes         []device.LinkMode // nil for all
	Interval      time.Duration     // as most are set, 0 if that is not known
	Longest       time.Duration     // the longest that they can be set to; Interval if there is no choice, 0 if that is not known
	FullEvery     int               // each so many telegrams one is a full frame, 0 if all are
	Pause         time.Duration     // how long one may be silent by plan, apart from Calendar
	Calendar      Calendar          // when the radio is on; always, if it is zero
	Wake          Wake              // what starts the radio
}

// Wake is what starts the radio of a meter that does not transmit as delivered.
type Wake uint8

const (
	WakeNone       Wake = iota // nothing is known
	WakeLitre                  // the first litre
	WakeFiveLitres             // the first five litres
	WakeFilled                 // water in the pipe, or a phone with NFC
	WakeKeys                   // the first litre, or both keys for five seconds
	wakeEnd
)

var wakeWords = [wakeEnd]string{"", "litre", "five_litres", "filled_or_nfc", "litre_or_keys"}

func (w Wake) String() string { return wakeWords[min(w, wakeEnd-1)] }

// MarshalText writes it as a word.
func (w Wake) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// Wakes are all that a meter may be started by.
func Wakes() (all []Wake) {
	for w := WakeNone + 1; w < wakeEnd; w++ {
		all = append(all, w)
	}
	return all
}

// Meter is what is known of a meter before it is heard. Its zero fields are not
// known.
type Meter struct {
	Manufacturer wmbus.Manufacturer
	Kin          string // what it measures, see state: "water", "heat"
	Mode         device.LinkMode
	Version      byte
	HasVersion   bool
}

// Profiles are those of assets/profiles, in their order.
var Profiles = sync.OnceValue(func() []Profile {
	all, err := Parse(assets.Profiles())
	if err != nil {
		panic("assets/profiles: " + err.Error()) // a test reads them
	}
	return all
})

// ProfileOf is the first profile that a meter may have, nil if none is known.
func ProfileOf(m Meter) *Profile {
	all := Profiles()
	i := slices.IndexFunc(all, func(p Profile) bool { return p.holds(m) })
	if i < 0 {
		return nil
	}
	return &all[i]
}

func (p *Profile) holds(m Meter) bool {
	return slices.Contains(p.Manufacturers, m.Manufacturer) &&
		(p.Media == nil || slices.Contains(p.Media, m.Kin)) &&
		(p.Modes == nil || slices.Contains(p.Modes, m.Mode)) &&
		(p.Versions == nil || !m.HasVersion || slices.Contains(p.Versions, m.Version))
}

// written is a profile as assets/profiles has it.
type written struct {
	Name          string            `json:"name"`
	Manufacturers []string          `json:"manufacturers"`
	Media         []string          `json:"media"`
	Versions      []string          `json:"versions"`
	Modes         []device.LinkMode `json:"modes"`
	Interval      string            `json:"interval"`
	Longest       string            `json:"longest"`
	FullEvery     int               `json:"full_every"`
	Pause         string            `json:"pause"`
	Calendar      *writtenCalendar  `json:"calendar"`
	Wake          string            `json:"wake"`
	Source        string            `json:"source"`
}

// Parse reads profiles. The format is that of docs/profiles.md.
func Parse(text []byte) ([]Profile, error) {
	var all []written
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&all); err != nil {
		return nil, err
	}
	profiles := make([]Profile, len(all))
	for i := range all {
		if err := all[i].parse(&profiles[i]); err != nil {
			return nil, fmt.Errorf("profile %d, %q: %w", i+1, all[i].Name, err)
		}
	}
	return profiles, nil
}

func (w *written) parse(p *Profile) (err error) {
	*p = Profile{Name: w.Name, Media: w.Media, Modes: w.Modes, FullEvery: w.FullEvery}
	for _, letters := range w.Manufacturers {
		m, err := wmbus.ParseManufacturer(letters)
		if err != nil {
			return err
		}
		p.Manufacturers = append(p.Manufacturers, m)
	}
	for _, hex := range w.Versions {
		v, err := strconv.ParseUint(hex, 16, 8)
		if err != nil {
			return fmt.Errorf("version %q is not two hex digits", hex)
		}
		p.Versions = append(p.Versions, byte(v))
	}
	for _, d := range []struct {
		text string
		to   *time.Duration
	}{{w.Interval, &p.Interval}, {w.Longest, &p.Longest}, {w.Pause, &p.Pause}} {
		if d.text == "" {
			continue
		}
		if *d.to, err = time.ParseDuration(d.text); err != nil || *d.to <= 0 {
			return fmt.Errorf("%q is not a duration such as 16s, 15m or 4h", d.text)
		}
	}
	if p.Longest == 0 {
		p.Longest = p.Interval
	}
	if w.Calendar != nil {
		if p.Calendar, err = w.Calendar.parse(); err != nil {
			return err
		}
	}
	p.Wake = Wake(max(0, slices.Index(wakeWords[:], w.Wake)))
	switch {
	case w.Name == "" || w.Source == "" || len(p.Manufacturers) == 0:
		return fmt.Errorf("name, source and manufacturers are needed")
	case p.Longest < p.Interval:
		return fmt.Errorf("longest is less than interval")
	case p.Wake.String() != w.Wake:
		return fmt.Errorf("wake %q is not known", w.Wake)
	}
	return nil
}
