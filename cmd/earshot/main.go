package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"

	"earshot/cmd/earshot/handover"
	"earshot/cmd/earshot/lists"
	"earshot/collector/crash"
	"earshot/collector/report"
	"earshot/collector/words"
	"earshot/device/printable"
)

// gcPercent is how much the heap may grow before it is collected: a gateway
// has little memory, and with 10,000 meters collecting garbage this often
// takes less than half a percent of a core. GOGC overrides it.
const gcPercent = 40

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	args, hide := takeArguments(os.Args)
	end := newEnding(printable.NewWriter(os.Stderr))
	ctx, signals, stop := watchSignals(context.Background(), end)
	root := newRoot(streams{os.Stdin, os.Stdout, os.Stderr, signals, end, languageOf(args[1:], os.Getenv)})
	err := execute(ctx, root, args[1:], os.Stderr, hide)
	stop()
	os.Exit(exitCode(err))
}

// execute runs the command and writes its error, as hide shows it. A panic is an
// error like any other: Go would end the program with exitUsage.
func execute(ctx context.Context, root *cobra.Command, args []string, w io.Writer, hide func(string) string) (err error) {
	printError := func(w io.Writer, _ fang.Styles, err error) { printError(w, err, hide) }
	defer func() {
		if v := recover(); v != nil {
			err = crash.New(v)
			printError(w, fang.Styles{}, err)
		}
	}()
	root.SetArgs(args)
	if asksForHelp(args) {
		return fang.Execute(ctx, root, fang.WithVersion(version()), fang.WithErrorHandler(printError))
	}
	if err = root.ExecuteContext(ctx); err != nil {
		printError(w, fang.Styles{}, err)
	}
	return err
}

// asksForHelp reports whether arguments ask for what fang prints: help, the version,
// the man page, completions. fang asks the terminal for its background, also for an
// error: over a slow line the answer comes when the program has ended, and stands at
// the shell's prompt.
func asksForHelp(args []string) bool {
	if len(args) == 0 {
		return !isTerminal(os.Stdin) || !isTerminal(os.Stdout) // else the set-up
	}
	switch args[0] {
	case "help", "man", "completion", "--version", "-v", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd:
		return true
	}
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	return slices.Contains(args, "--help") || slices.Contains(args, "-h")
}

// streams are what the commands read and write.
type streams struct {
	in       io.Reader
	out, err io.Writer
	signals  *signals
	ending   *ending
	lang     *words.Language // nil means English
}

// lists are the streams for the commands about lists.
func (s streams) lists() lists.Streams {
	return lists.Streams{In: s.in, Out: s.out, Err: s.err, Lang: s.lang}
}

// handover is what the commands about the hand-over protocol share with the others.
func (s streams) handover() handover.Env {
	return handover.Env{Streams: s.lists(), Version: version(), Store: storeOf, List: s.listOf}
}

// printError writes an error as sentences, one a line. What a summary has
// printed already is not printed again.
func printError(w io.Writer, err error, hide func(string) string) {
	if text := message(err); text != "" {
		fmt.Fprintf(printable.NewWriter(w), "earshot: %s\n", hide(text))
	}
}

func newRoot(s streams) *cobra.Command {
	s.lang = cmp.Or(s.lang, words.English)
	root := &cobra.Command{
		Use:   "earshot",
		Short: "Commission the wireless M-Bus meters of a building",
		Long: "earshot listens for the meters of a building that are in your list, and shows for each one\n" +
			"how far it got: heard, decrypted, decoded, plausible, delivered. If it failed: why, and what to do next.",
		SilenceUsage: true, SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error { return setUp(cmd, s) },
		Args: noSuchCommand,
	}
	root.PersistentFlags().Var(new(language), "lang", "language of what people read: "+languages()+"; without it the locale decides")
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(flagError)
	s.out, s.err = printable.NewWriter(s.out), printable.NewWriter(s.err) // help may have colours
	root.AddCommand(newRun(s), newDemo(s), newReceivers(s), newRecord(s), newForward(s), newReplay(s), newDecode(s), lists.NewImport(s.lists()), lists.NewForm(s.lists()), lists.NewKeys(s.lists()), newExplain(s), handover.NewReport(s.handover()), handover.NewCompare(s.handover()), handover.NewVerify(s.handover()), handover.NewSigner(s.handover()), newStore(s), newSystemd(s), newVersion(s))
	root.InitDefaultCompletionCmd()
	fold(root, report.TerminalWidth(s.out))
	return root
}

// release is the version of a release build, set by the Makefile.
var release = ""

// version returns the release, or the revision that was built.
func version() string {
	if release != "" {
		return release
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return "devel-" + s.Value[:min(len(s.Value), 12)]
			}
		}
	}
	return "devel"
}

func newVersion(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(s.out, "earshot %s (%s %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
