package settlement

import "earshot/collector/decimal"

// Correct is correct, for tests.
func (d *DegreeDays) Correct(use decimal.Number, first, last string, share int) decimal.Number {
	return d.correct(use, first, last, share)
}
