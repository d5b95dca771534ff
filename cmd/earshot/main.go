package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"charm.land/fang/v2"
)

func main() {
	ctx, signals, stop := watchSignals(context.Background())
	err := fang.Execute(ctx, newRoot(streams{os.Stdin, os.Stdout, os.Stderr, signals}),
		fang.WithVersion(version()), fang.WithErrorHandler(printError))
	stop()
	os.Exit(exitCode(err))
}

// streams are what the commands read and write.
type streams struct {
	in       io.Reader
	out, err io.Writer
	signals  *signals
}

// printError writes an error as sentences, one a line. What a summary has
// said already is not said again.
func printError(w io.Writer, _ fang.Styles, err error) {
	if text := message(err); text != "" {
		fmt.Fprintf(w, "earshot: %s\n", text)
	}
}
