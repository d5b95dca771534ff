package meter

import (
	"fmt"
	"strings"

	"earshot/collector/state"
	"earshot/collector/words"
	"earshot/device/wmbus"
	"earshot/tui/look"
	"earshot/tui/screen"
)

// special are the details for specialists: why the verdict is as it is, the address on the
// air, the last telegrams, and one of them dissected.
func (p page) special(s *Screen, r *state.Row) {
	p.Head(p.say("meter.special", nil))
	why := s.host.Snap.Explain(r)
	for _, f := range p.Lang.Why(&why) {
		p.Fact(look.Plain, f.Label, f.Text)
	}
	if h := r.Heard; h.Address.ID != 0 || h.Count > 0 {
		p.fact(look.Plain, "meter.on_air", p.say("meter.on_air.address", words.Args{"Address": h.Address, "Type": h.Address.Type, "Version": int(h.Address.Version)}))
	}
	p.Head(p.say("meter.last_telegrams", nil))
	if len(r.Recent) == 0 {
		p.Say(look.Dim, 3, p.say("meter.none_heard", nil))
		return
	}
	shown := len(r.Recent) - 1 - min(s.telegram, len(r.Recent)-1)
	for i := len(r.Recent) - 1; i >= 0; i-- {
		p.telegram(&why, i, i == shown)
	}
	p.layers(s.dissect(r, r.Recent[shown].Bytes), r.Recent[shown].Bytes)
}

// dissect says what the bytes of a telegram are: decrypted if the meter's key opens it.
func (s *Screen) dissect(r *state.Row, telegram []byte) []wmbus.Part {
	if s.host.Lab != nil {
		return s.host.Lab.Dissect(r.Ref, telegram)
	}
	var d wmbus.Decoder
	parts, _ := d.Explain(new(wmbus.Telegram), telegram, nil) // the parts say what is wrong
	return parts
}

// telegram is a line about one of the last telegrams.
func (p page) telegram(why *state.Explanation, i int, shown bool) {
	t := &why.Row.Recent[i]
	n := p.Line(p.Width).Put(look.Accent, look.Pick(shown, " "+p.Cursor+" ", "   "))
	n.Put(look.Plain, t.Time.Format("15:04:05.000")).Put(look.Dim, "  "+p.Text(p.Lang.Reached(why, i))).Put(look.Strong, "  "+p.Text(p.Lang.Outcome(&t.Outcome)))
	if rssi := p.RSSI(t.RSSI); rssi != "" {
		n.Put(look.Plain, "  "+rssi)
	}
	if t.Mode != "" {
		n.Put(look.Dim, "  "+p.Text(string(t.Mode)))
	}
	p.Add(n.Put(look.Dim, "  "+p.Text(t.Receiver)).Put(look.Dim, "  "+p.Lang.Plural("meter.bytes", len(t.Bytes), nil)))
}

// roleTokens style the bytes of a telegram by what they are for.
var roleTokens = map[wmbus.Role]look.Token{
	wmbus.RoleAddress: look.Accent, wmbus.RoleSecurity: look.Listening, wmbus.RoleCheck: look.Listening, wmbus.RoleValue: look.Good,
	wmbus.RoleFiller: look.Dim, wmbus.RoleEncrypted: look.TimedOut, wmbus.RoleUnread: look.Failed,
}

// hexBytes is how many bytes of a part stand on a line.
const hexBytes = 8

// layers shows a telegram layer by layer: what every byte is for. Bytes that were encrypted
// are shown as they were received, and then decrypted.
func (p page) layers(parts []wmbus.Part, telegram []byte) {
	p.Head(p.say("meter.layers", nil))
	if len(parts) == 0 {
		p.hex(look.Dim, 3, telegram)
		return
	}
	for i := range parts {
		part := &parts[i]
		if part.Length == 0 {
			continue
		}
		switch meaning := string(part.Meaning); {
		case part.Role == wmbus.RoleLayer:
			text := part.Name
			if meaning != "" {
				text += ": " + meaning
			}
			p.Say(look.Strong, 2, text)
			if part.Clear != nil {
				p.Say(look.Dim, 4, p.say("meter.layers.encrypted", nil))
				p.hex(look.TimedOut, 6, part.Raw)
				p.Say(look.Dim, 4, p.say("meter.layers.decrypted", nil))
			}
		case part.Role == wmbus.RoleRecord:
			p.Say(look.Plain, 4, strings.ReplaceAll(part.Name, "_", " ")+": "+meaning)
		default:
			p.part(part, meaning)
		}
	}
}

// hex writes bytes on as many lines as they take.
func (p page) hex(tone look.Token, indent int, bytes []byte) {
	n := max(1, (p.Width-indent-1)/3)
	for ; len(bytes) > 0; bytes = bytes[min(n, len(bytes)):] {
		p.Add(p.Line(p.Width).Gap(p.Width-indent).Put(tone, fmt.Sprintf("% X", bytes[:min(n, len(bytes))])))
	}
}

// part is a field: where it begins, its bytes, and what they mean.
func (p page) part(part *wmbus.Part, meaning string) {
	bytes := part.Raw
	if part.Clear != nil {
		bytes = part.Clear
	}
	tone := roleTokens[part.Role]
	if part.Role == wmbus.RoleEncrypted || part.Role == wmbus.RoleFiller || len(bytes) > 4*hexBytes {
		p.Say(tone, 4, fmt.Sprintf("%3d  %s: %s", part.Offset, part.Name, meaning))
		p.hex(tone, 9, bytes)
		return
	}
	each := look.Pick(p.Width < screen.Narrow, hexBytes/2, hexBytes)
	for i := 0; i < len(bytes); i += each {
		n := p.Line(p.Width).Put(look.Plain, "    ")
		n.Right(look.Dim, fmt.Sprint(part.Offset+i), 3).Put(look.Plain, " ")
		n.Cell(tone, fmt.Sprintf("% X", bytes[i:min(i+each, len(bytes))]), 3*each-1)
		if i == 0 {
			n.Put(look.Plain, " "+p.Text(part.Name))
			if meaning != "" && part.Name != meaning {
				n.Put(look.Dim, ": "+p.Text(meaning))
			}
		}
		p.Add(n)
	}
}
