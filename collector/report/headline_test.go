package report

import (
	"bytes"
	"strings"
	"testing"

	"earshot/collector/state"
	"earshot/collector/words"
)

// TestHeadlineOnce: what explains all rows is said once, and not for each of them.
func TestHeadlineOnce(t *testing.T) {
	t.Parallel()
	row := func(ref string, advice state.AdviceCode) *state.Row {
		return &state.Row{Ref: ref, Verdict: state.Verdict{Code: state.CodeTimedOut, Silence: &state.Silence{Code: state.SilenceNothing}, Advice: []state.Advice{{Code: advice}}}}
	}
	snap := state.Snapshot{
		Headline: state.HeadlineNothing,
		Rows:     []*state.Row{row("KAM-1", state.AdviceNothingHeard), row("KAM-2", state.AdviceNothingHeard), row("KAM-3", state.AdviceGoNearer)},
	}
	var out bytes.Buffer
	writeTodo(page{&out, words.English}, snap)
	text := out.String()
	if strings.Count(text, "look at the receiver") != 1 || strings.Contains(text, "KAM-1") || !strings.Contains(text, "KAM-3") {
		t.Errorf("%s", text)
	}
}
