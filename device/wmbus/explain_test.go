package wmbus

import (
	"fmt"
	"strings"
	"testing"
)

// checkCoverage fails unless the leaves cover the frame without gap or
// overlap and the headings hold what follows them.
func checkCoverage(t testing.TB, frame []byte, parts []Part) {
	t.Helper()
	if err := uncovered(frame, parts); err != nil {
		t.Fatal(err)
	}
}

// uncovered says which byte has no leaf, or another one's.
func uncovered(frame []byte, parts []Part) error {
	at := 0
	for _, p := range parts {
		if p.Role == RoleLayer || p.Role == RoleRecord {
			if p.Offset != at {
				return fmt.Errorf("heading %q at %d, expected at %d", p.Name, p.Offset, at)
			}
			continue
		}
		if p.Offset != at || p.Length <= 0 {
			return fmt.Errorf("%q covers %d bytes at %d, expected at %d", p.Name, p.Length, p.Offset, at)
		}
		if string(p.Raw) != string(frame[p.Offset:p.Offset+p.Length]) {
			return fmt.Errorf("%q has raw bytes %X", p.Name, p.Raw)
		}
		at += p.Length
	}
	if at != len(frame) {
		return fmt.Errorf("%d of %d bytes covered", at, len(frame))
	}
	return nil
}

// outline writes parts one a line, as a person would want to read them.
func outline(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&b, "%s%d+%d %s %s", strings.Repeat("  ", p.Depth), p.Offset, p.Length, p.Role, p.Name)
		if p.Clear != nil && p.Role != RoleLayer {
			fmt.Fprintf(&b, " [%X]", p.Clear)
		}
		if len(p.Meaning) > 0 {
			b.WriteString(": " + string(p.Meaning))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestExplainVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors {
		frame, _, err := Unframe(unhex(t, v.frame))
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []*Key{nil, mustKey(t, v.key), mustKey(t, "FF000000000000000000000000000000")} {
			var telegram Telegram
			var d Decoder
			parts, _ := d.Explain(&telegram, frame, key)
			checkCoverage(t, frame, parts)
			checkCoverage(t, frame[:len(frame)-3], must(d.Explain(&telegram, frame[:len(frame)-3], key)))
		}
	}
}

func must(parts []Part, _ error) []Part { return parts }

// outlineCases are telegrams, and what their outline has in it.
var outlineCases = []struct{ name, frame, key, want string }{
	{
		name: "ELL CTR, compact", frame: "23442D2C998734761B168D20983081B2227A6FA1F10E1B79B5EB4B17E81F930E937EE06C", key: "28F64A24988064A079AA2C807D6102AE", want: `
0+10 layer link layer: EN 13757-4
  0+1 control L-field: 35 bytes follow
  1+1 control C-field: SND-NR
  2+2 address manufacturer: KAM
  4+4 address identification number: 76348799
  8+1 address version: 27
  9+1 address device type: cold water
10+9 layer extended link layer II: EN 13757-4
  10+1 control CI-field: extended link layer II
  11+1 control communication control: synchronous
  12+1 security access number: 152
  13+4 security session number: session 0, time 2828307, encryption 1 (AES-128-CTR of the extended link layer)
  17+2 check payload checksum [C33D]: matches
19+1 layer transport layer: EN 13757-7
  19+1 control CI-field [79]: compact frame
20+16 layer application layer: AES-128-CTR of the extended link layer: ok
  20+2 header format signature [EDA8]: A8ED
  22+2 check full-frame checksum [E475]: matches
`,
	},
	{
		name: "mode 5 without key", frame: "2D44934444332211553769EF7288776655934455080004100500DFE227F9A782146D1513581CD2F83F39040CFD1040C4785634128134", key: "", want: `
20+1 value status: no application error; low power
  21+2 security configuration word: security mode 5: AES-128-CBC with IV from address and access number, 16 bytes encrypted
23+23 layer application layer: AES-128-CBC with IV from address and access number: no key: AES-128-CBC with IV from address and access number needs the key of meter QDS-55667788-55-08: enter it, or ask the supplier of the meter for it
  23+16 encrypted encrypted: 16 bytes, AES-128-CBC with IV from address and access number
  39+7 unread in clear: not read, because the rest could not be opened
`,
	},
	{
		name: "mode 5 without key, cut off inside a block", frame: "2E4493157856341233037A2A0020255923C95AAA26D1B2E7493B013EC4A6F6D3", key: "", want: `
0+10 layer link layer: EN 13757-4
  0+1 control L-field: 46 bytes follow, 31 of them are here
  1+1 control C-field: SND-NR
  2+2 address manufacturer: ELS
  4+4 address identification number: 12345678
  8+1 address version: 51
  9+1 address device type: gas
10+5 layer transport layer: EN 13757-7
  10+1 control CI-field: application data
  11+1 security access number: 42
  12+1 value status: no application error; none set
  13+2 security configuration word: security mode 5: AES-128-CBC with IV from address and access number, 32 bytes encrypted
15+17 layer application layer: AES-128-CBC with IV from address and access number: no key: AES-128-CBC with IV from address and access number needs the key of meter ELS-12345678-33-03: enter it, or ask the supplier of the meter for it
  15+16 encrypted encrypted: 16 bytes, AES-128-CBC with IV from address and access number
  31+1 encrypted encrypted: part of a block: the telegram is cut off
`,
	},
	{
		name: "mode 5 with key", frame: "2D44934444332211553769EF7288776655934455080004100500DFE227F9A782146D1513581CD2F83F39040CFD1040C4785634128134", key: "000102030405060708090A0B0C0D0E0F", want: `
  23+2 check check bytes [2F2F]: 2F 2F: the content is in clear
  25+5 record heat_cost_allocation [0B6E341200]: 1234 HCA
    25+1 header DIF [0B]: instantaneous, 6-digit BCD
    26+1 header VIF [6E]: heat_cost_allocation in 10^0 HCA
    27+3 value value [341200]: 1234 HCA
  30+4 record date [426CFE04]: 2007-04-30 storage 1
`,
	},
	{
		name: "wired", frame: "68090968 0805780C1378563412 B8 16", key: "", want: `
0+6 layer wired link layer: M-Bus long frame (EN 13757-2)
  0+4 control start and length: 68, twice the length of 9 bytes, 68
  4+1 control C-field: RSP-UD
  5+1 address A-field: primary address 5
6+1 layer transport layer: EN 13757-7
  6+1 control CI-field: application data
7+6 layer application layer: not encrypted
  7+6 record volume: 12345.678 m³
    7+1 header DIF: instantaneous, 8-digit BCD
    8+1 header VIF: volume in 10^-3 m³
    9+4 value value: 12345.678 m³
13+2 layer wired link layer: end
  13+1 check checksum: sum of the bytes from the C-field on
  14+1 control stop: 16
`,
	},
	{
		name: "VIFEs and texts", frame: "2344AE0C785634120107 78 8440BB5601000000 017C034B414D02 04FD9BFC0211223344 2F", key: "", want: `
  11+8 record limit_exceed_duration: 1 h subunit 1 lower_limit last
    11+1 header DIF: instantaneous, 32-bit integer
    12+1 header DIFE: storage 0, tariff 0, subunit 1
    13+1 header VIF: volume_flow
    14+1 header VIFE: lower limit, last, limit exceed duration
    15+4 value value: 1 h subunit 1 lower_limit last
  19+7 record text: 2 MAK
    19+1 header DIF: instantaneous, 8-bit integer
    20+1 header VIF: text
    21+4 header text: MAK
    25+1 value value: 2 MAK
  26+9 record digital_input: 1144201745 phase_l2
    26+1 header DIF: instantaneous, 32-bit integer
    27+2 header VIF: digital_input
    29+1 header VIFE: extension: the next VIFE says
    30+1 header VIFE: phase l2
    31+4 value value: 1144201745 phase_l2
  35+1 filler filler
`,
	},
	{
		name: "network layer, AFL with everything, status", frame: "3544AE0C785634120107 81 11 22 90 15 003E 65 3412 B30A0000 0102030405060708 1000 FF FF 7A 2A 4F 0000 0D7805 4142434445 2F 0F 01", key: "", want: `
10+3 layer network layer: skipped: no public source gives its layout
  10+1 control CI-field: network layer
  11+2 unread network layer data
13+23 layer authentication and fragmentation layer: EN 13757-7
  13+1 control CI-field: authentication and fragmentation layer
  14+1 control length: 21 bytes follow
  15+2 control fragmentation control: fragment 0
  17+1 security message control: authentication 5, MAC of 8 bytes
  18+2 security key information: 1234
  20+4 security message counter: 2739
  24+8 check message authentication code: not checked
  32+2 control message length: 16
  34+2 unread more of the layer
36+5 layer transport layer: EN 13757-7
  36+1 control CI-field: application data
  37+1 security access number: 42
  38+1 value status: alarm or abnormal; manufacturer 40, permanent error, low power
  39+2 security configuration word: security mode 0: no encryption
41+11 layer application layer: not encrypted
  41+8 record fabrication_number: EDCBA
    41+1 header DIF: instantaneous, variable length
    42+1 header VIF: fabrication_number
    43+1 header length: 5 bytes
    44+5 value value: EDCBA
  49+1 filler filler
  50+2 record manufacturer_data: 01
    50+1 header DIF: manufacturer data to the end of the telegram
    51+1 value value: 01
`,
	},
	{
		name: "texts before and after their VIFEs, VIFEs of every kind", frame: "3244AE0C785634120107 78 02FC03324F433C E803 02FC3C03324F43 E803 0493F5F8A2FC FFFF2001000000 0493FC01000000 1F 01", key: "", want: `
  11+9 record text: 1000 CO2 backward number 1
    11+1 header DIF: instantaneous, 16-bit integer
    12+1 header VIF: text
    13+4 header text: CO2
    17+1 header VIFE: backward
    18+2 value value: 1000 CO2 backward number 1
  20+9 record text: 1000 CO2 backward number 2
    20+1 header DIF: instantaneous, 16-bit integer
    21+1 header VIF: text
    22+1 header VIFE: backward
    23+4 header text: CO2
    27+2 value value: 1000 CO2 backward number 2
  29+13 record volume: 0.000101 m³ manufacturer_vife reserved_vife per_hour
    29+1 header DIF: instantaneous, 32-bit integer
    30+1 header VIF: volume in 10^-3 m³
    31+1 header VIFE: times 10^-1
    32+1 header VIFE: plus 10^-3
    33+1 header VIFE: per hour
    34+1 header VIFE: extension: the next VIFE says
    35+1 header VIFE: reserved vife
    36+1 header VIFE: manufacturer vife
    37+1 header VIFE: the manufacturer's own
    38+4 value value: 0.000101 m³ manufacturer_vife reserved_vife per_hour
`,
	},
	{
		name: "behind the telegram", frame: "0C44AE0C785634120107 78 0013 AABB", key: "", want: `
11+2 layer application layer: not encrypted
  11+2 record volume: no value
    11+1 header DIF: instantaneous, no data
    12+1 header VIF: volume in 10^-3 m³
13+2 layer behind the telegram
  13+2 unread not read
`,
	},
	{
		name: "no telegram", frame: "0102", key: "", want: `
0+2 layer no telegram
  0+2 unread not read
`,
	},
	{
		name: "PRIOS", frame: "1944304C72242421D401A2013D4013DD8B46A4999C1293E582CC", key: "", want: `
  13+1 value status_flags: status_flags 64
  14+1 header VIF: of the volumes
  15+1 check check byte [4B]: 4B: opened with the right key
  16+4 value volume [A00D0000]: volume 3.488 m³
`,
	},
	{
		name: "manufacturer data that are empty", frame: "0D44AE0C785634120107 78 0013 1F", key: "", want: `
  13+1 header DIF: manufacturer data, empty; more records in the next telegram
`,
	},
	{
		name: "PRIOS without its key", frame: "1144242385067856 3412 A1 0F000013 01020304", key: "", want: `
10+1 layer transport layer: EN 13757-7
  10+1 control CI-field: manufacturer specific
`,
	},
	{
		name: "mode 7 with a wrong MAC", frame: n13, key: "FF0102030405060708090A0B0C0D0E0F", want: `
  22+8 check message authentication code: does not match
`,
	},
	{
		name: "mode 7", frame: n13, key: key00to0F, want: `
  22+8 check message authentication code: matches
`,
	},
	{
		name: "ELL, stored in clear", frame: "2A442D2C998734761B168D2091D37CAC21576C7802FF207100041308190000441308190000615B7F616713", key: "", want: `
  17+2 check payload checksum: matches
`,
	},
	{
		name: "ELL, closed", frame: "2A442D2C998734761B168D2091D37CAC21E1D68CDAFFCD3DC452BD802913FF7B1706CA9E355D6C2701CC24", key: "", want: `
  17+2 check payload checksum: encrypted
19+24 layer application layer: AES-128-CTR of the extended link layer: no key: AES-128-CTR of the extended link layer needs the key of meter KAM-76348799-1B-16: enter it, or ask the supplier of the meter for it
  19+24 encrypted encrypted: 24 bytes, AES-128-CTR of the extended link layer
`,
	},
	{
		name: "ELL, wrong checksum", frame: "2A442D2C998734761B168D2091D37CAC01576C7802FF207100041308190000441308190000615B7F616714", key: "", want: `
  17+2 check payload checksum: does not match
19+24 layer application layer: not encrypted
  19+24 unread not read
`,
	},
	{
		name: "ELL III", frame: "1B442D2C998734761B16 8E C075 3A63 665544330A31 78 0413E8030000", key: "", want: `
  11+1 control communication control: bidirectional, fast response
  12+1 security access number: 117
  13+2 address partner's manufacturer: XYZ
  15+6 address partner's address: XYZ-33445566-0A-31, communication controller (gateway)
`,
	},
	{
		name: "mode 5, all blocks; values are not valid", frame: "1E44AE0C785634120107 7A 01 00 0005 2F2F 0A13 3AFF 02 6C 0000 1413 01000000", key: "", want: `
  13+2 security configuration word: security mode 5: AES-128-CBC with IV from address and access number, 0 bytes encrypted (all whole blocks)
15+16 layer application layer: AES-128-CBC with IV from address and access number: not encrypted
  15+2 check check bytes: 2F 2F: the content is in clear
  17+4 record volume: no value (a digit is above 9)
`,
	},
}

func TestExplainOutline(t *testing.T) {
	t.Parallel()
	for _, c := range outlineCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			frame, _, _ := Unframe(unhex(t, c.frame))
			if frame == nil {
				frame = unhex(t, c.frame)
			}
			var telegram Telegram
			parts, _ := new(Decoder).Explain(&telegram, frame, mustKey(t, c.key))
			checkCoverage(t, frame, parts)
			if got := outline(parts); !strings.Contains(got, strings.TrimSpace(c.want)) {
				t.Errorf("got\n%s\nwithout\n%s", got, c.want)
			}
		})
	}
}
