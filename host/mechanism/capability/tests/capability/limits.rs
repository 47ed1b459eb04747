//! `config/limits.toml`: for everybody, for single components, and no further than the ceilings.

use jaros_capability::{Ceilings, LimitSet, Origin, Role, Section};
use jaros_decision::{LIMITS, Limit, Limits, Scope};

use crate::harness::name;

fn read(text: &str) -> LimitSet {
    LimitSet::parse(text, &Ceilings::default()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str, above: &Ceilings) -> String {
    LimitSet::parse(text, above).map(drop).expect_err(text).to_string()
}

fn limit(name: &str) -> &'static Limit {
    Limit::named(name).expect("a limit")
}

#[test]
fn what_is_named_changes_and_the_rest_keeps_its_default() {
    assert_eq!(read(""), LimitSet::default());
    let text = "# ours\nturns = 3\nread_bytes = 4_194_304\r\nlog_bytes = 0x10\nnote_bytes = 0\n";
    let expected =
        Limits { turns: 3, read_bytes: 4_194_304, log_bytes: 16, note_bytes: 0, ..Limits::default() };
    assert_eq!(*read(text).all(), expected);
    assert_eq!(*read(text).of(Role::Tool, "any"), expected);
}

#[test]
fn a_component_has_its_own_and_for_the_rest_everybodys() {
    let set = read(
        "execute_fuel = 5\nlog_bytes = 7\n[tool.\"text.count\"]\nexecute_fuel = 9\n[agent.planner]\ndecisions = 2\n",
    );
    let all = Limits { execute_fuel: 5, log_bytes: 7, ..Limits::default() };
    assert_eq!(*set.all(), all);
    assert_eq!(*set.of(Role::Tool, "text.count"), Limits { execute_fuel: 9, ..all });
    assert_eq!(*set.of(Role::Agent, "planner"), Limits { decisions: 2, ..all });
    for (role, other) in [(Role::Agent, "text.count"), (Role::Tool, "planner"), (Role::Tool, "greet")] {
        assert_eq!(*set.of(role, other), all, "{role} {other}");
    }
    assert_eq!(set.names().count(), 2);
}

#[test]
fn a_section_has_the_limits_that_are_a_components_and_no_others() {
    let mut seen = 0;
    for limit in LIMITS {
        for role in [Role::Agent, Role::Tool] {
            let text = format!("[{role}.x]\n{} = {}", limit.name, limit.range.1);
            let own = match limit.scope {
                Scope::Component => true,
                Scope::Agent => role == Role::Agent,
                Scope::Tool => role == Role::Tool,
                Scope::Job | Scope::Node => false,
            };
            seen += 1;
            if own {
                assert_eq!(limit.of(read(&text).of(role, "x")), limit.range.1, "{text}");
            } else {
                let error = refused(&text, &Ceilings::default());
                assert!(
                    error.starts_with(&format!("config/limits.toml:2:1: `{}` is ", limit.name)),
                    "{error}"
                );
            }
        }
    }
    assert_eq!(seen, 2 * LIMITS.len());
}

#[test]
fn nothing_is_over_its_ceiling() {
    // A ceiling under the default lowers it; nobody has to write it twice.
    let set = read("[ceiling]\nmemory_bytes = 1_000_000\nturns = 100\n[tool.x]\nmemory_bytes = 999_999");
    assert_eq!((set.all().memory_bytes, set.all().turns), (1_000_000, 32));
    assert_eq!(set.of(Role::Tool, "x").memory_bytes, 999_999);
    assert_eq!(set.largest().memory_bytes, 1_000_000);

    let over = "`memory_bytes` is 11, over its ceiling of 10, which stands under [ceiling], line ";
    for (text, at) in [
        ("memory_bytes = 11\n[ceiling]\nmemory_bytes = 10", "1:16"),
        ("[tool.x]\nmemory_bytes = 11\n[ceiling]\nmemory_bytes = 10", "2:16"),
        ("[ceiling]\nmemory_bytes = 10\n[agent.\"a.b\"]\n memory_bytes = 11", "4:17"),
    ] {
        let error = refused(text, &Ceilings::default());
        assert!(error.starts_with(&format!("config/limits.toml:{at}: {over}")), "{text}: {error}");
    }
}

#[test]
fn the_roots_ceilings_bound_every_tenant() {
    let root = read("[ceiling]\nturns = 10\nexecute_fuel = 20");
    let above = root.ceilings().for_tenants();
    let tenant = LimitSet::parse("turns = 10", &above).expect("not over it");
    assert_eq!((tenant.all().turns, tenant.all().execute_fuel), (10, 20));
    for text in ["turns = 11", "[tool.x]\nexecute_fuel = 21", "[ceiling]\nturns = 11"] {
        let error = refused(text, &above);
        assert!(error.contains("in config/limits.toml of the root tenant, line "), "{text}: {error}");
    }
    // All tenants share one engine.
    for limit in LIMITS.iter().filter(|limit| limit.scope == Scope::Node && limit.restart) {
        let error = refused(&format!("{} = {}", limit.name, limit.default()), &above);
        assert!(error.contains("set it in the root tenant's file"), "{error}");
    }
    // A tenant's own ceiling is the nearer one.
    let error = refused("turns = 9\n[ceiling]\nturns = 8", &above);
    assert!(error.contains("over its ceiling of 8, which stands under [ceiling], line 3"), "{error}");
}

#[test]
fn the_engine_is_made_for_the_largest_that_anyone_may_have() {
    let set = read(
        "memory_bytes = 10\n[tool.x]\nmemory_bytes = 30\n[agent.y]\nmemory_bytes = 20\ninstances = 300\n[ceiling]\n\
         table_elements = 70_000\njob_bytes = 2_000_000\nmemory_bytes = 30",
    );
    let largest = set.largest();
    assert_eq!((largest.memory_bytes, largest.instances, largest.table_elements), (30, 300, 70_000));
    assert_eq!(largest.job_bytes, Limits::default().job_bytes, "no engine holds jobs");
    // Under an engine that was made before a value was raised, it stays what the engine holds.
    let engine = Limits { memory_bytes: 15, ..Limits::default() };
    let set = set.within(&engine);
    assert_eq!((set.all().memory_bytes, set.of(Role::Tool, "x").memory_bytes), (10, 15));
}

#[test]
fn every_value_says_where_it_comes_from() {
    let set = read("\nturns = 3\n[tool.x]\nlog_bytes = 1\n[ceiling]\ndecide_ms = 5\nlog_bytes = 100_000");
    let (x, y) = (name("x"), name("y"));
    let tool = |name| Section::Of(Role::Tool, name);
    assert_eq!(set.origin(Section::Top, limit("turns")), Origin::Top(2));
    assert_eq!(set.origin(tool(&x), limit("turns")), Origin::Top(2));
    assert_eq!(set.origin(tool(&x), limit("log_bytes")), Origin::Own(4));
    assert_eq!(set.origin(tool(&y), limit("log_bytes")), Origin::Default, "its ceiling is over the default");
    let Origin::Ceiling(ceiling) = set.origin(Section::Top, limit("decide_ms")) else { panic!("a ceiling") };
    assert_eq!((ceiling.value, ceiling.line, ceiling.from_root), (5, 6, false));
}

#[test]
fn every_problem_is_told_with_its_place() {
    let table = [
        ("turn = 3", "1:1: unknown key `turn` (did you mean `turns`?); the limits are `"),
        ("\n  read-bytes = 3", "2:3: unknown key `read-bytes` (did you mean `read_bytes`?)"),
        ("[limits]\nturns = 3", "1:2: unknown key `limits`; a file of limits has `turns`, "),
        ("turns = \"3\"", "1:9: `turns` is a whole number, not a TOML string"),
        ("turns = 3.0", "1:9: `turns` is a whole number, not a TOML float"),
        ("turns = -1", "1:9: `turns` is a whole number from 0 to 4294967295"),
        ("turns = 4294967296", "1:9: `turns` is a whole number from 0"),
        ("read_bytes = 9007199254740992", "1:14: `read_bytes` is a whole number from 0"),
        ("stack_bytes = 65_535", "1:15: `stack_bytes` is a whole number from 65536 to 1048576"),
        ("stack_bytes = 2_000_000", "1:15: `stack_bytes` is a whole number from 65536 to 1048576"),
        ("turns = 99999999999999999999999", "1:9: "),
        ("turns = 3\nturns = 4", "2:1: duplicate key"),
        ("turns", "1:6: "),
        ("turns = 3\n\nturns. = 4", "3:"),
        ("agent = 3", "1:9: `agent` is a section for each name"),
        ("tool.x = 3", "1:10: `x` is a section, `[tool.NAME]`"),
        ("ceiling = 3", "1:11: `ceiling` is a section, `[ceiling]`"),
        ("[ceiling]\nturn = 3", "2:1: unknown key `turn` (did you mean `turns`?)"),
        (
            "[tool.text.count]\nlog_bytes = 1",
            "1:12: unknown key `count`; if the tool's name has a dot, it stands in quotes",
        ),
        ("[tool.\"../x\"]\nlog_bytes = 1", "1:7: `../x` can be no tool's name"),
        ("[tool.x]\ndecide_ms = 1", "2:1: `decide_ms` is for agents"),
        ("[agent.x]\nexecute_fuel = 1", "2:1: `execute_fuel` is for tools"),
        (
            "[agent.x]\nturns = 1",
            "2:1: `turns` is a job's, which may meet many components; set it at the top",
        ),
        (
            "[tool.x]\ncomponent_bytes = 1",
            "2:1: `component_bytes` is the node's, the same for all that it runs",
        ),
    ];
    for (text, expected) in table {
        let error = refused(text, &Ceilings::default());
        assert!(error.starts_with(&format!("config/limits.toml:{expected}")), "{text:?}: {error}");
    }
    let error = LimitSet::parse("turn = 3\nreads = 4\n[tool.x]\nturns = 4", &Ceilings::default());
    let problems = error.expect_err("three problems").problems;
    assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [1, 2, 4]);
}
