package printable

import (
	"fmt"
	"io"
	"sync"
	"unicode/utf8"
)

// Writer passes text on and writes what Rune refuses, but for line ends and tabs,
// as \u and four hex digits: it can be seen that something was there, and JSON
// means the same as before. A byte that is not UTF-8 becomes U+FFFD. Several
// goroutines may write.
type Writer struct {
	to    io.Writer
	ascii bool

	mu    sync.Mutex
	begun []byte // of a character that the last write has cut
	out   []byte // reused
}

// NewWriter returns a Writer in front of another one.
func NewWriter(to io.Writer) *Writer { return &Writer{to: to} }

// NewASCIIWriter returns a Writer that spells what it writes in ASCII.
func NewASCIIWriter(to io.Writer) *Writer { return &Writer{to: to, ascii: true} }

// Unwrap returns what the Writer writes to.
func (w *Writer) Unwrap() io.Writer { return w.to }

// Write implements io.Writer. A character that p ends within is written with the
// rest of it.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := p
	if len(w.begun) > 0 {
		text = append(w.begun, p...)
	}
	whole := len(text) - cut(text)
	out := text[:whole]
	if n := shown(out); n < whole {
		w.out = escape(append(w.out[:0], out[:n]...), out[n:])
		out = w.out
	}
	if w.ascii {
		out = []byte(ASCII(string(out)))
	}
	_, err := w.to.Write(out)
	w.begun = append([]byte(nil), text[whole:]...)
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

// shown is how many bytes at the start of text can be written as they are.
func shown(text []byte) int {
	n := 0
	for n < len(text) {
		if n += plain(text[n:]); n == len(text) {
			break
		}
		r, size := rune(text[n]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text[n:])
		}
		if r != '\n' && r != '\t' && !Rune(r) || r == utf8.RuneError && size == 1 {
			break
		}
		n += size
	}
	return n
}

// cut is how many bytes at the end of text are the beginning of a character.
func cut(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// escape appends text to dst.
func escape(dst, text []byte) []byte {
	for len(text) > 0 {
		n := shown(text)
		dst = append(dst, text[:n]...)
		if text = text[n:]; len(text) == 0 {
			break
		}
		r, size := utf8.DecodeRune(text)
		switch text = text[size:]; {
		case r == utf8.RuneError:
			dst = utf8.AppendRune(dst, r)
		case r > 0xFFFF: // as JSON does: UTF-16
			r -= 0x10000
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, 0xD800+r>>10, 0xDC00+r&0x3FF)
		default:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		}
	}
	return dst
}
