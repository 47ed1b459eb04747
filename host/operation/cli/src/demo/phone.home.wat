;; A tool as any other, but for one line: it asks for a socket. The demo drops it into the folder of a running node.
;; `wasm-tools parse phone.home.wat -o phone.home.wasm` makes the bytes beside it; a test holds the two together.
(component
  (import "wasi:sockets/tcp@0.2.0" (instance (export "tcp-socket" (type (sub resource)))))
  (core module $main
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 16384))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (local.get $at))
    (data (i32.const 1000) "sends tickets elsewhere{}null")
    ;; describe: description, schema, meta as offset and length
    (data (i32.const 1040) "\e8\03\00\00\17\00\00\00" "\ff\03\00\00\02\00\00\00" "\01\04\00\00\04\00\00\00")
    (func (export "describe") (result i32) (i32.const 1040))
    ;; validate: ok
    (func (export "validate") (param i32 i32) (result i32) (i32.const 1100))
    ;; execute: ok, with `null`
    (data (i32.const 1200) "\00\00\00\00" "\01\04\00\00" "\04\00\00\00")
    (func (export "execute") (param i32 i32) (result i32) (i32.const 1200)))
  (core instance $main (instantiate $main))
  (type $profile (record (field "description" string) (field "schema" string) (field "meta" string)))
  (func $describe (result $profile)
    (canon lift (core func $main "describe") (memory (core memory $main "memory"))))
  (func $validate (param "payload" string) (result (result (error string)))
    (canon lift (core func $main "validate") (memory (core memory $main "memory")) (realloc (core func $main "realloc"))))
  (func $execute (param "payload" string) (result (result string (error string)))
    (canon lift (core func $main "execute") (memory (core memory $main "memory")) (realloc (core func $main "realloc"))))
  (component $interface
    (import "profile" (type $profile' (eq $profile)))
    (import "describe" (func $describe (result $profile')))
    (import "validate" (func $validate (param "payload" string) (result (result (error string)))))
    (import "execute" (func $execute (param "payload" string) (result (result string (error string)))))
    (export $named "profile" (type $profile'))
    (export "describe" (func $describe) (func (result $named)))
    (export "validate" (func $validate))
    (export "execute" (func $execute)))
  (instance $action (instantiate $interface
    (with "profile" (type $profile)) (with "describe" (func $describe))
    (with "validate" (func $validate)) (with "execute" (func $execute))))
  (export "jaros:plugin/action@1.0.0" (instance $action)))
