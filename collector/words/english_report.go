package words

// englishReport are the texts of the hand-over protocol and of its views.
var englishReport = map[string]string{
	"report.title": "Hand-over protocol",
}
