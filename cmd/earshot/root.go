package main

import (
	"strings"

	"github.com/spf13/cobra"
)

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "earshot",
		Short: "Commission the wireless M-Bus meters of a building",
		Long: "earshot listens for the meters that a list expects in a building, and says of each one\n" +
			"how far it got: heard, decrypted, decoded, plausible, delivered; where it failed, why, and what to do next.",
		SilenceUsage: true, SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError("there is no command %q: earshot --help lists them", args[0])
			}
			return nil
		},
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newRun(s), newDemo(s), newReceivers(s), newRecord(s), newForward(s), newReplay(s), newDecode(s), newStore(s), newSystemd(s), newVersion(s))
	root.InitDefaultCompletionCmd()
	fold(root, terminalWidth(s.out))
	return root
}

// flagError says how a flag is to be written. Go's words for a bad duration are
// for programmers.
func flagError(_ *cobra.Command, err error) error {
	text, _, bad := strings.Cut(err.Error(), " flag: time: ")
	if bad {
		return usageError("%s flag: write a duration as 90s, 10m or 36h; --help lists the flags", text)
	}
	return usageError("%v; --help lists the flags", err)
}
