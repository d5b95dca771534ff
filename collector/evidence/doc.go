// Package evidence collects what the telegrams of a campaign show of each meter: how
// they are secured, who receives them, the reading, values of due dates and month
// ends, clock and battery, each with the telegram that shows it. Readiness and
// settlement are judged by it.
//
// A Log is fed by collector.Verify, in the order of the campaign's log. It is pure: it
// knows no store, no clock and no verdict, and keeps a bounded amount for each meter.
package evidence
