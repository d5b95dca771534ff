package label

import (
	"fmt"
	"strings"
	"testing"
)

func (n Number) String() string {
	if n.Maker == 0 {
		return n.ID.String()
	}
	return n.Maker.String() + n.ID.String()
}

func TestRead(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{text: "6KAM2012345678", want: "KAM12345678"},
		{text: "6 KAM 20 1234 5678", want: "KAM12345678"},
		{text: "6kam2012345678\r\n", want: "KAM12345678"},
		{text: "6TCH2012345678 1TCH0087654321", want: "TCH12345678 TCH87654321"},
		{text: "6TCH2012345678 87654321", want: "TCH12345678 87654321"},
		{text: "16KAM2012345678", want: "KAM12345678"},
		{text: "07 KAM 20 1234 5678", want: "KAM12345678"},
		{text: "S/N 04KAM2012345678", want: "KAM12345678"},
		{text: "KAM12345678", want: "KAM12345678"},
		{text: "KAM-12345678", want: "KAM12345678"},
		{text: "kam_12345678", want: "KAM12345678"},
		{text: "12345678/WW/24", want: "12345678"},
		{text: "12345678 2D2C 1B 16", want: "KAM12345678"},
		{text: "12345678.M=KAM.V=1b.T=16", want: "KAM12345678"},
		{text: "12345678", want: "12345678"},
		{text: "1234 5678", want: "12345678"},
		{text: "A132257D", want: "A132257D"},
		{text: "S/N: 12345678;TYPE 403;2021", want: "12345678"},
		{text: "S/N:12345678;MAN:KAM;KAM 87654321", want: "KAM87654321 12345678"},
		{text: "https://example.org/m?sn=12345678&y=2021", want: "12345678"},
		{text: "(21)12345678(10)A7", want: "12345678"},
		{text: "Ser.No\x1d12345678\x1dDN20", want: "12345678"},
		{text: "１２３４５６７８", want: "12345678"},
		{text: "1234567", want: "01234567"},
		{text: "12345678,87654321", want: "12345678 87654321"},
		{text: "123", want: ""},
		{text: "123456789", want: ""},
		{text: "kitchen", want: ""},
		{text: "A 2 tv", want: ""},
		{text: "00000000", want: ""},
		{text: "", want: ""},
	} {
		if got := strings.Trim(fmt.Sprint(Read(test.text)), "[]"); got != test.want {
			t.Errorf("%q names %q, want %q", test.text, got, test.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"6KAM2012345678 1KAM0087654321", "S/N:12345678;KAM 12345678", "12345678 2D2C 1B 16", "\xff\x1d(21)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found := Read(text)
		if len(found) > maxNumbers {
			t.Errorf("%d numbers", len(found))
		}
		for _, n := range found {
			if n.ID == 0 {
				t.Errorf("%q names number 0", text)
			}
		}
	})
}
