package crash_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"earshot/collector/crash"
)

func fails(value any) (err error) {
	defer crash.Catch(&err)
	if value != nil {
		panic(value)
	}
	return io.EOF
}

func TestCatch(t *testing.T) {
	t.Parallel()
	if err := fails(nil); err != io.EOF {
		t.Errorf("without a panic: %v", err)
	}
	first := fails(io.ErrClosedPipe)
	var bug *crash.Error
	if !errors.As(first, &bug) || !errors.Is(first, io.ErrClosedPipe) || !strings.Contains(string(bug.Stack), "crash_test.go") {
		t.Errorf("panic: %v", first)
	}
	if again := fails(bug); again != first {
		t.Errorf("a panic with a caught one has another stack: %v", again)
	}
	if text := fails("oops").Error(); !strings.HasPrefix(text, fmt.Sprintf("internal error: %v;", "oops")) {
		t.Errorf("text %q", text)
	}
}
