package state

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Verdicts is the table of verdicts as text, one line a meter in the order of
// the list. Two states with the same verdicts have the same table.
func (s *State) Verdicts() []byte { return verdicts(s.rows) }

// Verdicts is the table of verdicts, as State.Verdicts.
func (s Snapshot) Verdicts() []byte { return verdicts(s.Rows) }

// VerdictRules is the number of the rules and words by which verdicts are made:
// tables that other rules made cannot be compared. It grows with each change of
// what verdicts writes. TestVerdictRules finds one of the rules and words here;
// one of what a telegram is decoded to has to be thought of.
const VerdictRules = 2

// Digest is the hash of the table of verdicts, in hex.
func (s *State) Digest() string {
	sum := sha256.Sum256(verdicts(s.rows))
	return hex.EncodeToString(sum[:])
}

// verdicts is the table of verdicts: one line a row, in the order of the list.
func verdicts(rows []*Row) []byte {
	var b []byte
	for _, r := range rows {
		b = fmt.Appendf(b, "%s\t%d\t%v\t%d\t%q\t%q\t%q\t%v\t%d", r.Ref, r.Chain, r.Verdict.Code, r.Verdict.Mark, r.Verdict.Text,
			r.Verdict.Next, r.Alarms, r.Read.Late, len(r.Notes))
		if shown, cached := r.Shown(); shown != nil {
			v, _ := shown.Main()
			b = fmt.Appendf(b, "\t%v\t%s %s\t%s", cached, v.String(), v.Unit, shown.Time.UTC().Format(time.RFC3339Nano))
		}
		b = append(b, '\n')
	}
	return b
}
