package settlement_test

import (
	"bytes"
	"strings"
	"testing"

	"earshot/collector/evidence/evidencetest"
	"earshot/collector/settlement"
	"earshot/collector/words"
)

// TestSchema: the JSON is as the schema says, and text is said in each language.
func TestSchema(t *testing.T) {
	t.Parallel()
	d, err := settlement.Read(strings.NewReader(days))
	if err != nil {
		t.Fatal(err)
	}
	for _, opt := range []settlement.Options{{}, {DegreeDays: d, HotWater: 20}} {
		p := preview(t, opt, house()...)
		var text bytes.Buffer
		if err := p.WriteJSON(&text); err != nil {
			t.Fatal(err)
		}
		if err := evidencetest.Valid(t, "settlement", text.Bytes()); err != nil {
			t.Error(err)
		}
		if evidencetest.Valid(t, "settlement", bytes.Replace(text.Bytes(), []byte(`"use"`), []byte(`"used"`), 1)) == nil {
			t.Error("the schema takes a sum without its use")
		}
		for _, l := range words.Languages() {
			var said bytes.Buffer
			if err := p.WriteText(&said, l); err != nil || strings.Contains(said.String(), "settlement.") {
				t.Errorf("%v, %v:\n%s", l, err, said.String())
			}
			if !strings.Contains(said.String(), l.Number("1.500")+" m³") || !strings.Contains(said.String(), "IST-10000003") {
				t.Errorf("%v:\n%s", l, said.String())
			}
		}
	}
}

// TestEveryReasonHasWords: each reason is said.
func TestEveryReasonHasWords(t *testing.T) {
	t.Parallel()
	for _, l := range words.Languages() {
		for _, why := range settlement.Whys() {
			gap := settlement.Gap{What: settlement.NeedsMeter, Why: why}
			if said := gap.Sentence(l); strings.Contains(said, "settlement.") {
				t.Errorf("%v has no words for %s", l, why)
			}
		}
	}
}
