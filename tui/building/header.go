package building

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// drawHeader draws the site, how much is done, and the round.
func (s *Screen) drawHeader() string {
	l := s.host.Look
	n := l.Line(s.w)
	left := " earshot  " + l.Text(s.host.Snap.Site)
	a := words.Args{"Done": s.list.counts[filterDone], "Count": len(s.host.Snap.Rows)}
	progress, still := s.say("done_of", a), s.say("left", words.Args{"Count": s.list.counts[filterLeft]})
	right := ""
	for _, text := range []string{progress + "   " + still + "      " + s.roundWords(), progress + "   " + s.roundWords(), progress} {
		if right = text; look.Width(text)+min(look.Width(left), shortLeft)+2 <= s.w {
			break
		}
	}
	n.Put(look.Accent, " earshot").Put(look.Plain, "  ")
	room := max(0, n.Left()-look.Width(right)-2)
	site := l.Line(room).Put(look.Strong, l.Text(s.host.Snap.Site))
	n.Raw(site.String(), room-site.Left())
	if bar := min(longestBar, site.Left()-2); bar >= shortestBar {
		n.Gap(look.Width(right) + bar + 2)
		s.drawBar(n, bar)
	}
	return n.Gap(look.Width(right)+1).Put(look.Plain, right).String()
}

// How wide the bar is that shows how much is done.
const (
	shortestBar = 8
	longestBar  = 40
)

// shortLeft is how much of the left of the header is shown at least.
const shortLeft = 24

// roundWords says where the round is: elapsed and longest time.
func (s *Screen) roundWords() string {
	r, lang := s.host.Snap.Round, s.host.Look.Lang
	switch {
	case r.Number == 0:
		return s.say("round.none", nil)
	case r.Running():
		return s.say("round.on", words.Args{"Sign": s.host.Spinner, "Round": r.Number,
			"Elapsed": lang.Countdown(min(s.host.Now.Sub(r.Started), r.Deadline.Sub(r.Started))), "Limit": lang.Countdown(r.Deadline.Sub(r.Started))})
	}
	return s.say("round.over", words.Args{"Round": r.Number})
}

// drawLinks draws receivers, brokers and store, and how many meters are not in the list,
// with the key to them.
func (s *Screen) drawLinks(lines int) []string {
	l := s.host.Look
	others := s.others()
	room := max(0, s.w-look.Width(others)-1)
	out := l.Flow(l.Line(room).Put(look.Plain, " "), s.links(), "   ", s.w, lines)
	if others != "" {
		first := l.Line(s.w).Raw(out[0], look.Width(ansi.Strip(out[0])))
		out[0] = first.Gap(look.Width(others)+1).Put(look.Plain, others).String()
	}
	return out
}

// others counts the meters on the air that are not in the list, "" if there are none.
func (s *Screen) others() string {
	n := len(s.host.Snap.Unlisted)
	if n == 0 || s.w < screen.Narrow {
		return ""
	}
	return s.count("others", n) + " u"
}

// crowded reports whether the links do not fit on one line.
func (s *Screen) crowded() bool {
	all := look.Width(s.others()) - 2
	for _, it := range s.links() {
		all += look.Width(s.host.Look.Text(it.Text)) + 3
	}
	return all >= s.w
}

// links are receivers, broker and store. What is wrong comes first.
func (s *Screen) links() []look.Item {
	var wrong, right []look.Item
	sort := func(i look.Item) {
		if i.Tone == look.Failed || i.Tone == look.Alarm {
			wrong = append(wrong, i)
		} else {
			right = append(right, i)
		}
	}
	l := s.host.Look
	if store := s.host.Snap.Store; store.Reason != "" {
		text := store.Reason
		if store.Waiting > 0 {
			text = s.say("in_memory", words.Args{"Reason": text, "Count": store.Waiting})
		}
		sort(look.NewItem(look.Failed, l.Marks[state.MarkFailed]+" "+text))
	}
	for i := range s.host.Snap.Receivers {
		rate := 0
		if i < len(s.host.Rates) {
			rate = s.host.Rates[i]
		}
		sort(s.receiverItem(&s.host.Snap.Receivers[i], rate))
	}
	if len(s.host.Snap.Receivers) == 0 {
		sort(look.NewItem(look.Dim, l.Open+" "+s.say("no_receiver", nil)))
	}
	if s.host.Snap.Broker.Named {
		sort(s.brokerItem(s.host.Snap.Broker))
	}
	if text := s.dropWords(); text != "" {
		sort(look.NewItem(look.Alarm, text))
	}
	return append(wrong, right...)
}

func (s *Screen) receiverItem(r *state.Receiver, rate int) look.Item {
	l := s.host.Look
	name := strings.TrimSpace(r.Info.Driver + " " + r.Info.Name)
	a := words.Args{"Name": name, "Reason": r.Reason}
	switch {
	case r.Ended:
		return look.NewItem(look.Dim, l.Open+" "+s.say("receiver.ended", a))
	case !r.Up && r.Reason != "":
		return look.NewItem(look.Failed, l.Marks[state.MarkFailed]+" "+s.say("receiver.down", a))
	case r.Deaf:
		return look.NewItem(look.Failed, l.Marks[state.MarkFailed]+" "+s.say("receiver.deaf", a))
	}
	if len(r.Info.Modes) > 0 && s.w >= roomForModes {
		name += " " + device.JoinModes(r.Info.Modes, "+")
	}
	text := l.Dot + " " + s.say("receiver.rate", words.Args{"Name": name, "Rate": rate})
	if r.Trouble > 0 {
		text += s.say("receiver.unreadable", words.Args{"Count": r.Trouble})
	}
	if since := r.SilentSince(); !since.IsZero() && s.host.Now.Sub(since) >= quiet {
		return look.NewItem(look.Alarm, text+s.say("receiver.silent", words.Args{"Age": l.Lang.Age(s.host.Now.Sub(since))}))
	}
	return look.NewItem(look.Good, text)
}

// quiet is how long a receiver may hear nothing before its rate is drawn as a
// warning.
const quiet = 2 * time.Minute

// roomForModes is the width from which on receivers show their link modes.
const roomForModes = 100

func (s *Screen) brokerItem(b state.Broker) look.Item {
	l := s.host.Look
	queued := ""
	if b.Queued > 0 {
		queued = s.say("broker.queued", words.Args{"Count": b.Queued})
	}
	switch {
	case b.Up:
		return look.NewItem(look.Good, l.Dot+" "+s.say("broker.up", words.Args{"Address": b.Address})+queued)
	case b.Address == "":
		return look.NewItem(look.Dim, l.Open+" "+s.say("broker.connecting", nil)+queued)
	}
	return look.NewItem(look.Failed, l.Marks[state.MarkFailed]+" "+s.say("broker.down", words.Args{"Address": b.Address, "Queued": queued, "Reason": b.Reason}))
}

// dropWords says what was dropped, "" if nothing was.
func (s *Screen) dropWords() string {
	var parts []string
	for what, n := range s.host.Snap.Drops {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state.Drop(what)))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return s.say("dropped", words.Args{"What": strings.Join(parts, ", ")})
}

// drawCounts draws the filters with the number of their rows on a number of lines. The
// numbers keep their places while they grow.
func (s *Screen) drawCounts(lines int) []string {
	l := s.host.Look
	digits := len(strconv.Itoa(len(s.host.Snap.Rows)))
	var items []look.Item
	total := 1
	for i, f := range filters {
		name, tone := s.say("filter."+f.name, nil), f.tone
		if s.list.chosen()&(1<<i) != 0 {
			name = strings.ToUpper(name)
		} else if s.list.counts[i] == 0 {
			tone = look.Dim
		}
		text := fmt.Sprintf("%d %s %*d", i+1, name, digits, s.list.counts[i])
		items = append(items, look.NewItem(tone, text))
		total += look.Width(text)
	}
	space := look.Pick(s.w < screen.Narrow || total+2*len(items) > s.w, " ", look.Pick(s.w >= 100, "   ", "  "))
	return l.Flow(l.Line(s.w).Put(look.Plain, " "), items, space, s.w, lines)
}

// drawBar draws how much is done. It is full only if nothing is left.
func (s *Screen) drawBar(n *look.Line, w int) {
	l := s.host.Look
	full := 0
	if rows := len(s.host.Snap.Rows); rows > 0 {
		full = w * s.list.counts[filterDone] / rows
	}
	n.Put(look.Good, strings.Repeat(string(l.BarFull), full)).Put(look.Plain, strings.Repeat(string(l.BarEmpty), w-full))
}
