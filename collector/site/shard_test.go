package site_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
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

// FuzzParseShard: what is read as a shard comes back the same, and its shards
// have each meter once.
func FuzzParseShard(f *testing.F) {
	for _, text := range []string{"", "1/1", "2/3", "1000/1000", "0/0", "1/4294967297", "+1/3", "01/03", "1//3"} {
		f.Add(text, uint32(0x12345678))
	}
	f.Fuzz(func(t *testing.T, text string, id uint32) {
		s, err := site.ParseShard(text)
		if err != nil {
			if !errors.Is(err, site.ErrShard) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if again, err := site.ParseShard(s.String()); err != nil || again != s {
			t.Errorf("%q is %q, which is read as %q, %v", text, s, again, err)
		}
		if s.IsAll() {
			if !s.Holds(wmbus.ID(id)) {
				t.Errorf("%q does not hold %v", text, wmbus.ID(id))
			}
			return
		}
		holds := 0
		_, of, _ := strings.Cut(s.String(), "/")
		n, _ := strconv.Atoi(of)
		for i := range n {
			if part, _ := site.ParseShard(fmt.Sprintf("%d/%d", i+1, n)); part.Holds(wmbus.ID(id)) {
				holds++
			}
		}
		if holds != 1 {
			t.Errorf("%d of %d shards hold %v", holds, n, wmbus.ID(id))
		}
	})
}
