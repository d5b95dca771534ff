package keeper

import (
	"context"
	"fmt"
	"time"

	"earshot/device"
)

// reopenLimit is how long a lost receiver is looked for.
const reopenLimit = 2 * time.Minute

// Reopen opens a receiver that was lost, as device.Reopen does, but not for
// ever. false: ctx has ended, or it stayed away.
func Reopen(ctx context.Context, lost device.Receiver, open device.Open, failed func(error)) (device.Receiver, bool) {
	ctx, cancel := context.WithTimeout(ctx, reopenLimit)
	defer cancel()
	return device.Reopen(ctx, lost, open, failed)
}

// GivenUp says that a receiver which was lost by err stayed away. It is no
// device.ErrGone any more.
func GivenUp(err error) error {
	return fmt.Errorf("%v; given up after %v: start again when it is back", err, reopenLimit)
}
