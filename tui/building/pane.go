package building

import (
	"earshot/tui/look"
	"earshot/tui/screen"
)

// pane shows the meter under the cursor next to the table, on wide terminals.
type pane struct {
	screen  screen.Screen // nil: there is none
	w, h    int           // 0: it is not shown
	shows   string        // the meter, and
	version uint64        // … its version that was taken over
	second  int64         // … and when
}

// From which width on there is a pane, and how wide it is.
const (
	paneFrom    = 120
	paneTable   = 78 // columns that the table needs
	paneWidest  = 60
	paneBetween = 3 // columns of the rule, with the spaces around it
)

// fit gives the pane its room.
func (p *pane) fit(lines plan, w int) {
	p.w, p.h = 0, 0
	if p.screen == nil || w < paneFrom {
		return
	}
	p.w, p.h = min(paneWidest, w-paneTable-paneBetween), lines.titles+lines.rows+lines.status+lines.actions
	p.screen.Resize(p.w, p.h)
}

// taken is how many columns the table does not have.
func (p *pane) taken() int {
	if p.w == 0 {
		return 0
	}
	return p.w + paneBetween
}

// follow takes over the selected meter if it is another one, has changed, or has aged.
func (p *pane) follow(h *screen.Host) {
	r := h.Current()
	if p.w == 0 || r == nil {
		return
	}
	if second := h.Now.Unix(); r.Ref != p.shows || r.Version != p.version || second != p.second {
		if o, is := p.screen.(screen.Opener); is && r.Ref != p.shows {
			o.Opened()
		}
		p.shows, p.version, p.second = r.Ref, r.Version, second
		p.screen.Take()
	}
}

// draw puts the pane next to lines, which are as wide as the table.
func (p *pane) draw(h *screen.Host, lines []string) {
	if p.w == 0 {
		return
	}
	var beside []string
	if h.Current() != nil {
		beside = p.screen.Draw()
	}
	rule := h.Look.Line(paneBetween).Put(look.Dim, " "+h.Look.Wall+" ").String()
	for i := range lines {
		lines[i] += rule
		if i < len(beside) {
			lines[i] += beside[i]
		}
	}
}
