package store

import "context"

// Identity is the store's own name: 16 random hex digits that were chosen when
// it was made. With Message.Seq it names a message for ever, wherever it goes.
func (s *Store) Identity(ctx context.Context) (string, error) {
	var name string
	err := s.reader.QueryRowContext(ctx, "SELECT name FROM identity").Scan(&name)
	return name, s.wrap(err)
}
