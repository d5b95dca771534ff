package crash

import (
	"fmt"
	"runtime/debug"
)

// Error is a panic: a bug in earshot.
type Error struct {
	Value any    // what panic was called with
	Stack []byte // of the goroutine that panicked
}

func (e *Error) Error() string {
	return fmt.Sprintf("internal error: %v; everything stored is safe; please report this bug:\n%s", e.Value, e.Stack)
}

// Unwrap returns the value if it is an error.
func (e *Error) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// New makes an Error of a value returned by recover. It must be called by the
// deferred function, since it takes the current stack. If the value is an
// Error it is returned.
func New(value any) *Error {
	if e, ok := value.(*Error); ok {
		return e
	}
	return &Error{Value: value, Stack: debug.Stack()}
}

// Catch sets err to the panic of the function that defers it:
//
//	defer crash.Catch(&err)
func Catch(err *error) {
	if v := recover(); v != nil {
		*err = New(v)
	}
}
