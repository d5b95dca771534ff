package report

import (
	"io"
	"strings"
	"time"

	"earshot/collector/seal"
	"earshot/collector/words"
	"earshot/device/printable"
)

// Verification is a checked protocol, to be shown.
type Verification struct {
	File string // name of the sealed file
	*seal.Result
	Pin     seal.Pin // the key that was given
	Partly  []string // names of messages: what could not be checked, and why
	Version string   // of this program
}

// verifyIndent is the column in which the texts of a verification begin.
const verifyIndent = 13

// Verify writes what was found in a sealed protocol.
func Verify(w io.Writer, v Verification, lang *words.Language) error {
	width := TerminalWidth(w)
	out := &errWriter{w: w}
	p := &sealPrinter{out: out, width: width, lang: lang, v: &v}
	p.head()
	p.fact("verify.signature", p.signature())
	if !v.Signer.IsZero() {
		p.fact("verify.key", v.Signer.String())
		p.fact("verify.words", strings.Join(v.Signer.Words(), " "))
	}
	p.files()
	p.fact("verify.log", lang.Plural("verify.log.count", v.Log.Entries, words.Args{"Telegrams": v.Log.Telegrams}))
	p.telegrams()
	p.verdicts()
	p.documents()
	out.printf("\n")
	if v.Valid() {
		out.printf("%s\n", lang.Say("verify.result.valid", nil))
		return out.err
	}
	out.printf("%s\n", lang.Plural("verify.result.wrong", v.Count, nil))
	for i := range v.Problems {
		p.line("  "+sealProblem(lang, &v.Problems[i]), 4)
	}
	if more := v.Count - len(v.Problems); more > 0 {
		out.printf("  %s\n", lang.Plural("verify.more", more, nil))
	}
	return out.err
}

type sealPrinter struct {
	out   *errWriter
	width int
	lang  *words.Language
	v     *Verification
}

// line writes a text that is folded to the terminal.
func (p *sealPrinter) line(text string, indent int) {
	if p.width > 0 {
		first := len(text) - len(strings.TrimLeft(text, " "))
		text = wrapIndented(text, max(p.width, indent+narrowText), first, indent)
	}
	p.out.printf("%s\n", text)
}

// fact writes a text behind its label.
func (p *sealPrinter) fact(label, text string) {
	if text == "" {
		return
	}
	if p.width > 0 {
		text = wrapIndented(text, max(p.width, verifyIndent+narrowText), verifyIndent, verifyIndent)[verifyIndent:]
	}
	if label != "" {
		label = p.lang.Say(label, nil)
	}
	p.out.printf("  %s%s %s\n", label, strings.Repeat(" ", max(verifyIndent-3-len([]rune(label)), 0)), text)
}

func (p *sealPrinter) head() {
	info := &p.v.Info
	p.line(p.lang.Say("verify.title", words.Args{"File": printable.Words(p.v.File), "Title": printable.Words(info.Title)}), 2)
	if info.Kind == "" {
		return
	}
	at := func(t time.Time) string { return p.lang.DateTime(t) }
	p.line("  "+p.lang.Say("verify.campaign", words.Args{"Number": int(info.Campaign.ID), "Site": printable.Words(info.Campaign.Site),
		"Start": at(info.Campaign.Start), "End": at(info.AsOf), "Version": printable.Words(info.Program.Version)}), 2)
}

func (p *sealPrinter) signature() string {
	name := "verify.signature.right"
	switch {
	case !p.v.Signed:
		name = "verify.signature.wrong"
	case p.v.Pinned:
		name = "verify.signature.given"
	case !p.v.Pin.IsZero():
		name = "verify.signature.other"
	}
	return p.lang.Say(name, nil)
}

func (p *sealPrinter) files() {
	good := 0
	for _, f := range p.v.Files {
		if f.Signed {
			good++
		}
	}
	if good == len(p.v.Files) {
		p.fact("verify.files", p.lang.Plural("verify.files.same", good, nil))
		return
	}
	p.fact("verify.files", p.lang.Plural("verify.files.some", len(p.v.Files), words.Args{"Good": good}))
}

func (p *sealPrinter) telegrams() {
	f, keys := p.v.Findings, p.v.Keys
	label := "verify.telegrams"
	say := func(name string, n int, args words.Args) {
		if n > 0 {
			p.fact(label, p.lang.Plural(name, n, args))
			label = ""
		}
	}
	say("verify.telegrams.checked", f.Checked, nil)
	say("verify.telegrams.trusted", f.Trusted, nil)
	say("verify.telegrams.wrong", f.Wrong, nil)
	named := keys.Others[:min(len(keys.Others), 5)]
	say("verify.keys.other", len(keys.Others), words.Args{"Meters": printable.Words(strings.Join(named, ", "))})
}

func (p *sealPrinter) verdicts() {
	v := p.v.Verdicts
	if !p.v.Replayed {
		p.fact("verify.verdicts", p.lang.Say("verify.verdicts.unreplayed", nil))
		return
	}
	label := "verify.verdicts"
	for _, one := range []struct {
		name string
		n    int
	}{{"verify.verdicts.same", v.Compared}, {"verify.verdicts.other", v.Differing}, {"verify.verdicts.skipped", v.Skipped}} {
		if one.n > 0 {
			p.fact(label, p.lang.Plural(one.name, one.n, nil))
			label = ""
		}
	}
	if p.v.OtherList {
		p.fact(label, p.lang.Say("verify.verdicts.list", nil))
	}
}

func (p *sealPrinter) documents() {
	var same, other []string
	for _, d := range p.v.Documents {
		if d.Same {
			same = append(same, printable.Words(d.Name))
		} else {
			other = append(other, printable.Words(d.Name))
		}
	}
	label := "verify.documents"
	say := func(name string, names []string) {
		if len(names) > 0 {
			p.fact(label, p.lang.Say(name, words.Args{"Names": strings.Join(names, ", ")}))
			label = ""
		}
	}
	say("verify.documents.same", same)
	say("verify.documents.other", other)
	say("verify.documents.unmade", p.v.Unmade())
	for _, name := range p.v.Partly {
		p.fact(label, p.lang.Say(name, words.Args{"File": seal.Protocol, "Sealed": printable.Words(p.v.Info.Program.Version), "Own": p.v.Version}))
		label = ""
	}
}

// sealProblem is a problem in words.
func sealProblem(lang *words.Language, p *seal.Problem) string {
	clean := func(text string) string {
		if text = printable.Words(text); text == "" {
			return lang.Say("verify.nothing", nil)
		}
		return text
	}
	name, meter := string(p.Code), printable.Words(p.Meter)
	switch {
	case p.Code == seal.ArchiveHeader && p.File == "":
		name = "archive_end"
	case p.Code == seal.DocumentWrong && meter != "":
		name = "document_row"
	case p.Code == seal.FindingWrong && meter == "":
		meter = lang.Say("verify.unlisted", nil)
	}
	return lang.Say("verify.problem."+name, words.Args{"File": printable.Words(p.File), "Offset": int(p.Offset), "Line": p.Line, "Entry": int(p.Entry),
		"Meter": meter, "Path": printable.Words(p.Path), "Want": clean(p.Want), "Got": clean(p.Got)})
}

// Signer writes the key that signs protocols: words to be read out, a QR code, and what
// minisign takes.
func Signer(w io.Writer, key seal.PublicKey, lang *words.Language) error {
	rows, err := key.QR()
	if err != nil {
		return err
	}
	all := key.Words()
	out := &errWriter{w: w}
	out.printf("%s\n\n", lang.Say("signer.title", nil))
	for ; len(all) > 4; all = all[4:] {
		out.printf("  %s\n", strings.Join(all[:4], " "))
	}
	out.printf("  %s\n\n%s\n\n", strings.Join(all, " "), lang.Say("signer.words", nil))
	for y := 0; y < len(rows); y += 2 {
		var b strings.Builder
		for x := range rows[y] {
			lower := y+1 < len(rows) && rows[y+1][x]
			switch upper := rows[y][x]; { // light modules are drawn: terminals are dark
			case upper && lower:
				b.WriteByte(' ')
			case upper:
				b.WriteRune('▄')
			case lower:
				b.WriteRune('▀')
			default:
				b.WriteRune('█')
			}
		}
		out.printf("%s\n", b.String())
	}
	out.printf("\n%s\n", lang.Say("signer.minisign", words.Args{"Key": key.String()}))
	return out.err
}
