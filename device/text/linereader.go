package text

import (
	"bufio"
	"bytes"
	"errors"

	"golang.org/x/text/encoding/unicode"
)

const (
	// MaxLine is how many bytes of a line are read at once.
	MaxLine = 64 << 10
	// maxWord is the longest word, in bytes, that is kept together when a long line
	// is cut: more than a telegram has in any form.
	maxWord = 4 << 10
)

// lineReader cuts a text into lines, and long lines into pieces.
type lineReader struct {
	r        *bufio.Reader
	carry    []byte // the last word of the piece before
	piece    []byte
	skipping bool // a word longer than maxWord is being skipped
	tooLong  bool // such a word is in this line
}

// decode converts UTF-16, as Windows programs write it, to UTF-8, and skips a byte
// order mark.
func (l *lineReader) decode() error {
	mark, err := l.r.Peek(2)
	switch {
	case err != nil && len(mark) == 0:
		return err
	case len(mark) == 2 && (mark[0] == 0xFF && mark[1] == 0xFE || mark[0] == 0xFE && mark[1] == 0xFF):
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
		l.r = bufio.NewReaderSize(utf16.NewDecoder().Reader(l.r), MaxLine)
	case mark[0] == 0xEF:
		if mark, _ := l.r.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
			_, err := l.r.Discard(len(mark))
			return err
		}
	}
	return nil
}

// next returns a line without its end, or a piece of one. whole means that the line
// ends with it. The error that ended the source comes with the last line.
func (l *lineReader) next() (text []byte, whole bool, err error) {
	text, err = l.r.ReadSlice('\n')
	whole = !errors.Is(err, bufio.ErrBufferFull)
	if !whole {
		err = nil
	}
	if l.skipping {
		text = text[wordLen(text):]
		l.skipping = len(text) == 0 && !whole
	}
	if len(l.carry) > 0 {
		l.piece = append(append(l.piece[:0], l.carry...), text...)
		text, l.carry = l.piece, l.carry[:0]
	}
	if whole {
		text = bytes.TrimSuffix(text, []byte{'\n'})
		return bytes.TrimSuffix(text, []byte{'\r'}), true, err
	}
	end := bytes.LastIndexAny(text, separators) + 1
	if i := bytes.LastIndexByte(text, '}') + 1; i > len(text)-maxWord { // keep objects together
		end = i
	}
	if len(text)-end > maxWord {
		l.skipping, l.tooLong = true, true
	} else {
		l.carry = append(l.carry, text[end:]...)
	}
	return text[:end], false, nil
}

// more reports whether another line is buffered.
func (l *lineReader) more() bool {
	ahead, _ := l.r.Peek(l.r.Buffered())
	return bytes.IndexByte(ahead, '\n') >= 0
}

// separators are between words, but never within a telegram of one word.
const separators = " \t,;}"

// wordLen returns the length of the word that text begins with.
func wordLen(text []byte) int {
	if i := bytes.IndexAny(text, separators+"\n"); i >= 0 {
		return i
	}
	return len(text)
}
