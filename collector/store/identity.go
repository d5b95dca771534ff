package store

import "context"

// Identity is the store's own name: 16 random hex digits that were chosen
// when it was created. Together with Message.Seq it identifies a message
// everywhere and for good.
func (s *Store) Identity(ctx context.Context) (string, error) {
	var name string
	err := s.reader.QueryRowContext(ctx, "SELECT name FROM identity").Scan(&name)
	return name, s.wrap(err)
}
