package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"earshot/collector/report"
	"earshot/collector/words"
)

// Space that help puts before a description: the margin, and the gap after
// the longest name.
const (
	helpMargin  = 4
	helpBetween = 2
	narrowHelp  = 20 // descriptions are never narrower than this
)

// fold makes the help of a command and its subcommands fit a terminal: lines
// of long texts are joined to paragraphs, which are wrapped when they are
// shown, and descriptions are broken between words. Width 0 leaves
// descriptions alone, since piped help is searched by line.
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

// noSuchCommand is the argument check of a command with subcommands.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	of := ""
	if cmd.HasParent() {
		of = " of " + cmd.CommandPath()
	}
	return usageError("unknown command %q%s: %s", args[0], of, didYouMean(nearest(cmd, args[0]), cmd.CommandPath()+" ", cmd))
}

// noArguments is the argument check of a command that takes flags only.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usageError("%s takes no arguments, but got %q: %s --help lists its flags", cmd.CommandPath(), args[0], cmd.CommandPath())
}

// flagError says how a flag is written. Go's own error for a bad duration is
// for programmers.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		dashes, word := "--", unknown.GetSpecifiedName()
		if short := unknown.GetSpecifiedShortnames(); short != "" { // a long one with one dash, perhaps
			dashes, word = "-", short
		}
		return usageError("%s has no flag %s%s: %s", cmd.CommandPath(), dashes, word, didYouMean(nearest(flagsOf(cmd), word), "--", cmd))
	}
	var bad *pflag.InvalidValueError
	if errors.As(err, &bad) && bad.GetFlag().Value.Type() == "duration" {
		if _, own := bad.GetFlag().Value.(*span); !own {
			return usageError("--%s %q: write a duration as 90s, 10m or 36h; --help lists the flags", bad.GetFlag().Name, bad.GetValue())
		}
	}
	return usageError("%v; --help lists the flags", err)
}

// flagsOf is a command with another one's flags as subcommands: cobra finds
// the nearest command, not the nearest flag.
func flagsOf(cmd *cobra.Command) *cobra.Command {
	flags := &cobra.Command{}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		flags.AddCommand(&cobra.Command{Use: f.Name, Hidden: f.Hidden, Run: func(*cobra.Command, []string) {}})
	})
	return flags
}

// maxNearest is how many names are offered: beyond that, --help is of more use.
const maxNearest = 4

// nearest returns the subcommands whose names are closest to a word.
func nearest(below *cobra.Command, word string) []string {
	longest := 2 // letters that differ; two swapped ones count twice
	if len(word) < 3 {
		longest = 1
	}
	for below.SuggestionsMinimumDistance = 0; below.SuggestionsMinimumDistance <= longest; below.SuggestionsMinimumDistance++ {
		if near := below.SuggestionsFor(word); len(near) > 0 && len(near) <= maxNearest {
			return near
		}
	}
	return nil
}

// didYouMean suggests names, or --help if there are none.
func didYouMean(names []string, before string, cmd *cobra.Command) string {
	if len(names) == 0 {
		return cmd.CommandPath() + " --help lists them"
	}
	return "did you mean " + before + strings.Join(names, " or "+before) + "?"
}

// language is the flag --lang. Its value is taken before the commands are made
// (languageOf), since their help is in that language, too.
type language struct{ *words.Language }

func (l *language) Set(name string) error {
	var ok bool
	if l.Language, ok = words.Named(name); !ok {
		return fmt.Errorf("there are %s", languages())
	}
	return nil
}

func (l *language) String() string {
	if l.Language == nil {
		return ""
	}
	return l.Language.String()
}

func (*language) Type() string { return "language" }

// languages are the values of --lang.
func languages() string {
	var codes []string
	for _, l := range words.Languages() {
		codes = append(codes, l.String())
	}
	return strings.Join(codes, ", ")
}

// languageOf is the language of arguments, or else of the environment's locale.
func languageOf(args []string, getenv func(string) string) *words.Language {
	for i, arg := range args {
		name, is := strings.CutPrefix(arg, "--lang=")
		switch {
		case arg == "--":
			return words.Locale(getenv)
		case arg == "--lang" && i+1 < len(args):
			name, is = args[i+1], true
		}
		if l, known := words.Named(name); is && known {
			return l
		}
	}
	return words.Locale(getenv)
}
