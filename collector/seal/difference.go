package seal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// maxDifferences is how many differences of one document are named.
const maxDifferences = 50

// differences walks two JSON documents and notes the values that differ: where they
// are, and the row of the list that they are of.
func differences(want, got []byte, note func(Problem)) {
	w := walker{note: note}
	w.walk(number(want), number(got), "", "")
}

// number reads JSON with numbers as they are written.
func number(text []byte) (v any) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	_ = d.Decode(&v) // it is valid
	return v
}

type walker struct {
	note  func(Problem)
	count int
}

func (w *walker) walk(want, got any, path, meter string) {
	if w.count >= maxDifferences {
		return
	}
	switch want := want.(type) {
	case map[string]any:
		if got, same := got.(map[string]any); same {
			w.members(want, got, path, meter)
			return
		}
	case []any:
		if got, same := got.([]any); same {
			w.items(want, got, path, meter)
			return
		}
	default:
		if want == got {
			return
		}
	}
	w.count++
	w.note(Problem{Path: path, Meter: meter, Want: brief(want), Got: brief(got)})
}

func (w *walker) members(want, got map[string]any, path, meter string) {
	if own, is := got["meter"].(string); is {
		meter = own
	}
	all := maps.Clone(want)
	maps.Copy(all, got)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		below := key
		if path != "" {
			below = path + "." + key
		}
		w.member(want, got, key, below, meter)
	}
}

// member compares one member, which one of them may not have.
func (w *walker) member(want, got map[string]any, key, path, meter string) {
	a, inWant := want[key]
	b, inGot := got[key]
	if inWant && inGot {
		w.walk(a, b, path, meter)
		return
	}
	w.count++
	p := Problem{Path: path, Meter: meter}
	if inWant {
		p.Want = brief(a)
	} else {
		p.Got = brief(b)
	}
	w.note(p)
}

func (w *walker) items(want, got []any, path, meter string) {
	if len(want) != len(got) {
		w.count++
		w.note(Problem{Path: path, Meter: meter, Want: fmt.Sprintf("%d items", len(want)), Got: fmt.Sprintf("%d items", len(got))})
	}
	for i := range min(len(want), len(got)) {
		w.walk(want[i], got[i], fmt.Sprintf("%s[%d]", path, i), meter)
	}
}

// brief is a value as JSON.
func brief(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}
