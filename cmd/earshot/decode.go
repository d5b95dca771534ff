package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"earshot/cmd/earshot/lists"
	"earshot/collector/site"
	"earshot/device"
	"earshot/device/text"
)

func newDecode(s streams) *cobra.Command {
	var keys string
	var asJSON, skipBad bool
	cmd := &cobra.Command{
		Use:   "decode [--keys LIST] [--json] TELEGRAM… | FILE | -",
		Short: "Decode telegrams layer by layer",
		Long: "decode explains telegrams byte by byte. They are arguments, or lines of a file or of standard input (-), in many forms:\n" +
			"hex with or without link-layer checksums, log lines of other programs, JSON, base64, source code. Lines without a\n" +
			"telegram are counted. Keys come from a meter list (columns id and key).",
		Example: "earshot decode 2A442D2C998734761B168D2091D37CAC21E1D68CDAFFCD3DC452BD802913FF7B1706CA9E355D6C2701CC24\n" +
			"earshot decode --keys list.csv --json - < telegrams.txt",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("no telegram given: pass it as hex, or - to read standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			d := &decodeJob{out: s.out, warn: s.err, json: asJSON, list: keys}
			if err := d.loadKeys(keys, skipBad, s); err != nil {
				return err
			}
			return d.run(cmd.Context(), args, s.in)
		},
	}
	cmd.Flags().StringVar(&keys, "keys", "", "meter list with the keys (CSV)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object per telegram, in order, including those that fail")
	cmd.Flags().BoolVar(&skipBad, "skip-bad-rows", false, "skip the bad rows of a list and use the others")
	return cmd
}

// decodeJob decodes telegrams, on all cores, and prints them in their order.
type decodeJob struct {
	out    io.Writer
	warn   io.Writer
	json   bool
	list   string // with the keys, "" if none was named
	meters []site.Meter
	index  *site.Index
}

func (d *decodeJob) loadKeys(path string, skipBad bool, s streams) error {
	if path == "" {
		d.index = site.NewIndex(nil)
		return nil
	}
	list, err := lists.ReadKeys(path, s.lists())
	var bad *site.BadRows
	switch {
	case errors.As(err, &bad) && skipBad:
		fmt.Fprintf(s.err, "earshot: %v\n", bad)
	case errors.As(err, &bad):
		return fmt.Errorf("%w; correct the list, or leave these rows out with --skip-bad-rows", bad)
	case err != nil:
		return usage{err}
	}
	lists.WarnExposedKeys(s.err, path, list.Meters)
	d.meters, d.index = list.Meters, site.NewIndex(list.Meters)
	return nil
}

// run decodes the arguments; "-" stands for the lines of in, and a file's name
// for its lines. It ends early when ctx does; what was decoded until then is
// printed.
func (d *decodeJob) run(ctx context.Context, args []string, in io.Reader) error {
	w := d.start()
	err := d.arguments(ctx, w, args, in)
	failed, outErr := w.close()
	switch {
	case outErr != nil:
		return fmt.Errorf("standard output: %w", outErr)
	case err == nil && failed > 0:
		return outcome(exitNotPassed)
	}
	return err
}

// wordBytes is the length up to which an argument may be part of a telegram
// that the shell has split at its blanks.
const wordBytes = 20

// arguments decodes what the arguments hold.
func (d *decodeJob) arguments(ctx context.Context, w *decodeWork, args []string, in io.Reader) error {
	var words []string // adjacent short arguments
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
		if len(lines) == 1 {
			t.Line = 0
		}
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
		w.trouble(errors.New("contains no telegram: pass it as hex"))
	}
}

// stream decodes the telegrams in a file or in standard input. Everything
// read so far is printed before it waits for more.
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
