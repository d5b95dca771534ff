package words

// Report is a text of the hand-over protocol by its name, such as "column.place".
// values fill in its placeholders.
func (l *Language) Report(name string, values map[string]any) string {
	return l.Say("report."+name, values)
}

// ReportCount is Report for a number of things: name.one or name.other, with {{.Count}}.
func (l *Language) ReportCount(name string, n int, values map[string]any) string {
	return l.Plural("report."+name, n, values)
}
