package main

import (
	"github.com/spf13/cobra"

	"earshot/collector/report"
)

func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "earshot",
		Short: "Commission the wireless M-Bus meters of a building",
		Long: "earshot listens for the meters that a list expects in a building, and says of each one\n" +
			"how far it got: heard, decrypted, decoded, plausible, delivered; where it failed, why, and what to do next.",
		SilenceUsage: true, SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		Args: noSuchCommand,
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newRun(s), newDemo(s), newReceivers(s), newRecord(s), newForward(s), newReplay(s), newDecode(s), newStore(s), newSystemd(s), newVersion(s))
	root.InitDefaultCompletionCmd()
	fold(root, report.TerminalWidth(s.out))
	return root
}
