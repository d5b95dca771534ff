package collector

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
	"testing"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
	"earshot/device/simulate"
	"earshot/device/wmbus"
)

// blinded is a list of which only the fingerprints of the keys are known.
func blinded(t *testing.T, list site.Site) site.Site {
	t.Helper()
	list.Meters, list.Loose = slices.Clone(list.Meters), slices.Clone(list.Loose)
	blind := func(key *site.Key) {
		print, err := site.ParseFingerprint(key.Fingerprint())
		if err != nil {
			t.Fatal(err)
		}
		*key = print
	}
	for i := range list.Meters {
		blind(&list.Meters[i].Key)
	}
	for i := range list.Loose {
		blind(&list.Loose[i].Key)
	}
	return list
}

// traced is the log of a campaign with its findings, written as JSON and read again.
func traced(t *testing.T, list site.Site, log iter.Seq2[store.Entry, error]) (all []Traced) {
	t.Helper()
	for one, err := range Trace(list, log) {
		if err != nil {
			t.Fatal(err)
		}
		if one.Found != nil {
			text, back := []byte(one.Found.String()), new(Finding)
			if err := json.Unmarshal(text, back); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if again := back.String(); again != string(text) {
				t.Errorf("finding\n%s\nis read as\n%s", text, again)
			}
			one.Found = back
		}
		all = append(all, one)
	}
	return all
}

func yielding(all []Traced) iter.Seq2[Traced, error] {
	return func(yield func(Traced, error) bool) {
		for _, one := range all {
			if !yield(one, nil) {
				return
			}
		}
	}
}

// provable checks that the log of a campaign proves its verdicts, with the keys and
// without, and returns it.
func provable(t *testing.T, list site.Site, log iter.Seq2[store.Entry, error]) (all []Traced) {
	t.Helper()
	all = traced(t, list, log)
	own, err := Verify(list, func(yield func(store.Entry, error) bool) {
		for _, one := range all {
			if !yield(one.Entry, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, list site.Site) Findings {
		v, err := VerifyTraced(list, yielding(all))
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range v.Findings.Wrong {
			t.Errorf("%s: entry %d of %q\nrecorded %v\nfound    %v", what, wrong.Entry, wrong.Meter, wrong.Recorded, wrong.Found)
		}
		if got, want := v.State.Verdicts(), own.State.Verdicts(); !bytes.Equal(got, want) {
			t.Errorf("%s: verdicts\n%s\nwant\n%s", what, got, want)
		}
		if v.Compared != own.Compared || len(v.Differing) != len(own.Differing) || v.OtherList != own.OtherList {
			t.Errorf("%s: %d tables compared, differing %v, other list %v; want %d, %v, %v", what, v.Compared, v.Differing, v.OtherList, own.Compared, own.Differing, own.OtherList)
		}
		return v.Findings
	}
	with, without := check("with keys", list), check("without keys", blinded(t, list))
	if sum := without.Trusted + without.Checked; with.Trusted > 0 || with.Checked != sum {
		t.Errorf("%d findings checked and %d trusted with all keys; %d without", with.Checked, with.Trusted, sum)
	}
	return all
}

// TestWrongFindings: who has the keys sees each finding that was changed; who has
// none sees those of telegrams that are not encrypted.
func TestWrongFindings(t *testing.T) {
	t.Parallel()
	c := commission(t, simulate.Random(3))
	changed := map[int64]bool{}
	seen, counted := map[bool]int{}, map[bool]int{}
	for i := range c.traced {
		found := c.traced[i].Found
		if found == nil || found.Opened == nil {
			continue
		}
		plain := found.Opened.Result == wmbus.NotEncrypted
		if counted[plain]++; counted[plain]%5 != 0 {
			continue
		}
		other := *found
		other.Failed, other.Reading = &Shortfall{Kind: state.KindNoReading, Reason: state.Reason{Code: state.ReasonSignOfLife}}, nil
		c.traced[i].Found = &other
		changed[c.traced[i].Entry.Position()] = plain
	}
	for _, list := range []site.Site{c.list, blinded(t, c.list)} {
		v, err := VerifyTraced(list, yielding(c.traced))
		if err != nil {
			t.Fatal(err)
		}
		want := map[int64]bool{}
		for entry, plain := range changed {
			if plain || list.Meters[0].Key.Known() {
				want[entry] = true
			}
		}
		got := v.Findings.Wrong
		for _, wrong := range got {
			if !want[wrong.Entry] || wrong.Recorded.Failed == nil || wrong.Found.Reading == nil && wrong.Found.Failed == nil {
				t.Errorf("entry %d: recorded %v, found %v", wrong.Entry, wrong.Recorded, wrong.Found)
			}
		}
		if len(got) != min(len(want), MaxWrong) || v.Findings.WrongCount != len(want) {
			t.Errorf("%d of %d are named, %d were changed", len(got), v.Findings.WrongCount, len(want))
		}
		seen[list.Meters[0].Key.Known()] = len(want)
	}
	if seen[false] == 0 || seen[true] <= seen[false] {
		t.Errorf("%v were changed that can be seen with and without keys: that proves little", seen)
	}
}
