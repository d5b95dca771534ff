package handover

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"earshot/collector/words"
)

// Tone says what a line of a preview is, for colours.
type Tone uint8

// The tones.
const (
	TonePlain Tone = iota
	ToneHead       // of a part
	ToneAlarm      // urgent, or a caveat
	ToneDim        // details
)

// PreviewLine is a line of a preview.
type PreviewLine struct {
	Tone Tone
	Text string
}

// previewer writes a document in short.
type previewer struct {
	lang  *words.Language
	width int
	lines []PreviewLine
}

// shownPoints is how many open points a preview has.
const shownPoints = 12

// Headline is the title of the document with its number and state.
func (d *Document) Headline(l *words.Language) string {
	return fmt.Sprintf("%s: %s, %s", d.Title, l.Say("report.preview.state."+string(d.State), nil), d.Number)
}

// Preview is the document in short, in lines of at most width columns, without its
// Headline: what is done, who has to do what, and the first open points.
func (d *Document) Preview(l *words.Language, width int) []PreviewLine {
	p := &previewer{lang: l, width: max(width, 20)}
	p.say("", d.Property.Name)
	if d.Property.Address != "" {
		p.say("", strings.ReplaceAll(d.Property.Address, "\n", ", "))
	}
	p.say("", p.text("span")+" "+p.span(&d.Campaign))
	for _, party := range []struct {
		role string
		of   Party
	}{{"owner", d.Owner}, {"administrator", d.Contact}, {"contractor", d.Company}, {"installer", d.Installer}} {
		if !party.of.Empty() {
			p.say("", p.text("party."+party.role)+" "+strings.Join(nonEmpty(party.of.Name, party.of.Company), ", "))
		}
	}
	p.head(d.Summary.Headline)
	if d.Summary.Cause != "" {
		p.say("", d.Summary.Cause)
	}
	for _, c := range d.Caveats {
		p.sayAs(ToneAlarm, "! ", c.Text)
	}
	p.tasks(d)
	p.points(d)
	p.counts(d)
	return p.lines
}

func (p *previewer) text(name string) string { return p.lang.Say("report.preview."+name, nil) }

// head begins a part.
func (p *previewer) head(text string) {
	p.lines = append(p.lines, PreviewLine{})
	p.sayAs(ToneHead, "", text)
}

func (p *previewer) say(sign, text string) { p.sayAs(TonePlain, sign, text) }

// sayAs adds a text next to a sign, broken between words.
func (p *previewer) sayAs(tone Tone, sign, text string) {
	indent := strings.Repeat(" ", ansi.StringWidth(sign))
	for line := range strings.SplitSeq(ansi.Wrap(text, max(8, p.width-len(indent)), ""), "\n") {
		p.lines = append(p.lines, PreviewLine{tone, strings.TrimRight(sign+line, " ")})
		sign = indent
	}
}

func (p *previewer) span(s *Span) string {
	text := p.lang.DateTime(s.Started)
	if s.Ended != nil {
		text += " – " + p.lang.DateTime(*s.Ended)
	}
	return text + " " + s.Zone
}

// tasks are who has to do what.
func (p *previewer) tasks(d *Document) {
	if len(d.Tasks) == 0 {
		return
	}
	p.head(p.text("tasks"))
	for _, t := range d.Tasks {
		sign, tone := "  ", TonePlain
		if t.Urgent {
			sign, tone = "! ", ToneAlarm
		}
		p.sayAs(tone, sign, t.WhoText+": "+t.Text+" "+p.lang.Plural("report.preview.lines", len(t.Lines), words.Args{"Lines": lineNumbers(t.Lines)}))
	}
}

// lineNumbers are at most ten lines of the list.
func lineNumbers(lines []int) string {
	const most = 10
	var b strings.Builder
	for i, n := range lines {
		if i == most {
			return b.String() + " …"
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprint(&b, n)
	}
	return b.String()
}

func (p *previewer) points(d *Document) {
	if len(d.Open) == 0 {
		return
	}
	p.head(p.text("open"))
	for i := range d.Open[:min(len(d.Open), shownPoints)] {
		o := &d.Open[i]
		p.say(fmt.Sprintf("%5d ", o.Line), strings.Join(nonEmpty(o.Place, o.Meter), " ")+": "+o.Cause)
		if o.Next != "" {
			p.sayAs(ToneDim, "      ", o.WhoText+": "+o.Next)
		}
	}
	if more := len(d.Open) - shownPoints; more > 0 {
		p.say("  ", p.lang.Plural("report.preview.more", more, nil))
	}
}

// counts say what else is in the document.
func (p *previewer) counts(d *Document) {
	var parts []string
	for _, c := range []struct {
		name string
		n    int
	}{{"flats", len(d.Flats)}, {"inaccessible", len(d.Inaccessible)}, {"corrections", len(d.Corrections)}, {"radiators", len(d.Radiators)}, {"unlisted", d.Unlisted.Meters}} {
		if c.n > 0 {
			parts = append(parts, p.lang.Plural("report.preview."+c.name, c.n, nil))
		}
	}
	if len(parts) > 0 {
		p.lines = append(p.lines, PreviewLine{})
		p.say("", p.text("also")+" "+strings.Join(parts, ", "))
	}
}

func nonEmpty(texts ...string) (out []string) {
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}
