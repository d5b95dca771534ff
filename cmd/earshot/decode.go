package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"earshot/collector/site"
	"earshot/device"
	"earshot/device/lines"
)

func newDecode(s streams) *cobra.Command {
	var keys string
	var asJSON, skipBad bool
	cmd := &cobra.Command{
		Use:   "decode [--keys LIST] [--json] HEX… | -",
		Short: "Take telegrams apart, layer by layer",
		Long: "decode takes telegrams apart: hex with or without link-layer checksums, wireless or wired,\n" +
			"as arguments, or one a line on standard input (-). Keys come from a meter list (columns id and key).",
		Example: "earshot decode 2A442D2C998734761B168D2091D37CAC21E1D68CDAFFCD3DC452BD802913FF7B1706CA9E355D6C2701CC24\n" +
			"earshot decode --keys list.csv --json - < telegrams.txt",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("no telegram: give it as hex, or - to read one a line from standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			d := &decodeJob{out: s.out, json: asJSON, list: keys}
			if err := d.loadKeys(keys, skipBad, s.err); err != nil {
				return err
			}
			return d.run(cmd.Context(), args, s.in)
		},
	}
	cmd.Flags().StringVar(&keys, "keys", "", "meter list with the keys (CSV)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a telegram, in order, failed ones too")
	cmd.Flags().BoolVar(&skipBad, "skip-bad-rows", false, "go on with the good rows of a list that has bad ones")
	return cmd
}

// decodeJob decodes telegrams, on all cores, and prints them in their order.
type decodeJob struct {
	out    io.Writer
	json   bool
	list   string // with the keys, "" if none was named
	meters []site.Meter
	index  *site.Index
}

func (d *decodeJob) loadKeys(path string, skipBad bool, warn io.Writer) error {
	if path == "" {
		d.index = site.NewIndex(nil)
		return nil
	}
	list, err := site.ReadFile(path)
	var bad *site.BadRows
	switch {
	case errors.As(err, &bad) && skipBad:
		fmt.Fprintf(warn, "earshot: %v\n", bad)
	case errors.As(err, &bad):
		return fmt.Errorf("%w; mend the list, or leave these rows out with --skip-bad-rows", bad)
	case err != nil:
		return usage{err}
	}
	d.meters, d.index = list.Meters, site.NewIndex(list.Meters)
	return nil
}

// run decodes the arguments; "-" stands for the lines of in. It ends early
// when ctx does; what was decoded until then is printed.
func (d *decodeJob) run(ctx context.Context, args []string, in io.Reader) error {
	w := d.start()
	var err error
	for _, arg := range args {
		if arg == "-" {
			err = d.stream(ctx, w, in)
		} else {
			w.add([]byte(arg))
		}
	}
	failed, outErr := w.close()
	switch {
	case outErr != nil:
		return fmt.Errorf("standard output: %w", outErr)
	case err == nil && failed > 0:
		return outcome(exitNotPassed)
	}
	return err
}

// line is a line of standard input, or why there is none.
type line struct {
	text []byte
	err  error
}

// lineSink hands troubles on in their order among the lines.
type lineSink chan<- line

func (s lineSink) Frame(device.Frame) {}
func (s lineSink) Trouble(err error)  { s <- line{err: err} }

// stream decodes the lines of in. What came is printed before it waits for more.
func (d *decodeJob) stream(ctx context.Context, w *decodeWork, in io.Reader) error {
	source, err := lines.Open(device.Spec{Driver: "decode", Path: device.StdinPath}, device.Options{Stdin: in})
	if err != nil {
		return usage{fmt.Errorf("standard input: %w", err)}
	}
	defer source.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	read := make(chan line, 256)
	ended := make(chan error, 1)
	go func() {
		defer close(read)
		ended <- source.Each(ctx, lineSink(read), func(_ context.Context, text []byte) error {
			read <- line{text: bytes.Clone(text)}
			return nil
		})
	}()
	for {
		l, more := line{}, true
		select {
		case l, more = <-read:
		default:
			w.flush()
			l, more = <-read
		}
		switch {
		case !more:
			if err := <-ended; err != nil && !errors.Is(err, device.ErrEnd) && ctx.Err() == nil {
				return usage{err}
			}
			return ctx.Err()
		case l.err != nil:
			w.trouble(l.err)
		default:
			w.add(l.text)
		}
		if w.broken.Load() { // nobody reads the output
			cancel()
			for range read { // let the reader end
			}
			return nil
		}
	}
}
