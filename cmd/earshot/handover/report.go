package handover

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"earshot/collector/handover"
)

// flags are those of earshot report.
type flags struct {
	sites                        []string
	store, name, details, output string
	formats                      []string
	campaign                     int64
	force                        bool
	parallel                     int
	sections                     sections
}

// NewReport makes earshot report.
func NewReport(env Env) *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "report [--site LIST…] [-o FILE]",
		Short: "Make the hand-over protocol of a campaign",
		Long: "report applies the log of the last campaign again and makes the hand-over protocol: what is done, what is open and who has to\n" +
			"do it, and each meter with its place, reading, signal and verdict. It shows the protocol in short; -o writes it as well.\n" +
			"Owner, contractor, installer, antenna and radiators come from a TOML file: --details, or NAME.details.toml next to the list.\n" +
			"With several --site each has a protocol in the folder of -o.",
		Example: "earshot report --site list.csv\nearshot report --site list.csv -o protocol.json --lang da\nearshot report --site a.csv --site b.csv -o protocols/",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError("earshot report takes no arguments, but got %q: name the list with --site, or the store with --store", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd.Context(), env) },
	}
	set := cmd.Flags()
	set.StringArrayVar(&f.sites, "site", nil, "list of meters with the keys (default: the list that the campaign used); several make a report each")
	set.StringVar(&f.store, "store", "", "file of the store, with several sites their folder (default: that of --site, or the one that was used last)")
	set.StringVar(&f.name, "name", "", "name of the site, if earshot run was given one")
	set.Int64Var(&f.campaign, "campaign", 0, "number of the campaign (default: the last one)")
	set.StringVar(&f.details, "details", "", "TOML file with owner, contractor, installer, antenna and radiators")
	set.StringVarP(&f.output, "output", "o", "", "file to write, whose name says the form, or a folder for all forms")
	set.StringSliceVar(&f.formats, "format", nil, "forms to write: "+strings.Join(formNames(), ", "))
	set.BoolVar(&f.force, "force", false, "overwrite files")
	f.sections.register(set)
	set.IntVar(&f.parallel, "parallel", maxParallel, "how many sites are read at the same time, 5 at most")
	return cmd
}

func (f *flags) run(ctx context.Context, env Env) error {
	folder, all, err := f.target()
	if err != nil {
		return err
	}
	for _, name := range f.formats {
		f.sections.ask(name)
	}
	wanted, err := f.sections.read()
	if err != nil {
		return err
	}
	if len(f.sites) > 1 {
		return f.batch(ctx, env, wanted, all, folder)
	}
	j := job{store: f.store, name: f.name, details: f.details, campaign: f.campaign, wanted: wanted}
	if len(f.sites) == 1 {
		j.list = f.sites[0]
	}
	m, err := j.make(ctx, env)
	if err != nil {
		return err
	}
	if err := preview(env.Out, m); err != nil {
		return err
	}
	if err := m.printSections(env.Out); err != nil {
		return err
	}
	if f.output != "" {
		files, err := m.write(ctx, all, f.output, folder, f.force)
		for _, file := range files {
			fmt.Fprintf(env.Out, "Written: %s\n", file)
		}
		if err != nil {
			return err
		}
	}
	if m.doc.State == handover.Draft {
		return ErrDraft
	}
	return nil
}

// target says where the protocols go, and in which forms.
func (f *flags) target() (folder bool, all []form, err error) {
	if f.output == "" {
		if len(f.sites) > 1 {
			return false, nil, usageError("several sites need a folder for their protocols: name it with -o")
		}
		return false, nil, nil
	}
	info, err := os.Stat(f.output)
	folder = err == nil && info.IsDir()
	if !folder && (len(f.sites) > 1 || strings.HasSuffix(f.output, "/")) {
		return false, nil, usageError("-o %s: no such folder: create it", f.output)
	}
	all, err = formsOf(f.formats, f.output, folder)
	return folder, all, err
}

// preview prints a protocol in short.
func preview(w io.Writer, m *made) error {
	text := m.doc.Headline(m.lang) + "\n"
	for _, line := range m.doc.Preview(m.lang, previewWidth) {
		text += line.Text + "\n"
	}
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}

// previewWidth is that of a small terminal.
const previewWidth = 80
