package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"earshot/collector/site"
)

func newDecode(s streams) *cobra.Command {
	var keys string
	var asJSON, skipBad bool
	cmd := &cobra.Command{
		Use:   "decode [--keys LIST] [--json] TELEGRAM… | FILE | -",
		Short: "Take telegrams apart, layer by layer",
		Long: "decode takes telegrams apart: as arguments, in a file, or on standard input (-). It finds them in what people have:\n" +
			"hex with or without link-layer checksums, log lines of other programs, JSON, base64, source code. Lines without a\n" +
			"telegram are counted. Keys come from a meter list (columns id and key).",
		Example: "earshot decode 2A442D2C998734761B168D2091D37CAC21E1D68CDAFFCD3DC452BD802913FF7B1706CA9E355D6C2701CC24\n" +
			"earshot decode --keys list.csv --json - < telegrams.txt",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError("no telegram: give it as hex, or - to read standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			d := &decodeJob{out: s.out, warn: s.err, json: asJSON, list: keys}
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
	warn   io.Writer
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
