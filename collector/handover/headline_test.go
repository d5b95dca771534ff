package handover

import (
	"testing"

	"earshot/collector/words"
)

func TestHeadline(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		counts Counts
		in     *words.Language
		want   string
	}{
		{counts: Counts{Expected: 28, Done: 27, Attention: 4, Open: 1}, in: words.English, want: "23 of 28 meters are done, 4 more work but need attention, 1 is open."},
		{counts: Counts{Expected: 28, Done: 27, Attention: 4, Open: 1}, in: words.Danish, want: "23 af 28 målere er færdige, 4 andre virker, men kræver opmærksomhed, 1 er åben."},
		{counts: Counts{Expected: 28, Done: 27, Attention: 4, Open: 1}, in: words.German, want: "23 von 28 Geräten sind fertig, 4 weitere funktionieren, sind aber zu prüfen, 1 ist offen."},
		{counts: Counts{Expected: 3, Done: 2, Attention: 1, Inaccessible: 1}, in: words.English, want: "1 of 3 meters is done, 1 more works but needs attention, 1 was not accessible."},
		{counts: Counts{Expected: 3, Done: 1, Attention: 1, Open: 2}, in: words.English, want: "1 of 3 meters works but needs attention, 2 are open."},
		{counts: Counts{Expected: 1, Open: 1}, in: words.English, want: "1 of 1 meter is open."},
		{counts: Counts{Expected: 2, Done: 2}, in: words.English, want: "All 2 meters are done."},
		{counts: Counts{}, in: words.English, want: "0 of 0 meters are done."},
	} {
		f := &filler{Options: Options{Words: test.in}, doc: &Document{Summary: Summary{Counts: test.counts}}}
		if got := f.headline(); got != test.want {
			t.Errorf("%+v gives %q, want %q", test.counts, got, test.want)
		}
	}
}
