package wmbus

import "testing"

// qundisRecord is the record up to the VIF of its values.
const qundisRecord = "78 0DFF5F35 00 82 4E 0000 7F0007C1 "

func qundisCases(t testing.TB) []walkByCase {
	const zeroMonths = "0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 "
	raw := func(s string) string {
		return "unknown=" + string(appendHex(nil, unhex(t, s)[4:])) + " manufacturer_vife"
	}
	vector := "78 0DFF5F35 00824E00007F0007C113FFFF63961300DF2C82731200FE2463811300A400F200D100A900DD00E000E90006011601EA0027010F012F"
	allocator := "78 0DFF5F35 04824E00007F0007B06E DF2C 97000000 9F2C 70020000 BE26 97000000 23FF 0080" + zeroMonths[:50] + "2F"
	restart := "78 0DFF5F35 00824E00007F0007B06E FFFF 97000000 BF2C 36030000 DC22 97000000 " + zeroMonths[:50] + "DFFE 3200 2F"
	energy := qundisRecord + "0E FFFF 78563412 FFFF 0A000000 DF2C 00000000" + zeroMonths + "0100 2F"
	encrypted := "78 0DFF5F35 00824E00357F0007C1" + "13FFFF63961300DF2C82731200FE2463811300A400F200D100A900DD00E000E90006011601EA0027010F012F"
	mark := "78 0DFF5F35 00814E00007F0007C113FFFF63961300DF2C82731200FE2463811300A400F200D100A900DD00E000E90006011601EA0027010F012F"
	extended := "78 0DFF5F35 00824E00007F0007C193FFFF63961300DF2C82731200FE2463811300A400F200D100A900DD00E000E90006011601EA0027010F012F"
	power := "78 0DFF5F35 00824E00007F0007C12BFFFF63961300DF2C82731200FE2463811300A400F200D100A900DD00E000E90006011601EA0027010F012F"
	cases := []walkByCase{
		{
			name:  "water, published",
			frame: unhex(t, "49449344123456781606"+vector+"046D0211F225"),
			records: raw(vector[3:]) + "; date_time=2023-05-18T17:02; volume=139.663 m³; volume=127.382 m³/1; date=2022-12-31 /1; " +
				"volume=138.163 m³/2; date=2023-04-30 /2; date= error; " +
				"period_consumption=2.71 m³/2; period_consumption=2.95 m³/3; period_consumption=2.34 m³/4; period_consumption=2.78 m³/5; " +
				"period_consumption=2.62 m³/6; period_consumption=2.33 m³/7; period_consumption=2.24 m³/8; period_consumption=2.21 m³/9; " +
				"period_consumption=1.69 m³/10; period_consumption=2.09 m³/11; period_consumption=2.42 m³/12; period_consumption=1.64 m³/13",
		},
		{
			name: "allocator, reset in its oldest month, low battery, error date", frame: walkByFrame(t, "QDS", 0x34, 0x08, allocator),
			status: "low battery",
			records: raw(allocator[3:]) + "; heat_cost_allocation=97 HCA; heat_cost_allocation=270 HCA/1; date=2020-12-31 /1; " +
				"heat_cost_allocation=97 HCA/2; date=2021-06-30 /2; date=2022-12-31 error; " +
				months("period_consumption=0 HCA/", 2, 11) + "; period_consumption= HCA/12; period_consumption=-221 HCA/13",
		},
		{
			name: "allocator, the month behind the due date", frame: walkByFrame(t, "QDS", 0x34, 0x08, restart),
			records: raw(restart[3:]) + "; heat_cost_allocation=97 HCA; heat_cost_allocation=336 HCA/1; date=2021-12-31 /1; " +
				"heat_cost_allocation=97 HCA/2; date=2022-02-28 /2; date= error; " +
				"period_consumption=50 HCA/2; period_consumption=-289 HCA/3; period_consumption=47 HCA/3 derived; " + months("period_consumption=0 HCA/", 4, 13),
		},
		{
			name: "heat in MJ, a digit that is none", frame: walkByFrame(t, "LSE", 0x23, 0x37, energy), notes: NoteUnit,
			records: raw(energy[3:]) + "; energy=12345678 MJ; energy= MJ/1; date= /1; energy=0 MJ/2; date=2022-12-31 /2; date= error; " +
				"period_consumption=1 MJ/2; " + months("period_consumption=0 MJ/", 3, 13),
		},
		{
			name: "encrypted inside", frame: walkByFrame(t, "QDS", 0x36, 0x08, encrypted+"046D250DDA2C"),
			security: Security{Mode: ModeAESIV, Result: NoKey}, kind: ErrNoKey, offset: 20, family: "qundis",
			records: raw(encrypted[3:]) + "; date_time=2022-12-26T13:37",
		},
		{name: "another mark", frame: walkByFrame(t, "QDS", 0x16, 0x06, mark), records: raw(mark[3:])},
		{name: "extended VIF", frame: walkByFrame(t, "QDS", 0x16, 0x06, extended), records: raw(extended[3:])},
		{name: "VIF of a power", frame: walkByFrame(t, "QDS", 0x16, 0x06, power), records: raw(power[3:])},
		{
			name: "standard records", frame: walkByFrame(t, "QDS", 0x16, 0x06, "78 0C1378563412"),
			records: "volume=12345.678 m³",
		},
	}
	for i := range cases {
		cases[i].family = "qundis"
	}
	return cases
}

func TestQundis(t *testing.T) {
	t.Parallel()
	runWalkBy(t, qundisCases(t))
}

func TestQundisAllocates(t *testing.T) { requireSteady(t, qundisCases(t)) }

func TestQundisCut(t *testing.T) {
	t.Parallel()
	cutEverywhere(t, qundisCases(t)[:7], 1, len(qundisHeader)+qundisSize)
}

// The months of the published telegram since its due date add up to what the
// register grew by, in the unit that is read here.
func TestQundisMonthsAddUp(t *testing.T) {
	t.Parallel()
	var d Decoder
	var telegram Telegram
	if err := d.Decode(&telegram, qundisCases(t)[0].frame, nil); err != nil {
		t.Fatal(err)
	}
	readings := map[uint64]int64{}
	var sum int64
	for i := range telegram.Records {
		r := &telegram.Records[i]
		n, exp, _ := r.Value.Decimal()
		switch {
		case r.Quantity == Volume && exp == -3:
			readings[r.Storage] = n
		case r.Quantity == PeriodConsumption && r.Of == Volume && r.Storage < 6 && exp == -2: // January to April
			sum += n
		}
	}
	const rounding = 5 // litres
	if grown := readings[2] - readings[1]; grown < sum*10-rounding || grown > sum*10+rounding {
		t.Errorf("the register grew by %d l, the months by %d l", grown, sum*10)
	}
}

// Status, access number and configuration come from the record.
func TestQundisHeader(t *testing.T) {
	t.Parallel()
	var d Decoder
	var telegram Telegram
	if err := d.Decode(&telegram, qundisCases(t)[1].frame, nil); err != nil {
		t.Fatal(err)
	}
	if telegram.StatusByte != 4 || telegram.Access != 0x4E || !telegram.HasAccess || telegram.Config != 0 {
		t.Errorf("status %X, access %X %v, config %X", telegram.StatusByte, telegram.Access, telegram.HasAccess, telegram.Config)
	}
}

func FuzzQundis(f *testing.F) { fuzzWalkBy(f, qundisCases(f)) }
