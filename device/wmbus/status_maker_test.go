package wmbus

import (
	"fmt"
	"testing"
)

// TestFlagsByMaker has a telegram for each table of flags: what stands for now, what
// is over, and a bit that the table does not know.
func TestFlagsByMaker(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, maker  string
		version, typ byte
		status       byte
		content      string
		want         string
	}{
		{name: "smoke", maker: "LAS", version: 0x03, typ: 0x1A, content: "02FD971D 0400", want: "smoke alarm"},
		{name: "smoke and all else", maker: "LAS", version: 0x03, typ: 0x1A, content: "02FD971D 3E81", want: "smoke alarm, low battery, connection lost, end of life, hardware error, maker's flag 0x8000, test"},
		{name: "standard flags of another maker", maker: "HEK", version: 0x03, typ: 0x1A, content: "02FD971D 0400", want: "maker's flag 0x0004"},
		{name: "door sensor", maker: "LAS", version: 0x07, typ: 0x1D, status: 0x44, content: "02FD1B 1100", want: "low battery, opened"},
		{name: "Minomess", maker: "ZRI", version: 0x01, typ: 0x16, status: 0xE0, content: "02FD17 00F8", want: "leak, burst, reverse flow, removed, leak earlier, tamper earlier, removed earlier, reverse flow earlier"},
		{name: "Minomess of the past", maker: "ZRI", version: 0x00, typ: 0x07, content: "02FD17 E014", want: "leak earlier, tamper earlier, removed earlier, blocked earlier, reverse flow earlier"},
		{name: "IUWS", maker: "ZRI", version: 0x99, typ: 0x07, content: "02FD17 2802", want: "dry, measuring error, maker's flag 0x0200"},
		{name: "Caltos E", maker: "ZRI", version: 0xFC, typ: 0x08, status: 0xC4, content: "036E 010000", want: "low battery, commissioning mode"},
		{name: "C5-ISF", maker: "ZRI", version: 0x88, typ: 0x0D, content: "02FD17 2400", want: "reverse flow, temperature sensor error"},
		{name: "C5-ISF, many", maker: "ZRI", version: 0x88, typ: 0x04, content: "02FD17 BF0B", want: "low battery, verification expired"},                    // 3007
		{name: "C5-ISF, codes that are not known", maker: "ZRI", version: 0x88, typ: 0x04, content: "02FD17 D711", want: "low battery, maker's flag 0x11D7"}, // 4567
		{name: "Ultrimis", maker: "APA", version: 0x01, typ: 0x16, content: "03FD17 048092", want: "dry, leak earlier"},
		{name: "Ultrimis, all over", maker: "APA", version: 0x20, typ: 0x16, content: "03FD17 00FFFF", want: "leak earlier, burst earlier, dry earlier, tamper earlier, reverse flow earlier"},
		{name: "MBUS-NA", maker: "APA", version: 0x15, typ: 0x07, content: "03FD17 438481", want: "magnetic tamper, low battery, maker's flag 0x808000, tamper earlier, reverse flow earlier"},
		{name: "elf2", maker: "APA", version: 0x42, typ: 0x04, content: "02FD17 8380", want: "underflow, flow sensor error, low battery"},
		{name: "FAW", maker: "EFE", version: 0x00, typ: 0x07, content: "01FD17 32", want: "leak, magnetic tamper, restarted"},
		{name: "WaterStar", maker: "DWZ", version: 0x02, typ: 0x16, content: "02FD17 4002", want: "leak or no use, maker's flag 0x0200"},
		{name: "Aventies", maker: "AAA", version: 0x25, typ: 0x08, content: "02FD17 2200", want: "tamper, restarted"},
		{name: "Aquastream", maker: "IMT", version: 0x01, typ: 0x07, content: "02FD17 8402", want: "burst, reverse flow, no consumption"},
		{name: "Picoflux leak", maker: "ECM", version: 0x05, typ: 0x07, status: 0x23, content: "0413 01000000", want: "leak"},
		{name: "Picoflux busy", maker: "ECM", version: 0x05, typ: 0x07, status: 0x81, content: "0413 01000000", want: "maker's flag 0x80, busy"},
		{name: "Kaden allocator", maker: "VIP", version: 0x1E, typ: 0x08, content: "02FD17 0900", want: "tamper, maker's flag 0x0001"},
		{name: "RFM-AMB", maker: "BMT", version: 0x10, typ: 0x1B, status: 0x4B, content: "0265 D007", want: "removed, application error, humidity out of range, busy"},
		{name: "Hydrocalm 3", maker: "BMT", version: 0x0B, typ: 0x0D, status: 0x80, content: "0406 01000000", want: "opened"},
		{name: "Hydrocalm 4", maker: "BMT", version: 0x1A, typ: 0x0D, content: "02FD17 8000", want: "tamper"},
		{name: "EI6500", maker: "EIE", version: 0x0C, typ: 0x1A, status: 0x40, content: "02FD17 0002", want: "clock error"},
		{name: "EM24", maker: "GAV", version: 0x00, typ: 0x02, content: "01FD17 88", want: "current out of range, maker's flag 0x0080"},
		{name: "Gransystems", maker: "GSS", version: 0x01, typ: 0x02, content: "04FD17 22000101", want: "clock error, low battery"},
		{name: "Gransystems, well", maker: "GSS", version: 0x01, typ: 0x02, content: "04FD17 80000201", want: "tamper earlier"},
		{name: "iEM3000", maker: "SEC", version: 0x15, typ: 0x02, content: "03FD17 480000", want: "clock error, wiring error"},
		{name: "KamPress", maker: "KAM", version: 0x01, typ: 0x18, content: "02FD17 3000", want: "connection lost, pressure out of range"},
		{name: "Multical 602", maker: "KAM", version: 0x1C, typ: 0x04, content: "02FD17 4C10", want: "leak, temperature sensor error, air in pipe"},
		{name: "Q heat", maker: "QDS", version: 0x23, typ: 0x04, content: "02FD17 0302", want: "temperature sensor error, hardware error, no consumption"},
		{name: "Q water", maker: "QDS", version: 0x1A, typ: 0x06, content: "02FD17 1200", want: "low battery, maker's flag 0x0002"},
		{name: "two words", maker: "ABB", version: 0x20, typ: 0x02, status: 0x20, content: "04FD17 01000000 02FD17 0080", want: "maker's flag 0x20/0x8001"},
		{name: "another register's limit", maker: "ABB", version: 0x20, typ: 0x02, content: "02FD97BE00 0080", want: ""},
		{name: "BCD", maker: "ABC", version: 0x20, typ: 0x02, content: "0AFD17 1000", want: "maker's flag 0x0010"},
		{name: "unreadable BCD", maker: "ABC", version: 0x20, typ: 0x02, content: "0AFD17 FFFF", want: ""},
		{name: "text", maker: "ABC", version: 0x20, typ: 0x02, content: "0DFD17 03 434241", want: ""},
	} {
		var telegram Telegram
		frame := walkByFrame(t, c.maker, c.version, c.typ, fmt.Sprintf("7A 01 %02X 0000 %s", c.status, c.content))
		if err := new(Decoder).Decode(&telegram, frame, nil); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := telegram.Status.String(); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

// TestNoFlagUnseen: whatever the meter, flags that are not zero are never silent.
func TestNoFlagUnseen(t *testing.T) {
	t.Parallel()
	d, telegram := new(Decoder), new(Telegram)
	for i := range flagTables {
		table := &flagTables[i]
		if table.field != fieldErrors {
			continue
		}
		m := table.models[0]
		size := table.size
		if size == 0 {
			size = 2
		}
		for bit := range 8 * size {
			content := fmt.Sprintf("78 %02XFD17 ", size)
			for b := range size {
				content += fmt.Sprintf("%02X", 1<<bit>>(8*b)&0xFF)
			}
			frame := walkByFrame(t, m.manufacturer.String(), byte(max(m.version-1, 0)), byte(m.typ-1), content)
			if err := d.Decode(telegram, frame, nil); err != nil {
				t.Fatal(err)
			}
			silent := telegram.flagsOf(fieldErrors, size).silent()
			if telegram.Status.Empty() && silent>>bit&1 == 0 {
				t.Errorf("%v: bit %d of %d bytes says nothing", telegram.Header.Meter, bit, size)
			}
		}
	}
}

// silent is the bits that have no word on purpose.
func (f *flagTable) silent() (bits uint64) {
	for _, one := range f.bits() {
		if one.status == statusNone {
			bits |= one.bits
		}
	}
	return bits
}
