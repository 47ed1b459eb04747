//! Changing the file by commands: what a person would have typed, and nothing else.

use std::collections::BTreeSet;
use std::path::Path;

use jaros_capability::edit::{EditError, Target, fits, grant, grantable, revoke};
use jaros_capability::{Capability, Grants, Role};
use jaros_decision::Name;

use crate::harness::name;

/// A command's words: `tool fs.stat files-read data=/srv`.
fn words(line: &str) -> (Role, Name, Option<String>, Vec<String>) {
    let mut words = line.split_whitespace().map(String::from);
    let role = match words.next().expect("a role").as_str() {
        "agent" => Role::Agent,
        "tool" => Role::Tool,
        other => panic!("{other}"),
    };
    (role, name(&words.next().expect("a name")), words.next(), words.collect())
}

fn granted(text: &str, line: &str) -> Result<String, EditError> {
    let (role, name, key, scope) = words(line);
    grant(text, &Target { role, name: &name }, &key.expect("a capability"), &scope, &[])
}

fn revoked(text: &str, line: &str) -> Result<String, EditError> {
    let (role, name, key, scope) = words(line);
    revoke(text, &Target { role, name: &name }, key.as_deref(), &scope)
}

const FILE: &str = r#"# What components may do.

# Tools that import a capability get it here.
[tool."fs.stat"]
files-read = { data = "shared" }   # one folder

[tool."fs.disk_usage"]
# Two lines
# about reading
files-read = { data = "shared", docs = "/srv/docs" }
host-facts = true

# Agents.
[agent.inventory]
propose = ["fs.stat"] # only that

[agent.scribe]
propose = [
    # to write
    "fs.write",
    "advance",
]
roles = ["reporter"]

[role.reporter]
propose = ["submit"]
# The end.
"#;

/// The lines that are different, as a person would look at them.
fn difference(before: &str, after: &str) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let tail =
        before[same..].iter().rev().zip(after[same..].iter().rev()).take_while(|(a, b)| a == b).count();
    let lines = |sign: char, lines: &[&str]| -> Vec<String> {
        lines.iter().map(|line| format!("{sign}{line}")).collect()
    };
    let mut all = lines('-', &before[same..before.len() - tail]);
    all.extend(lines('+', &after[same..after.len() - tail]));
    all.join("\n")
}

#[test]
fn what_is_granted_stands_where_a_person_would_have_put_it() {
    let table = [
        ("tool fs.stat host-facts", "+host-facts = true"),
        (
            "tool fs.stat files-read own=/srv/own",
            "-files-read = { data = \"shared\" }   # one folder\n\
             +files-read = { data = \"shared\", own = \"/srv/own\" }   # one folder",
        ),
        (
            "tool fs.stat files-read data=/srv/data",
            "-files-read = { data = \"shared\" }   # one folder\n\
             +files-read = { data = \"/srv/data\" }   # one folder",
        ),
        ("tool fs.disk_usage host-facts", ""),
        ("tool fs.disk_usage files-read docs=/srv/docs data=shared", ""),
        (
            "agent inventory propose submit fs.stat advance",
            "-propose = [\"fs.stat\"] # only that\n+propose = [\"fs.stat\", \"submit\", \"advance\"] # only that",
        ),
        ("agent scribe propose sys.info", "+    \"sys.info\","),
        ("agent scribe roles reporter", ""),
        ("agent inventory roles reporter", "+roles = [\"reporter\"]"),
        ("tool sys.info host-facts", "+\n+[tool.\"sys.info\"]\n+host-facts = true"),
        ("agent new-one propose advance submit", "+\n+[agent.new-one]\n+propose = [\"advance\", \"submit\"]"),
        (
            "agent inventory files-read data=/srv/data docs=../docs",
            "+files-read = { data = \"/srv/data\", docs = \"../docs\" }",
        ),
        (
            "tool q files-read data=/srv/\"quoted\"\\",
            "+\n+[tool.q]\n+files-read = { data = '/srv/\"quoted\"\\' }",
        ),
    ];
    for (line, expected) in table {
        let changed = granted(FILE, line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(difference(FILE, &changed), expected, "{line}:\n{changed}");
        assert_eq!(granted(&changed, line).as_deref(), Ok(&*changed), "{line} again changes nothing");
        let (role, who, _, _) = words(line);
        let of = |text: &str| Grants::parse(text, Path::new("/d")).expect(text).of(role, &who);
        assert_eq!(of(FILE) == of(&changed), expected.is_empty(), "{line}");
    }
}

#[test]
fn what_is_revoked_leaves_the_rest_as_it_was() {
    let table = [
        (
            "tool fs.stat files-read",
            "-[tool.\"fs.stat\"]\n-files-read = { data = \"shared\" }   # one folder",
        ),
        ("tool fs.stat", "-[tool.\"fs.stat\"]\n-files-read = { data = \"shared\" }   # one folder"),
        (
            "tool fs.stat files-read data",
            "-[tool.\"fs.stat\"]\n-files-read = { data = \"shared\" }   # one folder",
        ),
        ("tool fs.stat files-read other", ""),
        ("tool fs.stat host-facts", ""),
        ("tool nobody host-facts", ""),
        ("agent nobody", ""),
        (
            "tool fs.disk_usage files-read data=shared",
            "-files-read = { data = \"shared\", docs = \"/srv/docs\" }\n+files-read = { docs = \"/srv/docs\" }",
        ),
        (
            "tool fs.disk_usage files-read docs",
            "-files-read = { data = \"shared\", docs = \"/srv/docs\" }\n+files-read = { data = \"shared\" }",
        ),
        ("tool fs.disk_usage files-read", "-files-read = { data = \"shared\", docs = \"/srv/docs\" }"),
        ("tool fs.disk_usage host-facts", "-host-facts = true"),
        (
            "agent inventory propose fs.stat",
            "-propose = [\"fs.stat\"] # only that\n+propose = [] # only that",
        ),
        ("agent inventory propose", "-propose = [\"fs.stat\"] # only that\n+propose = [] # only that"),
        ("agent inventory", "-propose = [\"fs.stat\"] # only that\n+propose = [] # only that"),
        ("agent scribe propose advance", "-    \"advance\","),
        ("agent scribe propose fs.write", "-    \"fs.write\","),
        ("agent scribe roles", "-roles = [\"reporter\"]"),
        ("agent scribe roles reporter", "-roles = [\"reporter\"]"),
    ];
    for (line, expected) in table {
        let changed = revoked(FILE, line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(difference(FILE, &changed), expected, "{line}:\n{changed}");
        assert_eq!(revoked(&changed, line).as_deref(), Ok(&*changed), "{line} again changes nothing");
        let comments = |text: &str| text.lines().filter(|line| line.trim().starts_with('#')).count();
        assert_eq!(comments(&changed), comments(FILE), "{line} keeps whole lines of comment:\n{changed}");
    }
}

#[test]
fn granting_and_revoking_again_is_the_file_as_it_was() {
    for line in ["tool sys.info host-facts", "agent a files-read data=/d", "tool fs.stat host-facts"] {
        let there = granted(FILE, line).expect(line);
        assert_eq!(revoked(&there, line).expect(line), FILE, "{line}");
    }
    let empty = granted("", "tool sys.info host-facts").expect("a grant");
    assert_eq!(empty, "[tool.\"sys.info\"]\nhost-facts = true\n");
    assert_eq!(revoked(&empty, "tool sys.info").expect("nothing left"), "");
    let remarks = "# only\n# remarks\n";
    let there = granted(remarks, "tool sys.info host-facts").expect("a grant");
    assert_eq!(there, "# only\n# remarks\n\n[tool.\"sys.info\"]\nhost-facts = true\n");
}

#[test]
fn every_way_to_write_a_section_is_changed_in_its_own_manner() {
    let table = [
        (
            "tool.t.files-read.data = \"/d\"\n",
            "tool t host-facts",
            "tool.t.files-read.data = \"/d\"\ntool.t.host-facts = true\n",
        ),
        (
            "[tool]\nt = { host-facts = true }\n",
            "tool t files-read data=/d",
            "[tool]\nt = { host-facts = true, files-read = { data = \"/d\" } }\n",
        ),
        (
            "tool = { t = { host-facts = true } }\n",
            "tool u host-facts",
            "tool = { t = { host-facts = true }, u = { host-facts = true } }\n",
        ),
        (
            "[tool.t.files-read]\ndata = \"/d\"\n",
            "tool t files-read own=/o",
            "[tool.t.files-read]\ndata = \"/d\"\nown = \"/o\"\n",
        ),
        (
            "[tool.t]\nfiles-read.data = \"/d\"\n",
            "tool t files-read own=/o",
            "[tool.t]\nfiles-read.data = \"/d\"\nfiles-read.own = \"/o\"\n",
        ),
        ("[tool.t]\nhost-facts = false # no\n", "tool t host-facts", "[tool.t]\nhost-facts = true # no\n"),
        ("[tool.t]\r\n# mine\r\n", "tool t host-facts", "[tool.t]\r\nhost-facts = true\r\n# mine\r\n"),
        ("\u{feff}[tool.t]\n", "tool t host-facts", "\u{feff}[tool.t]\nhost-facts = true\n"),
        (
            "[agent.a.payload.submit]\nmaxProperties = 1\n",
            "agent a propose submit",
            "[agent.a]\npropose = [\"submit\"]\n[agent.a.payload.submit]\nmaxProperties = 1\n",
        ),
    ];
    for (text, line, expected) in table {
        assert_eq!(granted(text, line).as_deref(), Ok(expected), "{line} in {text:?}");
    }
    let table = [
        (
            "tool.t.files-read.data = \"/d\"\ntool.t.host-facts = true\n",
            "tool t files-read",
            "tool.t.host-facts = true\n",
        ),
        ("tool = { t = { host-facts = true }, u = {} }\n", "tool t", "tool = { u = {} }\n"),
        (
            "[tool.t.files-read]\n# of data\ndata = \"/d\"\n\n# next\n[tool.u]\n",
            "tool t",
            "# of data\n\n# next\n[tool.u]\n",
        ),
        (
            "[tool.t.files-read]\n# of data\ndata = \"/d\"\nown = \"/o\"\n",
            "tool t files-read data",
            "[tool.t.files-read]\n# of data\nown = \"/o\"\n",
        ),
        ("[tool.t]\nhost-facts = true\n# last\n", "tool t", "# last\n"),
    ];
    for (text, line, expected) in table {
        assert_eq!(revoked(text, line).as_deref(), Ok(expected), "{line} in {text:?}");
    }
}

/// Every capability that is granted: granted, granted again, taken away, and then the file as it was.
#[test]
fn every_capability_is_granted_and_revoked() {
    let table = [
        ("tool t store", "[tool.t]\nstore = true\n"),
        ("tool t host-facts", "[tool.t]\nhost-facts = true\n"),
        ("tool t wasi", "[tool.t]\nwasi = \"virtual\"\n"),
        ("agent t wasi", "[agent.t]\nwasi = \"virtual\"\n"),
        ("tool t files-read data=/d", "[tool.t]\nfiles-read = { data = \"/d\" }\n"),
        ("tool t files-write out=/o", "[tool.t]\nfiles-write = { out = \"/o\" }\n"),
        ("tool t http https://a.example", "[tool.t.http.\"https://a.example\"]\nmethods = [\"GET\"]\n"),
    ];
    let mut seen = BTreeSet::new();
    for (line, expected) in table {
        let there = granted("", line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(there, expected, "{line}");
        assert_eq!(granted(&there, line).as_deref(), Ok(expected), "{line} again");
        let (role, who, key, _) = words(line);
        let capability = Capability::from_interface(&key.expect("a key")).expect("a capability");
        let of = |text: &str| Grants::parse(text, Path::new("/d")).expect(text).of(role, &who).capabilities();
        assert!(of(&there).contains(&capability), "{line}");
        assert_eq!(revoked(&there, line).as_deref(), Ok(""), "{line} by its scope");
        let whole: Vec<&str> = line.split(' ').take(3).collect();
        assert_eq!(revoked(&there, &whole.join(" ")).as_deref(), Ok(""), "{line} by its name");
        assert_eq!(revoked(&there, &whole[..2].join(" ")).as_deref(), Ok(""), "{line} with everything");
        seen.insert(capability);
    }
    let all: BTreeSet<Capability> = Capability::all().filter(|one| !one.is_given()).collect();
    assert_eq!(seen, all);
}

#[test]
fn an_origin_gets_methods_and_keeps_its_rule() {
    let rule = "[tool.t.http.\"https://a.example\"]\nmethods = [\"GET\"] # only\nheaders.Authorization = { env = \"TOKEN\" }\n";
    let target = Target { role: Role::Tool, name: &name("t") };
    let with = |text: &str, methods: &[&str]| {
        let methods: Vec<String> = methods.iter().map(|method| (*method).to_owned()).collect();
        grant(text, &target, "http", &["https://a.example".to_owned()], &methods)
    };
    assert_eq!(with(rule, &[]).as_deref(), Ok(rule));
    assert_eq!(
        with(rule, &["GET", "PUT"]).expect("a grant"),
        rule.replace("[\"GET\"]", "[\"GET\", \"PUT\"]")
    );
    let told = |result: Result<String, EditError>| match result {
        Err(EditError::Would(error)) => error.to_string(),
        Err(error) => error.to_string(),
        Ok(text) => panic!("{text}"),
    };
    let table = [
        (told(with(rule, &["LEVITATE "])), "LEVITATE"),
        (told(with(rule, &["CONNECT"])), "CONNECT"),
        (told(granted(rule, "tool t http")), "`http` needs an origin, such as https://api.example.com"),
        (told(granted(rule, "tool t http https://a.example/path")), "is no origin"),
        (told(granted(rule, "tool t http HTTPS://A.example")), "is no origin"),
        (told(granted(rule, "tool t wasi real")), "`wasi` is had or not; `real` can't narrow it"),
        (told(grant("", &target, "store", &[], &["GET".to_owned()])), "`store` has no methods"),
    ];
    for (told, expected) in table {
        assert!(told.contains(expected), "{expected}: {told}");
    }
}

#[test]
fn what_can_not_be_done_is_told_and_changes_nothing() {
    let role =
        "[role.r]\npropose = [\"submit\"]\nfiles-read = { data = \"/d\" }\n[agent.a]\nroles = [\"r\"]\n";
    let narrow = "[role.r]\npayload.submit.maxProperties = 1\n[agent.a]\nroles = [\"r\"]\n";
    let table: &[(&str, &str, &str)] = &[
        (
            FILE,
            "+tool fs.stat file-read data=/d",
            "there is no capability `file-read` (did you mean `files-read`?); tools can be granted",
        ),
        (
            FILE,
            "+agent a host-facts",
            "`host-facts` isn't for agents; they can be granted `roles`, `propose`, `files-read`",
        ),
        (FILE, "+tool t propose submit", "`propose` isn't for tools"),
        (
            FILE,
            "+agent a payload submit",
            "`payload` is written by hand, in config/grants.toml under [agent.a]",
        ),
        (
            FILE,
            "+tool fs.stat sha256 abc",
            "`sha256` is written by hand, in config/grants.toml under [tool.\"fs.stat\"]",
        ),
        (FILE, "+tool t host-facts all", "`host-facts` is had or not; `all` can't narrow it"),
        (FILE, "+tool t files-read", "`files-read` needs a folder and a name for it, such as data=/srv/data"),
        (FILE, "+tool t files-read /srv/data", "`/srv/data` names no folder: write NAME=FOLDER"),
        (FILE, "+tool t files-read data=", "`data=` names no folder"),
        (FILE, "+tool t files-read a/b=/d", "`a/b` is no folder's name"),
        (FILE, "+agent a propose", "`propose` needs at least one name, such as submit"),
        (FILE, "+agent a propose fs.*", "`fs.*` is no name"),
        (FILE, "+agent a roles nobody", "config/grants.toml couldn't be used with that"),
        ("[tool.t]\nx = 1\n", "+tool t host-facts", "config/grants.toml can't be used as it is"),
        ("[tool.t\n", "-tool t", "config/grants.toml can't be used as it is"),
        (FILE, "-tool fs.stat host-fact", "there is no capability `host-fact` (did you mean `host-facts`?)"),
        (role, "-agent a propose submit", "agent `a` has that by its role `r`, which others may have too"),
        (role, "-agent a propose", "agent `a` has that by its role `r`"),
        (role, "-agent a files-read", "agent `a` has that by its role `r`"),
        (role, "-agent a files-read data", "agent `a` has that by its role `r`"),
        (
            role,
            "-agent a roles r",
            "without that, agent `a` could do more than before: propose whatever is open",
        ),
        (
            narrow,
            "-agent a roles",
            "without that, agent `a` could do more than before: put anything into a payload",
        ),
        (
            narrow,
            "-agent a",
            "without that, agent `a` could do more than before: put anything into a payload",
        ),
    ];
    for (text, line, expected) in table {
        let (sign, line) = line.split_at(1);
        let result = if sign == "+" { granted(text, line) } else { revoked(text, line) };
        let error = result.expect_err(line).to_string();
        assert!(error.starts_with(expected), "{line}: {error}");
    }
    let Err(EditError::Would(error)) = granted(FILE, "agent a roles nobody") else {
        panic!("it would be bad")
    };
    assert!(error.to_string().contains("there is no role `nobody`"), "{error}");
    assert_eq!(revoked(role, "agent a").as_deref(), Ok(&*role.replace("roles = [\"r\"]", "propose = []")));
}

/// Whatever is revoked, and however the file is written, nobody may do more afterwards.
#[test]
fn revoking_never_permits_more() {
    let pin = "0".repeat(64);
    let text = format!(
        "[role.r]\npropose = [\"submit\"]\n[role.f]\nfiles-read = {{ data = \"/d\" }}\n[agent.open]\nfiles-read = {{ data = \
         \"/d\" }}\npayload.advance.maxProperties = 1\nsha256 = \"{pin}\"\n[agent.list]\npropose = [\"advance\", \
         \"submit\"]\npayload.submit.maxProperties = 1\n[agent.role]\nroles = [\"r\", \"f\"]\n"
    );
    let mut seen = 0;
    for agent in ["open", "list", "role"] {
        for what in [
            "",
            "propose",
            "propose advance",
            "propose submit",
            "files-read",
            "files-read data",
            "roles",
            "roles r",
        ] {
            let line = format!("agent {agent} {what}");
            let Ok(changed) = revoked(&text, &line) else { continue };
            seen += 1;
            let of = |text: &str| Grants::parse(text, Path::new("/d")).expect(text).for_agent(&name(agent));
            let (before, after) = (of(&text), of(&changed));
            assert!(after.capabilities().is_subset(&before.capabilities()), "{line}");
            assert_eq!(after.pins(), before.pins(), "{line}");
            for (kind, open) in [("advance", true), ("submit", true), ("sys.info", false)] {
                let may = |grant: &jaros_capability::Grant| grant.may().kinds.allow(&name(kind), open);
                assert!(may(&before) || !may(&after), "{line} {kind}");
                let rules = |grant: &jaros_capability::Grant| grant.may().rules.get(&name(kind)).cloned();
                assert!(rules(&before) == rules(&after) || !may(&after), "{line} {kind}");
            }
        }
    }
    assert!(seen >= 15, "only {seen}");
}

#[test]
fn keys_say_whom_they_fit() {
    assert_eq!((fits("propose", Role::Agent), fits("propose", Role::Tool)), (Some(true), Some(false)));
    assert_eq!(fits("levitate", Role::Tool), None);
    assert_eq!(grantable(Role::Agent).collect::<Vec<_>>(), ["roles", "propose", "files-read", "wasi"]);
    assert!(grantable(Role::Tool).any(|key| key == "host-facts"));
}

#[test]
fn comments_before_a_section_that_goes_stay_before_the_next() {
    const HEAD: &str = "# What components may do.\n#\n# More of it.\n";
    let first = granted(HEAD, "tool fetch http https://a.example").expect("a section");
    let second = granted(&first, "agent asks propose fetch").expect("another");
    assert!(second.starts_with(HEAD), "{second}");
    for gone in ["tool fetch http https://a.example", "tool fetch http", "tool fetch"] {
        let left = revoked(&second, gone).expect(gone);
        assert!(left.starts_with(HEAD), "{gone}: {left}");
        assert!(left.contains("[agent.asks]") && !left.contains("fetch.http"), "{gone}: {left}");
    }
}
