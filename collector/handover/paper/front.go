package paper

import (
	"slices"
	"strconv"
	"strings"

	"earshot/collector/handover"
	"earshot/collector/words"
)

// mostLines are the lines of the list that a task names.
const mostLines = 30

// front is the top of the first page: what is done in one sentence, what the
// reader must know, and the figures.
func (b *builder) front() Section {
	s := Section{ID: "summary"}
	sum := b.d.Summary
	if sum.Headline != "" {
		s.Parts = append(s.Parts, Lead(sum.Headline))
	}
	for _, c := range b.d.Caveats {
		s.Parts = append(s.Parts, Notice{Mark: Look, Text: c.Text})
	}
	if sum.Cause != "" {
		s.Parts = append(s.Parts, Notice{Mark: Bad, Text: sum.Cause})
	}
	s.Parts = append(s.Parts, b.tally())
	return s
}

// tally are the figures of the whole building.
func (b *builder) tally() Tally {
	sum := b.d.Summary
	out := Tally{
		{Value: strconv.Itoa(sum.Expected), Name: b.say("expected")},
		{Value: strconv.Itoa(sum.Heard), Name: b.say("heard")},
		{Value: strconv.Itoa(sum.Decrypted), Name: b.say("decrypted")},
		{Value: strconv.Itoa(sum.Plausible), Name: b.say("plausible")},
	}
	if len(b.d.Equipment.Brokers) > 0 {
		out = append(out, Figure{Value: strconv.Itoa(sum.Delivered), Name: b.say("delivered")})
	}
	marked := func(n int, name string, mark Mark) {
		if n == 0 {
			mark = Plain
		}
		out = append(out, Figure{Value: strconv.Itoa(n), Name: b.say(name), Mark: mark})
	}
	marked(sum.Clean(), "done", Good)
	if sum.Attention > 0 {
		marked(sum.Attention, "to_look_at", Look)
	}
	marked(sum.Open, "still_open", Bad)
	if sum.Inaccessible > 0 {
		marked(sum.Inaccessible, "not_accessible", Look)
	}
	return out
}

// tasks say who has to do what, for all meters that need the same.
func (b *builder) tasks() Section {
	s := Section{ID: "tasks", Title: b.say("open")}
	if len(b.d.Tasks) == 0 {
		s.Parts = []Part{Notice{Mark: Good, Text: b.say("open.nothing")}}
		return s
	}
	t := &Table{Columns: b.columns("who", "what", "count>", "lines")}
	var group Group
	who := ""
	for _, task := range b.d.Tasks {
		row := Row{{Text: task.WhoText, Mark: strong(task.WhoText != who)}, text(task.Text), count(task.Count), text(b.listLines(task.Lines))}
		if task.WhoText == who {
			row[0] = Cell{}
		}
		if task.Urgent {
			row[1].Mark = Bad
		}
		who = task.WhoText
		group.Rows = append(group.Rows, row)
	}
	t.Groups = []Group{group}
	s.Parts = []Part{t}
	return s
}

func strong(is bool) Mark {
	if is {
		return Strong
	}
	return Plain
}

// listLines names lines of the list: "5, 7-9".
func (b *builder) listLines(all []int) string {
	var out []string
	for i := 0; i < len(all); {
		end := i
		for end+1 < len(all) && all[end+1] == all[end]+1 {
			end++
		}
		switch {
		case len(out) == mostLines:
			return strings.Join(out, ", ") + " …"
		case end > i+1:
			out = append(out, strconv.Itoa(all[i])+"–"+strconv.Itoa(all[end]))
		default:
			end = i
			out = append(out, strconv.Itoa(all[i]))
		}
		i = end + 1
	}
	return strings.Join(out, ", ")
}

// people are the property, and the parties with the times of work.
func (b *builder) people() Section {
	d := b.d
	fields := Fields{
		{b.say("property"), d.Property.Name}, {b.say("address"), d.Property.Address},
		{b.say("property_number"), d.Property.Number}, {b.say("order"), d.Property.Order},
	}
	fields = keep(fields)
	fields = append(fields, Field{b.say("owner"), b.party(d.Owner)})
	if !d.Contact.Empty() {
		fields = append(fields, Field{b.say("administrator"), b.party(d.Contact)})
	}
	fields = append(fields, Field{b.say("contractor"), b.party(d.Company)}, Field{b.say("installer"), b.party(d.Installer)}, Field{b.say("time"), b.span()})
	if sample := d.Method.Display; sample.Compared > 0 {
		fields = append(fields, Field{b.say("display"), b.with("display.of", words.Args{"Compared": sample.Compared, "Of": sample.Of})})
	}
	if n := d.Unlisted.Meters; n > 0 {
		fields = append(fields, Field{b.say("unlisted"), b.with("unlisted.heard", words.Args{"Count": n})})
	}
	return Section{ID: "people", Title: b.say("people"), Parts: []Part{fields}}
}

// keep drops fields without a value: nobody has to fill them in.
func keep(fields Fields) Fields {
	out := Fields{}
	for _, f := range fields {
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}

func (b *builder) party(p handover.Party) string {
	certificate := ""
	if p.Certificate != "" {
		certificate = b.with("certificate", words.Args{"Number": p.Certificate})
	}
	return lines(p.Name, p.Company, p.Address, p.Phone, p.Number, certificate)
}

// span is when the work was done.
func (b *builder) span() string {
	c := b.d.Campaign
	from := b.l.DateTime(c.Started)
	if c.Ended == nil {
		return lines(b.with("time.running", words.Args{"From": from}), c.Zone)
	}
	to := b.l.DateTime(*c.Ended)
	if b.l.Date(c.Started) == b.l.Date(*c.Ended) {
		to = b.l.Time(*c.Ended)
	}
	return lines(b.with("span", words.Args{"From": from, "To": to}), c.Zone)
}

// points are the open points, then what needs attention, by whose work they are.
func (b *builder) points() Section {
	t := &Table{Columns: b.columns("state", "line>", "place", "meter", "cause", "next")}
	type key struct {
		who  string
		open bool
	}
	groups := map[key]int{}
	for _, p := range b.openFirst() {
		of := key{p.WhoText, p.Open()}
		at, known := groups[of]
		if !known {
			at = len(t.Groups)
			groups[of] = at
			t.Groups = append(t.Groups, Group{Title: p.WhoText})
		}
		mark := Plain
		if p.Urgent {
			mark = Bad
		}
		t.Groups[at].Rows = append(t.Groups[at].Rows, Row{b.pointState(&p), count(p.Line), text(p.Place), text(name(p.Meter)), {Text: p.Cause, Mark: mark}, text(lines(p.Next, p.Note))})
	}
	s := Section{ID: "points", Title: b.say("points")}
	if len(t.Groups) > 0 {
		s.Parts = []Part{t}
	}
	return s
}

// openFirst are the open points, and after them those of meters that are done.
func (b *builder) openFirst() []handover.Point {
	points := slices.Clone(b.d.Open)
	rank := map[bool]int{true: 0, false: 1}
	slices.SortStableFunc(points, func(x, y handover.Point) int { return rank[x.Open()] - rank[y.Open()] })
	return points
}

// pointState says whether a point is open, or of a meter that works.
func (b *builder) pointState(p *handover.Point) Cell {
	if p.Open() {
		return Cell{Text: b.say("point.open"), Mark: Bad}
	}
	return Cell{Text: unbroken(b.say("point.look_at")), Mark: Look}
}

func (b *builder) inaccessible() Section {
	var rows []Row
	for _, m := range b.d.Inaccessible {
		rows = append(rows, Row{count(m.Line), text(m.Place), text(name(m.Meter)), text(m.Reason), b.moment(&m.Time)})
	}
	return Section{ID: "not-accessible", Title: b.say("inaccessible"), Parts: table(b.columns("line>", "place", "meter", "reason", "time"), rows)}
}

func (b *builder) corrections() Section {
	var rows []Row
	for _, c := range b.d.Corrections {
		rows = append(rows, Row{count(c.Line), text(c.Place), text(name(c.Meter)), text(c.Text), b.moment(&c.Time)})
	}
	return Section{ID: "corrections", Title: b.say("corrections"), Parts: table(b.columns("line>", "place", "meter", "change", "time"), rows)}
}

func (b *builder) leftOut() Section {
	var rows []Row
	for _, r := range b.d.LeftOut {
		rows = append(rows, Row{count(r.Line), text(r.Reason)})
	}
	return Section{ID: "left-out", Title: b.say("left_out"), Parts: table(b.columns("line>", "reason"), rows)}
}
