package site_test

import (
	"errors"
	"testing"

	"earshot/collector/site"
	"earshot/device/wmbus"
)

func TestParseShard(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"", "1/1", "1/3", "3/3", "1000/1000"} {
		if s, err := site.ParseShard(good); err != nil || s.String() != good {
			t.Errorf("%q gives %q, %v", good, s, err)
		}
	}
	for _, bad := range []string{"0/3", "4/3", "1", "1/", "/3", "a/b", "-1/3", "1/1001", "1/3/5", " 1/3"} {
		if s, err := site.ParseShard(bad); !errors.Is(err, site.ErrShard) {
			t.Errorf("%q gives %q, %v", bad, s, err)
		}
	}
}

// Each meter is in one shard, and each shard has its share.
func TestShardsSplitTheList(t *testing.T) {
	t.Parallel()
	all := site.Site{Name: "s"}
	for i := range 3000 {
		all.Meters = append(all.Meters, site.Meter{ID: wmbus.ID(0x10000000 + i)})
	}
	owners := map[wmbus.ID]int{}
	for _, name := range []string{"1/3", "2/3", "3/3"} {
		shard, err := site.ParseShard(name)
		if err != nil {
			t.Fatal(err)
		}
		part := all.Only(shard)
		if n := len(part.Meters); n < 850 || n > 1150 {
			t.Errorf("%s has %d of 3000 meters", name, n)
		}
		for _, m := range part.Meters {
			owners[m.ID]++
			if !shard.Holds(m.ID) {
				t.Errorf("%s has %s and does not hold it", name, m.ID)
			}
		}
	}
	if len(owners) != 3000 || len(all.Meters) != 3000 {
		t.Errorf("%d of %d meters are in a shard", len(owners), len(all.Meters))
	}
	for id, n := range owners {
		if n != 1 {
			t.Errorf("%s is in %d shards", id, n)
		}
	}
	if all := all.Only(site.Shard{}); len(all.Meters) != 3000 {
		t.Errorf("the whole has %d meters", len(all.Meters))
	}
}

// What shard a meter is in may never change: collectors of different versions
// share a list.
func TestShardOfAMeter(t *testing.T) {
	t.Parallel()
	id, _ := wmbus.ParseID("76348799")
	var in []string
	for _, name := range []string{"1/5", "2/5", "3/5", "4/5", "5/5"} {
		if s, _ := site.ParseShard(name); s.Holds(id) {
			in = append(in, name)
		}
	}
	if len(in) != 1 || in[0] != "4/5" {
		t.Errorf("76348799 is in %v", in)
	}
}
