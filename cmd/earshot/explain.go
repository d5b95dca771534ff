package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"earshot/collector"
	"earshot/collector/imports"
	"earshot/collector/report"
	"earshot/collector/state"
	"earshot/collector/store"
)

// explainFlags are the flags of `earshot explain`.
type explainFlags struct {
	store, list, name string
	campaign          int64
	json              bool
}

func newExplain(s streams) *cobra.Command {
	var f explainFlags
	cmd := &cobra.Command{
		Use:   "explain METER",
		Short: "Say why a meter has its verdict, with the telegrams behind it",
		Long: "explain replays the log of the last campaign and shows for one meter the chain, the rule that decided, what else was\n" +
			"looked at, and its last telegrams. METER is its number, as the list has it (KAM-76348799), or as its label or a\n" +
			"scanner of labels has it (6KAM2076348799). That needs the list with its keys, which are never stored: it is read from\n" +
			"where the campaign had it, or from --site.",
		Example: "earshot explain 76348799\nearshot explain KAM-76348799 --store building.db --json",
		Args:    exactly(1, "METER"),
		RunE: func(cmd *cobra.Command, args []string) error {
			path, err := storeOf(f.store, f.list, f.name)
			if err != nil {
				return err
			}
			return withStore(cmd.Context(), path, func(db *store.Store) error { return f.explain(cmd.Context(), db, path, args[0], s) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.store, "store", "", "file of the store (default: that of --site, or the one that was used last)")
	flags.StringVar(&f.list, "site", "", "list of meters with the keys (default: the list that the campaign used)")
	flags.StringVar(&f.name, "name", "", "name of the site, if earshot run was given one")
	flags.Int64Var(&f.campaign, "campaign", 0, "number of the campaign (default: the last one)")
	flags.BoolVar(&f.json, "json", false, "print one JSON object")
	return cmd
}

// storeOf is the file of a store: the one that was named, that of a list or a name,
// or the one that was used last.
func storeOf(named, list, name string) (string, error) {
	switch {
	case named != "":
		return named, nil
	case list != "" || name != "":
		return storePath("", cmp.Or(name, imports.NameOf(list)))
	}
	all, err := filepath.Glob(filepath.Join(xdg.DataHome, "earshot", "*.db"))
	if err != nil || len(all) == 0 {
		return "", usageError("no store was found: name it with --store, or its list with --site")
	}
	return slices.MaxFunc(all, func(a, b string) int { return cmp.Compare(changed(a), changed(b)) }), nil
}

// changed is when a store was last written, in Unix nanoseconds.
func changed(path string) (last int64) {
	for _, file := range []string{path, path + "-wal"} {
		if info, err := os.Stat(file); err == nil {
			last = max(last, info.ModTime().UnixNano())
		}
	}
	return last
}

func (f *explainFlags) explain(ctx context.Context, db *store.Store, path, meter string, s streams) error {
	campaigns, err := db.Campaigns(ctx)
	if err != nil {
		return err
	}
	i := len(campaigns) - 1
	if f.campaign != 0 {
		i = slices.IndexFunc(campaigns, func(c store.Campaign) bool { return c.ID == f.campaign })
	}
	if i < 0 {
		return usageError("%s has no such campaign: earshot store check %s lists them", path, path)
	}
	list, err := s.listOf(campaigns[i], f.list, f.name)
	if err != nil {
		return err
	}
	v, err := collector.Verify(list, db.CampaignLog(ctx, campaigns[i].ID))
	if err != nil {
		return fmt.Errorf("the campaign of %s cannot be replayed: %w", campaigns[i].Start.Local().Format("2006-01-02 15:04"), err)
	}
	if v.OtherList {
		fmt.Fprintln(s.err, "earshot: the campaign was run with another list: its verdicts may have been others")
	}
	snap := v.State.Snapshot()
	row, err := rowNamed(snap, meter)
	if err != nil {
		return err
	}
	if f.json {
		return report.ExplainJSON(s.out, snap, row)
	}
	return report.Explain(s.out, s.lang, snap, row)
}

// rowNamed is the row of a meter: its reference, what stands on its label, or a part of
// its number that no other row has.
func rowNamed(s state.Snapshot, meter string) (*state.Row, error) {
	switch found := s.Named(meter); len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, usageError("no row of the list is %s: write its number as in the list, such as %s", meter, s.Rows[0].Ref)
	default:
		return nil, usageError("%d rows of the list have %s in their number, such as %s and %s: write more of it", len(found), meter, found[0].Ref, found[1].Ref)
	}
}
