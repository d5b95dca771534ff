package format

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"earshot/collector/reading"
	"earshot/collector/upload"
	"earshot/device/mqttconn"
)

// ErrFormat is what every error about the choice of a format is.
var ErrFormat = errors.New("format of what is published")

// Format is how a reading is written.
type Format string

// The formats.
const (
	Earshot     Format = "earshot"     // as the outbox has it: assets/schema/reading.schema.json
	Wmbusmeters Format = "wmbusmeters" // the fields of that program's JSON
)

// Formats are all formats; the first is the default.
var formats = []Format{Earshot, Wmbusmeters}

// Parse finds a format by its name; "" is the default.
func Parse(name string) (Format, error) {
	if name == "" {
		return Earshot, nil
	}
	if !slices.Contains(formats, Format(name)) {
		return "", formatError(fmt.Sprintf("the format %q is not known: choose %s or %s", name, formats[0], formats[1]))
	}
	return Format(name), nil
}

type formatError string

func (e formatError) Error() string      { return string(e) }
func (formatError) Is(target error) bool { return target == ErrFormat }

// DiscoveryPrefix is where Home Assistant looks for sensors unless it is
// configured otherwise.
const DiscoveryPrefix = "homeassistant"

// Options say what is published. The zero value is earshot's own format on
// upload.DefaultTemplate.
type Options struct {
	Format   Format
	Template upload.Template
	// Discovery announces each meter to Home Assistant. The broker then keeps
	// the last reading of each, since Home Assistant subscribes later.
	Discovery bool
	// Echo turns on the echo check.
	Echo bool
}

// Apply returns the settings of an uploader for a gateway.
func (o Options) Apply(cfg upload.Config, g Gateway) upload.Config {
	cfg.Store = g.Store
	cfg.Status = upload.Status{
		Topic: mqttconn.StatusTopic(g.Site),
		Payload: func(s upload.State, at time.Time) []byte {
			return g.status(s, at)
		},
	}
	if g.Campaign != "" {
		cfg.Properties = append(slices.Clip(cfg.Properties), upload.Property{Key: "campaign", Value: g.Campaign})
	}
	if o.Echo {
		cfg.EchoFilter = o.Template.Filter(g.Site)
	}
	if o.Discovery {
		cfg.Retain = true
		cfg.Birth = upload.Birth{Topic: DiscoveryPrefix + "/status", Payload: "online", Pause: cfg.Birth.Pause}
	}
	cfg.Render = o.render(g)
	return cfg
}

// render returns how readings are published; nil for as they are.
func (o Options) render(g Gateway) upload.Render {
	if (o.Format == "" || o.Format == Earshot) && o.Template.IsZero() && !o.Discovery {
		return nil
	}
	d := &discovery{
		prefix: DiscoveryPrefix, format: o.Format, site: g.Site, status: mqttconn.StatusTopic(g.Site), version: strings.TrimSpace(g.Version),
		meters: map[string]*meter{},
	}
	return func(m upload.Message) (upload.Rendered, error) {
		r, err := reading.DecodePublished(m.Payload)
		if err != nil {
			return upload.Rendered{}, fmt.Errorf("%w: it was made by another version of earshot; deliver it with --mqtt-format earshot and the topic as it was", err)
		}
		out := upload.Rendered{Publication: upload.Publication{Topic: m.Topic, Payload: m.Payload}}
		if !o.Template.IsZero() {
			out.Topic = o.Template.Topic(func(name string) string { return topicField(r, name) })
		}
		if o.Format == Wmbusmeters {
			out.Payload = wmbusmeters(r)
		}
		if o.Discovery {
			out.Before = d.announcements(r, out.Topic)
		}
		return out, nil
	}
}

// topicField is what a topic template may ask for.
func topicField(r *reading.Published, name string) string {
	switch name {
	case "site":
		return r.Site
	case "id":
		return r.Address.ID.String()
	case "meter":
		return r.Meter
	case "manufacturer":
		return r.Address.Manufacturer.String()
	case "medium":
		return r.Reading.Medium
	}
	return ""
}
