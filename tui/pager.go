package tui

import (
	tea "charm.land/bubbletea/v2"

	"earshot/collector/report"
)

// open shows a page from its top.
func (m *Model) open(p page) {
	if p == pageDetail && m.page != pageHelp {
		m.meter = m.list.ref
	}
	m.page = p
	m.fill()
	m.pager.GotoTop()
}

func (m *Model) openHelp() tea.Cmd {
	m.under = m.page
	m.open(pageHelp)
	return nil
}

// back returns to the page from which this one was opened.
func (m *Model) back() tea.Cmd {
	if m.page == pageHelp && m.under != pageList {
		m.open(m.under)
		return nil
	}
	m.page = pageList
	m.list.show(m.rowLines())
	return nil
}

func (m *Model) pageUp() tea.Cmd {
	m.scroll(-m.pageful())
	return nil
}

func (m *Model) pageDown() tea.Cmd {
	m.scroll(m.pageful())
	return nil
}

// pagerPlan divides a page: title, text, prompt, footer.
func (m *Model) pagerPlan() (title, body, ask, footer int) {
	body = m.height
	take := func(from int, wanted bool) int {
		if m.height < from || !wanted {
			return 0
		}
		body--
		return 1
	}
	ask = take(2, m.prompt != noPrompt)
	footer = take(3, true)
	title = take(5, true)
	return title, body, ask, footer
}

// fill sets the text of the current page.
func (m *Model) fill() {
	_, body, _, _ := m.pagerPlan()
	m.pager.SetHeight(body)
	switch m.page {
	case pageDetail:
		m.pager.SetContentLines(m.detailLines())
	case pageUnlisted:
		m.pager.SetContentLines(m.unlistedLines())
	case pageHelp:
		m.pager.SetContentLines(m.helpLines())
	}
}

// drawPager draws a page: its title, a part of its text, its keys.
func (m *Model) drawPager() []string {
	title, body, ask, footer := m.pagerPlan()
	lines := make([]string, 0, m.height)
	if title > 0 {
		lines = append(lines, m.pageTitle())
	}
	lines = append(lines, splitLines(m.pager.View(), body)...)
	if ask > 0 {
		lines = append(lines, m.drawPrompt())
	}
	if footer > 0 {
		lines = append(lines, m.drawFooter())
	}
	return lines
}

// pageTitle names the page and the scroll position.
func (m *Model) pageTitle() string {
	var words string
	tone := accent
	switch m.page {
	case pageDetail:
		words = "meter"
		if r := m.current(); r != nil {
			tone = markTokens[r.Verdict.Mark]
			words = m.look.marks[r.Verdict.Mark] + " " + m.look.text(r.Ref+"  "+r.Place.String())
		}
	case pageUnlisted:
		words = report.Count(len(m.snap.Unlisted), "meter") + " on the air, but not in the list"
	case pageHelp:
		words = "keys and signs"
	}
	at := ""
	if m.pager.TotalLineCount() > m.pager.Height() {
		at = scrollWords(m.pager.ScrollPercent())
	}
	left := m.look.line(max(1, m.width-width(at)-1))
	left.put(tone, " "+words)
	return m.look.line(m.width).raw(left.String(), max(1, m.width-width(at)-1)-left.left).gap(width(at)+1).put(dim, at).String()
}
