package seal

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"earshot/collector"
	"earshot/collector/site"
	"earshot/collector/state"
	"earshot/collector/store"
)

// Replay is a log that is to be replayed.
type Replay struct {
	Info   Info
	Signer PublicKey
	List   site.Site // keys that nobody gave are known by their fingerprint only
	// Blind says that some keys are not known: watchers of the log do not see all.
	Blind bool
	// Log yields the entries; it can be read once.
	Log iter.Seq2[collector.Traced, error]
	// Document is a sealed document, at most so many bytes of it.
	Document func(name string, limit int64) ([]byte, error)
}

// Replayed is what came out.
type Replayed struct {
	collector.Verification
	Documents []Document // made again: they must be those that are sealed
}

// verdicts replays a log and makes no documents.
func verdicts(r Replay) (out Replayed, err error) {
	out.Verification, err = collector.VerifyTraced(r.List, r.Log)
	return out, err
}

// campaign replays the log, and compares what comes out with what was sealed.
func (c *checker) campaign() {
	list, listed := c.list()
	sum := newChain()
	read := false
	log := func(yield func(collector.Traced, error) bool) {
		m, found := c.in.find(logName)
		if read = true; !found {
			return
		}
		more := true // the chain is checked to its end in any case
		for t := range entries(c.in.open(m, nil), c.note, sum) {
			more = more && yield(t, nil)
		}
	}
	if listed {
		replay := c.opts.Replay
		if replay == nil {
			replay = verdicts
		}
		out, err := replay(Replay{Info: c.result.Info, Signer: c.result.Signer, List: list, Blind: c.result.Keys.Lacking > 0, Log: log, Document: c.in.content})
		if err != nil {
			c.unreplayed(err)
		} else {
			c.compare(out)
		}
	}
	if !read {
		log(func(collector.Traced, error) bool { return false })
	}
	c.result.Log = sum.Chain
	if want := c.result.Info.Log; want != sum.Chain && c.result.Info.Kind != "" {
		c.note(Problem{Code: ChainEnd, File: logName, Want: want.String(), Got: sum.Chain.String()})
	}
	if want := c.result.Info; want.Kind != "" && !want.AsOf.Equal(asOf(sum.last, want.Campaign.Start)) {
		c.note(Problem{Code: FileForm, File: infoName, Got: "its time is not that of the last entry of the log"})
	}
}

// String is the chain in one line.
func (c Chain) String() string {
	return fmt.Sprintf("%d entries, %d telegrams, %d actions, %s", c.Entries, c.Telegrams, c.Actions, c.Head)
}

// list reads the list and gives it the keys that are known.
func (c *checker) list() (list site.Site, ok bool) {
	text, ok := c.read(listName, maxList)
	if !ok {
		return list, false
	}
	var in sealedList
	err := json.Unmarshal(text, &in)
	if err == nil {
		list, err = in.site()
	}
	if err != nil {
		c.note(Problem{Code: ListForm, File: listName, Got: err.Error()})
		return list, false
	}
	var given site.Site
	if c.opts.Keys != nil {
		given = *c.opts.Keys
	}
	keys := &c.result.Keys
	for i := range list.Meters {
		if !list.Meters[i].Key.IsZero() {
			keys.Needed++
		}
	}
	keys.Needed += len(list.Loose)
	keys.Lacking, keys.Others = fill(&list, given)
	return list, true
}

// unreplayed notes why a log cannot be replayed.
func (c *checker) unreplayed(err error) {
	p := Problem{Code: EntryOdd, File: logName, Got: err.Error()}
	if odd := (*store.EntryError)(nil); errors.As(err, &odd) {
		p.Entry, p.Got = odd.Seq, odd.Err.Error()
	}
	c.note(p)
}

// compare notes what the log gives otherwise than was sealed.
func (c *checker) compare(out Replayed) {
	r := c.result
	r.Replayed = true
	r.OtherList = out.OtherList
	r.Table = out.State.Verdicts()
	r.Verdicts = Verdicts{SHA256: out.State.Digest(), Compared: out.Compared, Differing: len(out.Differing), Skipped: out.Skipped}
	r.Findings = Findings{Checked: out.Findings.Checked, Trusted: out.Findings.Trusted, Wrong: out.Findings.WrongCount}
	for _, w := range out.Findings.Wrong {
		p := Problem{}
		differences([]byte(w.Found.String()), []byte(w.Recorded.String()), func(d Problem) {
			if p.Path == "" {
				p = d
			}
		})
		p.Code, p.File, p.Entry, p.Meter = FindingWrong, logName, w.Entry, w.Meter
		c.note(p)
	}
	r.Count += out.Findings.WrongCount - len(out.Findings.Wrong)
	for _, entry := range out.Differing {
		c.note(Problem{Code: VerdictsOther, File: logName, Entry: entry})
	}
	for _, d := range out.Documents {
		c.document(d)
	}
}

// SameRules reports whether this version of earshot judges as the one that sealed:
// tables that other rules made cannot be compared.
func (i Info) SameRules() bool { return i.Program.Rules == state.VerdictRules }

// document compares a document with the one that was made again.
func (c *checker) document(again Document) {
	before := c.result.Count
	m, found := c.in.find(again.Name)
	if !found {
		c.note(Problem{Code: FileMissing, File: again.Name})
		return
	}
	got, err := c.in.content(again.Name, int64(m.size))
	switch {
	case err != nil: // noted
	case string(got) == string(again.Data):
	case json.Valid(again.Data) && json.Valid(got):
		differences(again.Data, got, func(p Problem) {
			p.Code, p.File = DocumentWrong, again.Name
			c.note(p)
		})
	}
	if err == nil && c.result.Count == before && string(got) != string(again.Data) {
		c.note(Problem{Code: DocumentOther, File: again.Name, Got: firstDifference(again.Data, got)})
	}
	c.result.Documents = append(c.result.Documents, Compared{Name: again.Name, Same: err == nil && c.result.Count == before})
}

// firstDifference is where two documents part.
func firstDifference(want, got []byte) string {
	n := 0
	for n < len(want) && n < len(got) && want[n] == got[n] {
		n++
	}
	return fmt.Sprintf("they differ from byte %d on; one has %d bytes, the other %d", n, len(got), len(want))
}
