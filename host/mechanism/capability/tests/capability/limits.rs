//! `config/limits.toml`.

use jaros_capability::limits;
use jaros_decision::Limits;

#[test]
fn what_is_named_changes_and_the_rest_keeps_its_default() {
    assert_eq!(limits("").expect("limits"), Limits::default());
    let text = "# ours\nturns = 3\nread_bytes = 4_194_304\r\nlog_bytes = 0x10\nnote_bytes = 0\n";
    let expected =
        Limits { turns: 3, read_bytes: 4_194_304, log_bytes: 16, note_bytes: 0, ..Limits::default() };
    assert_eq!(limits(text).expect("limits"), expected);
}

#[test]
fn every_problem_is_told_with_its_place() {
    let table = [
        ("turn = 3", "1:1: unknown key `turn` (did you mean `turns`?); the limits are `"),
        ("\n  read-bytes = 3", "2:3: unknown key `read-bytes` (did you mean `read_bytes`?)"),
        ("[limits]\nturns = 3", "1:2: unknown key `limits`"),
        ("turns = \"3\"", "1:9: `turns` is a whole number, not a TOML string"),
        ("turns = 3.0", "1:9: `turns` is a whole number, not a TOML float"),
        ("turns = -1", "1:9: `turns` is a whole number from 0, and not that large"),
        ("turns = 4294967296", "1:9: `turns` is a whole number from 0"),
        ("read_bytes = 9007199254740992", "1:14: `read_bytes` is a whole number from 0"),
        ("turns = 99999999999999999999999", "1:9: "),
        ("turns = 3\nturns = 4", "2:1: duplicate key"),
        ("turns", "1:6: "),
        ("turns = 3\n\nturns. = 4", "3:"),
    ];
    for (text, expected) in table {
        let error = limits(text).expect_err(text).to_string();
        assert!(error.starts_with(&format!("config/limits.toml:{expected}")), "{text:?}: {error}");
    }
    let error = limits("turn = 3\nreads = 4").expect_err("two problems");
    assert_eq!(error.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [1, 2]);
}
