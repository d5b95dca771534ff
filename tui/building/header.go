package building

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"earshot/collector/report"
	"earshot/collector/state"
	"earshot/device"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// drawHeader draws site and round.
func (s *Screen) drawHeader() string {
	n := s.host.Look.Line(s.w)
	right := s.roundWords()
	room := s.w - look.Width(right) - 2
	if room < 12 {
		right, room = "", s.w
	}
	left := s.host.Look.Line(room)
	left.Put(look.Accent, " earshot").Put(look.Plain, "  ").Put(look.Strong, s.host.Look.Text(s.host.Snap.Site))
	left.Put(look.Dim, s.host.Look.Between+report.Count(s.host.Snap.Counts.Meters, "meter")+fmt.Sprintf(", %d heard", s.host.Snap.Counts.Heard))
	return n.Raw(left.String(), room-left.Left()).Gap(look.Width(right)+1).Put(look.Plain, right).String()
}

// roundWords says where the round is: elapsed and longest time.
func (s *Screen) roundWords() string {
	r := s.host.Snap.Round
	switch {
	case r.Number == 0:
		return "no round yet"
	case r.Running():
		return fmt.Sprintf("%s round %d  %s/%s", s.host.Spinner, r.Number,
			s.host.Look.Lang.Countdown(min(s.host.Now.Sub(r.Started), r.Deadline.Sub(r.Started))), s.host.Look.Lang.Countdown(r.Deadline.Sub(r.Started)))
	}
	return fmt.Sprintf("round %d over after %s", r.Number, s.host.Look.Lang.Countdown(r.Finished.Sub(r.Started)))
}

// drawLinks draws receivers, brokers and store.
func (s *Screen) drawLinks(lines int) []string {
	return s.host.Look.Flow(s.host.Look.Line(s.w).Put(look.Plain, " "), s.links(), "   ", s.w, lines)
}

// crowded reports whether the links do not fit on one line.
func (s *Screen) crowded() bool {
	all := -3
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
	if s.host.Snap.Store.Reason != "" {
		text := s.host.Look.Marks[state.MarkFailed] + " " + s.host.Snap.Store.Reason
		if n := s.host.Snap.Store.Waiting; n > 0 {
			text += fmt.Sprintf(" (%d in memory only)", n)
		}
		sort(look.NewItem(look.Failed, text))
	}
	for i := range s.host.Snap.Receivers {
		rate := 0
		if i < len(s.host.Rates) {
			rate = s.host.Rates[i]
		}
		sort(s.receiverItem(&s.host.Snap.Receivers[i], rate))
	}
	if len(s.host.Snap.Receivers) == 0 {
		sort(look.NewItem(look.Dim, s.host.Look.Open+" no receiver yet"))
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
	name := strings.TrimSpace(r.Info.Driver + " " + r.Info.Name)
	switch {
	case r.Ended:
		return look.NewItem(look.Dim, s.host.Look.Open+" "+name+" at its end")
	case !r.Up && r.Reason != "":
		return look.NewItem(look.Failed, s.host.Look.Marks[state.MarkFailed]+" "+name+" down: "+r.Reason)
	}
	if r.Deaf {
		return look.NewItem(look.Failed, s.host.Look.Marks[state.MarkFailed]+" "+name+" deaf: "+r.Reason)
	}
	if len(r.Info.Modes) > 0 && s.w >= roomForModes {
		name += " " + device.JoinModes(r.Info.Modes, "+")
	}
	text := s.host.Look.Dot + " " + name + "  " + strconv.Itoa(rate) + "/min"
	if r.Trouble > 0 {
		text += fmt.Sprintf(" (%d unreadable)", r.Trouble)
	}
	if since := r.SilentSince(); !since.IsZero() && s.host.Now.Sub(since) >= quiet {
		return look.NewItem(look.Alarm, text+", silent for "+s.host.Look.Lang.Age(s.host.Now.Sub(since)))
	}
	return look.NewItem(look.Good, text)
}

// quiet is how long a receiver may hear nothing before its rate is drawn as a
// warning.
const quiet = 2 * time.Minute

// roomForModes is the width from which on receivers show their link modes.
const roomForModes = 100

func (s *Screen) brokerItem(b state.Broker) look.Item {
	queued := ""
	if b.Queued > 0 {
		queued = fmt.Sprintf(", %d queued", b.Queued)
	}
	switch {
	case b.Up:
		return look.NewItem(look.Good, s.host.Look.Dot+" broker "+b.Address+" up"+queued)
	case b.Address == "":
		return look.NewItem(look.Dim, s.host.Look.Open+" broker: connecting"+queued)
	}
	return look.NewItem(look.Failed, s.host.Look.Marks[state.MarkFailed]+" broker "+b.Address+" down"+queued+": "+b.Reason)
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
	return "! dropped: " + strings.Join(parts, ", ")
}

// drawCounts draws the filters with the number of their rows, and how much is done,
// on a limited number of lines. The numbers keep their places while they grow.
func (s *Screen) drawCounts(lines int) []string {
	digits := len(strconv.Itoa(len(s.host.Snap.Rows)))
	var items []look.Item
	total := 0
	for i, f := range filters {
		name, tone := f.name, f.tone
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
	n := s.host.Look.Line(s.w).Put(look.Plain, " ")
	if bar := min(45, s.w-2-total-len(space)*len(items)); bar >= 8 {
		s.bar.SetWidth(bar)
		part := 0.0
		if rows := len(s.host.Snap.Rows); rows > 0 {
			part = float64(s.list.counts[filterDone]) / float64(rows)
			if s.list.counts[filterLeft] > 0 { // full means that nothing is left
				part = min(part, (float64(bar)-1)/float64(bar))
			}
		}
		n.Raw(s.bar.ViewAs(part), bar).Put(look.Plain, space)
	}
	return s.host.Look.Flow(n, items, space, s.w, lines)
}
