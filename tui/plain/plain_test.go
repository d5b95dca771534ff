package plain

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/tui/screen"
)

// fixed is a source that never changes.
type fixed struct{ snap state.Snapshot }

func (f fixed) Snapshot() state.Snapshot { return f.snap }
func (fixed) Changed() <-chan struct{}   { return nil }

// run types lines and returns what was printed.
func run(t *testing.T, lang *words.Language, typed string) string {
	t.Helper()
	s := state.NewState(site.Site{Name: "Søndergade 12", Meters: make([]site.Meter, 2)}, false)
	var out bytes.Buffer
	err := Run(t.Context(), Config{Source: fixed{s.Snapshot()}, Lang: lang, In: strings.NewReader(typed), Out: &out, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestEveryKeyHasACommand: what a key does about a meter can be typed.
func TestEveryKeyHasACommand(t *testing.T) {
	t.Parallel()
	s := newSession(Config{Now: time.Now})
	keys := map[string]bool{}
	for _, c := range commands() {
		keys[c.key] = true
		if c.key != "" && screen.Find(s.host.MeterKeys(), c.key) == nil {
			t.Errorf("%s presses %s, which is no key of a meter", c.name, c.key)
		}
	}
	for _, b := range s.host.MeterKeys() {
		if !keys[b.Keys[0]] {
			t.Errorf("no command does what %s does: %s", b.Keys[0], b.Help)
		}
	}
}

// TestWordsDiffer: in no language do two commands have one word.
func TestWordsDiffer(t *testing.T) {
	t.Parallel()
	for _, lang := range words.Languages() {
		of := map[string]string{}
		for _, c := range commands() {
			for _, l := range []*words.Language{lang, words.English} {
				word := strings.ToLower(l.Say("plain.word."+c.name, nil))
				if other := of[word]; other != "" && other != c.name || strings.Contains(word, " ") {
					t.Errorf("%v: %q is %s and %s", lang, word, c.name, other)
				}
				of[word] = c.name
			}
		}
	}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	for _, lang := range words.Languages() {
		for _, c := range commands() {
			for _, word := range []string{lang.Say("plain.word."+c.name, nil), strings.ToUpper(c.name)} {
				got := run(t, lang, word+"\n")
				if unknown, _, _ := strings.Cut(lang.Say("plain.unknown", words.Args{"Word": word}), word); strings.Contains(got, unknown) {
					t.Errorf("%v: %s is not known:\n%s", lang, word, got)
				}
			}
		}
	}
	if got := run(t, words.Danish, "syng\n\n"); !strings.HasSuffix(got, "kommandoen syng findes ikke: skriv hjælp\n") {
		t.Error(got)
	}
	if got := run(t, words.German, "liste\n"); !strings.HasSuffix(got, "2 Geräte insgesamt\n") {
		t.Error(got)
	}
}

// TestBadInput: escapes are not printed, and a line that never ends does not fill memory.
func TestBadInput(t *testing.T) {
	t.Parallel()
	if got := run(t, words.English, "\x1b[2Jlist\a\u202e\n"); strings.ContainsAny(got, "\x1b\a\u202e") {
		t.Errorf("%q", got)
	}
	if got := run(t, words.English, strings.Repeat("x", 1<<20)+"\nlist\n"); len(got) > 2*maxCommand || !strings.HasSuffix(got, "2 meters in all\n") {
		t.Errorf("%.200q", got)
	}
}

// TestRunEndsWithItsContext: also while it waits for a line.
func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	in, typed := io.Pipe()
	defer typed.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(io.ErrUnexpectedEOF)
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, Config{Source: fixed{}, In: in, Out: io.Discard, Now: time.Now})
	}()
	typed.Close()
	if err := <-ended; err != io.ErrUnexpectedEOF && err != nil {
		t.Error(err)
	}
}
