package look

import (
	"image/color"
	"math"
	"testing"

	"github.com/charmbracelet/colorprofile"
)

// TestContrast holds the colours of the themes that are chosen by background to 4.5:1
// against black and white, and against the greys that terminals use instead.
func TestContrast(t *testing.T) {
	t.Parallel()
	grey := func(v uint8) color.Color { return color.RGBA{v, v, v, 255} }
	backgrounds := map[string][]color.Color{"dark": {color.Black, grey(0x1E), grey(0x28)}, "light": {color.White, grey(0xFA)}}
	for name, list := range backgrounds {
		for i, p := range themes[name] {
			if p.colour == own {
				continue
			}
			for _, b := range list {
				if c := contrast(p.foreground(), b); c < 4.5 {
					t.Errorf("%s: token %d has colour %d, %.1f:1 on %v", name, i, p.colour, c, b)
				}
			}
		}
	}
}

// contrast is the contrast ratio of WCAG 2.1.
func contrast(a, b color.Color) float64 {
	x, y := luminance(a)+0.05, luminance(b)+0.05
	return max(x, y) / min(x, y)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		f := float64(v) / 0xFFFF
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func TestThemeFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		profile    colorprofile.Profile
		background color.Color
		want       string
	}{
		{name: "", profile: colorprofile.TrueColor, background: nil, want: "16"},
		{name: "auto", profile: colorprofile.TrueColor, background: color.White, want: "light"},
		{name: "auto", profile: colorprofile.ANSI256, background: color.Black, want: "dark"},
		{name: "auto", profile: colorprofile.ANSI, background: color.Black, want: "16"},
		{name: "auto", profile: colorprofile.ANSI, background: color.White, want: "16-light"},
		{name: "contrast", profile: colorprofile.ANSI, background: color.White, want: "contrast"},
	} {
		if got := ThemeFor(c.name, c.profile, c.background); got != themes[c.want] {
			t.Errorf("%q with %v on %v: not %s", c.name, c.profile, c.background, c.want)
		}
	}
}

// TestThemesAreComplete holds the names that are offered to themes, and each theme to
// attributes without which the cursor would be seen by colour alone.
func TestThemesAreComplete(t *testing.T) {
	t.Parallel()
	for _, name := range Themes() {
		if name != "auto" && themes[name] == nil {
			t.Errorf("there is no theme %s", name)
		}
	}
	for name, th := range themes {
		if !th[Selected].reverse || !th[Strong].bold {
			t.Errorf("%s: the selected row, or what is strong, has no attribute", name)
		}
	}
}
