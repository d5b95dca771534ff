package seal

import (
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"earshot/collector/site"
	"earshot/device/simulate"
)

// BenchmarkSeal seals and checks a campaign of 1,000 meters. MB is the size of the sealed
// file.
func BenchmarkSeal(b *testing.B) {
	large := commission(b, simulate.New(1, simulate.Options{Meters: 1000, Neighbours: 20}), 5*time.Minute)
	c, s := large.contents(), signer(b)
	file := sealed(b, c, s)
	b.Run("write", func(b *testing.B) {
		b.ReportAllocs()
		path := filepath.Join(b.TempDir(), "site.earshot.zip")
		for b.Loop() {
			if err := Write(path, c, s); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(file))/1e6, "MB")
		b.ReportMetric(float64(len(large.log)), "entries")
	})
	for name, keys := range map[string]*site.Site{"verify": nil, "verify-with-keys": &c.List} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r, err := Check(bytes.NewReader(file), int64(len(file)), Options{Keys: keys})
				if err != nil || !r.Valid() {
					b.Fatal(err, r)
				}
			}
		})
	}
}
