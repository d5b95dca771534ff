package words

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"earshot/assets"
	"earshot/collector/state"
	"earshot/device/wmbus"
)

// namesOf are the names of a language's messages by subject.
func namesOf(t *testing.T, code string) map[string][]string {
	t.Helper()
	names := map[string][]string{}
	for path, text := range assets.Languages(code) {
		file, err := i18n.ParseMessageFileBytes(text, path, map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
		if err != nil {
			t.Fatal(err)
		}
		subject, _, _ := strings.Cut(path, ".")
		for _, m := range file.Messages {
			names[subject] = append(names[subject], m.ID)
		}
	}
	return names
}

// made is a language with these messages only.
func made(messages map[string]string) *Language {
	all := &table{tag: language.Danish, decimal: ",", messages: map[string]*entry{}}
	for name, text := range messages {
		all.messages[name] = &entry{[plural.Many + 1]*template{plural.Other: compile(text)}}
	}
	return &Language{"xx", func() *table { return all }}
}

// params are the parameters of all forms of a message.
func params(e *entry) []string {
	all := map[string]bool{}
	for _, t := range e.forms {
		if t != nil {
			for _, p := range t.params {
				all[p] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// TestLanguagesAreComplete names what a language misses, has in addition, or says with
// other parameters, and names that are in two files.
func TestLanguagesAreComplete(t *testing.T) {
	t.Parallel()
	for _, l := range Languages() {
		files := map[string]string{}
		for subject, names := range namesOf(t, l.code) {
			for _, name := range names {
				if other := files[name]; other != "" {
					t.Errorf("%s is in %s.%s.toml and in %s.%s.toml", name, other, l, subject, l)
				}
				files[name] = subject
			}
		}
		for name, english := range English.load().messages {
			e := l.load().messages[name]
			switch {
			case e == nil:
				t.Errorf("%s misses %s", l, name)
			case e.forms[plural.Other] == nil:
				t.Errorf("%s: %s has no other form", l, name)
			case (e.forms[plural.One] == nil) != (english.forms[plural.One] == nil):
				t.Errorf("%s: %s has not the forms of the English one", l, name)
			case !slices.Equal(params(e), params(english)):
				t.Errorf("%s: %s has the parameters %v, the English one %v", l, name, params(e), params(english))
			}
		}
		for name := range l.load().messages {
			if English.load().messages[name] == nil {
				t.Errorf("%s has %s, which English does not have", l, name)
			}
		}
	}
}

// TestEveryTermIsThere names words of codes that a language may call otherwise.
func TestEveryTermIsThere(t *testing.T) {
	t.Parallel()
	terms := map[string][]string{}
	for _, s := range wmbus.Statuses() {
		terms["status"] = append(terms["status"], s.String())
	}
	for typ := range 256 {
		if medium := wmbus.DeviceType(typ).Medium(); medium != "reserved" {
			terms["medium"] = append(terms["medium"], medium)
		}
	}
	for q := wmbus.Quantity(0); q == 0 || q.String() != wmbus.Unknown.String(); q++ {
		terms["quantity"] = append(terms["quantity"], q.String())
	}
	for code := range state.Codes {
		terms["code"] = append(terms["code"], code.String())
	}
	for step := range state.Steps {
		terms["step_name"] = append(terms["step_name"], step.String())
	}
	for q := wmbus.Qualifiers(1); q.String() != ""; q <<= 1 {
		terms["qualifier"] = append(terms["qualifier"], q.String())
	}
	for kind, words := range terms {
		if len(words) < 5 {
			t.Errorf("%s: only %v", kind, words)
		}
		for _, word := range words {
			if English.find(kind+"."+word) == nil {
				t.Errorf("there is no message %s.%s", kind, word)
			}
		}
	}
}

func TestLocale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  map[string]string
		want *Language
	}{
		{env: nil, want: English},
		{env: map[string]string{"LANG": "da_DK.UTF-8"}, want: Danish},
		{env: map[string]string{"LANG": "da_DK.UTF-8", "LC_MESSAGES": "de_AT@euro"}, want: German},
		{env: map[string]string{"LANG": "da_DK.UTF-8", "LC_ALL": "C"}, want: English},
		{env: map[string]string{"LANG": "de", "LC_ALL": ""}, want: German},
		{env: map[string]string{"LANG": "sv_SE.UTF-8"}, want: English},
		{env: map[string]string{"LANG": "\x1b[31m;"}, want: English},
	} {
		if got := Locale(func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%v: %v, want %v", c.env, got, c.want)
		}
	}
	if l, ok := Named("de"); l != German || !ok {
		t.Error(l, ok)
	}
	if l, ok := Named("klingon"); l != English || ok {
		t.Error(l, ok)
	}
}

func TestNumbersAndTimes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 31, 14, 10, 9, 0, time.UTC)
	for l, want := range map[*Language]string{
		English: "12345.60 m³|1.5 °C|2026-12-31|14:10|1d12h|2h05m|3h|now",
		Danish:  "12345,60 m³|1,5 °C|31.12.2026|14.10|1d12t|2t05m|3t|nu",
		German:  "12345,60 m³|1,5 °C|31.12.2026|14:10|1d12h|2h05m|3h|eben",
	} {
		got := strings.Join([]string{
			l.Value(wmbus.Decimal(1234560, -2), wmbus.UnitM3), l.Value(wmbus.Decimal(15, -1), wmbus.UnitCelsius), l.Date(at), l.Time(at),
			l.Duration(36 * time.Hour), l.Countdown(125 * time.Minute), l.Age(3 * time.Hour), l.Age(time.Millisecond),
		}, "|")
		if got != want {
			t.Errorf("%v: %s\nwant %s", l, got, want)
		}
	}
}

// TestUnknownMessages: a message that a language does not have is English, and one
// that nobody has is seen.
func TestUnknownMessages(t *testing.T) {
	t.Parallel()
	l := made(map[string]string{"verdict.ok": "i orden", "a": "{{.B}}{{.C}}.", "step.heard": "x"})
	if got := l.Verdict(&state.Verdict{Code: state.CodeOK}); got != "i orden" {
		t.Errorf("%q", got)
	}
	if got := l.Verdict(&state.Verdict{Code: state.CodeNoKey}); got != English.Say("verdict.no_key", nil) {
		t.Errorf("%q", got)
	}
	if got := l.Say("verdict.nothing", nil); got != "verdict.nothing" {
		t.Errorf("%q", got)
	}
	if got := l.Say("a", Args{"B": 3, "C": time.Hour}); got != "31h." {
		t.Errorf("%q", got)
	}
	if got := l.Plural("step.heard", 1, nil); got != "x" {
		t.Errorf("%q", got)
	}
}

// places are the columns that texts have at 80 columns: of those whose names match, in
// each language. Labels have the room of the longest step of a chain and its sign.
var places = []struct {
	names *regexp.Regexp
	room  int
}{
	{names: regexp.MustCompile(`^medium_short\.|^building\.medium\.`), room: 9},
	{names: regexp.MustCompile(`^duration\.`), room: 4},
	{names: regexp.MustCompile(`^format\.date$`), room: len("02.01.2006")},
	{names: regexp.MustCompile(`^unit\.allocator$`), room: 5},
	{names: regexp.MustCompile(`^(equipment\.label\.[a-z_]+|explain\.(verdict|next|alarm|remark)|why\.(evidence|chance|rule|rhythm|tried))$`), room: 11},
	{names: regexp.MustCompile(`^meter\.(verdict|next|evidence|keys|alarm|remark|display|showed|access|waits|listed_note|note|list|where|medium|corrected|near|signal|heard_by|status|partial|on_air)$`), room: 11},
	{names: regexp.MustCompile(`^key\.(move|back|help|quit|take|forget|read|note|write|renew)$`), room: 16},
	{names: regexp.MustCompile(`^room\.[a-z]+\.short$|^(air|equipment)\.key\.[a-z]+$`), room: 15},
	{names: regexp.MustCompile(`^building\.filter\.[a-z_]+$`), room: 9},
	{names: regexp.MustCompile(`^building\.column\.(where|meter|signal|chain|reading|receiver)$`), room: 9},
	{names: regexp.MustCompile(`^(building|air)\.column\.age$`), room: 4},
	{names: regexp.MustCompile(`^air\.column\.heard$`), room: 6},
	{names: regexp.MustCompile(`^attached\.state\.`), room: 14},
}

// TestTextsFit names texts that are longer than their place on a screen of 80 columns.
func TestTextsFit(t *testing.T) {
	t.Parallel()
	for _, p := range places {
		found := 0
		for _, l := range Languages() {
			for name, e := range l.load().messages {
				if !p.names.MatchString(name) {
					continue
				}
				found++
				if text := e.form(plural.Other).literals[0]; utf8.RuneCountInString(text) > p.room {
					t.Errorf("%v: %s has more than %d columns: %q", l, name, p.room, text)
				}
			}
		}
		if found == 0 {
			t.Errorf("no message is called %v", p.names)
		}
	}
}

// protocol are words of the protocol, which installers do not know, and specialists the
// names of messages that may have them: details for specialists, and what only the
// command line says.
var (
	protocol    = regexp.MustCompile(`(?i)\b(frames?|ci[- ]?field|di[fb]e?s?|vi[fb]e?s?|acc|ell|afl|snd[-_ ]?nr|apdu|mac|crc|dll|tpl|iv|payload|rssi|puback|qos|hexdump|link layer|transport layer)\b`)
	specialists = regexp.MustCompile(`^(meter\.(special|layers|on_air|bytes|layer)|qualifier\.|readiness\.|layer\.|special\.|hex\.|byte\.|fault\.)`)
)

// TestNoWordsOfTheProtocol: an installer reads about meters, keys and telegrams.
func TestNoWordsOfTheProtocol(t *testing.T) {
	t.Parallel()
	for _, l := range Languages() {
		for name, e := range l.load().messages {
			for _, form := range e.forms {
				if form == nil || specialists.MatchString(name) {
					continue
				}
				// \b takes letters such as æ for the end of a word
				text := strings.NewReplacer("æ", "a", "ø", "o", "å", "a", "ä", "a", "ö", "o", "ü", "u", "ß", "s").Replace(strings.Join(form.literals, "{}"))
				if word := protocol.FindString(text); word != "" {
					t.Errorf("%v: %s has %q, a word of the protocol: %q", l, name, word, text)
				}
			}
		}
	}
}
