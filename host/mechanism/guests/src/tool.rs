//! A tool in component text.
//!
//! *Invariant:* each part can be replaced alone; the default echoes its payload.
//! *Doesn't know:* agents.
//! *Start at:* [`Tool`].

use crate::{LIBC, parse};

/// A tool's parts; the default echoes its payload.
pub struct Tool {
    /// What stands before everything else: a core module that is replaced later.
    pub first: String,
    /// Imports of the component, and the lowered functions they give.
    pub imports: String,
    /// `(with …)` arguments of the core module, beside its memory.
    pub with: String,
    /// Imports of the core module, beside its memory.
    pub core_imports: String,
    /// Anything else in the core module: data, globals, functions, a start.
    pub core: String,
    /// The body of `describe`; returns the address of its result, as the next two do.
    pub describe: String,
    /// The body of `validate`; `$p $n` are the payload.
    pub validate: String,
    /// The body of `execute`; `$p $n` are the payload.
    pub execute: String,
    /// In place of the allocator that `execute` is lifted with: `(core func …)`.
    pub realloc: String,
    /// The body of a post-return of `execute`, if it has one.
    pub post_return: String,
    /// What stands beside everything else.
    pub component: String,
    /// The exported interface.
    pub export: String,
    /// The type of `execute`'s result.
    pub result: String,
    /// More options of how `execute` is lifted: `string-encoding=utf16`.
    pub lifted: String,
}

impl Default for Tool {
    fn default() -> Self {
        Self {
            first: String::new(),
            imports: String::new(),
            with: String::new(),
            core_imports: String::new(),
            core: String::new(),
            describe: r"(i32.const 1024)".to_owned(),
            validate: r"(i32.const 1100)".to_owned(),
            execute: r"(i32.store (i32.const 1200) (i32.const 0))
                       (i32.store (i32.const 1204) (local.get $p))
                       (i32.store (i32.const 1208) (local.get $n))
                       (i32.const 1200)"
                .to_owned(),
            realloc: r#"(core func $libc "realloc")"#.to_owned(),
            post_return: String::new(),
            component: String::new(),
            export: "jaros:plugin/action@1.0.0".to_owned(),
            result: "(result string (error string))".to_owned(),
            lifted: String::new(),
        }
    }
}

/// Returns `ok` with the text at `at`, `len` bytes long.
#[must_use]
pub fn returns(at: u64, len: u64) -> String {
    format!(
        "(i32.store (i32.const 1200) (i32.const 0)) (i32.store (i32.const 1204) (i32.const {at}))
         (i32.store (i32.const 1208) (i32.const {len})) (i32.const 1200)"
    )
}

/// What a core module that logs needs, as (imports, with, core imports).
const LOG: (&str, &str, &str) = (
    r#"(import "jaros:plugin/log@1.0.0" (instance $log
         (export "write" (func (param "level" string) (param "message" string)))))
       (core func $write (canon lower (func $log "write") (memory (core memory $libc "memory"))))"#,
    r#"(with "log" (instance (export "write" (func $write))))"#,
    r#"(import "log" "write" (func $write (param i32 i32 i32 i32)))"#,
);

const ERROR: &str = r#"(record (field "code" string) (field "message" string))"#;

impl Tool {
    /// A tool with this body of `execute`.
    #[must_use]
    pub fn executing(body: &str) -> Self {
        Self { execute: body.to_owned(), ..Self::default() }
    }

    /// A tool with this body of `execute`, and this beside it in its core module.
    #[must_use]
    pub fn with_core(execute: &str, core: &str) -> Self {
        Self { core: core.to_owned(), ..Self::executing(execute) }
    }

    /// The same, with `log` as `$write level level_len message message_len`.
    #[must_use]
    pub fn logging(mut self) -> Self {
        self.imports += LOG.0;
        self.with += LOG.1;
        self.core_imports += LOG.2;
        self
    }

    /// The same, with `panic` as `$abort message message_len`.
    #[must_use]
    pub fn panicking(mut self) -> Self {
        self.imports += r#"(import "jaros:plugin/panic@1.0.0" (instance $panic
              (export "abort" (func (param "message" string)))))
            (core func $abort (canon lower (func $panic "abort") (memory (core memory $libc "memory"))))"#;
        self.with += r#"(with "panic" (instance (export "abort" (func $abort))))"#;
        self.core_imports += r#"(import "panic" "abort" (func $abort (param i32 i32)))"#;
        self
    }

    /// The same, with `job` as `$id ret`, `$time -> i64`, `$random len ret`.
    #[must_use]
    pub fn with_job(mut self) -> Self {
        self.imports += &format!(
            r#"(type $job-error {ERROR})
               (import "jaros:plugin/job@1.0.0" (instance $job
                 (export "error" (type $error (eq $job-error)))
                 (export "id" (func (result string)))
                 (export "accepted-at-ms" (func (result u64)))
                 (export "random" (func (param "len" u32) (result (result (list u8) (error $error)))))))
               (core func $id (canon lower (func $job "id")
                 (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
               (core func $time (canon lower (func $job "accepted-at-ms")))
               (core func $random (canon lower (func $job "random")
                 (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))"#
        );
        self.with += r#"(with "job" (instance (export "id" (func $id)) (export "time" (func $time))
                                              (export "random" (func $random))))"#;
        self.core_imports += r#"(import "job" "id" (func $id (param i32)))
                                (import "job" "time" (func $time (result i64)))
                                (import "job" "random" (func $random (param i32 i32)))"#;
        self
    }

    /// The same, with `files-read` as `$read path path_len ret`, `$entries path path_len ret`: a byte that is 0 for an answer,
    /// else 1, then at `ret + 4` its place and length, or those of the code and of the message.
    #[must_use]
    pub fn reading(mut self) -> Self {
        self.imports += &format!(
            r#"(type $file-error {ERROR})
               (type $file-entry (record (field "name" string) (field "kind" string) (field "size-bytes" u64)))
               (import "jaros:plugin/files-read@1.0.0" (instance $files
                 (export "error" (type $error (eq $file-error)))
                 (export "entry" (type $entry (eq $file-entry)))
                 (export "read" (func (param "path" string) (result (result (list u8) (error $error)))))
                 (export "entries" (func (param "path" string) (result (result (list $entry) (error $error)))))))
               (core func $read (canon lower (func $files "read")
                 (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
               (core func $entries (canon lower (func $files "entries")
                 (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))"#
        );
        self.with +=
            r#"(with "files" (instance (export "read" (func $read)) (export "entries" (func $entries))))"#;
        self.core_imports += r#"(import "files" "read" (func $read (param i32 i32 i32)))
                                (import "files" "entries" (func $entries (param i32 i32 i32)))"#;
        self
    }

    /// The same, with `host-facts` as `$system ret`.
    #[must_use]
    pub fn with_facts(mut self) -> Self {
        self.imports += &format!(
            r#"(type $facts-error {ERROR})
               (import "jaros:plugin/host-facts@1.0.0" (instance $facts
                 (export "error" (type $error (eq $facts-error)))
                 (export "system" (func (result (result string (error $error)))))))
               (core func $system (canon lower (func $facts "system")
                 (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))"#
        );
        self.with += r#"(with "facts" (instance (export "system" (func $system))))"#;
        self.core_imports += r#"(import "facts" "system" (func $system (param i32)))"#;
        self
    }

    /// The component as text.
    #[must_use]
    pub fn text(&self) -> String {
        let Self {
            first,
            imports,
            with,
            core_imports,
            core,
            describe,
            validate,
            execute,
            realloc,
            component,
            export,
            result,
            lifted,
            post_return: _,
        } = self;
        let (post, lifted_post) = if self.post_return.is_empty() {
            (String::new(), "")
        } else {
            let body = &self.post_return;
            (
                format!(r#"(func (export "post") (param i32) {body})"#),
                r#"(post-return (core func $main "post"))"#,
            )
        };
        format!(
            r#"(component
  {first}
  {LIBC}
  {imports}
  {component}
  (core module $main
    (import "libc" "memory" (memory 1))
    {core_imports}
    (data (i32.const 1000) "a test tool{{}}null")
    ;; describe: description, schema, meta
    (data (i32.const 1024) "\e8\03\00\00\0b\00\00\00" "\f3\03\00\00\02\00\00\00" "\f5\03\00\00\04\00\00\00")
    (func (export "describe") (result i32) {describe})
    (func (export "validate") (param $p i32) (param $n i32) (result i32) {validate})
    (func (export "execute") (param $p i32) (param $n i32) (result i32) {execute})
    {post}
    {core})
  (core instance $main (instantiate $main (with "libc" (instance $libc)) {with}))
  (type $profile (record (field "description" string) (field "schema" string) (field "meta" string)))
  (func $describe (result $profile) (canon lift (core func $main "describe")
    (memory (core memory $libc "memory"))))
  (func $validate (param "payload" string) (result (result (error string))) (canon lift (core func $main "validate")
    (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (func $execute (param "payload" string) (result {result}) (canon lift (core func $main "execute")
    (memory (core memory $libc "memory")) (realloc {realloc}) {lifted} {lifted_post}))
  (component $interface
    (import "profile" (type $profile' (eq $profile)))
    (import "describe" (func $describe (result $profile')))
    (import "validate" (func $validate (param "payload" string) (result (result (error string)))))
    (import "execute" (func $execute (param "payload" string) (result {result})))
    (export $named "profile" (type $profile'))
    (export "describe" (func $describe) (func (result $named)))
    (export "validate" (func $validate))
    (export "execute" (func $execute)))
  (instance $action (instantiate $interface
    (with "profile" (type $profile)) (with "describe" (func $describe))
    (with "validate" (func $validate)) (with "execute" (func $execute))))
  (export "{export}" (instance $action)))"#
        )
    }

    /// The component.
    ///
    /// # Panics
    /// Where a part that was put in is no text of WebAssembly.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        parse(&self.text())
    }
}
