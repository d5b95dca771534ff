package keys

import "earshot/device/wmbus"

// placeholders are keys that stand in forms and data sheets, and are not those of one
// digit repeated.
var placeholders = [...]string{
	"000102030405060708090A0B0C0D0E0F", "0F0E0D0C0B0A09080706050403020100", "0102030405060708090A0B0C0D0E0F10",
	"00112233445566778899AABBCCDDEEFF", "FFEEDDCCBBAA99887766554433221100",
	"0123456789ABCDEF0123456789ABCDEF", "FEDCBA9876543210FEDCBA9876543210", "0123456789ABCDEFFEDCBA9876543210",
	"12345678901234567890123456789012", "01234567890123456789012345678901",
}

// longestPeriod is the longest run of digits that a placeholder repeats: DEADBEEF. A
// key of chance repeats one once in 2 to the power of 96.
const longestPeriod = 8

// isPlaceholder reports whether a key is one that nobody chose by chance: a few
// digits repeated, or digits that count up or down.
func isPlaceholder(key *wmbus.Key) (is bool) {
	key.Variant(func(raw []byte) []byte {
		is = periodic(raw) || counts(raw)
		return nil
	})
	return is
}

func periodic(raw []byte) bool {
	n := 2 * len(raw)
	for period := 1; period <= min(longestPeriod, n/2); period++ {
		same := true
		for i := period; i < n && same; i++ {
			same = digit(raw, i) == digit(raw, i-period)
		}
		if same {
			return true
		}
	}
	return false
}

// counts reports whether digits or bytes count up or down, with at most one break.
func counts(raw []byte) bool {
	n := 2 * len(raw)
	for _, step := range [2]byte{1, 15} {
		breaks := 0
		for i := 1; i < n; i++ {
			now, due := digit(raw, i), (digit(raw, i-1)+step)&15
			nine := step == 1 && digit(raw, i-1) == 9 && now == 0 || step == 15 && digit(raw, i-1) == 0 && now == 9
			if now != due && !nine {
				breaks++
			}
		}
		if breaks <= 1 {
			return true
		}
	}
	breaks := 0
	for i := 2; i < len(raw); i++ {
		if raw[i]-raw[i-1] != raw[1]-raw[0] {
			breaks++
		}
	}
	return breaks <= 1
}
