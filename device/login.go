package device

import (
	"regexp"
	"strings"
	"unicode"
)

// urlStart is how the text of a URL begins, also with typing errors: mqtt://,
// mqtt:/, mqtt:.
var urlStart = regexp.MustCompile(`^(?i:(?:mqtts?|wss?|tcp|tcp-?listen|udp|udp-?listen|https?):/{0,3}|[a-z][a-z0-9+.-]+:/{2,3})`)

// hiddenLogin stands for a login in texts that are shown.
const hiddenLogin = "…"

// MaskLogin returns the name of a receiver or broker without the login that it
// holds, or seems to hold if it was mistyped: what is between the scheme and the
// last @ (mqtt://user:password@broker, user:password@broker); without an @, what
// follows a host but cannot be a port (mqtt://user:pass). It returns other texts as
// they are.
func MaskLogin(text string) string {
	name := strings.TrimLeftFunc(text, unicode.IsSpace) // as ParseSpec reads it
	return text[:len(text)-len(name)] + maskLogin(name)
}

func maskLogin(text string) string {
	start := urlStart.FindString(text)
	rest := text[len(start):]
	if start == "" && !loginLike(text) {
		return text
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		return start + hiddenLogin + rest[at:]
	}
	if start == "" || strings.HasPrefix(rest, "[") {
		return text
	}
	host, _, _ := strings.Cut(rest, "/")
	host, after, found := strings.Cut(host, ":")
	port, _, _ := strings.Cut(after, "?")
	if found && strings.Trim(port, "0123456789") != "" {
		return start + host + ":" + hiddenLogin
	}
	return text
}

// loginLike reports whether a text without a scheme begins like user:password@:
// paths have a slash before the first colon, or after it, if it follows a drive.
func loginLike(text string) bool {
	user, rest, found := strings.Cut(text, ":")
	drive := len(user) == 1 && strings.HasPrefix(strings.ReplaceAll(rest, `\`, "/"), "/")
	return found && !drive && !strings.ContainsAny(user, `/\@`) && strings.Contains(rest, "@")
}
