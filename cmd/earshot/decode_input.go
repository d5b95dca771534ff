package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"earshot/device"
	"earshot/device/text"
)

// wordBytes is up to how many characters an argument is taken for part of a
// telegram that a shell has cut at its blanks.
const wordBytes = 20

// arguments decodes what the arguments hold.
func (d *decodeJob) arguments(ctx context.Context, w *decodeWork, args []string, in io.Reader) error {
	var words []string // that stand together
	pasted := func() {
		if len(words) > 0 {
			d.paste(w, strings.Join(words, " "))
		}
		words = words[:0]
	}
	var err error
	for i, arg := range args {
		info, missing := os.Stat(arg)
		switch {
		case arg == "-":
			pasted()
			err = errors.Join(err, d.stream(ctx, w, device.StdinPath, in))
		case missing == nil && info.Mode().IsRegular():
			pasted()
			err = errors.Join(err, d.stream(ctx, w, arg, nil))
		default:
			short := len(arg) <= wordBytes
			if i > 0 && !(short && len(args[i-1]) <= wordBytes) {
				pasted()
			}
			words = append(words, arg)
		}
	}
	pasted()
	return err
}

// paste decodes what was pasted as an argument; it may have several lines.
func (d *decodeJob) paste(w *decodeWork, pasted string) {
	lines := strings.Split(pasted, "\n")
	found := false
	r := text.NewReader(time.Local, func(t text.Telegram) {
		found = true
		w.add(t)
	}, func(line int, err error) {
		found = true
		if len(lines) > 1 {
			err = fmt.Errorf("line %d: %w", line, err)
		}
		w.trouble(err)
	})
	for i, line := range lines {
		r.Line(i+1, []byte(line))
	}
	if r.End(); !found {
		w.trouble(errors.New("no telegram in it: give it as hex"))
	}
}

// stream decodes the telegrams in a file or in standard input. What came is
// printed before it waits for more.
func (d *decodeJob) stream(ctx context.Context, w *decodeWork, path string, in io.Reader) error {
	source, err := text.Open(device.Spec{Driver: "decode", Path: path}, device.Options{Stdin: in})
	if err != nil {
		return usage{fmt.Errorf("%s: %w", path, err)}
	}
	defer source.Close()
	reading, unread := context.WithCancel(ctx)
	defer unread()
	r := text.NewReader(time.Local, w.add, func(line int, err error) { w.trouble(fmt.Errorf("line %d: %w", line, err)) })
	err = source.Lines(reading, func(_ context.Context, l text.Line) {
		r.Take(l)
		if !l.More {
			w.flush()
		}
		if w.broken.Load() { // nobody reads the output
			unread()
		}
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case reading.Err() != nil:
		return nil
	case !errors.Is(err, device.ErrEnd):
		return usage{err}
	}
	return d.rest(source.Name(), &r.Counts)
}

// rest says how many lines held no telegram, when a stream has ended.
func (d *decodeJob) rest(name string, read *text.Counts) error {
	if none := read.Nothing(name); none != nil && read.Broken == 0 {
		return usage{none}
	}
	if rest := read.Rest(name); rest != nil && d.warn != nil {
		fmt.Fprintf(d.warn, "earshot: %v\n", rest)
	}
	return nil
}
