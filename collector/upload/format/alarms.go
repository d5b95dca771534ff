package format

import (
	"slices"
	"strings"

	"earshot/collector/reading"
	"earshot/device/wmbus"
)

// alarm is a binary sensor that is on while a meter says one of some words.
type alarm struct {
	key, name string // without a name it has that of its class
	class     string // docs/protocol/homeassistant.md#binary-sensors
	category  string
	words     []wmbus.Status // none: whatever somebody should act on
	media     []string       // whose meters have it from the start; nil is all. Others when they first say so.
}

var (
	piped  = []string{"water", "cold water", "warm water", "hot water", "heat", "cooling", "heat/cooling"}
	smokes = []string{"smoke detector"}
	never  = []string{}
)

var alarms = []alarm{
	{key: "problem", class: "problem", category: diagnostic},
	{key: "battery_low", class: "battery", category: diagnostic, words: []wmbus.Status{wmbus.StatusLowBattery}},
	{key: "tamper", class: "tamper", category: diagnostic, words: []wmbus.Status{wmbus.StatusTamper, wmbus.StatusMagnet, wmbus.StatusRemoved}},
	{key: "leak", name: "Leak", class: "moisture", words: []wmbus.Status{wmbus.StatusLeak, wmbus.StatusBurst}, media: piped},
	{key: "smoke", class: "smoke", words: []wmbus.Status{wmbus.StatusSmokeAlarm}, media: smokes},
	{key: "reverse_flow", name: "Reverse flow", class: "problem", category: diagnostic, words: []wmbus.Status{wmbus.StatusReverseFlow}, media: never},
	{key: "frost", name: "Frost", class: "cold", category: diagnostic, words: []wmbus.Status{wmbus.StatusFrost}, media: never},
	{key: "overheated", name: "Overheated", class: "heat", category: diagnostic, words: []wmbus.Status{wmbus.StatusOverheated}, media: never},
}

// has reports whether the meter of a reading has the sensor.
func (a *alarm) has(r *reading.Reading) bool {
	return a.media == nil || slices.Contains(a.media, r.Medium) || slices.ContainsFunc(a.words, r.Status.Has)
}

// template yields ON or OFF, whatever is missing.
func (a *alarm) template(f Format) string {
	switch {
	case f == Wmbusmeters && len(a.words) == 0:
		return onIf("(value_json.status | default('" + wmbusOK + "')).split(' ') | reject('in', " + wordList(notes(), wmbusWord, wmbusOK) + ") | list")
	case f == Wmbusmeters:
		return onIf("(value_json.status | default('')).split(' ') | select('in', " + wordList(a.words, wmbusWord) + ") | list")
	case len(a.words) == 0:
		return onIf("value_json.alarms | default([])")
	}
	return onIf("value_json.status | default([], true) | select('in', " + wordList(a.words, wmbus.Status.String) + ") | list")
}

func onIf(condition string) string { return "{{ 'ON' if " + condition + " else 'OFF' }}" }

// notes are the statuses for which nobody has to act.
func notes() []wmbus.Status {
	return slices.DeleteFunc(wmbus.Statuses(), wmbus.Status.Alarm)
}

// wordList is a list of words in a template, with some more.
func wordList(list []wmbus.Status, word func(wmbus.Status) string, more ...string) string {
	for _, s := range list {
		more = append(more, word(s))
	}
	return "['" + strings.Join(more, "', '") + "']"
}
