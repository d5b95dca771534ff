package state

import (
	"errors"
	"fmt"
	"testing"

	"earshot/device/wmbus"
)

func TestFailuresGroupAndReachEveryMember(t *testing.T) {
	t.Parallel()
	cause := fmt.Errorf("byte 11: %w", wmbus.ErrWrongKey)
	err := Join([]*Failure{
		{Kind: KindWrongKey, Ref: "KAM-2", Row: 9, Err: cause},
		{Kind: KindTimeout, Ref: "KAM-3", Row: 4},
		{Kind: KindStore, Err: errors.New("disk full")},
		{Kind: KindTimeout, Ref: "KAM-1", Row: 2},
	})
	if got, want := err.Error(), "2 not heard in time, 1 wrong key, 1 store failed"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	for _, target := range []error{ErrTimeout, ErrWrongKey, ErrStore, wmbus.ErrWrongKey} {
		if !errors.Is(err, target) {
			t.Errorf("errors.Is does not reach %v", target)
		}
	}
	for _, target := range []error{ErrNoKey, ErrUpload} {
		if errors.Is(err, target) {
			t.Errorf("errors.Is finds %v, which did not happen", target)
		}
	}
	var all Failures
	if !errors.As(err, &all) {
		t.Fatal("errors.As does not find Failures")
	}
	var order []string
	for _, f := range all {
		order = append(order, f.Kind.String()+" "+f.Ref)
	}
	if got, want := fmt.Sprint(order), "[timeout KAM-1 timeout KAM-3 wrong_key KAM-2 store ]"; got != want {
		t.Errorf("order %s, want %s", got, want)
	}
	var one *Failure
	if !errors.As(err, &one) || one.Ref != "KAM-1" {
		t.Errorf("errors.As found %v, want the first failure", one)
	}
	if Join(nil) != nil {
		t.Error("no failures are an error")
	}
}
