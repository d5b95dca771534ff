// Package settlement previews what a bill will be made of: consumption since the due
// date and by month, of meters and flats, from the values that telegrams carry.
//
//   - preview.go makes the preview, meter.go the part of one meter.
//   - months.go turns stored values into the register at the ends of months.
//   - sums.go adds meters of one medium, unit and due date.
//   - degreedays.go reads degree days, and corrects heat by them.
//
// Nothing is summed silently: a sum names the meters that are missing in it. Units are
// never mixed, and units of heat cost allocators are summed within a flat only. It is
// pure: codes and numbers, no sentence, no clock; only Read reads.
// Source: docs/protocol/readiness.md#settlement.
package settlement
