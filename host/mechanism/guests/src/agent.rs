//! An agent in component text.
//!
//! *Invariant:* each part can be replaced alone; the default proposes nothing and is done.
//! *Doesn't know:* tools.
//! *Start at:* [`Agent`].

use crate::{LIBC, parse};

/// An agent's parts; the default proposes nothing and is done.
pub struct Agent {
    /// The body of `decide`: `$input $input_len $memo $memo_len $answers $answers_len $number`; returns its result's
    /// address.
    pub decide: String,
    /// The body of `describe`; returns its result's address.
    pub describe: String,
    /// Anything else in the core module.
    pub core: String,
    /// Imports of the component beside its own, and the lowered functions they give.
    pub imports: String,
    /// `(with …)` arguments of the core module for them.
    pub with: String,
    /// Imports of the core module from them.
    pub core_imports: String,
}

impl Default for Agent {
    fn default() -> Self {
        Self {
            describe: "(i32.const 1024)".to_owned(),
            decide: DONE.to_owned(),
            core: String::new(),
            imports: String::new(),
            with: String::new(),
            core_imports: String::new(),
        }
    }
}

/// A plan with no decisions and no memo.
pub const DONE: &str = "(memory.fill (i32.const 1200) (i32.const 0) (i32.const 24)) (i32.const 1200)";

/// One decision from the texts at 1048, `advance` with `{"b": [1]}` because, and a memo if `memo`.
#[must_use]
pub fn one_decision(memo: bool) -> String {
    format!(
        r"(memory.fill (i32.const 1200) (i32.const 0) (i32.const 24))
          (i32.store (i32.const 1204) (i32.const 1300)) (i32.store (i32.const 1208) (i32.const 1))
          (i32.store (i32.const 1300) (i32.const 1048)) (i32.store (i32.const 1304) (i32.const 7))
          (i32.store (i32.const 1308) (i32.const 1055)) (i32.store (i32.const 1312) (i32.const 10))
          (i32.store (i32.const 1316) (i32.const 1065)) (i32.store (i32.const 1320) (i32.const 7))
          (i32.store8 (i32.const 1212) (i32.const {memo}))
          (i32.store (i32.const 1216) (i32.const 1055)) (i32.store (i32.const 1220) (i32.const 10))
          (i32.const 1200)",
        memo = i32::from(memo)
    )
}

/// Where the texts of an agent's own are put.
const TEXTS: usize = 4_096;

/// A plan of one proposal and no memo. The six words are expressions of the text format: address and length of kind,
/// payload and note.
#[must_use]
pub fn propose(words: [&str; 6]) -> String {
    let stores = (1_300..).step_by(4).zip(words);
    let stores = stores.map(|(at, word)| format!("(i32.store (i32.const {at}) {word})")).collect::<String>();
    format!(
        "(memory.fill (i32.const 1200) (i32.const 0) (i32.const 24))
         (i32.store (i32.const 1204) (i32.const 1300)) (i32.store (i32.const 1208) (i32.const 1)) {stores}
         (i32.const 1200)"
    )
}

fn constant(number: usize) -> String {
    format!("(i32.const {number})")
}

/// A data segment's text.
fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}

/// Asks the model with the input as the one message's content; the answer's text is at `(1504, 1508)` if the byte at
/// 1500 is 0, else the error's message at `(1512, 1516)`.
pub const ASK: &str = r"
          (i32.store (i32.const 1380) (i32.const 1072)) (i32.store (i32.const 1384) (i32.const 4))
          (i32.store (i32.const 1388) (local.get $input)) (i32.store (i32.const 1392) (local.get $input_len))
          (i32.store (i32.const 1396) (i32.const 1076)) (i32.store (i32.const 1400) (i32.const 2))
          (call $complete (i32.const 0) (i32.const 0) (i32.const 1380) (i32.const 1)
                          (i32.const 1076) (i32.const 2) (i32.const 1078) (i32.const 2) (i32.const 1500))";

/// Fails with the model's answer, text or error message, as the words.
pub const SAY: &str = r"
          (i32.store (i32.const 1200) (i32.const 1))
          (if (i32.load8_u (i32.const 1500))
            (then (i32.store (i32.const 1204) (i32.load (i32.const 1512)))
                  (i32.store (i32.const 1208) (i32.load (i32.const 1516))))
            (else (i32.store (i32.const 1204) (i32.load (i32.const 1504)))
                  (i32.store (i32.const 1208) (i32.load (i32.const 1508)))))
          (i32.const 1200)";

impl Agent {
    /// An agent with this body of `decide`.
    #[must_use]
    pub fn deciding(body: &str) -> Self {
        Self { decide: body.to_owned(), ..Self::default() }
    }

    /// An agent that proposes this, and is done.
    #[must_use]
    pub fn proposing(kind: &str, payload: &str, note: &str) -> Self {
        let mut at = TEXTS;
        let mut core = String::new();
        let mut words = Vec::new();
        for text in [kind, payload, note] {
            core += &format!("(data (i32.const {at}) \"{}\")", escaped(text.as_bytes()));
            words.extend([constant(at), constant(text.len())]);
            at += text.len();
        }
        assert!(at < 16_384, "the allocator's memory begins there");
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let plan = propose(words.try_into().expect("two words for each of three texts"));
        Self { core, ..Self::deciding(&plan) }
    }

    /// An agent whose input is the kind that it proposes, as a JSON string, with the payload `[1]`.
    #[must_use]
    pub fn poking() -> Self {
        let kind =
            ["(i32.add (local.get $input) (i32.const 1))", "(i32.sub (local.get $input_len) (i32.const 2))"];
        let (at, nothing) = (constant(TEXTS), constant(0));
        let plan = propose([kind[0], kind[1], &at, "(i32.const 3)", &at, &nothing]);
        Self { core: format!("(data {at} \"[1]\")"), ..Self::deciding(&plan) }
    }

    /// The component as text.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { describe, decide, core, imports, with, core_imports } = self;
        format!(
            r#"(component
  {LIBC}
  (type $error-shape (record (field "code" string) (field "message" string)))
  (import "jaros:plugin/types@1.0.0" (instance $types (export "error" (type (eq $error-shape)))))
  (alias export $types "error" (type $error))
  (import "jaros:plugin/model@1.0.0" (instance $model
    (export "error" (type $e (eq $error)))
    (type $message' (record (field "role" string) (field "content" string) (field "parts" string)))
    (export "message" (type $message (eq $message')))
    (type $request' (record (field "model" string) (field "messages" (list $message)) (field "tools" string)
                            (field "params" string)))
    (export "request" (type $request (eq $request')))
    (type $response' (record (field "text" string) (field "parts" string) (field "structured" string)
                             (field "model" string) (field "finish" string) (field "usage" string)))
    (export "response" (type $response (eq $response')))
    (export "complete" (func (param "request" $request) (result (result $response (error $e)))))))
  (core func $complete (canon lower (func $model "complete")
    (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (import "jaros:plugin/actions@1.0.0" (instance $actions
    (type $action' (record (field "kind" string) (field "description" string) (field "schema" string)))
    (export "action" (type $action (eq $action')))
    (export "list" (func (result (list $action))))))
  (core func $list (canon lower (func $actions "list")
    (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  {imports}
  (core module $main
    (import "libc" "memory" (memory 1))
    {core_imports}
    (import "host" "complete" (func $complete (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "host" "list" (func $list (param i32)))
    (data (i32.const 1000) "a test agent{{}}null")
    (data (i32.const 1024) "\e8\03\00\00\0c\00\00\00" "\f4\03\00\00\02\00\00\00" "\f6\03\00\00\04\00\00\00")
    (data (i32.const 1048) "advance{{\"b\": [1]}}because" "user" "[]" "{{}}")
    (func (export "describe") (result i32) {describe})
    (func (export "decide") (param $input i32) (param $input_len i32) (param $memo i32) (param $memo_len i32)
        (param $answers i32) (param $answers_len i32) (param $number i32) (result i32) {decide})
    {core})
  (core instance $main (instantiate $main (with "libc" (instance $libc))
    (with "host" (instance (export "complete" (func $complete)) (export "list" (func $list))))
    {with}))
  (type $profile (record (field "description" string) (field "schema" string) (field "meta" string)))
  (type $decision (record (field "kind" string) (field "payload" string) (field "note" string)))
  (type $answer (record (field "id" string) (field "kind" string) (field "outcome" (result string (error $error)))))
  (type $turn (record (field "input" string) (field "memo" string) (field "answers" (list $answer))
                      (field "number" u32)))
  (type $plan (record (field "decisions" (list $decision)) (field "memo" (option string))))
  (func $describe (result $profile) (canon lift (core func $main "describe")
    (memory (core memory $libc "memory"))))
  (func $decide (param "turn" $turn) (result (result $plan (error string))) (canon lift (core func $main "decide")
    (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (component $interface
    (import "error" (type $error-in (eq $error-shape)))
    (import "profile" (type $profile-in (eq $profile)))
    (import "decision" (type $decision-in (eq $decision)))
    (type $answer' (record (field "id" string) (field "kind" string)
                           (field "outcome" (result string (error $error-in)))))
    (import "answer" (type $answer-in (eq $answer')))
    (type $turn' (record (field "input" string) (field "memo" string) (field "answers" (list $answer-in))
                         (field "number" u32)))
    (import "turn" (type $turn-in (eq $turn')))
    (type $plan' (record (field "decisions" (list $decision-in)) (field "memo" (option string))))
    (import "plan" (type $plan-in (eq $plan')))
    (import "describe" (func $describe (result $profile-in)))
    (import "decide" (func $decide (param "turn" $turn-in) (result (result $plan-in (error string)))))
    (export $profile-out "profile" (type $profile-in))
    (export $error-out "error" (type $error-in))
    (export $decision-out "decision" (type $decision-in))
    (type $answer-shape (record (field "id" string) (field "kind" string)
                                (field "outcome" (result string (error $error-out)))))
    (export $answer-out "answer" (type $answer-shape))
    (type $turn-shape (record (field "input" string) (field "memo" string) (field "answers" (list $answer-out))
                              (field "number" u32)))
    (export $turn-out "turn" (type $turn-shape))
    (type $plan-shape (record (field "decisions" (list $decision-out)) (field "memo" (option string))))
    (export $plan-out "plan" (type $plan-shape))
    (export "describe" (func $describe) (func (result $profile-out)))
    (export "decide" (func $decide)
      (func (param "turn" $turn-out) (result (result $plan-out (error string))))))
  (instance $reasoning (instantiate $interface
    (with "error" (type $error)) (with "profile" (type $profile)) (with "decision" (type $decision))
    (with "answer" (type $answer)) (with "turn" (type $turn)) (with "plan" (type $plan))
    (with "describe" (func $describe)) (with "decide" (func $decide))))
  (export "jaros:plugin/reasoning@1.0.0" (instance $reasoning)))"#
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
