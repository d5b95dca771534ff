package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"charm.land/fang/v2"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// The first signal asks for a clean end, the second one kills.
	context.AfterFunc(ctx, stop)
	err := fang.Execute(ctx, newRoot(streams{os.Stdin, os.Stdout, os.Stderr}),
		fang.WithVersion(version()), fang.WithErrorHandler(printError))
	stop()
	os.Exit(exitCode(err))
}

// streams are what the commands read and write.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// printError writes an error as sentences, one a line. What a summary has
// said already is not said again.
func printError(w io.Writer, _ fang.Styles, err error) {
	if text := message(err); text != "" {
		fmt.Fprintf(w, "earshot: %s\n", text)
	}
}
