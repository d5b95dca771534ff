package trace

import (
	"slices"
	"time"
)

// most bounds how many messages, and how many gaps, are remembered.
const most = 20

// Message is something that was said, and how often it was said in a row.
type Message struct {
	First, Last time.Time
	Text        string
	Count       int
}

// Messages are the last messages, oldest first. The zero value has none.
type Messages struct{ all []Message }

// Add adds a message. What was said last is counted.
func (m *Messages) Add(at time.Time, text string) { m.AddMany(at, text, 1) }

// AddMany adds a message that came count times.
func (m *Messages) AddMany(at time.Time, text string, count int) {
	if text == "" {
		return
	}
	if n := len(m.all); n > 0 && m.all[n-1].Text == text {
		m.all = slices.Clone(m.all)
		m.all[n-1].Last = at
		m.all[n-1].Count += count
		return
	}
	from := max(0, len(m.all)+1-most)
	m.all = append(slices.Clone(m.all[from:]), Message{First: at, Last: at, Text: text, Count: count})
}

// All returns the messages, oldest first. They must not be changed.
func (m *Messages) All() []Message { return m.all }

// Last returns the last message; its Count is 0 if there is none.
func (m *Messages) Last() Message {
	if len(m.all) == 0 {
		return Message{}
	}
	return m.all[len(m.all)-1]
}

// Gap is a time in which something did not work.
type Gap struct {
	From, To time.Time // To is zero while it lasts
	Reason   string
}

// Gaps are the last gaps, oldest first. The zero value has none.
type Gaps struct {
	all   []Gap
	Count int // of all gaps, those included that are not remembered any more
}

// Begin begins a gap. One that lasts has another reason from now on.
func (g *Gaps) Begin(at time.Time, reason string) {
	n := len(g.all)
	if n > 0 && g.all[n-1].To.IsZero() {
		g.all = slices.Clone(g.all)
		g.all[n-1].Reason = reason
		return
	}
	from := max(0, n+1-most)
	g.all = append(slices.Clone(g.all[from:]), Gap{From: at, Reason: reason})
	g.Count++
}

// End ends the gap that lasts, if one does.
func (g *Gaps) End(at time.Time) {
	if n := len(g.all); n > 0 && g.all[n-1].To.IsZero() {
		g.all = slices.Clone(g.all)
		g.all[n-1].To = at
	}
}

// All returns the gaps, oldest first. They must not be changed.
func (g *Gaps) All() []Gap { return g.all }
