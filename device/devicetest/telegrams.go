package devicetest

import (
	"encoding/hex"
	"strings"
	"testing"

	"earshot/device"
)

// Telegrams of docs/protocol/vectors.md#frames as digits: ELS 12345678 without its
// link-layer CRCs and in frame format A, CEN 12345678 without them and in
// format B.
const (
	PlainA = "2E449315785634123303" + "7A2A0020255923C95AAA26D1B2E7493B" + "013EC4A6F6D3529B520EDFF0EA6DEFC9" + "9D6D69EBF3"
	AirA   = "2E44931578563412330333637A2A0020255923C95AAA26D1B2E7493BC2AD013EC4A6F6D3529B520EDFF0EA6DEFC955B29D6D69EBF3EC8A"
	PlainB = "1244AE0C7856341201078C2027780B13436587"
	AirB   = "1444AE0C7856341201078C2027780B134365877AC5"
)

// Unhex returns the bytes of hex digits, with or without spaces. It panics if they
// are invalid, since the hex of tests is constant.
func Unhex(digits string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// ParseSpec is device.ParseSpec of a text that has to be good.
func ParseSpec(t testing.TB, text string) device.Spec {
	t.Helper()
	s, err := device.ParseSpec(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
