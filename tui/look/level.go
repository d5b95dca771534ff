package look

// levels are the characters of columns of growing height, by alphabet.
var levels = [...][]string{
	Unicode: {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
	Console: {"░", "▄", "█"},
	ASCII:   {".", ":", "-", "=", "+", "*", "#"},
}

// Level draws a column for n of most; a blank for nothing.
func (l *Look) Level(n, most int) string {
	if n <= 0 || most <= 0 {
		return " "
	}
	all := levels[l.set]
	return all[min(len(all)-1, (n*len(all)-1)/most)]
}
