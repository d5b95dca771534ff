package handovertest

import (
	"encoding/json"
	"reflect"
	"time"

	"earshot/collector/handover"
)

// Everywhere is the example with a text in each member that is one, numbers and
// codes included.
func Everywhere(text string) *handover.Document {
	d := Example()
	replace(reflect.ValueOf(d).Elem(), text)
	return d
}

// replace puts a text into all texts below a value.
func replace(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Pointer:
		if !v.IsNil() {
			replace(v.Elem(), text)
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[json.RawMessage]() {
			return
		}
		for i := range v.Len() {
			replace(v.Index(i), text)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			replace(v.Field(i), text)
		}
	}
}

// Hostile are texts that a form must survive: markup, formulas, control and
// direction characters, letters of other scripts, what is not UTF-8.
func Hostile() []string {
	return []string{
		"", " ", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</style><script>", "{{.Draft}}", "{{.Page}} of {{.Pages}}",
		"=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "\t=1", "'x", "_x0041_", "&amp;&#65;", "]]>",
		"a\x00b\x07c\x1b[31md", "\u202eabc\u2066", "\xff\xfe\xc3", "\ufffe\uffff", "e\u0301 a\u0300\u0301\u0302\u0303\u0304\u0305", "😀 ✅ ⚠️ 🇩🇰",
		"中文 日本語 한국어", "עברית العربية", "Ελληνικά Русский Việt Łódź", "½ ㎥ ﬁ № ℃ Ⅷ ²³ ①", "(a) \\ ) ( \\) \r\n x\ny",
		"1e400", "NaN", "0x1p-2", "123456789012345678901234567890", "2026-13-45", "--", "\u00a0\u2007\u202f\u3000",
	}
}
