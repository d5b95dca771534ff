package state

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/device/wmbus"
)

// alarmAdvice is what to do about each thing that a meter may say of itself
// and that somebody has to look at.
var alarmAdvice = map[wmbus.Status]string{
	wmbus.StatusSmokeAlarm:        "look for fire at once; then air the room, or replace the detector",
	wmbus.StatusLeak:              "look where water runs without being used, and tell the owner",
	wmbus.StatusBurst:             "look for a burst pipe at once: close the supply if there is one, and tell the owner",
	wmbus.StatusDry:               "is the supply open and the pipe filled?",
	wmbus.StatusReverseFlow:       "compare the arrow on the meter with the flow, and look after the non-return valve",
	wmbus.StatusBlocked:           "let it run and see whether the meter counts: it may be stuck",
	wmbus.StatusOverflow:          "more flows than the meter measures: compare its size with the supply",
	wmbus.StatusUnderflow:         "less flows than the meter measures: compare its size with the supply",
	wmbus.StatusTamper:            "look at seal and housing; then have the supplier reset the mark",
	wmbus.StatusMagnet:            "look for a magnet at the meter; then have the supplier reset the mark",
	wmbus.StatusRemoved:           "see whether it sits where it belongs; then have the mark reset",
	wmbus.StatusSubmerged:         "look whether the meter stands in water",
	wmbus.StatusFrost:             "heat the place, or drain the pipe",
	wmbus.StatusOverheated:        "compare the heat at its place with what the meter stands",
	wmbus.StatusNoSupply:          "look after the meter's supply, mains or battery",
	wmbus.StatusFlowSensor:        "look after the flow sensor and its cable, or have it replaced",
	wmbus.StatusTemperatureSensor: "look after the temperature sensors: flow and return swapped, cables, pockets",
	wmbus.StatusAirInPipe:         "bleed the pipe",
	wmbus.StatusWrongDirection:    "it is mounted against the flow, or in the wrong pipe: turn it round, or have it set",
	wmbus.StatusSmokeChamber:      "clean the detector, or replace it",
	wmbus.StatusObstacle:          "clear the space around the detector",
	wmbus.StatusSounder:           "press the detector's test button; replace it if it stays silent",
	wmbus.StatusClock:             "have the supplier set its clock: values of its due dates go by it",
	wmbus.StatusMemory:            "have the meter replaced: it reports that its memory fails",
	wmbus.StatusAlarm:             "look at the meter itself, or ask its maker what the alarm is",
	wmbus.StatusPermanentError:    "look at the meter itself, and have it replaced if the error stays",
	wmbus.StatusTemporaryError:    "look at the meter itself, and read again later",
	wmbus.StatusApplicationError:  "look at the meter itself, and read again later",
	wmbus.StatusLowBattery:        "have its battery, or the meter, replaced; where it runs on mains, look after that",
}

// maxSkew is how far a meter's clock may be off before it is shown: two hours,
// since many meters know no summer time and some keep another zone.
const maxSkew = 2 * time.Hour

// alarms are what has to be seen beside a row's chain, and what to do about
// it: about what the meter says of itself, and about the rest. A correction has
// its advice elsewhere.
func alarms(r *Row) (words []string, meter, rest string) {
	var told, todo []string
	if r.Correction != nil { // the verdict says where to correct it
		words = append(words, "listed with another ID")
	}
	if r.Reading != nil {
		for status := range r.Reading.Status.Alarms().All() {
			words = append(words, status.String())
			if advice := alarmAdvice[status]; advice != "" && !slices.Contains(told, advice) {
				told = append(told, advice)
			}
		}
	}
	if r.Reading != nil && r.Reading.Partial != "" {
		words = append(words, "read only in part")
		todo = append(todo, "not all of its telegram was read: wait for the next one, and compare with the meter itself")
	}
	if r.Reading != nil && r.Reading.Skew != nil && r.Reading.Skew.Abs() > maxSkew {
		words = append(words, "clock "+skewWords(*r.Reading.Skew))
		todo = append(todo, "is the clock of this computer right (of the gateway, of the recording)? if it is, have the supplier set the meter's")
	}
	switch median, _ := r.Heard.RSSI.Median(); r.Heard.RSSI.Quality() {
	case QualityWeak, QualityMarginal:
		words = append(words, fmt.Sprintf("weak signal %d dBm", median))
		todo = append(todo, "where a gateway is to hear it, place the antenna nearer")
	}
	return words, strings.Join(told, "; "), strings.Join(todo, "; ")
}

func skewWords(d time.Duration) string {
	side := "ahead"
	if d < 0 {
		side, d = "behind", -d
	}
	switch {
	case d >= 2*365*24*time.Hour:
		return fmt.Sprintf("%d years %s", int(d.Hours()/24/365), side)
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days %s", int(d.Hours()/24), side)
	}
	return fmt.Sprintf("%d hours %s", int(d.Hours()), side)
}
