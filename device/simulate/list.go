package simulate

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"time"

	"earshot/device/wmbus"
)

// Row is a row of the supplier's list. It may be wrong about its meter.
type Row struct {
	ID           wmbus.ID
	Manufacturer wmbus.Manufacturer
	Place        Place
	Medium       string
	Timeout      time.Duration // 0: none in the list
	Note         string

	key             [16]byte
	hasKey          bool
	keyText, idText string // what the list has instead
}

func newRow(m *Meter) Row {
	return Row{
		ID: m.Address.ID, Manufacturer: m.Address.Manufacturer, Place: m.Place, Medium: m.Medium(),
		key: m.raw, hasKey: m.Encrypts(),
	}
}

// listColumns are the columns of a list, in the order that suppliers use.
var listColumns = []string{"id", "manufacturer", "key", "entrance", "floor", "apartment", "room", "medium", "timeout", "note"}

// WriteList writes rows as a CSV list, including the keys, which are those of
// simulated meters only.
func WriteList(w io.Writer, rows []Row) error {
	out := csv.NewWriter(w)
	if err := out.Write(listColumns); err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	for i := range rows {
		if err := out.Write(rows[i].cells()); err != nil {
			return fmt.Errorf("writing the list: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	return nil
}

// cells returns the row's cells, in the order of listColumns.
func (r *Row) cells() []string {
	key, timeout := "", ""
	if r.hasKey {
		key = fmt.Sprintf("%X", r.key[:])
	}
	if r.Timeout > 0 {
		timeout = r.Timeout.String()
	}
	maker := ""
	if r.Manufacturer != 0 {
		maker = r.Manufacturer.String()
	}
	p := r.Place
	return []string{cmp.Or(r.idText, r.ID.String()), maker, cmp.Or(r.keyText, key), p.Entrance, p.Floor, p.Apartment, p.Room, r.Medium, timeout, r.Note}
}

// String returns the row without its key.
func (r Row) String() string {
	return fmt.Sprintf("%s-%s %s %s", r.Manufacturer, r.ID, r.Place, r.Medium)
}
