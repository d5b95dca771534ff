package readiness_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"earshot/assets"
	"earshot/collector/evidence/evidencetest"
	"earshot/collector/readiness"
	"earshot/collector/words"
	"earshot/device/wmbus"
)

// some are meters with each verdict.
func some(t *testing.T, facts readiness.Circumstances) report {
	t.Helper()
	return judge(t, facts, sound(meter{}), meter{}, sound(meter{Count: -1, Medium: "heat"}), sound(meter{Count: -1, Medium: "heat", Note: "no radio"}), meter{Key: 8, Own: 9, Mode: wmbus.ModeAESIV})
}

// TestSchema: the JSON is as the schema says; what is not met has its telegram.
func TestSchema(t *testing.T) {
	t.Parallel()
	for _, facts := range []readiness.Circumstances{{}, {Country: "DE", Outside: []string{"dongle"}, NoneStays: true, DueDate: "12-31"}} {
		r := some(t, facts)
		var text bytes.Buffer
		if err := r.WriteJSON(&text); err != nil {
			t.Fatal(err)
		}
		if err := evidencetest.Valid(t, "readiness", text.Bytes()); err != nil {
			t.Error(err)
		}
		for i := range r.Meters {
			for j := range r.Meters[i].Findings {
				r.Meters[i].Findings[j].Telegram = nil
			}
		}
		text.Reset()
		if err := r.WriteJSON(&text); err != nil || evidencetest.Valid(t, "readiness", text.Bytes()) == nil {
			t.Errorf("the schema takes what is not met without a telegram, %v", err)
		}
	}
}

// TestAlwaysSaysWhatItIsNot: text and JSON in each language say that they are no advice.
func TestAlwaysSaysWhatItIsNot(t *testing.T) {
	t.Parallel()
	r := some(t, readiness.Circumstances{})
	said := map[string]string{"en": "evidence, not legal advice", "da": "dokumentation, ikke juridisk rådgivning", "de": "Nachweise, keine Rechtsberatung"}
	for _, l := range words.Languages() {
		var text bytes.Buffer
		if err := r.WriteText(&text, l); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text.String(), said[l.String()]) || !strings.Contains(r.OwnersPage(l)[0], said[l.String()]) {
			t.Errorf("%v does not say it:\n%s", l, text.String())
		}
		if strings.Contains(text.String(), "readiness.") {
			t.Errorf("%v: a message is missing:\n%s", l, text.String())
		}
		for _, why := range readiness.Whys() {
			f := readiness.Finding{Why: why, Detail: "x"}
			if strings.Contains(f.Sentence(l), "readiness.") {
				t.Errorf("%v has no words for %s", l, why)
			}
		}
		for _, o := range r.Rules {
			if o.Short[l.String()] == "" || o.What[l.String()] == "" || o.Evidence[l.String()] == "" {
				t.Errorf("%v: rule %s lacks a text", l, o.ID)
			}
		}
	}
	text, err := json.Marshal(r)
	if err != nil || !bytes.Contains(text, []byte(`"disclaimer":"evidence, not legal advice"`)) {
		t.Errorf("the JSON does not say it, %v", err)
	}
}

// TestRulesHaveSources: each rule that is embedded stands on the page of its source.
func TestRulesHaveSources(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/protocol/readiness.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range readiness.Embedded().Rules {
		if named := regexp.MustCompile(`\b` + r.ID + `\b`).Match(page); r.Law.Duty() && !named {
			t.Errorf("docs/protocol/readiness.md does not name %s", r.ID)
		}
	}
}

// TestRefusesRules: rules that cannot be right are refused with what is wrong.
func TestRefusesRules(t *testing.T) {
	t.Parallel()
	good := string(assets.ReadinessRules())
	for _, c := range []struct{ from, to, says string }{
		{from: `"id": "EU-2"`, to: `"id": "EU-1"`, says: "another one"}, {from: `"check": "remote"`, to: `"check": "magic"`, says: "check"},
		{from: `"law": "EU"`, to: `"law": "SE"`, says: "law"}, {from: `"since": "2020-10-25"`, to: `"since": "soon"`, says: "days"},
		{from: `"as_of": "2026-11-28"`, to: `"as_of": ""`, says: "as_of"}, {from: `"advice": true`, to: `"advice": false`, says: "advice"},
		{from: `"source": "FFVAV"`, to: `"source": ""`, says: "source"}, {from: `"id": "DE-1"`, to: `"id": ""`, says: "no id"},
		{from: `"law": "EU"`, to: `"laws": "EU"`, says: "laws"}, {from: `"en": "read outside"`, to: `"en": ""`, says: "English"},
	} {
		if _, err := readiness.Parse([]byte(strings.Replace(good, c.from, c.to, 1))); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.to, err)
		}
	}
	for _, text := range []string{"", "[]", `{"version":"1","as_of":"2026-01-01","rules":[]}`} {
		if _, err := readiness.Parse([]byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
