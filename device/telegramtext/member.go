package telegramtext

// eachMember calls each with the name, unquoted, and the value of every member
// of a JSON object. The text must be valid: it is not checked again. A name
// with an escape in it is none that we know, and is passed as it stands.
func eachMember(object []byte, each func(name, value []byte)) {
	i := skipSpace(object, 1)
	for object[i] != '}' {
		end := endOfString(object, i)
		name := object[i+1 : end-1]
		i = skipSpace(object, skipSpace(object, end)+len(":"))
		end = endOfValue(object, i)
		each(name, object[i:end])
		i = skipSpace(object, end)
		if object[i] == ',' {
			i = skipSpace(object, i+1)
		}
	}
}

func skipSpace(text []byte, i int) int {
	for text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r' {
		i++
	}
	return i
}

// endOfString is the place after the string that begins at i.
func endOfString(text []byte, i int) int {
	for i++; text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// endOfValue is the place after the value that begins at i.
func endOfValue(text []byte, i int) int {
	depth := 0
	for {
		switch text[i] {
		case '"':
			i = endOfString(text, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
			i++
		case ',', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i
			}
			i++
		default:
			i++
			continue
		}
		if depth == 0 {
			return i
		}
	}
}
