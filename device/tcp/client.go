package tcp

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"earshot/device"
)

// dialTime is how long a server may take to accept.
const dialTime = 10 * time.Second

// Client is a connection to a server.
type Client struct {
	*receiver
	conn net.Conn
}

// Dial connects to the server that spec names. Errors wrap ErrBadSpec, or ErrGone
// if the server may be available later.
func Dial(ctx context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	addr, form, err := parse(spec)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: dialTime, KeepAliveConfig: keepAlive}
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, device.Errorf(device.ErrGone, "cannot connect to %s (%w): check host and port, and that the program there runs", spec, err)
	}
	return &Client{receiver: newReceiver(spec.URL.Host, spec, opt, form), conn: conn}, nil
}

// Receive implements device.Receiver.
func (c *Client) Receive(ctx context.Context, sink device.Sink) error {
	if c.isClosed() {
		return c.ended()
	}
	c.begin(sink)
	stop := closeWith(ctx, c.conn)
	err := c.read(c.conn, c.newSender("", sink), 0, 0)
	stop()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case c.isClosed():
		return c.ended()
	case errors.Is(err, io.EOF):
		return device.Errorf(device.ErrGone, "%s ended the connection: check that the program there still runs", c.info.Name)
	default:
		return device.Errorf(device.ErrGone, "the connection to %s was lost (%w): check that it is on and the network is up", c.info.Name, err)
	}
}

// Close implements device.Receiver.
func (c *Client) Close() error {
	return c.closeAll(func() error { return ignoreClosed(c.conn.Close()) })
}

// closeWith closes what when ctx ends. stop waits for its goroutine.
func closeWith(ctx context.Context, what io.Closer) (stop func()) {
	finished := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case <-finished:
		case <-ctx.Done():
			_ = what.Close()
		}
	})
	return func() {
		close(finished)
		wg.Wait()
	}
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
