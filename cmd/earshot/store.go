package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"earshot/cmd/earshot/lists"
	"earshot/collector"
	"earshot/collector/reading"
	"earshot/collector/report"
	"earshot/collector/site"
	"earshot/collector/store"
	"earshot/device/printable"
)

func newStore(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "store",
		Short: "Check, export, back up and prune the store of a site",
		Long: "The store of a site is one SQLite file with the log of its campaigns, the last reading of each meter, and the\n" +
			"readings that are still to be delivered. --store of earshot run names it; the default is the site's name.\n" +
			"check, export and backup also work while a campaign uses it.",
		Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newStoreCheck(s), newStoreExport(s), newStoreBackup(s), newStorePrune(s))
	return cmd
}

// withStore opens a store for reading and passes it to use.
func withStore(ctx context.Context, path string, use func(*store.Store) error) (err error) {
	db, err := store.OpenReader(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return use(db)
}

func newStoreCheck(s streams) *cobra.Command {
	var list, name string
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Verify a store, and that its log gives the same verdicts",
		Long: "check verifies that the file is sound and that outbox and readings match the log. It replays the log of each\n" +
			"campaign, which must give the recorded verdicts. That needs the list with its keys, which are never stored:\n" +
			"it is read from where the campaign had it, or from --site.",
		Args: exactly(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			err := withStore(cmd.Context(), args[0], func(db *store.Store) error {
				c := checker{streams: s, db: db, list: list, name: name}
				if err := c.run(cmd.Context()); err != nil {
					return err
				}
				if c.problems > 0 {
					fmt.Fprintf(s.out, "%s: %d problems\n", args[0], c.problems)
					return outcome(exitNotPassed)
				}
				_, err := fmt.Fprintf(s.out, "%s: no problem found\n", args[0])
				return err
			})
			if errors.Is(err, store.ErrCorrupt) { // too damaged to be opened
				fmt.Fprintf(s.out, "problem: %s\n", printable.Text(err.Error()))
				return outcome(exitNotPassed)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&list, "site", "", "list of meters with the keys (default: the list that the campaign used)")
	cmd.Flags().StringVar(&name, "name", "", "name of the site, if earshot run was given one (default: the name in the store)")
	return cmd
}

// exactly is an argument check whose error names what is missing.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usageError("%s needs %s: see earshot %s --help", cmd.Name(), what, cmd.CommandPath()[len("earshot "):])
		}
		return nil
	}
}

// checker checks a store and counts the problems that it prints.
type checker struct {
	streams
	db         *store.Store
	list, name string
	problems   int
}

func (c *checker) run(ctx context.Context) error {
	found, err := c.db.Check(ctx)
	if err != nil {
		return err
	}
	for _, problem := range found {
		c.tell("problem: %s", problem)
	}
	if c.problems = len(found); c.problems > 0 {
		c.tell("to repair it: replace it with a backup, or move it away and start with a new store")
		return nil
	}
	counts, err := c.db.Counts(ctx)
	if err != nil {
		return err
	}
	if err := c.readings(ctx); err != nil {
		return err
	}
	c.tell("structure, outbox and readings are sound: %s, %s, %d to be delivered, %d delivered",
		report.Count(counts.Telegrams, "telegram"), report.Count(counts.Readings, "reading"), counts.Pending, counts.Delivered)
	campaigns, err := c.db.Campaigns(ctx)
	if err != nil {
		return err
	}
	for _, campaign := range campaigns {
		if err := c.campaign(ctx, campaign); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) tell(format string, args ...any) {
	fmt.Fprintln(c.out, printable.Text(fmt.Sprintf(format, args...)))
}

// readings reads the last readings.
func (c *checker) readings(ctx context.Context) error {
	all, err := c.db.LastReadings(ctx)
	for _, r := range all {
		if _, err := reading.Decode(r.Payload); err != nil {
			c.problems++
			c.tell("problem: the last reading of %s cannot be read: %v", r.Meter, err)
		}
	}
	return err
}

// campaign replays the log of a campaign. Without its list, its entries must make
// sense all the same.
func (c *checker) campaign(ctx context.Context, campaign store.Campaign) error {
	name := fmt.Sprintf("campaign %d of %s", campaign.ID, campaign.Start.Local().Format("2006-01-02 15:04"))
	if campaign.ID == 0 {
		c.tell("%s: not replayed: written by a version that did not log all that this needs", name)
		return nil
	}
	list, why := c.listOf(campaign, c.list, c.name)
	v, err := collector.Verify(list, c.db.CampaignLog(ctx, campaign.ID))
	var odd *store.EntryError
	switch {
	case errors.As(err, &odd):
		c.problems++
		c.tell("problem: %s: its log cannot be replayed: %v; earshot run --new starts a new campaign in this store", name, odd)
	case err != nil:
		return err
	case why != nil:
		c.tell("%s: not replayed: %s", name, why)
	case len(v.Differing) > 0:
		c.problems++
		c.tell("problem: %s: its log gives other verdicts than recorded in entries %v", name, v.Differing)
	case v.OtherList:
		c.tell("%s: not replayed: it was run with another list: name that list with --site", name)
	case v.Compared == 0 && v.Skipped > 0:
		c.tell("%s: not compared: the list was changed, the store had lost entries, or another version of earshot recorded its verdicts", name)
	case v.Skipped > 0:
		c.tell("%s: its log gives the same verdicts, %d times; %d times they cannot be compared, since the list was changed, the store had lost entries, or another version of earshot recorded them", name, v.Compared, v.Skipped)
	default:
		c.tell("%s: its log gives the same verdicts, %d times", name, v.Compared)
	}
	return nil
}

// listOf reads the list of a campaign: that of path, or the one that the campaign used.
// name is that of the site, if it is not the one in the store.
func (s streams) listOf(campaign store.Campaign, path, name string) (site.Site, error) {
	path = cmp.Or(path, campaign.List)
	if path == "" {
		return site.Site{}, usageError("name the list with the keys: --site LIST")
	}
	read, _, err := lists.ReadSite(path, s.lists())
	bad := (*site.BadRows)(nil)
	if err != nil && !errors.As(err, &bad) {
		return site.Site{}, usageError("its list cannot be read: %v; name it with --site", err)
	}
	if bad != nil {
		read.LeftOut = bad.Rows
	}
	lists.WarnExposedKeys(s.err, path, read.Meters)
	read.Name = cmp.Or(name, campaign.Site)
	return read, nil
}

func newStoreBackup(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE DEST",
		Short: "Copy a store, even while a campaign uses it; nothing is overwritten",
		Args:  exactly(2, "FILE and DEST"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withStore(cmd.Context(), args[0], func(db *store.Store) error {
				if err := db.Backup(cmd.Context(), args[1]); err != nil {
					return err
				}
				info, err := os.Stat(args[1])
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(s.out, "%s: %d bytes, on the disk\n", args[1], info.Size())
				return err
			})
		},
	}
}

func newStorePrune(s streams) *cobra.Command {
	var before string
	var keep int
	cmd := &cobra.Command{
		Use:   "prune FILE (--before DATE | --keep N)",
		Short: "Remove the logs of old campaigns, but no last or undelivered readings",
		Args:  exactly(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			limit := time.Time{}
			switch {
			case before == "" && keep < 0:
				return usageError("prune needs to know what to remove: use --before 2026-01-31, or --keep 3")
			case before != "":
				var err error
				if limit, err = time.ParseInLocation(time.DateOnly, before, time.Local); err != nil {
					return usageError("--before %q: write a date as 2026-01-31", before)
				}
			}
			return prune(cmd.Context(), args[0], limit, keep, s)
		},
	}
	cmd.Flags().StringVar(&before, "before", "", "remove campaigns that ended before this date (2026-01-31)")
	cmd.Flags().IntVar(&keep, "keep", -1, "remove all but the last N campaigns")
	return cmd
}

func prune(ctx context.Context, path string, before time.Time, keep int, s streams) (err error) {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	lock, err := store.Acquire(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	db, err := lock.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	removed, kept, err := db.Prune(ctx, before, keep)
	if err != nil {
		return err
	}
	for _, c := range removed {
		fmt.Fprintf(s.out, "removed campaign %d of %s\n", c.ID, c.Start.Local().Format("2006-01-02 15:04"))
	}
	for _, why := range kept {
		fmt.Fprintf(s.out, "kept: %s\n", why)
	}
	if len(removed) == 0 {
		fmt.Fprintln(s.out, "nothing was removed")
	}
	return nil
}

func newStoreExport(s streams) *cobra.Command {
	format := "csv"
	cmd := &cobra.Command{
		Use:   "export FILE [--format csv|jsonl]",
		Short: "Print the telegrams, notes and last readings of a store",
		Args:  exactly(1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(report.ExportFormats(), format) {
				return usageError("--format %q: must be csv or jsonl", format)
			}
			return withStore(cmd.Context(), args[0], func(db *store.Store) error { return report.Export(cmd.Context(), s.out, db, format) })
		},
	}
	cmd.Flags().StringVar(&format, "format", format, "csv, or jsonl: one JSON object a line")
	return cmd
}
