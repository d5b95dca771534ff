package silence_test

import (
	"strings"
	"testing"
	"time"

	"earshot/collector/silence"
	"earshot/device"
	"earshot/device/wmbus"
)

func maker(letters string) wmbus.Manufacturer {
	m, err := wmbus.ParseManufacturer(letters)
	if err != nil {
		panic(err)
	}
	return m
}

func TestProfileOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		meter silence.Meter
		want  string
	}{
		{meter: silence.Meter{Manufacturer: maker("KAM"), Kin: "water"}, want: "Kamstrup MULTICAL 21, flowIQ"},
		{meter: silence.Meter{Manufacturer: maker("KAM"), Kin: "heat"}, want: "Kamstrup MULTICAL, heat"},
		{meter: silence.Meter{Manufacturer: maker("KAM"), Kin: "electricity"}},
		{meter: silence.Meter{Manufacturer: maker("QDS"), Kin: "heat cost allocator"}, want: "QUNDIS and Siemens allocators"},
		{meter: silence.Meter{Manufacturer: maker("QDS"), Kin: "heat cost allocator", Mode: "S1"}, want: "QUNDIS and Siemens allocators, S mode"},
		{meter: silence.Meter{Manufacturer: maker("APA"), Kin: "water"}, want: "Apator Ultrimis"},
		{meter: silence.Meter{Manufacturer: maker("APA"), Kin: "water", Version: 0x20, HasVersion: true}},
		{meter: silence.Meter{Kin: "water"}},
	} {
		got := ""
		if p := silence.ProfileOf(c.meter); p != nil {
			got = p.Name
		}
		if got != c.want {
			t.Errorf("%+v: %q, want %q", c.meter, got, c.want)
		}
	}
}

func TestParseRejects(t *testing.T) {
	t.Parallel()
	const whole = `"name":"x","manufacturers":["KAM"],"source":"y"`
	if _, err := silence.Parse([]byte("[{" + whole + "}]")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, want string }{
		{text: `[{"name":"x","source":"y"}]`, want: "are needed"},
		{text: `[{` + whole + `,"intervall":"16s"}]`, want: "unknown field"},
		{text: `[{` + whole + `,"interval":"-16s"}]`, want: "not a duration"},
		{text: `[{` + whole + `,"interval":"16s","longest":"8s"}]`, want: "less than"},
		{text: `[{` + whole + `,"versions":["1BX"]}]`, want: "hex"},
		{text: `[{` + whole + `,"wake":"magic"}]`, want: "magic"},
		{text: `[{` + whole + `,"calendar":{"days":"Mo-Fr","hours":"8-18"}}]`, want: "Mon-Fri"},
		{text: `[{` + whole + `,"calendar":{"days":"Mon-Fri","hours":"18-8"}}]`, want: "8-18"},
		{text: `[{"name":"x","manufacturers":["KAMSTRUP"],"source":"y"}]`, want: "profile 1"},
	} {
		if _, err := silence.Parse([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.text, err, c.want)
		}
	}
}

// at is a time of the week that begins on Monday, 2 March 2026.
func at(day, hour, minute int) time.Time {
	return time.Date(2026, time.March, 2+day, hour, minute, 0, 0, time.FixedZone("", 3600))
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	work := silence.Calendar{Days: 0b0111110, From: 8, To: 18}
	winter := work
	winter.Winter = true
	for _, c := range []struct {
		name     string
		calendar silence.Calendar
		at       time.Time
		on       bool
		next     time.Time
	}{
		{name: "no calendar", at: at(6, 3, 0), on: true, next: at(6, 3, 0)},
		{name: "Monday morning", calendar: work, at: at(0, 8, 0), on: true, next: at(0, 8, 0)},
		{name: "Monday before", calendar: work, at: at(0, 7, 59), next: at(0, 8, 0)},
		{name: "Monday evening", calendar: work, at: at(0, 18, 0), next: at(1, 8, 0)},
		{name: "Friday evening", calendar: work, at: at(4, 18, 0), next: at(7, 8, 0)},
		{name: "Sunday noon", calendar: work, at: at(6, 12, 0), next: at(7, 8, 0)},
		{name: "in the hour that may be summer", calendar: winter, at: at(0, 8, 30), next: at(0, 9, 0)},
		{name: "after it", calendar: winter, at: at(0, 9, 0), on: true, next: at(0, 9, 0)},
	} {
		if on := c.calendar.On(c.at); on != c.on {
			t.Errorf("%s: on %v", c.name, on)
		}
		if next := c.calendar.After(c.at, 0); !next.Equal(c.next) {
			t.Errorf("%s: next %v, want %v", c.name, next, c.next)
		}
	}
	for days, want := range map[uint8]string{0b0111110: "Mon-Fri 8-18", 0b1111111: "Mon-Sun 8-18", 0b1000001: "Sat-Sun 8-18", 0b0000100: "Tue-Tue 8-18", 0: ""} {
		if got := (silence.Calendar{Days: days, From: 8, To: 18}).String(); got != want {
			t.Errorf("%07b: %q, want %q", days, got, want)
		}
	}
	if on := work.Within(at(4, 17, 0), at(7, 9, 30)); on != 150*time.Minute {
		t.Errorf("from Friday 17:00 to Monday 9:30 it is on for %v", on)
	}
	if end := work.After(at(4, 17, 0), 150*time.Minute); !end.Equal(at(7, 9, 30)) {
		t.Errorf("it has been on for 2:30 at %v", end)
	}
	if on := (silence.Calendar{}).Within(at(1, 0, 0), at(0, 0, 0)); on != 0 {
		t.Errorf("backwards: %v", on)
	}
}

func TestForecast(t *testing.T) {
	t.Parallel()
	const every = 16 * time.Second
	for _, c := range []struct {
		name             string
		pause, listened  time.Duration
		reception        int
		expected, chance int
	}{
		{name: "nothing yet", reception: silence.Usual},
		{name: "one telegram", listened: every, reception: silence.Usual, expected: 1, chance: 60},
		{name: "two", listened: 2 * every, reception: silence.Usual, expected: 2, chance: 84},
		{name: "half an hour", listened: 30 * time.Minute, reception: silence.Usual, expected: 112, chance: 100},
		{name: "a weak place", listened: 2 * every, reception: silence.Weak, expected: 2, chance: 51},
		{name: "within the pause", pause: time.Hour, listened: 30 * time.Minute, reception: silence.Usual, expected: 112},
	} {
		got := silence.Expect(every, c.pause, c.listened, c.reception)
		if got.Expected != c.expected || got.Chance != c.chance {
			t.Errorf("%s: %+v, want %d telegrams and %d %%", c.name, got, c.expected, c.chance)
		}
		if again := silence.Expect(every, c.pause, c.listened+got.Left, c.reception); again.Left != 0 || again.Chance < 95 {
			t.Errorf("%s: after %v more: %+v", c.name, got.Left, again)
		}
	}
	if p := silence.Patience(every, silence.Usual); p < 3*every || p > 4*every {
		t.Errorf("patience %v for %v", p, every)
	}
	for _, c := range []struct{ interval, want time.Duration }{
		{interval: 0, want: 30 * time.Second},
		{interval: 4 * time.Second, want: 30 * time.Second},
		{interval: every, want: 64 * time.Second},
		{interval: 4 * time.Hour, want: time.Hour},
	} {
		if got := silence.Timeout(c.interval); got != c.want {
			t.Errorf("timeout of %v: %v, want %v", c.interval, got, c.want)
		}
	}
}

func TestHours(t *testing.T) {
	t.Parallel()
	always := silence.Calendar{}
	var h silence.Hours
	h.Begin("a", at(0, 9, 0), []device.LinkMode{"C1", "T1"}, false)
	h.Begin("b", at(0, 9, 10), []device.LinkMode{"S1"}, false)
	h.Pass(at(0, 9, 20))
	h.End("a", at(0, 9, 30))
	h.Pass(at(0, 9, 40))
	for _, c := range []struct {
		name  string
		since time.Time
		modes []device.LinkMode
		want  time.Duration
	}{
		{name: "both together", want: 40 * time.Minute},
		{name: "a mode of one", modes: []device.LinkMode{"C1"}, want: 30 * time.Minute},
		{name: "a mode of the other", modes: []device.LinkMode{"S1"}, want: 30 * time.Minute},
		{name: "a mode of none", modes: []device.LinkMode{"R2"}},
		{name: "since then", since: at(0, 9, 25), want: 15 * time.Minute},
	} {
		if got := h.Heard(c.since, c.modes, always); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if h.Hears([]device.LinkMode{"C1"}) || !h.Hears([]device.LinkMode{"S1"}) || !h.Hears(nil) {
		t.Error("a has ended, b hears S1")
	}
	h.Pass(at(0, 8, 0)) // the clock was set back
	if now := h.Now(); !now.Equal(at(0, 9, 40)) {
		t.Errorf("now %v", now)
	}
	h.End("b", at(0, 9, 40))
	h.Pass(at(0, 12, 0))
	if got := h.Heard(time.Time{}, nil, always); got != 40*time.Minute {
		t.Errorf("after the end: %v", got)
	}
}

// TestHoursOfRecordings: the times of a recording count, however fast it is played.
func TestHoursOfRecordings(t *testing.T) {
	t.Parallel()
	var h silence.Hours
	h.Begin("file", at(3, 9, 0), nil, true)
	h.Pass(at(3, 10, 0))
	if got := h.Heard(time.Time{}, nil, silence.Calendar{}); got != 0 {
		t.Errorf("before its first telegram: %v", got)
	}
	h.Played("file", at(0, 9, 0))
	h.Played("file", at(0, 9, 2))
	h.Played("file", at(0, 9, 1))
	if got := h.Heard(time.Time{}, nil, silence.Calendar{}); got != 2*time.Minute || !h.Now().Equal(at(0, 9, 2)) {
		t.Errorf("%v until %v, want 2 min", got, h.Now())
	}
}

// TestNobodyListensWhileTheMachineSleeps: nor does a clock that is set make hours.
func TestNobodyListensWhileTheMachineSleeps(t *testing.T) {
	t.Parallel()
	var h silence.Hours
	h.Begin("a", at(0, 9, 0), nil, false)
	h.Pass(at(0, 9, 30))
	h.Pass(at(4, 9, 0))
	h.Pass(at(4, 9, 10))
	if got := h.Heard(time.Time{}, nil, silence.Calendar{}); got != 40*time.Minute || !h.Listening() {
		t.Errorf("%v, want 40 min", got)
	}
	h.End("a", at(9, 0, 0))
	if got := h.Heard(time.Time{}, nil, silence.Calendar{}); got != 40*time.Minute || h.Listening() {
		t.Errorf("after the end %v, want 40 min", got)
	}
}

// TestHoursAreBounded: receivers that take turns for weeks.
func TestHoursAreBounded(t *testing.T) {
	t.Parallel()
	var h silence.Hours
	for n := range 10_000 {
		h.Begin("a", at(0, 0, n), []device.LinkMode{"C1"}, false)
	}
	h.Pass(at(0, 0, 10_000))
	if got := h.Heard(time.Time{}, nil, silence.Calendar{}); got > 256*time.Minute || got < 200*time.Minute {
		t.Errorf("%v", got)
	}
}
