// The contract's functions as a component has them: texts are pointers and lengths, results lie in memory.
package main

import "unsafe"

// What was handed out stays alive: an instance lives for one call, and then all of it goes.
var kept [][]byte

//go:wasmexport cabi_realloc
func cabiRealloc(old unsafe.Pointer, oldSize, _, size uint32) unsafe.Pointer {
	if size == 0 {
		return nil
	}
	// Eight bytes more, since what is asked for may have to lie at a multiple of eight.
	block := make([]byte, size+8)
	kept = append(kept, block)
	start := unsafe.Pointer(&block[0])
	start = unsafe.Add(start, -uintptr(start)&7)
	if old != nil {
		copy(unsafe.Slice((*byte)(start), size), unsafe.Slice((*byte)(old), oldSize))
	}
	return start
}

//go:wasmimport jaros:plugin/panic@1.0.0 abort
func hostAbort(message unsafe.Pointer, length uint32)

func abort(message string) {
	hostAbort(unsafe.Pointer(unsafe.StringData(message)), uint32(len(message)))
}

// words are what a function returns where it returns more than one number.
type words [6]uint32

func (w *words) put(at int, text string) {
	block := []byte(text)
	if len(block) > 0 {
		kept = append(kept, block)
		w[at] = uint32(uintptr(unsafe.Pointer(&block[0])))
	}
	w[at+1] = uint32(len(block))
}

// answer is a `result` whose two cases are texts or nothing.
func answer(ok string, err error) *words {
	result := new(words)
	if err != nil {
		result[0] = 1
		ok = err.Error()
	}
	result.put(1, ok)
	return result
}

//go:wasmexport jaros:plugin/action@1.0.0#describe
func describe() unsafe.Pointer {
	defer giveUp()
	profile := new(words)
	profile.put(0, wordCount.description)
	profile.put(2, wordCount.schema)
	profile.put(4, "{}")
	return unsafe.Pointer(profile)
}

//go:wasmexport jaros:plugin/action@1.0.0#validate
func validate(payload unsafe.Pointer, length uint32) unsafe.Pointer {
	defer giveUp()
	_, err := wordCount.read(unsafe.String((*byte)(payload), length))
	return unsafe.Pointer(answer("", err))
}

//go:wasmexport jaros:plugin/action@1.0.0#execute
func execute(payload unsafe.Pointer, length uint32) unsafe.Pointer {
	defer giveUp()
	result, err := wordCount.carryOut(unsafe.String((*byte)(payload), length))
	return unsafe.Pointer(answer(result, err))
}
