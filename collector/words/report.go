package words

// Report is a text of the hand-over protocol by its name, such as "column.place".
// values fill in its placeholders.
func (p Printer) Report(name string, values map[string]any) string {
	return p.say("report."+name, values)
}

// ReportCount is Report for a number of things: name.one or name.other, with {{.Count}}.
func (p Printer) ReportCount(name string, n int, values map[string]any) string {
	return p.plural("report."+name, n, values)
}
