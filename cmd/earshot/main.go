package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"charm.land/fang/v2"
)

// gcPercent is how much the heap may grow before it is collected: a gateway has
// little memory, and the collector of 10,000 meters costs it no half percent
// of a core. GOGC in the environment says otherwise.
const gcPercent = 40

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
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
