package tcp

import (
	"context"
	"errors"
	"fmt"
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

// Dial connects to the server that spec names. Errors wrap ErrBadSpec, or
// ErrGone where it may be there another time.
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
		return nil, fmt.Errorf("cannot connect to %s (%w): check host and port, and whether the program there runs: %w", spec, err, device.ErrGone)
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
		return fmt.Errorf("%s has ended the connection: %w", c.info.Name, device.ErrGone)
	default:
		return fmt.Errorf("the connection to %s was lost (%w): %w", c.info.Name, err, device.ErrGone)
	}
}

// Close implements device.Receiver.
func (c *Client) Close() error {
	return c.closeAll(func() error { return ignoreClosed(c.conn.Close()) })
}

// closeWith closes what is waited for when ctx ends. stop waits for its
// goroutine.
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
