package equipment

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"earshot/collector/state"
	"earshot/collector/trace"
	"earshot/collector/words"
	"earshot/device"
	"earshot/tui/look"
)

// quiet is how long a receiver may hear nothing before that is worth a warning.
const quiet = 2 * time.Minute

// receivers are all receivers, those with a fault first.
func (s *Screen) receivers(w int) []string {
	p := &page{s.host.Look.Page(w), s.host.Now}
	all := s.host.Snap.Receivers
	if len(all) == 0 {
		p.Say(look.Dim, 1, p.say("equipment.receiver.none", nil))
		p.next(p.say("equipment.receiver.none.next", nil))
		return p.Lines
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return fault(&all[a]) - fault(&all[b]) })
	for _, i := range order {
		rate := 0
		if i < len(s.host.Rates) {
			rate = s.host.Rates[i]
		}
		p.receiver(&all[i], rate)
	}
	return p.Lines
}

// fault sorts a receiver: -1 for one with a fault.
func fault(r *state.Receiver) int {
	return look.Pick(!r.Ended && (r.Deaf || !r.Up && r.Reason != ""), -1, 0)
}

// page is a page with the time that its ages are counted to.
type page struct {
	*look.Page
	now time.Time
}

// say fills in a message in the language of the screen.
func (p *page) say(name string, a words.Args) string { return p.Lang.Say(name, a) }

// count is say for a message that counts something.
func (p *page) count(name string, n int, a words.Args) string { return p.Lang.Plural(name, n, a) }

// next says what to do.
func (p *page) next(text string) {
	p.Fact(look.Strong, p.say("equipment.label.next", nil), p.Next+" "+text)
}

// title begins a part with a sign, a name and its state.
func (p *page) title(tone look.Token, sign, name, status string) {
	if len(p.Lines) > 0 {
		p.Lines = append(p.Lines, "")
	}
	n := p.Line(p.Width).Put(tone, " "+sign+" ").Put(look.Strong, p.Text(name)).Put(tone, "  "+p.Text(status))
	p.Add(n)
}

// condition is what is to be said of a receiver at first, and what to do about it.
func (p *page) condition(r *state.Receiver) (tone look.Token, sign, status, next string) {
	silent := r.SilentSince()
	switch {
	case r.Ended:
		return look.Dim, p.Open, p.say("equipment.receiver.ended", nil), ""
	case !r.Up && r.Reason == "":
		return look.Dim, p.Open, p.say("equipment.receiver.waiting", nil), ""
	case !r.Up:
		return look.Failed, p.Marks[state.MarkFailed], p.say("equipment.receiver.down", nil), p.say("equipment.receiver.down.next", nil)
	case r.Deaf:
		return look.Failed, p.Marks[state.MarkFailed], p.say("equipment.receiver.deaf", nil), p.say("equipment.receiver.deaf.next", nil)
	case !r.Info.Pace.Waits() && !silent.IsZero() && p.now.Sub(silent) >= quiet:
		next = p.say("equipment.receiver.silent.any", nil)
		if len(r.Info.Modes) > 0 {
			next = p.say("equipment.receiver.silent.next", words.Args{"Modes": device.JoinModes(r.Info.Modes, ", ")})
		}
		return look.Alarm, p.Marks[state.MarkAlarm], p.say("equipment.receiver.silent", words.Args{"Silent": p.Lang.Age(p.now.Sub(silent))}), next
	}
	if weak, ok := p.weak(&r.Signals); ok && weak > 50 {
		next = p.say("equipment.receiver.weak.next", nil)
	} else if r.Trouble >= few && 2*r.Trouble > r.Frames {
		next = p.say("equipment.receiver.unreadable.next", nil)
	}
	return look.Good, p.Dot, p.say("equipment.receiver.up", nil), next
}

// few is how many telegrams say something about a receiver.
const few = 20

// weak is the share in per cent of signals that are too weak for a fixed gateway; ok is
// false if there are too few.
func (p *page) weak(h *trace.Histogram) (part int, ok bool) {
	n, total := 0, h.Total()
	for class, count := range h {
		if trace.Weakest+(class+1)*trace.Step <= int(p.Limits.Weak) {
			n += count
		}
	}
	if total < few {
		return 0, false
	}
	return 100 * n / total, true
}

// receiver draws one receiver.
func (p *page) receiver(r *state.Receiver, rate int) {
	tone, sign, status, next := p.condition(r)
	p.title(tone, sign, strings.TrimSpace(r.Info.Driver+" "+r.Info.Name), status)
	if r.Reason != "" && !r.Ended {
		p.Fact(tone, p.say("equipment.label.reason", nil), r.Reason)
	}
	if next != "" {
		p.next(next)
	}
	for _, f := range [][2]string{{"equipment.label.port", r.Info.Path}, {"equipment.label.serial", r.Info.Serial}, {"equipment.label.firmware", r.Info.Firmware}} {
		if f[1] != "" {
			p.Fact(look.Plain, p.say(f[0], nil), f[1])
		}
	}
	p.since(r)
	p.telegrams(r, rate)
	p.radio(r)
	if r.Trouble > 0 {
		p.Fact(look.Alarm, p.say("equipment.label.unreadable", nil), p.count("equipment.receiver.unreadable", r.Trouble, words.Args{"Part": 100 * r.Trouble / (r.Trouble + r.Frames)}))
	}
	p.gaps(r)
	p.said(&r.Said, r.Reason)
}

func (p *page) since(r *state.Receiver) {
	if r.Since.IsZero() {
		return
	}
	text := p.say("equipment.receiver.since", words.Args{"Time": p.clock(r.Since), "For": p.Lang.Duration(p.now.Sub(r.Since).Truncate(time.Second))})
	if r.Resets > 0 {
		text += p.count("equipment.receiver.resets", r.Resets, nil)
	}
	p.Fact(look.Plain, p.say("equipment.label.since", nil), text)
}

func (p *page) telegrams(r *state.Receiver, rate int) {
	text := p.say("equipment.receiver.telegrams", words.Args{"Count": r.Frames, "Rate": rate})
	if !r.Last.IsZero() {
		text += p.say("equipment.receiver.last", words.Args{"Age": p.Lang.Age(max(0, p.now.Sub(r.Last)))})
	}
	if r.Surplus > 0 {
		text += p.say("equipment.receiver.surplus", words.Args{"Count": r.Surplus})
	}
	p.Fact(look.Plain, p.say("equipment.label.telegrams", nil), text)
}

// radio says in which link modes telegrams came, and how strong they were.
func (p *page) radio(r *state.Receiver) {
	var parts []string
	if len(r.Info.Modes) > 0 {
		parts = append(parts, p.say("equipment.receiver.modes.wants", words.Args{"Modes": device.JoinModes(r.Info.Modes, ", ")}))
	}
	total := 0
	for _, m := range r.Modes {
		total += m.Count
	}
	modes := slices.SortedStableFunc(slices.Values(r.Modes[:]), func(a, b state.ModeCount) int { return cmp.Compare(b.Count, a.Count) })
	for _, m := range modes {
		if m.Count > 0 {
			parts = append(parts, p.say("equipment.receiver.mode", words.Args{"Mode": string(m.Mode), "Count": m.Count, "Part": 100 * m.Count / total}))
		}
	}
	if len(parts) > 0 {
		p.Fact(look.Plain, p.say("equipment.label.modes", nil), strings.Join(parts, p.Between))
	}
	median, ok := r.Signals.Median()
	switch {
	case ok:
		text := p.say("equipment.receiver.signal", words.Args{
			"From": p.Number(trace.Weakest), "Bars": p.histogram(&r.Signals), "To": p.Number(trace.Weakest + trace.Classes*trace.Step),
			"Median": p.Number(int16(median + trace.Step/2)),
		})
		tone := look.Plain
		if weak, ok := p.weak(&r.Signals); ok && weak > 0 {
			text += p.say("equipment.receiver.signal.weak", words.Args{"Part": weak})
			tone = look.Pick(weak > 50, look.Alarm, look.Plain)
		}
		p.Fact(tone, p.say("equipment.label.signal", nil), text)
	case r.Frames > 0:
		p.Fact(look.Dim, p.say("equipment.label.signal", nil), p.say("equipment.receiver.no_signal", nil))
	}
}

// histogram draws how often signals came: a column for each class.
func (p *page) histogram(h *trace.Histogram) string {
	most := slices.Max(h[:])
	var b strings.Builder
	for _, n := range h {
		b.WriteString(p.Level(n, most))
	}
	return b.String()
}

// gaps lists the times in which a receiver did not listen.
func (p *page) gaps(r *state.Receiver) {
	all := r.Gaps.All()
	if len(all) == 0 {
		return
	}
	away := r.Away
	if last := all[len(all)-1]; last.To.IsZero() {
		away += p.now.Sub(last.From)
	}
	p.Fact(look.Plain, p.say("equipment.label.gaps", nil), p.count("equipment.receiver.gaps", r.Gaps.Count, words.Args{"Away": p.Lang.Duration(away.Truncate(time.Second))}))
	for _, g := range slices.Backward(all) {
		if g.To.IsZero() {
			p.Fact(look.Failed, "", p.say("equipment.receiver.gap.now", words.Args{"From": p.clock(g.From)}))
			continue
		}
		p.Fact(look.Plain, "", p.say("equipment.receiver.gap", words.Args{"From": p.clock(g.From), "For": p.Lang.Duration(g.To.Sub(g.From).Truncate(time.Second))}))
	}
}

// said lists messages, the last one first. What the part says already as its reason is
// left out.
func (p *page) said(m *trace.Messages, reason string) {
	label := p.say("equipment.label.said", nil)
	for _, x := range slices.Backward(m.All()) {
		if x.Count == 1 && x.Text == reason {
			continue
		}
		text := p.say("equipment.said.once", words.Args{"Time": p.clock(x.Last), "Text": x.Text})
		if x.Count > 1 {
			text = p.say("equipment.said.many", words.Args{"Time": p.clock(x.Last), "Count": x.Count, "First": p.clock(x.First), "Text": x.Text})
		}
		p.Fact(look.Plain, label, text)
		label = ""
	}
}

// clock writes a time of day.
func (p *page) clock(t time.Time) string { return p.Lang.Seconds(t) }
