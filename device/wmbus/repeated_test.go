package wmbus

import "testing"

// Repeated is what the hop bit says, of the extended link layer or the configuration
// word; a telegram that has neither was not repeated.
func TestRepeated(t *testing.T) {
	t.Parallel()
	records := (&Head{VIF: []byte{0x13}}).Int(nil, 4, 1)
	link := Address{Manufacturer: manufacturer("KAM"), ID: 0x12345678, Version: 1, Type: TypeWater}
	for _, c := range []struct {
		name string
		msg  Message
		want bool
	}{
		{name: "short header", msg: Message{Link: link, CI: 0x7A, Payload: records}},
		{name: "short header, hop", msg: Message{Link: link, CI: 0x7A, Config: configHop, Payload: records}, want: true},
		{name: "extended link layer", msg: Message{Link: link, ELL: ELL{CI: 0x8C, CC: 0x20}, CI: 0x78, Payload: records}},
		{name: "extended link layer, hop", msg: Message{Link: link, ELL: ELL{CI: 0x8C, CC: 0x20 | ccHop}, CI: 0x78, Payload: records}, want: true},
		{name: "no header", msg: Message{Link: link, CI: 0x78, Payload: records}},
		{name: "nothing above the link layer", msg: Message{Link: link}},
	} {
		frame, err := c.msg.Append(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got Telegram
		_ = new(Decoder).Decode(&got, frame, nil)
		if got.Repeated() != c.want {
			t.Errorf("%s: %t, want %t", c.name, got.Repeated(), c.want)
		}
		for n := range frame {
			_ = new(Decoder).Decode(&got, frame[:n], nil)
			got.Repeated() // must not panic, wherever the telegram ends
		}
	}
}
