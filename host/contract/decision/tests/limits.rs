//! The table of limits: complete, in step with the fields, and shown as people read it.

use std::collections::BTreeSet;

use jaros_decision::{LIMITS, Limit, Limits, Scope};

#[test]
fn every_field_has_one_row_that_reads_and_writes_it() {
    let fields = serde_json::to_value(Limits::default()).expect("limits are JSON");
    let fields: BTreeSet<&str> =
        fields.as_object().expect("a flat object").keys().map(String::as_str).collect();
    let rows: BTreeSet<&str> = LIMITS.iter().map(|limit| limit.name).collect();
    assert_eq!(fields, rows, "give each field of Limits a row in LIMITS");
    assert_eq!(LIMITS.len(), rows.len(), "one row each");
    for limit in LIMITS {
        let (least, most) = limit.range;
        assert!(least <= limit.default() && limit.default() <= most, "{}", limit.name);
        for value in [least, most, (least + most) / 2] {
            let mut limits = Limits::default();
            limit.set(&mut limits, value);
            assert_eq!(limit.of(&limits), value, "{}", limit.name);
            limit.set(&mut limits, limit.default());
            assert_eq!(limits, Limits::default(), "{} wrote another field", limit.name);
        }
    }
}

#[test]
fn values_are_shown_as_people_read_them() {
    let shown = |name: &str, value| Limit::named(name).expect("a limit").shown(value);
    let table = [
        ("memory_bytes", 64 << 20, "64 MiB"),
        ("memory_bytes", 3 << 29, "1,536 MiB"),
        ("memory_bytes", 1 << 31, "2 GiB"),
        ("note_bytes", 4_096, "4 KiB"),
        ("note_bytes", 1_000, "1,000 bytes"),
        ("note_bytes", 0, "0 bytes"),
        ("decide_ms", 120_000, "120 s"),
        ("decide_ms", 1_500, "1,500 ms"),
        ("decide_fuel", 1_000_000_000, "1,000,000,000"),
        ("turns", 32, "32"),
    ];
    for (name, value, expected) in table {
        assert_eq!(shown(name, value), expected);
    }
}

#[test]
fn an_engine_bounds_what_its_pool_holds_and_nothing_else() {
    let engine = Limits {
        memory_bytes: 10,
        table_elements: 20,
        instances: 30,
        stack_bytes: 1 << 16,
        ..Limits::default()
    };
    let asked = Limits { memory_bytes: 5, execute_fuel: 1 << 40, ..Limits::default() };
    let expected = Limits {
        memory_bytes: 5,
        table_elements: 20,
        instances: 30,
        stack_bytes: 1 << 16,
        execute_fuel: 1 << 40,
        ..Limits::default()
    };
    assert_eq!(asked.within(&engine), expected);
}

#[test]
fn loading_looks_at_its_own_limits_only() {
    let other = Limits { turns: 1, execute_fuel: 2, decide_ms: 3, ..Limits::default() };
    assert_eq!(other.of_loading(), Limits::default().of_loading());
    let bounding = Limits { schema_bytes: 10, ..Limits::default() };
    assert_ne!(bounding.of_loading(), Limits::default().of_loading());
}

/// `docs/limits.md` has each limit's row, and no other.
#[test]
fn the_documentation_shows_this_very_table() {
    let page = include_str!("../../../../docs/limits.md");
    let shown: Vec<&str> = page
        .lines()
        .skip_while(|line| *line != "| limit | default | whose | bounds |")
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    let row = |limit: &Limit| {
        let whose = if limit.scope == Scope::Component { "each component" } else { limit.scope.as_str() };
        let restart = if limit.restart { " ¹" } else { "" };
        format!(
            "| `{}` | {} | {whose} | {}{restart} |",
            limit.name,
            limit.shown(limit.default()),
            limit.about
        )
    };
    let expected: Vec<String> = LIMITS.iter().map(row).collect();
    assert!(shown == expected, "the table in docs/limits.md should be:\n{}", expected.join("\n"));
}
