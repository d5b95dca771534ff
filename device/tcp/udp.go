package tcp

import (
	"context"
	"errors"
	"fmt"
	"net"

	"earshot/device"
)

// maxDatagram is the longest possible datagram, in bytes.
const maxDatagram = 64 << 10

// UDP receives datagrams, each with one telegram or several.
type UDP struct {
	*receiver
	conn *net.UDPConn
}

// ListenUDP listens at the address that spec names. Errors are those of Listen.
func ListenUDP(ctx context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	addr, form, err := parse(spec)
	if err != nil {
		return nil, err
	}
	conn, err := (&net.ListenConfig{}).ListenPacket(ctx, "udp", addr)
	if err != nil {
		return nil, cannotListen(spec, err)
	}
	name := fmt.Sprintf("udp:%d", conn.LocalAddr().(*net.UDPAddr).Port)
	return &UDP{receiver: newReceiver(name, spec, opt, form), conn: conn.(*net.UDPConn)}, nil
}

// Receive implements device.Receiver.
func (u *UDP) Receive(ctx context.Context, sink device.Sink) error {
	if u.isClosed() {
		return u.ended()
	}
	u.begin(sink)
	stop := closeWith(ctx, u.conn)
	err := u.receive(sink)
	stop()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case u.isClosed():
		return u.ended()
	default:
		return device.Errorf(device.ErrGone, "%s receives no more datagrams (%w): check that the network is up", u.info.Name, err)
	}
}

// receive takes datagrams until the socket is closed.
func (u *UDP) receive(sink device.Sink) error {
	var from string
	s := u.newSender("", sink)
	s.trouble = func(err error) { u.tell(from, err) }
	buf := make([]byte, maxDatagram)
	for {
		n, addr, err := u.conn.ReadFromUDPAddrPort(buf)
		if err != nil && !errors.Is(err, net.ErrClosed) && n > 0 {
			err = nil // the datagram was too long for the buffer and was cut
		}
		if err != nil {
			return err
		}
		from = addr.Addr().Unmap().String()
		s.message(buf[:n])
		u.countDropped(s)
	}
}

// Close implements device.Receiver.
func (u *UDP) Close() error { return u.closeAll(func() error { return ignoreClosed(u.conn.Close()) }) }
