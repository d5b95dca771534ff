package wmbus

import (
	"strings"
	"testing"
)

func iwmCases(t testing.TB) []walkByCase {
	const (
		records = "7A 2A000000 066D 0F050A E125 00 0C13 56340200 " // 2023-05-01 10:05:15
		common  = "date_time=2023-05-01T10:05:15; volume=23.456 m³; "
	)
	months := "640000 C80000 2C0100 900100 " + strings.Repeat("320000", 8)
	data := func(s string) string { return "manufacturer_data=" + string(appendHex(nil, unhex(t, s))) + "; " }
	const past = "volume=4.00 m³/2 uncertain; date=2023-04-30 /2 derived; volume=3.00 m³/3 uncertain; date=2023-03-31 /3 derived; " +
		"volume=2.00 m³/4 uncertain; date=2023-02-28 /4 derived; volume=1.00 m³/5 uncertain; date=2023-01-31 /5 derived; " +
		"volume=0.50 m³/6 uncertain; date=2022-12-31 /6 derived; volume=0.50 m³/7 uncertain; date=2022-11-30 /7 derived; " +
		"volume=0.50 m³/8 uncertain; date=2022-10-31 /8 derived; volume=0.50 m³/9 uncertain; date=2022-09-30 /9 derived; " +
		"volume=0.50 m³/10 uncertain; date=2022-08-31 /10 derived; volume=0.50 m³/11 uncertain; date=2022-07-31 /11 derived; " +
		"volume=0.50 m³/12 uncertain; date=2022-06-30 /12 derived; volume=0.50 m³/13 uncertain; date=2022-05-31 /13 derived"
	cases := []walkByCase{
		{
			name: "backflow and months", frame: walkByFrame(t, "BMT", 0x18, 0x06, records+"0F 05 07000000 "+months+" 00"),
			records: common + data("05 07000000 "+months+" 00") + "volume=0.007 m³ backward uncertain; " + past,
		},
		{
			name: "with a date", frame: walkByFrame(t, "BMT", 0x18, 0x07, records+"0F 0D 00000000 170509 "+months+" 00"),
			records: common + data("0D 00000000 170509 "+months+" 00") + "volume=0.000 m³ backward uncertain; " + past,
		},
		{
			name: "other contents", frame: walkByFrame(t, "BMT", 0x18, 0x07, records+"0F 15 07000000 "+months+" 00"),
			records: strings.TrimSuffix(common+data("15 07000000 "+months+" 00"), "; "),
		},
		{
			name: "cut off in the months", frame: walkByFrame(t, "BMT", 0x18, 0x07, records+"0F 05 07000000 640000"),
			records: strings.TrimSuffix(common+data("05 07000000 640000"), "; "),
		},
	}
	for i := range cases {
		cases[i].family = "iwm-tx5"
	}
	return cases
}

func TestIWM(t *testing.T) {
	t.Parallel()
	runWalkBy(t, iwmCases(t))
}

func FuzzIWM(f *testing.F) { fuzzWalkBy(f, iwmCases(f)) }
