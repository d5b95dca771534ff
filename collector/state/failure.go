package state

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kind groups failures by what has to be done about them.
type Kind uint8

const (
	KindNone Kind = iota
	KindTimeout
	KindNoKey
	KindWrongKey
	KindDamaged
	KindUndecodable
	KindNoReading
	KindTwoMeters
	KindImplausible
	KindDevice
	KindStore
	KindUpload
	kindEnd
)

// Sentinels, one for each kind, that errors.Is finds in a round's error.
var (
	ErrTimeout     = errors.New("not heard in time")
	ErrNoKey       = errors.New("no key")
	ErrWrongKey    = errors.New("wrong key")
	ErrDamaged     = errors.New("damaged")
	ErrNoReading   = errors.New("heard, but no reading")
	ErrTwoMeters   = errors.New("two meters with one number")
	ErrUndecodable = errors.New("not decodable")
	ErrImplausible = errors.New("not plausible")
	ErrDevice      = errors.New("receiver failed")
	ErrStore       = errors.New("store failed")
	ErrUpload      = errors.New("upload failed")
)

// kinds says how each kind is written in JSON and in words.
var kinds = [kindEnd]struct {
	word     string
	sentinel error
}{
	KindNone:        {"none", nil},
	KindTimeout:     {"timeout", ErrTimeout},
	KindNoKey:       {"no_key", ErrNoKey},
	KindWrongKey:    {"wrong_key", ErrWrongKey},
	KindDamaged:     {"damaged", ErrDamaged},
	KindUndecodable: {"undecodable", ErrUndecodable},
	KindNoReading:   {"no_reading", ErrNoReading},
	KindTwoMeters:   {"two_meters", ErrTwoMeters},
	KindImplausible: {"implausible", ErrImplausible},
	KindDevice:      {"device", ErrDevice},
	KindStore:       {"store", ErrStore},
	KindUpload:      {"upload", ErrUpload},
}

func (k Kind) String() string { return kinds[min(k, kindEnd-1)].word }

// Sentinel is the error that failures of the kind are, nil for KindNone.
func (k Kind) Sentinel() error { return kinds[min(k, kindEnd-1)].sentinel }

// MarshalText writes the kind as a word.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (k *Kind) UnmarshalText(text []byte) error {
	for kind := range kindEnd {
		if kinds[kind].word == string(text) {
			*k = kind
			return nil
		}
	}
	return fmt.Errorf("%q is not a kind of failure", text)
}

// Failure is one thing that went wrong: a meter's read, or a part that all
// reads share (Ref is empty then), or a whole site of a batch (KindNone).
type Failure struct {
	Site string // of a batch, "" for a campaign's own
	Kind Kind
	Ref  string // the meter's reference, "" for a shared part
	Row  int    // line of the meter in its list, 0 for a shared part
	Part string // which broker, if several have failures of their own
	Err  error  // the cause in detail, may be nil
	// Reason is the cause as a code, if it has one.
	Reason Reason
}

func (f *Failure) Error() string {
	if f.Site != "" {
		return f.Site + ": " + f.Detail()
	}
	return f.Detail()
}

// Detail is Error without the site.
func (f *Failure) Detail() string {
	var parts []string
	if s := f.Kind.Sentinel(); s != nil {
		parts = append(parts, s.Error())
	}
	if f.Err != nil {
		parts = append(parts, f.Err.Error())
	} else if f.Reason.Code != ReasonNone {
		parts = append(parts, f.Reason.Error())
	}
	text := strings.Join(parts, ": ")
	if f.Ref != "" {
		text = fmt.Sprintf("%s (line %d): %s", f.Ref, f.Row, text)
	}
	return text
}

// Is reports whether target is the sentinel of the failure's kind, or the kind of
// trouble with its telegram.
func (f *Failure) Is(target error) bool {
	fault := f.Reason.fault()
	return target == f.Kind.Sentinel() || fault != 0 && target == fault
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Failures is the error of a round or a batch: every failure, ordered by site
// in a batch, then by kind and row. errors.Is and errors.As reach each member.
type Failures []*Failure

// Join makes Failures of what failed at one site, nil if nothing did.
func Join(all []*Failure) error {
	if len(all) == 0 {
		return nil
	}
	f := Failures(slices.Clone(all))
	slices.SortStableFunc(f, func(a, b *Failure) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Row, b.Row), cmp.Compare(a.Ref, b.Ref))
	})
	return f
}

// Error counts the failures by site and kind: "3 not heard in time, 1 wrong
// key", "north: 1 wrong key; south: not commissioned".
func (f Failures) Error() string {
	var b strings.Builder
	groups := f.Groups()
	for i, g := range groups {
		switch {
		case i > 0 && g.Site == groups[i-1].Site:
			b.WriteString(", ")
		case i > 0:
			b.WriteString("; ")
			fallthrough
		default:
			if g.Site != "" {
				b.WriteString(g.Site + ": ")
			}
		}
		if s := g.Kind.Sentinel(); s != nil {
			fmt.Fprintf(&b, "%d %v", len(g.Failures), s)
		} else {
			b.WriteString("not commissioned")
		}
	}
	return b.String()
}

// Unwrap returns every member.
func (f Failures) Unwrap() []error {
	errs := make([]error, len(f))
	for i := range f {
		errs[i] = f[i]
	}
	return errs
}

// Group is the failures of one kind at one site, and of one broker if each has
// its own.
type Group struct {
	Site     string
	Kind     Kind
	Part     string // the broker, "" for other kinds
	Failures []*Failure
}

// Groups returns the failures by site, kind and broker, in their order. Kinds
// without a failure are left out.
func (f Failures) Groups() []Group {
	var groups []Group
	for _, x := range f {
		if n := len(groups); n == 0 || groups[n-1].Site != x.Site || groups[n-1].Kind != x.Kind || groups[n-1].Part != x.Part {
			groups = append(groups, Group{Site: x.Site, Kind: x.Kind, Part: x.Part})
		}
		g := &groups[len(groups)-1]
		g.Failures = append(g.Failures, x)
	}
	return groups
}

// failedStep is the step at which the failure of a telegram stops the chain.
func failedStep(kind Kind) Step {
	switch kind {
	case KindNoKey, KindWrongKey, KindDamaged, KindTwoMeters:
		return StepDecrypted
	case KindImplausible:
		return StepPlausible
	}
	return StepDecoded
}

// putAside keeps the failure of a meter that is read again, in case it stays
// silent. What a broker refused is not a failure of the meter.
func (r *Row) putAside() {
	if r.Failure != nil && r.Failure.Kind != KindUpload {
		r.before = r.Failure
	}
	r.Failure = nil
}

// wrong is the failure of the meter, of this round or an earlier one; nil if
// there is none.
func (r *Row) wrong() *RowFailure {
	if r.Failure != nil {
		return r.Failure
	}
	return r.before
}

// present shows the failure of an earlier round while this one has no result
// and does not listen for it: a meter that was heard with a wrong key and is
// silent now has a wrong key, and has not timed out.
func (r *Row) present() {
	if r.before == nil || r.Failure != nil || r.Read.Active || r.Chain[StepPlausible] == StepDone {
		return
	}
	r.shown, r.hidden, r.Failure = true, r.Chain, r.before
	step := failedStep(r.before.Kind)
	r.Chain = Chain{}
	for i := range step {
		r.Chain[i] = StepDone
	}
	r.Chain[step] = StepFailed
}

// withdraw undoes present, so that the next event finds the round's own state.
func (r *Row) withdraw() {
	if r.shown {
		r.shown, r.Chain, r.Failure = false, r.hidden, nil
	}
}

// Before is the failure of an earlier round that still holds for a meter, nil
// if there is none.
func (s *State) Before(ref string) *RowFailure { return s.rows[s.index[ref]].before }
