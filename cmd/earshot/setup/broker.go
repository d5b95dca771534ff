package setup

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/eclipse/paho.golang/paho"

	"earshot/device/mqttconn"
	"earshot/tui/setup"
)

const (
	// patience is how long each step of the test may take.
	patience = 10 * time.Second
	// maxPacket bounds what the broker may send, in bytes.
	maxPacket = 64 << 10
)

// tryBroker connects to a broker, subscribes to a topic that nobody else has, publishes
// a message there, and waits until it comes back. It returns how long that took.
func tryBroker(ctx context.Context, s setup.Server, now func() time.Time) (time.Duration, error) {
	address, err := mqttconn.ParseAddress(s.Address)
	if err != nil {
		return 0, err
	}
	secure, err := mqttconn.LoadTLS(mqttconn.TLSFiles{}, now())
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	name := address.String()
	conn, err := mqttconn.Dial(ctx, mqttconn.Options{Address: address, TLS: secure, DialTimeout: patience, WriteTimeout: patience, MaxPacket: maxPacket})
	if err != nil {
		return 0, mqttconn.DialError(name, "--mqtt-ca FILE", err)
	}
	id := make([]byte, 8)
	_, _ = rand.Read(id) // never fails
	topic := "earshot/test/" + hex.EncodeToString(id)
	back := make(chan struct{}, 1)
	client := paho.NewClient(paho.ClientConfig{Conn: conn, OnPublishReceived: []func(paho.PublishReceived) (bool, error){
		func(p paho.PublishReceived) (bool, error) {
			if p.Packet.Topic == topic {
				select {
				case back <- struct{}{}:
				default:
				}
			}
			return true, nil
		},
	}})
	start := now()
	if err := dialogue(ctx, client, name, topic, s); err != nil {
		_ = conn.Close()
		return 0, err
	}
	defer func() {
		_ = client.Disconnect(&paho.Disconnect{})
		<-client.Done()
	}()
	select {
	case <-back:
		return now().Sub(start), nil
	case <-client.Done():
		return 0, mqttconn.LostError(name, conn.Why())
	case <-ctx.Done():
		return 0, mqttconn.Failf(nil, ctx.Err(), "%s: a message was published to %s and did not come back within %v: may this login publish and read there?", name, topic, patience)
	}
}

// dialogue connects, subscribes and publishes.
func dialogue(ctx context.Context, client *paho.Client, name, topic string, s setup.Server) error {
	ack, err := client.Connect(ctx, &paho.Connect{
		ClientID: "earshot-test-" + topic[len(topic)-8:], CleanStart: true, KeepAlive: 30,
		Username: s.User, UsernameFlag: s.User != "", Password: s.Password.Reveal(), PasswordFlag: !s.Password.IsZero(),
		Properties: &paho.ConnectProperties{RequestProblemInfo: true},
	})
	if err != nil {
		var code byte
		text := ""
		if ack != nil {
			if code = ack.ReasonCode; ack.Properties != nil {
				text = ack.Properties.ReasonString
			}
		}
		return mqttconn.ConnectError(name, code, text, err)
	}
	if _, err := client.Subscribe(ctx, &paho.Subscribe{Subscriptions: []paho.SubscribeOptions{{Topic: topic, QoS: 1}}}); err != nil {
		return mqttconn.Failf(nil, err, "%s: connected, but this login may not read %s (%v): ask the administrator of the broker", name, topic, err)
	}
	if _, err := client.Publish(ctx, &paho.Publish{Topic: topic, QoS: 1, Payload: []byte("earshot")}); err != nil {
		return mqttconn.Failf(nil, err, "%s: connected, but this login may not publish to %s (%v): ask the administrator of the broker", name, topic, err)
	}
	return nil
}
