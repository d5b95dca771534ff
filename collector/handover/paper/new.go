package paper

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"earshot/collector/handover"
	"earshot/collector/words"
)

// Key is the public half of the key that seals the protocol.
type Key struct {
	Text  string   // as minisign takes it
	Words []string // to be read out
	QR    [][]bool // a code of Text: rows of dark modules, with the quiet zone
}

// New lays out a protocol in a language: that in which its texts are.
func New(d *handover.Document, l *words.Language) *Document { return Sealed(d, l, Key{}) }

// Sealed is New for a protocol that is sealed with a key.
func Sealed(d *handover.Document, l *words.Language, key Key) *Document {
	b := &builder{d: d, l: l, key: key}
	state := b.state()
	out := &Document{
		Language: l.String(), Title: d.Title, Subject: b.subject(), Created: created(d),
		Number: b.with("number", words.Args{"Number": d.Number, "Revision": d.Revision}),
		State:  Cell{Text: b.say("state." + string(state)), Mark: stateMark(state)},
		Foot:   strings.Join([]string{d.Number, d.Program.Name + " " + d.Program.Version, short(d.Evidence.LogSHA256), d.Property.Name}, " · "),
		Date:   l.Say("format.date", nil), Time: l.Say("format.time", nil), Again: b.say("again"), Page: b.with("page", words.Args{"Page": "{{.Page}}", "Pages": "{{.Pages}}"}),
	}
	if state == handover.Draft {
		out.Draft = b.say("draft")
	}
	for _, s := range []Section{
		b.front(), b.tasks(), b.people(), b.points(), b.inaccessible(), b.corrections(), b.leftOut(), b.media(),
		b.readiness(), b.settlement(), b.equipment(), b.method(), b.evidence(), b.signatures(),
		b.meters(), b.radiators(), b.readinessMeters(), b.consumption(), // wide
	} {
		if len(s.Parts) > 0 {
			out.Sections = append(out.Sections, s)
		}
	}
	out.Sheets = b.sheets()
	return out
}

// builder makes the parts of one protocol.
type builder struct {
	d   *handover.Document
	l   *words.Language
	key Key
}

// state is what the protocol is worth: a draft if nothing is said.
func (b *builder) state() handover.State { return cmp.Or(b.d.State, handover.Draft) }

func (b *builder) say(name string) string { return b.l.Say("paper."+name, nil) }

func (b *builder) with(name string, values words.Args) string { return b.l.Say("paper."+name, values) }

// columns are columns by the names of their texts. A name that ends with > has its
// texts to the right.
func (b *builder) columns(names ...string) []Column {
	out := make([]Column, len(names))
	for i, name := range names {
		name, right := strings.CutSuffix(name, ">")
		out[i] = Column{Title: b.say("column." + name), Right: right}
	}
	return out
}

// created is the day of the files: when the campaign ended, or what is known
// instead.
func created(d *handover.Document) time.Time {
	for _, t := range []*time.Time{d.Campaign.Ended, d.Campaign.Last, &d.Campaign.Started} {
		if t != nil && !t.IsZero() {
			return *t
		}
	}
	return time.Time{}
}

// short is the beginning of a checksum, enough to compare by eye.
func short(sum string) string { return sum[:min(16, len(sum))] }

func stateMark(s handover.State) Mark {
	switch s {
	case handover.Complete:
		return Good
	case handover.WithExceptions:
		return Look
	}
	return Bad
}

// subject is the property in one line. Addresses often begin with its name.
func (b *builder) subject() string {
	var parts []string
	for part := range strings.SplitSeq(b.d.Property.Name+"\n"+b.d.Property.Address, "\n") {
		if part = strings.TrimSpace(part); part != "" && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// text is a cell of text.
func text(s string) Cell { return Cell{Text: s} }

// count is a cell with a whole number.
func count(n int) Cell { return Cell{Text: strconv.Itoa(n), Value: Number{Value: float64(n)}} }

// number is a cell with a decimal number, digit for digit. What a spreadsheet
// would round remains a text.
func (b *builder) number(n json.Number) Cell {
	const exact = 15 // digits that a spreadsheet keeps
	cell := text(b.l.Number(n.String()))
	f, err := n.Float64()
	digits := strings.Trim(n.String(), "-.")
	if err != nil || len(digits) > exact || strings.ContainsAny(digits, "eEnNxXpP_") {
		return cell
	}
	_, decimals, _ := strings.Cut(n.String(), ".")
	cell.Value = Number{Value: f, Decimals: len(decimals)}
	return cell
}

// optional is a cell with a whole number that may not be known.
func optional(n *int) Cell {
	if n == nil {
		return Cell{}
	}
	return count(*n)
}

// day is a cell with a date, which documents write as 2006-01-02.
func (b *builder) day(date string) Cell {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return text(date)
	}
	return Cell{Text: b.l.Date(t), Value: Date{t}}
}

// moment is a cell with a time.
func (b *builder) moment(t *time.Time) Cell {
	if t == nil || t.IsZero() {
		return Cell{}
	}
	return Cell{Text: unbroken(b.l.DateTime(*t)), Value: Moment{*t}}
}

// yes is a cell with yes or no.
func (b *builder) yes(is bool) Cell {
	if is {
		return text(b.say("yes"))
	}
	return text(b.say("no"))
}

// noBreak is a blank at which no line ends.
const noBreak = "\u00a0"

// name is a meter as people write it: "KAM 55550001".
func name(ref string) string { return unbroken(strings.Replace(ref, "-", " ", 1)) }

// unbroken keeps a number and its unit on one line.
func unbroken(s string) string { return strings.ReplaceAll(s, " ", noBreak) }

// lines joins what is not empty, line by line.
func lines(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n")
}

// table is a table without groups; nil if it has no rows.
func table(columns []Column, rows []Row) []Part {
	if len(rows) == 0 {
		return nil
	}
	return []Part{filled(&Table{Columns: columns, Groups: []Group{{Rows: rows}}})}
}

// filled drops the columns of which nothing is known.
func filled(t *Table) *Table {
	empty := func(i int) bool {
		for _, group := range t.Groups {
			if slices.ContainsFunc(group.Rows, func(r Row) bool { return r[i].Text != "" }) {
				return false
			}
		}
		return true
	}
	t.Columns = slices.Clone(t.Columns) // other tables may have the same
	for i := len(t.Columns) - 1; i >= 0; i-- {
		if !empty(i) {
			continue
		}
		t.Columns = slices.Delete(t.Columns, i, i+1)
		for _, group := range t.Groups {
			for j := range group.Rows {
				group.Rows[j] = slices.Delete(group.Rows[j], i, i+1)
			}
		}
	}
	return t
}
