//! A guest that imports all of WASI that can be called, as a tool and as an agent.
//!
//! *Invariant:* both run the same body and answer with the numbers that it said, as a JSON array.
//! *Doesn't know:* what is expected of WASI.
//! *Start at:* [`Guest`].

use crate::{Agent, Tool};

/// The body of a guest; see `FUNCTIONS` for what it can call, and `$say number`, `$say-list address-of-list`.
pub struct Guest {
    /// The version of every interface that it imports.
    pub version: &'static str,
    /// What `execute` or `decide` does.
    pub body: String,
    /// In the core module: data.
    pub core: String,
}

/// A function: the instance, its name there, its component type, its name in the core module, its core type. `RET` takes the
/// address of its result.
type Function = (&'static str, &'static str, &'static str, &'static str, &'static str);

const FUNCTIONS: [Function; 47] = [
    (
        "poll",
        "[method]pollable.ready",
        r#"(param "self" (borrow $p)) (result bool)"#,
        "ready",
        "(param i32) (result i32)",
    ),
    ("poll", "[method]pollable.block", r#"(param "self" (borrow $p))"#, "block", "(param i32)"),
    ("poll", "poll", r#"(param "in" (list (borrow $p))) (result (list u32))"#, "poll", "(param i32 i32 i32)"),
    ("streams", "[method]input-stream.read", IN_BYTES, "read", "(param i32 i64 i32)"),
    ("streams", "[method]input-stream.blocking-read", IN_BYTES, "blocking-read", "(param i32 i64 i32)"),
    ("streams", "[method]input-stream.skip", IN_COUNT, "skip", "(param i32 i64 i32)"),
    ("streams", "[method]input-stream.blocking-skip", IN_COUNT, "blocking-skip", "(param i32 i64 i32)"),
    (
        "streams",
        "[method]input-stream.subscribe",
        r#"(param "self" (borrow $in)) (result (own $p))"#,
        "stdin-ready",
        "(param i32) (result i32)",
    ),
    (
        "streams",
        "[method]output-stream.check-write",
        r#"(param "self" (borrow $out)) (result (result u64 (error $stream-error)))"#,
        "check-write",
        "(param i32 i32)",
    ),
    ("streams", "[method]output-stream.write", OUT_BYTES, "write-some", "(param i32 i32 i32 i32)"),
    (
        "streams",
        "[method]output-stream.blocking-write-and-flush",
        OUT_BYTES,
        "write-all",
        "(param i32 i32 i32 i32)",
    ),
    ("streams", "[method]output-stream.flush", OUT_FLUSH, "flush", "(param i32 i32)"),
    ("streams", "[method]output-stream.blocking-flush", OUT_FLUSH, "blocking-flush", "(param i32 i32)"),
    ("streams", "[method]output-stream.write-zeroes", OUT_ZEROES, "zeroes", "(param i32 i64 i32)"),
    (
        "streams",
        "[method]output-stream.blocking-write-zeroes-and-flush",
        OUT_ZEROES,
        "blocking-zeroes",
        "(param i32 i64 i32)",
    ),
    ("streams", "[method]output-stream.splice", OUT_SPLICE, "splice", "(param i32 i32 i64 i32)"),
    (
        "streams",
        "[method]output-stream.blocking-splice",
        OUT_SPLICE,
        "blocking-splice",
        "(param i32 i32 i64 i32)",
    ),
    (
        "streams",
        "[method]output-stream.subscribe",
        r#"(param "self" (borrow $out)) (result (own $p))"#,
        "stdout-ready",
        "(param i32) (result i32)",
    ),
    ("monotonic", "now", "(result u64)", "now", "(result i64)"),
    ("monotonic", "resolution", "(result u64)", "resolution", "(result i64)"),
    (
        "monotonic",
        "subscribe-instant",
        r#"(param "when" u64) (result (own $p))"#,
        "at",
        "(param i64) (result i32)",
    ),
    (
        "monotonic",
        "subscribe-duration",
        r#"(param "when" u64) (result (own $p))"#,
        "after",
        "(param i64) (result i32)",
    ),
    ("wall", "now", "(result $datetime)", "wall", "(param i32)"),
    ("wall", "resolution", "(result $datetime)", "wall-resolution", "(param i32)"),
    ("timezone", "display", r#"(param "when" $dt) (result $display)"#, "zone", "(param i64 i32 i32)"),
    (
        "timezone",
        "utc-offset",
        r#"(param "when" $dt) (result s32)"#,
        "offset",
        "(param i64 i32) (result i32)",
    ),
    ("random", "get-random-bytes", r#"(param "len" u64) (result (list u8))"#, "bytes", "(param i64 i32)"),
    ("random", "get-random-u64", "(result u64)", "number", "(result i64)"),
    (
        "insecure",
        "get-insecure-random-bytes",
        r#"(param "len" u64) (result (list u8))"#,
        "dice-bytes",
        "(param i64 i32)",
    ),
    ("insecure", "get-insecure-random-u64", "(result u64)", "dice", "(result i64)"),
    ("seed", "insecure-seed", "(result (tuple u64 u64))", "seed", "(param i32)"),
    ("environment", "get-environment", "(result (list (tuple string string)))", "environment", "(param i32)"),
    ("environment", "get-arguments", "(result (list string))", "arguments", "(param i32)"),
    ("environment", "initial-cwd", "(result (option string))", "cwd", "(param i32)"),
    ("exit", "exit", r#"(param "status" (result))"#, "exit", "(param i32)"),
    ("exit", "exit-with-code", r#"(param "status-code" u8)"#, "exit-with-code", "(param i32)"),
    ("stdin", "get-stdin", "(result (own $in))", "stdin", "(result i32)"),
    ("stdout", "get-stdout", "(result (own $out))", "stdout", "(result i32)"),
    ("stderr", "get-stderr", "(result (own $out))", "stderr", "(result i32)"),
    ("terminal-stdin", "get-terminal-stdin", "(result (option (own $t)))", "terminal-in", "(param i32)"),
    ("terminal-stdout", "get-terminal-stdout", "(result (option (own $t)))", "terminal-out", "(param i32)"),
    ("terminal-stderr", "get-terminal-stderr", "(result (option (own $t)))", "terminal-err", "(param i32)"),
    ("preopens", "get-directories", "(result (list (tuple (own $d) string)))", "directories", "(param i32)"),
    ("instance-network", "instance-network", "(result (own $n))", "network", "(result i32)"),
    ("tcp", "create-tcp-socket", CREATE, "tcp", "(param i32 i32)"),
    ("udp", "create-udp-socket", CREATE, "udp", "(param i32 i32)"),
    (
        "lookup",
        "resolve-addresses",
        r#"(param "network" (borrow $n)) (param "name" string) (result (result (own $a) (error $ec)))"#,
        "resolve",
        "(param i32 i32 i32 i32)",
    ),
];

const IN_BYTES: &str =
    r#"(param "self" (borrow $in)) (param "len" u64) (result (result (list u8) (error $stream-error)))"#;
const IN_COUNT: &str =
    r#"(param "self" (borrow $in)) (param "len" u64) (result (result u64 (error $stream-error)))"#;
const OUT_BYTES: &str =
    r#"(param "self" (borrow $out)) (param "contents" (list u8)) (result (result (error $stream-error)))"#;
const OUT_FLUSH: &str = r#"(param "self" (borrow $out)) (result (result (error $stream-error)))"#;
const OUT_ZEROES: &str =
    r#"(param "self" (borrow $out)) (param "len" u64) (result (result (error $stream-error)))"#;
const OUT_SPLICE: &str = r#"(param "self" (borrow $out)) (param "src" (borrow $in)) (param "len" u64)
    (result (result u64 (error $stream-error)))"#;
const CREATE: &str = r#"(param "address-family" $family) (result (result (own $s) (error $ec)))"#;

/// An instance: its name here, its interface, its types, and what others alias from it.
const INSTANCES: [(&str, &str, &str, &[&str]); 28] = [
    ("error", "io/error", r#"(export "error" (type (sub resource)))"#, &["error"]),
    ("poll", "io/poll", r#"(export "pollable" (type $p (sub resource)))"#, &["pollable"]),
    (
        "streams",
        "io/streams",
        r#"(export "error" (type $e (eq $w-error)))
           (export "pollable" (type $p (eq $w-pollable)))
           (type $stream-error' (variant (case "last-operation-failed" (own $e)) (case "closed")))
           (export "stream-error" (type $stream-error (eq $stream-error')))
           (export "input-stream" (type $in (sub resource)))
           (export "output-stream" (type $out (sub resource)))"#,
        &["input-stream", "output-stream"],
    ),
    ("monotonic", "clocks/monotonic-clock", r#"(export "pollable" (type $p (eq $w-pollable)))"#, &[]),
    (
        "wall",
        "clocks/wall-clock",
        r#"(type $datetime' (record (field "seconds" u64) (field "nanoseconds" u32)))
           (export "datetime" (type $datetime (eq $datetime')))"#,
        &["datetime"],
    ),
    (
        "timezone",
        "clocks/timezone",
        r#"(export "datetime" (type $dt (eq $w-datetime)))
           (type $display' (record (field "utc-offset" s32) (field "name" string)
                                   (field "in-daylight-saving-time" bool)))
           (export "timezone-display" (type $display (eq $display')))"#,
        &[],
    ),
    ("random", "random/random", "", &[]),
    ("insecure", "random/insecure", "", &[]),
    ("seed", "random/insecure-seed", "", &[]),
    ("environment", "cli/environment", "", &[]),
    ("exit", "cli/exit", "", &[]),
    ("stdin", "cli/stdin", r#"(export "input-stream" (type $in (eq $w-input-stream)))"#, &[]),
    ("stdout", "cli/stdout", r#"(export "output-stream" (type $out (eq $w-output-stream)))"#, &[]),
    ("stderr", "cli/stderr", r#"(export "output-stream" (type $out (eq $w-output-stream)))"#, &[]),
    (
        "terminal-in",
        "cli/terminal-input",
        r#"(export "terminal-input" (type (sub resource)))"#,
        &["terminal-input"],
    ),
    (
        "terminal-out",
        "cli/terminal-output",
        r#"(export "terminal-output" (type (sub resource)))"#,
        &["terminal-output"],
    ),
    (
        "terminal-stdin",
        "cli/terminal-stdin",
        r#"(export "terminal-input" (type $t (eq $w-terminal-input)))"#,
        &[],
    ),
    (
        "terminal-stdout",
        "cli/terminal-stdout",
        r#"(export "terminal-output" (type $t (eq $w-terminal-output)))"#,
        &[],
    ),
    (
        "terminal-stderr",
        "cli/terminal-stderr",
        r#"(export "terminal-output" (type $t (eq $w-terminal-output)))"#,
        &[],
    ),
    // With a function of each kind that nobody can call.
    (
        "files",
        "filesystem/types",
        r#"(export "input-stream" (type $in (eq $w-input-stream)))
           (export "error" (type $e (eq $w-error)))
           (type $code' (enum "access" "cross-device"))
           (export "error-code" (type $code (eq $code')))
           (export "descriptor" (type $d (sub resource)))
           (export "[method]descriptor.read-via-stream" (func (param "self" (borrow $d)) (param "offset" u64)
             (result (result (own $in) (error $code)))))
           (export "filesystem-error-code" (func (param "err" (borrow $e)) (result (option $code))))"#,
        &["descriptor"],
    ),
    ("preopens", "filesystem/preopens", r#"(export "descriptor" (type $d (eq $w-descriptor)))"#, &[]),
    (
        "network",
        "sockets/network",
        r#"(export "network" (type (sub resource)))
           (type $code (enum "unknown" "access-denied" "not-supported" "invalid-argument" "out-of-memory" "timeout"
             "concurrency-conflict" "not-in-progress" "would-block" "invalid-state" "new-socket-limit"
             "address-not-bindable" "address-in-use" "remote-unreachable" "connection-refused" "connection-reset"
             "connection-aborted" "datagram-too-large" "name-unresolvable" "temporary-resolver-failure"
             "permanent-resolver-failure"))
           (export "error-code" (type (eq $code)))
           (type $family (enum "ipv4" "ipv6"))
           (export "ip-address-family" (type (eq $family)))"#,
        &["network", "error-code", "ip-address-family"],
    ),
    ("instance-network", "sockets/instance-network", r#"(export "network" (type $n (eq $w-network)))"#, &[]),
    (
        "tcp-socket",
        "sockets/tcp",
        r#"(export "network" (type $n (eq $w-network)))
           (export "tcp-socket" (type $s (sub resource)))
           (export "[method]tcp-socket.set-hop-limit" (func (param "self" (borrow $s)) (param "value" u8)))"#,
        &["tcp-socket"],
    ),
    ("udp-socket", "sockets/udp", r#"(export "udp-socket" (type (sub resource)))"#, &["udp-socket"]),
    (
        "tcp",
        "sockets/tcp-create-socket",
        r#"(export "error-code" (type $ec (eq $w-error-code)))
           (export "ip-address-family" (type $family (eq $w-ip-address-family)))
           (export "tcp-socket" (type $s (eq $w-tcp-socket)))"#,
        &[],
    ),
    (
        "udp",
        "sockets/udp-create-socket",
        r#"(export "error-code" (type $ec (eq $w-error-code)))
           (export "ip-address-family" (type $family (eq $w-ip-address-family)))
           (export "udp-socket" (type $s (eq $w-udp-socket)))"#,
        &[],
    ),
    (
        "lookup",
        "sockets/ip-name-lookup",
        r#"(export "network" (type $n (eq $w-network)))
           (export "error-code" (type $ec (eq $w-error-code)))
           (export "resolve-address-stream" (type $a (sub resource)))"#,
        &[],
    ),
];

/// In the core module: `$say` writes a number into the answer, `$say-list` the numbers of a list of `u32`.
const ANSWER: &str = r#"
    (global $end (mut i32) (i32.const 8193))
    (data (i32.const 8192) "[")
    (func $put (param $byte i32)
      (i32.store8 (global.get $end) (local.get $byte))
      (global.set $end (i32.add (global.get $end) (i32.const 1))))
    (func $digits (param $n i64)
      (if (i64.ge_u (local.get $n) (i64.const 10)) (then (call $digits (i64.div_u (local.get $n) (i64.const 10)))))
      (call $put (i32.add (i32.const 48) (i32.wrap_i64 (i64.rem_u (local.get $n) (i64.const 10))))))
    (func $say (param $n i64)
      (if (i32.ne (global.get $end) (i32.const 8193)) (then (call $put (i32.const 44))))
      (call $digits (local.get $n)))
    (func $say-i32 (param $n i32) (call $say (i64.extend_i32_u (local.get $n))))
    (func $say-list (param $list i32) (local $at i32) (local $left i32)
      (local.set $at (i32.load (local.get $list)))
      (local.set $left (i32.load offset=4 (local.get $list)))
      (call $say-i32 (local.get $left))
      (block $none (loop $next
        (br_if $none (i32.eqz (local.get $left)))
        (call $say-i32 (i32.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $next))))
    (func $length (result i32) (call $put (i32.const 93)) (i32.sub (global.get $end) (i32.const 8192)))"#;

impl Guest {
    /// A guest with this body.
    #[must_use]
    pub fn new(body: &str) -> Self {
        Self { version: "0.2.6", body: body.to_owned(), core: String::new() }
    }

    /// What a core module imports for it: (imports, with, core imports).
    fn parts(&self) -> (String, String, String) {
        let (mut imports, mut exports, mut core) = (String::new(), String::new(), String::new());
        for (instance, interface, types, aliases) in INSTANCES {
            imports +=
                &format!("(import \"wasi:{interface}@{}\" (instance $wasi-{instance} {types}", self.version);
            for (_, name, signature, ..) in FUNCTIONS.iter().filter(|function| function.0 == instance) {
                imports += &format!(" (export \"{name}\" (func {signature}))");
            }
            imports += "))\n";
            for alias in aliases {
                imports += &format!("(alias export $wasi-{instance} \"{alias}\" (type $w-{alias}))\n");
            }
        }
        for (instance, name, _, short, signature) in FUNCTIONS {
            imports += &format!(
                "(core func $wasi-{short} (canon lower (func $wasi-{instance} \"{name}\") \
                 (memory (core memory $libc \"memory\")) (realloc (core func $libc \"realloc\"))))\n"
            );
            exports += &format!("(export \"{short}\" (func $wasi-{short}))");
            core += &format!("(import \"wasi\" \"{short}\" (func ${short} {signature}))\n");
        }
        imports += "(core func $wasi-drop (canon resource.drop $w-pollable))\n";
        exports += "(export \"drop\" (func $wasi-drop))";
        core += "(import \"wasi\" \"drop\" (func $drop (param i32)))\n";
        (imports, format!("(with \"wasi\" (instance {exports}))"), core)
    }

    fn core(&self) -> String {
        let Self { body, core, .. } = self;
        format!("{ANSWER} {core} (func $body (local $a i32) (local $b i32) (local $c i32) {body})")
    }

    /// A tool whose `execute` is the body.
    #[must_use]
    pub fn tool(&self) -> Tool {
        let (imports, with, core_imports) = self.parts();
        let execute = "(call $body) (i32.store (i32.const 1200) (i32.const 0)) (i32.store (i32.const 1204) (i32.const 8192))
                       (i32.store (i32.const 1208) (call $length)) (i32.const 1200)";
        Tool { imports, with, core_imports, core: self.core(), ..Tool::executing(execute) }
    }

    /// An agent whose `decide` is the body; the answer is its memo.
    #[must_use]
    pub fn agent(&self) -> Agent {
        let (imports, with, core_imports) = self.parts();
        let decide = "(call $body) (memory.fill (i32.const 1200) (i32.const 0) (i32.const 24))
                      (i32.store8 (i32.const 1212) (i32.const 1)) (i32.store (i32.const 1216) (i32.const 8192))
                      (i32.store (i32.const 1220) (call $length)) (i32.const 1200)";
        Agent { imports, with, core_imports, core: self.core(), ..Agent::deciding(decide) }
    }
}
