//! `sys.info`: the machine and its system. Asks for `host-facts`.

use jaros_guest::host_facts;
use jaros_guest::prelude::*;

struct SysInfo;

impl Tool for SysInfo {
    const DESCRIPTION: &'static str =
        "Tells the machine's system, release, architecture and number of processors.";
    type Payload = Value;

    fn schema() -> Value {
        json!({ "type": ["object", "null"] })
    }

    fn execute(_: Value) -> Result<impl Serialize, String> {
        let facts = host_facts::system()?;
        Ok(json!({
            "system": facts.system,
            "release": facts.release,
            "machine": facts.machine,
            "cpu_count": facts.cpu_count,
        }))
    }
}

export_tool!(SysInfo);
