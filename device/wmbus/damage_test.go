package wmbus

import (
	"errors"
	"testing"
)

// What was damaged on its way says nothing against the key.
func TestDamaged(t *testing.T) {
	t.Parallel()
	key := mustKey(t, key00to0F)
	link := Address{manufacturer("KAM"), 0x87654321, 0x1B, TypeColdWater}
	build := func(m Message) []byte {
		m.Link = link
		frame, err := m.Append(nil, key)
		if err != nil {
			t.Fatal(err)
		}
		return frame
	}
	const full = "02FF207100 0413809C0000 4413E8030000 615B0F 616713"
	compact, err := AppendCompact(nil, unhex(t, full))
	if err != nil {
		t.Fatal(err)
	}
	ell := ELL{CI: 0x8D, CC: 0x20, Session: SessionAESCTR | 0x30}
	ellFull := build(Message{ELL: ell, CI: 0x78, Payload: unhex(t, waterRecords)})
	ellCompact := build(Message{ELL: ell, CI: 0x79, Payload: compact})
	ellMode5 := build(Message{ELL: ell, CI: 0x7A, Mode: ModeAESIV, Payload: unhex(t, waterRecords)})
	mode5 := build(Message{CI: 0x7A, Mode: ModeAESIV, Payload: unhex(t, waterRecords)})
	unsealed := build(Message{ELL: ELL{CI: 0x8D}, CI: 0x78, Payload: unhex(t, waterRecords)})
	for _, c := range []struct {
		name   string
		frame  []byte
		result SecurityResult
		doubts bool
	}{
		{name: "ELL, as sent", frame: ellFull, result: SecurityOK},
		{name: "ELL, a value", frame: changed(ellFull, 24, 1), result: Damaged},
		{name: "ELL, its checksum", frame: changed(ellFull, 17, 1), result: Damaged},
		{name: "ELL, compact frame", frame: changed(ellCompact, len(ellCompact)-1, 8), result: Damaged},
		{name: "ELL, the CI-field", frame: changed(ellFull, 19, 1), result: WrongKey, doubts: true},
		{name: "ELL, its session number, of which the key stream is made", frame: changed(ellFull, 14, 1), result: WrongKey, doubts: true},
		{name: "ELL, mode 5 in it", frame: changed(ellMode5, 30, 1), result: WrongKey, doubts: true},
		{name: "ELL, cut off", frame: ellFull[:len(ellFull)-3], result: Damaged},
		{name: "ELL, not encrypted", frame: changed(unsealed, 24, 1), result: Damaged},
		{name: "mode 5, as sent", frame: mode5, result: SecurityOK},
		{name: "mode 5, the first block", frame: changed(mode5, 18, 1), result: Damaged},
		{name: "mode 5, cut off in the first block", frame: mode5[:20], result: CannotTell},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var telegram Telegram
			err := new(Decoder).Decode(&telegram, c.frame, key)
			if telegram.Security.Result != c.result || telegram.Doubts() != c.doubts {
				t.Errorf("%v, %v; want %v", telegram.Security, err, c.result)
			}
			if telegram.Accuses(false) || telegram.Accuses(true) != c.doubts {
				t.Errorf("accuses the key: %v, %v", telegram.Accuses(false), telegram.Accuses(true))
			}
			if c.result == Damaged && (err == nil || len(telegram.Records) > 0) {
				t.Errorf("%v, %s", err, describe(telegram.Records))
			}
			if compact := c.name == "ELL, compact frame" || c.name == "ELL, the CI-field"; telegram.UsesTemplates() != compact {
				t.Errorf("uses templates: %v", telegram.UsesTemplates())
			}
			if errors.Is(err, ErrWrongKey) != c.doubts {
				t.Errorf("%v", err)
			}
			parts, _ := new(Decoder).Explain(&telegram, c.frame, key)
			checkCoverage(t, c.frame, parts)
		})
	}
}
