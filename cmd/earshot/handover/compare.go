package handover

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"earshot/collector"
	"earshot/collector/compare"
	"earshot/collector/seal"
	"earshot/collector/state"
	"earshot/collector/store"
)

// comparer is the flags of earshot compare.
type comparer struct {
	files         []string // sealed protocols, the earlier one first
	sites, stores []string
	name          string
	campaigns     []int64
	json          bool
}

// NewCompare makes earshot compare.
func NewCompare(env Env) *cobra.Command {
	var f comparer
	cmd := &cobra.Command{
		Use:   "compare [FILE [FILE]]",
		Short: "Say what changed between two campaigns of a site",
		Long: "compare applies the logs of two campaigns again and says what changed: rows of the list, verdicts, readings, signals, keys (by\n" +
			"their fingerprints) and receivers. Without --campaign it takes the last two; --store may name two stores, then the last\n" +
			"campaign of each. A second --site is the list of the later one. A FILE is a sealed protocol, which needs neither list nor\n" +
			"store: one is compared with the last campaign, two with each other, the earlier one first.",
		Example: "earshot compare --site list.csv\nearshot compare --site list.csv --campaign 1 --campaign 4 --json\nearshot compare 2025.earshot.zip 2026.earshot.zip",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 2 {
				return usageError("two campaigns are compared, but %d files are named", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { f.files = args; return f.run(cmd.Context(), env) },
	}
	set := cmd.Flags()
	set.StringArrayVar(&f.sites, "site", nil, "list of meters with the keys (default: the list that the campaign used); a second one is that of the later campaign")
	set.StringArrayVar(&f.stores, "store", nil, "file of the store (default: that of --site, or the one that was used last); a second one has the later campaign")
	set.StringVar(&f.name, "name", "", "name of the site, if earshot run was given one")
	set.Int64SliceVar(&f.campaigns, "campaign", nil, "numbers of the campaigns, the earlier one first (default: the last two, or the last of each store)")
	set.BoolVar(&f.json, "json", false, "print one JSON object")
	return cmd
}

func (f *comparer) run(ctx context.Context, env Env) error {
	switch {
	case len(f.sites) > 2, len(f.stores) > 2:
		return usageError("two campaigns are compared: name at most two lists with --site, and two stores with --store")
	case len(f.files) == 2 && (len(f.sites) > 0 || len(f.stores) > 0 || len(f.campaigns) > 0):
		return usageError("two sealed protocols are compared with each other: leave out --site, --store and --campaign")
	case len(f.files) == 1 && (len(f.sites) > 1 || len(f.stores) > 1 || len(f.campaigns) > 1):
		return usageError("a sealed protocol is compared with one campaign: name one list, store and campaign at most")
	case len(f.files) == 0 && len(f.campaigns) != 0 && len(f.campaigns) != 2:
		return usageError("two campaigns are compared: name both with --campaign, the earlier one first, or none")
	}
	var sides [2]*compare.Side
	for i := range sides {
		var side *compare.Side
		var err error
		if i < len(f.files) {
			side, err = sealedSide(f.files[i])
		} else {
			side, err = f.side(ctx, env, i)
		}
		if err != nil {
			return err
		}
		sides[i] = side
	}
	c := compare.Campaigns(sides[0], sides[1])
	var err error
	if f.json {
		err = c.WriteJSON(env.Out)
	} else {
		err = c.WriteText(env.Out, env.Lang)
	}
	if err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}

// nth is the nth of some, or the last one; "" if there is none.
func nth(all []string, n int) string {
	if len(all) == 0 {
		return ""
	}
	return all[min(n, len(all)-1)]
}

// side reads a campaign again: the earlier one is 0.
func (f *comparer) side(ctx context.Context, env Env, n int) (s *compare.Side, err error) {
	list := nth(f.sites, n)
	path, err := env.Store(nth(f.stores, n), list, f.name)
	if err != nil {
		return nil, err
	}
	db, err := store.OpenReader(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	campaign, err := f.pick(ctx, db, path, n)
	if err != nil {
		return nil, err
	}
	read, err := env.List(campaign, list, f.name)
	if err != nil {
		return nil, err
	}
	v, err := collector.Verify(read, db.CampaignLog(ctx, campaign.ID))
	if err != nil {
		return nil, fmt.Errorf("the log of campaign %d of %s cannot be read: %w", campaign.ID, path, err)
	}
	return &compare.Side{Campaign: campaign.ID, Snap: v.State.Snapshot(), List: v.List, Used: state.ListRows(read)}, nil
}

// pick finds a campaign of a store.
func (f *comparer) pick(ctx context.Context, db *store.Store, path string, n int) (c store.Campaign, err error) {
	all, err := db.Campaigns(ctx)
	if err != nil {
		return c, err
	}
	all = slices.DeleteFunc(all, func(c store.Campaign) bool { return c.ID == 0 }) // from before there were campaigns
	i := len(all) - 1
	switch {
	case len(f.campaigns) > 0:
		n = min(n, len(f.campaigns)-1)
		i = slices.IndexFunc(all, func(c store.Campaign) bool { return c.ID == f.campaigns[n] })
		if i < 0 {
			return c, usageError("%s has no campaign %d: earshot store check %s lists them", path, f.campaigns[n], path)
		}
	case len(f.files) == 0 && len(f.stores) < 2:
		i += n - 1
	}
	if i < 0 {
		return c, usageError("%s has %d campaigns: two are needed; earshot run --new starts another one, and --store names another store", path, len(all))
	}
	return all[i], nil
}

// sealedSide applies the log of a sealed protocol again. One that does not verify is not
// compared.
func sealedSide(path string) (s *compare.Side, err error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, usageError("%s is not a file", path)
	}
	result, err := seal.Check(in, info.Size(), seal.Options{Replay: func(r seal.Replay) (out seal.Replayed, err error) {
		if out.Verification, err = collector.VerifyTraced(r.List, r.Log); err == nil {
			s = &compare.Side{Campaign: r.Info.Campaign.Store().ID, Snap: out.State.Snapshot(), List: out.List}
		}
		return out, err
	}})
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case !result.Valid() || s == nil:
		return nil, usageError("%s is not compared, since something is wrong with it: earshot verify says what", path)
	}
	return s, nil
}
