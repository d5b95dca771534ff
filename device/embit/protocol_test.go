package embit

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"earshot/device"
	"earshot/device/devicetest"
	"earshot/device/dongle"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answers makes a module that answers requests with status 0, but those named.
func answers(product byte, refused map[byte]byte) func([]byte) []byte {
	return func(request []byte) []byte {
		id := request[2]
		switch {
		case id == idInfo:
			return Request(idInfo|responseBit, platformWMBus, product)
		case id == idReset:
			return append(Request(idReset|responseBit, 0), Request(idState|responseBit, 0x10)...)
		}
		return Request(id|responseBit, refused[id])
	}
}

// TestSequence holds the initial sequence of docs/protocol/dongles.md#embit, with the save only
// where flash may be written.
func TestSequence(t *testing.T) {
	t.Parallel()
	for _, allowed := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := devicetest.NewScript(3, answers(productWMB868, nil))
			r, err := s.OpenDongle(t, Family(), allowed, "T1")
			if err != nil {
				t.Fatal(err)
			}
			want := []string{"00040105", "00040509", "0005100F24", "000511192F", "000613000019", "0006248000AA", "0004080C", "00043135"}
			if !allowed {
				want = slices.DeleteFunc(want, func(s string) bool { return s == "0004080C" })
			}
			var got []string
			for _, q := range s.Requests() {
				got = append(got, fmt.Sprintf("%X", q))
			}
			if !slices.Equal(got, want) {
				t.Errorf("allowed %t: sent %v, want %v", allowed, got, want)
			}
			if id := r.Identity(); id != (dongle.Identity{Product: "EMB-WMB868"}) {
				t.Errorf("identity %+v", id)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := devicetest.NewScript(0, answers(productWMB868, map[byte]byte{idChannel: 2}))
		_, err := s.OpenDongle(t, Family(), false, "C1")
		if !errors.Is(err, device.ErrUnsupported) || !strings.Contains(err.Error(), "bad parameter") {
			t.Errorf("Open: %v, want ErrUnsupported with the status", err)
		}
	})
}

func TestOtherProduct(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, err := devicetest.NewScript(0, answers(0x50, nil)).OpenDongle(t, Family(), false)
		if err != nil {
			t.Fatal(err)
		}
		if id := r.Identity(); !strings.Contains(id.Note, "not an EMB-WMB868") || !strings.Contains(id.Product, "50") {
			t.Errorf("identity %+v", id)
		}
	})
}
