package tui

import (
	"fmt"
	"strconv"
	"strings"

	"earshot/collector/duration"
	"earshot/collector/report"
	"earshot/collector/state"
	"earshot/device"
)

// drawHeader draws site and round.
func (m *Model) drawHeader() string {
	n := m.look.line(m.width)
	right := m.roundWords()
	room := m.width - width(right) - 2
	if room < 12 {
		right, room = "", m.width
	}
	left := m.look.line(room)
	left.put(accent, " earshot").put(plain, "  ").put(strong, m.look.text(m.snap.Site))
	left.put(dim, m.look.between+report.Count(m.snap.Counts.Meters, "meter")+fmt.Sprintf(", %d heard", m.snap.Counts.Heard))
	return n.raw(left.String(), room-left.left).gap(width(right)+1).put(plain, right).String()
}

// roundWords says where the round is: elapsed and longest time.
func (m *Model) roundWords() string {
	r := m.snap.Round
	switch {
	case r.Number == 0:
		return "no round yet"
	case r.Running():
		return fmt.Sprintf("%s round %d  %s/%s", m.spinner.View(), r.Number,
			duration.Clock(min(m.now.Sub(r.Started), r.Deadline.Sub(r.Started))), duration.Clock(r.Deadline.Sub(r.Started)))
	}
	return fmt.Sprintf("round %d over after %s", r.Number, duration.Clock(r.Finished.Sub(r.Started)))
}

// item is a short statement with a sign before it.
type item struct {
	tone token
	text string
}

// flow puts items side by side on a limited number of lines; the rest is cut.
func (l *look) flow(n *line, items []item, space string, w, lines int) []string {
	out := make([]string, 0, lines)
	for i, it := range items {
		text := l.text(it.text)
		if i > 0 && width(text)+len(space) > n.left && len(out) < lines-1 {
			out = append(out, n.String())
			n = l.line(w).put(plain, " ")
		} else if i > 0 {
			n.put(plain, space)
		}
		n.put(it.tone, text)
	}
	out = append(out, n.String())
	return append(out, make([]string, lines-len(out))...)
}

// drawLinks draws receivers, brokers and store.
func (m *Model) drawLinks(lines int) []string {
	return m.look.flow(m.look.line(m.width).put(plain, " "), m.links(), "   ", m.width, lines)
}

// crowded reports whether the links do not fit on one line.
func (m *Model) crowded() bool {
	all := -3
	for _, it := range m.links() {
		all += width(m.look.text(it.text)) + 3
	}
	return all >= m.width
}

// links are receivers, broker and store. What is wrong comes first.
func (m *Model) links() []item {
	var wrong, right []item
	sort := func(i item) {
		if i.tone == failed || i.tone == alarm {
			wrong = append(wrong, i)
		} else {
			right = append(right, i)
		}
	}
	if m.snap.Store.Reason != "" {
		text := m.look.marks[state.MarkFailed] + " " + m.snap.Store.Reason
		if n := m.snap.Store.Waiting; n > 0 {
			text += fmt.Sprintf(" (%d in memory only)", n)
		}
		sort(item{failed, text})
	}
	for i := range m.snap.Receivers {
		rate := 0
		if i < len(m.rates) {
			rate = m.rates[i]
		}
		sort(m.receiverItem(&m.snap.Receivers[i], rate))
	}
	if len(m.snap.Receivers) == 0 {
		sort(item{dim, m.look.open + " no receiver yet"})
	}
	if m.snap.Broker.Named {
		sort(m.brokerItem(m.snap.Broker))
	}
	if text := m.dropWords(); text != "" {
		sort(item{alarm, text})
	}
	return append(wrong, right...)
}

func (m *Model) receiverItem(r *state.Receiver, rate int) item {
	name := strings.TrimSpace(r.Info.Driver + " " + r.Info.Name)
	switch {
	case r.Ended:
		return item{dim, m.look.open + " " + name + " at its end"}
	case !r.Up && r.Reason != "":
		return item{failed, m.look.marks[state.MarkFailed] + " " + name + " down: " + r.Reason}
	}
	if r.Deaf {
		return item{failed, m.look.marks[state.MarkFailed] + " " + name + " deaf: " + r.Reason}
	}
	if len(r.Info.Modes) > 0 && m.width >= roomForModes {
		name += " " + device.JoinModes(r.Info.Modes, "+")
	}
	text := m.look.dot + " " + name + "  " + strconv.Itoa(rate) + "/min"
	if r.Trouble > 0 {
		text += fmt.Sprintf(" (%d unreadable)", r.Trouble)
	}
	if since := r.SilentSince(); !since.IsZero() && m.now.Sub(since) >= quiet {
		return item{alarm, text + ", silent for " + duration.Age(m.now.Sub(since))}
	}
	return item{good, text}
}

// roomForModes is the width from which on receivers show their link modes.
const roomForModes = 100

func (m *Model) brokerItem(b state.Broker) item {
	queued := ""
	if b.Queued > 0 {
		queued = fmt.Sprintf(", %d queued", b.Queued)
	}
	switch {
	case b.Up:
		return item{good, m.look.dot + " broker " + b.Address + " up" + queued}
	case b.Address == "":
		return item{dim, m.look.open + " broker: connecting" + queued}
	}
	return item{failed, m.look.marks[state.MarkFailed] + " broker " + b.Address + " down" + queued + ": " + b.Reason}
}

// dropWords says what was dropped, "" if nothing was.
func (m *Model) dropWords() string {
	var parts []string
	for what, n := range m.snap.Drops {
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
func (m *Model) drawCounts(lines int) []string {
	digits := len(strconv.Itoa(len(m.snap.Rows)))
	var items []item
	total := 0
	for i, f := range filters {
		name, tone := f.name, f.tone
		if m.list.chosen()&(1<<i) != 0 {
			name = strings.ToUpper(name)
		} else if m.list.counts[i] == 0 {
			tone = dim
		}
		text := fmt.Sprintf("%d %s %*d", i+1, name, digits, m.list.counts[i])
		items = append(items, item{tone, text})
		total += width(text)
	}
	space := pick(m.width < narrow || total+2*len(items) > m.width, " ", pick(m.width >= 100, "   ", "  "))
	n := m.look.line(m.width).put(plain, " ")
	if bar := min(45, m.width-2-total-len(space)*len(items)); bar >= 8 {
		m.bar.SetWidth(bar)
		part := 0.0
		if rows := len(m.snap.Rows); rows > 0 {
			part = float64(m.list.counts[filterDone]) / float64(rows)
			if m.list.counts[filterLeft] > 0 { // full means that nothing is left
				part = min(part, (float64(bar)-1)/float64(bar))
			}
		}
		n.raw(m.bar.ViewAs(part), bar).put(plain, space)
	}
	return m.look.flow(n, items, space, m.width, lines)
}
