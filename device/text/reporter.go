package text

import (
	"fmt"

	"earshot/device"
)

// maxInRow is how many troubles in a row are reported before the source is assumed to
// send nothing else.
const maxInRow = 10

// Reporter reports the troubles of an untrusted source: with the name of the source,
// and only a few in a row without a telegram in between. The others are counted. It
// is for one goroutine.
type Reporter struct {
	name  string
	sink  device.Sink
	count func() // called for each trouble that is not reported
	inRow int
}

// NewReporter returns a Reporter that reports to sink. name is the source, or "" if the
// troubles name their place themselves. unreported, which may be nil, is called for each
// trouble that is not reported.
func NewReporter(name string, sink device.Sink, unreported func()) *Reporter {
	return &Reporter{name: name, sink: sink, count: unreported}
}

// Trouble reports err, or counts it.
func (t *Reporter) Trouble(err error) {
	if t.name != "" {
		err = fmt.Errorf("%s: %w", t.name, err)
	}
	t.inRow++
	switch {
	case t.inRow < maxInRow:
		t.sink.Trouble(err)
	case t.inRow == maxInRow:
		t.sink.Trouble(fmt.Errorf("%w (further errors are only counted until a telegram comes)", err))
	case t.count != nil:
		t.count()
	}
}

// Telegram notes that a telegram was read.
func (t *Reporter) Telegram() { t.inRow = 0 }
