package tui

import (
	"encoding/binary"
	"time"

	"earshot/collector/state"
	"earshot/device"
	"earshot/device/wmbus"
)

// radioEvents are what a script says of receivers, deliveries and unlisted meters, nil if
// the verb is no such.
func (s *scenario) radioEvents(verb string, args []string, rest func(int) string) []state.Event {
	switch verb {
	case "begin": // campaign
		return []state.Event{state.CampaignStarted{At: s.at(), Session: state.Session{Campaign: int64(s.number(args[0])), Delivering: true, Brokers: []state.SessionBroker{{Name: "mqtt://broker:1883"}, {Name: "mqtts://backup:8883"}}}}}
	case "dongle": // name driver path serial firmware modes
		modes, err := device.ParseLinkModes(args[5])
		if err != nil {
			s.fatalf("%v", err)
		}
		return []state.Event{state.ReceiverUp{At: s.at(), Info: device.Info{Name: args[0], Driver: args[1], Path: args[2], Serial: args[3], Firmware: args[4], Modes: modes}}}
	case "receiver-back": // name away
		return []state.Event{state.ReceiverBack{At: s.at(), Receiver: args[0], Away: s.duration(args[1])}}
	case "trouble": // name reason
		return []state.Event{state.Trouble{At: s.at(), Receiver: args[0], Reason: rest(1)}}
	case "broker-held": // address reason
		return []state.Event{state.BrokerHeld{At: s.at(), Broker: args[0], Reason: rest(1)}}
	case "delivered": // broker meter
		return []state.Event{state.Delivered{At: s.at(), Broker: args[0], Refs: args[1:], Times: []time.Time{s.now}}}
	case "refused": // broker meter reason
		return []state.Event{state.Refused{At: s.at(), Broker: args[0], Ref: args[1], Reason: state.Reason{Code: state.ReasonText, Text: rest(2)}, Reading: s.now}}
	case "act": // meter what text
		return []state.Event{state.Noted{At: s.at(), Ref: args[0], What: args[1], Text: rest(2)}}
	case "stray": // maker id dBm telegrams interval, and litres, or sealed
		return s.strays(args)
	case "hostile": // receiver
		text := "\x1b[2J\x1b]0;gone\a\u202e\r\nevil \xff " + string(make([]byte, 3)) + "漢字 🇩🇰"
		return []state.Event{
			state.Trouble{At: s.at(), Receiver: text, Reason: text}, state.ReceiverDown{At: s.at(), Receiver: text, Reason: text},
			state.BrokerDown{At: s.at(), Broker: text, Reason: text}, state.StoreFailed{At: s.at(), Reason: text}, state.Noted{At: s.at(), Ref: text, What: text, Text: text},
			state.ReceiverUp{At: s.at(), Info: device.Info{Name: text + "2", Driver: text, Path: text, Serial: text, Firmware: text, Modes: []device.LinkMode{device.LinkMode(text)}}},
		}
	}
	return nil
}

// strays are telegrams of an unlisted meter, the last one now.
func (s *scenario) strays(args []string) (events []state.Event) {
	maker, err := wmbus.ParseManufacturer(args[0])
	if err != nil {
		s.fatalf("%v", err)
	}
	id, err := wmbus.ParseID(args[1])
	if err != nil {
		s.fatalf("%v", err)
	}
	address := wmbus.Address{Manufacturer: maker, ID: id, Version: 0x1B, Type: wmbus.TypeColdWater}
	count, interval := s.number(args[3]), s.duration(args[4])
	sealed := args[5] == "sealed"
	for i := range count {
		r := s.reception(device.ScaleDBm, int16(s.number(args[2])-3*(i%3)))
		at := s.now.Add(-time.Duration(count-1-i) * interval)
		if i > 0 && i < count-1 && i%4 == 1 {
			continue // not received
		}
		r.AirTime = at
		if !sealed {
			r.Bytes = plainWater(address, s.number(args[5]))
		}
		events = append(events, state.UnlistedHeard{At: state.At{Time: at}, Address: address, Reception: r, Encrypted: sealed})
	}
	return events
}

// plainWater is a telegram of a water meter that does not encrypt.
func plainWater(a wmbus.Address, litres int) []byte {
	b := []byte{0, 0x44}
	b = binary.LittleEndian.AppendUint16(b, uint16(a.Manufacturer))
	b = binary.LittleEndian.AppendUint32(b, uint32(a.ID))
	b = append(b, a.Version, byte(a.Type), 0x7A, 1, 0, 0, 0, 0x04, 0x13)
	b = binary.LittleEndian.AppendUint32(b, uint32(litres))
	b[0] = byte(len(b) - 1)
	return b
}
