//! The example components, carried in the binary, and the settings that they need.
//!
//! *Invariant:* with these settings every bundled agent can do what it is for; nothing outside the data directory is granted.
//! *Doesn't know:* where they are put.
//! *Start at:* [`agents`], [`tools`], [`GRANTS`].

mod bytes {
    //! Each component's name and bytes, as the build found them.
    include!(concat!(env!("OUT_DIR"), "/bundle.rs"));
}

/// One component.
#[derive(Clone, Copy)]
pub(crate) struct Component {
    /// Its file's stem.
    pub(crate) name: &'static str,
    /// Its file.
    pub(crate) bytes: &'static [u8],
}

/// The bundled agents, by name.
pub(crate) fn agents() -> impl Iterator<Item = Component> {
    bytes::AGENTS.iter().map(|(name, bytes)| Component { name, bytes })
}

/// The bundled tools, by name.
pub(crate) fn tools() -> impl Iterator<Item = Component> {
    bytes::TOOLS.iter().map(|(name, bytes)| Component { name, bytes })
}

/// `config/grants.toml` of a new data directory.
pub(crate) const NO_GRANTS: &str = r#"# What components may do beyond what every one of them may. No name is a pattern. `jaros grants` explains it, `jaros grant` and
# `jaros revoke` change it.
#
# An agent may propose the built-ins (advance, fs.write, submit) and every tool that imports no capability; with `propose`
# exactly the kinds in the list.
#
#   [agent.planner]
#   propose = ["advance", "submit"]
#
# A tool reads in a folder only where one is granted; it sees it as NAME/rest. A relative path begins at the data
# directory.
#
#   [tool."fs.stat"]
#   files-read = { data = "/srv/data" }
#
#   [tool."sys.info"]
#   host-facts = true
"#;

/// `config/grants.toml` with what the examples need.
pub(crate) const GRANTS: &str = r#"# What components may do beyond what every one of them may. No name is a pattern. `jaros grants` explains it, `jaros grant` and
# `jaros revoke` change it.

# Tools that import a capability get it here. A folder is seen as NAME/rest; a relative path begins at the data directory.
[tool."fs.stat"]
files-read = { data = "shared" }

[tool."fs.disk_usage"]
files-read = { data = "shared" }
host-facts = true

[tool."sys.info"]
host-facts = true

# A tool's store is its own, and outlives the job. A folder to write into lies on this file system and is none of the node's own.
[tool.notes]
store = true

[tool."file.save"]
files-write = { out = "shared" }

# Requests to exactly this origin: a server of your own on this machine, to try it out.
[tool."http.get".http."http://127.0.0.1:8080"]

# An agent may propose the built-ins (advance, fs.write, submit) and every tool that imports no capability. With
# `propose` it may propose exactly the kinds in the list, such as one of the tools above.
[agent.system-health]
propose = ["sys.info"]

[agent.disk-monitor]
propose = ["fs.disk_usage"]

[agent.inventory]
propose = ["fs.stat"]

# It proposes what its input says: for trying things out.
[agent.proposer]
propose = ["advance", "fs.write", "greet", "text.count", "notes", "file.save"]
"#;

/// `config/limits.toml` of a new data directory.
pub(crate) const LIMITS: &str = "\
# What components may use. Each limit has a default; a line here overrides it. Some that people change:
#
#   turns = 32                # of one job
#   json_bytes = 1_048_576    # of an input, a payload, a result
#   memory_bytes = 67_108_864 # of one call of a component
#   decide_ms = 120_000       # of one turn of an agent, model calls included
#   execute_fuel = 1_000_000_000
#
# One component may have its own, and nothing may be over a ceiling:
#
#   [tool.\"fs.stat\"]
#   log_bytes = 4_096
#
#   [ceiling]
#   memory_bytes = 268_435_456
#
# jaros config shows what holds, and where it comes from.
";

/// `config/llm.json` of a new data directory: the model that repeats what it is asked.
pub(crate) const MODEL: &str = "{\"provider\":\"default\",\"options\":{}}\n";

/// `shared/hello.txt`: something for `inventory` to find.
pub(crate) const SHARED: &str =
    "Components that were granted this folder can read this file, and nothing outside of it.\n";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jaros_capability::{Ceilings, LimitSet};
    use jaros_capability::{Grants, Role};
    use jaros_decision::Limits;

    use super::*;

    #[test]
    fn settings_are_what_the_node_reads() {
        let known = |name: &str| agents().chain(tools()).any(|component| component.name == name);
        let grants = Grants::parse(GRANTS, Path::new("data")).unwrap();
        assert!(grants.names().all(|(_, name)| known(name.as_str())), "{grants:?}");
        assert_eq!(Grants::parse(NO_GRANTS, Path::new("data")).unwrap().names().count(), 0);
        assert_eq!(LimitSet::parse(LIMITS, &Ceilings::default()).unwrap(), LimitSet::default());
        let uncommented: String = NO_GRANTS
            .lines()
            .filter_map(|line| line.strip_prefix("#   "))
            .flat_map(|line| [line, "\n"])
            .collect();
        assert_eq!(Grants::parse(&uncommented, Path::new("data")).unwrap().names().count(), 3);
    }

    #[test]
    fn every_component_is_fit_and_gets_what_it_imports() {
        let grants = Grants::parse(GRANTS, Path::new("data")).unwrap();
        let mut seen = 0;
        for (role, component) in agents().map(|c| (Role::Agent, c)).chain(tools().map(|c| (Role::Tool, c))) {
            let audit = jaros_engine::audit(component.bytes, &Limits::default()).unwrap();
            assert_eq!(audit.role, role, "{}", component.name);
            let name = component.name.parse().unwrap();
            let grant = if role == Role::Agent { grants.for_agent(&name) } else { grants.for_tool(&name) };
            grant.admit(&audit.capabilities, &audit.imports).unwrap();
            seen += 1;
        }
        assert!(seen >= 15, "only {seen} components");
    }
}
