package main

import (
	"cmp"
	"strings"

	"earshot/collector/report"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// What help puts before a description: the margin, and what stands between the
// longest name and it.
const (
	helpMargin  = 4
	helpBetween = 2
	narrowHelp  = 20 // a description is not made narrower than this
)

// fold makes the help of a command and of those below it fit a terminal: what
// its long text has in lines becomes a paragraph, which is wrapped when it is
// shown, and descriptions are broken between words. Width 0 leaves these alone:
// what is piped is searched by line.
func fold(cmd *cobra.Command, width int) {
	cmd.Long = strings.ReplaceAll(cmp.Or(cmd.Long, cmd.Short), "\n", " ")
	names := 0
	for _, sub := range cmd.Commands() {
		fold(sub, width)
		names = max(names, ansi.StringWidth(usageName(sub)))
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = max(names, len(flagName(f))) })
	if width == 0 {
		return
	}
	room := max(narrowHelp, width-helpMargin-names-helpBetween)
	for _, sub := range cmd.Commands() {
		sub.Short = report.Wrap(sub.Short, room)
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		added := "" // help adds the default, on the last line
		if set := f.DefValue; set != "" && set != "false" && set != "0" && set != "[]" {
			added = strings.Repeat("x", len(" ()")+len(set))
		}
		f.Usage = strings.TrimSuffix(report.Wrap(f.Usage+added, room), added)
	})
}

// usageName and flagName are as help writes them.
func usageName(cmd *cobra.Command) string {
	name := cmd.Use
	if cmd.HasAvailableSubCommands() {
		name += " [command]"
	}
	if cmd.HasAvailableFlags() {
		name += " [--flags]"
	}
	return name
}

func flagName(f *pflag.Flag) string {
	if f.Shorthand == "" {
		return "--" + f.Name
	}
	return "-" + f.Shorthand + " --" + f.Name
}
