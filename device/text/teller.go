package text

import (
	"fmt"

	"earshot/device"
)

// maxTold is how many troubles in a row are told before a source is believed
// to send nothing else.
const maxTold = 10

// Teller passes on the troubles of a source whose sender is not known to mean
// well: named by the source, and only so many in a row without a telegram
// between them. The others are counted. It is for one goroutine.
type Teller struct {
	name  string
	sink  device.Sink
	count func() // once for each trouble that is not told
	inRow int
}

// NewTeller returns a teller that passes on to sink what is wrong at name, "" if
// troubles say themselves where they are.
// untold, which may be nil, is called for each trouble that is not told.
func NewTeller(name string, sink device.Sink, untold func()) *Teller {
	return &Teller{name: name, sink: sink, count: untold}
}

// Trouble tells err, or counts it.
func (t *Teller) Trouble(err error) {
	if t.name != "" {
		err = fmt.Errorf("%s: %w", t.name, err)
	}
	t.inRow++
	switch {
	case t.inRow < maxTold:
		t.sink.Trouble(err)
	case t.inRow == maxTold:
		t.sink.Trouble(fmt.Errorf("%w (more like it are counted, and not told until a telegram comes)", err))
	case t.count != nil:
		t.count()
	}
}

// Telegram notes that a telegram was read.
func (t *Teller) Telegram() { t.inRow = 0 }
