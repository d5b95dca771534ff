package all_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"earshot/device"
	"earshot/device/all"
	"earshot/device/devicetest"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	r, err := all.Open(t.Context(), devicetest.ParseSpec(t, "stdin:hex"), device.Options{Stdin: strings.NewReader(devicetest.PlainB + "\n")})
	if err != nil {
		t.Fatal(err)
	}
	var sink devicetest.Sink
	if err := r.Receive(t.Context(), &sink); !errors.Is(err, device.ErrEnd) || len(sink.Frames()) != 1 {
		t.Errorf("Receive: %v with %d frames, want ErrEnd and 1", err, len(sink.Frames()))
	}
	if got := r.Info(); got.Driver != "hexline" || got.Name != "stdin" {
		t.Errorf("Info() = %+v", got)
	}
}

func TestUnknownDriver(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"im999z:t1", "gopher://host/x", "building.jsonl:repaly", "mqtt://user:s3cret@broker/x"} {
		_, err := all.NewRegistry(named("replay"), named("hexline")).Open(t.Context(), devicetest.ParseSpec(t, text), device.Options{})
		if !errors.Is(err, device.ErrBadSpec) || !strings.Contains(err.Error(), "the drivers are replay, hexline") {
			t.Errorf("Open(%s): %v, want ErrBadSpec and the list of drivers", text, err)
		}
		if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func TestEveryDriverIsDescribed(t *testing.T) {
	t.Parallel()
	for _, d := range all.All() {
		if d.About == "" || strings.Contains(d.About, "\n") {
			t.Errorf("driver %s says %q about itself, want one line", d.Name, d.About)
		}
		spec := devicetest.ParseSpec(t, "x:"+d.Name)
		if spec.Driver != d.Name {
			t.Errorf("a Spec cannot name driver %q", d.Name)
		}
	}
}

func named(name string, aliases ...string) device.Driver {
	return device.Driver{Name: name, Aliases: aliases, Open: func(context.Context, device.Spec, device.Options) (device.Receiver, error) {
		return nil, errors.New(name)
	}}
}

func TestRegistry(t *testing.T) {
	t.Parallel()
	r := all.NewRegistry(named("b"), named("a", "x"))
	for name, want := range map[string]string{"a": "a", "x": "a", "b": "b"} {
		if d, err := r.Find(name); err != nil || d.Name != want {
			t.Errorf("Find(%s) = %s, %v; want %s", name, d.Name, err, want)
		}
	}
	if _, err := r.Find("c"); !errors.Is(err, device.ErrBadSpec) || !strings.HasSuffix(err.Error(), "the drivers are b, a") {
		t.Errorf("Find(c): %v, want the drivers in the order given", err)
	}
}

func TestMistakesOfTheProgramPanic(t *testing.T) {
	t.Parallel()
	for what, drivers := range map[string][]device.Driver{
		"the same name twice":   {named("a"), named("a")},
		"an alias that's taken": {named("a"), named("b", "a")},
		"no name":               {named("")},
		"no Open":               {{Name: "a"}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", what)
				}
			}()
			all.NewRegistry(drivers...)
		}()
	}
}
