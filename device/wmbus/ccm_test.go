package wmbus

import (
	"bytes"
	"crypto/aes"
	"testing"
)

// The packet vectors of RFC 3610, section 8, whose key is C0 to CF.
func TestCCMVectors(t *testing.T) {
	t.Parallel()
	block, err := aes.NewCipher(unhex(t, "C0C1C2C3C4C5C6C7C8C9CACBCCCDCECF"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct {
		name, nonce string
		header, end int // the packet is the bytes from 0 to end, of which header stay in clear
		size        int
		sealed      string
	}{
		{name: "1", nonce: "00000003020100A0A1A2A3A4A5", header: 8, end: 31, size: 8, sealed: "588C979A61C663D2F066D0C2C0F989806D5F6B61DAC38417E8D12CFDF926E0"},
		{name: "2", nonce: "00000004030201A0A1A2A3A4A5", header: 8, end: 32, size: 8, sealed: "72C91A36E135F8CF291CA894085C87E3CC15C439C9E43A3BA091D56E10400916"},
		{name: "3", nonce: "00000005040302A0A1A2A3A4A5", header: 8, end: 33, size: 8, sealed: "51B1E5F44A197D1DA46B0F8E2D282AE871E838BB64DA8596574ADAA76FBD9FB0C5"},
		{name: "4", nonce: "00000006050403A0A1A2A3A4A5", header: 12, end: 31, size: 8, sealed: "A28C6865939A9A79FAAA5C4C2A9D4A91CDAC8C96C861B9C9E61EF1"},
		{name: "7", nonce: "00000009080706A0A1A2A3A4A5", header: 8, end: 31, size: 10, sealed: "0135D1B2C95F41D5D1D4FEC185D166B8094E999DFED96C048C56602C97ACBB7490"},
	} {
		packet := make([]byte, v.end)
		for i := range packet {
			packet[i] = byte(i)
		}
		nonce := [ccmNonce]byte(unhex(t, v.nonce))
		var c ccm
		header, text := packet[:v.header], bytes.Clone(packet[v.header:])
		tag := bytes.Clone(c.tag(block, &nonce, header, text, v.size))
		c.crypt(block, &nonce, text)
		if got := append(text, tag...); !bytes.Equal(got, unhex(t, v.sealed)) {
			t.Errorf("vector %s: %X, want %s", v.name, got, v.sealed)
		}
		c.crypt(block, &nonce, text)
		if !bytes.Equal(text, packet[v.header:]) || !bytes.Equal(c.tag(block, &nonce, header, text, v.size), tag) {
			t.Errorf("vector %s does not open", v.name)
		}
	}
	// Without a header in clear, and a header that fills its first block.
	var c ccm
	nonce := [ccmNonce]byte{}
	none := bytes.Clone(c.tag(block, &nonce, nil, []byte("text"), 8))
	if bytes.Equal(none, c.tag(block, &nonce, make([]byte, 14), []byte("text"), 8)) {
		t.Error("the tag does not cover the header")
	}
}
