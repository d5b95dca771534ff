package main

import (
	"github.com/spf13/cobra"

	"earshot/device/replay"
)

// newReplay is `earshot run` whose receivers are recordings.
func newReplay(s streams) *cobra.Command {
	cmd := newRun(s)
	run := cmd.RunE
	cmd.Use = "replay FILE… --site LIST"
	cmd.Short = "Commission a site with recordings"
	cmd.Long = "replay plays recordings with their original gaps and judges the meters of a list by them, as run does with receivers.\n" +
		"A recording is what `earshot record` wrote, a log of wmbusmeters (telegram=|…|), or a capture of rtl_wmbus."
	cmd.Example = "earshot replay building.jsonl --site list.csv\n" +
		"earshot replay building.jsonl --site list.csv --headless --speed 10"
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usageError("no recording given: name its file, such as earshot replay building.jsonl --site list.csv")
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, files []string) error {
		for _, file := range files {
			if err := cmd.Flags().Set("receiver", file+":"+replay.Name); err != nil {
				return err
			}
		}
		return run(cmd, nil)
	}
	return cmd
}
