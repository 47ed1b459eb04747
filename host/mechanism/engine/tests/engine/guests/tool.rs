//! A tool in component text.

use super::LIBC;

/// A tool's parts; the default echoes its payload.
pub(crate) struct Tool {
    /// Imports of the component, and the lowered functions they give.
    pub(crate) imports: String,
    /// `(with …)` arguments of the core module, beside its memory.
    pub(crate) with: String,
    /// Imports of the core module, beside its memory.
    pub(crate) core_imports: String,
    /// Anything else in the core module: data, globals, functions, a start.
    pub(crate) core: String,
    /// Bodies. `$p $n` are the payload; each returns the address of its result.
    pub(crate) describe: String,
    pub(crate) validate: String,
    pub(crate) execute: String,
    /// In place of the allocator: `(core func …)`.
    pub(crate) realloc: String,
    /// The body of a post-return of `execute`, if it has one.
    pub(crate) post_return: String,
    /// What stands beside everything else.
    pub(crate) component: String,
    /// The exported interface.
    pub(crate) export: String,
    /// The type of `execute`'s result.
    pub(crate) result: String,
}

impl Default for Tool {
    fn default() -> Self {
        Self {
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
            export: "jaros:plugin/action@0.1.0".to_owned(),
            result: "(result string (error string))".to_owned(),
        }
    }
}

/// What a core module that logs needs, as (imports, with, core imports).
pub(crate) const LOG: (&str, &str, &str) = (
    r#"(import "jaros:plugin/log@0.1.0" (instance $log
         (export "write" (func (param "level" string) (param "message" string)))))
       (core func $write (canon lower (func $log "write") (memory (core memory $libc "memory"))))"#,
    r#"(with "log" (instance (export "write" (func $write))))"#,
    r#"(import "log" "write" (func $write (param i32 i32 i32 i32)))"#,
);

const ERROR: &str = r#"(record (field "code" string) (field "message" string))"#;

impl Tool {
    /// A tool that calls `execute` so.
    pub(crate) fn executing(body: &str) -> Self {
        Self { execute: body.to_owned(), ..Self::default() }
    }

    /// The same, with `log` as `$write level level_len message message_len`.
    pub(crate) fn logging(mut self) -> Self {
        self.imports += LOG.0;
        self.with += LOG.1;
        self.core_imports += LOG.2;
        self
    }

    /// The same, with `job` as `$id ret`, `$time -> i64`, `$random len ret`.
    pub(crate) fn with_job(mut self) -> Self {
        self.imports += &format!(
            r#"(type $job-error {ERROR})
               (import "jaros:plugin/job@0.1.0" (instance $job
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

    /// The same, with `files-read` as `$read path path_len ret`, `$entries path path_len ret`.
    pub(crate) fn reading(mut self) -> Self {
        self.imports += &format!(
            r#"(type $file-error {ERROR})
               (type $file-entry (record (field "name" string) (field "kind" string) (field "size-bytes" u64)))
               (import "jaros:plugin/files-read@0.1.0" (instance $files
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
    pub(crate) fn with_facts(mut self) -> Self {
        self.imports += &format!(
            r#"(type $facts-error {ERROR})
               (import "jaros:plugin/host-facts@0.1.0" (instance $facts
                 (export "error" (type $error (eq $facts-error)))
                 (export "system" (func (result (result string (error $error)))))))
               (core func $system (canon lower (func $facts "system")
                 (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))"#
        );
        self.with += r#"(with "facts" (instance (export "system" (func $system))))"#;
        self.core_imports += r#"(import "facts" "system" (func $system (param i32)))"#;
        self
    }

    pub(crate) fn text(&self) -> String {
        let Self {
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
            ..
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
    (memory (core memory $libc "memory")) (realloc {realloc})))
  (func $execute (param "payload" string) (result {result}) (canon lift (core func $main "execute")
    (memory (core memory $libc "memory")) (realloc {realloc}) {lifted_post}))
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

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let text = self.text();
        wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }
}
