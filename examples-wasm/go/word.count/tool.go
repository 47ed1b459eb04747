// What a tool is, and the way from the contract's texts to it.
package main

import (
	"encoding/json"
	"fmt"
	"runtime"
)

// A tool: carries a payload out and returns its result. An error is an outcome too: it is recorded, and what the call had
// staged is dropped.
type tool[P, R any] struct {
	description string
	schema      string
	validate    func(P) error
	execute     func(P) (R, error)
}

// failure is an error that says no more than its text.
type failure string

func (f failure) Error() string { return string(f) }

func (t tool[P, R]) read(text string) (P, error) {
	var payload P
	if err := json.Unmarshal([]byte(text), &payload); err != nil {
		return payload, fmt.Errorf("payload: %w", err)
	}
	return payload, t.validate(payload)
}

func (t tool[P, R]) carryOut(text string) (string, error) {
	payload, err := t.read(text)
	if err != nil {
		return "", err
	}
	result, err := t.execute(payload)
	if err != nil {
		return "", err
	}
	written, err := json.Marshal(result)
	return string(written), err
}

// giveUp tells the host what a panic said, and where.
func giveUp() {
	said := recover()
	if said == nil {
		return
	}
	place := "an unknown place"
	calls := make([]uintptr, 32)
	frames := runtime.CallersFrames(calls[:runtime.Callers(2, calls)])
	for more, inRuntime := true, false; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		runtimes := len(frame.Function) > 8 && frame.Function[:8] == "runtime."
		if inRuntime && !runtimes {
			place = fmt.Sprintf("%s:%d", frame.File, frame.Line)
			break
		}
		inRuntime = inRuntime || runtimes
	}
	abort(fmt.Sprintf("panic: %v, at %s", said, place))
}
