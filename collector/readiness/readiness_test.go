package readiness_test

import (
	"slices"
	"testing"
	"time"

	"earshot/collector/evidence/evidencetest"
	"earshot/collector/readiness"
	"earshot/collector/site"
	"earshot/device/wmbus"
)

type (
	meter  = evidencetest.Meter
	report = readiness.Report
)

// Codes of records in these tests.
const (
	kWh     = 0x06
	litre   = 0x13
	units   = 0x6E
	battery = 0xFD
)

var flat = site.Place{Entrance: "A", Floor: "1", Apartment: "tv", Room: "bath"}

// says are records that are the same in each telegram.
func says(records []byte) func(int, time.Time) []byte {
	return func(int, time.Time) []byte { return records }
}

// with are the records of a register in kWh, and more.
func with(more ...byte) func(int, time.Time) []byte {
	return func(n int, _ time.Time) []byte { return append(evidencetest.Energy(1000+int64(n)), more...) }
}

func clockOff(off time.Duration) func(int, time.Time) []byte {
	return func(n int, at time.Time) []byte {
		return evidencetest.Clock(evidencetest.Energy(1000+int64(n)), at.Add(off))
	}
}

func batteryDays(n int64) []byte {
	return (&wmbus.Head{VIF: []byte{battery, 0x74}}).Int(nil, 2, n)
}

// truth is a meter, and what one check says of it.
type truth struct {
	name    string
	meter   meter
	facts   readiness.Circumstances
	check   readiness.Check
	verdict readiness.Verdict
	why     readiness.Why
	detail  string
	unseen  bool // no telegram shows it
}

// sound is a meter that opens with its key.
func sound(m meter) meter {
	m.Key, m.Mode, m.Place = 1, wmbus.ModeAESIV, flat
	return m
}

const (
	met    = readiness.Met
	notMet = readiness.NotMet
	open   = readiness.Unjudged
	none   = readiness.OutOfScope
)

// outside are the circumstances in which one receiver is outside the flats.
var outside = readiness.Circumstances{Outside: []string{"stairs"}}

// truths are all of them.
func truths() []truth {
	return slices.Concat(truthsOfPlaces(), truthsOfKeys(), truthsOfContent())
}

// truthsOfPlaces are about where a meter is heard, and which are asked about.
func truthsOfPlaces() []truth {
	return []truth{
		{name: "heard outside", meter: sound(meter{From: "stairs"}), facts: outside, check: readiness.CheckRemote, verdict: met, why: readiness.WhyHeardOutside, detail: "stairs"},
		{name: "all outside", meter: sound(meter{}), facts: readiness.Circumstances{Outside: []string{"all"}}, check: readiness.CheckRemote, verdict: met, why: readiness.WhyHeardOutside, detail: "dongle"},
		{name: "heard inside", meter: sound(meter{}), facts: outside, check: readiness.CheckRemote, verdict: open, why: readiness.WhyWhereUnknown},
		{name: "in the cellar", meter: meter{Place: site.Place{Floor: "kl", Room: "plant"}}, check: readiness.CheckRemote, verdict: met, why: readiness.WhyNoFlat},
		{name: "no place", meter: meter{}, check: readiness.CheckRemote, verdict: open, why: readiness.WhyWhereUnknown},
		{name: "no radio", meter: sound(meter{Count: -1, Medium: "heat", Note: "Ohne Funk, wird 2027 getauscht"}), check: readiness.CheckRemote, verdict: notMet, why: readiness.WhyNoRadio, unseen: true},
		{name: "no radio in the cellar", meter: meter{Count: -1, Medium: "heat", Note: "no radio", Place: site.Place{Floor: "kl"}}, check: readiness.CheckRemote, verdict: open, why: readiness.WhyNotHeard, unseen: true},
		{name: "silent", meter: sound(meter{Count: -1, Medium: "heat"}), facts: outside, check: readiness.CheckRemote, verdict: open, why: readiness.WhyNotHeard, unseen: true},
		{name: "of unknown medium", meter: sound(meter{Count: -1}), check: readiness.CheckRemote, verdict: open, why: readiness.WhyNotHeard, unseen: true},
		{name: "papers", meter: sound(meter{Type: wmbus.TypeHeatCostAllocator, Says: says(evidencetest.Stored(nil, units, 0, 5, ""))}), check: readiness.CheckPapers, verdict: open, why: readiness.WhyPapers, unseen: true},
		{name: "smoke detector", meter: meter{Type: wmbus.TypeSmokeDetector}, check: readiness.CheckRemote, verdict: none, unseen: true},
		{name: "cold water", meter: sound(meter{Type: wmbus.TypeColdWater, Says: says(evidencetest.Stored(nil, litre, 0, 5, ""))}), check: readiness.CheckRemote, verdict: none, unseen: true},
		{name: "warm water", meter: sound(meter{Type: wmbus.TypeWarmWater, From: "stairs", Says: says(evidencetest.Stored(nil, litre, 0, 5, ""))}), facts: outside, check: readiness.CheckRemote, verdict: met, why: readiness.WhyHeardOutside, detail: "stairs"},
		{name: "water that the list calls warm", meter: sound(meter{Type: wmbus.TypeWater, Medium: "warm water", From: "stairs", Says: says(evidencetest.Stored(nil, litre, 0, 5, ""))}), facts: outside, check: readiness.CheckRemote, verdict: met, why: readiness.WhyHeardOutside, detail: "stairs"},
	}
}

// truthsOfKeys are about keys, formats and security.
func truthsOfKeys() []truth {
	return []truth{
		{name: "key opens", meter: sound(meter{}), check: readiness.CheckKey, verdict: met, why: readiness.WhyOpened, detail: "mode_5"},
		{name: "needs no key", meter: meter{}, check: readiness.CheckKey, verdict: met, why: readiness.WhyInClear},
		{name: "another key", meter: meter{Key: 1, Own: 2, Mode: wmbus.ModeAESIV}, check: readiness.CheckKey, verdict: notMet, why: readiness.WhyRefused},
		{name: "one checked telegram with another key", meter: meter{Key: 1, Own: 2, Mode: wmbus.ModeAESIV, Count: 1}, check: readiness.CheckKey, verdict: notMet, why: readiness.WhyRefused},
		{name: "one unchecked telegram with another key", meter: meter{Key: 1, Own: 2, Mode: wmbus.ModeAESIV, Count: 1, From: evidencetest.Unchecked}, check: readiness.CheckKey, verdict: open, why: readiness.WhyRefused},
		{name: "no key", meter: meter{Own: 2, Mode: wmbus.ModeAESIV}, check: readiness.CheckKey, verdict: open, why: readiness.WhyNoKey},
		{name: "in clear with a key", meter: meter{Key: 1}, check: readiness.CheckKey, verdict: open, why: readiness.WhyPlainOnly},

		{name: "standard records", meter: sound(meter{}), check: readiness.CheckOpen, verdict: met, why: readiness.WhyStandard, detail: "energy"},
		{name: "key refused", meter: meter{Key: 1, Own: 2, Mode: wmbus.ModeAESIV}, check: readiness.CheckOpen, verdict: notMet, why: readiness.WhyRefused},
		{name: "no key, so not opened", meter: meter{Own: 2, Mode: wmbus.ModeAESIV}, check: readiness.CheckOpen, verdict: open, why: readiness.WhyNoKey},
		{name: "own layout", meter: meter{Maker: "ZRI", Version: 0x0B, Type: wmbus.TypeColdWater, CI: 0x78, Medium: "warm water", Says: says(zenner0B())}, check: readiness.CheckOpen, verdict: none},

		{name: "mode 5", meter: sound(meter{}), check: readiness.CheckSecurity, verdict: met, why: readiness.WhyMode, detail: "mode_5"},
		{name: "mode 7", meter: meter{Key: 1, Mode: wmbus.ModeAESKDF}, check: readiness.CheckSecurity, verdict: met, why: readiness.WhyMode, detail: "mode_7"},
		{name: "extended link layer", meter: meter{Key: 1, Mode: wmbus.ModeELL}, check: readiness.CheckSecurity, verdict: met, why: readiness.WhyMode, detail: "ell_ctr"},
		{name: "in clear", meter: meter{}, check: readiness.CheckSecurity, verdict: notMet, why: readiness.WhyInClear},
		{name: "not opened", meter: meter{Own: 2, Mode: wmbus.ModeAESIV}, check: readiness.CheckSecurity, verdict: open, why: readiness.WhyNoKey},

		{name: "T1 and mode 7", meter: meter{Key: 1, Mode: wmbus.ModeAESKDF}, check: readiness.CheckGateway, verdict: met, why: readiness.WhyMode, detail: "T1 mode_7"},
		{name: "C1 and mode 7", meter: meter{Key: 1, Mode: wmbus.ModeAESKDF, Link: "C1"}, check: readiness.CheckGateway, verdict: open, why: readiness.WhyDeclaration, detail: "C1 mode_7"},
		{name: "T1 and mode 5", meter: sound(meter{}), check: readiness.CheckGateway, verdict: open, why: readiness.WhyDeclaration, detail: "T1 mode_5"},
	}
}

// truthsOfContent are about what telegrams say, and how often.
func truthsOfContent() []truth {
	due := evidencetest.Stored(nil, kWh, 1, 500, "2025-12-31")
	month := evidencetest.Stored(nil, kWh, 2, 900, "2026-10-31")
	return []truth{
		{name: "month end", meter: sound(meter{Says: with(month...)}), check: readiness.CheckMonthEnd, verdict: met, why: readiness.WhyMonthEnd, detail: "2026-10-31"},
		{name: "month end without a day", meter: sound(meter{Says: with(evidencetest.Stored(nil, kWh, 2, 900, "")...)}), check: readiness.CheckMonthEnd, verdict: open, why: readiness.WhyPresentOnly},
		{name: "half a month", meter: sound(meter{Maker: "EFE", Says: with(evidencetest.Stored(evidencetest.Stored(nil, kWh, 2, 900, "2026-11-15"), kWh, 3, 850, "2026-10-31")...)}), check: readiness.CheckMonthEnd, verdict: met, why: readiness.WhyMonthEnd, detail: "2026-10-31"},
		{name: "the middle of a month", meter: sound(meter{Maker: "EFE", Says: with(evidencetest.Stored(nil, kWh, 2, 900, "2026-11-15")...)}), check: readiness.CheckMonthEnd, verdict: open, why: readiness.WhyPresentOnly},
		{name: "receiver stays", meter: sound(meter{}), facts: readiness.Circumstances{Stays: []string{"dongle"}}, check: readiness.CheckMonthEnd, verdict: met, why: readiness.WhyStays, detail: "dongle"},
		{name: "another receiver stays", meter: sound(meter{}), facts: readiness.Circumstances{Stays: []string{"roof"}}, check: readiness.CheckMonthEnd, verdict: open, why: readiness.WhyPresentOnly},
		{name: "yearly only", meter: sound(meter{Says: with(due...)}), facts: readiness.Circumstances{NoneStays: true}, check: readiness.CheckMonthEnd, verdict: notMet, why: readiness.WhyYearly, detail: "2025-12-31"},
		{name: "yearly only, nobody knows what stays", meter: sound(meter{Says: with(due...)}), check: readiness.CheckMonthEnd, verdict: open, why: readiness.WhyPresentOnly},
		{name: "yearly only, two telegrams", meter: sound(meter{Count: 2, Says: with(due...)}), facts: readiness.Circumstances{NoneStays: true}, check: readiness.CheckMonthEnd, verdict: open, why: readiness.WhyTooFew},

		{name: "each minute", meter: sound(meter{}), check: readiness.CheckInterval, verdict: met, why: readiness.WhySends, detail: "1m0s"},
		{name: "water every two hours", meter: sound(meter{Type: wmbus.TypeWater, Every: 2 * time.Hour, Count: 5, Says: says(evidencetest.Stored(nil, litre, 0, 5, ""))}), check: readiness.CheckInterval, verdict: notMet, why: readiness.WhySends, detail: "2h0m0s"},
		{name: "water every 40 minutes, half of it heard", meter: sound(meter{Type: wmbus.TypeWater, Every: 80 * time.Minute, Lost: 1, Count: 5, Says: says(evidencetest.Stored(nil, litre, 0, 5, ""))}), check: readiness.CheckInterval, verdict: met, why: readiness.WhySends, detail: "40m0s"},
		{name: "heat every two hours", meter: sound(meter{Every: 2 * time.Hour, Count: 5}), check: readiness.CheckInterval, verdict: met, why: readiness.WhySends, detail: "2h0m0s"},
		{name: "allocator every five hours", meter: sound(meter{Type: wmbus.TypeHeatCostAllocator, Every: 5 * time.Hour, Count: 2, Says: says(evidencetest.Stored(nil, units, 0, 5, ""))}), check: readiness.CheckInterval, verdict: open, why: readiness.WhyTooFew},
		{name: "once", meter: sound(meter{Count: 1}), check: readiness.CheckInterval, verdict: open, why: readiness.WhyTooFew},

		{name: "reading", meter: sound(meter{}), check: readiness.CheckDataPoints, verdict: met, why: readiness.WhyReading, detail: "energy"},
		{name: "no reading", meter: sound(meter{Says: says(evidencetest.Clock(nil, evidencetest.Start()))}), check: readiness.CheckDataPoints, verdict: notMet, why: readiness.WhyNoReading},
		{name: "no reading in two", meter: sound(meter{Count: 2, Says: says(evidencetest.Clock(nil, evidencetest.Start()))}), check: readiness.CheckDataPoints, verdict: open, why: readiness.WhyTooFew},
		{name: "stored only", meter: sound(meter{Maker: "QDS", Type: wmbus.TypeHeatCostAllocator, Says: says(evidencetest.Stored(nil, units, 1, 900, "2025-12-31"))}), check: readiness.CheckDataPoints, verdict: notMet, why: readiness.WhyStoredOnly},

		{name: "kWh", meter: sound(meter{}), check: readiness.CheckKWh, verdict: met, why: readiness.WhyCounts, detail: "kWh"},
		{name: "units", meter: sound(meter{Type: wmbus.TypeHeatCostAllocator, Says: says(evidencetest.Stored(nil, units, 0, 5, ""))}), check: readiness.CheckKWh, verdict: open, why: readiness.WhyCounts, detail: "HCA"},

		{name: "due date", meter: sound(meter{Says: with(due...)}), check: readiness.CheckDueDate, verdict: met, why: readiness.WhyDueDate, detail: "2025-12-31"},
		{name: "agreed due date", meter: sound(meter{Says: with(due...)}), facts: readiness.Circumstances{DueDate: "12-31"}, check: readiness.CheckDueDate, verdict: met, why: readiness.WhyDueDate, detail: "2025-12-31"},
		{name: "another due date", meter: sound(meter{Says: with(due...)}), facts: readiness.Circumstances{DueDate: "04-30"}, check: readiness.CheckDueDate, verdict: notMet, why: readiness.WhyOtherDay, detail: "2025-12-31"},
		{name: "due date without a day", meter: sound(meter{Says: with(evidencetest.Stored(nil, kWh, 1, 900, "")...)}), check: readiness.CheckDueDate, verdict: open, why: readiness.WhyUndated},
		{name: "no due date", meter: sound(meter{}), check: readiness.CheckDueDate, verdict: open, why: readiness.WhyNotSent},

		{name: "clock", meter: sound(meter{Says: clockOff(20 * time.Minute)}), check: readiness.CheckClock, verdict: met, why: readiness.WhyClock, detail: "20m0s"},
		{name: "clock in winter time", meter: sound(meter{Says: clockOff(-70 * time.Minute)}), check: readiness.CheckClock, verdict: met, why: readiness.WhyWinterTime, detail: "-1h10m0s"},
		{name: "clock two hours off", meter: sound(meter{Says: clockOff(2 * time.Hour)}), check: readiness.CheckClock, verdict: notMet, why: readiness.WhyClock, detail: "2h0m0s"},
		{name: "no clock", meter: sound(meter{}), check: readiness.CheckClock, verdict: open, why: readiness.WhyNotSent},

		{name: "battery", meter: sound(meter{Says: with(batteryDays(3650)...)}), check: readiness.CheckBattery, verdict: met, why: readiness.WhyBattery, detail: "2036-11-24"},
		{name: "battery ends in 2027", meter: sound(meter{Says: with(batteryDays(300)...)}), check: readiness.CheckBattery, verdict: notMet, why: readiness.WhyBattery, detail: "2027-09-23"},
		{name: "no battery", meter: sound(meter{}), check: readiness.CheckBattery, verdict: open, why: readiness.WhyNotSent},
	}
}

// zenner0B is a telegram in the maker's own layout: docs/protocol/proprietary.md.
func zenner0B() []byte {
	return []byte{0x0F, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0}
}

// TestTruth judges meters of which it is known what is true of them, each in a campaign
// of its own with a meter in a flat.
func TestTruth(t *testing.T) {
	t.Parallel()
	for _, c := range truths() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := judge(t, c.facts, c.meter, meter{Place: flat, Key: 9, Mode: wmbus.ModeAESIV})
			f := r.Meters[0].Of(c.check)
			if f.Verdict != c.verdict || f.Why != c.why || f.Detail != c.detail {
				t.Errorf("%s is %s, %s %q; want %s, %s %q", c.check, f.Verdict, f.Why, f.Detail, c.verdict, c.why, c.detail)
			}
			if (f.Telegram == nil) != (c.unseen || c.verdict == readiness.OutOfScope) {
				t.Errorf("shown by %v", f.Telegram)
			}
		})
	}
}

func judge(t testing.TB, facts readiness.Circumstances, meters ...meter) report {
	t.Helper()
	c := evidencetest.Run(t, meters)
	return readiness.Judge(&c.Snap, c.List, c.Found, readiness.Embedded(), facts)
}

// TestEveryVerdictIsPossible: the truths have each check in each verdict that its rule can
// have.
func TestEveryVerdictIsPossible(t *testing.T) {
	t.Parallel()
	never := map[readiness.Check]readiness.Verdict{readiness.CheckGateway: readiness.NotMet, readiness.CheckKWh: readiness.NotMet}
	for _, check := range readiness.Checks() {
		for _, v := range []readiness.Verdict{readiness.Met, readiness.NotMet, readiness.Unjudged} {
			known := slices.ContainsFunc(truths(), func(c truth) bool { return c.check == check && c.verdict == v })
			if want := never[check] != v && (check != readiness.CheckPapers || v == readiness.Unjudged); known != want {
				t.Errorf("%s, %s: a truth is known: %v", check, v, known)
			}
		}
	}
}

// TestSharedKey: a key that another meter has protects neither.
func TestSharedKey(t *testing.T) {
	t.Parallel()
	r := judge(t, readiness.Circumstances{}, sound(meter{}), sound(meter{}), meter{Key: 2, Mode: wmbus.ModeAESIV})
	for i, want := range []string{"3", "2", "mode_5"} {
		if f := r.Meters[i].Of(readiness.CheckSecurity); f.Detail != want || (f.Verdict == readiness.NotMet) != (i < 2) {
			t.Errorf("meter %d: %s, %s %q", i, f.Verdict, f.Why, f.Detail)
		}
	}
}
