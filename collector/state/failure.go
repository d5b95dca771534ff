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
	KindUndecodable
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
	KindUndecodable: {"undecodable", ErrUndecodable},
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
	return fmt.Errorf("%q is no kind of failure", text)
}

// Failure is one thing that went wrong in a round: a meter's read, or a part
// that all reads share (Ref is empty then).
type Failure struct {
	Kind Kind
	Ref  string // the meter's reference, "" for a shared part
	Row  int    // line of the meter in its list, 0 for a shared part
	Part string // which broker, where several have failures of their own
	Err  error  // the cause in detail, may be nil
}

func (f *Failure) Error() string {
	s := kinds[min(f.Kind, kindEnd-1)].sentinel.Error()
	if f.Ref != "" {
		s = fmt.Sprintf("%s (row %d): %s", f.Ref, f.Row, s)
	}
	if f.Err != nil {
		s += ": " + f.Err.Error()
	}
	return s
}

// Is reports whether target is the sentinel of the failure's kind.
func (f *Failure) Is(target error) bool { return target == kinds[min(f.Kind, kindEnd-1)].sentinel }

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Failures is the error of a round: every failure of it, ordered by kind and
// then by row. errors.Is and errors.As reach each member.
type Failures []*Failure

// Join makes Failures of a round's failures, nil when there is none.
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

// Error counts the failures by kind: "3 not heard in time, 1 wrong key".
func (f Failures) Error() string {
	var parts []string
	for _, g := range f.Groups() {
		parts = append(parts, fmt.Sprintf("%d %v", len(g.Failures), kinds[g.Kind].sentinel))
	}
	return strings.Join(parts, ", ")
}

// Unwrap returns every member.
func (f Failures) Unwrap() []error {
	errs := make([]error, len(f))
	for i := range f {
		errs[i] = f[i]
	}
	return errs
}

// Group is the failures of one kind, and of one broker where each has its own.
type Group struct {
	Kind     Kind
	Part     string // the broker, "" for other kinds
	Failures []*Failure
}

// Groups returns the failures by kind and broker, in the order of the kinds; kinds
// without a failure are left out.
func (f Failures) Groups() []Group {
	var groups []Group
	for _, x := range f {
		if n := len(groups); n == 0 || groups[n-1].Kind != x.Kind || groups[n-1].Part != x.Part {
			groups = append(groups, Group{Kind: x.Kind, Part: x.Part})
		}
		g := &groups[len(groups)-1]
		g.Failures = append(g.Failures, x)
	}
	return groups
}
