package tcp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"

	"earshot/device"
)

const (
	// maxPeers is how many may be connected at once. If there are more, the one
	// that was quiet longest is disconnected, provided it was quiet for
	// quietTime; otherwise the next one has to wait.
	maxPeers  = 64
	quietTime = 5 * time.Second
	// lineTime is how long a peer may take for one line.
	lineTime = 10 * time.Second
	// maxBad is how many bad lines in a row a peer may send.
	maxBad = 100
)

// Listener accepts connections from senders of one or more telegrams.
type Listener struct {
	*receiver
	listener  net.Listener
	lineTime  time.Duration
	quietTime time.Duration

	peersMu sync.Mutex
	peers   map[*peer]struct{}
	left    chan struct{} // receives when a peer has left
}

// peer is one connection.
type peer struct {
	*net.TCPConn
	last time.Time // when it last sent something; guarded by Listener.peersMu
}

// Listen listens at the address that spec names. Errors wrap ErrBadSpec, ErrBusy
// or ErrUnsupported.
func Listen(ctx context.Context, spec device.Spec, opt device.Options) (device.Receiver, error) {
	addr, form, err := parse(spec)
	if err != nil {
		return nil, err
	}
	config := net.ListenConfig{KeepAliveConfig: keepAlive}
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, cannotListen(spec, err)
	}
	name := fmt.Sprintf("tcp:%d", listener.Addr().(*net.TCPAddr).Port)
	return &Listener{
		receiver: newReceiver(name, spec, opt, form), listener: listener,
		lineTime: lineTime, quietTime: quietTime, peers: map[*peer]struct{}{}, left: make(chan struct{}, 1),
	}, nil
}

// Receive implements device.Receiver.
func (l *Listener) Receive(ctx context.Context, sink device.Sink) error {
	if l.isClosed() {
		return l.ended()
	}
	l.begin(sink)
	stop := closeWith(ctx, l.listener)
	var peers sync.WaitGroup
	err := l.accept(ctx, func(p *peer) { peers.Go(func() { l.serve(p, sink) }) })
	stop()
	l.cutAll()
	peers.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case l.isClosed():
		return l.ended()
	default:
		_ = l.listener.Close()
		return device.Errorf(device.ErrGone, "%s accepts no more connections (%w): check that the network is up", l.info.Name, err)
	}
}

// Close implements device.Receiver.
func (l *Listener) Close() error {
	return l.closeAll(func() error { return ignoreClosed(l.listener.Close()) })
}

// accept passes every connection to serve until the listener is closed.
func (l *Listener) accept(ctx context.Context, serve func(*peer)) error {
	for {
		conn, err := l.listener.Accept()
		switch {
		case errors.Is(err, syscall.ECONNABORTED): // the peer has already gone
			continue
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
			l.tell("", errors.New("too many open files: the next connection has to wait"))
			if l.waitForOneToLeave(ctx) {
				continue
			}
			return err
		case err != nil:
			return err
		}
		p := &peer{TCPConn: conn.(*net.TCPConn), last: time.Now()}
		for !l.enter(p) {
			if !l.waitForOneToLeave(ctx) {
				return p.Close()
			}
		}
		serve(p)
	}
}

// enter adds a peer, unless there are too many and none of them was quiet long
// enough to be disconnected.
func (l *Listener) enter(p *peer) bool {
	l.peersMu.Lock()
	defer l.peersMu.Unlock()
	if len(l.peers) >= maxPeers {
		quietest := p
		for other := range l.peers {
			if other.last.Before(quietest.last) {
				quietest = other
			}
		}
		if time.Since(quietest.last) < l.quietTime {
			return false
		}
		_ = quietest.Close()
		delete(l.peers, quietest)
		l.tell("", fmt.Errorf("more than %d senders are connected: the one that was quiet longest was disconnected", maxPeers))
	}
	l.peers[p] = struct{}{}
	return true
}

// waitForOneToLeave waits until a peer has left, but only for a moment. It returns
// false if the receiver is to end.
func (l *Listener) waitForOneToLeave(ctx context.Context) bool {
	t := time.NewTimer(100 * time.Millisecond)
	defer t.Stop()
	select {
	case <-l.left:
	case <-t.C:
	case <-l.closed:
	case <-ctx.Done():
	}
	return ctx.Err() == nil && !l.isClosed()
}

// serve reads one peer until it ends and reports how, unless it ended normally.
func (l *Listener) serve(p *peer, sink device.Sink) {
	defer func() {
		_ = p.Close()
		l.peersMu.Lock()
		defer l.peersMu.Unlock()
		delete(l.peers, p)
		select {
		case l.left <- struct{}{}:
		default:
		}
	}()
	from := p.RemoteAddr().(*net.TCPAddr).IP.String()
	err := l.read(noting{p, l}, l.newSender(from, sink), l.lineTime, maxBad)
	if errors.Is(err, errCut) {
		l.tell(from, err)
	}
}

// noting records when a peer sends.
type noting struct {
	*peer
	listener *Listener
}

func (n noting) Read(b []byte) (int, error) {
	got, err := n.peer.Read(b)
	if got > 0 {
		n.listener.peersMu.Lock()
		n.last = time.Now()
		n.listener.peersMu.Unlock()
	}
	return got, err
}

func (l *Listener) cutAll() {
	l.peersMu.Lock()
	defer l.peersMu.Unlock()
	for p := range l.peers {
		_ = p.Close()
	}
}
