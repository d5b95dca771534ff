package plot

// LargeLines is how many lines a large text has.
const LargeLines = 3

// segments are characters as the displays of meters draw them.
var segments = map[rune][LargeLines]string{
	'0': {" _ ", "| |", "|_|"}, '1': {"   ", "  |", "  |"}, '2': {" _ ", " _|", "|_ "}, '3': {" _ ", " _|", " _|"}, '4': {"   ", "|_|", "  |"},
	'5': {" _ ", "|_ ", " _|"}, '6': {" _ ", "|_ ", "|_|"}, '7': {" _ ", "  |", "  |"}, '8': {" _ ", "|_|", "|_|"}, '9': {" _ ", "|_|", " _|"},
	'-': {"   ", " _ ", "   "}, '.': {" ", " ", "."}, ',': {" ", " ", ","},
}

// Large draws a number as a display does. ok is false if it has other characters.
func Large(number string) (lines [LargeLines]string, ok bool) {
	for _, r := range number {
		s, known := segments[r]
		if !known {
			return [LargeLines]string{}, false
		}
		for i := range lines {
			lines[i] += s[i]
		}
	}
	return lines, number != ""
}
